"""Learned models beside the simple ones that they must beat: edges and steps, on simulated firms, on
captures laid over a quiet day and on connections of real networks.

    make evaluate-learned SEEDS="1 2 3" SAMPLES=folder

Each firm's models are trained on its first 17 days and judge the other eleven. `fusion` is the mean
of both normal scores, the learned one's with the weight that did best on the days before, each of
which was judged by the days before it; `in charge` is the learned score alone on days before which
it had won by MARGIN, else the simple one. Intervals are of 95 %, by drawing firms (or days, where
there is one network) anew. SAMPLES has folders of samples, of which those of `graphs.LOADERS` and
of captures that are at hand are read.
"""

import random
import shutil
import statistics
import subprocess
import zlib
from collections import defaultdict
from pathlib import Path

import numpy
from captures import DAY as CAPTURE_DAY
from captures import lateral_movement, moved, quiet_site, zeek_log
from graphs import LOADERS
from judging import area_under_curve, average_precision
from replay import DAYS, JUDGED, Site, option_parser, write_figures

STAGES = ["ingest", "normalize", "baseline"]
PER_DAY = 20  # alerts that a day may ask for
MARGIN = 0.02  # of the area under the curve, by which a challenger must lead to be switched on
WEIGHTS = [0, 0.25, 0.5, 0.75, 1]
LEAST_GAIN = 0.01  # of the area, for which a fusion's weights are moved from a half each
NORMAL = statistics.NormalDist()
SIMPLE = {"edges": "Katz-3", "steps": "Witten-Bell"}


def normal_scores(scores):
    """Scores by their ranks, as normal deviates; ties have the mean of their ranks. None is least."""
    order = sorted(range(len(scores)), key=lambda i: (scores[i] is not None, scores[i] or 0))
    result, start = [0.0] * len(scores), 0
    while start < len(order):
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        for place in order[start:end]:
            result[place] = NORMAL.inv_cdf((start + end) / 2 / len(scores))
        start = end
    return result


def found_within_budget(rows):
    """How many of those to be found are among the first `PER_DAY`, and how many there are. Of more
    than that, the first are laid among the others. Of equal scores at the end, their share."""
    wanted = [row for row in rows if row[2]][:PER_DAY]
    listed = [row for row in wanted + [row for row in rows if not row[2]] if row[0]]
    listed.sort(key=lambda row: -row[1])
    if len(listed) <= PER_DAY:
        return sum(row[2] for row in listed), len(wanted)
    last = listed[PER_DAY - 1][1]
    above = [row for row in listed if row[1] > last]
    equal = [row[2] for row in listed if row[1] == last]
    share = sum(equal) / len(equal)
    return sum(row[2] for row in above) + share * (PER_DAY - len(above)), len(wanted)


def figures(labels, scores):
    """Area, average precision and what is found within the budget, of a day's items."""
    rows = [(score is not None, score, label) for label, score in zip(labels, scores)]
    found, total = found_within_budget(rows)
    return {
        "area": area_under_curve(rows), "average_precision": average_precision(rows),
        "found": found, "total": total,
    }  # fmt: skip


class Ranking:
    """One kind of items of one network: each day's labels, and scores by model."""

    def __init__(self, simple):
        self.simple = simple
        self.days = {}
        self.areas = {}

    def add(self, day, labels, scores):
        if any(labels) and not all(labels):
            self.days[day] = labels, scores

    def weighted(self, day, weight):
        labels, scores = self.days[day]
        simple, learned = normal_scores(scores[self.simple]), normal_scores(scores["learned"])
        return labels, [(1 - weight) * a + weight * b for a, b in zip(simple, learned)]

    def area(self, day, weight):
        return area_under_curve([(True, score, label) for label, score in
                                 zip(*self.weighted(day, weight))])  # fmt: skip

    def choice(self, day):
        """The weight nearest a half that did about as well as any on the days before one, and whether
        the learned model led by the margin on these; a half, and no, while there are none."""
        for earlier in self.days:
            if earlier not in self.areas:
                self.areas[earlier] = [self.area(earlier, weight) for weight in WEIGHTS]
        rows = [self.areas[earlier] for earlier in self.days if earlier < day]
        if not rows:
            return 0.5, False
        means = [statistics.mean(column) for column in zip(*rows)]
        good = [
            weight for weight, mean in zip(WEIGHTS, means) if mean >= max(means) - LEAST_GAIN]
        return min(good, key=lambda weight: abs(weight - 0.5)), means[-1] >= means[0] + MARGIN

    def rows(self, judged, chooser):
        """By model, the figures of each day judged, by the choices of a ranking."""
        result = defaultdict(list)
        for day, (labels, scores) in self.days.items():
            if not judged(day):
                continue
            for model, own in scores.items():
                result[model].append(figures(labels, own))
            weight, is_on = chooser.choice(day)
            result["fusion"].append(figures(*self.weighted(day, weight)))
            own = scores["learned" if is_on else self.simple]
            result["in charge"].append(figures(labels, own) | {"is_on": is_on})
        return result


def pooled(days):
    """Figures over days: means, but found of all."""
    total = sum(day["total"] for day in days)
    return (
        statistics.mean(day["area"] for day in days),
        statistics.mean(day["average_precision"] for day in days),
        sum(day["found"] for day in days) / total,
    )  # fmt: skip


def interval(groups):
    """Of what is pooled over groups of days: as they are, then 2.5 % and 97.5 % of draws of them."""
    draws = random.Random(1)
    centre = pooled(sum(groups, []))
    drawn = sorted(
        (pooled(sum(draws.choices(groups, k=len(groups)), [])) for _ in range(500)),
        key=lambda row: row[0])  # fmt: skip
    result = []
    for place, value in enumerate(centre):
        ordered = sorted(row[place] for row in drawn)
        result.append((value, ordered[12], ordered[487]))
    return result


def lead(groups, rival):
    """By how much one's area is above another's, on the same days, with its interval."""
    def mean(places):
        return statistics.mean(
            a["area"] - b["area"] for i in places for a, b in zip(groups[i], rival[i]))

    draws, places = random.Random(1), range(len(groups))
    drawn = sorted(mean(draws.choices(places, k=len(places))) for _ in range(500))
    return mean(places), drawn[12], drawn[487]


class Table:
    """Figures of one kind of items over networks."""

    def __init__(self, title):
        self.title = title
        self.groups = defaultdict(list)

    def add(self, rows, each_day=False):
        for model, days in rows.items():
            if days:
                self.groups[model] += [[day] for day in days] if each_day else [days]

    def figures(self):
        return {
            model: dict(zip(("area", "average_precision", "recall"), interval(groups)))
            | {"days": sum(map(len, groups))}
            | ({"on": statistics.mean(day["is_on"] for days in groups for day in days)}
               if model == "in charge" else {})
            | ({"lead": lead(groups, self.best_single)} if model in ("fusion", "in charge") else {})
            for model, groups in self.groups.items()
        }  # fmt: skip

    @property
    def best_single(self):
        """Of what is fused."""
        singles = [
            groups for model, groups in self.groups.items()
            if model == "learned" or model in SIMPLE.values()]  # fmt: skip
        return max(singles, key=lambda groups: pooled(sum(groups, []))[0])

    def lines(self):
        yield f"\n{self.title}"
        for model, row in self.figures().items():
            cells = "   ".join(
                f"{value:.3f} ({low:.3f} … {high:.3f})"
                for value, low, high in (row["area"], row["average_precision"], row["recall"]))
            note = f"   learned on {row['on']:.0%} of days" if "on" in row else ""
            if "lead" in row:
                note += "   above the best single by {:+.3f} ({:+.3f} … {:+.3f})".format(*row["lead"])
            yield f"  {model:<19} {cells}   {row['days']} days{note}"


def run(program, *arguments):
    """The driver's rows, and what it notes of training."""
    command = [program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr.strip())
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return (
        [row for row in rows if row[0] != "#"],
        {row[1]: float(row[2]) for row in rows if row[0] == "#"})  # fmt: skip


def number(text):
    return float(text) if text else None


EDGE_TASKS = {
    "all": "edges", "new": "new edges", "alike": "new edges, ends alike",
    "sign-ins": "new sign-ins, ends alike"}


def edge_rankings(rows):
    """Of all edges and of new ones, these also among pairs of the ends of new ones alone: what is no
    edge is to be found. So are sign-ins, where there are any."""
    result = {}
    for task in EDGE_TASKS:
        ranking = result[task] = Ranking(SIMPLE["edges"])
        by_day = defaultdict(list)
        for row in rows:
            if row[0] == task:
                by_day[row[1]].append(row)
        for day, items in by_day.items():
            scores = {
                name: [-float(row[column]) for row in items]
                for name, column in (
                    (SIMPLE["edges"], 3), ("paths and habits", 4), ("learned", 5),
                    ("learned, hosts only", 6))
                if items[0][column]}  # fmt: skip
            ranking.add(day, [row[2] == "0" for row in items], scores)
    return result


def host_ranking(rows, kind, columns, is_attacked, simple):
    """Of hosts: those attacked are to be found; None for those that are not counted."""
    ranking = Ranking(simple)
    by_day = defaultdict(list)
    for row in rows:
        if row[0] == kind and is_attacked(row) is not None:
            by_day[row[1]].append(row)
    for day, items in by_day.items():
        ranking.add(
            day, [is_attacked(row) for row in items],
            {name: [number(row[column]) for row in items] for name, column in columns.items()})
    return ranking


EDGE_COLUMNS = {SIMPLE["edges"]: 3, "paths and habits": 4, "learned": 5}
STEP_COLUMNS = {SIMPLE["steps"]: 3, "learned": 4}


def of_kinds(truth, kinds):
    """Whether a row's host is attacked in one of some ways; None where in another."""
    def is_attacked(row):
        own = {attack.kind for attack in truth if attack.entity == row[2] and attack.goes_on(row[1])}
        return bool(own) if not own or not kinds or own & kinds else None

    return is_attacked


def chain_ranking(rows, truth):
    attacked = of_kinds(truth, None)
    ranking = Ranking(SIMPLE["steps"])
    by_day = defaultdict(list)
    for row in rows:
        if not attacked(row):
            by_day[row[1]].append(row)
    for day, items in by_day.items():
        ranking.add(
            day, [row[0] == "chains" for row in items],
            {name: [float(row[column]) for row in items] for name, column in STEP_COLUMNS.items()})
    return ranking


MOVEMENT = {"lateral-movement", "worm"}
TOUCHING = MOVEMENT | {"fast-scan", "slow-scan"}


SIGN_INS = "# The domain controller's sign-ins.\n"


def replay_firm(site, folder):
    """The firm's connections in one store; in another what summaries hold of its sign-ins, which
    only the graph is told, so that hosts and steps are judged as where there are none."""
    path = folder / "exports/site.toml"
    flows, mark, sign_ins = path.read_text().partition(SIGN_INS)
    if not mark:
        raise SystemExit(f"{path}: expected a line {SIGN_INS.strip()}")
    path.write_text(flows)
    site.replay(DAYS, STAGES)
    other = folder / "exports/only-sign-ins.toml"
    other.write_text(flows[:flows.index("[[input]]")] + sign_ins)
    options = ["--site", other, "--store", folder / "sign-ins", "--threads", 2]
    site.run("ingest", *options)
    days = ["--from", DAYS[0], "--to", DAYS[-1]]
    site.run("normalize", *options, *days)
    site.run("baseline", *options, *days, "--summaries-only")


def judge_firm(program, folder, truth, tables, notes):
    def judged(day):
        return day in JUDGED

    rows, note = run(
        program, "edges", folder / "store", JUDGED[0], "--sign-ins", folder / "sign-ins")
    notes["edges"].append(note)
    rankings = edge_rankings(rows)
    # What an attacker reaches is no edge to be called likely.
    def is_quiet(day):
        return judged(day) and not any(
            attack.kind in TOUCHING and attack.goes_on(day) for attack in truth)

    for task, ranking in rankings.items():
        chooser = ranking if task == "sign-ins" else rankings["new"]
        tables[EDGE_TASKS[task]].add(ranking.rows(is_quiet, chooser))
    hosts = host_ranking(rows, "hosts", EDGE_COLUMNS, of_kinds(truth, MOVEMENT), SIMPLE["edges"])
    tables["hosts by edges"].add(hosts.rows(judged, rankings["new"]))

    rows, note = run(program, "sequences", folder / "store", JUDGED[0])
    quiet = [row for row in rows if row[0] == "hosts" and not of_kinds(truth, None)(row)]
    steps = sum(int(row[7]) for row in quiet)
    note["simple_bits"] = sum(float(row[5]) for row in quiet) / steps
    note["learned_bits"] = sum(float(row[6]) for row in quiet) / steps
    notes["steps"].append(note)
    chains = chain_ranking(rows, truth)
    tables["chains"].add(chains.rows(judged, chains))
    for name, kinds in ("hosts by steps", MOVEMENT), ("all attacks by steps", None):
        hosts = host_ranking(rows, "hosts", STEP_COLUMNS, of_kinds(truth, kinds), SIMPLE["steps"])
        tables[name].add(hosts.rows(judged, chains))


def judge_captures(options, tables):
    """Where the machine of each capture stands among the hosts of a quiet day."""
    base, machines = quiet_site(options.bin, options.work / "captures")
    work = options.work / "captures"
    found = {"captures by edges": defaultdict(list), "captures by steps": defaultdict(list)}
    for command in "edges", "sequences":
        (work / f"{command}.arrow").unlink(missing_ok=True)
    for capture in lateral_movement(options.samples / "tune/otrf-lateral"):
        flows, new = moved(capture, machines, zlib.crc32(capture.name.encode()))
        log = base.exports / f"zeek/{CAPTURE_DAY}/conn.laid-over.log"
        site = base.copy(work / "laid-over")
        try:
            log.write_text(zeek_log(flows))
            site.replay([CAPTURE_DAY], STAGES)
        finally:
            log.unlink()
        infected = new[capture.infected]
        others = set(new.values()) - {infected}

        def is_attacked(row):
            return None if row[2] in others else row[2] == infected and row[1] == CAPTURE_DAY

        for command, columns, simple in (
            ("edges", EDGE_COLUMNS, SIMPLE["edges"]), ("sequences", STEP_COLUMNS, SIMPLE["steps"])):
            rows, _ = run(
                options.program, command, site.store, CAPTURE_DAY, work / f"{command}.arrow")
            chooser = edge_rankings(rows)["new"] if command == "edges" else chain_ranking(rows, [])
            hosts = host_ranking(rows, "hosts", columns, is_attacked, simple)
            name = "captures by edges" if command == "edges" else "captures by steps"
            days = hosts.rows(lambda day: day == CAPTURE_DAY, chooser)
            for model, figures in days.items():
                found[name][model] += figures
    for name, rows in found.items():
        tables[name].add(rows, each_day=True)


def judge_graph(options, name, load, tables, notes):
    """Windows of a network that there is no firm's state of; the last third is judged."""
    windows = load(options.samples)
    if windows is None:
        print(f"{name}: not in {options.samples}")
        return
    path = options.work / f"{name}.tsv"
    path.write_text("".join(
        "\t".join(map(str, (number, *row))) + "\n"
        for number, rows in enumerate(windows) for row in rows))  # fmt: skip
    first = len(windows) - max(3, len(windows) // 3)
    rows, note = run(options.program, "graph", path, first)
    notes[name] = [note]
    rankings = edge_rankings([[row[0], int(row[1]), *row[2:]] for row in rows])
    for task, ranking in rankings.items():
        if not ranking.days:
            continue
        tables[f"{name}: {EDGE_TASKS[task]}"].add(
            ranking.rows(lambda day: day >= first, rankings["new"]), each_day=True)


def products(program):
    """Own products beside OpenBLAS as numpy has it, in thousand millions of operations a second."""
    from time import perf_counter

    result = []
    for row in run(program, "products")[0]:
        m, k, n = map(int, row[1:4])
        a, b = numpy.ones((m, k), numpy.float32), numpy.ones((k, n), numpy.float32)
        c = numpy.empty((m, n), numpy.float32)
        rounds, best = int(2e8 / (2 * m * k * n)) + 1, float("inf")
        for _ in range(7):
            start = perf_counter()
            for _ in range(rounds):
                numpy.matmul(a, b, out=c)
            best = min(best, perf_counter() - start)
        result.append({
            "size": f"{m} × {k} · {k} × {n}", "own": float(row[4]),
            "openblas": 2 * m * k * n * rounds / best / 1e9})  # fmt: skip
    return result


def list_of_figures(tables, notes, speeds):
    """As all evaluations state them: the learned model with the simple one as its rival."""
    result = []
    for name, table in tables.items():
        rows = table.figures()
        simple = next((row for model, row in rows.items() if model in SIMPLE.values()), None)
        for model in ("learned", "learned, hosts only", "fusion", "in charge"):
            for measure in (
                ("area", "average_precision", "recall") if simple and model in rows else ()):
                value, rival = rows[model][measure], simple[measure]
                result.append({
                    "measure": f"{name}: {model}, {measure}", "value": value[0], "unit": "share",
                    "interval": value[1:], "rival": "simple model", "rival_value": rival[0],
                    "ratio": value[0] / rival[0] if rival[0] else None,
                })  # fmt: skip
        if simple:
            _, _, high = rows["fusion"]["lead"]
            result.append({
                "measure": f"{name}: fusion's lead on the best single, at most", "value": high,
                "unit": "area", "goal": 0, "met": high >= 0})
    for name, all_notes in notes.items():
        for key in all_notes[0] if all_notes else ():
            result.append({
                "measure": f"{name}: {key}",
                "value": statistics.mean(note[key] for note in all_notes if key in note)})
    for row in speeds:
        result.append({
            "measure": f"product {row['size']}", "value": row["own"], "unit": "Gflop/s",
            "rival": "OpenBLAS", "rival_value": row["openblas"],
            "ratio": row["own"] / row["openblas"]})
    return result


def main():
    parser = option_parser()
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--seeds", default="1 2 3 4 5")
    parser.add_argument("--samples", type=Path, required=True)
    parser.add_argument("--keep", action="store_true", help="use the firms that are in --work")
    options = parser.parse_args()

    tables = defaultdict(lambda: Table(""))
    notes = defaultdict(list)
    options.work.mkdir(parents=True, exist_ok=True)
    speeds = products(options.program)
    for seed in options.seeds.split():
        folder = options.work / f"firm-{seed}"
        site = Site(options.bin, folder / "exports", folder / "store")
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
            site.simulate(seed, "all", "--sign-ins")
            replay_firm(site, folder)
        judge_firm(options.program, folder, site.truth, tables, notes)
        print(f"firm {seed}: done", flush=True)
        if not options.keep:
            shutil.rmtree(folder)
    for name, load in LOADERS.items():
        judge_graph(options, name, load, tables, notes)
    if (options.samples / "tune/otrf-lateral").exists():
        judge_captures(options, tables)

    print("means over days, each network's intervals of 95 %:"
          " area under the curve, average precision, recall at 20 a day")
    for name, table in tables.items():
        table.title = name
        print("\n".join(table.lines()))
    print("\nwhat it takes")
    for name, all_notes in notes.items():
        keys = [key for key in all_notes[0]]
        print(f"  {name}: " + ", ".join(
            f"{key} {statistics.mean(note[key] for note in all_notes):.4g}" for key in keys))
    for row in speeds:
        print(f"  {row['size']}: {row['own']:.0f} Gflop/s, OpenBLAS {row['openblas']:.0f}")
    write_figures(options.figures, list_of_figures(tables, notes, speeds))


if __name__ == "__main__":
    main()
