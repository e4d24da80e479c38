"""SIGKILL around the word that our own red waits for: nobody is forgotten, nobody told twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from acts_cast import Desk, found
from delivery_cast import Provider
from outside_cast import Outside
from warning_cast import T0

from fenghuo.store import tables as t


def held(desk: Desk) -> list[tuple[str, str]]:
    return sorted((row["address"], row["text"]) for row in desk.rows(t.notice, channel="sms")
                  if row["state"] == "held" and row["reason"] == "awaits_approval")


@pytest.mark.parametrize(("point", "settled"), [("before_lapsed", False), ("after_lapsed", True)])
def test_a_kill_on_either_side_of_the_record_of_an_approval_sends_its_texts_once(
        point: str, settled: bool, desk: Desk, outside: Outside, provider: Provider) -> None:
    found(desk)
    outside.until_quiet()
    waiting = held(desk)
    assert len(waiting) == 2 and not set(waiting) & set(provider.bodies())
    late = {"AT": (T0 + timedelta(minutes=5)).isoformat()}
    assert outside.step("follow_up", FENGHUO_CRASH=point, **late) == -9
    assert (desk.rows(t.approval)[0]["decided"] is not None) is settled
    assert held(desk) == waiting
    for _ in range(2):  # the second finds nothing left to do
        assert outside.step("follow_up", **late) == 0
    outside.environment |= late
    outside.until_quiet()
    said = Counter(provider.bodies())
    assert {text: said[text] for text in waiting} == dict.fromkeys(waiting, 1)
    assert max(said.values()) == 1
    assert desk.ledger("approval") == ["approval.asked", "approval.decided"]
