"""Compares what Tidemark reads from sample logs with what another parser makes of the same lines.

    make conformance FORMAT_SAMPLES=folder

The folder holds a folder for each product. Beside a log, NAME.expected.jsonl or NAME.expected.json
holds a record of the Elastic Common Schema for each line. Every log is read by the formats that
FORMATS lists for it, together; each of FIELDS that an expected record gives is compared with the
row of its line. The zone and the year that a site would state are those of the expected records; a
year that the line lacks is not compared.

Prints a table of folders, the lines that no format reads, the mismatches that are faults of the
expected records (FAULTS, in conformance_faults.py) by their cause, and every other mismatch. Fails
where less than GOAL of the other fields are equal, or a line has no row for no known cause.
"""

import argparse
import collections
import datetime
import fnmatch
import ipaddress
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow.ipc

from conformance_faults import FAULTS, LIMITS, UNREAD
from conformance_fields import FIELDS, equal, get

GOAL = 0.98
UNEXPLAINED = "unexplained"

# The formats that read a log, by the first glob that fits its name; of none, it is not read.
FORMATS = {
    "aws_vpc_flow/custom-nat-gateway.log": [],
    "aws_vpc_flow/ipv6.log": ["aws.vpc-flow-v2"],
    "aws_vpc_flow/no-data-skip-data.log": ["aws.vpc-flow-v2"],
    "aws_vpc_flow/test-extra-samples.log": ["aws.vpc-flow-v2"],
    "aws_vpc_flow/test-tcp-flag-sequence.log": ["aws.vpc-flow-v3"],
    "aws_vpc_flow/test-v5-all-fields.log": ["aws.vpc-flow-v5"],
    "aws_vpc_flow/*": ["aws.vpc-flow"],
    "azure_firewall/*dnsproxy*": ["azure.firewall-dns"],
    "azure_firewall/*": ["azure.firewall"],
    "checkpoint/*": ["checkpoint.rfc5424", "checkpoint.firewall"],
    "cisco_asa/*": ["cisco.asa", "cisco.asa-vpn"],
    "coredns/*-json.log": ["coredns.container"],
    "entra/*": ["entra.signin"],
    "fortinet/*": [
        "fortigate.traffic", "fortigate.web", "fortigate.dns", "fortigate.vpn", "fortigate.alert"],
    "gcp_vpc_flow/*": ["gcp.vpc-flow"],
    "globalprotect/*": ["paloalto.globalprotect"],
    "infoblox/*": ["infoblox.responses", "bind.queries"],
    "iptables_ufw/*": ["linux.netfilter"],
    "juniper_srx/*": ["juniper.srx", "juniper.idp"],
    "meraki/*": ["meraki.flows", "meraki.urls"],
    "microsoft_dhcp/*": ["microsoft.dhcp"],
    "okta/*": ["okta.system"],
    "paloalto/*": ["paloalto.traffic", "paloalto.threat", "paloalto.url"],
    "pfsense_opnsense/*": ["pfsense.filterlog"],
    "pulse_secure/*": ["pulse.connect-secure"],
    "snort/test-log-csv.log": ["snort.csv"],
    "snort/test-log-pfsense.log": ["snort.csv-pfsense"],
    "snort/test-log-json.log": ["snort.json"],
    "snort/test-log-syslog.log": ["snort.syslog"],
    "snort/test-log-fast.log": ["snort.fast"],
    "sonicwall/*": ["sonicwall.firewall"],
    "sophos/*": ["sophos.firewall", "sophos.web", "sophos.ips"],
    "squid/*": ["squid.access"],
    "sshd_auth/*": ["linux.sshd"],
    "suricata_eve/*": [
        "suricata.alert", "suricata.dns", "suricata.flow", "suricata.http", "suricata.tls"],
    "ubiquiti/*": ["linux.netfilter"],
    "umbrella_csv/*dnslogs*": ["umbrella.dns"],
    "umbrella_csv/*proxylogs*": ["umbrella.proxy"],
    "umbrella_csv/*cloudfirewall*": ["umbrella.firewall"],
    "zeek_json/*-conn.log": ["zeek.conn"],
    "zeek_json/*-dns.log": ["zeek.dns"],
    "zeek_json/*-http.log": ["zeek.http"],
    "zeek_json/*-ssl.log": ["zeek.ssl"],
    "zeek_json/*-radius.log": ["zeek.radius"],
    "zeek_json/*-ssh.log": ["zeek.ssh"],
    "zeek_json/*-ntlm.log": ["zeek.ntlm"],
    "zeek_json/*-kerberos.log": ["zeek.kerberos"],
    "zeek_json/*-notice.log": ["zeek.notice"],
    "zscaler/*-dns-*": ["zscaler.dns"],
    "zscaler/*-firewall-*": ["zscaler.firewall"],
    "zscaler/*-tunnel*": ["zscaler.tunnel"],
    "zscaler/*-web*": ["zscaler.web"],
}

# Zones that always were so far from UTC; of whole hours there is one in Etc.
ZONES = {"+05:30": "Asia/Kolkata", "+05:45": "Asia/Kathmandu", "+09:30": "Australia/Darwin"}
# Zones with summer time, by their offsets.
SUMMER_ZONES = {
    ("-04:00", "-05:00"): "America/New_York", ("-05:00", "-06:00"): "America/Chicago",
    ("+01:00", "+02:00"): "Europe/Berlin",
}

@dataclass
class Mismatch:
    """A field that differs, or a line that has no row (`column` is then `line`)."""

    log: Path
    line: int
    text: str
    record: dict
    row: dict
    column: str
    expected: object
    found: object

    def __str__(self):
        place = f"{self.log.parent.name}/{self.log.name}:{self.line}"
        return f"{place} {self.column}: expected {shown(self.expected)}, found {shown(self.found)}"


def shown(value):
    if isinstance(value, bytes):
        address = ipaddress.IPv6Address(value)
        return str(address.ipv4_mapped or address)
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return "/".join(sorted(value)) if isinstance(value, set) else repr(value)


def records(path):
    text = path.read_text()
    if path.suffix == ".jsonl":
        return [json.loads(line) or {} for line in text.splitlines() if line.strip()]
    whole = json.loads(text)
    return whole if isinstance(whole, list) else whole.get("expected", [whole])


def zone_and_year(expected):
    """What a site would state: the zone and the year that most expected times have."""
    times = [get(record, "@timestamp") for record in expected]
    times = [time for time in times if time]
    if not times:
        return "UTC", 2026
    offset = collections.Counter(time[-6:] for time in times).most_common(1)[0][0]
    year = collections.Counter(int(time[:4]) for time in times).most_common(1)[0][0]
    if offset[0] not in "+-":
        return "UTC", year
    both = tuple(sorted({time[-6:] for time in times}))
    if both in SUMMER_ZONES:
        return SUMMER_ZONES[both], year
    return ZONES.get(offset) or f"Etc/GMT{'-' if offset[0] == '+' else '+'}{int(offset[1:3])}", year


def read_rows(options, log, formats, zone, year, work):
    """Rows by line number, and the reasons of rejected lines."""
    site = work / "site.toml"
    site.write_text(
        '[site]\nname = "conformance"\ntimezone = "UTC"\nnetworks = ["10.0.0.0/8"]\nseed = "1"\n'
        + f'[[input]]\nsource = "s"\nglob = "{log}"\nformat = {json.dumps(formats)}\n'
        + f'zone = "{zone}"\nyear = {year}\n')
    store = work / "store"
    done = subprocess.run(
        [options.ingest, "--site", site, "--store", store, "--formats", options.formats],
        text=True, capture_output=True)
    rows, rejects = collections.defaultdict(list), {}
    for file in sorted(store.glob("ingested/*/*/rows*.arrow")):
        for row in pyarrow.ipc.open_file(file).read_all().to_pylist():
            rows[row["log_line"]].append(row)
    for file in sorted(store.glob("ingested/*/*/rejects.arrow")):
        for row in pyarrow.ipc.open_file(file).read_all().to_pylist():
            rejects[row["log_line"]] = row["reason"]
    if "could not be read" in done.stderr or (done.returncode and not rows):
        print(f"{log.parent.name}/{log.name}: {done.stderr.strip()}")
    return rows, rejects


def lines_of(log, expected, rows):
    """The number and the text of the line that each expected record is of."""
    lines = list(enumerate(log.read_bytes().decode(errors="replace").split("\n"), 1))
    if not lines[-1][1]:
        lines.pop()
    if len(lines) != len(expected) and len(rows) == len(expected):
        return [lines[line - 1] for line in sorted(rows)]
    if len(lines) != len(expected):
        lines = [line for line in lines if line[1].strip()]
    # What comes before are headers.
    return lines[len(lines) - len(expected):]


def compare(log, expected, rows, rejects):
    """Counts of fields and lines, mismatches, and the lines that have no row."""
    counts, mismatches, unread = collections.Counter(), [], []
    for record, (line, text) in zip(expected, lines_of(log, expected, rows)):
        if line in rejects and not rows.get(line):
            counts["rejected"] += 1
            mismatches.append(
                Mismatch(log, line, text, record, {}, "line", "a row", rejects[line]))
        if not rows.get(line):
            unread.append((log, line, text))
            continue
        counts["lines"] += 1
        for column, read in FIELDS.items():
            value = read(record)
            found = [row for row in rows[line] if column in row]
            if value is None or not found:
                continue
            row = next((row for row in found if row[column] is not None), found[0])
            counts["fields"] += 1
            if equal(column, value, row, record):
                counts["equal"] += 1
            else:
                mismatches.append(
                    Mismatch(log, line, text, record, row, column, value, row[column]))
    return counts, mismatches, unread


def logs(options):
    """Each log with its expected records and its formats."""
    for path in sorted(options.samples.glob("*/*.expected.json*")):
        log = path.with_name(path.name.split(".expected.")[0] + ".log")
        name = f"{log.parent.name}/{log.name}"
        if fnmatch.fnmatch(name, options.only or "*"):
            yield log, records(path), next(
                (formats for glob, formats in FORMATS.items() if fnmatch.fnmatch(name, glob)), [])


def first(table, item):
    """The first cause that fits."""
    return next((cause for cause, fits in table if fits(item)), None)


def print_table(folders):
    print(f"{'folder':18}{'lines':>7}{'unread':>8}{'rejected':>10}{'fields':>8}{'equal':>8}"
          f"{'share':>8}{'excused':>9}{'without':>9}")
    total = sum(folders.values(), collections.Counter())
    for folder, counts in [*folders.items(), ("all", total)]:
        share, without = shares(counts)
        print(f"{folder:18}{counts['lines']:7}{counts['unread']:8}{counts['rejected']:10}"
              f"{counts['fields']:8}{counts['equal']:8}{share:8.1%}{counts['excused']:9}"
              f"{without:9.1%}")
    return total


def shares(counts):
    """Of all fields, and of those without a known fault of the expected record."""
    fields = counts["fields"]
    return counts["equal"] / max(1, fields), counts["equal"] / max(1, fields - counts["excused"])


@dataclass
class Findings:
    """Counts by folder, mismatches by the fault that is their cause, all others, and the lines
    without a row, by folder and cause."""

    folders: dict
    excused: dict
    others: list
    unread: collections.Counter


def compare_all(options):
    found = Findings(
        collections.defaultdict(collections.Counter), collections.defaultdict(list), [],
        collections.Counter())
    for log, expected, formats in logs(options):
        zone, year = zone_and_year(expected)
        rows, rejects = {}, {}
        if formats:
            with tempfile.TemporaryDirectory() as work:
                rows, rejects = read_rows(options, log, formats, zone, year, Path(work))
        counts, mismatches, unread = compare(log, expected, rows, rejects)
        counts["unread"] = len(unread)
        for mismatch in mismatches:
            cause = first(FAULTS, mismatch)
            if cause:
                found.excused[cause].append(mismatch)
                counts["excused"] += mismatch.column != "line"
            else:
                found.others.append(mismatch)
        for file, line, text in unread:
            cause = first(UNREAD, (file, text)) or f"{UNEXPLAINED}, {file.name}:{line}"
            found.unread[log.parent.name, cause] += 1
        found.folders[log.parent.name] += counts
    return found


def print_causes(found):
    print("\nLines without a row")
    for (folder, cause), count in sorted(found.unread.items()):
        print(f"  {count:5}  {folder}: {cause}")
    print("\nFaults of the expected records")
    for cause, mismatches in found.excused.items():
        print(f"  {len(mismatches):5}  {cause}")
        for mismatch in mismatches:
            print(f"         {mismatch}")
    print(f"\nMismatches: {len(found.others)}")
    for mismatch in found.others:
        print(f"  {mismatch}; {first(LIMITS, mismatch) or UNEXPLAINED}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ingest", type=Path, required=True)
    parser.add_argument("--formats", type=Path, required=True)
    parser.add_argument("--samples", type=Path, required=True)
    parser.add_argument("--only", help="a glob of FOLDER/LOG")
    found = compare_all(parser.parse_args())
    share, without = shares(print_table(found.folders))
    print(f"\nequal: {share:.2%} of all fields, {without:.2%} without those of faulty records; "
          f"goal {GOAL:.0%}: {'met' if without >= GOAL else 'MISSED'}")
    print_causes(found)
    lost = (any(UNEXPLAINED in cause for _, cause in found.unread)
            or any(mismatch.column == "line" for mismatch in found.others))
    raise SystemExit(without < GOAL or lost)


if __name__ == "__main__":
    main()
