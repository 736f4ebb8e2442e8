"""Parquet on its way out and in: what Spark and DuckDB read, and what the stages make of a lake's tables."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import unittest

import duckdb
import pyarrow.compute
import pyarrow.feather
from pyspark.sql import SparkSession

from firms import FIRST, LAST, NAMES, ROOT, Firms

ARTICLE = ROOT / "pipelines" / "spark" / "Cluster.md"
# What a table of a lake doesn't tell of its exporter, and what normalize makes of the rest anew.
OWN = {
    "log_file", "log_line", "source", "event_dataset", "time_quality", "bytes_kind", "record_count"
}

# What formats of a lake leave out.
UNSTATED = {
    "observer_ingress_interface", "observer_egress_interface", "source_as_number",
    "destination_as_number", "observer_name",
}


def script(name, *arguments):
    done = subprocess.run(
        [sys.executable, ROOT / "pipelines" / name, *map(str, arguments)], capture_output=True,
        text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return done.stderr


class ParquetTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.firms = Firms.shared()
        cls.store = cls.firms.alone(NAMES[0])
        cls.work = cls.firms.folder / "parquet"
        shutil.rmtree(cls.work, ignore_errors=True)
        cls.exports = cls.work / "exports"
        script("export_parquet.py", cls.store, cls.exports, FIRST, LAST, "events")

    def compare(self, before_store, after_store, event_class, day):
        """Holds the events that came by a lake against those that they were."""
        before, after = (
            self.stored(one, event_class, day) for one in (before_store, after_store))
        columns = sorted(set(before.column_names) & set(after.column_names) - OWN)
        self.assertIn("source_ip", columns)
        for table in (before, after):
            for lone in set(table.column_names) - set(columns) - OWN:
                # Columns that no table of a lake can state, or that this one doesn't.
                self.assertTrue(
                    table[lone].null_count == table.num_rows or lone in UNSTATED, lone)
        rows = [
            sorted(map(repr, table.select(columns).to_pylist())) for table in (before, after)
        ]
        self.assertGreater(len(rows[0]), 0)
        self.assertEqual(rows[0], rows[1])

    def stored(self, store, event_class, day="*"):
        """The rows of a class as the store has them."""
        paths = sorted(store.glob(f"events/day={day}/{event_class}.arrow"))
        return pyarrow.concat_tables(
            [pyarrow.feather.read_table(path, memory_map=False) for path in paths],
            promote_options="permissive")

    def test_the_articles_queries_give_the_same_in_spark_and_duckdb(self):
        queries = [
            text.replace("exports/", f"{self.exports}/")
            for text in re.findall(r"```sql\n(.*?)```", ARTICLE.read_text(), re.DOTALL)
        ]
        self.assertEqual(len(queries), 2)
        os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
        spark = SparkSession.builder.master("local[1]").config(
            map={"spark.ui.enabled": "false", "spark.driver.memory": "512m",
                 "spark.sql.shuffle.partitions": "2", "spark.ui.showConsoleProgress": "false"}
        ).getOrCreate()
        self.addCleanup(spark.stop)
        found = [tuple(row) for row in spark.sql(queries[0]).collect()]
        self.assertEqual(duckdb.sql(queries[1]).fetchall(), found)
        self.assertEqual(len(found), 10)
        flows = self.stored(self.store, "flow")
        table = spark.read.parquet(str(self.exports / "events" / "event_class=flow"))
        self.assertEqual(table.count(), flows.num_rows)
        self.assertEqual(
            table.selectExpr("sum(source_bytes)").collect()[0][0],
            pyarrow.compute.sum(flows["source_bytes"]).as_py())
        # All classes as one table, whose columns are those of any.
        events = spark.read.option("mergeSchema", True).parquet(str(self.exports / "events"))
        counts = {row[0]: row[1] for row in events.groupBy("event_class").count().collect()}
        self.assertEqual(
            counts, {name: self.stored(self.store, name).num_rows for name in ("flow", "dns")})

    def test_tables_of_a_lake_become_the_events_that_they_were(self):
        day = "2026-03-05"
        lake = self.work / "lake"
        store = self.work / "store"
        for name in ("flow", "dns"):
            source = self.exports / "events" / f"event_class={name}" / f"day={day}"
            said = script("import_parquet.py", name, source, lake)
            self.assertIn("left out:", said)
            self.assertIn("0 of 1 files", script("import_parquet.py", name, source, lake))
        settings = lake / "site.toml"
        stated = self.firms.settings(NAMES[0]).read_text()
        kept = stated[stated.index("[site]"):stated.index("[assets]")]
        settings.write_text(
            kept + "".join(
                f'[[input]]\nsource = "lake"\nglob = "*.{name}.csv.zst"\nformat = "lake.{name}"\n'
                for name in ("flow", "dns")))
        for stage, *days in (["ingest"], ["normalize", "--day", day]):
            self.firms.run(stage, "--site", settings, "--store", store, *days)
        for name in ("flow", "dns"):
            self.compare(self.store, store, name, day)

    def test_the_other_classes_come_back_as_well(self):
        work = self.work / "others"
        shutil.rmtree(work, ignore_errors=True)
        (work / "first").mkdir(parents=True)
        site = '[site]\nname = "o"\ntimezone = "UTC"\nnetworks = ["10.0.0.0/8"]\nseed = "s"\n'
        files = {
            "auth": "entra-signin", "alert": "suricata-alert", "dhcp": "zeek-dhcp",
            "vpn": "globalprotect",
        }
        first = second = site
        for name, format_name in files.items():
            path = ROOT / "pipelines" / "formats" / f"{format_name}.toml"
            stated = tomllib.loads(path.read_text())
            lines = [
                test["line"] for test in stated["test"]
                if "header" not in test and not test.get("skipped")
            ]
            (work / "first" / f"{name}.log").write_text("\n".join(lines) + "\n")
            first += (
                f'[[input]]\nsource = "{name}"\nglob = "{name}.log"\n'
                f'format = "{stated["format"]["id"]}"\nzone = "UTC"\n')
            second += (
                f'[[input]]\nsource = "{name}"\nglob = "*.{name}.csv.zst"\n'
                f'format = "lake.{name}"\n')
        before, after = work / "before", work / "after"
        self.make_events(work / "first" / "site.toml", first, before)
        days = sorted(path.name[4:] for path in before.glob("events/day=*"))
        script("export_parquet.py", before, work / "exports", days[0], days[-1], "events")
        for name in files:
            for day in (work / "exports" / "events" / f"event_class={name}").iterdir():
                lake = work / "lake" / day.name
                script("import_parquet.py", name, day, lake)
                for path in lake.glob(f"*.{name}.csv.zst"):
                    path.rename(work / "lake" / f"{day.name}-{path.name}")
        self.make_events(work / "lake" / "site.toml", second, after)
        for name in files:
            self.compare(before, after, name, "*")

    def make_events(self, settings, text, store):
        settings.write_text(text)
        place = ["--site", settings, "--store", store]
        self.firms.run("ingest", *place)
        times = [
            time for path in store.glob("ingested/*/*/rows.arrow")
            for time in pyarrow.feather.read_table(path, memory_map=False)["event_time"].to_pylist()
        ]
        for day in sorted({time.date().isoformat() for time in times}):
            self.firms.run("normalize", *place, "--day", day)


if __name__ == "__main__":
    unittest.main()
