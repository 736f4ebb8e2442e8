"""Writes sklearn_forest.bin: an isolation forest that scikit-learn trained on rows made from a seed,
and the scores it gives such rows. Run in this folder:

    python3 make_sklearn_forest.py

With a file of float32 scores as its argument, it holds them against scikit-learn's, row by row, and
prints the greatest difference; 1e-6 is allowed.

Layout, little-endian: int32 featureCount, treeCount, sampleCount, scoreCount, blockCount; the trees
(sklearn_trees.py); float64 scores[scoreCount] of the first rows; float64 sums[blockCount] of the
scores of each 1,000 rows.
"""

import struct
import sys

import numpy as np
from sklearn.ensemble import IsolationForest

from sklearn_trees import write_tree

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
    with open("sklearn_forest.bin", "wb") as file:
        blocks = scores.reshape(-1, BLOCK).sum(1)
        file.write(struct.pack("<5i", FEATURES, 100, 256, SCORES, len(blocks)))
        for estimator in forest.estimators_:
            write_tree(file, estimator.tree_)
        file.write(scores[:SCORES].astype("<f8").tobytes())
        file.write(blocks.astype("<f8").tobytes())
