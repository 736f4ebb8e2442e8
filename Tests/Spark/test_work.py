"""How tasks are done and programs are run, without Spark."""

import os
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import run
import work
from plan import Task
from run import Outcome

RUN = Path(run.__file__).parent


def outcome(code, errors=""):
    return Outcome(code, "host", "", errors, 0, 0, 0)


@mock.patch.object(work, "PAUSE_SECONDS", 0)
class WorkTests(unittest.TestCase):
    def do(self, tasks, attempt, capacity=2):
        told = []
        ended = work.work(tasks, attempt, lambda: capacity, told.append)
        self.assertEqual(ended, told)
        return {done.task.name: done for done in ended}

    def task(self, name, *after):
        return Task("s", name, "", (name,), tuple(f"s: {one}" for one in after))

    def test_two_tasks_of_one_name_are_refused(self):
        with self.assertRaises(ValueError):
            self.do([self.task("a"), self.task("a")], lambda _: outcome(0))

    def test_tasks_are_done_after_those_that_they_name_and_no_more_at_once_than_there_is_room(self):
        tasks = [self.task("a"), self.task("b"), self.task("c", "a"), self.task("d", "b", "c")]
        lock, began, under_way, most = threading.Lock(), [], 0, 0

        def attempt(task):
            nonlocal under_way, most
            with lock:
                began.append(task.stage)
                under_way += 1
                most = max(most, under_way)
            time.sleep(0.01)
            with lock:
                under_way -= 1
            return outcome(0)

        self.assertEqual(len(self.do(tasks, attempt, capacity=1)), 4)
        self.assertEqual((began, most), (["a", "b", "c", "d"], 1))
        began.clear()
        self.do(tasks, attempt, capacity=9)
        self.assertEqual((began[-1], most), ("d", 2))

    def test_what_has_most_behind_it_begins_first(self):
        began = []

        def attempt(task):
            began.append(task.stage)
            return outcome(0)

        self.do([self.task("x"), self.task("a"), self.task("b", "a")], attempt, capacity=1)
        self.assertEqual(began, ["a", "x", "b"])

    def test_a_failure_is_tried_again_unless_that_cannot_help(self):
        for code, attempts in [(1, 3), (127, 3), (-9, 3), (64, 1), (65, 1)]:
            ended = self.do([self.task("a")], lambda _: outcome(code, "a: why\n"))["s: a"]
            self.assertEqual(ended.attempts, attempts)
            how = f"exit code {code}" if code > 0 else f"ended by signal {-code}"
            self.assertEqual(ended.problem, f"{how} on host\n  a: why")

    def test_an_attempt_of_which_nothing_comes_back_is_tried_again(self):
        left = [work.Lost("the worker is gone"), outcome(1), outcome(0)]

        def attempt(_):
            result = left.pop(0)
            if isinstance(result, Exception):
                raise result
            return result

        ended = self.do([self.task("a")], attempt)["s: a"]
        self.assertEqual((ended.attempts, ended.problem), (3, ""))

        def lose(_):
            raise work.Lost("gone")

        ended = self.do([self.task("a")], lose)["s: a"]
        self.assertEqual((ended.problem, ended.outcome), ("gone", None))

    def test_what_waits_for_a_failure_is_left_out_and_names_it_and_the_rest_is_done(self):
        tasks = [
            self.task("a"), self.task("b"), self.task("c", "a"), self.task("d", "b", "c"),
            self.task("e", "b"),
        ]
        ended = self.do(tasks, lambda task: outcome(64 if task.stage == "a" else 0))
        self.assertEqual(
            [name for name, done in ended.items() if not done.problem], ["s: b", "s: e"])
        for name in ("s: c", "s: d"):
            self.assertEqual(ended[name].problem, "not done, since this failed: s: a")
            self.assertEqual(ended[name].attempts, 0)


class RunTests(unittest.TestCase):
    def test_exit_code_output_and_messages_come_back(self):
        done = run.run(("/bin/sh", "-c", "echo out; printf 'why\\377' >&2; exit 3"))
        self.assertEqual((done.code, done.output, done.errors), (3, "out\n", "why\ufffd"))
        self.assertEqual(run.run(("/bin/sh", "-c", "kill -9 $$")).code, -9)
        missing = run.run(("/nowhere/ingest",))
        self.assertEqual(
            (missing.code, missing.errors), (127, "/nowhere/ingest: No such file or directory\n"))

    def test_of_much_output_the_beginning_and_the_end_come_back(self):
        script = "print('first' + 'x' * 3_000_000 + 'last', end='')"
        text = run.run((sys.executable, "-c", script)).output
        self.assertTrue(text.startswith("first") and text.endswith("last"))
        self.assertIn(f"\n… {3_000_009 - run.MOST_TEXT} bytes left out …\n", text)

    def test_work_that_another_did_is_done(self):
        with TemporaryDirectory() as folder:
            made = f"{folder}/store.toml"
            self.assertEqual(run.run(("/bin/sh", "-c", f"touch {made}; exit 64"), made).code, 0)
            self.assertEqual(run.run(("/bin/false",), made).code, 0)
            os.remove(made)
            self.assertEqual(run.run(("/bin/false",), made).code, 1)

    def test_a_stage_dies_with_the_process_that_runs_it(self):
        with TemporaryDirectory() as folder:
            note = Path(folder, "stage")
            stage = f"echo $$ >{note}.partial; mv {note}.partial {note}; exec sleep 600"
            worker = subprocess.Popen(
                [sys.executable, "-c", f"import run; run.run(('/bin/sh', '-c', '{stage}'))"], cwd=RUN)
            self.addCleanup(worker.kill)
            self.wait_until(note.exists)
            process = Path("/proc", note.read_text().strip())
            self.assertTrue(process.exists())
            worker.kill()
            worker.wait()
            self.wait_until(lambda: not process.exists() or " Z " in (process / "stat").read_text())

    def wait_until(self, fact):
        end = time.monotonic() + 20
        while not fact():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)


if __name__ == "__main__":
    unittest.main()
