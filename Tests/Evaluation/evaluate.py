"""Replays simulated firms whose attacks are known, and says what was found and what was false.

    make evaluate                      # seeds 1 to 5 with all attacks, and a firm that nobody attacks
    make evaluate SEEDS="21 22"        # other firms
    make evaluate-demo                 # the demo's firm alone, against recorded figures

The first 17 days of 28 are clean. An attack is found on the first day on which one of its hosts is
decided while it goes on. A decision on a host that is not attacked on that day is false, site-wide
findings too; clean days are those on which no attack goes on at all. Hosts of a day are ranked by
simple rivals, too.
"""

import json
import shutil
import statistics
from dataclasses import asdict
from pathlib import Path

from judging import (
    average_precision, distance_from_uniform, judge, labelled, median, tidemark, within_budget,
)  # fmt: skip
from page import page
from replay import DAYS, JUDGED, Site, option_parser, write_figures
from rivals import RIVALS

PER_DAY = 20  # host-days that each ranking may list
QUIET_SEEDS = ["6"]
QUIET_BUDGETS = [2, 0.5]  # decisions a day that a quiet firm allows


def figure(value, form=".2f"):
    return "-" if value is None else format(value, form)


def ranking(site):
    """Each ranking's average precision, and its share found and precision within the day's list."""
    normal = DAYS[: len(DAYS) - len(JUDGED)]
    rows = {}
    for name, rank in [("Tidemark", tidemark), *RIVALS.items()]:
        host_days = labelled(site, rank(site, normal, JUDGED), JUDGED)
        found, total, precision = within_budget(host_days, PER_DAY)
        rows[name] = {
            "average_precision": average_precision(host_days),
            "recall": found / total, "precision": precision,
        }  # fmt: skip
    return rows


def attacked_firm(binaries, folder, seed, attacks, keep):
    site = Site(binaries, folder / "exports", folder / "store")
    if not keep:
        site.simulate(seed, attacks)
        site.replay(DAYS)
    result = asdict(judge(site, int(seed), attacks)) | {"rankings": ranking(site)}
    if not keep:
        shutil.rmtree(folder)
    return result


def quiet_firm(binaries, folder, seed):
    """Decisions a day where nothing happens, for each number of them that the site allows."""
    site = Site(binaries, folder / "exports", folder / "store")
    site.simulate(seed, "none")
    text = (site.exports / "site.toml").read_text()
    result = {"seed": int(seed), "uniform_distance": None, "decisions_per_day": {}}
    for budget in QUIET_BUDGETS:
        (site.exports / "site.toml").write_text(
            f"{text}\n[budget]\nfalse_alarms_per_day = {budget}\n")
        site.replay(DAYS)
        decided = [
            sum(row["decision"] == "decide" for row in site.entities(day)) for day in JUDGED]
        result["decisions_per_day"][str(budget)] = statistics.mean(decided)
    result["uniform_distance"] = distance_from_uniform(site, JUDGED)
    shutil.rmtree(folder)
    return result


def summary(firms, quiet):
    """The figures over all firms."""
    attacks = [found for firm in firms for found in firm["found"]]
    kinds = {}
    for kind in sorted({found["kind"] for found in attacks}):
        of_kind = [found for found in attacks if found["kind"] == kind]
        hit = [found for found in of_kind if found["hours"] is not None]
        leads = sorted({found["leading"] for found in hit})
        kinds[kind] = {
            "firms": len(of_kind), "found": len(hit),
            "median_hours": median(found["hours"] for found in hit),
            "expected": of_kind[0]["expected"],
            "expected_voted": sum(found["has_expected_vote"] for found in hit),
            "led_by": leads,
        }  # fmt: skip
    clean_days = sum(firm["clean_days"] for firm in firms)
    rankings = {}
    for name in firms[0]["rankings"] if firms else []:
        rankings[name] = {
            key: statistics.mean(firm["rankings"][name][key] or 0 for firm in firms)
            for key in ("average_precision", "recall", "precision")
        }
    return {
        "attacks": len(attacks), "found": sum(found["hours"] is not None for found in attacks),
        "kinds": kinds,
        "false_per_day": statistics.mean(
            sum(map(len, firm["false"].values())) / len(JUDGED) for firm in firms),
        "false_per_clean_day":
            sum(firm["false_on_clean_days"] for firm in firms) / clean_days if clean_days else None,
        "clean_days": clean_days,
        "most_on_a_day": max(firm["most_on_a_day"] for firm in firms),
        "rankings": rankings, "quiet": quiet,
    }  # fmt: skip


def lines(result):
    """The summary as text."""
    yield f"found {result['found']} of {result['attacks']} attacks"
    yield (
        f"false decisions: {figure(result['false_per_day'])} a day; on {result['clean_days']} clean"
        f" days {figure(result['false_per_clean_day'])}; most decisions on a day"
        f" {result['most_on_a_day']}")
    yield f"\n{'attack':<22} found    hours  its detector voted  led by"
    for kind, row in result["kinds"].items():
        yield (
            f"{kind:<22} {row['found']:>2}/{row['firms']:<2} {figure(row['median_hours'], '8.1f'):>8}"
            f"  {row['expected_voted']:>3} ({row['expected']})  {', '.join(row['led_by'])}")
    yield f"\n{'hosts of a day by':<22} average precision  recall and precision of {PER_DAY} a day"
    for name, row in result["rankings"].items():
        yield (
            f"{name:<22} {figure(row['average_precision']):>17}  {figure(row['recall']):>6}"
            f" {figure(row['precision'])}")
    for firm in result["quiet"]:
        counts = ", ".join(
            f"{count:.2f} where {allowed} are allowed"
            for allowed, count in firm["decisions_per_day"].items())
        yield (
            f"\nquiet firm {firm['seed']}: decisions a day {counts}; p is off even by at most"
            f" {figure(firm['uniform_distance'], '.3f')}")


def compare(result, recorded):
    """What is worse than was recorded."""
    for key, sign in ("found", 1), ("false_per_day", -1), ("false_per_clean_day", -1):
        if sign * result[key] < sign * recorded[key] - 1e-3:
            yield f"{key}: recorded {recorded[key]:.3f}, found {result[key]:.3f}"


def main():
    parser = option_parser()
    parser.add_argument("--seeds", default="1 2 3 4 5")
    parser.add_argument("--attacks", default="all")
    parser.add_argument("--keep", action="store_true", help="judge the store that is in --work")
    parser.add_argument("--recorded", type=Path, help="figures that must not get worse")
    options = parser.parse_args()

    firms = []
    for seed in options.seeds.split():
        folder = options.work if options.keep else options.work / seed
        firm = attacked_firm(options.bin, folder, seed, options.attacks, options.keep)
        firms.append(firm)
        missed = [found["kind"] for found in firm["found"] if found["hours"] is None]
        false = sum(map(len, firm["false"].values())) / len(JUDGED)
        print(f"firm {seed}: {false:.2f} false decisions a day; missed: {', '.join(missed) or '-'}",
              flush=True)
    quiet = [] if options.keep else [
        quiet_firm(options.bin, options.work / f"quiet-{seed}", seed) for seed in QUIET_SEEDS]
    result = summary(firms, quiet)
    print("\n".join(lines(result)))
    write_figures(options.figures, result | {"firms": firms})
    options.figures.with_suffix(".html").write_text(page(result))
    if options.recorded:
        worse = list(compare(result, json.loads(options.recorded.read_text())))
        if worse:
            raise SystemExit("worse than recorded:\n" + "\n".join(worse))


if __name__ == "__main__":
    main()
