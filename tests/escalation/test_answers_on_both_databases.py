"""The way of an answer, once on each database."""

from __future__ import annotations

from answering import TAISHAN, says
from sqlalchemy import Engine
from warning_cast import MIN, T0, Town, over, signal

from fenghuo import escalation, receipts
from fenghuo.receipts import inbox
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Ended, Level, Reason


def test_texts_rungs_replies_and_the_inbox_go_their_way(database: Engine) -> None:
    town = Town(database)
    town.assess(signal(Level.orange, districts=TAISHAN))
    town.send(T0)
    code = town.code("mo")
    assert says(town, "mo", "嗯?", T0 + MIN) == Reason.unclear
    assert receipts.attend(database, town.edition, T0 + MIN) == (1, T0 + 6 * MIN)
    assert says(town, "mo", f"3 26 {code}", T0 + 2 * MIN, "+8613900000000") == Reason.probable
    for minute in (8, 15):
        escalation.climb(database, town.edition, town.settings, T0 + minute * MIN)
    assert receipts.attend(database, town.edition, T0 + 15 * MIN)[0] == 1
    with reading(database) as connection:
        assert [one.person for one in inbox.waiting(connection)] == ["mo", "mo"]
    town.assess(signal(Level.red, T0 + 16 * MIN, districts=TAISHAN), at=T0 + 16 * MIN)
    with writing(database) as connection:
        assert escalation.close_superseded(connection, T0 + 16 * MIN) == {
            "superseded_texts": 1, "calls_superseded": 1}
        # said of orange: kept, but the red of a quarter past is still owed
        assert inbox.accept(connection, 2, "officer", T0 + 20 * MIN) == []
        inbox.dismiss(connection, 1, "officer", "a cough", T0 + 20 * MIN)
    town.send(T0 + 16 * MIN)
    assert says(town, "mo", "4", T0 + 21 * MIN) == Reason.answer_accepted
    escalation.climb(database, town.edition, town.settings, T0 + 21 * MIN)
    assert town.duty("works", "safety_officer")["rung"] == 1
    assert says(town, "mo", f"9 {code}", T0 + 22 * MIN) == Reason.answer_accepted
    town.assess(over(signal(Level.red, districts=TAISHAN), Ended.cancelled, T0 + 60 * MIN),
                at=T0 + 60 * MIN)
    assert says(town, "mo", f"3 26 {code}", T0 + 70 * MIN) == Reason.answer_accepted
    assert town.duty("works", "safety_officer")["number"] == 26
    assert {row["kind"] for row in town.rows(t.alarm)} == {
        "call_for_help", "contact_wrong", "inbox_waiting"}
