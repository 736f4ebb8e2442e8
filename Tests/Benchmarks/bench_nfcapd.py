"""Measures ingest on an nfcapd file of a million flows beside `nfdump -o csv`, in turns.

    make bench-nfcapd

The file is made by nfdump from one of the tests' files. nfdump only prints; ingest maps, checks and
hashes the flows and stores them as a table. Medians count, and ratios.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "LogReadersTests" / "Fixtures" / "nfcapd" / "flows-2.nfcapd"
GOAL = 20

SITE = """[site]
name = "Benchmark"
timezone = "UTC"
networks = ["10.0.0.0/8"]

[[input]]
source = "router"
glob = "nfcapd.*"
format = "nfcapd"
"""


def run(command):
    """Seconds of wall clock and CPU of a process whose output is not looked at."""
    start = time.perf_counter()
    with open(os.devnull, "w") as nowhere:
        process = subprocess.Popen([str(part) for part in command], stdout=nowhere, stderr=nowhere)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"bench-nfcapd: {' '.join(map(str, command))} ended with {process.returncode}")
    return {"wall": time.perf_counter() - start, "cpu": used.ru_utime + used.ru_stime}


def copies(source, count, target):
    """The flows of a file, `count` times, in a file."""
    folder = target.with_suffix(".parts")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for index in range(count):
        (folder / f"nfcapd.2026{index:08}").symlink_to(source.resolve())
    run(["nfdump", "-q", "-R", folder, "-w", target])
    shutil.rmtree(folder)


def flow_count(path):
    stated = subprocess.run(
        ["nfdump", "-I", "-r", path], check=True, capture_output=True, text=True).stdout
    return next(int(line.split()[1]) for line in stated.splitlines() if line.startswith("Flows:"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=Path, required=True, help="the folder of built programs")
    parser.add_argument("--work", type=Path, required=True, help="a folder for files and stores")
    parser.add_argument("--figures", type=Path, required=True, help="where the figures go, as JSON")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()

    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    some, site, store = (options.work / name for name in ("some", "site.toml", "store"))
    big = options.work / "nfcapd.202601010000"
    copies(SAMPLE, 115, some)
    copies(some, 115, big)
    site.write_text(SITE)
    rows = flow_count(big)
    used = {"nfdump -o csv": [], "ingest": []}
    for _ in range(options.rounds):
        used["nfdump -o csv"].append(run(["nfdump", "-q", "-r", big, "-o", "csv"]))
        shutil.rmtree(store, ignore_errors=True)
        used["ingest"].append(
            run([options.bin / "ingest", "--site", site, "--store", store, "--threads", 2]))
    figures = {
        name: {kind: statistics.median(one[kind] for one in runs) for kind in ("wall", "cpu")}
        for name, runs in used.items()
    }
    print(f"{rows} flows, {big.stat().st_size / 1e6:.0f} MB")
    print(f"{'':16}{'wall s':>8}{'CPU s':>8}{'M flows/s':>12}")
    for name, seconds in figures.items():
        rate = rows / 1e6 / seconds["wall"]
        print(f"{name:16}{seconds['wall']:8.2f}{seconds['cpu']:8.2f}{rate:12.2f}")
    ratio = figures["nfdump -o csv"]["wall"] / figures["ingest"]["wall"]
    print(f"goal: {GOAL} × the speed: {ratio:.0f} ×, {'met' if ratio >= GOAL else 'SHORT'}")
    options.figures.parent.mkdir(parents=True, exist_ok=True)
    options.figures.write_text(json.dumps({"flows": rows, **figures}, indent=2) + "\n")


main()
