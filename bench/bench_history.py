"""Whether a step stays as fast as the house grows old: 1, 30 and 365 days of history behind it.

A day of history: four warnings that came and went, with forty obligations, notices, receipts and
answers each, their decisions and ledger entries, and what the feeds said hour by hour. Beside it
stands one warning in force with forty obligations. Each step runs on the same present; medians.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, insert

from bench.bench_announce import ROOT
from bench.figures import Figure, Standing
from fenghuo import ledger, pipeline
from fenghuo.editions.disk import files_on_disk
from fenghuo.house import House
from fenghuo.settings import Settings
from fenghuo.store import editions
from fenghuo.store import tables as t
from fenghuo.store.engine import writing
from fenghuo.store.migrate import migrate

NOW = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
DAYS = (1, 30, 365)
WARNINGS, PEOPLE, TIMES = 4, 40, 9
STEPS = ("assess", "dispatch", "follow_up", "watch")


def figures() -> Iterator[Figure]:
    """The figures of this page."""
    took = {days: _steps(days) for days in DAYS}
    for step in STEPS:
        first = took[DAYS[0]][step]
        yield Figure(f"{step} after one day of history", 1000 * first, "ms")
        for days in DAYS[1:]:
            ratio = took[days][step] / first
            yield Figure(f"  … after {days} days, times as long", ratio, "", 1.3)


def _steps(days: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        migrate(settings.url)
        house = replace(House.open(settings), clock=Standing(NOW))
        with writing(house.engine) as connection:
            digest = editions.keep(connection, files_on_disk(ROOT / "rules", ROOT / "contacts"),
                                   NOW - timedelta(days=days), "bench")[0]
        for day in range(days, 0, -1):
            with writing(house.engine) as connection:
                _day(connection, digest, NOW - timedelta(days=day), day * WARNINGS, False)
        with writing(house.engine) as connection:
            _day(connection, digest, NOW, 0, True)
        pipeline.watch(house)
        return {step: _median(house, step) for step in STEPS}


def _median(house: House, name: str) -> float:
    step = getattr(pipeline, name)
    step(house)
    times = []
    for _ in range(TIMES):
        began = perf_counter()
        step(house)
        times.append(perf_counter() - began)
    return median(times)


def _day(connection: Connection, edition: str, at: datetime, first: int, open_one: bool) -> None:
    """A day's rows; keys count from ``first``. ``open_one``: one warning that is in force."""
    for warning in range(first + 1, first + (1 if open_one else WARNINGS) + 1):
        state = "in_force" if open_one else "cancelled"
        connection.execute(insert(t.warning).values(
            id=warning, hazard="rainstorm", scope=f"44078{warning % 10}000000", state=state,
            opened=at, closed=None if open_one else at + timedelta(hours=6)))
        connection.execute(insert(t.revision).values(
            id=warning, warning_id=warning, number=1, edition=edition, at=at, change="issue",
            tier="orange", facts={"agreements": ["meteorological"]}))
        _people(connection, warning, at, open_one)
    connection.execute(insert(t.fetch), [
        {"feed": "gauges", "url": "x", "at": at + timedelta(hours=hour), "started": 0.0,
         "seconds": 0.1, "http_status": 200, "outcome": "changed", "bytes": 900,
         "payload": _key(f"{at}{hour}")} for hour in range(24)])


def _people(connection: Connection, warning: int, at: datetime, open_one: bool) -> None:
    keys = [warning * 1000 + person for person in range(PEOPLE)]
    told = "told" if open_one else "answered"
    connection.execute(insert(t.obligation), [
        {"id": key, "warning_id": warning, "site": f"s{key % 1000}", "post": "safety_officer",
         "person": f"p{key % 1000}", "opened_by": warning, "revision_id": warning,
         "tier": "orange", "status": told, "reason": "first", "measures": "owed", "opened": at,
         "told_at": at, "answered_at": None if open_one else at, "rung": 0,
         "next_rung_at": NOW + timedelta(hours=1) if open_one else None} for key in keys])
    connection.execute(insert(t.notice), [_notice(key, warning, at) for key in keys])
    connection.execute(insert(t.notice_item), [
        {"notice_id": _key(key), "revision_id": warning, "channel": "sms",
         "address": f"+86138{key % 1000:08d}", "step": "first"} for key in keys])
    connection.execute(insert(t.notice_obligation), [
        {"notice_id": _key(key), "obligation_id": key} for key in keys])
    connection.execute(insert(t.receipt), [
        {"gateway": "twilio", "provider_id": f"SM{key:032x}", "status": "delivered", "at": at,
         "joined": True} for key in keys])
    connection.execute(insert(t.decision), [
        {"at": at, "told": True, "reason": "first", "hazard": "rainstorm",
         "site": f"s{key % 1000}", "revision_id": warning} for key in keys])
    ledger.append_many(connection, [
        ("notice.accepted", f"notice:{_key(key)}", {"provider_id": f"SM{key:032x}"})
        for key in keys], at)
    if not open_one:
        connection.execute(insert(t.answer), [
            {"obligation_id": key, "revision_id": warning, "person": f"p{key % 1000}",
             "answer": "1", "via": "sms", "at": at} for key in keys])


def _notice(key: int, warning: int, at: datetime) -> dict[str, Any]:
    return {"id": _key(key), "occasion": f"revision:{warning}", "channel": "sms",
            "address": f"+86138{key % 1000:08d}", "step": "first", "person": f"p{key % 1000}",
            "language": "zh", "subject": "x", "text": "x" * 120, "parts": 2, "code": "K47",
            "rank": 4, "signed": True, "state": "accepted", "reason": "first", "created": at,
            "gateway": "twilio", "provider_id": f"SM{key:032x}", "delivery": "delivered",
            "accepted_at": at, "delivered_at": at}


def _key(of: Any) -> str:
    return hashlib.sha256(str(of).encode()).hexdigest()[:32]
