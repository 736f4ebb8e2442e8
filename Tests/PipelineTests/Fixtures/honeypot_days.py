"""Compares the honeypot's CSV, read by DuckDB, with a store's conversations: per day, host and port.

Arguments: the CSV, packed with zstd, and the store. Prints `<rows> rows, <groups> groups, <n> differ`.
"""

import glob
import sys
import tempfile

import duckdb
import pyarrow as pa
import pyarrow.feather as feather

path, store = sys.argv[1:]
with tempfile.NamedTemporaryFile(suffix=".csv") as plain:
    # The records end with a bare carriage return.
    plain.write(pa.input_stream(path, compression="zstd").read().replace(b"\r", b"\n"))
    plain.flush()
    db = duckdb.connect()
    db.execute(
        f"""
        create table raw as
        select strptime(datetime, '%-m/%-d/%y %-H:%M')::date::varchar as day, host,
               try_cast(dpt as integer) as port, count(*) as records
        from read_csv('{plain.name}', header = true, all_varchar = true, quote = '"',
                      strict_mode = false)
        group by all"""
    )
parts = []
for name in sorted(glob.glob(f"{store}/events/day=*/flow.arrow")):
    table = feather.read_table(name, columns=["destination_host", "destination_port", "record_count"])
    host = table["destination_host"].cast(pa.string())
    day = pa.array([name.split("day=")[1].split("/")[0]] * table.num_rows, pa.string())
    parts.append(
        pa.table([day, host, table["destination_port"], table["record_count"]], ["day", "host", "port", "records"])
    )
stored = pa.concat_tables(parts)
total, groups, wrong = db.execute(
    """
    with made as (select day, host, port, sum(records) as records from stored group by all)
    select (select sum(records) from raw), (select count(*) from raw), count(*)
    from raw full join made on raw.day = made.day and raw.host is not distinct from made.host
        and raw.port is not distinct from made.port
    where raw.records is distinct from made.records"""
).fetchone()
print(f"{total} rows, {groups} groups, {wrong} differ")
