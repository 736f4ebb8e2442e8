"""Makes tails.json: normal quantiles, generalised Pareto tails and their fits by SciPy, and nearest
neighbours' distances by scikit-learn.

    pip install scipy==1.17.1 scikit-learn==1.9.1 && python3 make_tails.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.stats import genpareto, lmoment, norm
from sklearn.neighbors import NearestNeighbors


def pareto(random, shape, scale):
    """Excesses, their fit by L-moments (the same as by probability-weighted moments: Hosking 1990,
    table 2), and the share of values beyond some."""
    excesses = np.sort(genpareto.rvs(shape, scale=scale, size=200, random_state=random))
    first, second = lmoment(excesses, order=[1, 2])
    fitted_shape = 2 - first / second
    fitted_scale = first * (1 - fitted_shape)
    beyond = [0.5 * scale, 2 * scale, 5 * scale]
    return {
        "excesses": excesses.tolist(),
        "shape": fitted_shape,
        "scale": fitted_scale,
        "beyond": beyond,
        "shares": genpareto.sf(beyond, fitted_shape, scale=fitted_scale).tolist(),
    }


def neighbours(random):
    """Mean distances of the four nearest of 80 rows, on features of one scale."""
    rows = np.round(random.lognormal(0, 1, (110, 3)) * [1, 100, 0.01], 4).astype(np.float32)
    training = rows[:80].astype(float)
    median = np.median(training, 0)
    scaled = (rows - median) / (1.4826 * np.median(abs(training - median), 0))
    search = NearestNeighbors(n_neighbors=4).fit(scaled[:80])
    return {
        "columns": rows.T.tolist(),
        "training": search.kneighbors()[0].mean(1).tolist(),
        "new": search.kneighbors(scaled[80:])[0].mean(1).tolist(),
    }


random = np.random.default_rng(7)
probabilities = [1e-300, 1e-20, 1e-9, 1e-4, 0.02, 0.074, 0.076, 0.3, 0.5, 0.7, 0.93, 0.999]
golden = {
    "probabilities": probabilities,
    "quantiles": norm.ppf(probabilities).tolist(),
    "pareto": [pareto(random, shape, 2.0) for shape in (-0.3, 0.0, 0.3)],
    "neighbours": neighbours(random),
}
Path(__file__).with_name("tails.json").write_text(json.dumps(golden, indent=0) + "\n")
