"""Replays simulated firms whose attacks are known, and prints what was found and what was false.

    make evaluate                      # seeds 1 to 5, and a firm that nobody attacks
    make evaluate SEEDS="1 7"          # other firms

An attack is found on the first day on which its host is decided while it goes on. A false decision is
one on a host that is not attacked on that day, from the fifteenth day on; clean days are those on
which no attack goes on at all. Site-wide findings count as false.
"""

import argparse
import csv
import json
import statistics
import subprocess
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

LEARNING_DAYS = 14
ZONE = ZoneInfo("Europe/Berlin")  # in which the simulator's firms live by default
DAYS = [f"2026-03-{day:02d}" for day in range(2, 30)]


def replay(binaries, folder, seed, attacks):
    """The firm's truth and its decided incidents by day."""
    exports, store = folder / "exports", folder / "store"
    simulate = ["--output", exports, "--seed", seed, "--attacks", attacks]
    subprocess.run([binaries / "simulate", *map(str, simulate)], check=True, capture_output=True)
    options = ["--site", exports / "site.toml", "--store", store, "--threads", 2]
    range_options = ["--from", DAYS[0], "--to", DAYS[-1]]
    for stage in ["ingest", "normalize", "baseline", "score", "report"]:
        extra = [] if stage == "ingest" else range_options
        subprocess.run(
            [binaries / stage, *map(str, options + extra)], check=True, capture_output=True)
    truth_path = exports / "truth.csv"
    truth = list(csv.DictReader(truth_path.open())) if truth_path.exists() else []
    decided = {}
    for day in DAYS:
        rows = csv.DictReader((store / f"reports/day={day}/incidents.csv").open())
        decided[day] = [row for row in rows if row["decision"] == "decide"]
    return truth, decided


def civil_day(instant):
    return datetime.fromisoformat(instant).astimezone(ZONE).date().isoformat()


def goes_on(attack, day):
    return civil_day(attack["start"]) <= day <= civil_day(attack["end"])


def judge(truth, decided):
    found, false = {}, defaultdict(list)
    for day, rows in decided.items():
        for row in rows:
            hits = [a for a in truth if a["entity_ip"] == row["entity"] and goes_on(a, day)]
            for attack in hits:
                found.setdefault(attack["kind"], day)
            if not hits and day in DAYS[LEARNING_DAYS:]:
                false[day].append(f"{row['entity']} ({row['detectors'] or 'site'})")
    judged = DAYS[LEARNING_DAYS:]
    clean = [day for day in judged if not any(goes_on(a, day) for a in truth)]
    return {
        "attacks": {a["kind"]: found.get(a["kind"]) for a in truth},
        "found": len(found),
        "false_per_day": sum(map(len, false.values())) / len(judged),
        "false_per_clean_day": sum(len(false[day]) for day in clean) / max(1, len(clean)),
        "clean_days": len(clean),
        "most_on_a_day": max(map(len, decided.values())),
        "false": false,
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--seeds", default="1 2 3 4 5")
    options = parser.parse_args()

    firms = [(seed, "demo") for seed in options.seeds.split()] + [("6", "none")]
    results = []
    print("firm  attacks  found  false a day  on clean days (number)  most on a day  missed")
    for seed, attacks in firms:
        result = judge(*replay(options.bin, options.work / f"{attacks}-{seed}", seed, attacks))
        results.append({"seed": int(seed), "kind": attacks, **result})
        missed = [kind for kind, day in result["attacks"].items() if day is None]
        print(
            f"{seed:>4}  {attacks:>7}  {result['found']:>2}/{len(result['attacks']):<2}"
            f"  {result['false_per_day']:>11.2f}"
            f"  {result['false_per_clean_day']:>13.2f} ({result['clean_days']:>2})"
            f"  {result['most_on_a_day']:>18}  {', '.join(missed) or '-'}", flush=True)
    attacked = [result for result in results if result["attacks"]]
    total = sum(len(result["attacks"]) for result in attacked)
    found = sum(result["found"] for result in attacked)
    clean = statistics.mean(result["false_per_clean_day"] for result in results)
    print(f"found {found} of {total}; {clean:.2f} false decisions on a clean day, over all firms")
    options.figures.parent.mkdir(parents=True, exist_ok=True)
    options.figures.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
