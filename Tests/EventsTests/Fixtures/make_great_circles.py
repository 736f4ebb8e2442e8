"""Writes great_circles.csv: distances between points in kilometres, along great circles as
scikit-learn computes them, and over the ellipsoid of WGS 84 as GeographicLib does. Run in this folder:

    pip install scikit-learn==1.9.1 geographiclib==2.1 && python3 make_great_circles.py
"""

import csv
import itertools
from pathlib import Path

import numpy as np
from geographiclib.geodesic import Geodesic
from sklearn.metrics.pairwise import haversine_distances

MEAN_RADIUS = 6371.0088
POINTS = {
    "Ghent": (51.0543, 3.7174), "Lagos": (6.4541, 3.3947), "Sydney": (-33.8679, 151.2073),
    "Santiago": (-33.4489, -70.6693), "Anchorage": (61.2181, -149.9003), "Suva": (-18.1416, 178.4419),
    "Apia": (-13.8333, -171.7667), "west of the date line": (10.0, 179.9),
    "east of it": (10.0, -179.9), "North Pole": (90.0, 0.0), "the same": (90.0, 120.0),
    "South Pole": (-90.0, 45.0), "opposite Ghent": (-51.0543, -176.2826), "a mile off": (51.0688, 3.7174),
}

with open(Path(__file__).parent / "great_circles.csv", "w", newline="") as file:
    rows = csv.writer(file, lineterminator="\n")
    for (a, start), (b, end) in itertools.combinations(POINTS.items(), 2):
        circle = haversine_distances(np.radians([start]), np.radians([end]))[0, 0] * MEAN_RADIUS
        geodesic = Geodesic.WGS84.Inverse(*start, *end)["s12"] / 1000
        rows.writerow([a, b, *start, *end, f"{circle:.6f}", f"{geodesic:.6f}"])
