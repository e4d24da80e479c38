"""Nobody is told twice of one thing: covers, aftershocks, the same level again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from warning_cast import MIN, T0, Town, over, quake, signal

from fenghuo.agreements.findings import Finding
from fenghuo.notices import obligations
from fenghuo.notices.why_not import why_not
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Answer, Ended, Hazard, Level

POND = ("440785104000",)


def of(hazard: Hazard, level: Level, at: datetime = T0,
       districts: tuple[str, ...] = POND) -> Finding:
    return signal(level, at, chain=f"x-{hazard}", districts=districts, hazard=hazard,
                  rule=f"weather/{hazard}-signal")


def told_of(town: Town, hazard: Hazard) -> set[str]:
    return {row["person"] for row in town.rows(t.notice, hazard=hazard.value)
            if row["state"] != "dropped"}


@pytest.mark.parametrize(("over_it", "cover", "hazard", "level"), [
    (Hazard.typhoon, Level.yellow, Hazard.gale, Level.yellow),
    (Hazard.typhoon, Level.orange, Hazard.thunder_gust, Level.yellow),
    (Hazard.rainstorm, Level.red, Hazard.lightning, Level.orange)])
def test_a_graver_warning_speaks_for_a_lesser_hazard(
        town: Town, over_it: Hazard, cover: Level, hazard: Hazard, level: Level) -> None:
    town.assess(of(over_it, cover))
    town.assess(of(hazard, level, T0 + MIN), at=T0 + MIN)
    assert told_of(town, hazard) == set()
    duty = [row for row in town.rows(t.obligation) if row["site"] == "pond"][-1]
    assert (duty["status"], duty["reason"], duty["next_rung_at"], duty["measures"]) == (
        "excused", "covered", None, "none")
    with reading(town.engine) as connection:
        assert [row["reason"] for row in why_not(connection, "pond", T0 + MIN)
                if row["hazard"] == hazard.value] == ["covered"]


@pytest.mark.parametrize(("over_it", "cover", "hazard", "level"), [
    (Hazard.typhoon, Level.blue, Hazard.gale, Level.yellow),
    (Hazard.typhoon, Level.yellow, Hazard.gale, Level.orange),
    (Hazard.rainstorm, Level.orange, Hazard.lightning, Level.yellow),
    (Hazard.typhoon, Level.orange, Hazard.flood, Level.yellow),
    (Hazard.typhoon, Level.orange, Hazard.geology, Level.yellow),
    (Hazard.typhoon, Level.orange, Hazard.storm_surge, Level.yellow)])
def test_what_stands_higher_or_is_another_danger_is_always_said(
        town: Town, over_it: Hazard, cover: Level, hazard: Hazard, level: Level) -> None:
    town.assess(of(over_it, cover))
    town.assess(of(hazard, level, T0 + MIN), at=T0 + MIN)
    assert told_of(town, hazard) == {"li", "desk"}


def test_when_the_cover_falls_what_it_covered_is_told_as_a_first(town: Town) -> None:
    storm = of(Hazard.typhoon, Level.orange)
    town.assess(storm)
    town.assess(of(Hazard.gale, Level.yellow, T0 + MIN), at=T0 + MIN)
    town.send(T0 + 2 * MIN)
    town.assess(over(storm, Ended.cancelled, T0 + 60 * MIN), at=T0 + 60 * MIN)
    duty = town.rows(t.obligation, site="pond", status="pending")[-1]
    assert (duty["reason"], duty["answer_due"], duty["next_rung_at"]) == (
        "first", T0 + 90 * MIN, T0 + 90 * MIN)
    assert told_of(town, Hazard.gale) == {"li", "desk"}
    town.release(T0 + 62 * MIN)
    text = town.texts(state="queued")["li"]
    assert "解除台风橙色预警信号" in text
    assert "大风黄色预警信号" in text


def test_an_office_is_told_of_the_sites_that_nothing_else_speaks_for(town: Town) -> None:
    town.assess(of(Hazard.typhoon, Level.yellow))
    town.assess(of(Hazard.gale, Level.yellow, T0 + MIN, ("440785000000",)), at=T0 + MIN)
    assert told_of(town, Hazard.gale) == {"chen", "desk"}
    [desk] = town.rows(t.notice, person="desk", hazard="gale")
    assert "辖区2处" in desk["text"]
    assert "烽田尾矿库" not in desk["text"]


def test_an_aftershock_no_stronger_at_the_site_makes_no_text(town: Town) -> None:
    town.assess(quake(5.6))
    town.send(T0)
    town.assess(quake(5.4, T0 + 30 * MIN, incident=2), at=T0 + 30 * MIN)
    assert {row["state"] for row in town.rows(t.notice)} == {"accepted"}
    assert {(row["status"], row["reason"]) for row in town.rows(t.obligation, warning_id=2)} == {
        ("excused", "already_told")}
    assert "already_told" in town.reasons(told=False)


def test_a_stronger_one_is_told_where_it_is_stronger(town: Town) -> None:
    town.assess(quake(4.6))
    town.send(T0)
    before = {row["person"] for row in town.rows(t.notice)}
    town.assess(quake(6.2, T0 + 30 * MIN, incident=2), at=T0 + 30 * MIN)
    assert before < set(town.texts(state="queued"))


def test_who_had_reported_all_clear_must_look_once_more(town: Town) -> None:
    town.assess(quake(5.6))
    town.send(T0)
    with writing(town.engine) as connection:
        obligations.answer(connection, "chen", Answer.done, None, "page", None, T0 + 10 * MIN)
    town.assess(quake(5.4, T0 + 30 * MIN, incident=2), at=T0 + 30 * MIN)
    assert set(town.texts(state="queued")) == {"chen", "desk"}


def test_after_a_day_a_quake_is_told_anew(town: Town) -> None:
    town.assess(quake(5.6))
    town.send(T0)
    later = T0 + timedelta(hours=24)
    town.assess(quake(5.4, later, incident=2), at=later)
    assert set(town.texts(state="queued")) >= {"li", "chen"}


def test_a_magnitude_that_changes_no_tier_makes_no_text(town: Town) -> None:
    town.assess(quake(5.6))
    town.send(T0)
    town.assess(quake(5.7, T0 + 9 * MIN), at=T0 + 9 * MIN)
    assert {row["state"] for row in town.rows(t.notice)} == {"accepted"}


def test_only_sites_that_enter_or_leave_hear_of_a_new_area(town: Town) -> None:
    town.assess(of(Hazard.fog, Level.yellow, districts=("440785104000", "440785112000")))
    town.send(T0)
    both = of(Hazard.fog, Level.yellow, T0 + 20 * MIN, ("440785112000", "440781000000"))
    town.assess(both, at=T0 + 20 * MIN)
    with reading(town.engine) as connection:
        kinds = dict(connection.execute(select(t.notice.c.person, t.notice.c.kind).where(
            t.notice.c.state == "held", t.notice.c.channel == "sms")).all())
    assert kinds == {"li": "left", "mo": "tell", "taishan": "tell", "desk": "left"}
