"""The table a demonstration ends with: every warning, and whether its reach sheet adds up."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, insert

from fenghuo.notices.reach import ReachSheet, reach
from fenghuo.orchestration.run import closing
from fenghuo.store import tables as t
from fenghuo.store.engine import writing

OWED = [("ep-pond", "safety_officer", "li", "answered"), ("ep-pond", "head", None, "excused"),
        ("ep-tanks", "safety_officer", "li", "unreachable"),
        ("county:440785", "duty", "wu", "answered")]


@pytest.fixture
def url(engine: Engine, now: datetime) -> str:
    """A database with one warning of three revisions, four obligations, and one of none."""
    with writing(engine) as connection:
        connection.execute(insert(t.warning), [
            {"id": 1, "hazard": "rainstorm", "scope": "440785", "state": "cancelled",
             "opened": now, "closed": now},
            {"id": 2, "hazard": "earthquake", "scope": "incident:1", "state": "in_force",
             "opened": now, "closed": None}])
        connection.execute(insert(t.blob).values(digest="e", content=b""))
        connection.execute(insert(t.edition).values(digest="e", number=1, adopted=now,
                                               adopted_by="test"))
        connection.execute(insert(t.revision), [
            {"warning_id": 1, "number": number, "edition": "e", "at": now, "change": "new",
             "facts": {}} for number in (1, 2, 3)])
        connection.execute(insert(t.obligation), [
            {"site": site, "post": post, "person": person, "status": status, "warning_id": 1,
             "measures": "none", "tier": "red", "reason": "new", "opened": now, "opened_by": 1,
             "revision_id": 1}
            for site, post, person, status in OWED])
    return str(engine.url)


def test_each_warning_is_a_line_whose_six_states_make_up_what_is_owed(url: str) -> None:
    rain, quake = closing.lines(url)
    assert (rain.hazard, rain.scope, rain.state, rain.revisions) == (
        "rainstorm", "440785", "cancelled", 3)
    assert (rain.owed, rain.answered, rain.excused, rain.unreachable) == (4, 2, 1, 1)
    assert rain.adds_up
    assert (quake.owed, quake.revisions, quake.adds_up) == (0, 0, True)


def test_a_sheet_that_loses_somebody_is_said_not_to_add_up(
        url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(connection: Connection, warning: int) -> ReachSheet:
        sheet = reach(connection, warning)
        sheet.persons["answered"] = 0
        return sheet

    monkeypatch.setattr(closing, "reach", forgetful)
    assert [line.adds_up for line in closing.lines(url)] == [False, True]


def test_the_table_has_a_heading_and_says_yes_or_no(url: str, tmp_path: Path) -> None:
    heading, rain, quake = closing.table(closing.lines(url))
    assert heading.split()[:5] == ["warning", "hazard", "scope", "state", "revisions"]
    assert heading.endswith("adds up")
    assert rain.split()[-1] == quake.split()[-1] == "yes"
    assert rain[heading.index("owed"):].split()[:2] == ["4", "0"]
