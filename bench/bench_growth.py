"""How much both databases grow in a day at the default cadences, Airflow's and our own.

Rows are counted, bytes are weighed. A house as in production (PostgreSQL) first sweeps every two
seconds, so that each table of Airflow grows by hundreds of rows: what the relation with its
indexes and dead rows grew by, over the rows, is a row's weight. Then the same house runs at its
default tick with every feed at its cadence, each list and table new whenever it is asked for: the
rows of those minutes, times the weights, make the day. A table too small to weigh counts its rows
as PostgreSQL stores them, times 2.5 for indexes. Takes about twenty minutes.
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import psycopg.sql
import requests

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1] / room) for room in ("", "plugins")]

from bench.figures import Figure
from fenghuo.orchestration.run import demo, production
from fenghuo.orchestration.run.plan import Plan, free_port
from fenghuo.orchestration.run.processes import Tree
from fenghuo.sandbox import cap_side, tables_side, weather_side
from fenghuo.sandbox.payloads import Payload

ROOT = Path(__file__).parents[1]
VOLUME, CADENCE = 300.0, 600.0
"""Seconds of weighing and of counting."""
ENOUGH = 150
"""Rows from which a table's growth is its rows' weight."""
INDEXES = 2.5
LIMIT = 100.0

Sizes = dict[tuple[str, str], tuple[int, int, float]]
"""(database, table) -> rows, bytes of the relation with indexes, mean bytes of a row alone."""


def lines(start: datetime) -> dict[str, tuple[Payload, ...]]:
    """A quiet day's payloads for every feed of ``rules/feeds.yaml``."""
    with (ROOT / "rules" / "stations.csv").open() as file:
        stations = [row["station"] for row in csv.DictReader(file)]
    calm = {name: {"stage_m": {timedelta(0): "5.00"}, "rain_mm": {timedelta(0): "0.0"}}
            for name in stations}
    table = tables_side.Table.model_validate({"stations": calm})
    found = {"gauges": tables_side.gauges(table, start - timedelta(days=1)),
             "usgs": tables_side.quakes("usgs", (), start),
             "gd_seismic": tables_side.quakes("gd_seismic", (), start),
             "openmeteo": weather_side.forecast(
                 weather_side.Forecast(points=((22.19, 112.31),) * 9), start)}
    for feed in ("cma", "jm_signals"):
        found |= cap_side.lines(feed, (), start)
    storm = weather_side.Track(number="2501", name="INVENTED",
                               fixes=("25060100 002 3 150 1200 1000     035",))
    return found | {"jma_typhoon": weather_side.track((storm,), start)}


def feed(sandbox: str, known: dict[str, tuple[Payload, ...]]) -> None:
    """Give the sandbox what each feed would say now."""
    now = datetime.now(UTC)
    for path, line in known.items():
        newest = max((one for one in line if one.at <= now), key=lambda one: one.at)
        requests.put(f"{sandbox}/control/feeds/{path}", newest.content(now), timeout=10,
                     headers={"content-type": newest.type}).raise_for_status()


def sizes(url: str) -> Sizes:
    """Every table of both databases."""
    found: Sizes = {}
    for database in ("airflow", "fenghuo"):
        with psycopg.connect(f"{url.rpartition('/')[0]}/{database}") as connection:
            names = connection.execute(
                "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r'"
                " AND relnamespace = 'public'::regnamespace").fetchall()
            for name, whole in names:
                query = psycopg.sql.SQL("SELECT count(*), avg(pg_column_size(one)) FROM {} one")
                rows, mean = connection.execute(
                    query.format(psycopg.sql.Identifier(name))).fetchone() or (0, 0)
                found[database, name] = rows, whole, float(mean or 0)
    return found


def grown(folder: Path, tick: int, seconds: float) -> tuple[Sizes, Sizes, float]:
    """A house that ran for a while: sizes before and after, and the minutes between."""
    folder.mkdir(mode=0o755)
    for name in ("dags", "plugins", "rules", "contacts", "docker-compose.yml"):
        (folder / name).symlink_to(ROOT / name)
    plan = Plan(folder, folder / "var", free_port())
    plan.var.mkdir()
    tree = Tree(plan.var / "run.json", plan.logs)
    try:
        started = production.start(plan, tree, demo.clean(dict(os.environ), plan.var) | {
            "FENGHUO_TICK": str(tick), "FENGHUO_SANDBOX_FEEDS": "1"}, print)
        assert started.sandbox is not None
        known = lines(datetime.now(UTC))
        feed(started.sandbox, known)
        time.sleep(90)  # what only a first start brings is not a day's
        url = started.env["FENGHUO_DATABASE_URL"]
        before, began = sizes(url), time.monotonic()
        while time.monotonic() - began < seconds:
            feed(started.sandbox, known)
            time.sleep(30)
        return before, sizes(url), (time.monotonic() - began) / 60
    finally:
        tree.stop()


def figures() -> Iterator[Figure]:
    """Growth in MB a day, each database's, and together."""
    with tempfile.TemporaryDirectory(prefix="fenghuo-growth-") as name:
        Path(name).chmod(0o755)
        first, last, _ = grown(Path(name) / "volume", 2, VOLUME)
        before, after, minutes = grown(Path(name) / "cadence", 60, CADENCE)
    day: dict[str, float] = {"airflow": 0.0, "fenghuo": 0.0}
    for (database, table), (rows, _, mean) in after.items():
        more = rows - before[database, table][0]
        weighed = last[database, table][0] - first[database, table][0]
        weight = ((last[database, table][1] - first[database, table][1]) / weighed
                  if weighed >= ENOUGH else mean * INDEXES)
        bytes_a_day = max(0, more) * weight * 1440 / minutes
        day[database] += bytes_a_day / 1e6
        if bytes_a_day > 1e5:
            print(f"  {database}.{table}: {more} rows in {minutes:.1f} min of {weight:.0f} B")
    yield Figure("growth of Airflow's database in a day", day["airflow"], "MB")
    yield Figure("growth of our own database in a day", day["fenghuo"], "MB")
    yield Figure("growth of both in a day", sum(day.values()), "MB", LIMIT)


if __name__ == "__main__":
    reached = []
    for one in figures():
        print(one, flush=True)
        reached.append(one.reached)
    sys.exit(1 if False in reached else 0)
