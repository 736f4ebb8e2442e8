"""Compares files that EveryType wrote with the same formulas, read by pyarrow and by polars.

usage: compare.py FILE…   where a name is <full|nulls>-<none|zstd>-<rows>.arrow
"""

import os
import sys

import polars as pl
import pyarrow as pa
import pyarrow.ipc

from formulas import columns

BATCH = 65_536


def compare(path):
    nulls, compression, rows = os.path.basename(path).removesuffix(".arrow").split("-")
    rows = int(rows)
    expected = columns(rows, nulls == "nulls")

    with pa.memory_map(path) as source:
        reader = pa.ipc.open_file(source)
        table = reader.read_all()
        table.validate(full=True)
        assert table.schema.metadata[b"tidemark.schema"] == b"every_type"
        assert table.schema.metadata[b"tidemark.schema_version"] == b"3"
        assert reader.metadata[b"tidemark.rows"] == str(rows).encode()
        assert table.column_names == list(expected), table.column_names
        counts = [reader.get_batch(i).num_rows for i in range(reader.num_record_batches)]
        assert counts == ([BATCH] * (rows // BATCH) + [rows % BATCH] * (rows % BATCH > 0) or [0])
        for name, array in expected.items():
            field = table.schema.field(name)
            assert field.nullable == (nulls == "nulls"), field
            found = table[name].combine_chunks()
            if name in ("symbol", "host"):
                assert field.type == pa.dictionary(pa.uint32(), array.type), field
                found = found.cast(array.type)
            assert found.type == array.type, (name, found.type)
            assert found.equals(array), name

    frame = pl.read_ipc(path)
    assert frame.height == rows and frame.columns == list(expected), frame
    for name, array in expected.items():
        found = frame[name]
        if name == "symbol":
            found = found.cast(pl.String)
        assert found.to_list() == pl.Series(array.to_pylist(), dtype=found.dtype).to_list(), name


for path in sys.argv[1:]:
    compare(path)
    print(os.path.basename(path), "is the same in pyarrow and in polars")
