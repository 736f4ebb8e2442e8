"""Simple ways to rank the hosts of a day, as anyone would write them: what Tidemark must beat.

Each is a function of a site, the days that count as normal and the days to judge, and gives a number
for each host-day, higher for stranger.
"""

import math
from collections import defaultdict
from functools import lru_cache

import numpy as np
from replay import read_arrow
from sklearn.ensemble import IsolationForest

COUNTERS = [
    "out_conversations", "out_failed", "out_bytes", "out_bytes_received", "out_destinations",
    "out_ports", "out_external_bytes", "in_conversations", "in_bytes_sent", "in_sources",
    "dns_queries", "dns_failed",
]  # fmt: skip
FOREST_COUNTERS = ["out_conversations", "out_bytes", "out_bytes_received", "out_destinations"]


@lru_cache(maxsize=128)
def rows_of(path):
    return read_arrow(path)


def host_hours(site, day):
    return [row for row in rows_of(site.profile(day, "host_hours")) if row["host"] != "internet"]


def pairs(site, day):
    return [row for row in rows_of(site.profile(day, "pairs")) if row["kind"] == "conversation"]


def volume(site, normal, judged):
    """Bytes sent outside."""
    scores = defaultdict(float)
    for day in judged:
        for row in host_hours(site, day):
            scores[row["host"], day] += row["out_external_bytes"]
    return scores


def new_edges(site, normal, judged):
    """Destinations and ports that the host had not met before."""
    known, scores = set(), defaultdict(float)
    for day in normal + judged:
        new = {(row["originator"], row["responder"], row["port"]) for row in pairs(site, day)} - known
        known |= new
        if day in judged:
            for originator, _, _ in new:
                scores[originator, day] += 1
    return scores


def random_walk(site, normal, judged):
    """Threshold random walk over first contacts (Jung 2004), without its order: failed ones count
    for a scan, the others against it."""
    known, scores = set(), defaultdict(float)
    for day in normal + judged:
        contacts = defaultdict(lambda: True)
        for row in pairs(site, day):
            key = row["originator"], row["responder"]
            contacts[key] &= row["failed"] == row["conversations"]
        for key, has_failed in contacts.items():
            if key not in known and day in judged:
                scores[key[0], day] += math.log(4) * (1 if has_failed else -1)
        known |= contacts.keys()
    return scores


def top_three_z(site, normal, judged):
    """The three largest robust z of an hour's counters by the host's own normal hours, summed."""
    hours = defaultdict(list)
    for day in normal:
        for row in host_hours(site, day):
            hours[row["host"]].append([math.log1p(row[name]) for name in COUNTERS])
    usual = {}
    for host, rows in hours.items():
        median = np.median(rows, axis=0)
        deviation = np.median(np.abs(np.array(rows) - median), axis=0)
        usual[host] = median, np.maximum(1.4826 * deviation, 0.15)
    scores = defaultdict(float)
    for day in judged:
        for row in host_hours(site, day):
            if row["host"] not in usual:
                continue
            median, spread = usual[row["host"]]
            z = (np.log1p([row[name] for name in COUNTERS]) - median) / spread
            key = row["host"], day
            scores[key] = max(scores[key], float(np.sort(z)[-3:].sum()))
    return scores


def four_feature_forest(site, normal, judged):
    """scikit-learn's isolation forest over four logarithms of an hour's counters."""

    def features(rows):
        return np.log1p([[row[name] for name in FOREST_COUNTERS] for row in rows])

    trained = [row for day in normal for row in host_hours(site, day)]
    forest = IsolationForest(n_estimators=100, random_state=1).fit(features(trained))
    scores = defaultdict(lambda: -math.inf)
    for day in judged:
        rows = host_hours(site, day)
        for row, score in zip(rows, -forest.score_samples(features(rows))):
            key = row["host"], day
            scores[key] = max(scores[key], float(score))
    return scores


RIVALS = {
    "new edges": new_edges,
    "three largest z": top_three_z,
    "random walk": random_walk,
    "volume": volume,
    "four-feature forest": four_feature_forest,
}
