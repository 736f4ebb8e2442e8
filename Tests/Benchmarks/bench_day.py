"""Measures what a day of ten million flow records costs from its events on, and whether a day costs
more the longer a store is kept.

    make bench-day

The records are those of `make bench`, on one day after two ordinary weeks. Each part of a stage is made
alone, the others being there. Then a small firm keeps a store for 400 days, with some new destinations
each day, and what follows the summaries of three days is made again in turns, from files on the disk.
"""

import argparse
import json
import random
import shutil
import statistics
import sys
from datetime import date, timedelta
from pathlib import Path

from bench import HERE, MEMORY_LIMITS, SITE, THREADS, forget, run, verdict

HISTORY_DAYS = 14
HISTORY_ROWS = 200_000  # a day
FIRST = date(2026, 3, 2)
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


class Store:
    def __init__(self, bin_folder, work, site):
        self.bin, self.site, self.store = bin_folder, site, work / "store"
        self.log = work / "stage.log"

    def stage(self, name, first=None, last=None):
        command = [self.bin / name, "--site", self.site, "--store", self.store, "--threads", THREADS]
        if first:
            command += ["--from", first, "--to", last or first]
        with open(self.log, "w") as log:
            try:
                return run(command, stderr=log)
            except SystemExit:
                sys.stderr.write(self.log.read_text())
                raise

    def part(self, name, day, rounds):
        stage, folders = PARTS[name]
        runs = []
        for _ in range(rounds):
            for folder in folders:
                shutil.rmtree(self.store / folder.format(day=day))
            runs.append(self.stage(stage, day))
        return {key: statistics.median(one[key] for one in runs) for key in runs[0]}


def move_day(path, to):
    """Gives a file of the first day another day."""
    names = [
        (f"{FIRST + timedelta(days=ahead)}".encode(), f"{to + timedelta(days=ahead)}".encode())
        for ahead in (1, 0)]
    target = path.with_name(f"flows-{to}.csv")
    with open(path, "rb") as source, open(target, "wb") as out:
        # Pieces end with a line, so that no date is cut.
        while piece := source.read(1 << 24) + source.readline():
            for old, new in names:
                piece = piece.replace(old, new)
            out.write(piece)
    path.unlink()


def big_day(bin_folder, work, rows, rounds):
    shutil.rmtree(work, ignore_errors=True)
    flows, big = work / "flows", work / "big"
    flows.mkdir(parents=True)
    big.mkdir()
    program = work / "make_flows"
    run(["cc", "-O2", "-o", program, HERE / "make_flows.c", "-lm"])
    run([program, flows, HISTORY_ROWS * HISTORY_DAYS, HISTORY_DAYS])
    run([program, big, rows, 1])
    for path in list(big.iterdir()):
        move_day(path, DAY)
        (big / f"flows-{DAY}.csv").rename(flows / f"flows-{DAY}.csv")
    site = work / "site.toml"
    site.write_text(SITE.format(folder="flows", format="nfdump.csv48"))
    store = Store(bin_folder, work, site)
    store.stage("ingest")
    shutil.rmtree(flows)
    for stage in ("normalize", "baseline", "score"):
        store.stage(stage, FIRST, DAY)
    shutil.rmtree(store.store / "ingested")
    flow = store.store / f"events/day={DAY}/flow.arrow"
    figures = {"rows": rows, "event_bytes": flow.stat().st_size, "parts": {}}
    for name in PARTS:
        figures["parts"][name] = store.part(name, DAY, rounds)
    return figures


def small_firm(folder, days, per_day):
    """A Zeek log a day of forty hosts, each with favourites, a tenth of whose conversations go to
    some other of 300,000 addresses."""
    draw = random.Random(3)
    folder.mkdir(parents=True)
    head = "\t".join([
        "#fields", "ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "duration",
        "orig_bytes", "resp_bytes", "conn_state", "orig_pkts", "orig_ip_bytes", "resp_pkts",
        "resp_ip_bytes"])  # fmt: skip

    def outside(number):
        return f"45.{number >> 16}.{number >> 8 & 255}.{number & 255}"

    favourites = [[draw.randrange(300_000) for _ in range(50)] for _ in range(40)]
    for number in range(days):
        start = (FIRST - date(1970, 1, 1)).days * 86_400 + number * 86_400
        lines = ["#separator \\x09", "#path\tconn", head]
        for moment in sorted(draw.uniform(7, 19) * 3600 for _ in range(per_day)):
            host = draw.randrange(40)
            peer = draw.choice(favourites[host]) if draw.random() < 0.9 else draw.randrange(300_000)
            sent, received = draw.randrange(200, 5000), draw.randrange(200, 50_000)
            lines.append(
                f"{start + moment:.6f}\t10.0.0.{host + 1}\t{draw.randrange(32768, 60000)}\t"
                f"{outside(peer)}\t443\ttcp\t{draw.random():.3f}\t{sent}\t{received}\tSF\t5\t{sent}"
                f"\t9\t{received}")
        day = FIRST + timedelta(days=number)
        (folder / f"conn.{day}.log").write_text("\n".join(lines) + "\n")


def ageing(bin_folder, work, days, per_day, rounds):
    shutil.rmtree(work, ignore_errors=True)
    small_firm(work / "flows", days + 1, per_day)
    site = work / "site.toml"
    text = SITE.format(folder="flows", format="zeek.conn").replace("*.csv", "*.log")
    site.write_text(text.replace('\nzone = "UTC"\n', "\n"))
    store = Store(bin_folder, work, site)
    store.stage("ingest")
    last = FIRST + timedelta(days=days)
    for stage in ("normalize", "baseline", "score", "report"):
        store.stage(stage, FIRST, last)
    asked = {age: {name: [] for name in KEPT_PARTS} for age in (EARLY, FULL, days)}
    for _ in range(rounds):
        for age, parts in asked.items():
            for name, runs in parts.items():
                forget(store.store)
                runs.append(store.part(name, FIRST + timedelta(days=age), 1))
    return {
        age: {
            name: {key: statistics.median(one[key] for one in runs) for key in runs[0]}
            for name, runs in parts.items()}
        for age, parts in asked.items()}  # fmt: skip


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
