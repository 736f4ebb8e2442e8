"""What DuckDB and polars need for the work of ingest and normalize, each in a process of its own:

    rivals.py duckdb|polars ingest|quoted|normalize FLOWS OUT     (FLOWS and OUT are folders)

ingest: every file of FLOWS parsed to typed columns, written uncompressed to one columnar file.
quoted: the same of files in which all fields are quoted. normalize: as ingest, in the order of time,
one columnar file a day; Tidemark pairs the records to conversations besides. Prints the seconds of
wall clock and of CPU, without what imports take.
"""

import resource
import sys
import time

THREADS = 2
COLUMNS = {
    "ts": "TIMESTAMP", "te": "TIMESTAMP", "td": "DOUBLE", "sa": "VARCHAR", "da": "VARCHAR",
    "sp": "USMALLINT", "dp": "USMALLINT", "pr": "VARCHAR", "flg": "VARCHAR", "fwd": "UTINYINT",
    "stos": "UTINYINT", "ipkt": "BIGINT", "ibyt": "BIGINT", "opkt": "BIGINT", "obyt": "BIGINT",
    "in": "UINTEGER", "out": "UINTEGER", "sas": "UINTEGER", "das": "UINTEGER",
}  # fmt: skip
# What ingest keeps of them.
KEPT = [name for name in COLUMNS if name not in ("te", "fwd", "stos")]


def columns_of(work):
    """The columns of the files, and those that are kept."""
    more = {"rule": "VARCHAR"} if work == "quoted" else {}
    return COLUMNS | more, KEPT + list(more)


def with_duckdb(work, flows, out):
    import duckdb

    columns, kept = columns_of(work)
    quote = '"' if work == "quoted" else ""
    selected = ", ".join(f'"{name}"' for name in kept)
    database = duckdb.connect(config={"threads": THREADS})
    rows = (
        f"SELECT {selected} FROM read_csv('{flows}/*.csv', header = true, delim = ',',"
        f" quote = '{quote}', auto_detect = false,"
        f" timestampformat = '%Y-%m-%d %H:%M:%S.%g', columns = {columns})"
    )
    to_parquet = "FORMAT parquet, COMPRESSION uncompressed"

    def ingest():
        database.execute(f"COPY ({rows}) TO '{out}/rows.parquet' ({to_parquet})")

    def normalize():
        database.execute(
            f"COPY (SELECT *, ts::DATE AS day FROM ({rows}) ORDER BY ts)"
            f" TO '{out}' ({to_parquet}, PARTITION_BY (day), OVERWRITE_OR_IGNORE)"
        )

    return normalize if work == "normalize" else ingest


def with_polars(work, flows, out):
    import os

    os.environ["POLARS_MAX_THREADS"] = str(THREADS)
    import polars as pl

    columns, kept = columns_of(work)
    types = {
        "TIMESTAMP": pl.String, "VARCHAR": pl.String, "DOUBLE": pl.Float64, "BIGINT": pl.Int64,
        "USMALLINT": pl.UInt16, "UTINYINT": pl.UInt8, "UINTEGER": pl.UInt32,
    }  # fmt: skip
    schema = {name: types[of] for name, of in columns.items()}
    time_of = "%Y-%m-%d %H:%M:%S%.3f"
    rows = (
        pl.scan_csv(f"{flows}/*.csv", schema=schema, quote_char='"' if work == "quoted" else None)
        .select(kept)
        .with_columns(pl.col("ts").str.to_datetime(time_of, time_unit="us"))
    )

    def ingest():
        rows.sink_ipc(f"{out}/rows.arrow", compression="uncompressed")

    def normalize():
        table = rows.sort("ts").collect(engine="streaming")
        day = table["ts"].dt.date()
        first = 0
        for name, count in day.value_counts().sort("ts").iter_rows():
            table.slice(first, count).write_ipc(f"{out}/{name}.arrow", compression="uncompressed")
            first += count

    return normalize if work == "normalize" else ingest


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main():
    _, engine, work, flows, out = sys.argv
    run = {"duckdb": with_duckdb, "polars": with_polars}[engine](work, flows, out)
    wall, cpu = time.perf_counter(), cpu_seconds()
    run()
    print(time.perf_counter() - wall, cpu_seconds() - cpu)


main()
