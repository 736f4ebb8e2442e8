"""Measures the stages on 10 million one-way flow records, and prints a table with the goals.

    make bench

Tidemark and its rivals take turns in one run, each in a process of its own; medians count. Ratios
hold on any machine, seconds only on this one. Ends with 0 whether goals are met or not.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).parent
FIRST_DAY, DAYS = 2, 14
THREADS = 2
# Peak anonymous memory of a stage, MiB.
MEMORY_LIMITS = {"ingest": 64, "normalize": 128, "baseline": 128, "score": 256, "report": 128}
# How many times DuckDB's CPU.
CPU_GOAL = 3
LIBCSV_GOAL = 200

SITE = """[site]
name = "Benchmark"
timezone = "UTC"
networks = ["10.0.0.0/8", "2001:db8::/32"]
seed = "benchmark"

[[input]]
source = "router"
glob = "flows/*.csv"
format = "nfdump.csv48"
zone = "UTC"
"""


def run(command, **options):
    """Runs a process; returns its seconds of wall clock and CPU and its peak of anonymous memory in
    MiB, looked up every 10 ms."""
    start = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], **options)
    peak, ended = [0], threading.Event()

    def watch():
        while not ended.wait(0.01):
            try:
                status = Path(f"/proc/{process.pid}/status").read_text()
            except OSError:
                return
            for line in status.splitlines():
                if line.startswith("RssAnon:"):
                    peak[0] = max(peak[0], int(line.split()[1]))

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    ended.set()
    watcher.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"bench: {' '.join(map(str, command))} ended with {process.returncode}")
    return {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak_mib": peak[0] / 1024}


class Bench:
    def __init__(self, bin_folder, work, rows):
        self.bin, self.work, self.rows = bin_folder, work, rows
        self.flows, self.out = work / "flows", work / "out"
        self.site, self.store = work / "site.toml", work / "store"

    def prepare(self):
        """Makes the flow records, unless they are there from an earlier run."""
        self.work.mkdir(parents=True, exist_ok=True)
        self.site.write_text(SITE)
        generator = HERE / "make_flows.c"
        # Made again when the program that makes them changed.
        mark, made_by = self.work / "made_by", f"{self.rows}\n{generator.read_text()}"
        if not mark.exists() or mark.read_text() != made_by:
            shutil.rmtree(self.flows, ignore_errors=True)
            self.flows.mkdir()
            program = self.work / "make_flows"
            run(["cc", "-O2", "-o", program, generator, "-lm"])
            run([program, self.flows, self.rows, DAYS])
            mark.write_text(made_by)
        for path in self.flows.iterdir():
            path.read_bytes()
        return sum(path.stat().st_size for path in self.flows.iterdir())

    def stage(self, name, *options):
        if name != "ingest":
            last = FIRST_DAY + DAYS - 1
            options += ("--from", f"2026-03-{FIRST_DAY:02}", "--to", f"2026-03-{last:02}")
        common = ["--site", self.site, "--store", self.store, "--threads", THREADS]
        # Progress is not of interest; errors are.
        with open(self.work / f"{name}.log", "w") as log:
            return run([self.bin / name, *common, *options], stderr=log)

    def tidemark(self, stages):
        """Seconds of each of the stages on a store without them."""
        shutil.rmtree(self.store, ignore_errors=True)
        return [self.stage(name) for name in stages]

    def rival(self, engine, work):
        shutil.rmtree(self.out, ignore_errors=True)
        self.out.mkdir()
        command = [sys.executable, HERE / "rivals.py", engine, work, self.flows, self.out]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        wall, cpu = map(float, done.stdout.split())
        return {"wall": wall, "cpu": cpu}

    def reading(self, rounds):
        """What each engine takes for the work of ingest, and of ingest and normalize."""
        seen = {work: {"tidemark": [], "duckdb": [], "polars": []} for work in WORKS}
        for _ in range(rounds):
            parts = self.tidemark(["ingest", "normalize"])
            both = {kind: parts[0][kind] + parts[1][kind] for kind in ("wall", "cpu")}
            seen["ingest"]["tidemark"].append(parts[0])
            seen["ingest and normalize"]["tidemark"].append(both)
            for work, rival_work in WORKS.items():
                for engine in "duckdb", "polars":
                    seen[work][engine].append(self.rival(engine, rival_work))
        shutil.rmtree(self.out, ignore_errors=True)
        return {
            work: {
                engine: {k: statistics.median(one[k] for one in runs) for k in ("wall", "cpu")}
                for engine, runs in engines.items()
            }
            for work, engines in seen.items()
        }

    def libcsv(self):
        """Seconds of reading through libcsv alone."""
        shutil.rmtree(self.store, ignore_errors=True)
        return self.stage("ingest", "--parser", "libcsv")

    def memory(self):
        """All stages on a new store; leaves the store there to look at."""
        names = list(MEMORY_LIMITS)
        return dict(zip(names, self.tidemark(names)))


WORKS = {"ingest": "ingest", "ingest and normalize": "normalize"}


def verdict(is_met):
    return "met" if is_met else "SHORT"


def print_reading(work, engines, rows, byte_count):
    heads = f"{'wall s':>8}{'CPU s':>8}{'MB/s':>8}{'M rows/s':>10}{'CPU ×':>8}{'wall ×':>8}"
    print(f"\n{work:24}{heads}")
    ours = engines["tidemark"]
    for engine, used in engines.items():
        line = f"  {engine:22}{used['wall']:8.2f}{used['cpu']:8.2f}"
        line += f"{byte_count / 1e6 / used['wall']:8.0f}{rows / 1e6 / used['wall']:10.2f}"
        if engine != "tidemark":
            line += f"{used['cpu'] / ours['cpu']:8.1f}{used['wall'] / ours['wall']:8.1f}"
        print(line)
    ratio = engines["duckdb"]["cpu"] / ours["cpu"]
    print(f"  goal: {CPU_GOAL} × DuckDB's CPU: {verdict(ratio >= CPU_GOAL)}")


def print_rest(figures, byte_count):
    libcsv = byte_count / 1e6 / figures["libcsv"]["cpu"]
    print(f"\ningest --parser libcsv: {libcsv:.0f} MB per CPU second")
    print(f"  goal: {LIBCSV_GOAL}: {verdict(libcsv >= LIBCSV_GOAL)}")
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
    byte_count = bench.prepare()
    size = f"{options.rows} rows, {byte_count / 1e6:.0f} MB in {DAYS} files"
    print(f"{size}, {THREADS} threads", flush=True)
    figures = {"rows": options.rows, "bytes": byte_count, "threads": THREADS}
    figures["reading"] = bench.reading(options.rounds)
    for work, engines in figures["reading"].items():
        print_reading(work, engines, options.rows, byte_count)
    sys.stdout.flush()
    figures["libcsv"] = bench.libcsv()
    figures["stages"] = bench.memory()
    print_rest(figures, byte_count)
    options.figures.parent.mkdir(parents=True, exist_ok=True)
    options.figures.write_text(json.dumps(figures, indent=2) + "\n")


main()
