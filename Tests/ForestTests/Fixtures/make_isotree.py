"""Makes isotree.json: the thresholds that isotree's gains choose in one column, and its leaves'
densities.

    pip install isotree==0.6.1.post10 && python3 make_isotree.py
"""

import json
import re
from pathlib import Path

import numpy as np
from isotree import IsolationForest

COMMON = {
    "ntrees": 1, "ndim": 1, "ntry": 1, "max_depth": None, "missing_action": "fail",
    "random_seed": 1, "nthreads": 1,
}
GAINS = {
    "pooled_gain": {"prob_pick_pooled_gain": 1},
    "averaged_gain": {"prob_pick_pooled_gain": 0, "prob_pick_avg_gain": 1},
}

random = np.random.default_rng(1)
column = np.concatenate([random.normal(0, 1, 40), random.normal(8, 0.5, 12), [30]])
rows = column.astype(np.float32).astype(float).reshape(-1, 1)
golden = {"values": rows[:, 0].tolist()}
for name, gain in GAINS.items():
    tree = IsolationForest(sample_size=len(rows), **gain, **COMMON).fit(rows).to_sql()
    text = tree if isinstance(tree, str) else tree[0]
    thresholds = sorted({float(number) for number in re.findall(r"<= ([-+.0-9e]+)", text)})
    density = IsolationForest(
        sample_size=len(rows), scoring_metric="density", **gain, **COMMON).fit(rows)
    golden[name] = {
        "thresholds": thresholds,
        # The score of one tree is -ln of the leaf's density.
        "log2_densities": (-density.predict(rows) / np.log(2)).tolist(),
    }
Path(__file__).with_name("isotree.json").write_text(json.dumps(golden, indent=0) + "\n")
