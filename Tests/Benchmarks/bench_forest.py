"""Measures the isolation forest beside other engines, and prints a table with the goals.

    make bench-forest

Engines take turns on the same rows in one run, on two threads, whole calls from arrays to scores;
medians count, of five rounds or of as many as fit 40 seconds an engine. Ratios hold on any machine, rates only on this one. An engine that is not installed
is left out. Ends with 0 whether goals are met or not.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

import forest_rivals

FEATURES = 16
TRAINING_ROWS = 200_000
THREADS = 2
# Times as many rows a second.
GOALS = {"scikit-learn": 15, "isotree": 19, "lleaves": 2, "daal4py": 2}
FLOOR_GOAL = 0.7
ENGINE_SECONDS = 40


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


# name, whether on the logarithmic scale, trees, rows a tree, rows scored.
CASES = [
    ("100 trees of 256 rows, logarithms", True, 100, 256, 1_000_000),
    ("100 trees of 256 rows, raw", False, 100, 256, 1_000_000),
    ("500 trees of 4,096 rows, logarithms", True, 500, 4096, 200_000),
]
# The others need minutes for the large forest, most of them to translate it.
LARGE_SAMPLES = 4096
LARGE_RIVALS = ["scikit-learn", "isotree", "coniferest", "lightgbm", "daal4py"]


def tidemark(program, folder, trees, samples, rounds):
    """The figures of one process."""
    command = [program, folder, FEATURES, THREADS, trees, samples, rounds]
    done = subprocess.run(
        [str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def measure(program, case, rounds, only):
    """Median rows a second by engine, and what Tidemark's forest says of its kernels."""
    _, is_logarithmic, trees, samples, row_count = case
    random = np.random.default_rng(16)
    training, rows = traffic(random, TRAINING_ROWS), traffic(random, row_count)
    if not is_logarithmic:
        training, rows = np.expm1(training), np.expm1(rows)
    seconds = {"tidemark": []}
    with tempfile.TemporaryDirectory() as folder:
        training.T.tofile(f"{folder}/training.f32")
        rows.T.tofile(f"{folder}/rows.f32")
        if only is None and samples >= LARGE_SAMPLES:
            only = LARGE_RIVALS
        engines = forest_rivals.load(training, rows, trees, samples, THREADS, only)
        for _ in range(rounds):
            figures = tidemark(program, folder, trees, samples, 1)
            seconds["tidemark"].append(figures["scoring"][0])
            for name, score in engines.items():
                taken = seconds.setdefault(name, [])
                if sum(taken) < ENGINE_SECONDS:
                    start = time.perf_counter()
                    score()
                    taken.append(time.perf_counter() - start)
        kernels = tidemark(program, folder, trees, samples, 3)
    rates = {name: row_count / statistics.median(times) for name, times in seconds.items()}
    return rates, kernels


def report(case, rates, kernels):
    """Prints a case; its figures."""
    name, _, trees, _, row_count = case
    print(f"\n{name}: {kernels['steps_per_tree']:.0f} splits of each tree for every row at once")
    figures = []
    for engine, rate in sorted(rates.items(), key=lambda item: -item[1]):
        ratio = rates["tidemark"] / rate
        goal = GOALS.get(engine)
        verdict = "" if goal is None else f"  goal {goal} ×: " + (
            "met" if ratio >= goal else "MISSED")
        print(f"  {engine:14}{rate / 1e6:8.3f} M rows/s{ratio:8.1f} ×{verdict}")
        if engine != "tidemark":
            figures.append({
                "measure": f"forest scoring, {name}", "value": rates["tidemark"],
                "unit": "rows/s", "rival": engine, "rival_value": rate, "ratio": ratio,
                "goal": goal, "met": goal is None or ratio >= goal})

    def nanoseconds(times):
        return min(times) / row_count * 1e9

    print("  one thread, ns a row:")
    for label in ("bodies", "tops"):
        texts = [f"{key} {nanoseconds(times):.0f}" for key, times in kernels[label].items()]
        print(f"    {label:8}" + ", ".join(texts))
    if kernels["bit_vectors"]:
        print(f"    bit vectors, without ranking: {nanoseconds(kernels['bit_vectors']):.0f}")
    floor = nanoseconds(kernels["floor"])
    best = min(nanoseconds(times) for times in kernels["bodies"].values())
    share = floor / best
    print(f"    comparing, choosing and storing alone: {floor:.0f}, {share:.0%} of the whole")
    figures.append({
        "measure": f"kernel's floor, {name}", "value": floor, "unit": "ns/row",
        "rival": "whole call", "rival_value": best, "ratio": share, "goal": FLOOR_GOAL,
        "met": share >= FLOOR_GOAL})
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", help="these engines")
    parser.add_argument("--case", type=int, help="this case alone, from 0")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(THREADS)
    figures = []
    for case in CASES if options.case is None else [CASES[options.case]]:
        rates, kernels = measure(options.program, case, options.rounds, options.only)
        figures += report(case, rates, kernels)
    options.figures.parent.mkdir(parents=True, exist_ok=True)
    options.figures.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
