"""One officer's evening on SQLite and on PostgreSQL: the same acts, the same ends."""

from __future__ import annotations

from pathlib import Path

from acts_cast import RAIN, Desk
from sqlalchemy import Engine

from fenghuo.acts import (
    answering,
    drills,
    holding,
    registering,
    resending,
    retracting,
)
from fenghuo.store import tables as t
from fenghuo.words import Answer


def test_an_evening_of_acts_ends_alike_on_both_databases(database: Engine, tmp_path: Path) -> None:
    desk = Desk.open(database, tmp_path)
    desk.act(drills.start, {"title": "演练", "hazard": "rainstorm", "tier": "yellow",
                            "sites": "pond tanks"}, by="liu")
    desk.send("li")
    key = desk.act(registering.register, RAIN, by="zhang")
    desk.act(registering.confirm, key, by="liu")
    desk.assess()
    assert desk.rows(t.drill)[0]["state"] == "aborted"
    (warning,) = desk.rows(t.warning, drill_id=None)
    assert desk.act(holding.hold, warning["id"], by="liu", reason="asking") == 6
    assert desk.act(holding.let_go, warning["id"], by="liu") == 6
    desk.send()
    (owed,) = desk.rows(t.obligation, site="pond", post="safety_officer",
                        warning_id=warning["id"])
    assert desk.act(answering.answer_for, owed["id"], given=Answer.done, number=3, by="liu")
    desk.after(3)
    (text,) = desk.rows(t.notice, person="chen", channel="sms", state="accepted")
    assert desk.act(resending.resend, text["id"], by="liu", reason="not delivered")
    desk.act(retracting.retract, warning["id"], by="liu", reason="wrong county")
    desk.assess()
    assert {row["person"] for row in desk.rows(t.notice, reason="corrected")} == {
        "li", "chen", "zhou", "desk", "city"}
    assert [row["state"] for row in desk.rows(t.warning)] == ["cancelled", "retracted"]
