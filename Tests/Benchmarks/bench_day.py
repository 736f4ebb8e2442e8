"""Measures what a day of ten million flow records costs from its events on, and whether a day costs
more the longer a store is kept.

    make bench-day

The records are those of `make bench`, on one day after two ordinary weeks. Each part of a stage is made
alone, the others being there. Then a small firm keeps a store for 400 days, with some new destinations
each day, and what follows the summaries of three days is made again in turns, from files on the disk.
"""

import argparse
import json
import shutil
from datetime import timedelta
from pathlib import Path

from stages import (
    FIRST, HISTORY_DAYS, MEMORY_LIMITS, SITE, THREADS, FlowMaker, Pipeline, folder, forget, medians,
    small_firm, verdict, zeek_site)  # fmt: skip

DAY = FIRST + timedelta(days=HISTORY_DAYS)
# Seconds of wall clock on two threads.
SUMMARY_GOAL, DETECTORS_GOAL = 6, 4
# What is removed to have a part made alone, and by which stage.
PARTS = {
    "summary": ("baseline", ["profiles/day={day}"]),
    "state": ("baseline", ["baseline/asof={day}"]),
    "features": ("baseline", ["features/day={day}"]),
    "all of baseline": (
        "baseline", ["profiles/day={day}", "quality/day={day}", "baseline/asof={day}",
                     "features/day={day}"]),
    "detectors": ("score", ["votes/day={day}"]),
    "decisions": ("score", ["scores/day={day}"]),
    "report": ("report", ["reports/day={day}"]),
}  # fmt: skip
# Of a day of a kept store, these are made again.
KEPT_PARTS = ["state", "detectors", "decisions", "report"]
# Days that are compared: before and after the tables of 90 days are full, and long after.
EARLY, FULL, LATE = 30, 120, 400
AGE_GOAL = 1.05


class Parts(Pipeline):
    """The parts of stages, each made alone."""

    def part(self, name, day, rounds):
        stage, folders = PARTS[name]
        runs = []
        for _ in range(rounds):
            for made in folders:
                shutil.rmtree(self.store / made.format(day=day))
            runs.append(self.stage(stage, day))
        return medians(runs)


def big_day(bin_folder, work, rows, rounds):
    folder(work)
    flows = folder(work / "flows")
    maker = FlowMaker(work)
    maker.ordinary_weeks(flows)
    maker.day_after(flows, rows)
    parts = Parts(bin_folder, work, SITE.format(folder="flows", format="nfdump.csv48"))
    parts.stage("ingest")
    shutil.rmtree(flows)
    parts.stages(["normalize", "baseline", "score", "report"], FIRST, DAY)
    shutil.rmtree(parts.store / "ingested")
    flow = parts.store / f"events/day={DAY}/flow.arrow"
    figures = {"rows": rows, "event_bytes": flow.stat().st_size, "parts": {}}
    for name in PARTS:
        figures["parts"][name] = parts.part(name, DAY, rounds)
    return figures


def ageing(bin_folder, work, days, per_day, rounds):
    folder(work)
    small_firm(work / "flows", days + 1, per_day)
    parts = Parts(bin_folder, work, zeek_site("flows"))
    parts.stage("ingest")
    last = FIRST + timedelta(days=days)
    parts.stages(["normalize", "baseline", "score", "report"], FIRST, last)
    asked = {age: {name: [] for name in KEPT_PARTS} for age in (EARLY, FULL, days)}
    for _ in range(rounds):
        for age, seen in asked.items():
            for name, runs in seen.items():
                forget(parts.store)
                runs.append(parts.part(name, FIRST + timedelta(days=age), 1))
    return {
        age: {name: medians(runs) for name, runs in seen.items()} for age, seen in asked.items()}


def print_day(figures):
    print(f"{figures['rows']} flow records of a day, events of {figures['event_bytes'] / 1e6:.0f} MB")
    print(f"{'':18}{'wall s':>8}{'CPU s':>8}{'MiB':>8}")
    for name, used in figures["parts"].items():
        limit = MEMORY_LIMITS[PARTS[name][0]]
        over = "" if used["peak_mib"] <= limit else f"   OVER {limit} MiB"
        print(f"{name:18}{used['wall']:8.2f}{used['cpu']:8.2f}{used['peak_mib']:8.0f}{over}")
    parts = figures["parts"]
    for told, names, goal in [
        ("summary and features", ["summary", "features"], SUMMARY_GOAL),
        ("detectors", ["detectors"], DETECTORS_GOAL),
    ]:
        wall, cpu = (sum(parts[name][key] for name in names) for key in ("wall", "cpu"))
        print(f"{told}: {wall:.2f} s, {cpu:.2f} s of CPU; goal {goal} s: {verdict(wall <= goal)}")


def print_ageing(figures):
    print(f"\n{'a small firm':18}{'wall s':>8}{'CPU s':>8}{'MiB':>8}{'MB read':>9}")
    for age, parts in figures.items():
        for name, used in parts.items():
            print(f"{f'day {age}, {name}':18}{used['wall']:8.2f}{used['cpu']:8.2f}"
                  f"{used['peak_mib']:8.0f}{used['read_mb']:9.2f}")
    sums = {
        age: {key: sum(used[key] for used in parts.values()) for key in ("cpu", "read_mb")}
        for age, parts in figures.items()}  # fmt: skip
    *ages, last = sums
    for age in ages:
        for key, told in ("cpu", "CPU"), ("read_mb", "bytes read"):
            ratio = sums[last][key] / sums[age][key]
            print(f"{told} of day {last}: {ratio:.2f} times that of day {age};"
                  f" goal {AGE_GOAL}: {verdict(ratio <= AGE_GOAL)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=Path, required=True, help="the folder of built programs")
    parser.add_argument("--work", type=Path, required=True, help="a folder for records and stores")
    parser.add_argument("--figures", type=Path, required=True, help="where the figures go, as JSON")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--days", type=int, default=LATE, help="how long the small store is kept")
    parser.add_argument("--per-day", type=int, default=5000, help="conversations of the small firm")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["day", "ageing"])
    options = parser.parse_args()

    bin_folder, work = options.bin.resolve(), options.work.resolve()
    figures = {"threads": THREADS}
    if options.only != "ageing":
        figures["day"] = big_day(bin_folder, work / "day", options.rows, options.rounds)
        print_day(figures["day"])
    if options.only != "day":
        figures["ageing"] = ageing(
            bin_folder, work / "ageing", options.days, options.per_day, options.rounds)
        print_ageing(figures["ageing"])
    options.figures.parent.mkdir(parents=True, exist_ok=True)
    options.figures.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
