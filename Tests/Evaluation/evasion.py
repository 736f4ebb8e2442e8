"""How much an attacker must hold back so as not to be noticed.

    make evaluate-evasion

Beacons with more and more jitter and padding, leaks of fewer and fewer bytes, slower scans and fewer
sessions of administration, each laid over a quiet day of a simulated firm: which detectors vote, and
whether the machine is decided.
"""

import random
from datetime import datetime
from pathlib import Path

from captures import DAY, Flow, lay_over, quiet_site
from replay import ZONE, option_parser, write_figures

OUTSIDE = "45.83.12.9"
PERSON_HOURS = 8  # for which the machine is surely on


def at(hour):
    return datetime.fromisoformat(DAY).replace(tzinfo=ZONE).timestamp() + hour * 3600


def session(start, source, destination, port, sent, received, seconds=1.0, answered=True):
    if not answered:
        return Flow(start, 0.0, "tcp", source, 50_000, destination, port, 60, 0, 1, 0, "S0")
    packets = 3 + sent // 1400, 3 + received // 1400
    return Flow(
        start, seconds, "tcp", source, 50_000, destination, port, sent, received, *packets, "SF")


def beacon(machine, _, period, jitter, padding, loss=0.2):
    """Calls home each period, give or take a share; a share of the calls is lost."""
    draw = random.Random(7)
    moment, flows = at(9), []
    while moment < at(9 + PERSON_HOURS):
        if draw.random() >= loss:
            sent = round(500 * (1 + padding * draw.random()))
            flows.append(session(moment, machine, OUTSIDE, 443, sent, 900))
        moment += period * (1 + jitter * draw.uniform(-1, 1))
    return flows


def leak(machine, _, megabytes, connections):
    """So much in all, in so many connections over the working hours."""
    step = PERSON_HOURS * 3600 / connections
    each = round(megabytes * 1e6 / connections)
    return [session(at(9) + k * step, machine, OUTSIDE, 443, each, each // 50, seconds=60.0)
            for k in range(connections)]  # fmt: skip


def scan(machine, machines, targets, hours):
    """One port of so many addresses, one in five of which answers."""
    neighbours = [host for host in machines if host != machine]
    return [
        session(
            at(9) + k * hours * 3600 / targets, machine,
            neighbours[k // 5 % len(neighbours)] if k % 5 == 0 else f"10.20.99.{k % 250 + 1}",
            445, 300, 200, answered=k % 5 == 0)
        for k in range(targets)]  # fmt: skip


def administration(machine, machines, hops):
    """Remote sessions to workstations that it never administered."""
    neighbours = [host for host in machines if host != machine][:hops]
    return [session(at(10) + 900 * k, machine, host, port, 40_000, 20_000, seconds=120.0)
            for k, host in enumerate(neighbours) for port in (445, 135)]  # fmt: skip


CURVES = {
    "beacon every 300 s, jitter": (
        beacon, [{"period": 300, "jitter": jitter, "padding": 0} for jitter in (0, .1, .3, .5, .8, 1)]),
    "beacon every 300 s, jitter .3, padding": (
        beacon, [{"period": 300, "jitter": .3, "padding": padding} for padding in (0, .5, 3, 20)]),
    "beacon, jitter .3, period": (
        beacon, [{"period": period, "jitter": .3, "padding": 0} for period in (60, 300, 900, 1800)]),
    "leak in 10 connections, megabytes": (
        leak, [{"megabytes": size, "connections": 10} for size in (2000, 500, 100, 20, 5)]),
    "leak of 500 MB, connections": (
        leak, [{"megabytes": 500, "connections": count} for count in (1, 10, 100, 1000)]),
    "scan over 8 hours, targets": (
        scan, [{"targets": count, "hours": 8} for count in (400, 100, 40, 20, 10)]),
    "administration, machines": (
        administration, [{"hops": count} for count in (8, 4, 2, 1)]),
}  # fmt: skip


def main():
    options = option_parser().parse_args()

    base, machines = quiet_site(options.bin, options.work)
    machine = machines[3]
    results = {}
    for curve, (make, strengths) in CURVES.items():
        print(curve)
        results[curve] = []
        for number, strength in enumerate(strengths):
            flows = make(machine, machines, **strength)
            row = lay_over(base, options.work, f"{make.__name__}-{number}", flows, machine)
            del row["rankings"]
            results[curve].append(strength | row)
            told = " ".join(f"{name} {value:g}" for name, value in strength.items())
            print(f"  {told}: {row['decision']}, rank {row['rank']}, {' '.join(row['detectors'])}",
                  flush=True)
    write_figures(options.figures, results)


if __name__ == "__main__":
    main()
