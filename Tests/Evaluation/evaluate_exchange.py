"""Holds forests that go in and out of Tidemark against the programs they come from or go to, on a
million rows, and prints the greatest difference of a score for each; exits with 1 where it is more
than is promised (1e-6 for imports, 1e-5 for ONNX).

usage: evaluate_exchange.py --bin FOLDER --work FOLDER [--rows N]
"""

import argparse
import os
import subprocess
import sys

import isotree
import numpy as np
import onnx
import onnxruntime
import pyarrow as pa
import pyarrow.ipc as ipc
from sklearn.ensemble import IsolationForest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "pipelines"))
from dump_forest import dump  # noqa: E402

FEATURES = 8
TRAINING_ROWS = 50_000

parser = argparse.ArgumentParser()
parser.add_argument("--bin", required=True)
parser.add_argument("--work", required=True)
parser.add_argument("--rows", type=int, default=1_000_000)
arguments = parser.parse_args()
os.makedirs(arguments.work, exist_ok=True)


def score(*words):
    subprocess.run([os.path.join(arguments.bin, "score"), *words], check=True)


def file(name):
    return os.path.join(arguments.work, name)


def make_rows(seed, count):
    """Uniform, heavy-tailed, counts, mostly zero; and values as near to thresholds as float32."""
    random = np.random.default_rng(seed)
    columns = [
        random.random(count),
        random.lognormal(8, 3, count),
        random.poisson(3, count),
        np.where(random.random(count) < 0.6, 0, random.exponential(100, count)),
        random.normal(size=count),
        1e9 + random.normal(size=count) * 1e3,
        random.random(count) * 1e-9,
        random.integers(0, 65_536, count),
    ]
    return np.stack(columns, 1).astype(np.float32)


def write_table(name, rows):
    names = [f"x{index}" for index in range(rows.shape[1])]
    table = pa.table(list(np.ascontiguousarray(rows.T)), names)
    with ipc.new_file(file(name), table.schema) as writer:
        writer.write_table(table)


def tidemark_scores(model, table):
    score("table", file(table), "--model", file(model), "--output", file("scores.arrow"))
    return ipc.open_file(file("scores.arrow")).read_all()["score"].to_numpy()


training = make_rows(1, TRAINING_ROWS)
rows = make_rows(2, arguments.rows)
with_missing = rows.copy()
with_missing[np.random.default_rng(3).random(rows.shape) < 0.1] = np.nan
write_table("rows.arrow", rows)
write_table("missing.arrow", with_missing)

sklearn_options = {
    "100 x 256": {},
    "max_features 0.5": {"max_features": 0.5},
    "bootstrap": {"bootstrap": True},
    "20 x 4096": {"n_estimators": 20, "max_samples": 4096},
}
isotree_options = {
    "100 x 256": {},
    "no depth limit": {"max_depth": None},
    "pooled gain": {"prob_pick_pooled_gain": 1},
    "adj_depth": {"scoring_metric": "adj_depth"},
}
worst = {"import": 0.0, "onnx": 0.0}


def report(kind, what, found, expected):
    difference = float(np.abs(found - expected).max())
    worst[kind] = max(worst[kind], difference)
    print(f"{what:45} {difference:.2e}", flush=True)


for name, options in sklearn_options.items():
    forest = IsolationForest(random_state=1, n_jobs=2, **options).fit(training)
    dump(forest, file("dump.arrow"))
    score("import-model", file("dump.arrow"), "--output", file("forest.arrow"))
    found = tidemark_scores("forest.arrow", "rows.arrow")
    report("import", f"from scikit-learn, {name}", found, -forest.score_samples(rows))

for name, options in isotree_options.items():
    options = {"ntrees": 100, "sample_size": 256, **options}
    forest = isotree.IsolationForest(ndim=1, random_seed=1, nthreads=2, **options)
    forest.fit(training.astype(np.float64))
    dump(forest, file("dump.arrow"))
    score("import-model", file("dump.arrow"), "--output", file("forest.arrow"))
    found = tidemark_scores("forest.arrow", "rows.arrow")
    report("import", f"from isotree, {name}", found, forest.predict(rows.astype(np.float64)))

for variant, name, table, matrix in [
    ("standard", "complete rows", "rows.arrow", rows),
    ("standard", "a tenth missing", "missing.arrow", with_missing),
    ("pooled_gain", "a tenth missing", "missing.arrow", with_missing),
    ("density", "complete rows", "rows.arrow", rows),
]:
    score(
        "table", file(table), "--variant", variant, "--save-model", file("forest.arrow"),
        "--output", file("scores.arrow"),
    )
    expected = ipc.open_file(file("scores.arrow")).read_all()["score"].to_numpy()
    score("export-model", file("forest.arrow"), "--onnx", file("forest.onnx"))
    onnx.checker.check_model(onnx.load(file("forest.onnx")), full_check=True)
    session = onnxruntime.InferenceSession(file("forest.onnx"))
    report("onnx", f"to ONNX, {variant}, {name}", session.run(None, {"rows": matrix})[0][:, 0], expected)

sys.exit(worst["import"] > 1e-6 or worst["onnx"] > 1e-5)
