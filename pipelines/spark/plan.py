"""What is to be done for a site, and what must come first: lists of tasks, made from what its manifests say.

Nothing here starts a program or knows of Spark, and the same store gives the same list.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# Small files go to one task until they have so many bytes together, a program's start costs what reading
# some megabytes does, or are so many, as a command line has its bounds.
INGEST_BYTES = 64 << 20
INGEST_PATHS = 1000
# Days that are made already are checked by one task, but no more than these: should they have to be made
# anew, others can help.
CHECKED_DAYS = 28


@dataclass(frozen=True)
class Site:
    """A tenant: its settings and its data, both on storage that all machines share."""

    name: str
    settings: str
    store: str


@dataclass(frozen=True)
class Export:
    """Files of a source that one run of ingest must read, as `ingest files` lists them."""

    paths: tuple[str, ...]
    byte_count: int
    is_read: bool


@dataclass(frozen=True)
class Programs:
    """Where the stages are, and what each run of one is given."""

    folder: str
    threads: int = 1
    # Of stores that are not there yet: none or zstd.
    compression: str = "none"
    # For how many seconds a run waits for another one of the same folder, before it fails.
    wait: int = 3600

    def command(self, site: Site, stage: str, *options: str, store: str = "") -> tuple[str, ...]:
        """A stage's command line; what `stage` has behind a space is a command of it."""
        program, *subcommand = stage.split()
        common = ["--site", site.settings, "--store", store or site.store]
        common += ["--compression", self.compression]
        common += ["--threads", str(self.threads), "--wait", str(self.wait)]
        return (os.path.join(self.folder, program), *subcommand, *common, *options)


@dataclass(frozen=True)
class Task:
    """A run of a stage, which any machine may do, more than once and beside another run of itself."""

    site: str
    stage: str
    subject: str
    command: tuple[str, ...]
    # Names of the tasks that must be done before.
    after: tuple[str, ...] = ()
    # A file that the stage makes and then refuses to make again: where it is, the work is done.
    made: str = ""

    @property
    def name(self) -> str:
        """Names the task among all of a plan."""
        return f"{self.site}: {self.stage} {self.subject}".rstrip()


def days(first: date, last: date) -> list[date]:
    """The days from `first` to `last`, in order."""
    return [first + timedelta(count) for count in range((last - first).days + 1)]


def is_made(store: str, area: str, day: date) -> bool:
    """Whether a day's folder of an area of the store is finished."""
    name = "asof" if area == "baseline" else "day"
    return os.path.exists(f"{store}/{area}/{name}={day}/manifest.json")


def spans(wanted: Sequence[date], made: Callable[[date], bool]) -> list[list[date]]:
    """The days in order, each by itself, but those that are made already and follow each other together."""
    found: list[list[date]] = []
    for day in wanted:
        last = found[-1] if found else []
        follows = bool(last) and day - last[-1] == timedelta(1)
        if follows and made(day) and made(last[-1]) and len(last) < CHECKED_DAYS:
            last.append(day)
        else:
            found.append([day])
    return found


def replay(
    site: Site, programs: Programs, exports: Iterable[Export], first: date, last: date
) -> list[Task]:
    """Everything from exports to reports of the days from `first` to `last`, in an order that works.

    Day by day and side by side go normalize, summaries, votes and reports. What is usual on a day rests on
    the features of the days before, which rest on what was usual then: `baseline` goes from day to day.
    """
    tasks = ingest(site, programs, exports)
    read = tasks[-1]
    wanted = days(first, last)
    several = len(wanted) > 1

    def daily(
        stage: str, area: str, after: Callable[[list[date]], Iterable[Task]], *options: str
    ) -> dict[date, Task]:
        made: dict[date, Task] = {}
        for span in spans(wanted, lambda day: is_made(site.store, area, day)):
            task = day_task(site, programs, stage, span, after(span), *options)
            tasks.append(task)
            made |= dict.fromkeys(span, task)
        return made

    def those(of: dict[date, Task]) -> Callable[[list[date]], Iterable[Task]]:
        return lambda span: [of[day] for day in span]

    events = daily("normalize", "events", lambda _: [read])
    if several:
        events = daily("baseline summaries", "profiles", those(events), "--summaries-only")
    states: dict[date, Task] = {}
    for span in spans(wanted, lambda day: is_made(site.store, "features", day)):
        before = [states[span[0] - timedelta(1)]] if states else []
        task = day_task(
            site, programs, "baseline", span, [events[day] for day in span] + before)
        tasks.append(task)
        states |= dict.fromkeys(span, task)
    votes = states
    if several:
        votes = daily("score votes", "votes", those(states), "--votes-only")
    # A cheap pass over the votes of all days, whose decisions rest on those of the days before.
    score = day_task(site, programs, "score", wanted, votes.values())
    tasks.append(score)
    reports = daily("report", "reports", lambda _: [score])
    if several:
        tasks.append(index(site, programs, site.store, reports.values()))
    sync = programs.command(site, "triage sync")
    tasks.append(Task(site.name, "triage sync", "", sync, names(tasks[-1:])))
    return tasks


def ingest(site: Site, programs: Programs, exports: Iterable[Export]) -> list[Task]:
    """Reads the files that are new, and then sees that none was missed, which only looks at the others."""
    tasks: list[Task] = []
    for number, paths in enumerate(packed([one for one in exports if not one.is_read]), 1):
        options = [part for path in paths for part in ("--file", path)]
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        tasks.append(
            Task(
                # Two inputs may match one file.
                site.name, "ingest", f"{number}: {paths[0]}{more}",
                programs.command(site, "ingest", *options)))
    tasks.append(Task(site.name, "ingest", "all", programs.command(site, "ingest"), names(tasks)))
    return tasks


def packed(exports: Iterable[Export]) -> list[list[str]]:
    """Paths for each task: those of small files together, in order."""
    tasks: list[list[str]] = []
    room = 0
    for export in exports:
        size = export.byte_count * len(export.paths)
        if not tasks or size > room or len(tasks[-1]) + len(export.paths) > INGEST_PATHS:
            tasks.append([])
            room = INGEST_BYTES
        tasks[-1] += export.paths
        room -= size
    return tasks


def rescore(
    site: Site, programs: Programs, first: date, last: date, into: str
) -> list[Task]:
    """What settings as they are now would have said of days that have scores, in the store `into`."""
    wanted = [day for day in days(first, last) if is_made(site.store, "scores", day)]
    if not wanted:
        return []
    tasks: list[Task] = []
    made = f"{into}/store.toml"
    if not os.path.exists(made):
        command = programs.command(site, "score rescore", *between(wanted), "--into", into)
        tasks.append(Task(site.name, "score rescore", text(wanted), command, made=made))
    reports = [
        day_task(site, programs, "report", span, tasks[:1], store=into)
        for span in spans(wanted, lambda day: is_made(into, "reports", day))
    ]
    return [*tasks, *reports, index(site, programs, into, reports)]


def day_task(
    site: Site, programs: Programs, stage: str, span: list[date], after: Iterable[Task],
    *options: str, store: str = ""
) -> Task:
    """A run of a stage over days that follow each other."""
    program = stage.split()[0]
    command = programs.command(site, program, *between(span), *options, store=store)
    return Task(site.name, stage, text(span), command, names(after))


def index(site: Site, programs: Programs, store: str, after: Iterable[Task]) -> Task:
    """The list of all reports: reports that are written at the same time may each miss the other in it."""
    command = programs.command(site, "report index", store=store)
    return Task(site.name, "report index", "", command, names(after))


def names(tasks: Iterable[Task]) -> tuple[str, ...]:
    """The tasks' names, each once, in order."""
    return tuple(dict.fromkeys(task.name for task in tasks))


def between(span: list[date]) -> tuple[str, ...]:
    """Days as the stages' options."""
    return ("--from", str(span[0]), "--to", str(span[-1]))


def text(span: list[date]) -> str:
    """Days as people read them."""
    return str(span[0]) if len(span) == 1 else f"{span[0]}..{span[-1]}"


def heights(tasks: Sequence[Task]) -> dict[str, int]:
    """How many tasks in turn end with each one's last follower: the higher, the sooner it should begin."""
    found = {task.name: 1 for task in tasks}
    for task in reversed(tasks):
        for earlier in task.after:
            found[earlier] = max(found[earlier], found[task.name] + 1)
    return found
