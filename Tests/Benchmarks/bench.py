"""Measures the stages on 10 million one-way flow records, and prints a table with the goals.

    make bench

Tidemark and its rivals take turns in one run, each in a process of its own; medians count. Ratios
hold on any machine, seconds only on this one. Ends with 0 whether goals are met or not.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from stages import HERE, MEMORY_LIMITS, SITE, THREADS, run, verdict

FIRST_DAY, DAYS = 2, 14
# How many times the CPU of an engine is wished for, by the work.
CPU_GOALS = {
    "ingest": {"duckdb": 6, "polars": 8},
    "ingest of quoted text": {"duckdb": 5},
    "ingest and normalize": {"duckdb": 3},
}
# MB a second of CPU.
QUOTED_GOAL, LIBCSV_GOAL = 500, 200

class Flows:
    """Flow records in files, a site file that names them, and a store."""

    def __init__(self, work, name, rows, days, format, *options):
        self.folder = work / name
        self.rows, self.days, self.options = rows, days, options
        self.site, self.store = work / f"{name}.toml", work / "store"
        self.site.write_text(SITE.format(folder=name, format=format))

    def prepare(self, program, made_by):
        """Makes the records, unless they are there from an earlier run of the same program."""
        mark = self.folder.with_suffix(".made_by")
        made_by = f"{self.rows} {self.days} {self.options}\n{made_by}"
        if not mark.exists() or mark.read_text() != made_by:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir()
            run([program, self.folder, self.rows, self.days, *self.options])
            mark.write_text(made_by)
        self.warm()
        self.byte_count = sum(path.stat().st_size for path in self.folder.iterdir())

    def warm(self):
        """Brings the files to memory."""
        for path in self.folder.iterdir():
            with open(path, "rb") as file:
                while file.read(1 << 24):
                    pass


class Bench:
    def __init__(self, bin_folder, work, rows):
        self.bin, self.work = bin_folder, work
        work.mkdir(parents=True, exist_ok=True)
        self.out = work / "out"
        self.flows = Flows(work, "flows", rows, DAYS, "nfdump.csv48")
        quoted = (HERE / "flows-quoted.toml").resolve()
        self.quoted = Flows(work, "quoted", rows * 6 // 10, 1, quoted, "quoted")

    def prepare(self):
        programs = {}
        for name, library in (("make_flows", "-lm"), ("libcsv_alone", "-lcsv")):
            programs[name] = self.work / name
            run(["cc", "-O2", "-o", programs[name], HERE / f"{name}.c", library])
        self.libcsv_alone = programs["libcsv_alone"]
        made_by = (HERE / "make_flows.c").read_text()
        for flows in self.flows, self.quoted:
            flows.prepare(programs["make_flows"], made_by)

    def touch_memory(self):
        """Writes a file and removes it. On a virtual machine memory that was not used of late is
        fetched from the host when it is touched, which costs whoever writes next ten times what
        writing does."""
        path = self.work / "touched"
        with open(path, "wb") as file:
            for _ in range(512):
                file.write(bytes(1 << 22))
        path.unlink()

    def stage(self, name, flows, *options, threads=THREADS):
        if name != "ingest":
            last = FIRST_DAY + flows.days - 1
            options += ("--from", f"2026-03-{FIRST_DAY:02}", "--to", f"2026-03-{last:02}")
        common = ["--site", flows.site, "--store", flows.store, "--threads", threads]
        self.touch_memory()
        # Progress is not of interest; errors are.
        with open(self.work / f"{name}.log", "w") as log:
            return run([self.bin / name, *common, *options], stderr=log)

    def tidemark(self, stages, flows, **options):
        """Seconds of each of the stages on a store without them."""
        shutil.rmtree(flows.store, ignore_errors=True)
        return [self.stage(name, flows, **options) for name in stages]

    def rival(self, engine, work, flows):
        shutil.rmtree(self.out, ignore_errors=True)
        self.out.mkdir()
        self.touch_memory()
        command = [sys.executable, HERE / "rivals.py", engine, work, flows.folder, self.out]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        wall, cpu = map(float, done.stdout.split())
        return {"wall": wall, "cpu": cpu}

    def reading(self, rounds):
        """What each engine takes for each work: medians over rounds in which they take turns."""
        seen = {work: {"tidemark": [], "duckdb": [], "polars": []} for work in WORKS}
        for _ in range(rounds):
            parts = self.tidemark(["ingest", "normalize"], self.flows)
            both = {kind: parts[0][kind] + parts[1][kind] for kind in ("wall", "cpu")}
            seen["ingest"]["tidemark"].append(parts[0])
            seen["ingest and normalize"]["tidemark"].append(both)
            seen["ingest of quoted text"]["tidemark"] += self.tidemark(["ingest"], self.quoted)
            for work, rival_work in WORKS.items():
                flows = self.quoted if rival_work == "quoted" else self.flows
                for engine in "duckdb", "polars":
                    seen[work][engine].append(self.rival(engine, rival_work, flows))
        shutil.rmtree(self.out, ignore_errors=True)
        return {
            work: {
                engine: {k: statistics.median(one[k] for one in runs) for k in ("wall", "cpu")}
                for engine, runs in engines.items()
            }
            for work, engines in seen.items()
        }

    def threads(self, rounds):
        """Reading a single file with one thread and with two."""
        seen = {threads: [] for threads in (1, 2)}
        for _ in range(rounds):
            for threads, runs in seen.items():
                runs += self.tidemark(["ingest"], self.quoted, threads=threads)
        return {
            threads: {k: statistics.median(one[k] for one in runs) for k in runs[0]}
            for threads, runs in seen.items()
        }

    def libcsv(self):
        """Reading through libcsv, and what libcsv takes when nothing is done with the fields."""
        shutil.rmtree(self.flows.store, ignore_errors=True)
        ours = self.stage("ingest", self.flows, "--parser", "libcsv", threads=1)
        alone = run([self.libcsv_alone, *sorted(self.flows.folder.iterdir())])
        return {"tidemark": ours, "alone": alone}

    def memory(self):
        """All stages on a new store; leaves the store there to look at."""
        names = list(MEMORY_LIMITS)
        return dict(zip(names, self.tidemark(names, self.flows)))


# By the name that is printed: what rivals do.
WORKS = {"ingest": "ingest", "ingest of quoted text": "quoted", "ingest and normalize": "normalize"}


def print_reading(work, engines, flows):
    heads = f"{'wall s':>8}{'CPU s':>8}{'MB/s':>8}{'M rows/s':>10}{'CPU ×':>8}{'wall ×':>8}"
    print(f"\n{work:24}{heads}")
    ours = engines["tidemark"]
    for engine, used in engines.items():
        line = f"  {engine:22}{used['wall']:8.2f}{used['cpu']:8.2f}"
        line += f"{flows.byte_count / 1e6 / used['wall']:8.0f}{flows.rows / 1e6 / used['wall']:10.2f}"
        if engine != "tidemark":
            line += f"{used['cpu'] / ours['cpu']:8.1f}{used['wall'] / ours['wall']:8.1f}"
        print(line)
    for engine, goal in CPU_GOALS[work].items():
        met = verdict(engines[engine]["cpu"] / ours["cpu"] >= goal)
        print(f"  goal: {goal} × the CPU of {engine}: {met}")


def print_speed(name, megabytes, used, goal=None):
    speed = megabytes / used["cpu"]
    line = f"  {name:22}{used['wall']:8.2f}{used['cpu']:8.2f}{speed:10.0f}"
    print(line + (f"   goal {goal}: {verdict(speed >= goal)}" if goal else ""))


def print_rest(figures, bench):
    megabytes = bench.quoted.byte_count / 1e6
    heads = f"{'wall s':>8}{'CPU s':>8}{'MB/CPU s':>10}"
    print(f"\n{f'one quoted file, {megabytes:.0f} MB':24}{heads}")
    for threads, used in figures["threads"].items():
        print_speed(f"{threads} threads", megabytes, used, QUOTED_GOAL if threads == 1 else None)
        print(f"    {used['peak_mib']:.0f} MiB")
    megabytes = bench.flows.byte_count / 1e6
    print(f"\n{'through libcsv':24}{heads}")
    print_speed("ingest --parser libcsv", megabytes, figures["libcsv"]["tidemark"], LIBCSV_GOAL)
    print_speed("libcsv alone", megabytes, figures["libcsv"]["alone"])
    print(f"\n{'memory and time':24}{'wall s':>8}{'CPU s':>8}{'MiB':>8}{'limit':>8}")
    for stage, used in figures["stages"].items():
        limit = MEMORY_LIMITS[stage]
        line = f"  {stage:22}{used['wall']:8.2f}{used['cpu']:8.2f}{used['peak_mib']:8.0f}{limit:8}"
        print(line + ("   within" if used["peak_mib"] <= limit else "   OVER"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=Path, required=True, help="the folder of built programs")
    parser.add_argument("--work", type=Path, required=True, help="a folder for records and stores")
    parser.add_argument("--figures", type=Path, required=True, help="where the figures go, as JSON")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()

    bench = Bench(options.bin.resolve(), options.work.resolve(), options.rows)
    bench.prepare()
    flows = bench.flows
    size = f"{flows.rows} rows, {flows.byte_count / 1e6:.0f} MB in {DAYS} files"
    print(f"{size}, {THREADS} threads", flush=True)
    figures = {"rows": flows.rows, "bytes": flows.byte_count, "threads_of_stages": THREADS}
    figures["reading"] = bench.reading(options.rounds)
    for work, engines in figures["reading"].items():
        print_reading(work, engines, bench.quoted if "quoted" in work else flows)
    sys.stdout.flush()
    figures["threads"] = bench.threads(options.rounds)
    figures["libcsv"] = bench.libcsv()
    figures["stages"] = bench.memory()
    print_rest(figures, bench)
    options.figures.parent.mkdir(parents=True, exist_ok=True)
    options.figures.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
