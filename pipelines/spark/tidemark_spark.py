"""Days of many sites, on a Spark cluster whose machines share their files.

    tidemark_spark.py day 2026-03-29 --sites sites.toml --bin /shared/tidemark/bin
    tidemark_spark.py replay 2026-03-02 2026-03-29 --sites sites.toml --bin /shared/tidemark/bin
    tidemark_spark.py rescore 2026-03-02 2026-03-29 --into tried --sites sites.toml --bin ...

The same programs as on one machine, with the same results. Run again, it goes on where it stopped. Ends
with 0 when all is done, with 1 when something failed, with 64 when the command line is wrong, and with 130
when it is interrupted.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import shlex
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import NoReturn

import plan
import sites
from work import Done, Lost, work

USAGE = 64
# As shells have it for a program that Ctrl-C ended.
INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """Ends with the stages' exit code for a wrong command line."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = Parser(
        prog="tidemark_spark", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    common = Parser(add_help=False)
    common.add_argument("--sites", required=True, help="file with a [[site]] table for each site")
    common.add_argument("--bin", required=True, help="folder of the stages, the same on all machines")
    common.add_argument("--master", help="Spark's master, where spark-submit doesn't name it")
    common.add_argument("--threads", type=int, default=1, help="of each stage (%(default)s)")
    common.add_argument(
        "--compression", choices=["none", "zstd"], default="none", help="of new stores (%(default)s)")
    common.add_argument("--dry-run", action="store_true", help="print the tasks, and run none")
    common.add_argument("--log", help="file for what each task did and said, a JSON object a line")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=Parser)
    day = commands.add_parser("day", parents=[common], help="one day, from exports to report")
    day.add_argument("first", type=date.fromisoformat, metavar="day")
    replay = commands.add_parser("replay", parents=[common], help="days of history")
    rescore = commands.add_parser(
        "rescore", parents=[common], help="what the settings as they are now would have said")
    for parser_of_days in (replay, rescore):
        parser_of_days.add_argument("first", type=date.fromisoformat, metavar="from")
        parser_of_days.add_argument("last", type=date.fromisoformat, metavar="to")
    rescore.add_argument("--into", required=True, help="name of stores beside: STORE-NAME")
    asked = parser.parse_args(words)
    if asked.command == "day":
        asked.last = asked.first
    if asked.first > asked.last:
        parser.error(f"{asked.first} is after {asked.last}")
    if asked.threads < 1:
        parser.error("--threads: expected 1 or more")
    return asked


def planned(site: plan.Site, asked: argparse.Namespace) -> list[plan.Task]:
    """The site's tasks; throws `SitesError`."""
    programs = plan.Programs(os.path.abspath(asked.bin), asked.threads, asked.compression)
    if asked.command != "rescore":
        exports = sites.exports(site, programs)
        return plan.replay(site, programs, exports, asked.first, asked.last)
    tasks = plan.rescore(site, programs, asked.first, asked.last, reported(site, asked))
    if not tasks:
        raise sites.SitesError(f"{site.store}: none of these days has scores; replay them first")
    if tasks[0].stage != "score rescore":
        say(f"{site.name}: {reported(site, asked)} is there; remove it to have days scored again")
    return tasks


def reported(site: plan.Site, asked: argparse.Namespace) -> str:
    """The store that gets the reports."""
    return f"{site.store}-{asked.into}" if asked.command == "rescore" else site.store


def say(line: str) -> None:
    """Tells people."""
    print(f"tidemark_spark: {line}", file=sys.stderr, flush=True)


def plans(
    of: Sequence[plan.Site], asked: argparse.Namespace
) -> tuple[list[plan.Task], list[str]]:
    """The tasks of all sites, and the names of those of which none could be planned, which is said."""
    def attempt(site: plan.Site) -> list[plan.Task] | sites.SitesError:
        try:
            return planned(site, asked)
        except sites.SitesError as error:
            return error

    tasks: list[plan.Task] = []
    failed: list[str] = []
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as threads:
        for site, found in zip(of, threads.map(attempt, of)):
            if isinstance(found, list):
                tasks += found
            else:
                say(f"{site.name}: {found}")
                failed.append(site.name)
    return tasks, failed


def tell(done: Done, log: str | None) -> None:
    """Says what failed, and keeps what any task did and said in a file."""
    if done.problem and done.attempts:
        say(f"{done.task.name}: {done.problem}")
    if log:
        account = {
            "site": done.task.site, "stage": done.task.stage, "subject": done.task.subject,
            "attempts": done.attempts, "problem": done.problem,
        } | (dataclasses.asdict(done.outcome) if done.outcome else {})
        with open(log, "a", encoding="utf-8") as file:
            print(json.dumps(account), file=file)


def main(words: Sequence[str]) -> int:
    """Plans, works, and says for each site what came of it."""
    asked = arguments(words)
    try:
        wanted = sites.read(asked.sites)
    except sites.SitesError as error:
        say(str(error))
        return USAGE
    tasks, failed = plans(wanted, asked)
    if asked.dry_run:
        for task in tasks:
            print(f"{task.name}\n  {shlex.join(task.command)}")
            for name in task.after:
                print(f"  after {name}")
        return 1 if failed else 0
    from cluster import Cluster  # plans need no Spark

    try:
        if asked.log:
            open(asked.log, "a", encoding="utf-8").close()
        cluster = Cluster(asked.master, asked.threads)
    except (Lost, OSError) as error:
        say(str(error))
        return 1
    try:
        ended = work(
            tasks, cluster.attempt, cluster.capacity, lambda done: tell(done, asked.log))
    except KeyboardInterrupt:
        say("interrupted; what is made stays, and the next run goes on from there")
        return INTERRUPTED
    finally:
        cluster.stop()
    failed += [done.task.site for done in ended if done.problem]
    for site in wanted:
        decided = sites.decisions(reported(site, asked), plan.days(asked.first, asked.last))
        state = "failed" if site.name in failed else "done"
        say(f"{site.name}: {state}, {len(decided)} days reported, {sum(decided.values())} decisions")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
