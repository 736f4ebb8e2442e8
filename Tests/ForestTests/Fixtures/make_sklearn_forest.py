"""Writes sklearn_forest.arrow: an isolation forest that scikit-learn trained on rows made from a seed,
as pipelines/dump_forest.py dumps it, packed; and sklearn_scores.f64, the scores it gives such rows.
Run in this folder:

    python3 make_sklearn_forest.py

With a file of float32 scores as its argument, it holds them against scikit-learn's, row by row, and
prints the greatest difference; 1e-6 is allowed.

The scores are float64, little-endian: of the first 2,000 rows, then the sums of each 1,000 rows.
"""

import os
import sys

import numpy as np
from sklearn.ensemble import IsolationForest

FEATURES = 8
TRAINING_SEED, SCORING_SEED = 11, 12
TRAINING_ROWS, SCORING_ROWS = 20_000, 100_000
SCORES, BLOCK = 2_000, 1_000


def mix(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def rows(seed, count):
    """Numbers that float32 holds exactly: uniform, heavy-tailed, small counts, mostly zero."""
    columns = []
    for feature in range(FEATURES):
        cell = np.arange(count, dtype=np.uint64) * np.uint64(FEATURES) + np.uint64(feature)
        bits = mix(mix(np.full(count, seed, np.uint64)) + cell * np.uint64(0x9E3779B97F4A7C15))
        low = (bits & np.uint64(0xFFFF)).astype(np.float64)
        high = (bits >> np.uint64(32)).astype(np.float64)
        scale = 2.0 ** ((bits >> np.uint64(16)) & np.uint64(15)).astype(np.float64)
        columns.append(
            [
                high / 2**32,
                low * scale,
                np.floor(low / 2**12),
                np.where(low < 2**15, 0.0, low - 2**15),
            ][feature % 4]
        )
    return np.stack(columns, 1).astype(np.float32)


forest = IsolationForest(n_estimators=100, max_samples=256, random_state=1)
forest.fit(rows(TRAINING_SEED, TRAINING_ROWS))
scores = -forest.score_samples(rows(SCORING_SEED, SCORING_ROWS))

if len(sys.argv) > 1:
    found = np.fromfile(sys.argv[1], "<f4")
    assert len(found) == SCORING_ROWS, f"expected {SCORING_ROWS} scores, found {len(found)}"
    print(np.abs(found - scores).max())
else:
    import pyarrow.ipc as ipc

    sys.path.insert(0, os.path.join("..", "..", "..", "pipelines"))
    from dump_forest import dump

    dump(forest, "sklearn_forest.arrow", [f"f{feature}" for feature in range(FEATURES)])
    table = ipc.open_file("sklearn_forest.arrow").read_all().combine_chunks()
    options = ipc.IpcWriteOptions(compression="zstd")
    with ipc.new_file("sklearn_forest.arrow", table.schema, options=options) as writer:
        writer.write_table(table)
    blocks = scores.reshape(-1, BLOCK).sum(1)
    np.concatenate([scores[:SCORES], blocks]).astype("<f8").tofile("sklearn_scores.f64")
