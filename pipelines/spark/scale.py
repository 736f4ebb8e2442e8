"""What a day of many sites takes on a cluster: a simulation of tasks, cores, storage and the driver.

    scale.py [--sites 1000] [--flows 1e10] [--cores 64] [--storage 2e9] [--seed 1] …

Sites' sizes are lognormal; a site's tasks are those of `plan.replay` of one day. A task takes what its stage
takes of a core for each flow, and its share of the storage's rate for what it reads and writes; now and then
one straggles. The driver hands out one task after another. The costs were measured: see Scale.md.
"""

from __future__ import annotations

import argparse
import heapq
import math
import random
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """What a run of a stage costs."""

    # Of a core, for each flow of the day.
    cpu_seconds: float
    # Read and written, for each flow of the day.
    byte_count: float
    # Of a core, whatever the day.
    fixed_seconds: float = 0


@dataclass(frozen=True)
class Costs:
    """What was measured with 28 days of history; Scale.md says how."""

    # A run that has nothing to do: its process, and Spark's part of it on the worker.
    start_seconds: float = 0.1
    # The driver's, which it needs for one task after another.
    driver_seconds: float = 0.045
    # Exports of so many bytes are read by a run of ingest.
    ingest_bytes: float = 1e9
    export_bytes_a_flow: float = 280
    ingest: Cost = Cost(0.7e-6, 373)
    normalize: Cost = Cost(1.3e-6, 185)
    baseline: Cost = Cost(9.2e-6, 1140, 0.7)
    score: Cost = Cost(2.8e-6, 320)
    report: Cost = Cost(0.5e-6, 150)


@dataclass(frozen=True)
class Cluster:
    """What there is of machines."""

    cores: int = 64
    # Of the storage that all share, and of one task alone.
    storage_bytes_a_second: float = 2e9
    task_bytes_a_second: float = 300e6
    # How often a task takes so many times as long.
    straggling: float = 0.01
    straggler: float = 5


@dataclass(frozen=True)
class Result:
    """What a day took."""

    seconds: float
    tasks: int
    # Each alone would take so long.
    cpu_seconds: float
    storage_seconds: float
    driver_seconds: float
    largest_site_seconds: float

    @property
    def bound(self) -> str:
        """What takes longest, each taken as if all else were free."""
        return max(
            [
                (self.cpu_seconds, "cores"), (self.storage_seconds, "storage"),
                (self.driver_seconds, "driver"), (self.largest_site_seconds, "largest site"),
            ])[1]


def sizes(sites: int, flows: float, spread: float, seed: int) -> list[float]:
    """Flows of each site, lognormal with so much spread, which add up to all."""
    chance = random.Random(seed)
    drawn = [chance.lognormvariate(0, spread) for _ in range(sites)]
    return [flows * size / sum(drawn) for size in drawn]


def steps(flows: float, costs: Costs) -> list[tuple[int, float, float]]:
    """A site's day: tasks that go side by side, and the CPU seconds and bytes of each, step by step."""
    files = max(1, math.ceil(flows * costs.export_bytes_a_flow / costs.ingest_bytes))
    share = flows / files
    found = [(files, costs.ingest.cpu_seconds * share, costs.ingest.byte_count * share)]
    found.append((1, 0.0, 0.0))
    for cost in (costs.normalize, costs.baseline, costs.score, costs.report):
        found.append((1, cost.fixed_seconds + cost.cpu_seconds * flows, cost.byte_count * flows))
    found.append((1, 0.0, 0.0))
    return [(count, cpu + costs.start_seconds, size) for count, cpu, size in found]


def simulate(flows: Sequence[float], costs: Costs, cluster: Cluster, seed: int) -> Result:
    """A day of sites, of so many flows each. Those with most to do go first, each from its first step to its
    last; the driver goes step by step and by the order of its file, which is for its writer to choose.

    A task first moves its bytes, at a rate that all who do so share evenly, and then computes. Bytes are
    reckoned in those that each of them has moved since the beginning, so that a change of the rate moves
    nobody's place in the queue.
    """
    chance = random.Random(seed)
    plans = [steps(size, costs) for size in flows]
    order = sorted(range(len(flows)), key=lambda site: -flows[site])
    rank = {site: place for place, site in enumerate(order)}
    left = [plan[0][0] for plan in plans]
    ready = [(rank[site], 0, site) for site in order for _ in range(left[site])]
    heapq.heapify(ready)
    # By the time when they begin to move bytes, by bytes moved when they end it, by time when they end.
    begun: list[tuple[float, int, int, float, float]] = []
    moving: list[tuple[float, int, int, float]] = []
    computing: list[tuple[float, int, int]] = []
    now = moved = driver_free = 0.0
    tasks = 0
    cpu_seconds = byte_count = 0.0
    while ready or begun or moving or computing:
        while ready and len(begun) + len(moving) + len(computing) < cluster.cores:
            _, step, site = heapq.heappop(ready)
            _, cpu, size = plans[site][step]
            driver_free = max(driver_free, now) + costs.driver_seconds
            slow = cluster.straggler if chance.random() < cluster.straggling else 1
            heapq.heappush(begun, (driver_free, step, site, cpu * slow, size * slow))
            tasks += 1
            cpu_seconds += cpu
            byte_count += size
        rate = min(
            cluster.task_bytes_a_second, cluster.storage_bytes_a_second / max(1, len(moving)))
        at = [
            begun[0][0] if begun else math.inf,
            now + max(0.0, moving[0][0] - moved) / rate if moving else math.inf,
            computing[0][0] if computing else math.inf,
        ]
        moved += (min(at) - now) * rate if moving else 0.0
        now = min(at)
        if now == at[0]:
            _, step, site, cpu, size = heapq.heappop(begun)
            heapq.heappush(moving, (moved + size, step, site, cpu))
        elif now == at[1]:
            _, step, site, cpu = heapq.heappop(moving)
            heapq.heappush(computing, (now + cpu, step, site))
        else:
            _, step, site = heapq.heappop(computing)
            left[site] -= 1
            if left[site] == 0 and step + 1 < len(plans[site]):
                left[site] = plans[site][step + 1][0]
                for _ in range(left[site]):
                    heapq.heappush(ready, (rank[site], step + 1, site))
    alone = max(
        sum(cpu + size / cluster.task_bytes_a_second for _, cpu, size in plan) for plan in plans)
    return Result(
        now, tasks, cpu_seconds / cluster.cores, byte_count / cluster.storage_bytes_a_second,
        tasks * costs.driver_seconds, alone)


def main(words: Sequence[str]) -> int:
    """Prints what a day takes: medians, and the worst, of several draws of sizes and stragglers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=1000)
    parser.add_argument("--flows", type=float, default=1e10, help="of all sites, a day")
    parser.add_argument(
        "--spread", type=float, default=1, help="of sites' sizes: 0 all the same (%(default)s)")
    parser.add_argument("--cores", type=int, default=Cluster.cores)
    parser.add_argument(
        "--storage", type=float, default=Cluster.storage_bytes_a_second, help="bytes a second")
    parser.add_argument(
        "--straggling", type=float, default=Cluster.straggling, help="share of tasks (%(default)s)")
    parser.add_argument("--draws", type=int, default=9)
    parser.add_argument("--seed", type=int, default=1, help="of the first draw")
    asked = parser.parse_args(words)
    cluster = Cluster(
        asked.cores, storage_bytes_a_second=asked.storage, straggling=asked.straggling)
    results: list[Result] = []
    largest: list[float] = []
    for seed in range(asked.seed, asked.seed + asked.draws):
        flows = sizes(asked.sites, asked.flows, asked.spread, seed)
        largest.append(max(flows))
        results.append(simulate(flows, Costs(), cluster, seed))

    def median(name: str) -> float:
        return float(statistics.median(getattr(one, name) for one in results))

    print(f"{asked.flows:.0f} flows of {asked.sites} sites, the largest {statistics.median(largest):.0f}")
    worst = max(one.seconds for one in results)
    print(
        f"{median('tasks'):.0f} tasks on {asked.cores} cores: {median('seconds'):.0f} s, "
        f"at worst {worst:.0f} s")
    for name, what in [
        ("cpu_seconds", "cores"), ("storage_seconds", "storage"), ("driver_seconds", "driver"),
        ("largest_site_seconds", "largest site"),
    ]:
        print(f"  {what:12} {median(name):8.0f} s if all else were free")
    print(f"bends first: {statistics.mode(one.bound for one in results)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
