"""How well, and how fast, the forest says which features made a row strange.

    make evaluate-forest

On scikit-learn's trees: sums, speed and rank correlation beside shap's TreeExplainer; and whether
the feature that was moved far out in a normal row gets the greatest contribution. Ends with 0
whether goals are met or not.

An injected row is a normal one, scored below the median, with one feature set to a high quantile of
the training rows (small: .99, medium: .999) or as far above their maximum as that is above their
minimum (large). For "known", the forest was trained with one such large row in a hundred, as when
the strange rows are in the history. A row is clearly anomalous if the moved feature lifts it among
the top tenth of the training scores.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import shap
from scipy.stats import spearmanr
from sklearn.ensemble import IsolationForest

sys.path.insert(0, str(Path(__file__).parents[1] / "Benchmarks"))
sys.path.insert(0, str(Path(__file__).parents[2] / "pipelines"))
from bench_forest import traffic  # noqa: E402
from dump_forest import dump  # noqa: E402

ROWS, TRAINING_ROWS = 100_000, 200_000
SHAP_ROWS, INJECTED_ROWS = 300, 1_000
THREADS = 2
SIZES = {"small": 0.99, "medium": 0.999, "large": None, "known": None}
KNOWN_SHARE = 0.01
# Sets with fewer clearly anomalous rows are left out.
TELLING_ROWS = 20
RIVAL = "shap TreeExplainer"
TOP_GOAL, SUM_GOAL = 0.95, 1e-9
SETS = [
    "6_cardio",
    "2_annthyroid",
    "27_PageBlocks",
    "23_mammography",
    "30_satellite",
    "28_pendigits",
    "32_shuttle",
    "22_magic.gamma",
]


def figure(measure, value, unit, goal=None, met=None, rival=None, rival_value=None):
    ratio = value / rival_value if rival_value else None
    return {
        "measure": measure,
        "value": value,
        "unit": unit,
        "rival": rival,
        "rival_value": rival_value,
        "ratio": ratio,
        "goal": goal,
        "met": met,
    }


def attribute(program, forest, rows, rounds=1):
    """Contributions, path lengths, expected path length and the least seconds of a batch."""
    with tempfile.TemporaryDirectory() as folder:
        names = [f"f{feature}" for feature in range(rows.shape[1])]
        dump(forest, f"{folder}/forest.arrow", names)
        rows.T.astype("<f4").tofile(f"{folder}/rows.f32")
        command = [program, "attribution", folder, str(THREADS)]
        seconds = []
        for _ in range(rounds):
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            expected, spent = map(float, done.stdout.split())
            seconds.append(spent)
        contributions = np.fromfile(f"{folder}/contributions.f64").reshape(rows.shape)
        return contributions, np.fromfile(f"{folder}/paths.f64"), expected, min(seconds)


def train(rows):
    return IsolationForest(n_estimators=100, max_samples=256, random_state=1).fit(rows)


def correlation(ours, theirs):
    """Mean over rows of Spearman's, between the features' contributions."""
    return float(np.mean([spearmanr(a, b)[0] for a, b in zip(ours, theirs)]))


def whole_tables(program):
    random = np.random.default_rng(16)
    forest = train(traffic(random, TRAINING_ROWS))
    rows = traffic(random, ROWS)
    ours, paths, expected, seconds = attribute(program, forest, rows, rounds=5)
    error = float(np.abs(ours.sum(1) - (expected - paths)).max())
    yield figure(
        f"greatest error of a row's sum, {ROWS} rows", error, "edges", SUM_GOAL, error <= SUM_GOAL
    )
    start = time.perf_counter()
    shap.TreeExplainer(forest).shap_values(rows[:SHAP_ROWS])
    spent = time.perf_counter() - start
    yield figure(
        "rows attributed a second, synthetic traffic",
        ROWS / seconds,
        "rows/s",
        rival=RIVAL,
        rival_value=SHAP_ROWS / spent,
    )


def inject(random, training, rows, quantile):
    """The rows with one feature moved, and which."""
    highest, lowest = training.max(0), training.min(0)
    moved = random.choice(np.flatnonzero(highest > lowest), len(rows))
    values = np.quantile(training, quantile, axis=0) if quantile else 2 * highest - lowest
    rows = rows.copy()
    rows[np.arange(len(rows)), moved] = values[moved]
    return rows, moved


def one_set(program, name, rows):
    random = np.random.default_rng(1)
    order = random.permutation(len(rows))
    held = min(len(rows) // 3, 3 * INJECTED_ROWS)
    training, candidates = rows[order[held:]], rows[order[:held]]
    forest = train(training)
    scores = -forest.score_samples(training)
    normal = -forest.score_samples(candidates) < np.median(scores)
    candidates = candidates[normal][:INJECTED_ROWS]
    strange = inject(random, training, training[: int(KNOWN_SHARE * len(training))], None)[0]
    knowing = train(np.concatenate([training, strange]))

    found = {"set": name, "correlations": {}, "sizes": {}}
    strangest = training[np.argsort(-scores, kind="stable")[:SHAP_ROWS]]
    for kind, sample in {"any": training[:SHAP_ROWS], "strangest": strangest}.items():
        ours = attribute(program, forest, sample)[0]
        theirs = -shap.TreeExplainer(forest).shap_values(sample)
        found["correlations"][kind] = correlation(ours, theirs)
    for size, quantile in SIZES.items():
        injected, moved = inject(random, training, candidates, quantile)
        seeing = knowing if size == "known" else forest
        ours = attribute(program, seeing, injected)[0]
        line = np.quantile(-seeing.score_samples(training), 0.9)
        is_clear = -seeing.score_samples(injected) > line
        is_first = ours.argmax(1) == moved
        theirs = -shap.TreeExplainer(seeing).shap_values(injected[:SHAP_ROWS])
        found["sizes"][size] = {
            "rows": len(injected),
            "clear": int(is_clear.sum()),
            "first_of_clear": int((is_first & is_clear).sum()),
            "first_of_all": float(is_first.mean()),
            "shap_first_of_all": float((theirs.argmax(1) == moved[:SHAP_ROWS]).mean()),
            "first_of_shap_rows": float(is_first[:SHAP_ROWS].mean()),
        }
    return found


def print_set(found):
    line = f"{found['set']:18} TreeSHAP"
    for kind, value in found["correlations"].items():
        line += f" {kind} {value:.3f}"
    for size, seen in found["sizes"].items():
        share = seen["first_of_clear"] / seen["clear"] if seen["clear"] else float("nan")
        line += f"  {size}: {seen['clear']:4} clear {share:.3f}, all {seen['first_of_all']:.3f}"
    print(line, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True, help="forest-evaluation")
    parser.add_argument("--figures", type=Path, required=True, help="where the figures go, as JSON")
    parser.add_argument("--adbench", type=Path, help="a folder of ADBench's sets, as .npz")
    options = parser.parse_args()
    program = options.program.resolve()
    os.environ.setdefault("OMP_NUM_THREADS", str(THREADS))

    figures = list(whole_tables(program))
    tables = {"synthetic traffic": traffic(np.random.default_rng(3), 20_000)}
    for name in SETS if options.adbench else []:
        if not (options.adbench / f"{name}.npz").exists():
            print(f"{name} is left out: there is no {name}.npz in {options.adbench}")
            continue
        data = np.load(options.adbench / f"{name}.npz")
        tables[name] = data["X"].astype(np.float32)[data["y"] == 0]
    found = []
    for name, rows in tables.items():
        found.append(one_set(program, name, rows))
        print_set(found[-1])
    for kind in found[0]["correlations"]:
        for one in found:
            measure = f"mean rank correlation with TreeSHAP, {kind} rows of {one['set']}"
            figures.append(figure(measure, one["correlations"][kind], "Spearman"))
    for size in SIZES:
        seen = [one["sizes"][size] for one in found]
        telling = [one for one in seen if one["clear"] >= TELLING_ROWS]
        value = float(np.mean([one["first_of_clear"] / one["clear"] for one in telling]))
        measure = f"moved feature is first, {size} injections, clearly anomalous rows, "
        measure += f"mean of {len(telling)} sets"
        figures.append(figure(measure, value, "share", TOP_GOAL, value >= TOP_GOAL))
        ours, theirs = (
            float(np.mean([one[key] for one in seen]))
            for key in ("first_of_shap_rows", "shap_first_of_all")
        )
        measure = f"moved feature is first, {size} injections, whether seen by the forest or not"
        figures.append(figure(measure, ours, "share", rival=RIVAL, rival_value=theirs))
    for one in figures:
        goal = "" if one["goal"] is None else f"  goal {one['goal']}: "
        goal += "" if one["met"] is None else ("met" if one["met"] else "SHORT")
        rival = f"  {one['rival']} {one['rival_value']:.4g}" if one["rival"] else ""
        print(f"{one['measure']}: {one['value']:.4g} {one['unit']}{rival}{goal}")
    options.figures.parent.mkdir(parents=True, exist_ok=True)
    options.figures.write_text(json.dumps(figures, indent=2) + "\n")


main()
