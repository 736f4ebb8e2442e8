"""Captures of real attacks, each laid over a quiet day of a simulated firm.

    make evaluate-captures CAPTURES=folder

The folder has those of `LOADERS` that are at hand. The infected host of a capture becomes one of the
firm's workstations, its other private hosts become other machines of the firm, and its first
conversation starts at ten in the morning. What is counted is where that workstation then stands among the
hosts of the day. Conversations alone are laid over, since that is what all captures have.
"""

import csv
import io
import ipaddress
import json
import shutil
import subprocess
import zlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from judging import average_precision, tidemark, within_budget
from replay import DAYS, ZONE, Site, option_parser, write_figures
from rivals import RIVALS

DAY = "2026-03-27"
NORMAL = [day for day in DAYS if day < DAY]
STAGES = ["ingest", "normalize", "baseline", "score"]
# argus's states in which the other end never answered.
UNANSWERED = {"REQ", "INT", "URP", "ECO", "TIM", "RSP"}


@dataclass(frozen=True)
class Flow:
    start: float
    seconds: float
    protocol: str
    source: str
    source_port: int
    destination: str
    destination_port: int
    sent: int
    received: int
    packets_sent: int
    packets_received: int
    state: str


@dataclass(frozen=True)
class Capture:
    name: str
    infected: str
    flows: list


def is_private(address):
    return ipaddress.ip_address(address).is_private


def port(text):
    return int(text, 0) if text else 0


def of_argus(row):
    """A row of `ra` with the columns of CTU-13; None where it has no addresses."""
    try:
        ipaddress.ip_address(row["SrcAddr"]), ipaddress.ip_address(row["DstAddr"])
        ports = port(row["Sport"]), port(row["Dport"])
    except ValueError:
        return None
    packets, total, sent = (int(row[name]) for name in ("TotPkts", "TotBytes", "SrcBytes"))
    received = total - sent
    is_answered = received > 0 and row["State"] not in UNANSWERED
    back = packets // 2 if is_answered else 0
    return Flow(
        float(row["StartTime"]), float(row["Dur"]), row["Proto"], row["SrcAddr"], ports[0],
        row["DstAddr"], ports[1], sent, received, packets - back, back,
        "SF" if is_answered else "S0")  # fmt: skip


def of_zeek(row):
    """A row of Zeek's conn.log, by the names of its fields; None for other protocols."""
    def count(name):
        value = row.get(name, "-")
        return 0 if value in ("-", None) else int(value)

    def value(name):
        return row.get(name, row.get(name.replace(".", "_")))

    if row.get("proto") not in ("tcp", "udp", "icmp"):
        return None
    seconds = row.get("duration", "-")
    return Flow(
        float(row["ts"]), 0.0 if seconds in ("-", None) else float(seconds), row["proto"],
        value("id.orig_h"), int(value("id.orig_p")), value("id.resp_h"), int(value("id.resp_p")),
        count("orig_ip_bytes"), count("resp_ip_bytes"), count("orig_pkts"), count("resp_pkts"),
        row.get("conn_state", "OTH"))  # fmt: skip


def text_of(path):
    if path.suffix != ".zst":
        return path.read_text()
    return subprocess.run(["zstdcat", path], check=True, capture_output=True, text=True).stdout


def zeek_rows(text):
    if text.startswith("{"):
        yield from (row for row in map(json.loads, text.splitlines()) if row["@stream"] == "conn")
        return
    fields = []
    for line in text.splitlines():
        if line.startswith("#fields"):
            fields = line.split("\t")[1:]
        elif not line.startswith("#"):
            yield dict(zip(fields, line.split("\t")))


def busiest(flows):
    """The private host that begins most."""
    counts = Counter(flow.source for flow in flows if is_private(flow.source))
    return counts.most_common(1)[0][0] if counts else None


def malware_traffic(folder):
    """One infected Windows machine a capture."""
    hosts = {row["capture"]: row["infected_host"]
             for row in csv.DictReader((folder / "captures.csv").open())}  # fmt: skip
    flows = {}
    for row in csv.DictReader(io.StringIO(text_of(folder / "argus-all.csv.zst"))):
        if flow := of_argus(row):
            flows.setdefault(row["Capture"], []).append(flow)
    for name, host in hosts.items():
        if name in flows:
            yield Capture(name, host, flows[name])


def lateral_movement(folder):
    """One technique a capture."""
    for path in sorted((folder / "argus").glob("*.csv")):
        flows = list(filter(None, map(of_argus, csv.DictReader(path.open()))))
        if host := busiest(flows):
            yield Capture(path.stem, host, flows)


def zeek_capture(name, pattern, infected=None):
    def load(folder):
        flows = [flow for path in sorted(folder.glob(pattern))
                 for flow in map(of_zeek, zeek_rows(text_of(path))) if flow]  # fmt: skip
        yield Capture(name, infected or busiest(flows), flows)

    return load


def industrial(folder):
    """The laptop that scanned and guessed for ninety minutes, as the lowest of three switches saw it.
    There is no clean past, and no port; what it asked and what it was answered are rows alike. Its
    windows of 30 s are not those of a pipeline that judges hours and days: of the attacks only the
    laptop's are counted, once."""
    attacker = "198.18.134.99"
    flows = []
    for row in csv.DictReader(io.StringIO(text_of(folder / "reduced_bottom_before1115.csv.zst"))):
        if row["protocol"] not in ("IPV4-TCP", "IPV4-UDP"):
            continue
        ends = [
            (row["sAddress"], int(row["sPackets"]), int(row["sBytesSum"])),
            (row["rAddress"], int(row["rPackets"]), int(row["rBytesSum"])),
        ]
        if row["rAddress"] == attacker:
            ends.reverse()
        (source, *sent), (destination, *received) = ends
        flows.append(Flow(
            float(row["start"]), float(row["duration"]), row["protocol"][5:].lower(), source, 0,
            destination, 0, sent[1], received[1], sent[0], received[0],
            "SF" if received[0] else "S0"))  # fmt: skip
    yield Capture("westermo", attacker, flows)


LOADERS = {
    "malware-traffic-analysis": malware_traffic,
    "otrf-lateral": lateral_movement,
    "apt29-day1": zeek_capture("apt29-day1", "combined_zeek.log.zst"),
    "iot23": zeek_capture("iot23-34-1", "*.labeled.zst", "192.168.1.195"),
    "westermo": industrial,
}


def moved(capture, machines, seed):
    """The capture's flows on the firm's day and machines, and which machine took whose place."""
    machines = machines[:]
    others = Counter(
        address for flow in capture.flows for address in (flow.source, flow.destination)
        if is_private(address) and address != capture.infected
        and not address.endswith(".255") and not ipaddress.ip_address(address).is_multicast)
    at = seed % len(machines)
    machines = machines[at:] + machines[:at]
    new = dict(zip([capture.infected, *(address for address, _ in others.most_common())], machines))
    first = min(flow.start for flow in capture.flows)
    span = max(flow.start for flow in capture.flows) - first
    # What lasts for more than half a day starts at midnight.
    hour = 10 if span < 12 * 3600 else 0
    start = datetime.fromisoformat(DAY).replace(tzinfo=ZONE, hour=hour).timestamp()
    end = datetime.fromisoformat(DAY).replace(tzinfo=ZONE, hour=23, minute=59).timestamp()
    flows = [
        replace(
            flow, start=flow.start - first + start,
            source=new.get(flow.source, flow.source),
            destination=new.get(flow.destination, flow.destination))
        for flow in capture.flows]  # fmt: skip
    return sorted((flow for flow in flows if flow.start < end), key=lambda flow: flow.start), new


FIELDS = [
    "ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "duration",
    "orig_bytes", "resp_bytes", "conn_state", "orig_pkts", "orig_ip_bytes", "resp_pkts",
    "resp_ip_bytes",
]  # fmt: skip
TYPES = [
    "time", "string", "addr", "port", "addr", "port", "enum", "string", "interval", "count", "count",
    "string", "count", "count", "count", "count",
]  # fmt: skip


def zeek_log(flows):
    lines = [
        "#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-",
        "#path\tconn", "\t".join(["#fields", *FIELDS]), "\t".join(["#types", *TYPES]),
    ]  # fmt: skip
    for number, flow in enumerate(flows):
        cells = [
            f"{flow.start:.6f}", f"C{number}", flow.source, flow.source_port, flow.destination,
            flow.destination_port, flow.protocol, "-", f"{flow.seconds:.6f}", flow.sent,
            flow.received, flow.state, flow.packets_sent, flow.sent, flow.packets_received,
            flow.received,
        ]  # fmt: skip
        lines.append("\t".join(map(str, cells)))
    return "\n".join(lines) + "\n"


class Overlay(Site):
    """A day of a site with more in it; all other days are the site's own."""

    def __init__(self, base, store):
        super().__init__(base.binaries, base.exports, store)
        self.base = base

    def profile(self, day, table):
        return super().profile(day, table) if day == DAY else self.base.profile(day, table)


def lay_over(base, work, name, flows, infected, others=frozenset()):
    """Where a machine with these flows then stands, by each ranking; `others` are not counted."""
    log = base.exports / f"zeek/{DAY}/conn.laid-over.log"
    store = work / "laid-over" / name
    store.parent.mkdir(exist_ok=True)
    # Finished files are never written to, so that links to them do for a copy.
    subprocess.run(["cp", "-al", base.store, store], check=True)
    site = Overlay(base, store)
    try:
        log.write_text(zeek_log(flows))
        site.replay([DAY], STAGES)
    finally:
        log.unlink()
    rankings = {}
    for ranking, rank in [("Tidemark", tidemark), *RIVALS.items()]:
        scores = rank(site, NORMAL, [DAY])
        rankings[ranking] = [
            (host in {key[0] for key in scores}, scores.get((host, DAY)), host == infected)
            for host in site.hosts(DAY) if host not in others]  # fmt: skip
    row = next((row for row in site.entities(DAY) if row["entity"] == infected), None)
    detectors = {vote["detector"] for vote in site.votes(DAY) if vote["entity"] == infected}
    shutil.rmtree(store)
    return {
        "name": name, "flows": len(flows),
        "rank": row["rank"] if row else None, "p": row["p_value"] if row else None,
        "decision": row["decision"] if row else "no vote",
        "leading": row["leading_detector"] if row else None,
        "detectors": sorted(detectors), "rankings": rankings,
    }  # fmt: skip


def quiet_site(binaries, work):
    """A firm that nobody attacks, replayed up to the day, and its workstations seen on it."""
    work.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(work / "laid-over", ignore_errors=True)
    base = Site(binaries, work / "exports", work / "quiet")
    base.simulate(31, "none")
    # Folders that are up to date are left alone.
    base.replay([*NORMAL, DAY], STAGES)
    with (base.exports / "assets.csv").open() as file:
        machines = [row["ip"] for row in csv.DictReader(file) if row["role"] == "workstation"]
    return base, [host for host in machines if host in base.hosts(DAY)]


def figures(captures):
    """Of one folder's captures together."""
    rows = {}
    for name in ["Tidemark", *RIVALS]:
        host_days = [
            (*row, capture["name"]) for capture in captures for row in capture["rankings"][name]]
        found, total, precision = within_budget(host_days, 20)
        rows[name] = {
            "average_precision": average_precision(host_days),
            "recall": found / total, "precision": precision}
    decided = sum(capture["decision"] == "decide" for capture in captures)
    return {"captures": len(captures), "decided": decided, "rankings": rows}


def main():
    parser = option_parser()
    parser.add_argument("--captures", type=Path, required=True)
    parser.add_argument("--most", type=int, default=24, help="captures to take of a folder, evenly")
    options = parser.parse_args()

    base, machines = quiet_site(options.bin, options.work)
    results = {}
    for name, load in LOADERS.items():
        if not (options.captures / name).exists():
            print(f"{name}: not in {options.captures}")
            continue
        captures = list(load(options.captures / name))
        step = max(1, -(-len(captures) // options.most))
        laid = []
        for capture in captures[::step]:
            flows, new = moved(capture, machines, zlib.crc32(capture.name.encode()))
            infected = new[capture.infected]
            others = set(new.values()) - {infected}
            row = lay_over(base, options.work, capture.name, flows, infected, others)
            laid.append(row)
            print(f"  {row['name'][:70]}: {row['decision']}, rank {row['rank']},"
                  f" {' '.join(row['detectors'])}", flush=True)
        results[name] = figures(laid) | {"days": laid}
        print(f"{name}: {results[name]['decided']} of {len(laid)} decided")
        for ranking, row in results[name]["rankings"].items():
            print(f"  {ranking:<22} average precision {row['average_precision']:.2f},"
                  f" recall at 20 a day {row['recall']:.2f}")
    write_figures(options.figures, results)


if __name__ == "__main__":
    main()
