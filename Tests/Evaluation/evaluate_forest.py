"""Finds the anomalies of ADBench's sets with each kind of forest, nearest neighbours and the ensemble,
beside scikit-learn, isotree and ECOD, and prints mean AUC and AP.

    make evaluate-forest ADBENCH=folder

Every method is fitted on a set's rows without labels and scores the same rows, once a seed; ECOD has
none. Nothing is set by set. Of sets of more than 100,000 rows isotree, fitted on all of them, scores
100,000 at random, with the first seed only: its 500 trees of 10,000 rows would take eight minutes.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from isotree import IsolationForest as Isotree
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score

THREADS = 2
GREAT_SET = 100_000
OURS = [
    "standard", "extended", "pooled_gain", "density", "sci_forest", "neighbours", "ensemble",
]


def isotree(**settings):
    def scores(rows, seed, scored):
        forest = Isotree(random_seed=seed, nthreads=THREADS, **settings).fit(rows)
        return forest.predict(rows[scored])

    return scores


def isotree_256(**settings):
    return isotree(ntrees=200, sample_size=256, missing_action="fail", **settings)


def scikit_learn(rows, seed, scored):
    forest = IsolationForest(n_estimators=100, max_samples=256, random_state=seed, n_jobs=THREADS)
    return -forest.fit(rows).score_samples(rows[scored])


def ecod(rows, _, scored):
    """Li et al. 2022, doi:10.1109/TKDE.2022.3159580: the tails of each feature's distribution."""
    left, right = np.empty_like(rows), np.empty_like(rows)
    for feature, column in enumerate(rows.T):
        ordered = np.sort(column)
        left[:, feature] = np.searchsorted(ordered, column, "right") / len(column)
        right[:, feature] = 1 - np.searchsorted(ordered, column, "left") / len(column)
    left, right = -np.log(left), -np.log(right)
    standard = (rows - rows.mean(0)) / (rows.std(0) + 1e-12)
    by_skew = np.where((standard**3).mean(0) < 0, left, right)
    return np.maximum(np.maximum(left.sum(1), right.sum(1)), by_skew.sum(1))[scored]


RIVALS = {
    "scikit-learn": scikit_learn,
    "isotree": isotree(),
    "isotree extended": isotree_256(ndim=2, ntry=1, prob_pick_pooled_gain=0),
    "isotree pooled": isotree_256(
        ndim=1, ntry=1, prob_pick_pooled_gain=1, prob_pick_avg_gain=0, max_depth=None),
    "isotree density": isotree_256(ndim=1, prob_pick_pooled_gain=0, scoring_metric="density"),
    "ecod": ecod,
}


def quality(labels, scores):
    """AUC and AP."""
    scores = np.nan_to_num(scores.astype(float), posinf=1e30, neginf=-1e30)
    return roc_auc_score(labels, scores), average_precision_score(labels, scores)


def evaluate(program, path, seeds):
    """AUC and AP of each method on a set, means over seeds, and the seconds that each took."""
    stored = np.load(path, allow_pickle=True)
    rows, labels = stored["X"].astype(np.float32), stored["y"].astype(int)
    results, seconds = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        rows.T.tofile(f"{folder}/rows.f32")
        command = [program, "variants", folder, rows.shape[1], THREADS, *seeds]
        done = subprocess.run(
            list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True)
        for line in done.stdout.splitlines():
            name, _, taken = line.split()
            seconds[name] = seconds.get(name, 0) + float(taken)
        for name in OURS:
            results[name] = [
                quality(labels, np.fromfile(f"{folder}/{name}-{seed}.f32", np.float32))
                for seed in seeds
            ]
    everything = np.arange(len(rows))
    for name, scores in RIVALS.items():
        is_short = len(rows) > GREAT_SET and name.startswith("isotree")
        scored = everything
        if is_short:
            scored = np.random.default_rng(1).choice(everything, GREAT_SET, replace=False)
        start = time.perf_counter()
        results[name] = [
            quality(labels[scored], scores(rows.astype(float), seed, scored))
            for seed in seeds[:1 if is_short or name == "ecod" else None]
        ]
        seconds[name] = time.perf_counter() - start
    return {name: np.mean(values, 0) for name, values in results.items()}, seconds


def print_table(results, means):
    names = [set_name.split("_", 1)[1][:9] for set_name in results]
    print(f"\n{'':18}{'AUC':>7}{'AP':>7}   AP of each set")
    print(f"{'':35}" + "".join(f"{name:>10}" for name in names))
    for method in [*OURS, *RIVALS]:
        line = f"{method:18}{means[method][0]:7.4f}{means[method][1]:7.4f}   "
        print(line + "".join(f"{result[method][1]:10.3f}" for result in results.values()))


def print_left_out(results):
    """Whether the choice of sets decides: by how much the ensemble leads with any one left out."""
    table = {method: np.array([result[method] for result in results.values()])
             for method in [*OURS, *RIVALS]}
    leads = []
    for index in range(len(results)):
        means = {method: np.delete(rows, index, 0).mean(0) for method, rows in table.items()}
        leads.append(means["ensemble"] - np.max([means[rival] for rival in RIVALS], 0))
    least = np.min(leads, 0)
    print(f"lead over the best rival with any one set left out: "
          f"at least {least[0]:+.4f} AUC, {least[1]:+.4f} AP")


def figures(means, set_count):
    rows = []
    for rival in RIVALS:
        for index, measure in enumerate(["AUC", "AP"]):
            ours, theirs = float(means["ensemble"][index]), float(means[rival][index])
            rows.append({
                "measure": f"mean {measure} of the ensemble on {set_count} ADBench sets",
                "value": ours, "unit": measure, "rival": rival, "rival_value": theirs,
                "ratio": ours / theirs, "goal": 1, "met": ours >= theirs,
            })
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--adbench", type=Path, required=True, help="a folder of NAME.npz")
    parser.add_argument("--figures", type=Path, required=True, help="where the figures go, as JSON")
    parser.add_argument("--quick", action="store_true", help="two seeds instead of five")
    options = parser.parse_args()
    paths = sorted(options.adbench.glob("*.npz"))
    if not paths:
        sys.exit(f"evaluate_forest: expected ADBench's *.npz in {options.adbench}, found none; "
                 "name their folder with ADBENCH=")

    seeds = [1, 2] if options.quick else [1, 2, 3, 4, 5]
    results, seconds = {}, {}
    for path in paths:
        results[path.stem], taken = evaluate(options.program, path, seeds)
        for name, value in taken.items():
            seconds[name] = seconds.get(name, 0) + value
        print(f"{path.stem}: {sum(taken.values()):.0f} s", flush=True)
    means = {
        method: np.mean([result[method] for result in results.values()], 0)
        for method in [*OURS, *RIVALS]
    }
    print_table(results, means)
    print_left_out(results)
    print("seconds: " + ", ".join(f"{name} {value:.0f}" for name, value in seconds.items()))
    rows = figures(means, len(results))
    for row in rows:
        print(f"goal: {row['measure']} ≥ {row['rival']}'s: {row['value']:.4f} against "
              f"{row['rival_value']:.4f}: {'met' if row['met'] else 'SHORT'}")
    options.figures.parent.mkdir(parents=True, exist_ok=True)
    options.figures.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
