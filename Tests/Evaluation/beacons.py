"""Beacons of all periods, jitters and losses among the ordinary pairs of a quiet firm.

    make evaluate-beacons

Each beacon is a pair of its own: a workstation that calls an outside address of which nobody else
knows, from midnight to midnight or while a person is there. They are laid over a quiet day, and the
detector's scores of all pairs of that day are read back. A cell says which share of its beacons score
above all but 1 % of the pairs of five quiet days, and which share reach the detector's floor.
"""

import random
import re
import shutil
from pathlib import Path

from captures import DAY, STAGES, quiet_site, zeek_log
from evasion import PERSON_HOURS, at, session
from replay import DAYS, SETTINGS, changed_settings, option_parser, write_figures

JITTERS = [0, 0.1, 0.3, 0.5, 0.8]
LOSSES = [0, 0.2]
PERIODS = [60, 300, 3600]
PER_CELL = 20
WINDOWS = {"all day": (0, 24), "office hours": (9, PERSON_HOURS)}
QUIET_DAYS = DAYS[DAYS.index(DAY) - 4 : DAYS.index(DAY) + 1]
FALSE_SHARE = 0.01
# By jitter, where a fifth is lost: the share that must be found, all day.
GOALS, BENIGN_GOAL = {0.3: 0.95, 0.5: 0.93}, 0.02
FLOORS = [0.85, 0.9, 0.95, 1.0, 1.05, 1.1]
# Whose numbers let every pair with a gap be listed, and those that only drop the floor.
LISTED = {"floor": "-1e9", "pairs_per_host": "1e9"}
UNCONDITIONAL = LISTED | {"least_signal": "0", "least_interval": "0"}


def beacon(draw, machine, peer, period, jitter, loss, window):
    """Calls home each period, give or take a share; a share of the calls is lost."""
    begin, hours = window
    moment, flows = begin * 3600 + draw.uniform(0, period), []
    while moment < (begin + hours) * 3600 and moment < 86_390:
        if draw.random() >= loss:
            flows.append(session(at(0) + moment, machine, peer, 443, draw.randint(450, 550), 900))
        moment += max(1, period * (1 + jitter * draw.uniform(-1, 1)))
    return flows


def grid(machines, window):
    """All beacons' flows, and the cell of each outside address."""
    draw, flows, cells = random.Random(7), [], {}
    for jitter in JITTERS:
        for loss in LOSSES:
            for period in PERIODS:
                for _ in range(PER_CELL):
                    number = len(cells)
                    peer = f"45.{83 + number // 250}.12.{number % 250 + 1}"
                    cells[peer] = jitter, loss, period
                    machine = machines[number % len(machines)]
                    flows += beacon(draw, machine, peer, period, jitter, loss, window)
    return sorted(flows, key=lambda flow: flow.start), cells


def floor():
    text = (SETTINGS / "beacon.toml").read_text()
    return float(re.search(r"(?m)^floor = (.*)$", text)[1])


def parity(vote):
    """The mean of the four subscores, RITA's score before it is raised or lowered."""
    return 0.25 * vote["contribution_1"] + 0.75 * vote["contribution_2"]


def raw(vote):
    return vote["raw_score"]


def scores(site, work, days, numbers, of):
    """Of the pairs of days, by (host, peer, day)."""
    site.score(days, changed_settings(work / "settings", "beacon", numbers))
    return {
        (vote["entity"], vote["peer"], day): of(vote)
        for day in days for vote in site.votes(day) if vote["detector"] == "beacon"}


def laid_over(base, work, flows):
    log = base.exports / f"zeek/{DAY}/conn.laid-over.log"
    site = base.copy(work / "beacons")
    try:
        log.write_text(zeek_log(flows))
        site.replay([DAY], STAGES[:-1])
    finally:
        log.unlink()
    return site


RANKINGS = {
    "RITA's mean of four": (UNCONDITIONAL, parity),
    "raised by rarity and youth": (UNCONDITIONAL, raw),
    "the detector's score": (LISTED, raw),
}


def measured(site, work, days):
    """Scores of pairs by each ranking. Both sets of settings are asked once."""
    return {name: scores(site, work, days, numbers, of) for name, (numbers, of) in RANKINGS.items()}


def threshold(benign, pairs):
    """Above which 1 % of so many pairs score."""
    ranked = sorted(benign.values(), reverse=True)
    place = int(FALSE_SHARE * pairs)
    return ranked[place] if place < len(ranked) else float("-inf")


def cell_rows(window, found, cells, limits):
    listed = {name: by_peer(rows) for name, rows in found.items()}
    for jitter in JITTERS:
        for loss in LOSSES:
            for period in PERIODS:
                peers = [peer for peer, cell in cells.items() if cell == (jitter, loss, period)]
                row = {"window": window, "jitter": jitter, "loss": loss, "period": period}
                for name, own in listed.items():
                    row[name] = sum(own.get(peer, -9) > limits[name] for peer in peers) / len(peers)
                own = listed["the detector's score"]
                row["at the floor"] = sum(own.get(peer, -9) >= floor() for peer in peers) / len(peers)
                yield row


def by_peer(rows):
    return {peer.rsplit(":", 1)[0]: score for (_, peer, _), score in rows.items()}


def floor_rows(benign, pairs, found, cells):
    """What another floor would let through."""
    for value in sorted([*FLOORS, floor()]):
        row = {"floor": value, "benign": sum(score >= value for score in benign.values()) / pairs}
        for window, rows in found.items():
            own = by_peer(rows)
            row[window] = sum(own.get(peer, -9) >= value for peer in cells) / len(cells)
        yield row


def mean(rows, name):
    return sum(row[name] for row in rows) / len(rows)


def table(rows):
    """The shares of each jitter and loss, by period, at 1 % of benign pairs and at the floor."""
    names = [*RANKINGS, "at the floor"]
    for window in WINDOWS:
        yield f"\n{window}: share found, for periods of {', '.join(f'{p} s' for p in PERIODS)}"
        yield f"{'jitter':<8}{'loss':<6}" + "".join(f"{name:>28}" for name in names)
        for jitter in JITTERS:
            for loss in LOSSES:
                own = [row for row in rows if (row["window"], row["jitter"], row["loss"])
                       == (window, jitter, loss)]  # fmt: skip
                cells = (" ".join(f"{row[name]:.2f}" for row in own) for name in names)
                yield f"{jitter:<8}{loss:<6}" + "".join(f"{text:>28}" for text in cells)


def verdicts(rows, benign_share):
    for jitter, goal in GOALS.items():
        own = [row for row in rows if row["window"] == "all day" and row["jitter"] == jitter
               and row["loss"] == 0.2]  # fmt: skip
        for name in ["the detector's score", "at the floor"]:
            share = mean(own, name)
            yield (f"jitter {jitter}, a fifth lost, {name}: {share:.2f} of {goal}:"
                   f" {'met' if share >= goal else 'SHORT'}")
    yield (f"benign pairs at the floor: {benign_share:.2%} of {BENIGN_GOAL:.0%}:"
           f" {'met' if benign_share <= BENIGN_GOAL else 'SHORT'}")


def main():
    options = option_parser().parse_args()

    base, machines = quiet_site(options.bin, options.work)
    quiet = base.copy(options.work / "beacons")
    benign = measured(quiet, options.work, QUIET_DAYS)
    shutil.rmtree(quiet.store)
    pairs = len(benign["RITA's mean of four"])
    limits = {name: threshold(own, pairs) for name, own in benign.items()}
    at_floor = sum(score >= floor() for score in benign["the detector's score"].values()) / pairs
    told = ", ".join(f"{name} {limit:.3f}" for name, limit in limits.items())
    print(f"{pairs} benign pairs of {len(QUIET_DAYS)} days; 1 % score above: {told}")
    rows, found = [], {}
    for window, hours in WINDOWS.items():
        flows, cells = grid(machines, hours)
        site = laid_over(base, options.work, flows)
        ranked = measured(site, options.work, [DAY])
        found[window] = ranked["the detector's score"]
        rows += cell_rows(window, ranked, cells, limits)
        shutil.rmtree(site.store)
    print("\n".join(table(rows)))
    floors = list(floor_rows(benign["the detector's score"], pairs, found, cells))
    print("\nfloor   benign pairs  " + "  ".join(f"beacons {window}" for window in WINDOWS))
    for row in floors:
        shares = "  ".join(f"{row[window]:>{8 + len(window)}.2f}" for window in WINDOWS)
        print(f"{row['floor']:<8}{row['benign']:>12.2%}  {shares}")
    print("\n" + "\n".join(verdicts(rows, at_floor)))
    write_figures(
        options.figures,
        {"benign_pairs": pairs, "benign_at_floor": at_floor, "limits": limits, "floors": floors,
         "cells": rows})  # fmt: skip


if __name__ == "__main__":
    main()
