"""Rows a second of the isolation forest beside scikit-learn's, on the same trees and rows.

    python3 Tests/Benchmarks/forest_bench.py [--rows N] [--trees T] [--samples S] [--kernels]

from the package's folder; needs numpy and scikit-learn. Both engines score the same float32 rows in
turn, five rounds, whole calls; medians are printed with their ratio, and the greatest difference
between the two engines' scores. --kernels times every kernel and instruction set.
"""

import argparse
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time

import joblib
import numpy as np
from sklearn.ensemble import IsolationForest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../ForestTests/Fixtures"))
from sklearn_trees import write_tree  # noqa: E402


def traffic(random, count, features, log_scaled):
    """Columns shaped as traffic is: bytes, counts, ratios, hours, small counts, ports, mostly zero."""
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
    columns = [shapes[feature % len(shapes)]() for feature in range(features)]
    matrix = np.stack(columns, 1)
    return (np.log1p(matrix) if log_scaled else matrix).astype(np.float32)


def write_inputs(folder, forest, rows):
    with open(f"{folder}/forest.bin", "wb") as file:
        sizes = rows.shape[1], len(forest.estimators_), forest.max_samples_, 0, 0
        file.write(struct.pack("<5i", *sizes))
        for estimator in forest.estimators_:
            write_tree(file, estimator.tree_)
    rows.T.tofile(f"{folder}/rows.f32")


def ours(folder, kernels):
    """Seconds by (what, threads) of one run."""
    environment = dict(os.environ, TIDEMARK_FOREST_BENCHMARK=folder)
    if kernels:
        environment["TIDEMARK_FOREST_KERNELS"] = "1"
    command = ["swift", "test", "-c", "release", "-Xswiftc", "-enable-testing", "--skip-build"]
    command += ["--filter", "ForestBenchmark"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    fields = [line.split("\t") for line in done.stdout.splitlines() if line.startswith("seconds")]
    return {(what, int(threads)): float(seconds) for _, what, threads, seconds in fields}


def theirs(forest, rows):
    seconds = {}
    for threads in 1, 2:
        start = time.perf_counter()
        with joblib.parallel_backend("threading", n_jobs=threads):
            scores = forest.score_samples(rows)
        seconds[threads] = time.perf_counter() - start
    return seconds, -scores


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--features", type=int, default=16)
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--samples", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kernels", action="store_true", help="time every kernel")
    options = parser.parse_args()
    build = ["swift", "build", "-c", "release", "-Xswiftc", "-enable-testing", "--build-tests"]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    for log_scaled in False, True:
        compare(options, log_scaled)


def compare(options, log_scaled):
    random = np.random.default_rng(16)
    rows = traffic(random, options.rows, options.features, log_scaled)
    training = traffic(random, 200_000, options.features, log_scaled)
    forest = IsolationForest(
        n_estimators=options.trees, max_samples=options.samples, random_state=1
    ).fit(training)
    splits = sum((e.tree_.node_count - 1) // 2 for e in forest.estimators_) / options.trees
    print(
        f"{options.rows} rows × {options.features} {'log-scaled' if log_scaled else 'raw'} features,"
        f" {options.trees} trees of {options.samples} rows, {splits:.0f} splits a tree"
    )
    peer, us = [], []
    with tempfile.TemporaryDirectory() as folder:
        write_inputs(folder, forest, rows)
        for _ in range(options.rounds):
            seconds, expected = theirs(forest, rows)
            peer.append(seconds)
            us.append(ours(folder, options.kernels))
        difference = np.abs(np.fromfile(f"{folder}/scores.f32", np.float32) - expected).max()
    medians = {threads: statistics.median(run[threads] for run in peer) for threads in (1, 2)}
    for threads, seconds in medians.items():
        print(f"  scikit-learn, {threads} threads: {options.rows / seconds / 1e3:.0f} k rows/s")
    for what, threads in us[0]:
        seconds = statistics.median(run[what, threads] for run in us)
        if what == "training":
            print(f"  training, {threads} threads: {seconds * 1e3:.1f} ms")
            continue
        print(
            f"  {what}, {threads} threads: {options.rows / seconds / 1e6:.2f} M rows/s,"
            f" {medians[threads] / seconds:.1f} × scikit-learn"
        )
    print(f"  greatest difference in score: {difference:.1e}")


main()
