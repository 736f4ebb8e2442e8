"""Does the tasks of a plan, each as soon as those before it are done; what fails is tried again."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from plan import Task, heights
from run import Outcome

ATTEMPTS = 3
MOST_AT_ONCE = 1024
PAUSE_SECONDS = 2.0
# What would fail the same way again: a wrong command line or site file, and worse data than allowed.
FINAL_CODES = (64, 65)


class Lost(Exception):
    """An attempt of which nothing came back."""


@dataclass(frozen=True)
class Done:
    """What came of a task."""

    task: Task
    attempts: int
    # That of the last attempt; nothing where none came back, or an earlier task failed.
    outcome: Outcome | None
    # Why it is not done; nothing where it is.
    problem: str = ""


def work(
    tasks: Sequence[Task], attempt: Callable[[Task], Outcome], capacity: Callable[[], int],
    tell: Callable[[Done], None]
) -> list[Done]:
    """Does what can be done of the tasks: those that wait for one that failed are left out.

    - tasks: each after those that it names; no two of one name.
    - attempt: runs a task once, in a thread of its own; throws `Lost`.
    - capacity: how many may be under way now.
    - tell: hears of each task as it ends.
    """
    height = heights(tasks)
    place = {task.name: number for number, task in enumerate(tasks)}
    if len(place) < len(tasks):
        raise ValueError("two tasks have one name")
    waiting = {task.name: len(task.after) for task in tasks}
    followers: dict[str, list[Task]] = {}
    for task in tasks:
        for name in task.after:
            followers.setdefault(name, []).append(task)
    ready: list[tuple[int, int]] = []
    failed: dict[str, str] = {}
    ended: list[Done] = []

    def release(task: Task) -> None:
        heapq.heappush(ready, (-height[task.name], place[task.name]))

    def end(done: Done) -> None:
        ended.append(done)
        tell(done)
        if done.problem:
            failed.setdefault(done.task.name, done.task.name)
        for task in followers.get(done.task.name, []):
            if done.problem:
                failed.setdefault(task.name, failed[done.task.name])
            waiting[task.name] -= 1
            if waiting[task.name] > 0:
                continue
            if task.name in failed:
                end(Done(task, 0, None, f"not done, since this failed: {failed[task.name]}"))
            else:
                release(task)

    for task in tasks:
        if not task.after:
            release(task)
    running: set[Future[Done]] = set()
    threads = ThreadPoolExecutor(max_workers=MOST_AT_ONCE)
    try:
        while ready or running:
            while ready and len(running) < max(1, capacity()):
                running.add(threads.submit(persist, tasks[heapq.heappop(ready)[1]], attempt))
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for done in sorted((one.result() for one in finished), key=lambda one: one.task.name):
                end(done)
    finally:
        # Who interrupts the driver doesn't wait for what is under way.
        threads.shutdown(wait=False)
    return ended


def persist(task: Task, attempt: Callable[[Task], Outcome]) -> Done:
    """Tries a task until it is done or trying again can't help."""
    outcome: Outcome | None = None
    problem = ""
    for number in range(1, ATTEMPTS + 1):
        if number > 1:
            time.sleep(PAUSE_SECONDS * (number - 1))
        try:
            outcome = attempt(task)
        except Lost as error:
            outcome, problem = None, str(error)
            continue
        if outcome.code == 0:
            return Done(task, number, outcome)
        problem = failure(outcome)
        if outcome.code in FINAL_CODES:
            return Done(task, number, outcome, problem)
    return Done(task, ATTEMPTS, outcome, problem)


def failure(outcome: Outcome) -> str:
    """How a run failed, and the last that it said."""
    how = f"exit code {outcome.code}" if outcome.code > 0 else f"ended by signal {-outcome.code}"
    last = outcome.errors.strip().splitlines()[-5:]
    return "\n".join([f"{how} on {outcome.host}", *(f"  {line}" for line in last)])
