"""Measures the stages on days that no office has, and says whether memory stays within its limits.

    make bench-pathological

Each case is a day after ten ordinary days of a small firm, in Zeek's logs: millions of hosts, one host
with everything, a million names, fields of a megabyte, ten thousand columns, all rows in one second,
clocks that jump.
"""

import argparse
import json
import shutil
import sys
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from stages import (
    FIRST, MEMORY_LIMITS, STAGES, Pipeline, folder, print_stages, small_firm, zeek_site)  # fmt: skip

HISTORY_DAYS, PER_DAY = 10, 5000
DAY = FIRST + timedelta(days=HISTORY_DAYS)
START = (DAY - date(1970, 1, 1)).days * 86_400
FLOW_FIELDS = (
    "ts id.orig_h id.orig_p id.resp_h id.resp_p proto duration orig_bytes resp_bytes conn_state"
    " orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes").split()  # fmt: skip
NAME_FIELDS = "ts id.orig_h id.orig_p id.resp_h id.resp_p proto query qtype_name rcode_name".split()
MEGABYTE = 1 << 20


def address(number):
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


INSIDE, OUTSIDE = 10 << 24, 45 << 24


def flow(seconds, source, target, port=443, state="SF", sent=900):
    received = 4000 if state == "SF" else 0
    packets = 5 if state == "SF" else 0
    return (
        f"{START + seconds:.6f}\t{source}\t40000\t{target}\t{port}\ttcp\t0.25\t{sent}\t{received}\t{state}"
        f"\t3\t{sent}\t{packets}\t{received}")


def spread(number, count):
    """Evenly over the day."""
    return number * 86_399 / count


def scan(count):
    for n in range(count):
        yield flow(spread(n, count), "10.0.0.66", address(OUTSIDE + n), 445, "S0", 40)


def swept(count):
    for n in range(count):
        yield flow(spread(n, count), "10.0.0.66", address(INSIDE + 256 + n), 445, "REJ", 40)


def scanned(count):
    for n in range(count):
        yield flow(spread(n, count), address(OUTSIDE + n), "10.0.0.5", 443, "REJ", 40)


def many_hosts(count):
    for n in range(count):
        yield flow(spread(n, count), address(INSIDE + n), "45.0.0.1")


def one_host(count):
    for n in range(count):
        yield flow(spread(n, count), "10.0.0.7", address(OUTSIDE + n * n % 1009), sent=200 + n % 4001)


def one_second(count):
    for n in range(count):
        yield flow(43_200 + n % 1000 / 1000, address(INSIDE + 1 + n % 40), address(OUTSIDE + n % 5003))


def jumps(count):
    """Forth and back by hours, days and years, every thousand rows."""
    steps = [0, 3600, -3600, 86_400, -86_400, 31_536_000, -31_536_000, 4e8, -START - 43_200, 0]
    for n in range(count):
        moment = spread(n, count) + steps[n // 1000 % len(steps)]
        yield flow(moment, address(INSIDE + 1 + n % 40), address(OUTSIDE + n % 5003))


def wide(count):
    more = "\tx" * 10_000
    for n in range(count):
        yield flow(spread(n, count), address(INSIDE + 1 + n % 40), address(OUTSIDE + n % 97)) + more


def name(seconds, host, asked, answer="NOERROR"):
    return (f"{START + seconds:.6f}\t{address(INSIDE + 1 + host)}\t40000\t10.0.0.53\t53\tudp\t{asked}"
            f"\tA\t{answer}")


def many_names(count):
    for n in range(count):
        yield name(spread(n, count), n % 40, f"www.site{n * 7919 % 1_000_003}.com")


def long_fields(count):
    for n in range(count):
        yield name(spread(n, count), n % 40, "a" * MEGABYTE if n % 2 else "www.example.com")


# By name: the log's path and fields, its rows, and how many there are.
CASES = {
    "a host scans ten million addresses": ("conn", FLOW_FIELDS, scan, 10_000_000),
    "a host sweeps ten million of the site": ("conn", FLOW_FIELDS, swept, 10_000_000),
    "ten million addresses scan a host": ("conn", FLOW_FIELDS, scanned, 10_000_000),
    "a million hosts of the site": ("conn", FLOW_FIELDS, many_hosts, 1_000_000),
    "ten million hosts of the site": ("conn", FLOW_FIELDS, many_hosts, 10_000_000),
    "one host has ten million flows": ("conn", FLOW_FIELDS, one_host, 10_000_000),
    "ten million flows in one second": ("conn", FLOW_FIELDS, one_second, 10_000_000),
    "a clock that jumps": ("conn", FLOW_FIELDS, jumps, 1_000_000),
    "ten thousand columns": (
        "conn", FLOW_FIELDS + [f"x{n}" for n in range(10_000)], wide, 10_000),
    "a million names": ("dns", NAME_FIELDS, many_names, 1_000_000),
    "fields of a megabyte": ("dns", NAME_FIELDS, long_fields, 1_000),
}  # fmt: skip


def write_log(path, kind, fields, rows):
    with open(path, "w") as file:
        file.write(f"#separator \\x09\n#path\t{kind}\n" + "\t".join(["#fields", *fields]) + "\n")
        while some := list(islice(rows, 1000)):
            file.write("\n".join(some) + "\n")


def site():
    return zeek_site("flows", "conn.*.log") + '\n[[input]]\nsource = "names"\nglob = "flows/dns.*.log"\nformat = "zeek.dns"\n'


def measure(bin_folder, work, chosen, share):
    ordinary = folder(work) / "ordinary"
    small_firm(ordinary, HISTORY_DAYS, PER_DAY)
    write_log(ordinary / f"dns.{FIRST}.log", "dns", NAME_FIELDS, iter([name(-86_400 * 3, 1, "a.example")]))
    figures = {}
    for title in chosen:
        kind, fields, rows, count = CASES[title]
        shutil.rmtree(work / "store", ignore_errors=True)
        shutil.rmtree(work / "flows", ignore_errors=True)
        shutil.copytree(ordinary, work / "flows")
        pipeline = Pipeline(bin_folder, work, site())
        pipeline.stages(STAGES[:-1], FIRST, DAY - timedelta(days=1))
        path = work / f"flows/{kind}.{DAY}.log"
        write_log(path, kind, fields, rows(max(1, int(count * share))))
        byte_count = path.stat().st_size
        stages = pipeline.stages(STAGES, DAY, DAY)
        figures[title] = {"bytes": byte_count, "stages": stages}
        print(f"\n{title}, {byte_count / 1e6:.0f} MB")
        print_stages(stages)
        sys.stdout.flush()
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=Path, required=True, help="the folder of built programs")
    parser.add_argument("--work", type=Path, required=True, help="a folder for records and stores")
    parser.add_argument("--figures", type=Path, required=True, help="where the figures go, as JSON")
    parser.add_argument("--only", choices=CASES, action="append")
    parser.add_argument("--share", type=float, default=1, help="of the rows of each case")
    options = parser.parse_args()

    figures = measure(
        options.bin.resolve(), options.work.resolve(), options.only or list(CASES), options.share)
    over = [
        f"{title}: {stage}" for title, one in figures.items()
        for stage, used in one["stages"].items() if used["peak_mib"] > MEMORY_LIMITS[stage]]  # fmt: skip
    print("\nevery stage is within its memory" if not over else "\nOVER: " + "; ".join(over))
    options.figures.parent.mkdir(parents=True, exist_ok=True)
    options.figures.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
