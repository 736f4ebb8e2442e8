"""What the evaluation counts: found attacks, false decisions, precision by rank, uniform p."""

import statistics
from dataclasses import dataclass, field

from replay import JUDGED, Site, hours_until_judged


@dataclass
class Found:
    """One attack of a firm and how it was noticed."""

    kind: str
    expected: str
    hours: float | None = None
    leading: str | None = None
    has_expected_vote: bool = False


@dataclass
class Firm:
    """What was decided on the judged days of one firm."""

    seed: int
    attacks: str
    found: list[Found] = field(default_factory=list)
    false: dict[str, list[str]] = field(default_factory=dict)
    clean_days: int = 0
    false_on_clean_days: int = 0
    most_on_a_day: int = 0

    @property
    def false_per_day(self):
        return sum(map(len, self.false.values())) / len(JUDGED)

    @property
    def false_per_clean_day(self):
        return self.false_on_clean_days / self.clean_days if self.clean_days else None


def judge(site: Site, seed, attacks) -> Firm:
    """An attack is found on the first day on which one of its hosts is decided while it goes on. A
    decision on a host that is not attacked on that day is false, site-wide findings too."""
    truth = site.truth
    firm = Firm(seed, attacks)
    findings = {}
    for attack in truth:
        if attack.first_day < JUDGED[0]:
            continue
        findings.setdefault(attack.number, Found(attack.kind, attack.detector))
    for day in JUDGED:
        current = [attack for attack in truth if attack.goes_on(day)]
        decided = [row for row in site.entities(day) if row["decision"] == "decide"]
        voted = {(vote["entity"], vote["detector"]) for vote in site.votes(day)}
        for row in decided:
            hits = [
                attack for attack in current
                if attack.entity == row["entity"] and attack.number in findings]
            for attack in hits:
                found = findings[attack.number]
                if found.hours is None:
                    first = min(a.start for a in truth if a.number == attack.number)
                    found.hours = hours_until_judged(first, day)
                    found.leading = row["leading_detector"]
                    found.has_expected_vote = (attack.entity, attack.detector) in voted
            if not hits:
                firm.false.setdefault(day, []).append(
                    f"{row['entity']} ({row['leading_detector']})")
        if not current:
            firm.clean_days += 1
            firm.false_on_clean_days += len(firm.false.get(day, []))
        firm.most_on_a_day = max(firm.most_on_a_day, len(decided))
    firm.found = list(findings.values())
    return firm


def tidemark(site, normal, judged):
    """Tidemark's own ranking of host-days."""
    scores = {}
    for day in judged:
        for row in site.entities(day):
            scores[row["entity"], day] = -row["p_value"], row["statistic"]
    return scores


def labelled(site, scores, judged):
    """(score, whether attacked) of each host-day, hosts without a score last."""
    truth = site.truth
    rows = []
    for day in judged:
        attacked = {attack.entity for attack in truth if attack.goes_on(day)}
        for host in site.hosts(day):
            score = scores.get((host, day))
            rows.append((score is not None, score, host in attacked, day))
    return rows


def average_precision(rows):
    """Of host-days by falling score; ties count by their average order."""
    ranked = sorted(rows, key=lambda row: (row[0], row[1] if row[0] else 0), reverse=True)
    total = sum(row[2] for row in ranked)
    hits, precision, start = 0, 0.0, 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end][:2] == ranked[start][:2]:
            end += 1
        new = sum(row[2] for row in ranked[start:end])
        # The precision at the middle of a run of equal scores.
        for k in range(1, new + 1):
            position = start + (end - start + 1) * k / (new + 1)
            precision += (hits + k) / position
        hits, start = hits + new, end
    return precision / total if total else None


def area_under_curve(rows):
    """The chance that an attacked host-day ranks above another; ties count half."""
    ranked = sorted((row[0], row[1] if row[0] else 0, row[2]) for row in rows)
    positive = sum(row[2] for row in ranked)
    below = wins = start = 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end][:2] == ranked[start][:2]:
            end += 1
        hits = sum(row[2] for row in ranked[start:end])
        others = end - start - hits
        wins += hits * (below + others / 2)
        below, start = below + others, end
    return wins / (positive * below) if positive and below else None


def within_budget(rows, per_day):
    """(found, all, precision): attacked host-days among the first so many of each day."""
    found = listed = 0
    days = {row[3] for row in rows}
    for day in sorted(days):
        today = [row for row in rows if row[3] == day and row[0]]
        today.sort(key=lambda row: row[1], reverse=True)
        found += sum(row[2] for row in today[:per_day])
        listed += len(today[:per_day])
    total = sum(row[2] for row in rows)
    return found, total, found / listed if listed else None


def distance_from_uniform(site, days):
    """Kolmogorov's distance between the mid-p of host-days and even ones, over the range that votes
    reach: a host-day without a vote has a p beyond it."""
    p, count = [], 0
    for day in days:
        hosts = set(site.hosts(day))
        count += len(hosts)
        p += [row["p_value"] for row in site.entities(day) if row["entity"] in hosts]
    distance, below = 0.0, 0
    for value in sorted(set(p)):
        equal = p.count(value)
        # A mid-p stands in the middle of the host-days that share it.
        distance = max(distance, abs((below + equal / 2) / count - value))
        below += equal
    return distance


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None
