"""Compares the honeypot's CSV, read by DuckDB, with a store's conversations: by address and host.

Not by day: a conversation over midnight has its records in the day of its start. Arguments: the CSV,
packed with zstd, and the store. Prints `<rows> rows, <groups> groups, <n> differ`.
"""

import glob
import ipaddress
import sys
import tempfile

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather as feather

path, store = sys.argv[1:]


def text(packed):
    full = ipaddress.IPv6Address(packed)
    return str(full.ipv4_mapped or full)


with tempfile.NamedTemporaryFile(suffix=".csv") as plain:
    # The records end with a bare carriage return.
    plain.write(pa.input_stream(path, compression="zstd").read().replace(b"\r", b"\n"))
    plain.flush()
    db = duckdb.connect()
    db.execute(
        f"""
        create table raw as
        select srcstr as address, host, count(*) as records
        from read_csv('{plain.name}', header = true, all_varchar = true, quote = '"',
                      strict_mode = false)
        group by all"""
    )
parts = []
for name in sorted(glob.glob(f"{store}/events/day=*/flow.arrow")):
    table = feather.read_table(name)
    # A record that answers from a service's port is turned round.
    addresses = pc.coalesce(table["source_ip"], table["destination_ip"]).to_pylist()
    hosts = [table[side].cast(pa.string()) for side in ("source_host", "destination_host")]
    parts.append(
        pa.table(
            [
                pa.array([text(packed) for packed in addresses], pa.string()),
                pc.coalesce(*hosts), table["record_count"],
            ],
            ["address", "host", "records"],
        )
    )
stored = pa.concat_tables(parts)
total, groups, wrong = db.execute(
    """
    with made as (select address, host, sum(records) as records from stored group by all)
    select (select sum(records) from raw), (select count(*) from raw), count(*)
    from raw full join made on raw.address = made.address and raw.host = made.host
    where raw.records is distinct from made.records"""
).fetchone()
print(f"{total} rows, {groups} groups, {wrong} differ")
