"""What the benchmarks of stages share: running them, a site file, invented records, and how figures
are told."""

import os
import random
import shutil
import statistics
import subprocess
import sys
import threading
import time
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).parent
THREADS = 2
# Peak anonymous memory of a stage, MiB.
MEMORY_LIMITS = {"ingest": 64, "normalize": 128, "baseline": 128, "score": 256, "report": 128}
STAGES = list(MEMORY_LIMITS)
FIRST = date(2026, 3, 2)
# Ordinary weeks before the days that are measured, and the records of a day of theirs.
HISTORY_DAYS, HISTORY_ROWS = 14, 200_000

SITE = """[site]
name = "Benchmark"
timezone = "UTC"
networks = ["10.0.0.0/8", "2001:db8::/32"]
seed = "benchmark"

[[input]]
source = "router"
glob = "{folder}/*.csv"
format = "{format}"
zone = "UTC"
"""


def zeek_site(folder, pattern="*.log"):
    """As SITE, for logs whose times need no zone."""
    text = SITE.format(folder=folder, format="zeek.conn").replace("*.csv", pattern)
    return text.replace('\nzone = "UTC"\n', "\n")


def run(command, **options):
    """Runs a process; returns its seconds of wall clock and CPU, its peak of anonymous memory in MiB,
    looked up every 10 ms, and the MB that it had fetched from the disk."""
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
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    wall = time.perf_counter() - start
    counters = dict(
        line.split(": ") for line in Path(f"/proc/{process.pid}/io").read_text().splitlines())
    _, status, used = os.wait4(process.pid, 0)
    ended.set()
    watcher.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"bench: {' '.join(map(str, command))} ended with {process.returncode}")
    return {
        "wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak_mib": peak[0] / 1024,
        "read_mb": int(counters["read_bytes"]) / 1e6,
    }  # fmt: skip


def forget(folder):
    """Lets the system drop what it has of the files in memory, so that reads are from the disk."""
    os.sync()
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


class Pipeline:
    """The stages over one site and store."""

    def __init__(self, bin_folder, work, site):
        self.bin, self.work, self.store = bin_folder, work, work / "store"
        self.site = work / "site.toml"
        self.site.write_text(site)
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

    def stages(self, names, first, last):
        return {
            name: self.stage(name, *([] if name == "ingest" else [first, last])) for name in names}


def folder(path):
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


class FlowMaker:
    """Makes flow records of the days from FIRST on."""

    def __init__(self, work):
        self.program = work / "make_flows"
        run(["cc", "-O2", "-o", self.program, HERE / "make_flows.c", "-lm"])

    def days(self, path, rows, day_count, form="nfdump", first=0, end=None):
        """So many records over so many days; those of the days from `first` to before `end` are written."""
        run([self.program, path, rows, day_count, form, first, day_count if end is None else end])

    def ordinary_weeks(self, path):
        self.days(path, HISTORY_ROWS * HISTORY_DAYS, HISTORY_DAYS)

    def day_after(self, path, rows):
        """One day of so many records, after the ordinary weeks."""
        # A weekday has three parts of the records, and a day of the weekend one.
        parts = sum(3 if number % 7 < 5 else 1 for number in range(HISTORY_DAYS + 1))
        self.days(path, rows * parts // 3, HISTORY_DAYS + 1, first=HISTORY_DAYS)


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


def total(stages):
    """What stages take one after the other."""
    return {
        "wall": sum(used["wall"] for used in stages.values()),
        "cpu": sum(used["cpu"] for used in stages.values()),
        "peak_mib": max(used["peak_mib"] for used in stages.values()),
    }


def medians(runs):
    return {key: statistics.median(one[key] for one in runs) for key in runs[0]}


def print_stages(stages):
    print(f"  {'':16}{'wall s':>8}{'CPU s':>8}{'MiB':>8}{'limit':>8}")
    for name, used in stages.items():
        limit = MEMORY_LIMITS[name]
        within = "within" if used["peak_mib"] <= limit else "OVER"
        print(f"  {name:16}{used['wall']:8.2f}{used['cpu']:8.2f}{used['peak_mib']:8.0f}{limit:8}   {within}")


def verdict(is_met):
    return "met" if is_met else "SHORT"
