"""What comes late is stored, explained and told to nobody: bad input, row 19."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from outage_cast import HOUR, Town, rain, town, word

from fenghuo.store import tables as t


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, dict[str, Any]]]:
    """A town, and how it stood before four sources brought what is long over."""
    with town(tmp_path_factory.mktemp("late")) as made:
        before = made.seen[made.clock.at]
        made.say("jm_signals/over.xml", over(made.clock.at))
        made.hour({"gd_seismic": old_quake, "jm_signals": two_signals, "gauges": old_stage,
                   "cma": replay})
        yield made, before


def old_quake(town: Town, name: str) -> None:
    """M 6.5 near Enping, two days ago."""
    at, made = (int((town.clock.at - ago).timestamp() * 1000)
                for ago in (timedelta(days=2), timedelta(0)))
    town.say(name, json.dumps({
        "type": "FeatureCollection", "metadata": {"generated": made}, "features": [{
            "type": "Feature", "id": "gdold", "properties": {
                "mag": 6.5, "place": "Enping", "time": at, "updated": at, "status": "reviewed",
                "ids": ",gdold,", "magType": "mw", "type": "earthquake"},
            "geometry": {"type": "Point", "coordinates": [112.3, 22.2, 10.0]}}]}).encode())


def over(now: datetime) -> bytes:
    """A red signal that ended an hour ago."""
    text = rain().decode().replace("20260608033800", "20260608010000").replace("橙色", "红色")
    text = text.replace("Severe</severity>", "Extreme</severity>").replace("orange", "red")
    for key, at in (("sent|effective", now - 3 * HOUR), ("expires", now - HOUR)):
        text = re.sub(rf"<({key})>[^<]*", rf"<\1>{at + 8 * HOUR:%Y-%m-%dT%H:%M:%S}+08:00", text)
    return text.encode()


def two_signals(town: Town, name: str) -> None:
    town.say(name, word(name, town.clock.at).replace(
        b"</item>", b"</item><item><link>{{base}}/feeds/jm_signals/over.xml</link></item>"))


def old_stage(town: Town, name: str) -> None:
    """9.70 m six hours ago, over the wharf's own mark of 9.50, and 9.05 m now."""
    then = town.clock.at + 8 * HOUR - 6 * HOUR
    town.say(name, word(name, town.clock.at) + f"jinjiang,{then:%Y-%m-%d %H:%M},9.70,\n".encode())


def replay(town: Town, name: str) -> None:
    """The list of three hours ago, which names what that one named."""
    town.say(name, word("jm_signals", town.clock.at - 3 * HOUR))


def test_what_came_late_is_stored_as_it_was_said(late: tuple[Town, dict[str, Any]]) -> None:
    made, _ = late
    events = set(made.rows(t.event.c.feed, t.event.c.external_id))
    assert {("gd_seismic", "gdold"), ("jm_signals", "44078541600000_20260608010000")} <= events
    assert (9.70,) in made.rows(t.observation.c.value)
    assert "cma" not in {feed for feed, _ in events}, "a replay says nothing at all"


def test_nobody_is_told_of_what_is_long_over(late: tuple[Town, dict[str, Any]]) -> None:
    made, before = late
    after = made.seen[made.clock.at]
    assert after["warnings"] == before["warnings"]
    assert {row[:4] for row in after["notices"] if row[3] == "first"} == {
        row[:4] for row in before["notices"] if row[3] == "first"}
    assert not [text for text in made.sandbox.seen().texts()
                if "6.5" in text["body"] or "红色" in text["body"] or "9.7" in text["body"]]
    assert made.alarms() == []


def test_why_nobody_was_told_is_kept(late: tuple[Town, dict[str, Any]]) -> None:
    made, _ = late
    reasons = made.rows(t.decision.c.reason, t.decision.c.hazard)
    assert {("expired", "earthquake"), ("expired", "rainstorm")} <= set(reasons)
