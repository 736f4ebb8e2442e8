"""Writes incidents, scores and entities of days as Parquet.

    export_parquet.py STORE OUTPUT FROM TO

OUTPUT/TABLE/day=D/TABLE.parquet for each day from FROM to TO that has the table; the file of a day that
no longer has it is removed. Times stay UTC.
"""

import datetime
import os
import sys

import pyarrow.feather
import pyarrow.parquet

TABLES = [("reports", "incidents"), ("scores", "scores"), ("scores", "entities")]


def days(first, last):
    day, last = (datetime.date.fromisoformat(text) for text in (first, last))
    if day > last:
        sys.exit(f"export_parquet: {day} is after {last}")
    while day <= last:
        yield day.isoformat()
        day += datetime.timedelta(days=1)


def main(store, output, first, last):
    written = 0
    for day in days(first, last):
        for area, name in TABLES:
            source = f"{store}/{area}/day={day}/{name}.arrow"
            folder = f"{output}/{name}/day={day}"
            path = f"{folder}/{name}.parquet"
            if not os.path.exists(source):
                if os.path.exists(path):
                    os.remove(path)
                    os.rmdir(folder)
                continue
            os.makedirs(folder, exist_ok=True)
            table = pyarrow.feather.read_table(source, memory_map=False)
            try:
                pyarrow.parquet.write_table(table, path + ".partial", compression="zstd")
                os.replace(path + ".partial", path)
            finally:
                if os.path.exists(path + ".partial"):
                    os.remove(path + ".partial")
            written += 1
    if written == 0:
        sys.exit(f"export_parquet: {store}: no tables of {first} to {last}; run report for them first")
    print(f"export_parquet: {written} files in {output}", file=sys.stderr)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    os.umask(0o027)
    main(*sys.argv[1:])
