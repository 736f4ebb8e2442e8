"""Runs the tests of this folder, or those that are named, and writes how long each took.

    python Tests/Spark FIGURES [test_plan …]
"""

import json
import sys
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "pipelines" / "spark")]
GOAL_SECONDS = 300


class Result(unittest.TextTestResult):
    """Keeps the seconds of each test."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.seconds = {}

    def startTest(self, test):
        super().startTest(test)
        self.begun = time.monotonic()

    def stopTest(self, test):
        self.seconds[test.id()] = time.monotonic() - self.begun
        super().stopTest(test)


def main(figures, *names):
    begun = time.monotonic()
    load = unittest.defaultTestLoader
    tests = load.loadTestsFromNames(names) if names else load.discover(str(HERE))
    result = unittest.TextTestRunner(verbosity=2, resultclass=Result).run(tests)
    failed = {test.id() for test, _ in result.failures + result.errors}
    rows = [
        (name.rpartition(".")[2].removeprefix("test_").replace("_", " "), seconds, None, name not in failed)
        for name, seconds in result.seconds.items()
    ]
    seconds = time.monotonic() - begun
    rows.append(("all", seconds, GOAL_SECONDS, result.wasSuccessful() and seconds < GOAL_SECONDS))
    for measure, value, _, met in rows:
        if value >= 1:
            print(f"{value:7.1f} s  {measure}{'' if met else '  SHORT'}")
    figures = Path(figures)
    figures.parent.mkdir(parents=True, exist_ok=True)
    figures.write_text(
        json.dumps(
            [
                {
                    "measure": measure, "value": value, "unit": "s", "rival": None, "rival_value": None,
                    "ratio": None, "goal": goal, "met": met,
                } for measure, value, goal, met in rows
            ], indent=1))
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
