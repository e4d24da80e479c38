"""A process killed with its decision made and not committed: as if it had never looked."""

from __future__ import annotations

from acts_cast import RAIN, RAIN_TELLS, Desk
from delivery_cast import Provider
from outside_cast import Outside

from fenghuo.acts import registering
from fenghuo.store import tables as t


def test_a_decision_that_was_never_committed_tells_nobody_and_is_made_again_once(
        desk: Desk, outside: Outside, provider: Provider) -> None:
    desk.act(registering.confirm, desk.act(registering.register, RAIN, by="zhang"), by="liu")
    before = desk.ledger("")
    assert outside.step("assess", FENGHUO_CRASH="before_decided") == -9
    outside.run()
    assert provider.bodies() == []
    assert [desk.rows(table) for table in (t.warning, t.obligation, t.notice)] == [[], [], []]
    assert desk.ledger("") == before
    desk.assess()
    desk.assess()
    outside.until_quiet()
    assert sorted(to for to, _ in provider.bodies()) == RAIN_TELLS
    assert all("暴雨红色预警信号" in body for _, body in provider.bodies())
