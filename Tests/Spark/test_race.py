"""Two runs of each task at once, on one machine, without Spark."""

import shutil
import unittest
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import plan
import run
import sites
import work
from firms import FIRST, LAST, NAMES, Firms, differences


class RaceTests(unittest.TestCase):
    def test_two_runs_of_each_task_at_once_both_end_well_and_make_what_one_makes(self):
        firms = Firms.shared()
        name = NAMES[0]
        store = firms.folder / "pairs"
        shutil.rmtree(store, ignore_errors=True)
        site = plan.Site(name, str(firms.settings(name)), str(store))
        programs = plan.Programs(str(firms.programs))
        codes = {}

        with ThreadPoolExecutor(max_workers=8) as threads:
            def attempt(task):
                pair = [threads.submit(run.run, task.command, task.made) for _ in range(2)]
                outcomes = [one.result() for one in pair]
                codes[task.name] = [one.code for one in outcomes]
                return max(outcomes, key=lambda one: abs(one.code))

            tasks = plan.replay(
                site, programs, sites.exports(site, programs), date.fromisoformat(FIRST),
                date.fromisoformat(LAST))
            work.work(tasks, attempt, lambda: 3, lambda _: None)
        self.assertEqual({name: pair for name, pair in codes.items() if pair != [0, 0]}, {})
        self.assertEqual(len(codes), len(tasks))
        self.assertEqual(differences(firms.alone(name), store), [])


if __name__ == "__main__":
    unittest.main()
