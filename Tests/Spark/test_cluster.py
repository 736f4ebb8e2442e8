"""The driver on a real cluster: what it makes is what one machine makes, whatever is killed."""

import json
import os
import shutil
import subprocess
import time
import unittest
from pathlib import Path

from firms import FIRST, LAST, NAMES, NEXT, Firms, differences, make
from loopback import Cluster, die_with_parent, kill

WORK = Path(os.environ["TIDEMARK_SPARK_WORK"])
PROGRAMS = Path(os.environ["TIDEMARK_STAGES"])
PATIENCE_SECONDS = 240
# Of the tasks of one firm, which are 55: by then states are being made, with much before them and after.
UNDER_WAY = 28


def setUpModule():
    global firms, cluster
    firms = Firms.shared()
    cluster = Cluster(WORK / "cluster")
    cluster.__enter__()
    unittest.addModuleCleanup(cluster.__exit__)


class ClusterTests(unittest.TestCase):
    def start(self, sites, *arguments, programs=None, **settings):
        """Starts a driver, which ends with this process."""
        self.log = sites.parent / "log.jsonl"
        driver = subprocess.Popen(
            firms.driver(sites, *arguments, "--log", self.log, programs=programs),
            env=cluster.environment(**settings), text=True, errors="replace",
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=die_with_parent)
        self.addCleanup(driver.stderr.close)
        self.addCleanup(kill, driver)
        return driver

    def finish(self, driver, code=0):
        """Waits for a driver's end, which must be with this exit code; returns what it said."""
        _, said = driver.communicate(timeout=PATIENCE_SECONDS)
        self.assertEqual(driver.returncode, code, said)
        return said

    def wait_for(self, count, driver):
        """Waits until so many tasks are done."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end and driver.poll() is None:
            if self.log.exists() and self.log.read_bytes().count(b"\n") >= count:
                return
            time.sleep(0.05)
        self.fail(f"{count} tasks were never done")

    def accounts(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def expect_equal(self, folder, names=NAMES):
        for name in names:
            self.assertTrue((folder / name / "reports" / f"day={LAST}" / "incidents.csv").exists())
            self.assertEqual(differences(firms.alone(name), folder / name), [])

    def test_a_replay_and_the_day_after_and_a_rescore_give_what_one_machine_gives(self):
        folder = WORK / "plain"
        sites = firms.sites(folder)
        said = self.finish(self.start(sites, "replay", FIRST, LAST))
        self.assertIn("birch: done, 10 days reported", said)
        self.expect_equal(folder)
        self.assertEqual({one["attempts"] for one in self.accounts()}, {1})

        self.finish(self.start(sites, "day", NEXT))
        self.finish(self.start(sites, "rescore", LAST, NEXT, "--into", "tried"))
        name = NAMES[0]
        alone = WORK / "alone-on"
        shutil.rmtree(alone, ignore_errors=True)
        shutil.copytree(firms.alone(name), alone / name)
        place = [f"SITE={firms.settings(name)}", f"STORE={alone / name}"]
        make("day", f"DATE={NEXT}", *place)
        self.assertEqual(differences(alone / name, folder / name), [])
        make("rescore", f"FROM={LAST}", f"TO={NEXT}", f"OUT={alone / 'tried'}", *place)
        self.assertEqual(
            differences(alone / "tried", folder / f"{name}-tried"), ["store.toml"],
            "which names the store that settings are tried for")

    def test_a_lost_worker_and_lost_executors_cost_time_only(self):
        folder = WORK / "lost"
        driver = self.start(firms.sites(folder, NAMES[:1]), "replay", FIRST, LAST)
        self.wait_for(UNDER_WAY // 2, driver)
        cluster.kill_executors()
        self.wait_for(UNDER_WAY, driver)
        cluster.kill_worker()
        try:
            self.finish(driver)
        finally:
            cluster.add_worker()
        self.expect_equal(folder, NAMES[:1])

    def test_a_driver_that_is_killed_goes_on_where_it_stopped(self):
        folder = WORK / "killed"
        sites = firms.sites(folder, NAMES[:1])
        driver = self.start(sites, "replay", FIRST, LAST)
        self.wait_for(UNDER_WAY, driver)
        kill(driver)
        made = {path: path.stat().st_mtime_ns for path in folder.rglob("manifest.json")}
        self.assertGreater(len(made), UNDER_WAY // 2)
        self.log.unlink()
        self.finish(self.start(sites, "replay", FIRST, LAST))
        self.expect_equal(folder, NAMES[:1])
        self.assertEqual(
            [str(path) for path, time in made.items() if path.stat().st_mtime_ns != time], [])
        self.assertLess(len(self.accounts()), 45, "what is made is checked by few tasks")

    def test_two_drivers_race_and_both_end_well(self):
        folder = WORK / "race"
        sites = firms.sites(folder, NAMES[:1])
        drivers = [
            self.start(sites, "replay", FIRST, LAST, spark_cores_max=1) for _ in range(2)]
        for driver in drivers:
            self.finish(driver)
        self.expect_equal(folder, NAMES[:1])

    def test_what_fails_is_tried_again_and_said_and_stops_no_other_site(self):
        folder = WORK / "faults"
        programs = folder / "bin"
        sites = firms.sites(folder, NAMES[:1], extra="""
[[site]]
name = "garbled"
settings = "garbled/site.toml"
store = "garbled/store"
[[site]]
name = "nowhere"
settings = "nowhere.toml"
store = "nowhere"
""")
        garbled = folder / "garbled"
        garbled.mkdir()
        (garbled / "site.toml").write_text(
            '[site]\nname = "g"\ntimezone = "UTC"\nnetworks = ["10.0.0.0/8"]\nseed = "s"\n'
            '[[input]]\nsource = "s"\nglob = "*.csv"\nformat = "nfdump.csv48"\nzone = "UTC"\n')
        (garbled / "flows.csv").write_text("no,such,header\n1,2,3\n")
        programs.mkdir()
        for stage in PROGRAMS.iterdir():
            if stage.name in ("ingest", "baseline", "score", "report", "triage"):
                (programs / stage.name).symlink_to(stage)
        # Dies once, as on a machine without memory.
        (programs / "normalize").write_text(
            f'#!/bin/sh\n[ -e "{folder}/died" ] || {{ : >"{folder}/died"; kill -9 $$; }}\n'
            f'exec "{PROGRAMS}/normalize" "$@"\n')
        (programs / "normalize").chmod(0o755)
        said = self.finish(self.start(sites, "replay", FIRST, LAST, programs=programs), code=1)
        self.expect_equal(folder, NAMES[:1])
        self.assertIn("acme: done, 10 days reported", said)
        tried = [
            one["attempts"] for one in self.accounts()
            if (one["site"], one["stage"]) == ("acme", "normalize")
        ]
        self.assertEqual(sorted(tried), [1] * 9 + [2])
        self.assertRegex(
            said, r"garbled: ingest 1: \S+flows\.csv: exit code 1 on \S+\n  ingest: \S+flows\.csv")
        self.assertIn("garbled: failed, 0 days reported", said)
        self.assertRegex(said, r"nowhere: ingest: \S+nowhere\.toml: no such site file")


if __name__ == "__main__":
    unittest.main()
