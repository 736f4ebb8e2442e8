"""Turns Parquet files of a lake to files that `ingest` reads.

    import_parquet.py CLASS INPUT OUTPUT

INPUT is a Parquet file or a folder of them; CLASS says what its rows are: flow, dns, http, tls, auth, vpn,
alert or dhcp. Columns are those of the event schema, by name; others are left out, and said. event_time is a
timestamp; addresses are texts or 16 bytes. OUTPUT gets NAME.parquet.CLASS.csv.zst for each NAME.parquet, row
for row after a line of names, to be read by format "lake.CLASS". What is there already of the same time is
left alone.
"""

import ipaddress
import os
import sys
import tomllib
from pathlib import Path

import pyarrow
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

FORMATS = Path(__file__).parent / "formats"
BATCH_ROWS = 1 << 16
ADDRESSES = {"source_ip", "destination_ip", "assigned_ip"}


def columns(event_class):
    """The columns that a format reads, the time first."""
    path = FORMATS / f"lake-{event_class}.toml"
    if not path.exists():
        sys.exit(f"import_parquet: {event_class}: expected flow, dns, http, tls, auth, vpn, alert or dhcp")
    with open(path, "rb") as file:
        stated = tomllib.load(file)
    return [stated["time"]["field"], *stated["map"]]


def address(value):
    """An address as text; IPv4 is stored as ::ffff:a.b.c.d."""
    if value is None:
        return None
    found = ipaddress.IPv6Address(value)
    return str(found.ipv4_mapped or found)


def plain(name, column):
    """A column as ingest reads it: times in microseconds, addresses as text."""
    if isinstance(column.type, pyarrow.DictionaryType):
        column = column.dictionary_decode()
    if pyarrow.types.is_timestamp(column.type):
        return column.cast(pyarrow.timestamp("us"), safe=False).cast(pyarrow.int64())
    is_binary = pyarrow.types.is_binary(column.type)
    # Hive and Impala write texts as bytes.
    if is_binary and name not in ADDRESSES:
        return column.cast(pyarrow.string())
    if is_binary or pyarrow.types.is_fixed_size_binary(column.type):
        coded = column.dictionary_encode()
        texts = pyarrow.array([address(one) for one in coded.dictionary.to_pylist()], "string")
        return pyarrow.DictionaryArray.from_arrays(coded.indices, texts).dictionary_decode()
    return column


def write(source, path, wanted):
    """Writes a Parquet file's rows; returns the names of the columns that are left out."""
    file = pyarrow.parquet.ParquetFile(source)
    names = [name for name in wanted if name in file.schema_arrow.names]
    if wanted[0] not in names or not pyarrow.types.is_timestamp(
            file.schema_arrow.field(wanted[0]).type):
        sys.exit(f"import_parquet: {source}: expected a column {wanted[0]} of timestamps")
    partial = f"{path}.partial"
    try:
        with pyarrow.CompressedOutputStream(partial, "zstd") as output:
            writer = None
            for batch in file.iter_batches(BATCH_ROWS, columns=names):
                table = pyarrow.table([plain(name, batch[name]) for name in names], names)
                if writer is None:
                    writer = pyarrow.csv.CSVWriter(output, table.schema)
                writer.write(table)
            if writer is None:
                output.write((",".join(names) + "\n").encode())
            else:
                writer.close()
        status = os.stat(source)
        os.utime(partial, ns=(status.st_mtime_ns, status.st_mtime_ns))
        os.replace(partial, path)
    except (pyarrow.ArrowException, ValueError) as error:
        sys.exit(f"import_parquet: {source}: {error}")
    finally:
        if os.path.exists(partial):
            os.remove(partial)
    return set(file.schema_arrow.names) - set(names)


def main(event_class, source, output):
    wanted = columns(event_class)
    source = Path(source)
    files = [source]
    if source.is_dir():
        # As Spark does: names that begin so are of writers and table formats.
        files = sorted(
            path for path in source.rglob("*.parquet")
            if not any(part[0] in "_." for part in path.relative_to(source).parts))
    if not files:
        sys.exit(f"import_parquet: {source}: no file *.parquet")
    base = source if source.is_dir() else source.parent
    written, left_out = 0, set()
    for file in files:
        path = Path(output) / f"{file.relative_to(base)}.{event_class}.csv.zst"
        if path.exists() and path.stat().st_mtime_ns == file.stat().st_mtime_ns:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        left_out |= write(file, path, wanted)
        written += 1
    if left_out:
        print(f"import_parquet: left out: {', '.join(sorted(left_out))}", file=sys.stderr)
    print(f"import_parquet: {written} of {len(files)} files written to {output}", file=sys.stderr)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    os.umask(0o027)
    main(*sys.argv[1:])
