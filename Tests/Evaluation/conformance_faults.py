"""Why expected records differ from their lines, and why lines have no row.

A fault names what the other parser does, and fits as little as it can: it states what must have
been found instead, so that a field that is read wrongly for another reason is still a mismatch.
"""

import datetime
import re

from conformance_fields import FIELDS, address

ENDPOINTS = {"source_ip", "destination_ip", "source_port", "destination_port"}
PORTS = {"source_port", "destination_port"}


def swapped(mismatch, values):
    """Whether the two ends' values, both as expected, were found at the other end."""
    kind = mismatch.column.split("_")[-1]
    row, column = mismatch.row, mismatch.column
    ends = f"source_{kind}", f"destination_{kind}"
    other = ends[1] if column == ends[0] else ends[0]
    expected = values(mismatch.record)
    return (column in ends and row.get(column) == expected[other]
            and row.get(other) == expected[column])


def expected_ends(record):
    return {column: FIELDS[column](record) for column in
            [*ENDPOINTS, "source_bytes", "destination_bytes"]}


def utc(mismatch, name="event_time"):
    time = mismatch.row.get(name)
    return time and time.astimezone(datetime.timezone.utc)


def seconds_apart(one, other):
    return abs((one - other).total_seconds())


def cisco_direction(m):
    """Where the log holds the connection's beginning, that says who called, and we must agree."""
    ended = re.search(r" Teardown (\w+) connection (\d+) for \S+?:(\S+?)/\d+", m.text)
    if not ended or m.row.get("flow_direction_known") or not swapped(m, expected_ends):
        return False
    begun = re.search(
        rf" Built (in|out)bound {ended[1]} connection {ended[2]} for \S+?:{re.escape(ended[3])}/",
        m.log.read_text())
    return not begun or begun[1] == "out"


def way_of_interface(m):
    """The interface is where a packet went out, and is found there."""
    return (m.column == "observer_ingress_interface"
            and re.search(r',match,\w+,out,|ifdir:"outbound"', m.text)
            and m.row.get("observer_egress_interface") == m.expected)


def cisco_vpn_bytes(m):
    return "-113019: " in m.text and swapped(m, expected_ends)


def sophos_zone_name(m):
    """Expected is the clock as if it were UTC; found is that of the zone that the line names."""
    offset = {"CEST": 2, "CET": 1}.get("".join(re.findall(r'timezone="(\w+)"', m.text)))
    end = utc(m, "event_end") or utc(m)
    return (m.column == "event_time" and offset is not None
            and f"time={m.expected:%H:%M:%S}" in m.text
            and seconds_apart(m.expected, end) == offset * 3600)


def answer_direction(m):
    return (m.log.parent.name == "suricata_eve" and '"type":"answer"' in m.text
            and m.row.get("event_dataset") == "suricata.dns" and swapped(m, expected_ends))


def no_ports(m):
    """Nothing was found, where 0 is expected or the protocol is ICMP."""
    return (m.column in PORTS and m.found is None
            and (m.expected == 0 or m.row.get("network_iana_number") in (1, 58)))


def end_for_beginning(m):
    """A session's record was written at its end, and has the duration before that."""
    end = utc(m, "event_end")
    return (m.column == "event_time" and end is not None
            and m.log.parent.name in ("juniper_srx", "sophos")
            and seconds_apart(m.expected, end) < 0.001
            and m.row["duration_us"] == round(seconds_apart(end, utc(m)) * 1e6))


def fortinet_clock(m):
    """Found is eventtime, less the duration; expected are the fields date and time."""
    stated = re.search(r"\beventtime=(\d{10})", m.text)
    if m.column != "event_time" or not stated:
        return False
    if f"date={m.expected:%Y-%m-%d} time={m.expected:%H:%M:%S}" not in m.text:
        return False
    end = utc(m, "event_end") or utc(m)
    return 0 <= end.timestamp() - int(stated[1]) < 1


def snort_seconds(m):
    stated = re.search(r'"seconds":(\d+)', m.text)
    return m.column == "event_time" and stated and utc(m).timestamp() == int(stated[1])


def snort_year(m):
    """The line's first number is the month, the second the day, the third the year."""
    stated = re.match(r"(\d\d)/(\d\d)/(\d\d)-(\d\d:\d\d:\d\d)", m.text)
    return (m.column == "event_time" and stated
            and stated[4] == f"{m.expected:%H:%M:%S}"
            and f"{stated[1]}/{stated[2]}/{stated[3]}" == f"{utc(m):%m/%d/%y}")


def assigned_address(m):
    """Found is the sixteenth cell, the public address."""
    return (m.log.parent.name == "globalprotect" and m.column == "source_ip"
            and m.found == address(m.text.split(",")[15])
            and (m.expected == m.row.get("assigned_ip") or m.expected[-4:] == b"\0\0\0\0"))


def translated_address(m):
    stated = re.search(r" dst=(\S+) .*translated_dst_ip=(\S+)", m.text)
    return (m.column == "destination_ip" and stated
            and (m.found, m.expected) == (address(stated[1]), address(stated[2])))


def doubled_backslash(m):
    return (m.column == "user_name" and "\\\\" in (m.found or "")
            and m.found.replace("\\\\", "\\").lower() in m.expected and m.found in m.text)


def contradiction(m):
    return m.found == "allow" and ",TRAFFIC,deny," in m.text and ",allow," in m.text


def nobody(m):
    return m.column == "user_name" and m.found is None and m.expected == {"unknown-user"}


def detection(m):
    return m.column == "event_action" and m.found == "alert" and 'log_subtype="Detect"' in m.text


def cut_off(m):
    return m.column == "line" and m.found == "malformed quotes" and m.text.count('"') % 2 == 1


def space_before_quote(m):
    return m.log.parent.name == "umbrella_csv" and m.column == "line" and re.search('", +"', m.text)


def splunk_wrapper(m):
    return m.column == "line" and m.text.startswith('{"preview":') and '"_raw":' in m.text


def lost_digit(m):
    return m.column == "line" and "earliest date" in str(m.found) and " 164000066 " in m.text


def other_log(m):
    return m.log.name == "test-generated.log" and m.column == "line"


FAULTS = [
    ("Cisco ASA: the interface that a teardown names first is taken as who called; the line does "
     "not say", cisco_direction),
    ("Cisco ASA: bytes that the firewall sent are taken as those that the user sent",
     cisco_vpn_bytes),
    ("pfSense and Check Point: the interface where a packet goes out is taken as that where it came "
     "in", way_of_interface),
    ("Suricata: a DNS answer is taken as a call of the server; Tidemark's source is the client",
     answer_direction),
    ("port 0, or what ICMP has where others have ports, is taken as a port", no_ports),
    ("the time of a session's record, which is written as it ends, is taken as its beginning",
     end_for_beginning),
    ("FortiGate: date and time are taken with a guessed zone, though eventtime states the instant",
     fortinet_clock),
    ("Snort 3: `seconds` states the instant; year and zone of `timestamp` were guessed",
     snort_seconds),
    ("Snort: month/day/year is taken for another date", snort_year),
    ("GlobalProtect: the address that the gateway assigned, or 0.0.0.0, is taken as the source",
     assigned_address),
    ("Meraki: the destination is replaced by the translated one", translated_address),
    ("Palo Alto: two backslashes in the line are taken as one", doubled_backslash),
    ("Palo Alto: a line of kind deny with the action allow contradicts itself", contradiction),
    ("Juniper: unknown-user, which is nobody, is taken as a user", nobody),
    ("Sophos: CEST, which the line states, is taken as UTC", sophos_zone_name),
    ("Sophos: Detect, which lets packets pass, is taken as a denial", detection),
    ("the sample's line is cut off within quotes", cut_off),
    ("Umbrella: quotes after a space, as documentation prints them; CSV has no such cells",
     space_before_quote),
    ("Zeek: lines within those of Splunk's export, which is a format of its own", splunk_wrapper),
    ("AWS: a digit of the beginning is lost, which makes it 1975", lost_digit),
    ("generated text that Squid does not write", other_log),
]

# Mismatches that stand against Tidemark, and why.
LIMITS = [
    ("the line names two users, of the address and of the connection; the last is taken",
     lambda m: m.log.parent.name == "cisco_asa" and m.column == "user_name"
     and m.text.endswith(f"({m.found})") and re.search(r"\(LOCAL\\", m.text)),
    ("ssl.log says which transport it was by the version alone, which a failed handshake lacks",
     lambda m: m.row.get("event_dataset") == "zeek.ssl" and m.column == "network_iana_number"
     and '"version"' not in m.text),
]

NO_CLASS = "administration, health and other events, of which the schema has no class"
BEGINNING = "connections as they begin; their end, which repeats them, is read"


def unread(folder, pattern, cause):
    """Of lines in a folder's logs, each with its name before it, that a pattern finds."""
    expression = re.compile(pattern, re.DOTALL)
    return cause, lambda line: (line[0].parent.name == folder
                                and expression.search(f"{line[0].name} {line[1]}"))


UNREAD = [
    unread("aws_vpc_flow", "NODATA|SKIPDATA", "intervals without data"),
    unread("aws_vpc_flow", "custom-nat", "a list of fields without times"),
    unread("aws_vpc_flow", " 164000066 ", "rejected: see below"),
    unread("checkpoint", r'^(?!.*product:"(VPN-1|Firewall))', "other products than the firewall"),
    unread("cisco_asa", " Built | stub ", BEGINNING),
    unread("cisco_asa", "-305012: ", "translations of addresses as they end"),
    unread("cisco_asa", "-304001|-304002", "URLs that were visited"),
    unread("cisco_asa", "^(?!.*-(302014|302016|302018|302021|302304|106023|106100|10600[167]"
           "|10601[04567]|313004|710003|113019|113039|722051): )",
           "some fifty kinds of messages, of rates, tunnels and administration"),
    unread("coredns", "^(?!test-coredns-json)", "CoreDNS prints no time in these lines"),
    unread("fortinet", 'logid="?0000000020', "records of running sessions, which repeat counters"),
    unread("fortinet", 'eventtype="?dns-query', "questions, which the answers repeat"),
    unread("fortinet", '^(?!.*subtype="?(webfilter|dns|ips|anomaly|virus)).*type="?utm',
           "applications, TLS, SSH, calls and shares"),
    unread("fortinet", '^(?!.*tunnel-(up|down)).*type="?event|date= desc=', NO_CLASS),
    unread("gcp_vpc_flow", '^(?=.*"reporter":"DEST")(?=.*"src_instance":)',
           "flows that the source's end reports, too"),
    unread("infoblox", "^(?!.*response: [A-Z])",
           "zone transfers, validation and other events of the server"),
    unread("iptables_ufw", "journald", "a document over several lines for one record"),
    unread("iptables_ufw", "^ubiquiti", "lines that were cut at the front"),
    unread("juniper_srx", "SESSION_CREATE", BEGINNING),
    unread("juniper_srx", "APPTRACK", "sessions by application, which the firewall logs besides"),
    unread("juniper_srx", "^(?!.*(SESSION_(CLOSE|DENY)|IDP_ATTACK_LOG_EVENT))",
           "floods, web filter and administration"),
    unread("meraki", "ip_flow_start", BEGINNING),
    unread("meraki", "^(?!.*(flows|urls|ip_flow_end|firewall) )", "wireless and security events"),
    unread("microsoft_dhcp", "^(?!test-log.log 1[0-8],)",
           "updates of DNS, starts and stops of the server, DHCPv6"),
    unread("netflow_json", "", "one document of another collector, without a format"),
    unread("okta", '^(?!.*"eventType":"user.session)', "administration"),
    unread("paloalto", ",TRAFFIC,start,", BEGINNING),
    unread("paloalto", "^(?!.*,(TRAFFIC,(end|deny|drop)|THREAT,))", NO_CLASS),
    unread("pfsense_opnsense", "^(?!.*filterlog)", "other programs of the firewall"),
    unread("pulse_secure", "^(?!.* (Primary auth|Login failed|Session started|Logout))",
           "administration, checks and requests"),
    unread("snort", "^test-log-full", "alerts over several lines"),
    unread("sonicwall", " m=98 ", BEGINNING),
    unread("sonicwall", "^(?!.* m=(537|3[678]|713) )", NO_CLASS),
    unread("sophos", 'con_event="?Start', BEGINNING),
    unread("sophos", '^(?!.*log_type="?(Firewall|IDP|Content Filtering" *log_component="?HTTP))',
           "mail, viruses and other events"),
    unread("squid", "generated", "rejected: see below"),
    unread("sshd_auth", "^(?!.*(Accepted|Failed) )",
           "other programs, and events of sshd that are no sign-ins"),
    unread("suricata_eve", '"type":"query"', "questions, which the answers repeat"),
    unread("suricata_eve", '"event_type":"ssh"', "SSH: no format"),
    unread("ubiquiti", "^(?!.*SRC=)", "other programs of the firewall"),
    unread("umbrella_csv", "auditlogs|dlplogs|iplogs", NO_CLASS),
    unread("umbrella_csv", '", +"', "rejected: see below"),
    unread("windows_security", "", "a document over several lines for one record"),
    unread("zeek_json", '"_raw":', "rejected: see below"),
    unread("zeek_json", "^test-(rdp|smb)", "rdp, smb: no format"),
    unread("zeek_json", '"request_type":"TGS"', "tickets of those who are signed in"),
    unread("zscaler", "Tunnel Samples", "samples of tunnels' counters"),
]
