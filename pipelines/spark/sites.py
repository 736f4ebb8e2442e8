"""The sites of a provider, and what their inputs and manifests say before and after the work."""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
from collections.abc import Iterable
from datetime import date

from plan import Export, Programs, Site


class SitesError(Exception):
    """What is wrong with a file or a site, and where."""


def read(path: str) -> list[Site]:
    """The [[site]] tables of a file; relative paths are relative to its folder."""
    try:
        with open(path, "rb") as file:
            stated = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SitesError(f"{path}: {error}") from error
    tables = stated.pop("site", None)
    if stated or not isinstance(tables, list) or not tables:
        raise SitesError(
            f"{path}: expected [[site]] tables with name, settings and store, and nothing else")
    sites = [_site(table, path, number + 1) for number, table in enumerate(tables)]
    for what in ("name", "store"):
        seen: set[str] = set()
        for site in sites:
            value = getattr(site, what)
            if value in seen:
                raise SitesError(f"{path}: two sites have the {what} {value}; give each its own")
            seen.add(value)
    return sites


def _site(table: object, path: str, number: int) -> Site:
    keys = {"name", "settings", "store"}
    if (
        not isinstance(table, dict) or set(table) != keys
        or not all(isinstance(text, str) and text for text in table.values())
    ):
        raise SitesError(
            f"{path}: [[site]] {number}: expected texts name, settings and store, found {table}")
    folder = os.path.dirname(os.path.abspath(path))
    return Site(
        table["name"],
        *(os.path.normpath(os.path.join(folder, table[key])) for key in ("settings", "store")))


def exports(site: Site, programs: Programs) -> list[Export]:
    """The files that the site's inputs match now, by `ingest files`."""
    command = programs.command(site, "ingest files")
    try:
        listing = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        raise SitesError(f"{command[0]}: {error.strerror}") from error
    if listing.returncode != 0:
        raise SitesError(listing.stderr.strip())
    lines = [json.loads(line) for line in listing.stdout.splitlines()]
    return [Export(tuple(line["paths"]), line["bytes"], line["read"]) for line in lines]


def decisions(store: str, days: Iterable[date]) -> dict[date, int]:
    """How many incidents each day's report asks to decide, by its manifest; nothing of days without one."""
    found = {}
    for day in days:
        path = f"{store}/reports/day={day}/manifest.json"
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                found[day] = int(json.load(file)["facts"]["decided"])
    return found
