"""An exercise is never mistaken for the real thing, nor the reverse."""

from __future__ import annotations

from datetime import timedelta

import pytest
from acts_cast import RAIN, Desk

from fenghuo import pipeline
from fenghuo.acts import drills, registering
from fenghuo.acts.refusing import NotPossible
from fenghuo.notices import answers
from fenghuo.store import tables as t
from fenghuo.store.engine import writing
from fenghuo.words import Answer, Refused

FLOODS = {"title": "防汛综合演练", "hazard": "rainstorm", "tier": "orange",
          "sites": "pond, tanks, works"}


def begun(desk: Desk, **changes: str) -> int:
    return int(desk.act(drills.start, {**FLOODS, **changes}, by="liu"))


def real(desk: Desk, **changes: str) -> None:
    key = desk.act(registering.register, {**RAIN, **changes}, by="zhang")
    desk.act(registering.confirm, key, by="liu")


def test_every_text_of_a_drill_is_marked_and_goes_to_its_audience_alone(desk: Desk) -> None:
    begun(desk)
    texts = {(row["person"], row["channel"]): row for row in desk.rows(t.notice)}
    assert set(texts) == {("li", "sms"), ("chen", "sms"), ("chen", "email"), ("mo", "sms")}
    for row in texts.values():
        assert "】（演练）" in row["text"] and "演练导调组" in row["text"]
        assert row["state"] == "queued"
    assert texts["li", "sms"]["text"].endswith("（演练）")
    assert "（演练）" in texts["chen", "email"]["subject"]
    (warning,) = desk.rows(t.warning)
    assert (warning["scope"], warning["drill_id"]) == ("drill:1", 1)
    assert {row["site"] for row in desk.rows(t.obligation)} == {"pond", "tanks", "works"}
    assert desk.rows(t.revision)[0]["facts"]["drill"] == 1


def test_a_drill_has_codes_of_its_own(desk: Desk) -> None:
    real(desk, level="yellow", districts="440781000000")
    desk.assess()
    desk.send()
    begun(desk, sites="pond tanks")
    real(desk, level="yellow", text="again", districts="440781000000")
    purposes = {(row["person"], row["purpose"]): row["code"] for row in desk.rows(t.code)}
    assert {purpose for person, purpose in purposes if person == "mo"} == {"warning"}
    assert {purpose for person, purpose in purposes if person == "li"} == {"drill"}


def test_the_ladder_of_a_drill_ends_at_the_site(desk: Desk) -> None:
    begun(desk, tier="red")
    desk.send()
    for _ in range(8):
        desk.after(8)
        pipeline.follow_up(desk.house)
    steps = {(row["person"], row["step"]) for row in desk.rows(t.notice)
             if row["step"] != "first" and row["occasion"].startswith("revision:")}
    assert {person for person, _ in steps} == {"wu", "anna"}  # the deputies; no desk
    assert desk.rows(t.call_task) == []
    assert all("（演练）" in row["text"] or "(DRILL)" in row["text"] for row in desk.rows(t.notice)
               if row["step"].startswith("rung") and row["occasion"].startswith("revision:"))


def test_no_drill_begins_while_orange_is_in_force(desk: Desk) -> None:
    real(desk, districts="440781000000")
    desk.assess()
    with pytest.raises(NotPossible, match=r"warning 1 \(rainstorm, red\) is in force"):
        begun(desk, sites="pond")
    assert desk.rows(t.drill) == []


@pytest.mark.parametrize("changes", [
    {"level": "red", "districts": "440781000000"},      # grave, elsewhere: works is not asked
    {"level": "yellow", "districts": "440785000000"}])  # light, at a site of the audience
def test_a_real_warning_breaks_the_drill_off_first(desk: Desk, changes: dict[str, str]) -> None:
    begun(desk, sites="pond tanks")
    desk.send("li")
    desk.send("chen", state="in_doubt")
    code = next(row["code"] for row in desk.rows(t.code, person="li"))
    desk.after(5)
    real(desk, **changes)
    desk.assess()
    stopped = [row for row in desk.rows(t.notice) if row["reason"] == "drill_aborted"]
    assert {(row["person"], row["channel"]) for row in stopped} == {
        ("li", "sms"), ("chen", "sms"), ("chen", "email")}
    words = next(row["text"] for row in stopped if row["person"] == "li")
    assert words == (f"【江门市应急管理局】（演练）今日演练12:05中止，{code}不用再回。"
                     "随后如收到不带“演练”的短信，均为真实情况，请立即照办。（演练）")
    told = [row for row in desk.rows(t.notice) if row["state"] in ("queued", "held")]
    assert min(row["rank"] for row in stopped) > max(
        row["rank"] for row in told if row["reason"] != "drill_aborted")
    assert desk.rows(t.drill)[0]["state"] == "aborted"
    assert desk.rows(t.warning, drill_id=1)[0]["state"] == "cancelled"
    assert desk.ledger("drill") == ["drill.started", "drill.aborted"]


def test_a_light_warning_elsewhere_leaves_the_drill_alone(desk: Desk) -> None:
    begun(desk, sites="pond tanks")
    real(desk, level="yellow", districts="440781000000")
    desk.assess()
    assert desk.rows(t.drill)[0]["state"] == "running"


def test_an_abort_tells_exactly_those_who_were_told_or_may_have_been(desk: Desk) -> None:
    begun(desk)
    desk.send("li")
    desk.send("mo", state="claimed")
    for expected in (2, 0):
        assert desk.act(drills.abort, 1, by="liu", reason="a fire") == expected
    rows = desk.rows(t.notice)
    assert {row["person"] for row in rows if row["reason"] == "drill_aborted"
            and row["state"] == "queued"} == {"li", "mo"}
    assert {row["person"] for row in rows if row["state"] == "dropped"} == {"chen"}
    assert all(row["status"] == "excused" for row in desk.rows(t.obligation))


def test_the_score_counts_who_was_reached_who_answered_and_how_fast(desk: Desk) -> None:
    begun(desk)
    desk.send("li")
    desk.send("mo")
    for person, minutes in (("li", 4), ("mo", 16)):
        desk.clock.at = desk.rows(t.drill)[0]["opened"] + timedelta(minutes=minutes)
        with writing(desk.engine) as connection:
            answers.answer(connection, person, Answer.received, None, "page", None, desk.clock.at)
    first = desk.act(drills.close, 1, by="liu")
    assert (first.owed, first.reached, first.answered, first.in_time) == (3, 2, 2, 1)
    assert first.median_seconds == 600.0
    assert [(row["site"], row["reached"], row["in_time"]) for row in first.rows] == [
        ("pond", True, True), ("tanks", False, False), ("works", True, False)]
    assert desk.act(drills.close, 1, by="liu") == first
    assert desk.ledger("drill") == ["drill.started", "drill.closed"]
    assert [row["state"] for row in desk.rows(t.notice) if row["person"] == "chen"] == [
        "dropped", "dropped"]
    with pytest.raises(NotPossible, match="drill 1 is closed"):
        desk.act(drills.abort, 1, by="liu", reason="too late")


def test_a_spot_check_comes_by_day_and_once_a_month(desk: Desk) -> None:
    begun(desk, purpose="spot_check", sites="pond")
    desk.act(drills.close, 1, by="liu")
    desk.after(29 * 24 * 60)
    with pytest.raises(NotPossible, match="checked less than 30 days ago: pond"):
        begun(desk, purpose="spot_check", sites="pond tanks")
    begun(desk, purpose="spot_check", sites="tanks")
    desk.act(drills.close, 2, by="liu")
    desk.after(9 * 60)
    with pytest.raises(NotPossible, match="found 21 o'clock, expected 8 to 21"):
        begun(desk, purpose="spot_check", sites="works")


def test_a_drill_begun_twice_is_one_and_another_one_waits(desk: Desk) -> None:
    assert begun(desk) == begun(desk) == 1
    with pytest.raises(NotPossible, match="is running: close it first"):
        begun(desk, title="another")


def test_every_fault_of_a_drill_is_named_at_once(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        begun(desk, title="", hazard="dragon", tier="purple", sites="moon", purpose="fun")
    assert {fault.place for fault in refused.value.refusals} == {
        "title", "hazard", "tier", "sites", "purpose"}
    with pytest.raises(Refused, match="an agreement releases"):
        begun(desk, hazard="typhoon", tier="white")


def test_an_earthquake_drill_says_an_invented_place_and_keeps_to_its_sites(desk: Desk) -> None:
    begun(desk, hazard="earthquake", tier="orange", sites="pond")
    (row,) = desk.rows(t.notice)
    assert "演练设定地点5.6级地震" in row["text"] and "约6度" in row["text"]
    assert row["text"].startswith("【江门市应急管理局】（演练）")


def test_the_house_closes_a_drill_that_everybody_forgot(desk: Desk) -> None:
    begun(desk)
    desk.after(4 * 60 - 1)
    assert desk.act(drills.close_forgotten) == 0
    desk.after(1)
    assert (desk.act(drills.close_forgotten), desk.act(drills.close_forgotten)) == (1, 0)
    assert desk.rows(t.drill)[0]["reason"] == "nobody closed it"


def test_why_not_shows_a_drill_as_such(desk: Desk) -> None:
    begun(desk, sites="pond")
    assert [(row["told"], row["reason"], row["detail"]) for row in desk.rows(t.decision)] == [
        (True, "drill", "drill:1")]
