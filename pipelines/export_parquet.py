"""Writes incidents, scores and entities of days, and with `events` all events, as Parquet.

    export_parquet.py STORE OUTPUT FROM TO [events]

OUTPUT/TABLE/day=D/TABLE.parquet for each day from FROM to TO that has the table, and
OUTPUT/events/event_class=C/day=D/C.parquet; the file of a day that no longer has it is removed. Times stay
UTC; addresses become text.
"""

import datetime
import ipaddress
import os
import sys

import pyarrow.ipc
import pyarrow.parquet

TABLES = [("reports", "incidents"), ("scores", "scores"), ("scores", "entities")]
EVENT_CLASSES = ["flow", "dns", "http", "tls", "auth", "vpn", "alert", "dhcp"]
# Batches of a store have 65,536 rows; a row group holds so many of them.
GROUP_BATCHES = 16


def days(first, last):
    day, last = (datetime.date.fromisoformat(text) for text in (first, last))
    if day > last:
        sys.exit(f"export_parquet: {day} is after {last}")
    while day <= last:
        yield day.isoformat()
        day += datetime.timedelta(days=1)


def address(value):
    """An address as text; IPv4 is stored as ::ffff:a.b.c.d."""
    if value is None:
        return None
    found = ipaddress.IPv6Address(value)
    return str(found.ipv4_mapped or found)


def readable(column):
    """A column with addresses as text."""
    if not pyarrow.types.is_fixed_size_binary(column.type):
        return column
    coded = column.combine_chunks().dictionary_encode()
    texts = pyarrow.array([address(one) for one in coded.dictionary.to_pylist()], "string")
    return pyarrow.DictionaryArray.from_arrays(coded.indices, texts).dictionary_decode()


def write(source, path):
    """Writes a table of a store, some batches at a time."""
    reader = pyarrow.ipc.open_file(source)
    writer = None
    try:
        for first in range(0, max(1, reader.num_record_batches), GROUP_BATCHES):
            numbers = range(first, min(first + GROUP_BATCHES, reader.num_record_batches))
            table = pyarrow.Table.from_batches(
                [reader.get_batch(number) for number in numbers], reader.schema)
            table = pyarrow.table(
                [readable(column) for column in table.columns], table.column_names)
            if writer is None:
                writer = pyarrow.parquet.ParquetWriter(
                    path + ".partial", table.schema, compression="zstd")
            writer.write_table(table)
        writer.close()
        os.replace(path + ".partial", path)
    finally:
        if os.path.exists(path + ".partial"):
            os.remove(path + ".partial")


def tables(with_events):
    """Areas of a store, names of their tables, and where those go."""
    wanted = [(area, name, name) for area, name in TABLES]
    if with_events:
        wanted += [("events", name, f"events/event_class={name}") for name in EVENT_CLASSES]
    return wanted


def main(store, output, first, last, *more):
    written = 0
    for day in days(first, last):
        for area, name, place in tables("events" in more):
            source = f"{store}/{area}/day={day}/{name}.arrow"
            folder = f"{output}/{place}/day={day}"
            path = f"{folder}/{name}.parquet"
            if not os.path.exists(source):
                if os.path.exists(path):
                    os.remove(path)
                    os.rmdir(folder)
                continue
            os.makedirs(folder, exist_ok=True)
            write(source, path)
            written += 1
    if written == 0:
        sys.exit(f"export_parquet: {store}: no tables of {first} to {last}; run report for them first")
    print(f"export_parquet: {written} files in {output}", file=sys.stderr)


if __name__ == "__main__":
    if len(sys.argv) not in (5, 6) or sys.argv[5:] not in ([], ["events"]):
        sys.exit(__doc__)
    os.umask(0o027)
    main(*sys.argv[1:])
