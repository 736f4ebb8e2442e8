"""Writes forests that scikit-learn and isotree fitted, as pipelines/dump_forest.py dumps them, and
the scores these give some rows. Run in this folder:

    python3 make_dumps.py         (made with scikit-learn 1.9.1, isotree 0.6.1.post10)

With the ONNX model of the dumped scikit-learn forest as its argument, it has onnx check it and
onnxruntime evaluate it, and prints the greatest difference to scikit-learn's scores.
"""

import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.ipc as ipc

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "pipelines"))
NAMES = ["bytes", "packets", "ports", "gap"]


def make_rows(seed, count):
    random = np.random.default_rng(seed)
    columns = [
        random.lognormal(8, 2, count),
        random.poisson(4, count),
        random.integers(0, 3, count),
        random.normal(size=count),
    ]
    return np.stack(columns, 1).astype(np.float32)


def make():
    import isotree
    from sklearn.ensemble import IsolationForest

    from dump_forest import dump

    training, rows = make_rows(1, 1_000), make_rows(2, 200)
    ours = IsolationForest(
        n_estimators=6, max_samples=48, max_features=0.75, bootstrap=True, random_state=3
    ).fit(training)
    theirs = isotree.IsolationForest(
        ndim=1, ntrees=6, sample_size=48, random_seed=3, nthreads=1, prob_pick_pooled_gain=0.5
    ).fit(training.astype(np.float64))
    dump(ours, os.path.join(HERE, "dump_sklearn.arrow"), NAMES)
    dump(theirs, os.path.join(HERE, "dump_isotree.arrow"), NAMES)
    columns = dict(zip(NAMES, np.ascontiguousarray(rows.T)))
    columns["sklearn"] = -ours.score_samples(rows)
    columns["isotree"] = theirs.predict(rows.astype(np.float64))
    table = pa.table(columns)
    with ipc.new_file(os.path.join(HERE, "dump_scores.arrow"), table.schema) as writer:
        writer.write_table(table)


def check(path):
    import onnx
    import onnxruntime

    table = ipc.open_file(os.path.join(HERE, "dump_scores.arrow")).read_all()
    rows = np.stack([table[name].to_numpy() for name in NAMES], 1)
    onnx.checker.check_model(onnx.load(path), full_check=True)
    scores = onnxruntime.InferenceSession(path).run(None, {"rows": rows})[0][:, 0]
    print(np.abs(scores - table["sklearn"].to_numpy()).max())


if len(sys.argv) > 1:
    check(sys.argv[1])
else:
    make()
