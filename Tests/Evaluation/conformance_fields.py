"""The value of each column that an expected record gives, and when a row's is equal to it."""

import datetime
import ipaddress

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
    for name in ("network.iana_number", "network.transport"):
        text = str(get(record, name) or "").lower()
        if text.isdigit() or text in PROTOCOLS:
            return int(text) if text.isdigit() else PROTOCOLS[text]
    return None


def time_of(path):
    def read(record):
        text = get(record, path)
        if text is None:
            return None
        if str(text).isdigit():
            return datetime.datetime.fromtimestamp(int(text), datetime.timezone.utc)
        time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        return time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)
    return read


def action(record):
    """The actions that fit: of what was let through an alert may be told, a session may end."""
    kinds = get(record, "event.type") or []
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "denied" in kinds:
        return {"deny", "drop", "reset", "failure"}
    return {"allow", "start", "end", "success", "alert"} if "allowed" in kinds else None


def number(path):
    def read(record):
        value = get(record, path)
        return None if value is None else int(float(value))
    return read


def user(record):
    """All ways to write the user: name, domain\\name, name@domain, the mail address."""
    for prefix in ("", "source."):
        name, domain, mail = (
            get(record, f"{prefix}user.{part}") for part in ("name", "domain", "email"))
        if isinstance(name, str) and name:
            ways = {name, mail or name, get(record, "okta.actor.alternate_id") or name}
            if domain:
                ways |= {f"{domain}\\{name}", f"{name}@{domain}"}
            return {way.lower() for way in ways}
    return None


def question(record):
    name = get(record, "dns.question.name")
    return str(name).rstrip(".").lower() if name else None


def duration(record):
    value = get(record, "event.duration")
    return None if value is None else int(value) // 1000


def ip(path):
    return lambda record: address(str(get(record, path)))


def nat_ip(path):
    """None where nothing was translated."""
    def read(record):
        return None if get(record, path) in ("0.0.0.0", "::") else ip(path)(record)
    return read


def nat_port(path):
    return lambda record: number(path)(record) or None


def name(path):
    return lambda record: get(record, path) or None


# The expected value of each column.
FIELDS = {
    "event_time": time_of("@timestamp"),
    "source_ip": ip("source.ip"),
    "destination_ip": ip("destination.ip"),
    "source_port": number("source.port"),
    "destination_port": number("destination.port"),
    "network_iana_number": protocol,
    "source_bytes": number("source.bytes"),
    "destination_bytes": number("destination.bytes"),
    "network_bytes": number("network.bytes"),
    "source_packets": number("source.packets"),
    "destination_packets": number("destination.packets"),
    "event_action": action,
    "user_name": user,
    "dns_question_name": question,
    "duration_us": duration,
    "nat_source_ip": nat_ip("source.nat.ip"),
    "nat_destination_ip": nat_ip("destination.nat.ip"),
    "nat_source_port": nat_port("source.nat.port"),
    "nat_destination_port": nat_port("destination.nat.port"),
    "observer_ingress_interface": name("observer.ingress.interface.name"),
    "observer_egress_interface": name("observer.egress.interface.name"),
}
# Rows of one class have no columns of another: an authentication has no packets.


def same_time(expected, row, record):
    """Within a millisecond. The year counts only where the line states it."""
    # A line that is written when a connection ends has that time, its row the start's.
    times = [row["event_time"], row.get("event_end")]
    start, end = time_of("event.start")(record), time_of("event.end")(record)
    if start and end:
        return near(start, times[0], row) and (times[1] is None or near(end, times[1], row))
    return near(expected, times[1] or times[0], row) or near(start or expected, times[0], row)


def near(expected, found, row):
    expected = expected.astimezone(datetime.timezone.utc)
    if row["time_quality"] in ("assumed_year", "assumed_both"):
        expected, found = (time.replace(year=2020) for time in (expected, found))
    return abs((found - expected).total_seconds()) < 0.001


def equal(column, expected, row, record):
    found = row[column]
    if column == "network_bytes" and found is None and row["source_bytes"] is not None:
        found = row["source_bytes"] + (row["destination_bytes"] or 0)
    if column == "event_time":
        return same_time(expected, row, record)
    if found is None:
        return False
    if column == "event_action":
        return found in expected
    if column == "user_name":
        return found.lower() in expected
    if column == "dns_question_name":
        return found.rstrip(".").lower() == expected
    # The other parser counts nanoseconds in binary fractions of a second.
    return abs(found - expected) <= 1 if column == "duration_us" else found == expected
