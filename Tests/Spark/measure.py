"""What the cluster costs and gains beside `make -j2` on the same ten days of two firms, in turns.

    make bench-spark

Medians of the rounds count. Seconds vary by a factor of two with what else the machine does; seconds of CPU
hardly do.
"""

import argparse
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "pipelines" / "spark")]

from firms import FIRST, LAST, NAMES, Firms, differences, replay_commands  # noqa: E402
from loopback import Cluster  # noqa: E402

NOTHING_TASKS = 100
# Measures tasks that do nothing: prints the seconds until the application can do any, those of a task when
# one comes after another and when 16 are under way, and the seconds of CPU of the latter for the driver and
# below the worker whose process id is given.
PROBE = """
import os, sys, time
sys.path[:0] = sys.argv[1:3]
from concurrent.futures import ThreadPoolExecutor
from cluster import Cluster
from loopback import children, cpu_seconds
from plan import Task
count, worker = int(sys.argv[3]), int(sys.argv[4])
begun = time.monotonic()
cluster = Cluster(None, 1)
task = Task("s", "true", "", ("/bin/true",))
cluster.attempt(task)
start = time.monotonic() - begun
for _ in range(count):
    cluster.attempt(task)
begun = time.monotonic()
for _ in range(count):
    cluster.attempt(task)
single = (time.monotonic() - begun) / count
sides = [[os.getpid(), *children(os.getpid())], children(worker)]
before = [cpu_seconds(side) for side in sides]
begun = time.monotonic()
with ThreadPoolExecutor(16) as threads:
    list(threads.map(cluster.attempt, [task] * count))
many = (time.monotonic() - begun) / count
cpu = [(cpu_seconds(side) - used) / count for side, used in zip(sides, before)]
print(start, single, many, *cpu)
cluster.stop()
"""


def timed(command, **options):
    """Seconds of the clock and of CPU that a process and all below it that it waited for took."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
    said = process.stderr.read().decode(errors="replace")
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"measure: {command} ended with {os.waitstatus_to_exitcode(status)}: {said}")
    return time.monotonic() - begun, used.ru_utime + used.ru_stime


def with_make(firms, folder):
    """Both firms' replays by `make -j2`, with a thread for each."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lines = [f".PHONY: all {' '.join(NAMES)}", f"all: {' '.join(NAMES)}"]
    for name in NAMES:
        lines.append(f"{name}:")
        for stage, *options in replay_commands(firms.settings(name), folder / name, 1):
            lines.append("\t@" + shlex.join([str(firms.programs / stage), *map(str, options)]))
    (folder / "Makefile").write_text("\n".join(lines) + "\n")
    return timed(["make", "-s", "-j2", "-f", folder / "Makefile"])


def with_spark(firms, cluster, folder):
    """The same on a cluster: seconds of the driver, of its tasks from the first to the last, the stages'
    seconds of CPU, and what the driver says of each task."""
    sites = firms.sites(folder)
    log = folder / "log.jsonl"
    seconds, _ = timed(
        firms.driver(sites, "replay", FIRST, LAST, "--log", log), env=cluster.environment())
    accounts = [json.loads(line) for line in log.read_text().splitlines()]
    begun = min(one["began"] for one in accounts)
    return (
        seconds, max(one["began"] + one["seconds"] for one in accounts) - begun,
        sum(one["cpu_seconds"] for one in accounts), accounts)


def probe(cluster):
    """What tasks that do nothing cost, as PROBE prints it."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, HERE, HERE.parents[1] / "pipelines" / "spark",
         str(NOTHING_TASKS), str(cluster.workers[0].pid)],
        env=cluster.environment(), capture_output=True, text=True, check=True)
    return [float(text) for text in done.stdout.split()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    firms = Firms(asked.work, asked.bin)
    made, found, probes = [], {1: [], 2: []}, []
    for _ in range(asked.rounds):
        made.append(with_make(firms, asked.work / "make"))
        for workers in (1, 2):
            with Cluster(asked.work / "cluster", workers) as cluster:
                found[workers].append(with_spark(firms, cluster, asked.work / "spark"))
                if workers == 1:
                    probes.append(probe(cluster))
        for name in NAMES:
            unequal = differences(asked.work / "make" / name, asked.work / "spark" / name)
            if unequal:
                sys.exit(f"measure: {name}: not the same with Spark: {', '.join(unequal)}")

    def median(rows, column):
        return statistics.median(row[column] for row in rows)

    alone = median(made, 0)
    tasks = len(found[2][0][3])
    figures = [
        ("make -j2", alone, "s", None), ("CPU of make -j2", median(made, 1), "s", None),
        ("driver, two workers", median(found[2], 0), "s", alone),
        (f"its {tasks} tasks", median(found[2], 1), "s", alone),
        ("CPU of its stages", median(found[2], 2), "s", median(made, 1)),
        ("its tasks, one worker", median(found[1], 1), "s", median(found[2], 1)),
        ("start of the application", median(probes, 0), "s", None),
        ("a task that does nothing", 1000 * median(probes, 1), "ms", None),
        ("the same, 16 at once", 1000 * median(probes, 2), "ms", None),
        ("… CPU of the driver", 1000 * median(probes, 3), "ms", None),
        ("… CPU below the worker", 1000 * median(probes, 4), "ms", None),
    ]
    print(f"{'':28}{'':>9}      {'beside':>9} {'ratio':>6}")
    for measure, value, unit, rival in figures:
        beside = f"{rival:9.1f} {value / rival:6.2f}" if rival else ""
        print(f"{measure:28}{value:9.1f} {unit:4} {beside}")
    asked.figures.parent.mkdir(parents=True, exist_ok=True)
    asked.figures.write_text(
        json.dumps(
            [
                {
                    "measure": measure, "value": value, "unit": unit, "rival": None if rival is None
                    else "beside", "rival_value": rival, "ratio": rival and value / rival,
                    "goal": None, "met": None,
                } for measure, value, unit, rival in figures
            ], indent=1))


if __name__ == "__main__":
    main()
