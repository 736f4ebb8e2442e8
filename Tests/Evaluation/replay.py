"""Runs the stages over a site's exports and reads back what they say of each host and day."""

import argparse
import csv
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.ipc

STAGES = ["ingest", "normalize", "baseline", "score", "report"]
ZONE = ZoneInfo("Europe/Berlin")  # in which the simulator's firms live by default
DAYS = [f"2026-03-{day:02d}" for day in range(2, 30)]
# The simulator attacks from the eighteenth day of 28 on; what is learned before is clean.
JUDGED = DAYS[17:]
SETTINGS = Path(__file__).parents[2] / "pipelines/detectors"


def changed_settings(folder, detector, numbers):
    """The detectors' settings in a folder of their own, with other numbers of one detector."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SETTINGS, folder)
    path = folder / f"{detector}.toml"
    text = path.read_text()
    for name, value in numbers.items():
        text, count = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
        if count != 1:
            raise SystemExit(f"{path}: expected one line of {name}, found {count}")
    path.write_text(text)
    return folder


def option_parser():
    """What every evaluation is told: where the stages are, where to work, where figures go."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--figures", type=Path, required=True)
    return parser


def write_figures(path, figures):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=1) + "\n")


def read_arrow(path):
    """The rows of a table as dictionaries; none where there is no file."""
    if not path.exists():
        return []
    with pyarrow.ipc.open_file(path) as file:
        return file.read_all().to_pylist()


@dataclass
class Attack:
    """What one attack did from one host, from the simulator's truth."""

    number: int
    kind: str
    entity: str
    start: datetime
    end: datetime
    detector: str

    @staticmethod
    def read(path):
        if not path.exists():
            return []
        with path.open() as file:
            return [
                Attack(
                    int(row["attack"]), row["kind"], row["entity_ip"],
                    datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"]),
                    row["expected_detector"])
                for row in csv.DictReader(file)
            ]  # fmt: skip

    @property
    def first_day(self):
        return self.start.astimezone(ZONE).date().isoformat()

    def goes_on(self, day):
        return self.first_day <= day <= self.end.astimezone(ZONE).date().isoformat()


def hours_until_judged(start, day):
    """From a moment to the end of a day, which is when that day is judged."""
    end = datetime.fromisoformat(day).replace(tzinfo=ZONE) + timedelta(days=1)
    return (end - start).total_seconds() / 3600


class Site:
    """A site's exports, and the store that the stages make of them."""

    def __init__(self, binaries, exports, store):
        self.binaries, self.exports, self.store = binaries, Path(exports), Path(store)

    def simulate(self, seed, attacks, *options):
        self.run(
            "simulate", "--output", self.exports, "--seed", seed, "--attacks", attacks, *options)

    def run(self, program, *options):
        command = [self.binaries / program, *map(str, options)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{program} ended with {done.returncode}: {done.stderr.strip()}")

    def copy(self, store):
        """The same exports with a store of their own. Finished files are never written to, so that
        links to them do for a copy."""
        shutil.rmtree(store, ignore_errors=True)
        subprocess.run(["cp", "-al", self.store, store], check=True)
        return Site(self.binaries, self.exports, store)

    def score(self, days, settings):
        """Judges days by another folder of detectors' settings."""
        self.run(
            "score", "--site", self.exports / "site.toml", "--store", self.store, "--threads", 2,
            "--from", days[0], "--to", days[-1], "--detectors", settings)

    def replay(self, days, stages=STAGES):
        for stage in stages:
            options = ["--site", self.exports / "site.toml", "--store", self.store, "--threads", 2]
            if stage != "ingest":
                options += ["--from", days[0], "--to", days[-1]]
            self.run(stage, *options)

    @property
    def truth(self):
        return Attack.read(self.exports / "truth.csv")

    def profile(self, day, table):
        """The path of a table of a day's summary."""
        return self.store / f"profiles/day={day}/{table}.arrow"

    def hosts(self, day):
        """The hosts that were seen on a day."""
        rows = read_arrow(self.store / f"votes/day={day}/host_days.arrow")
        return [row["entity"] for row in rows if row["entity_kind"] == "host"]

    def entities(self, day):
        """What was said of each entity with a vote, by rank."""
        return read_arrow(self.store / f"scores/day={day}/entities.arrow")

    def votes(self, day):
        return read_arrow(self.store / f"scores/day={day}/scores.arrow")

    def line(self, day):
        """The p at which a host is decided; None while there is none."""
        rows = read_arrow(self.store / f"scores/day={day}/decision_line.arrow")
        return next((row["value"] for row in rows if row["measure"] == "line_p"), None)
