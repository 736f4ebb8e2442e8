"""Plans, without Spark and without a store."""

import unittest
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import plan
import sites
from plan import Export, Programs, Site

PROGRAMS = Programs("/bin")
FIRST, LAST = date(2026, 2, 27), date(2026, 3, 2)
NEW = Export(("/in/new.csv",), 5, False)


class PlanTests(unittest.TestCase):
    def setUp(self):
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.site = Site("acme", "/acme/site.toml", str(self.folder / "store"))

    def make(self, area, *days, name="day"):
        for day in days:
            folder = self.folder / "store" / area / f"{name}={day}"
            folder.mkdir(parents=True)
            (folder / "manifest.json").write_text('{"facts": {"decided": "3"}}')

    def replay(self, first=FIRST, last=LAST, exports=(NEW,)):
        return plan.replay(self.site, PROGRAMS, exports, first, last)

    def after(self, tasks, name):
        """The names of all tasks that must be done before one."""
        by_name = {task.name: task for task in tasks}
        found, waiting = set(), [name]
        while waiting:
            for earlier in by_name[waiting.pop()].after:
                if earlier not in found:
                    found.add(earlier)
                    waiting.append(earlier)
        return found

    def test_a_task_comes_after_those_that_it_names_and_no_name_is_there_twice(self):
        tasks = self.replay()
        seen = set()
        for task in tasks:
            self.assertLessEqual(set(task.after), seen, task.name)
            self.assertNotIn(task.name, seen)
            seen.add(task.name)
        self.assertEqual(tasks, self.replay())

    def test_exports_may_be_empty_or_many_or_match_twice(self):
        empty = Export(("/in/empty.csv",), 0, False)
        self.assertEqual(plan.packed([empty]), [["/in/empty.csv"]])
        many = [Export((f"/in/{number}.csv",), 1, False) for number in range(2500)]
        self.assertEqual([len(paths) for paths in plan.packed(many)], [1000, 1000, 500])
        large = Export(("/in/large.csv",), plan.INGEST_BYTES + 1, False)
        names = [task.name for task in plan.ingest(self.site, PROGRAMS, [large, large])]
        self.assertEqual(len(set(names)), 3)

    def test_days_that_do_not_follow_each_other_are_not_one_span(self):
        wanted = [date(2026, 3, day) for day in (1, 2, 4)]
        self.assertEqual(plan.spans(wanted, lambda _: True), [wanted[:2], wanted[2:]])

    def test_states_go_from_day_to_day_and_the_rest_goes_side_by_side(self):
        tasks = self.replay()
        before = self.after(tasks, "acme: baseline 2026-03-01")
        self.assertIn("acme: baseline 2026-02-28", before)
        self.assertIn("acme: baseline summaries 2026-02-27", before)
        self.assertNotIn("acme: baseline summaries 2026-03-02", before)
        for stage in ("normalize", "baseline summaries", "score votes", "report"):
            others = {name for name in self.after(tasks, f"acme: {stage} 2026-03-02") if
                      name.startswith(f"acme: {stage} 2026")}
            self.assertEqual(others, set(), stage)
        self.assertNotIn("acme: baseline 2026-03-02", self.after(tasks, "acme: score votes 2026-03-01"))
        score = "acme: score 2026-02-27..2026-03-02"
        self.assertIn("acme: score votes 2026-03-02", self.after(tasks, score))
        self.assertEqual(len(self.after(tasks, "acme: triage sync")), len(tasks) - 1)

    def test_one_day_is_not_taken_apart(self):
        self.assertEqual(
            [task.stage for task in self.replay(LAST, LAST)],
            ["ingest", "ingest", "normalize", "baseline", "score", "report", "triage sync"])

    def test_days_that_are_made_are_checked_together(self):
        self.make("events", "2026-02-27", "2026-02-28", "2026-03-01")
        self.make("features", "2026-02-28")
        subjects = [task.subject for task in self.replay() if task.stage == "normalize"]
        self.assertEqual(subjects, ["2026-02-27..2026-03-01", "2026-03-02"])
        states = [task for task in self.replay() if task.stage == "baseline"]
        self.assertEqual(len(states), 4)
        many = plan.days(date(2026, 1, 1), date(2026, 3, 1))
        self.assertEqual([len(span) for span in plan.spans(many, lambda _: True)], [28, 28, 4])
        self.assertEqual(sum(plan.spans(many, lambda day: day.day % 3 > 0), []), many)

    def test_small_files_go_together_and_large_ones_by_themselves(self):
        large = plan.INGEST_BYTES
        exports = [
            Export(("a",), 1, False), Export(("b", "c"), 2, False), Export(("d",), large, False),
            Export(("e",), 3 * large, False), Export(("f",), 1, False), Export(("g",), 1, True),
        ]
        self.assertEqual(
            plan.packed([one for one in exports if not one.is_read]),
            [["a", "b", "c"], ["d"], ["e"], ["f"]])
        tasks = plan.ingest(self.site, PROGRAMS, exports)
        self.assertEqual(
            [task.command[-1] for task in tasks], ["c", "d", "e", "f", "3600"])
        self.assertEqual(tasks[-1].after, plan.names(tasks[:-1]))

    def test_days_without_scores_are_not_scored_again_nor_is_a_store_that_is_there(self):
        into = str(self.folder / "tried")
        self.assertEqual(plan.rescore(self.site, PROGRAMS, FIRST, LAST, into), [])
        self.make("scores", "2026-02-28", "2026-03-01")
        tasks = plan.rescore(self.site, PROGRAMS, FIRST, LAST, into)
        self.assertEqual(
            [task.name for task in tasks],
            ["acme: score rescore 2026-02-28..2026-03-01", "acme: report 2026-02-28",
             "acme: report 2026-03-01", "acme: report index"])
        self.assertEqual(tasks[1].command[4], into)
        Path(into).mkdir()
        Path(into, "store.toml").touch()
        self.assertEqual(
            plan.rescore(self.site, PROGRAMS, FIRST, LAST, into)[0].after, ())

    def test_what_has_most_behind_it_is_the_highest(self):
        tasks = self.replay()
        heights = plan.heights(tasks)
        self.assertEqual(heights["acme: triage sync"], 1)
        self.assertGreater(
            heights["acme: normalize 2026-02-27"], heights["acme: normalize 2026-03-02"])
        self.assertEqual(max(heights.values()), heights["acme: ingest 1: /in/new.csv"])

    def test_decisions_are_those_of_the_days_with_a_report(self):
        self.make("reports", "2026-03-01")
        found = sites.decisions(self.site.store, plan.days(FIRST, LAST))
        self.assertEqual(found, {date(2026, 3, 1): 3})


class SitesTests(unittest.TestCase):
    def read(self, text):
        with TemporaryDirectory() as folder:
            path = Path(folder, "sites.toml")
            path.write_text(text)
            return [
                (site.name, *(one.removeprefix(folder) for one in (site.settings, site.store)))
                for site in sites.read(str(path))
            ]

    def test_paths_are_relative_to_the_file(self):
        self.assertEqual(
            self.read('[[site]]\nname = "a"\nsettings = "a/site.toml"\nstore = "/stores/a"\n'),
            [("a", "/a/site.toml", "/stores/a")])

    def test_a_file_that_is_wrong_is_said(self):
        table = '[[site]]\nname = "a"\nsettings = "s"\nstore = "{}"\n'
        for text, problem in [
            ("", "expected [[site]] tables"),
            (table.format("a") + "other = 1\n", "[[site]] 1: expected texts name, settings and store"),
            (table.format("a") + table.format("b"), "two sites have the name a"),
            (table.format("a") + table.format("./a").replace('"a"', '"b"', 1), "have the store"),
            ("[[site", "sites.toml: "),
        ]:
            with self.assertRaises(sites.SitesError) as raised:
                self.read(text)
            self.assertIn(problem, str(raised.exception))


if __name__ == "__main__":
    unittest.main()
