"""Simulated firms, their replays on one machine, and the comparison of stores."""

import filecmp
import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DRIVER = ROOT / "pipelines" / "spark" / "tidemark_spark.py"
FIRST, LAST, NEXT = "2026-03-02", "2026-03-11", "2026-03-12"
NAMES = ["acme", "birch"]


class Firms:
    """Two firms' exports and, for each, the store that `make replay` makes of ten days of them."""

    @staticmethod
    @functools.cache
    def shared():
        """Those of the environment's folders, with a replay of each on this machine."""
        firms = Firms(os.environ["TIDEMARK_SPARK_WORK"], os.environ["TIDEMARK_STAGES"])
        for name in NAMES:
            shutil.rmtree(firms.alone(name), ignore_errors=True)
        make(
            "replay", f"SITE={firms.settings(NAMES[0])}", f"STORE={firms.alone(NAMES[0])}",
            f"FROM={FIRST}", f"TO={LAST}")
        # What make does, without its look whether programs are built.
        for command in replay_commands(firms.settings(NAMES[1]), firms.alone(NAMES[1]), 2):
            firms.run(*command)
        return firms

    def __init__(self, folder, programs):
        """- folder: exports stay there from run to run.
        - programs: the folder of the stages."""
        self.folder = Path(folder)
        self.programs = Path(programs)
        for number, name in enumerate(NAMES):
            self.run(
                "simulate", "--output", self.exports(name), "--seed", number + 1, "--days", 11,
                "--scale", 0.2)

    def exports(self, name):
        return self.folder / "exports" / name

    def settings(self, name):
        return self.exports(name) / "site.toml"

    def run(self, stage, *arguments):
        """Runs a stage, which must end with 0."""
        done = subprocess.run(
            [self.programs / stage, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{stage} {arguments}: {done.stderr}")

    def alone(self, name):
        """The store of a firm that was replayed on this machine."""
        return self.folder / "alone" / name

    def sites(self, folder, names=NAMES, extra=""):
        """A file of sites whose stores, which are not there yet, are in `folder`."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        path = folder / "sites.toml"
        path.write_text(
            "\n".join(
                f'[[site]]\nname = "{name}"\nsettings = "{self.settings(name)}"\nstore = "{name}"\n'
                for name in names) + extra)
        return path

    def driver(self, sites, *arguments, programs=None):
        """The driver's command line."""
        return [
            sys.executable, DRIVER, *arguments, "--sites", sites, "--bin", programs or self.programs
        ]


def replay_commands(settings, store, threads):
    """The runs of stages that `make replay` makes."""
    place = ["--site", settings, "--store", store, "--threads", threads]
    days = [
        [stage, *place, "--from", FIRST, "--to", LAST]
        for stage in ("normalize", "baseline", "score", "report")
    ]
    return [["ingest", *place], *days, ["triage", "sync", *place]]


def make(*arguments):
    """Runs make in the checkout."""
    done = subprocess.run(
        ["make", "--no-print-directory", *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"make {arguments}: {done.stderr}")


def may_differ(path):
    """What tells of runs rather than of exports, and locks, of which a killed run leaves some."""
    return (
        path == "registry/audit.jsonl" or path.startswith("timing/") or path.endswith(".lock"))


def differences(a, b):
    """The files, by path in their stores, that only one of two stores has, or that are not equal in both,
    byte for byte."""
    files = [
        {
            os.path.relpath(os.path.join(folder, name), store)
            for folder, _, names in os.walk(store) for name in names
        } for store in (a, b)
    ]
    return sorted(
        path for path in files[0] | files[1]
        if not may_differ(path) and not (
            path in files[0] and path in files[1]
            and filecmp.cmp(os.path.join(a, path), os.path.join(b, path), shallow=False)))
