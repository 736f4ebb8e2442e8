"""A Spark application whose jobs are runs of stages, one in each."""

from __future__ import annotations

import os

from py4j.protocol import Py4JError  # type: ignore[import-untyped]
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkException

import run
from plan import Task
from work import Lost


class Cluster:
    """What is set by spark-submit or spark-defaults.conf holds; the rest suits programs that work alone."""

    def __init__(self, master: str | None, threads: int) -> None:
        """- threads: of each stage, and so the cores that Spark reckons with for it.

        Throws `Lost` where Spark can't begin."""
        settings = SparkConf().setAppName("tidemark")
        if master:
            settings.setMaster(master)
        settings.set("spark.task.cpus", str(threads))
        settings.setIfMissing("spark.ui.showConsoleProgress", "false")
        try:
            self._context = SparkContext(conf=settings)
        except (Py4JError, PySparkException) as error:
            raise Lost(f"Spark can't begin: {_reason(error)}") from error
        self._context.addPyFile(os.path.abspath(run.__file__))
        self._threads = threads

    def attempt(self, task: Task) -> run.Outcome:
        """Runs a task where Spark finds room. Spark itself begins it again where a worker is lost."""
        self._context.setJobDescription(task.name)
        arguments = (task.command, task.made)
        job = self._context.parallelize([arguments], 1)
        try:
            outcome: run.Outcome = job.map(lambda one: run.run(*one)).collect()[0]
        except (Py4JError, PySparkException, OSError) as error:
            raise Lost(f"lost by Spark: {_reason(error)}") from error
        return outcome

    def capacity(self) -> int:
        """Tasks that may be under way: twice what there is room for, so that nobody waits for the driver."""
        return 2 * max(1, self._context.defaultParallelism // self._threads)

    def stop(self) -> None:
        """Ends the application."""
        self._context.stop()


def _reason(error: Exception) -> str:
    """What Java says of an error, in a line: Py4J has it behind a line of its own."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return next((line[2:] for line in lines if line.startswith(": ")), lines[0])
