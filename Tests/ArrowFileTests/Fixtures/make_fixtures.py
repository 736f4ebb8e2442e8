"""Makes the files of this folder with pyarrow and polars; the rows are those of formulas.py.

usage: make_fixtures.py            (made with pyarrow 26.0.1, polars 2.1.0)
"""

import os

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.ipc as ipc

from formulas import columns

ROWS = 60
FOLDER = os.path.dirname(os.path.abspath(__file__))


def write(name, table, batch_rows=None, **options):
    path = os.path.join(FOLDER, name + ".arrow")
    options = ipc.IpcWriteOptions(**options)
    with ipc.new_file(path, table.schema, options=options) as writer:
        for batch in table.to_batches(max_chunksize=batch_rows):
            writer.write_batch(batch)


def coded(array):
    array = array.dictionary_encode()
    return pa.DictionaryArray.from_arrays(array.indices.cast(pa.uint32()), array.dictionary)


def every_type(has_nulls, metadata=None):
    arrays = columns(ROWS, has_nulls)
    arrays["symbol"] = coded(arrays["symbol"])
    arrays["host"] = coded(arrays["host"])
    fields = [pa.field(name, a.type, nullable=has_nulls) for name, a in arrays.items()]
    return pa.table(list(arrays.values()), pa.schema(fields, metadata))


def accepted():
    nulls = every_type(True)
    write("pyarrow-nulls", nulls, 25)
    write("pyarrow-nulls-zstd", nulls, 25, compression="zstd")
    write("pyarrow-full", every_type(False))
    write("pyarrow-full-zstd", every_type(False), 25, compression="zstd")
    write("pyarrow-named", every_type(False, {"tidemark.schema": "every_type",
                                              "tidemark.schema_version": "3"}))
    write("pyarrow-no-batches", nulls.slice(0, 0))
    write("pyarrow-sliced", nulls.slice(11, 30))
    write("pyarrow-lz4", pa.table({"n": pa.array([1, 2, 3], pa.int64())}), compression="lz4")
    simple = pl.from_arrow(pa.table(columns(ROWS, True))).drop("address", "text", "symbol", "host")
    simple.write_ipc(os.path.join(FOLDER, "polars-nulls-zstd.arrow"), compression="zstd")
    simple.write_ipc(os.path.join(FOLDER, "polars-nulls.arrow"), compression="uncompressed")
    # Codes of null rows may be anything.
    codes = pa.Array.from_buffers(
        pa.uint32(), 3, [pa.py_buffer(b"\x05"), pa.py_buffer(np.array([1, 999, 0], "<u4"))])
    symbol = pa.DictionaryArray.from_arrays(codes, pa.array(["a", "b"]), safe=False)
    write("pyarrow-wild-null-code", pa.table({"symbol": symbol}))


def refused():
    number = pa.array([1, 2, 3], pa.int64())
    text = pa.array(["x", "y", "x"])
    write("refused-codes-int32", pa.table({"symbol": text.dictionary_encode()}))
    write("refused-large-utf8", pa.table({"name": text.cast(pa.large_utf8())}))
    write("refused-timestamp-ns", pa.table({"t": number.cast(pa.timestamp("ns", "UTC"))}))
    write("refused-timestamp-without-zone", pa.table({"t": number.cast(pa.timestamp("us"))}))
    write("refused-int8", pa.table({"n": number.cast(pa.int8())}))
    write("refused-list", pa.table({"l": pa.array([[1], [2]])}))
    write("refused-binary-8", pa.table({"b": pa.array([b"12345678"], pa.binary(8))}))
    write("refused-same-name", pa.table([number, number], ["n", "n"]))
    write("refused-metadata-v4", pa.table({"n": number}), metadata_version=ipc.MetadataVersion.V4)
    coded_null = pa.DictionaryArray.from_arrays(
        pa.array([0, 1], pa.uint32()), pa.array(["a", None]))
    write("refused-null-symbol", pa.table({"symbol": coded_null}))
    # Invalid text, which pyarrow writes unseen.
    invalid = pa.Array.from_buffers(
        pa.utf8(), 1, [None, pa.py_buffer(np.array([0, 2], "<i4")), pa.py_buffer(b"a\xff")])
    write("refused-not-utf8", pa.table({"name": invalid}))
    split = pa.Array.from_buffers(
        pa.utf8(), 2, [None, pa.py_buffer(np.array([0, 1, 2], "<i4")), pa.py_buffer("é".encode())])
    write("refused-split-character", pa.table({"name": split}))
    falling = pa.Array.from_buffers(
        pa.utf8(), 2, [None, pa.py_buffer(np.array([0, 3, 2], "<i4")), pa.py_buffer(b"abc")])
    write("refused-falling-offsets", pa.table({"name": falling}))
    high = pa.DictionaryArray.from_arrays(
        pa.array([0, 2], pa.uint32()), pa.array(["a", "b"]), safe=False)
    write("refused-high-code", pa.table({"symbol": high}))
    growing = pa.schema([("symbol", pa.dictionary(pa.uint32(), pa.utf8()))])
    path = os.path.join(FOLDER, "refused-delta.arrow")
    options = ipc.IpcWriteOptions(emit_dictionary_deltas=True)
    with ipc.new_file(path, growing, options=options) as writer:
        for symbols in (["a", "b"], ["a", "b", "c"]):
            codes = pa.array([len(symbols) - 1], pa.uint32())
            writer.write_batch(pa.record_batch(
                [pa.DictionaryArray.from_arrays(codes, pa.array(symbols))], schema=growing))


accepted()
refused()
