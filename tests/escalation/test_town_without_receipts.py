"""A town whose telephones give no receipts."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import Engine, update
from warning_cast import CONTACTS, MIN, T0, Town, book, signal

from fenghuo import escalation
from fenghuo.store import tables as t
from fenghuo.store.engine import writing
from fenghuo.words import Level, StepReport

LIANGXI, HAIYAN = "440785104000", "440781112000"


def city(engine: Engine, sites: int, deputies: str = "wu", level: Level = Level.red,
         ) -> Town:
    """So many sites in 良西 and as many in 海宴, an officer each; told at noon, no receipt yet."""
    rows, people, posts = CONTACTS["sites"], CONTACTS["people"], CONTACTS["posts"]
    for number in range(sites):
        for kind, town, at in (("a", LIANGXI, "22.2250,112.2750"),
                               ("b", HAIYAN, "21.7800,112.5700")):
            key = f"{kind}{number}"
            rows += f"{key},厂{key},Works {key},chemicals,,{town},{at},,,10\n"
            people += f"{key},员{key},+86139{ord(kind):03d}{number:05d},,zh\n"
            posts += f"{key},safety_officer,{key}\n"
            deputy = deputies or f"d{key}"
            if not deputies:
                people += f"{deputy},副{key},+86137{ord(kind):03d}{number:05d},,zh\n"
            posts += f"{key},deputy,{deputy}\n"
    town_ = Town(engine, book(sites=rows, people=people, posts=posts))
    town_.assess(signal(level, districts=("440785000000", "440781000000")))
    town_.send(T0)
    return town_


def receipts(town: Town, at: int | None, *kinds: str) -> None:
    """Officers of these towns give receipts at a minute, the rest none."""
    with writing(town.engine) as connection:
        n = t.notice.c
        for kind in kinds:
            connection.execute(update(t.notice).where(n.person.like(f"{kind}%")).values(
                delivered_at=None if at is None else T0 + at * MIN))


def climb(town: Town, minute: float) -> StepReport:
    return escalation.climb(town.engine, town.edition, town.settings, T0 + minute * MIN)


def alarms(town: Town) -> list[tuple[object, object, object]]:
    return [(row["subject"], row["detail"], row["recovered"])
            for row in town.rows(t.alarm, kind="receipts_lost")]


def rungs(town: Town, kind: str) -> set[object]:
    return {row["detail"] for row in town.rows(t.decision, reason="receipts_lost")
            if str(row["site"]).startswith(kind)}


@pytest.fixture
def mute(engine: Engine) -> Town:
    """Twelve officers of 良西 without a receipt; those of 海宴 have theirs."""
    town = city(engine, 12)
    receipts(town, None, "a")
    return town


def test_ten_minutes_without_receipts_of_half_a_town_are_one_alarm(mute: Town) -> None:
    assert climb(mute, 8).next_due == T0 + 10 * MIN
    assert alarms(mute) == []
    climb(mute, 10)
    assert alarms(mute) == [(LIANGXI, "12 of 14 people without receipt for 10 min", None)]
    climb(mute, 11)
    assert len(alarms(mute)) == 1


@pytest.mark.parametrize(("people", "silent", "raised"), [
    (12, 9, False), (12, 10, True), (19, 10, False), (18, 10, True)])
def test_ten_people_and_half_of_them_are_needed(
        engine: Engine, people: int, silent: int, raised: bool) -> None:
    town = city(engine, people)
    with writing(engine) as connection:
        connection.execute(update(t.notice).where(
            t.notice.c.person.in_([f"a{number}" for number in range(silent)]))
            .values(delivered_at=None))
    climb(town, 10)
    assert bool(alarms(town)) is raised


def test_deputies_there_are_not_written_to_while_the_county_list_goes_on(mute: Town) -> None:
    with writing(mute.engine) as connection:  # an older outage: known before the rungs are due
        connection.execute(update(t.notice).values(accepted_at=T0 - 5 * MIN))
    climb(mute, 8)
    assert rungs(mute, "a") == {"rung:1 site.deputy sms"} and rungs(mute, "b") == set()
    climb(mute, 10)
    called = {row["obligation_id"] for row in mute.rows(t.call_task)}
    assert mute.duty("a1", "safety_officer")["id"] in called
    told = [row["text"] for row in mute.rows(t.notice, person="wu")]
    assert told and not any("厂a" in str(text) for text in told)


def test_returning_receipts_end_the_alarm(mute: Town) -> None:
    climb(mute, 10)
    receipts(mute, 20, "a")
    climb(mute, 20)
    assert alarms(mute)[0][2] == T0 + 20 * MIN


def test_climbing_a_thousand_ladders_at_once_is_quick(engine: Engine) -> None:
    town = city(engine, 500, deputies="")
    due = len([row for row in town.rows(t.obligation) if row["next_rung_at"] == T0 + 8 * MIN])
    began = time.process_time()
    report = climb(town, 8)
    spent = time.process_time() - began
    assert (due >= 1000, report.counts["rung"] >= 1000) == (True, True)
    assert spent < 2.0, f"{spent:.2f} s for {due} ladders"
