"""Compares what Tidemark reads from sample logs with what another parser makes of the same lines.

    make conformance SAMPLES=folder

SAMPLES holds a folder a format. Beside a log, NAME.expected.jsonl or NAME.expected.json holds a record
of the Elastic Common Schema for each line. Every log is read by the formats that FORMATS lists for its
folder, with UTC for zones that nothing states; each field of FIELDS that an expected record gives for a
line that a format reads is compared. Prints a table of formats, and every mismatch with its cause where
that is known.
"""

import argparse
import collections
import datetime
import ipaddress
import json
import subprocess
import tempfile
from pathlib import Path

import pyarrow.ipc

GOAL = 0.98

# The formats that read a folder's logs.
FORMATS = {
    "aws_vpc_flow": ["aws.vpc-flow", "aws.vpc-flow-v2"],
    "azure_firewall": [],
    "checkpoint": ["checkpoint.rfc5424", "checkpoint.firewall"],
    "cisco_asa": ["cisco.asa", "cisco.asa-vpn"],
    "coredns": [],
    "entra": ["entra.signin"],
    "fortinet": ["fortigate.traffic", "fortigate.web"],
    "gcp_vpc_flow": ["gcp.vpc-flow"],
    "globalprotect": ["paloalto.globalprotect"],
    "infoblox": ["infoblox.responses"],
    "iptables_ufw": ["linux.netfilter"],
    "juniper_srx": ["juniper.srx"],
    "meraki": ["meraki.flows", "meraki.urls"],
    "microsoft_dhcp": ["microsoft.dhcp"],
    "okta": ["okta.system"],
    "paloalto": ["paloalto.traffic", "paloalto.threat", "paloalto.url"],
    "pfsense_opnsense": ["pfsense.filterlog"],
    "snort": ["snort.fast"],
    "sonicwall": ["sonicwall.firewall"],
    "sophos": ["sophos.firewall"],
    "squid": ["squid.access"],
    "sshd_auth": ["linux.sshd"],
    "suricata_eve": ["suricata.alert", "suricata.dns", "suricata.flow", "suricata.http",
                     "suricata.tls"],
    "ubiquiti": ["linux.netfilter"],
    "umbrella_csv": ["umbrella.dns", "umbrella.proxy"],
    "zeek_json": ["zeek.conn", "zeek.dns", "zeek.http", "zeek.ssl"],
    "zscaler": ["zscaler.web"],
}

PROTOCOLS = {
    "icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "ipv6": 41, "gre": 47, "esp": 50, "ipv6-icmp": 58,
    "icmp6": 58, "icmpv6": 58, "sctp": 132,
}


def get(record, path):
    """A value of a record, nested or under a dotted key."""
    if path in record:
        return record[path]
    for key, value in record.items():
        if isinstance(value, dict) and path.startswith(key + "."):
            found = get(value, path[len(key) + 1:])
            if found is not None:
                return found
    return None


def address(value):
    """Sixteen bytes; None for a host's name."""
    try:
        parsed = ipaddress.ip_address(value)
    except ValueError:
        return None
    return (b"\0" * 10 + b"\xff\xff" + parsed.packed) if parsed.version == 4 else parsed.packed


def protocol(record):
    number = get(record, "network.iana_number")
    if number is not None:
        return int(number)
    return PROTOCOLS.get(str(get(record, "network.transport")).lower())


def instant(record):
    text = get(record, "@timestamp")
    return None if text is None else datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def action(record):
    kinds = get(record, "event.type") or []
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "denied" in kinds:
        return {"deny", "drop", "reset"}
    return {"allow", "start", "end"} if "allowed" in kinds else None


def number(path):
    def read(record):
        value = get(record, path)
        return None if value is None else int(float(value))
    return read


def text(*paths):
    def read(record):
        values = [get(record, path) for path in paths]
        return next((str(value) for value in values if value), None)
    return read


def lowered(*paths):
    read = text(*paths)
    return lambda record: (read(record) or "").rstrip(".").lower() or None


def duration(record):
    value = get(record, "event.duration")
    return None if value is None else int(value) // 1000


def ip(path):
    return lambda record: address(str(get(record, path)))


# The expected value of each column.
FIELDS = {
    "event_time": instant,
    "source_ip": ip("source.ip"),
    "destination_ip": ip("destination.ip"),
    "source_port": number("source.port"),
    "destination_port": number("destination.port"),
    "network_iana_number": protocol,
    "source_bytes": number("source.bytes"),
    "destination_bytes": number("destination.bytes"),
    "source_packets": number("source.packets"),
    "destination_packets": number("destination.packets"),
    "event_action": action,
    "user_name": lowered("user.name", "source.user.name"),
    "dns_question_name": lowered("dns.question.name"),
    "duration_us": duration,
}
# Rows of one class have no columns of another: an authentication has no packets.


def equal(column, expected, found):
    if found is None:
        return False
    if column == "event_action":
        return found in expected
    if column == "event_time":
        return abs((found - expected).total_seconds()) < 0.001
    if column in ("user_name", "dns_question_name"):
        return found.rstrip(".").lower() == expected
    return found == expected


def records(path):
    text = path.read_text()
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    whole = json.loads(text)
    return whole if isinstance(whole, list) else whole.get("expected", [whole])


def read_rows(ingest, formats_folder, log, formats, work):
    """Rows by line number, and the reasons of rejected lines."""
    site = work / "site.toml"
    site.write_text(
        '[site]\nname = "conformance"\ntimezone = "UTC"\nnetworks = ["10.0.0.0/8"]\nseed = "1"\n'
        + "".join(
            f'[[input]]\nsource = "s{index}"\nglob = "{log}"\nformat = "{name}"\nzone = "UTC"\n'
            "year = 2020\n"
            for index, name in enumerate(formats)))
    store = work / "store"
    done = subprocess.run(
        [ingest, "--site", site, "--store", store, "--formats", formats_folder],
        text=True, capture_output=True)
    rows, rejects = collections.defaultdict(list), {}
    for file in sorted(store.glob("ingested/*/*/rows.arrow")):
        for row in pyarrow.ipc.open_file(file).read_all().to_pylist():
            rows[row["log_line"]].append(row)
    for file in sorted(store.glob("ingested/*/*/rejects.arrow")):
        for row in pyarrow.ipc.open_file(file).read_all().to_pylist():
            rejects[row["log_line"]] = row["reason"]
    return rows, rejects, done.stderr


def compare(log, expected, rows, rejects):
    """Counts of fields by outcome, and mismatches as text."""
    counts, mismatches = collections.Counter(), []
    lines = log.read_bytes().count(b"\n") + (0 if log.read_bytes().endswith(b"\n") else 1)
    offset = lines - len(expected)
    for index, record in enumerate(expected):
        line = index + 1 + offset
        found = rows.get(line)
        if not found:
            counts["rejected lines" if line in rejects else "lines of other kinds"] += 1
            if line in rejects:
                mismatches.append((log, line, "line", "a row", rejects[line]))
            continue
        counts["lines"] += 1
        for column, read in FIELDS.items():
            value = read(record)
            row = next((row for row in found if column in row), None)
            if value is None or row is None:
                continue
            counts["fields"] += 1
            # A line that is written when a connection ends has that time, its row the start's.
            end = row.get("event_end") if column == "event_time" else None
            if equal(column, value, row[column]) or equal(column, value, end):
                counts["equal"] += 1
            else:
                mismatches.append((log, line, column, value, row[column]))
    return counts, mismatches


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ingest", type=Path, required=True)
    parser.add_argument("--formats", type=Path, required=True)
    parser.add_argument("--samples", type=Path, required=True)
    parser.add_argument("--only", help="this folder alone")
    options = parser.parse_args()
    total, mismatches = collections.Counter(), []
    print(f"{'format':22}{'fields':>8}{'equal':>8}{'share':>8}{'lines':>7}{'rejected':>9}{'other':>7}")
    for folder, formats in FORMATS.items():
        if options.only and folder != options.only:
            continue
        counts = collections.Counter()
        for path in sorted((options.samples / folder).glob("*.expected.json*")):
            log = path.with_name(path.name.split(".expected.")[0] + ".log")
            if not log.exists():
                continue
            with tempfile.TemporaryDirectory() as work:
                rows, rejects, errors = read_rows(
                    options.ingest, options.formats, log, formats, Path(work))
            if not rows:
                print(f"  {log.name}: no rows: {errors.strip().splitlines()[-1:]}")
            one, found = compare(log, records(path), rows, rejects)
            counts += one
            mismatches += found
        total += counts
        share = counts["equal"] / max(1, counts["fields"])
        print(f"{folder:22}{counts['fields']:8}{counts['equal']:8}{share:8.1%}{counts['lines']:7}"
              f"{counts['rejected lines']:9}{counts['lines of other kinds']:7}")
    share = total["equal"] / max(1, total["fields"])
    verdict = "met" if share >= GOAL else "MISSED"
    print(f"\nall: {total['equal']} of {total['fields']} fields, {share:.2%}; goal {GOAL:.0%}: {verdict}")
    for log, line, column, expected, found in mismatches:
        print(f"{log.parent.name}/{log.name}:{line} {column}: expected {expected!r}, found {found!r}")


if __name__ == "__main__":
    main()
