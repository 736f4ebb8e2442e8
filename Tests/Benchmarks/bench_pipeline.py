"""Measures the whole pipeline, from exports to reports.

    make bench-pipeline

rival   28 days of 4.6 million of Zeek's connections, plain and in gzip, beside a script with DuckDB
        and scikit-learn that lists each day's ten strangest host-hours; in turns, medians count.
replay  30 days of 10 million flow records each. They are made, read and removed five days at a time,
        and only the stages are timed; some 40 GB of disk are needed.
sizes   a day of 1, 10 and 100 million records after two ordinary weeks: what each stage takes.

Records are invented, by make_flows.c.
"""

import argparse
import gzip
import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from stages import (
    FIRST, HERE, HISTORY_DAYS, SITE, STAGES, THREADS, FlowMaker, Pipeline, folder, medians,
    print_stages, run, total, verdict, zeek_site)  # fmt: skip

RIVAL_DAYS, RIVAL_ROWS = 28, 4_600_000
# Times the rival's wall clock, and parts of its memory.
RIVAL_GOALS = {"plain": 1, "gzip": 1}
MEMORY_GOAL = 1 / 4
REPLAY_DAYS, REPLAY_AT_A_TIME, REPLAY_GOAL = 30, 5, 240


def rival(bin_folder, work, rounds):
    """Tidemark's stages and the rival's script in turns, on the same logs."""
    folder(work)
    logs = {"plain": folder(work / "plain"), "gzip": folder(work / "gzip")}
    FlowMaker(work).days(logs["plain"], RIVAL_ROWS, RIVAL_DAYS, "zeek")

    def compress(path):
        (logs["gzip"] / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 6, mtime=0))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(compress, sorted(logs["plain"].iterdir())))
    last = FIRST + timedelta(days=RIVAL_DAYS - 1)
    seen = {name: {"tidemark": [], "rival": []} for name in logs}
    for _ in range(rounds):
        for name, place in logs.items():
            pipeline = Pipeline(bin_folder, work, zeek_site(place.name, "*"))
            shutil.rmtree(pipeline.store, ignore_errors=True)
            seen[name]["tidemark"].append(pipeline.stages(STAGES, FIRST, last))
            script = [sys.executable, HERE / "pipeline_rival.py", place, work / "top.txt"]
            seen[name]["rival"].append(run(script))
    return {
        name: {
            "stages": {
                stage: medians([one[stage] for one in runs["tidemark"]]) for stage in STAGES},
            "tidemark": medians([total(one) for one in runs["tidemark"]]),
            "rival": medians(runs["rival"]),
        }
        for name, runs in seen.items()
    }


def replay(bin_folder, work, rows):
    """All stages over days that are made and removed a few at a time, as they would not fit."""
    folder(work)
    maker = FlowMaker(work)
    pipeline = Pipeline(bin_folder, work, SITE.format(folder="flows", format="nfdump.csv48"))
    stages, byte_count = {}, 0

    def count(used):
        for name, one in used.items():
            sofar = stages.setdefault(name, dict.fromkeys(one, 0))
            for key in one:
                both = sofar[key], one[key]
                sofar[key] = max(both) if key == "peak_mib" else sum(both)

    for first in range(0, REPLAY_DAYS, REPLAY_AT_A_TIME):
        flows = folder(work / "flows")
        end = first + REPLAY_AT_A_TIME
        maker.days(flows, rows * REPLAY_DAYS, REPLAY_DAYS, first=first, end=end)
        byte_count += sum(path.stat().st_size for path in flows.iterdir())
        days = [FIRST + timedelta(days=number) for number in (first, end - 1)]
        count(pipeline.stages(["ingest", "normalize"], *days))
        shutil.rmtree(flows)
        shutil.rmtree(pipeline.store / "ingested")
    last = FIRST + timedelta(days=REPLAY_DAYS - 1)
    count(pipeline.stages(["baseline", "score", "report"], FIRST, last))
    stored = sum(path.stat().st_size for path in pipeline.store.rglob("*") if path.is_file())
    shutil.rmtree(pipeline.store)
    return {
        "rows": rows * REPLAY_DAYS, "bytes": byte_count, "stored_bytes": stored, "stages": stages,
        "all": total(stages)}  # fmt: skip


def sizes(bin_folder, work, counts):
    """A day of many records after two weeks of few."""
    folder(work)
    maker = FlowMaker(work)
    figures = {}
    for rows in counts:
        shutil.rmtree(work / "store", ignore_errors=True)
        flows = folder(work / "flows")
        pipeline = Pipeline(bin_folder, work, SITE.format(folder="flows", format="nfdump.csv48"))
        maker.ordinary_weeks(flows)
        pipeline.stages(STAGES[:-1], FIRST, FIRST + timedelta(days=HISTORY_DAYS - 1))
        maker.day_after(flows, rows)
        day = FIRST + timedelta(days=HISTORY_DAYS)
        figures[rows] = pipeline.stages(["ingest"], day, day)
        shutil.rmtree(flows)
        figures[rows] |= pipeline.stages(STAGES[1:], day, day)
    shutil.rmtree(work)
    return figures


def print_rival(figures):
    for name, used in figures.items():
        print(f"\n{RIVAL_DAYS} days, {RIVAL_ROWS} of Zeek's connections, {name}")
        print_stages(used["stages"])
        ours, theirs = used["tidemark"], used["rival"]
        for who in "tidemark", "rival":
            one = used[who]
            print(f"  {who:16}{one['wall']:8.2f}{one['cpu']:8.2f}{one['peak_mib']:8.0f}")
        speed, memory = theirs["wall"] / ours["wall"], ours["peak_mib"] / theirs["peak_mib"]
        goal = RIVAL_GOALS[name]
        print(f"  {speed:.2f} times the rival's speed, with all detectors and reports; goal {goal}:"
              f" {verdict(speed >= goal)}")
        print(f"  {memory:.2f} of its memory; goal {MEMORY_GOAL}: {verdict(memory <= MEMORY_GOAL)}")


def print_replay(figures):
    print(f"\nreplay of {REPLAY_DAYS} days, {figures['rows']} flow records of"
          f" {figures['bytes'] / 1e9:.1f} GB; a store of {figures['stored_bytes'] / 1e9:.1f} GB")
    print_stages(figures["stages"])
    wall = figures["all"]["wall"]
    print(f"  in all {wall:.0f} s, {figures['all']['cpu']:.0f} s of CPU; goal {REPLAY_GOAL} s:"
          f" {verdict(wall <= REPLAY_GOAL)}")


def print_sizes(figures):
    for rows, stages in figures.items():
        print(f"\na day of {rows} flow records after two ordinary weeks")
        print_stages(stages)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=Path, required=True, help="the folder of built programs")
    parser.add_argument("--work", type=Path, required=True, help="a folder for records and stores")
    parser.add_argument("--figures", type=Path, required=True, help="where the figures go, as JSON")
    parser.add_argument("--rows", type=int, default=10_000_000, help="of a day of the replay")
    parser.add_argument("--rounds", type=int, default=3, help="of the comparison with the rival")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[1_000_000, 10_000_000, 100_000_000])
    parser.add_argument("--only", choices=["rival", "replay", "sizes"])
    options = parser.parse_args()

    bin_folder, work = options.bin.resolve(), options.work.resolve()
    figures = {"threads": THREADS}
    for name, measure, show in [
        ("rival", lambda place: rival(bin_folder, place, options.rounds), print_rival),
        ("replay", lambda place: replay(bin_folder, place, options.rows), print_replay),
        ("sizes", lambda place: sizes(bin_folder, place, options.sizes), print_sizes),
    ]:
        if options.only in (None, name):
            figures[name] = measure(work / name)
            show(figures[name])
            sys.stdout.flush()
    options.figures.parent.mkdir(parents=True, exist_ok=True)
    options.figures.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
