"""What it costs when the days that are learned from hold attacks, and when a detector is missing.

    make evaluate-robustness SEEDS="11 12"

The simulator attacks a share of the days of personal machines and cameras before the eighteenth, too;
attacks and days that are judged stay the same. Beside the decisions, hosts of a day are ranked by
their p, and by the forest alone, which is asked for its score of every hour. Then each detector that
votes on a clean firm is left out in turn.
"""

import shutil
import statistics
from pathlib import Path

from evaluate import figure
from judging import area_under_curve, average_precision, judge, labelled, tidemark
from replay import (
    DAYS, JUDGED, STAGES, Site, changed_settings, option_parser, write_figures,
)  # fmt: skip

SHARES = [0, 0.01, 0.05, 0.2, 0.5]
# How much of the area under the curve of a clean firm may be lost.
GOALS = {0.2: 0.03, 0.5: 0.10}
SILENT, TALKATIVE = "1e9", "-1e9"  # floors


def by_forest(site, _, judged):
    scores = {}
    for day in judged:
        for vote in site.votes(day):
            if vote["detector"] == "forest":
                key = vote["entity"], day
                scores[key] = max(scores.get(key, 0), vote["raw_score"])
    return scores


def attacked_share(site, days):
    """Of the host-days, servers' included, that a machine was seen on and did anything of an attack."""
    truth, attacked, seen = site.truth, 0, 0
    for day in days:
        now = {attack.entity for attack in truth if attack.goes_on(day)}
        hosts = site.hosts(day)
        attacked += sum(host in now for host in hosts)
        seen += len(hosts)
    return attacked / seen


def measured(site, seed):
    firm = judge(site, int(seed), "all")
    host_days = labelled(site, tidemark(site, None, JUDGED), JUDGED)
    return {
        "attacks": len(firm.found), "found": sum(found.hours is not None for found in firm.found),
        "missed": sorted(found.kind for found in firm.found if found.hours is None),
        "false_per_day": firm.false_per_day, "average_precision": average_precision(host_days),
        "area": area_under_curve(host_days),
    }  # fmt: skip


def forest_alone(site, work):
    """(average precision, area) of the forest's own ranking."""
    talkative = site.copy(work / "talkative")
    talkative.score(DAYS, changed_settings(work / "settings", "forest", {"floor": TALKATIVE}))
    host_days = labelled(talkative, by_forest(talkative, None, JUDGED), JUDGED)
    shutil.rmtree(talkative.store)
    return average_precision(host_days), area_under_curve(host_days)


def contaminated(binaries, work, seed, share):
    folder = work / f"{seed}-{share}"
    site = Site(binaries, folder / "exports", folder / "store")
    site.simulate(seed, "all", "--contamination", share)
    site.replay(DAYS, STAGES[:-1])
    row = {"share": share, "seed": seed} | measured(site, seed)
    learned = DAYS[: len(DAYS) - len(JUDGED)]
    row["attacked_host_days"] = attacked_share(site, learned)
    row["forest_average_precision"], row["forest_area"] = forest_alone(site, folder)
    return site, row


def without_each(site, seed, work):
    voting = sorted({
        vote["detector"] for day in DAYS for vote in site.votes(day)})
    for detector in voting:
        less = site.copy(work / "less")
        less.score(DAYS, changed_settings(work / "settings", detector, {"floor": SILENT}))
        yield {"without": detector, "seed": seed} | measured(less, seed)
        shutil.rmtree(less.store)


MEASURES = [
    "false_per_day", "average_precision", "area", "forest_average_precision", "forest_area",
    "attacked_host_days",
]  # fmt: skip


def together(rows, key):
    """The rows of all seeds by a column."""
    result = {}
    for value in dict.fromkeys(row[key] for row in rows):
        own = [row for row in rows if row[key] == value]
        result[value] = {name: sum(row[name] for row in own) for name in ("found", "attacks")} | {
            name: statistics.mean(row[name] for row in own) for name in MEASURES if name in own[0]}
    return result


def contamination_lines(rows):
    yield (
        f"{'attacked days':<14}{'of host-days':>13}{'found':>9}{'false a day':>13}"
        f"{'precision':>11}{'area':>7}{'forest precision':>18}{'area':>7}")
    shares = together(rows, "share")
    for share, row in shares.items():
        line = (
            f"{share:<14.0%}{row['attacked_host_days']:>13.1%}{row['found']:>5}/{row['attacks']:<3}"
            f"{figure(row['false_per_day']):>13}{figure(row['average_precision']):>11}"
            f"{figure(row['area'], '.3f'):>7}{figure(row['forest_average_precision']):>18}"
            f"{figure(row['forest_area'], '.3f'):>7}")
        if share in GOALS and 0 in shares:
            for name in "area", "forest_area":
                lost = shares[0][name] - row[name]
                met = "met" if lost <= GOALS[share] else "SHORT"
                line += f"   lost {lost:.3f} of {GOALS[share]}: {met}"
        yield line


def ablation_lines(rows, whole):
    yield f"{'without':<18}{'found':>9}{'false a day':>13}{'precision':>11}{'area':>7}  missed besides"
    base = {row["seed"]: row for row in whole}
    tables = {"nothing": together(whole, "share")[0]} | together(rows, "without")
    for detector, row in tables.items():
        missed = sorted(
            kind for own in rows if own["without"] == detector
            for kind in own["missed"] if kind not in base[own["seed"]]["missed"])
        yield (
            f"{detector:<18}{row['found']:>5}/{row['attacks']:<3}{figure(row['false_per_day']):>13}"
            f"{figure(row['average_precision']):>11}{figure(row['area'], '.3f'):>7}"
            f"  {', '.join(missed)}")


def main():
    parser = option_parser()
    parser.add_argument("--seeds", default="11 12")
    options = parser.parse_args()

    options.work.mkdir(parents=True, exist_ok=True)
    shares, ablations = [], []

    def keep():
        write_figures(options.figures, {"contamination": shares, "without": ablations})

    for seed in options.seeds.split():
        for share in SHARES:
            site, row = contaminated(options.bin, options.work, seed, share)
            shares.append(row)
            keep()
            print(f"firm {seed}, {share:.0%} of days attacked: found {row['found']} of"
                  f" {row['attacks']}", flush=True)
            if share == 0:
                clean = site
            else:
                shutil.rmtree(site.exports.parent)
        for row in without_each(clean, seed, options.work):
            ablations.append(row)
            keep()
            print(f"firm {seed} without {row['without']}: found {row['found']}", flush=True)
        shutil.rmtree(clean.exports.parent)
    print("\n".join(contamination_lines(shares)))
    print("\n".join(ablation_lines(ablations, [row for row in shares if row["share"] == 0])))


if __name__ == "__main__":
    main()
