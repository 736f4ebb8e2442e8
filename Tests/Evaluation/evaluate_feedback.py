"""What 60 answers about the strangest rows are worth, on sets of ADBench.

    make evaluate-forest

An analyst is shown the strangest row not seen yet, answers, and the forest is adjusted: found are
the anomalies among the rows shown, beside those without feedback, and how well the rest is ranked
before and after (AUC). Beside it coniferest's AADForest with its own forests. Then the same with
every other question by the untouched forest, and with one answer in 20 wrong. Ends with 0 whether
goals are met or not.
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from coniferest.aadforest import AADForest
from coniferest.isoforest import IsolationForest as RivalForest
from sklearn.metrics import roc_auc_score

QUESTIONS = 60
THREADS = 2
WRONG_SHARE = 0.05
# Anomalies to find; how far the AUC of the rest may fall; seconds of an adjustment.
FOUND_GOALS = {"6_cardio": 56, "2_annthyroid": 57, "27_PageBlocks": 52, "23_mammography": 54}
FALL_GOAL, SECONDS_GOAL = 0.02, 2
RIVAL = "coniferest AADForest"


def outcome(labels, asked, before, after):
    """Scores rise with strangeness."""
    rest = np.ones(len(labels), bool)
    rest[asked] = False
    first = np.argsort(-before, kind="stable")[:QUESTIONS]
    return {
        "found": int(labels[asked].sum()),
        "found_without": int(labels[first].sum()),
        "auc_before": float(roc_auc_score(labels[rest], before[rest])),
        "auc_after": float(roc_auc_score(labels[rest], after[rest])),
    }


def session(program, rows, labels, seed, way, wrong_share=0.0):
    random = np.random.default_rng(seed)
    is_wrong = random.random(len(labels)) < wrong_share
    with tempfile.TemporaryDirectory() as folder:
        rows.T.astype("<f4").tofile(f"{folder}/rows.f32")
        np.where(is_wrong, 1 - labels, labels).astype("<f4").tofile(f"{folder}/answers.f32")
        arguments = [folder, rows.shape[1], seed, QUESTIONS, way, THREADS]
        command = [program, "feedback", *map(str, arguments)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        asked = np.fromfile(f"{folder}/asked.i32", "<i4")
        before = np.fromfile(f"{folder}/untouched.f32", "<f4")
        after = np.fromfile(f"{folder}/adjusted.f32", "<f4")
    return outcome(labels, asked, before, after) | {"seconds": float(done.stdout)}


def rival_session(rows, labels, seed):
    """As documented by its authors: no prior, the line at 3 % of the rows."""
    rows = np.ascontiguousarray(rows, np.float64)
    sizes = {"n_trees": 100, "n_subsamples": 256, "random_seed": seed, "n_jobs": THREADS}
    before = -RivalForest(**sizes).fit(rows).score_samples(rows)
    forest = AADForest(**sizes, budget=0.03).fit(rows)
    asked, spent = [], 0.0
    scores = forest.score_samples(rows)
    for _ in range(QUESTIONS):
        shown = scores.copy()
        shown[asked] = np.inf
        asked.append(int(np.argmin(shown)))
        start = time.perf_counter()
        forest.fit_known(rows, rows[asked], np.where(labels[asked] == 1, -1, 1))
        spent = time.perf_counter() - start
        scores = forest.score_samples(rows)
    return outcome(labels, asked, before, -scores) | {"seconds": spent}


def mean(runs):
    return {key: float(np.mean([run[key] for run in runs])) for key in runs[0]}


def figure(measure, value, unit, goal, is_met, rival=None, rival_value=None):
    return {
        "measure": measure,
        "value": value,
        "unit": unit,
        "rival": rival,
        "rival_value": rival_value,
        "ratio": value / rival_value if rival_value else None,
        "goal": goal,
        "met": is_met,
    }


def print_runs(name, way, seen):
    print(
        f"{name:16} {way:24} found {seen['found']:5.1f} (without {seen['found_without']:4.1f})  "
        f"AUC of the rest {seen['auc_before']:.3f} to {seen['auc_after']:.3f}  "
        f"{seen['seconds']:.3f} s",
        flush=True,
    )


def evaluate_set(program, folder, name, seeds, rival_seeds):
    data = np.load(folder / f"{name}.npz")
    rows, labels = data["X"].astype(np.float32), data["y"].astype(int)
    ways = {
        "feedback": ("adjusted", 0.0),
        "half the budget": ("shared", 0.0),
        "1 answer in 20 wrong": ("adjusted", WRONG_SHARE),
    }
    seen = {}
    for title, way in ways.items():
        seen[title] = mean([session(program, rows, labels, seed, *way) for seed in seeds])
        print_runs(name, title, seen[title])
    rival = mean([rival_session(rows, labels, seed) for seed in rival_seeds])
    print_runs(name, RIVAL, rival)

    goal = FOUND_GOALS.get(name)
    for title, one in seen.items():
        aim = goal if title == "feedback" else None
        measure = f"{name}: anomalies found in {QUESTIONS} answers, {title}"
        is_met = None if aim is None else one["found"] >= aim
        yield figure(measure, one["found"], "rows", aim, is_met, RIVAL, rival["found"])
        measure = f"{name}: AUC of the rest less that of the untouched forest, {title}"
        change = one["auc_after"] - one["auc_before"]
        rival_change = rival["auc_after"] - rival["auc_before"]
        met = change >= -FALL_GOAL
        yield figure(measure, change, "AUC", -FALL_GOAL, met, RIVAL, rival_change)
    without = seen["feedback"]["found_without"]
    measure = f"{name}: anomalies in {QUESTIONS} rows without feedback"
    yield figure(measure, without, "rows", None, None)
    spent = seen["feedback"]["seconds"]
    measure = f"{name}: an adjustment by {QUESTIONS} verdicts"
    yield figure(measure, spent, "s", SECONDS_GOAL, spent <= SECONDS_GOAL, RIVAL, rival["seconds"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True, help="forest-evaluation")
    parser.add_argument("--figures", type=Path, required=True, help="where the figures go, as JSON")
    parser.add_argument("--adbench", type=Path, required=True, help="ADBench's sets, as .npz")
    parser.add_argument("--sets", default=" ".join(FOUND_GOALS))
    parser.add_argument("--seeds", default="1 2 3 4 5 6 7 8")
    parser.add_argument("--rival-seeds", default="1 2", help="its sessions take longer")
    options = parser.parse_args()
    program = options.program.resolve()
    figures = []
    for name in options.sets.split():
        if not (options.adbench / f"{name}.npz").exists():
            print(f"{name} is left out: there is no {name}.npz in {options.adbench}")
            continue
        seeds = [int(seed) for seed in options.seeds.split()]
        rival_seeds = [int(seed) for seed in options.rival_seeds.split()]
        figures += evaluate_set(program, options.adbench, name, seeds, rival_seeds)
    met = sum(one["met"] is True for one in figures)
    print(f"goals: {met} of {sum(one['met'] is not None for one in figures)} met")
    for one in figures:
        if one["met"] is False:
            print(f"SHORT: {one['measure']}: {one['value']:.3f}, goal {one['goal']}")
    options.figures.parent.mkdir(parents=True, exist_ok=True)
    options.figures.write_text(json.dumps(figures, indent=2) + "\n")


main()
