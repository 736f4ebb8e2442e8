"""Recomputes a day's host_hours.arrow from its events by SQL, and prints what differs.

Arguments: the store, the day, the site's networks (comma-separated).
"""

import ipaddress
import sys

import duckdb
import pyarrow as pa
import pyarrow.feather as feather

store, day, networks = sys.argv[1:]
networks = [ipaddress.ip_network(text) for text in networks.split(",")]


def address(packed):
    full = ipaddress.IPv6Address(packed)
    return full.ipv4_mapped or full


def host(packed):
    """The host that an address counts for: itself if it is the site's, else all outside."""
    found = address(packed)
    return str(found) if any(found in network for network in networks) else "internet"


def events(name):
    table = feather.read_table(f"{store}/events/day={day}/{name}.arrow")
    for column in ("source_ip", "destination_ip"):
        packed = table[column].to_pylist()
        names = {value: host(value) for value in set(packed) if value is not None}
        table = table.append_column(
            column.replace("_ip", "_entity"), pa.array([names.get(value) for value in packed], pa.string())
        )
    keep = [n for n in table.column_names if not pa.types.is_dictionary(table.schema.field(n).type)]
    return table.select(keep)


flow, dns = events("flow"), events("dns")
stored = feather.read_table(f"{store}/profiles/day={day}/host_hours.arrow")
stored = stored.set_column(0, "host", stored["host"].cast(pa.string()))
measures = {
    "out_bytes": "sum(coalesce(source_bytes, 0))",
    "out_bytes_received": "sum(coalesce(destination_bytes, 0))",
    "out_packets": "sum(coalesce(source_packets, 0))",
    "out_packets_received": "sum(coalesce(destination_packets, 0))",
    "out_duration_us": "sum(coalesce(duration_us, 0))",
    "out_external_bytes": "sum(coalesce(source_bytes, 0)) filter (destination_entity = 'internet')",
    "out_external_destinations": "count(distinct destination_ip) filter (destination_entity = 'internet')",
}
answers = {
    "in_conversations": "count(*)",
    "in_bytes": "sum(coalesce(source_bytes, 0))",
    "in_bytes_sent": "sum(coalesce(destination_bytes, 0))",
    "in_sources": "count(distinct source_ip)",
}
db = duckdb.connect()
db.execute("set timezone = 'UTC'")


def compare(side, columns, source):
    sql = ", ".join(f"coalesce({text}, 0)::bigint as {name}" for name, text in columns.items())
    names = ", ".join(f"coalesce(made.{name}, 0)" for name in columns)
    kept = ", ".join(f"stored.{name}" for name in columns)
    differing = db.execute(
        f"""
        with made as (
            select {side} as host, date_trunc('hour', event_time) as hour, {sql}
            from {source} where {side} is not null group by all)
        select stored.host, stored.hour::varchar, [{names}] as made, [{kept}] as stored
        from stored left join made on stored.host = made.host and stored.hour = made.hour
        where [{names}] != [{kept}]
        """
    ).fetchall()
    for row in differing[:5]:
        print("differs:", ", ".join(columns), row)
    return len(differing)


def with_asked(table, condition):
    """The rows, each with how many names its source was asked for in that hour, which it may have asked on."""
    hour = "date_trunc('hour', event_time)"
    return f"""(
        select {table}.*, asked from {table} left join (
            select destination_entity as resolver, {hour} as hour, count(*) as asked from {table}
            where destination_entity != 'internet' and {condition} group by all)
        on source_entity = resolver and {hour} = hour)"""


wrong = compare("source_entity", measures, "flow")
relayed = "least(count(*) filter (destination_port = 53), coalesce(any_value(asked), 0))"
wrong += compare(
    "source_entity", {"out_conversations": f"count(*) - {relayed}"}, with_asked("flow", "destination_port = 53"))
wrong += compare("destination_entity", answers, "(from flow where destination_entity != 'internet')")
queries = "greatest(count(*) - coalesce(any_value(asked), 0), 0)"
wrong += compare("source_entity", {"dns_queries": queries}, with_asked("dns", "true"))
unseen = db.execute(
    """
    select count(*) from (
        select distinct source_entity, date_trunc('hour', event_time) from flow
        where source_entity is not null
        except select host, hour from stored)
    """
).fetchone()[0]
print(f"{stored.num_rows} rows, {wrong} differ, {unseen} hours of originators are missing")
