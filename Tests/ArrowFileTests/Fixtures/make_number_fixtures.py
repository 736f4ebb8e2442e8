"""Makes files of columns of numbers among others, as pyarrow and polars write them; the numbers are
those of NumberReaderTests.swift.

usage: make_number_fixtures.py     (made with pyarrow 26.0.1, polars 2.1.0)
"""

import decimal
import os

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.ipc as ipc

ROWS = 40
FOLDER = os.path.dirname(os.path.abspath(__file__))


def masked(values, type):
    return pa.array(values, type, mask=np.arange(ROWS) % 7 == 3)


row = np.arange(ROWS)
texts = [f"t{n}" for n in row]
numbers = {
    "int8": masked(row - 20, pa.int8()),
    "int16": masked(row * 800 - 16_000, pa.int16()),
    "int32": masked(row * 16_777_217, pa.int32()),
    "int64": masked(row * 2**53 + 1, pa.int64()),
    "uint8": masked(row * 6, pa.uint8()),
    "uint16": masked(row * 1_600, pa.uint16()),
    "uint32": masked(row * 100_000_000, pa.uint32()),
    "uint64": masked(row.astype(np.uint64) * np.uint64(2**58), pa.uint64()),
    "float32": masked(row / 3, pa.float32()),
    "float64": masked(row / 3 + 1e-9, pa.float64()),
    "bool": masked(row % 3 == 0, pa.bool_()),
}
half = {"float16": masked((row / 8).astype(np.float16), pa.float16())}
others = {
    "text": pa.array(texts),
    "code": pa.array(texts).dictionary_encode(),
    "view": pa.array([t * 9 for t in texts], pa.string_view()),
    "nothing": pa.nulls(ROWS),
    "decimal": pa.array([decimal.Decimal(int(n)) for n in row]),
    "date": pa.array(row.astype(np.int32), pa.date32()),
    "list": pa.array([[int(n), 2] for n in row]),
    "pair": pa.array([[n, 2.0] for n in row], pa.list_(pa.float32(), 2)),
    "struct": pa.array([{"a": int(n), "b": {"c": "x", "d": "y" * 20}} for n in row],
                       pa.struct([("a", pa.int64()),
                                  ("b", pa.struct([("c", pa.utf8()), ("d", pa.string_view())]))])),
    "map": pa.array([[("k", int(n))] for n in row], pa.map_(pa.utf8(), pa.int64())),
    "dense": pa.UnionArray.from_dense(pa.array(row % 2, pa.int8()), pa.array(row // 2, pa.int32()),
                                      [pa.array(row), pa.array(texts)]),
    "sparse": pa.UnionArray.from_sparse(pa.array(row % 2, pa.int8()),
                                        [pa.array(row), pa.array(texts)]),
    "runs": pa.RunEndEncodedArray.from_arrays(pa.array([ROWS], pa.int32()), pa.array([1.5])),
    "duration": pa.array(row, pa.duration("s")),
    "large": pa.array(texts, pa.large_utf8()),
}
# Each column of numbers has one of another kind before it.
columns = {}
for index, (name, array) in enumerate({**numbers, **half}.items()):
    other = list(others)[index]
    columns[other], columns[name] = others[other], array
columns.update(others)
table = pa.table(columns)


def write(name, open_writer, table, **options):
    path = os.path.join(FOLDER, name)
    with open_writer(path, table.schema, options=ipc.IpcWriteOptions(**options)) as writer:
        for batch in table.to_batches(max_chunksize=25):
            writer.write_batch(batch)


for codec in ("lz4", "zstd"):
    write(f"numbers-{codec}.arrow", ipc.new_file, table, compression=codec)
write("numbers.arrow", ipc.new_file, table)
write("numbers.arrows", ipc.new_stream, table)
frame = pl.from_arrow(pa.table({"text": others["text"], "code": others["code"], **numbers}))
frame.write_ipc(os.path.join(FOLDER, "numbers-polars-lz4.arrow"), compression="lz4")
frame.write_ipc_stream(os.path.join(FOLDER, "numbers-polars.arrows"))
# More rows than are read at once.
long_row = np.arange(70_000)
for name, array, codec in [
    ("numbers-long.arrow", pa.array(long_row % 3 == 0), None),
    ("numbers-long-lz4.arrow", pa.array(long_row % 1_000), "lz4"),
]:
    long_table = pa.table({"n": array})
    options = ipc.IpcWriteOptions(compression=codec)
    with ipc.new_file(os.path.join(FOLDER, name), long_table.schema, options=options) as writer:
        writer.write_table(long_table)
