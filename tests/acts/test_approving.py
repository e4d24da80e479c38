"""Our own red asks the duty officer: by the console, by the command line, and by the clock."""

from __future__ import annotations

from acts_cast import Desk, found
from warning_cast import T0

from fenghuo import pipeline
from fenghuo.acts import holding
from fenghuo.store import tables as t


def at_the_site(desk: Desk) -> set[str]:
    sites = {row["id"] for row in desk.rows(t.obligation, site="pond")}
    links = {row["notice_id"] for row in desk.rows(t.notice_obligation)
             if row["obligation_id"] in sites}
    return {row["state"] for row in desk.rows(t.notice) if row["id"] in links}


def test_the_sites_texts_go_by_themselves_when_nobody_answers_in_five_minutes(desk: Desk) -> None:
    found(desk)
    assert at_the_site(desk) == {"held"}
    desk.after(4.9)
    assert pipeline.follow_up(desk.house).next_due == desk.rows(t.approval)[0]["due"]
    assert at_the_site(desk) == {"held"}
    desk.after(0.1)
    pipeline.follow_up(desk.house)
    assert at_the_site(desk) == {"queued"}
    assert [row["reason"] for row in desk.rows(t.approval)] == ["else_after"]
    assert pipeline.follow_up(desk.house).did == 0
    duty = desk.rows(t.obligation, site="pond", post="safety_officer")[0]
    assert (duty["answer_due"] - T0).total_seconds() == 15 * 60


def test_follow_up_looks_again_when_the_question_runs_out(desk: Desk) -> None:
    found(desk)
    report = pipeline.follow_up(desk.house)
    assert report.next_due is not None
    assert report.next_due <= desk.rows(t.approval)[0]["due"]


def test_an_approval_goes_out_with_the_next_dispatch_and_is_in_the_ledger(desk: Desk) -> None:
    found(desk)
    assert desk.act(holding.let_go, 1, by="liu", reason="the dam says the same") >= 2
    assert at_the_site(desk) == {"queued"}
    assert desk.ledger("approval") == ["approval.asked", "approval.decided"]
    entry = next(row for row in desk.rows(t.ledger_entry) if row["kind"] == "approval.decided")
    assert "the dam says the same" in str(entry)


def test_who_is_late_changes_nothing(desk: Desk) -> None:
    found(desk)
    desk.act(holding.hold, 1, by="liu", reason="the gauge is being cleaned")
    desk.after(6)
    pipeline.follow_up(desk.house)
    assert at_the_site(desk) == {"held"}
    assert [(row["decision"], row["by"]) for row in desk.rows(t.approval)] == [("hold", "liu")]
    assert desk.act(holding.let_go, 1, by="liu") >= 2
    assert at_the_site(desk) == {"queued"}
