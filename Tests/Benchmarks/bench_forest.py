"""Rows a second of the isolation forest beside scikit-learn's, trained and tried on the same."""

import statistics
import subprocess
import tempfile
import time

import joblib
import numpy as np
from sklearn.ensemble import IsolationForest

FEATURES = 16
TRAINING_ROWS = 200_000
THREADS = 2


def traffic(random, count):
    """Columns shaped as traffic is: bytes, counts, ratios, hours, small counts, ports, mostly zero;
    on the logarithmic scale, as the stages score them."""
    ports = [22, 53, 80, 123, 443, 445, 3389, 8080, 51820]
    port_shares = [0.02, 0.2, 0.15, 0.03, 0.45, 0.05, 0.02, 0.05, 0.03]
    shapes = [
        lambda: np.floor(random.lognormal(7, 2.2, count)),
        lambda: np.floor(random.lognormal(2, 1.4, count)) + 1,
        lambda: random.lognormal(0, 1.8, count),
        lambda: random.integers(0, 24, count),
        lambda: np.floor(random.lognormal(6, 2.5, count)),
        lambda: random.poisson(1.5, count),
        lambda: random.choice(ports, count, p=port_shares),
        lambda: np.where(random.random(count) < 0.7, 0, random.integers(1024, 65536, count)),
    ]
    columns = [shapes[feature % len(shapes)]() for feature in range(FEATURES)]
    return np.log1p(np.stack(columns, 1)).astype(np.float32)


def rank_correlation(a, b):
    """Spearman's, ties broken by place."""
    return float(np.corrcoef(a.argsort().argsort(), b.argsort().argsort())[0, 1])


def measure(program, row_count, rounds):
    """Median rows a second of both engines, in turn, whole calls."""
    random = np.random.default_rng(16)
    training, rows = traffic(random, TRAINING_ROWS), traffic(random, row_count)
    peer = IsolationForest(n_estimators=100, max_samples=256, random_state=1).fit(training)
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        training.T.tofile(f"{folder}/training.f32")
        rows.T.tofile(f"{folder}/rows.f32")
        for _ in range(rounds):
            start = time.perf_counter()
            with joblib.parallel_backend("threading", n_jobs=THREADS):
                expected = -peer.score_samples(rows)
            theirs.append(time.perf_counter() - start)
            command = [program, folder, str(FEATURES), str(THREADS)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            ours.append(float(done.stdout.split()[1]))
        scores = np.fromfile(f"{folder}/scores.f32", np.float32)
    return {
        "tidemark_rows_per_second": row_count / statistics.median(ours),
        "scikit_learn_rows_per_second": row_count / statistics.median(theirs),
        "ratio": statistics.median(theirs) / statistics.median(ours),
        "rank_correlation": rank_correlation(scores, expected),
    }
