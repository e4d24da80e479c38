from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, update
from warning_cast import CONTACTS, MIN, T0, Town, book, gauge, over, quake, signal

from fenghuo import notices
from fenghuo.notices import obligations
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Answer, Ended, Level, ObligationStatus

TAISHAN = ("440781000000",)


def answer(town: Town, person: str, given: Answer, minutes: int, number: int | None = None,
           via: str = "sms", sites: list[str] | None = None) -> list[int]:
    with writing(town.engine) as connection:
        return obligations.answer(connection, person, given, number, via, None,
                                  T0 + minutes * MIN, sites)


def test_posts_are_told_by_the_release_of_their_sites_tier(town: Town) -> None:
    town.assess(signal(Level.orange, districts=TAISHAN))
    assert {(row["site"], row["post"], row["status"], row["tier"], row["measures"])
            for row in town.rows(t.obligation)} == {
        ("works", "safety_officer", "pending", "orange", "owed"),
        ("county:440781", "duty", "pending", "orange", "owed")}
    duty = town.duty("works", "safety_officer")
    assert (duty["answer_due"], duty["next_rung_at"]) == (T0 + 15 * MIN, T0 + 8 * MIN)


def test_a_vacant_post_is_unreachable_with_its_reason_and_not_waited_for(town: Town) -> None:
    town.assess(signal(Level.yellow))
    vacant = town.duty("wharf", "safety_officer")
    assert (vacant["status"], vacant["reason"], vacant["next_rung_at"]) == (
        "unreachable", "post_vacant", T0)
    assert "post_vacant" in town.reasons(told=False)


def test_a_gateways_word_makes_it_told_and_an_upgrade_opens_it_again(town: Town) -> None:
    town.assess(signal(Level.yellow, districts=TAISHAN))
    town.send(T0)
    assert town.duty("works", "safety_officer")["status"] == "told"
    answer(town, "mo", Answer.received, 1)
    town.assess(signal(Level.red, T0 + 5 * MIN, districts=TAISHAN), at=T0 + 5 * MIN)
    duty = town.duty("works", "safety_officer")
    assert (duty["status"], duty["tier"], duty["rung"], duty["answered_at"]) == (
        "pending", "red", 0, None)
    assert duty["next_rung_at"] == T0 + 13 * MIN
    assert {row["reason"] for row in town.rows(t.notice, person="mo")} == {
        "waits_for_bundle", "upgraded"}


def test_a_downgrade_leaves_an_answer_standing(town: Town) -> None:
    town.assess(signal(Level.red, districts=TAISHAN))
    town.send(T0)
    answer(town, "mo", Answer.received, 1)
    town.assess(signal(Level.yellow, T0 + 5 * MIN, districts=TAISHAN), at=T0 + 5 * MIN)
    duty = town.duty("works", "safety_officer")
    assert (duty["status"], duty["tier"], duty["opened"]) == ("answered", "yellow", T0)


def test_the_same_level_again_writes_no_text(town: Town) -> None:
    town.assess(signal(Level.yellow))
    before = town.rows(t.notice)
    town.assess(signal(Level.yellow, T0 + MIN), at=T0 + MIN)
    later = T0 + MIN + timedelta(hours=6)  # all wait still: until its new end
    assert town.rows(t.notice) == [row | {"expires": later} for row in before]


def test_a_covered_finding_writes_no_text(town: Town) -> None:
    town.assess(signal(Level.yellow))
    before = town.rows(t.notice)
    town.assess(gauge(Level.orange, 52, 50, T0 + MIN), at=T0 + MIN)
    assert town.rows(t.notice) == before
    assert "official_in_force" in town.reasons(told=False)


def test_intensity_four_is_for_the_digest_and_opens_nothing(town: Town) -> None:
    from dataclasses import replace

    from fenghuo.agreements.findings import Step
    weak = quake(4.6)
    town.assess(replace(weak, steps=(Step(Level.blue, 4.0), *weak.steps)))
    assert "digest" in town.reasons(told=False)
    assert {row["tier"] for row in town.rows(t.obligation)} <= {"yellow", "orange", "red"}


def test_a_retraction_reaches_exactly_those_told_or_in_doubt(town: Town) -> None:
    shock = quake(5.6)
    town.assess(shock)
    with writing(town.engine) as connection:
        for person, state in (("li", "accepted"), ("chen", "in_doubt")):
            connection.execute(update(t.notice).where(t.notice.c.person == person)
                               .values(state=state))
    town.assess(over(shock, Ended.retracted, T0 + MIN), at=T0 + MIN)
    corrected = [row for row in town.rows(t.notice) if row["reason"] == "corrected"]
    assert {row["person"] for row in corrected} == {"li", "chen"}
    assert {row["state"] for row in town.rows(t.notice)
            if row["person"] not in ("li", "chen")} == {"dropped"}


def test_an_unsent_text_is_replaced_and_nobody_in_it_is_lost(engine: Engine) -> None:
    posts = CONTACTS["posts"].replace("tanks,safety_officer,chen", "tanks,safety_officer,li")
    town = Town(engine, book(posts=posts))
    town.assess(signal(Level.yellow))
    higher = signal(Level.red, T0 + MIN, chain="b", districts=("440785104000",))
    town.assess(higher, at=T0 + MIN)
    old, new = (row for row in town.rows(t.notice, person="li", channel="sms")
                if row["state"] in ("dropped", "queued"))
    old, new = sorted((old, new), key=lambda row: str(row["state"]))
    assert (old["state"], new["state"]) == ("dropped", "queued")
    linked = {row["obligation_id"] for row in town.rows(t.notice_obligation, notice_id=new["id"])}
    assert town.duty("tanks", "safety_officer")["id"] in linked
    assert "烽安罐区" in new["text"]


def test_one_text_for_one_hazard_though_two_counties_are_warned(engine: Engine) -> None:
    posts = CONTACTS["posts"].replace("works,safety_officer,mo", "works,safety_officer,li")
    town = Town(engine, book(posts=posts))
    both = signal(Level.red, districts=("440785000000", "440781000000"))
    assert len(town.assess(both)) == 2
    [notice] = town.rows(t.notice, person="li")
    assert notice["occasion"].startswith("bundle:")
    assert len(town.rows(t.notice_item, notice_id=notice["id"])) == 2


def test_the_strictest_of_two_agreements_counts(town: Town) -> None:
    town.assess(signal(Level.yellow, districts=("440785104000",)),
                signal(Level.yellow, chain="s", districts=("440785104000",), agreement="strict",
                       rule="strict/rain-signal", facts={"issuer": "江门市气象台"}))
    assert {(row["site"], row["post"]) for row in town.rows(t.obligation)} == {
        ("pond", "safety_officer"), ("pond", "head"), ("county:440785", "duty")}
    assert {row["answer_due"] for row in town.rows(t.obligation)} == {T0 + 20 * MIN}
    assert len(town.rows(t.warning)) == 1


@pytest.mark.parametrize(("given", "number", "status", "measures", "reason"), [
    (Answer.received, None, "answered", "owed", "answer_accepted"),
    (Answer.started, None, "answered", "started", "answer_accepted"),
    (Answer.done, 26, "answered", "done", "answer_accepted"),
    (Answer.not_me, None, "unreachable", "owed", "not_me"),
    (Answer.shut, None, "answered", "owed", "shut"),
    (Answer.help, None, "answered", "owed", "answer_accepted")])
def test_what_each_answer_does(town: Town, given: Answer, number: int | None, status: str,
                               measures: str, reason: str) -> None:
    town.assess(signal(Level.orange, districts=TAISHAN))
    town.send(T0)
    assert len(answer(town, "mo", given, 2, number)) == 1
    duty = town.duty("works", "safety_officer")
    assert (duty["status"], duty["measures"], duty["reason"], duty["number"]) == (
        status, measures, reason, number)
    assert duty["next_rung_at"] == (T0 + 2 * MIN if given == Answer.not_me else None)


def test_a_call_for_help_is_an_alarm_and_a_call(town: Town) -> None:
    town.assess(signal(Level.orange, districts=TAISHAN))
    town.send(T0)
    answer(town, "mo", Answer.help, 2)
    assert [row["kind"] for row in town.rows(t.alarm)] == ["call_for_help"]
    assert [(row["office"], row["rung"]) for row in town.rows(t.call_task)] == [
        ("county:440781", 0)]


def test_a_later_answer_takes_measures_further_never_back(town: Town) -> None:
    town.assess(signal(Level.orange, districts=TAISHAN))
    town.send(T0)
    answer(town, "mo", Answer.done, 2, 26)
    answer(town, "mo", Answer.received, 3)
    duty = town.duty("works", "safety_officer")
    assert (duty["answer"], duty["measures"], duty["number"]) == ("3", "done", 26)


def test_an_answer_before_the_upgrade_arrived_counts_for_what_was_known(town: Town) -> None:
    town.assess(signal(Level.yellow, districts=TAISHAN))
    town.send(T0)
    town.assess(signal(Level.red, T0 + 5 * MIN, districts=TAISHAN), at=T0 + 5 * MIN)
    with writing(town.engine) as connection:
        connection.execute(update(t.notice).where(t.notice.c.state == "queued").values(
            state="accepted", accepted_at=T0 + 5 * MIN))
    assert answer(town, "mo", Answer.received, 5) == []
    assert town.duty("works", "safety_officer")["status"] == "pending"
    assert len(answer(town, "mo", Answer.received, 6)) == 1
    assert [row["revision_id"] for row in town.rows(t.answer)] == [1, 2]


def test_an_answer_can_be_for_one_site_of_several(engine: Engine) -> None:
    posts = CONTACTS["posts"].replace("tanks,safety_officer,chen", "tanks,safety_officer,li")
    town = Town(engine, book(posts=posts))
    town.assess(signal(Level.orange))
    town.send(T0)
    answer(town, "li", Answer.done, 2, 9, sites=["tanks"])
    assert town.duty("tanks", "safety_officer")["status"] == "answered"
    assert town.duty("pond", "safety_officer")["status"] == "told"


def test_a_refused_number_is_unreachable_unless_another_channel_lives(town: Town) -> None:
    town.assess(signal(Level.yellow))
    with writing(town.engine) as connection:
        for person, channel in (("chen", "sms"), ("li", "sms")):
            key = next(row["id"] for row in town.rows(t.notice, person=person, channel=channel))
            connection.execute(update(t.notice).where(t.notice.c.id == key).values(state="failed"))
            obligations.mark_failed(connection, key, T0 + MIN)
    assert town.duty("tanks", "safety_officer")["status"] == "pending"
    lost = town.duty("pond", "safety_officer")
    assert (lost["status"], lost["reason"], lost["next_rung_at"]) == (
        "unreachable", "gateway_rejected", T0 + MIN)


def test_where_something_without_an_end_goes_on_a_text_that_waits_keeps_its_own(town: Town) -> None:
    town.assess(signal(Level.orange, districts=TAISHAN))
    ends = {row["expires"] for row in town.rows(t.notice)}
    later = T0 + 60 * MIN
    town.assess(signal(Level.orange, later, districts=TAISHAN),
                signal(Level.orange, later, "b", districts=TAISHAN, until=None), at=later)
    assert {row["expires"] for row in town.rows(t.notice)} == ends


def test_whom_nothing_reached_until_the_end_is_not_excused_as_one_who_was_told(town: Town) -> None:
    town.assess(signal(Level.yellow))
    town.send(T0)
    with writing(town.engine) as connection:
        for row in town.rows(t.notice, person="li"):
            obligations.mark_failed(connection, row["id"], T0 + MIN)
    at = T0 + 60 * MIN
    town.assess(over(signal(Level.yellow), Ended.cancelled, at), at=at)
    assert [(one["status"], one["reason"]) for one in (
        town.duty("pond", "safety_officer"), town.duty("tanks", "safety_officer"))] == [
            ("excused", "never_reached"), ("excused", "warning_closed")]


def test_a_code_stays_until_all_warnings_of_its_person_have_closed(town: Town) -> None:
    rain, shock = signal(Level.orange, districts=TAISHAN), quake(5.6)
    town.assess(rain, shock)
    town.send(T0)
    code = town.code("mo")
    assert code[0] not in "IO" and code[1:].isdigit() and len(code) == 3
    town.assess(over(rain, Ended.cancelled, T0 + MIN), at=T0 + MIN)
    assert town.code("mo") == code
    town.assess(over(shock, Ended.cancelled, T0 + 2 * MIN), at=T0 + 2 * MIN)
    assert {row["closed"] for row in town.rows(t.code)} == {T0 + 2 * MIN}


def test_codes_take_a_third_digit_when_two_run_out(town: Town) -> None:
    from fenghuo.notices import codes
    people = [f"p{number}" for number in range(2401)]
    with writing(town.engine) as connection:
        given = codes.open_codes(connection, people, T0)
    assert len(set(given.values())) == 2401
    assert sorted({len(code) for code in given.values()}) == [3, 4]


def test_a_notice_is_worth_sending_until_its_warning_ends(town: Town) -> None:
    town.assess(signal(Level.red, districts=TAISHAN))
    assert {row["expires"] for row in town.rows(t.notice)} == {T0 + timedelta(hours=6)}
    assert {(row["rank"], row["signed"]) for row in town.rows(t.notice)} == {(5, False)}


@pytest.mark.parametrize("state", ["held", "queued"])
def test_a_text_that_waits_outlives_its_end_when_its_warning_is_gone_on_with(
        town: Town, state: str) -> None:
    def ends() -> set[datetime]:
        return {row["expires"] for row in town.rows(t.notice)}
    town.assess(signal(Level.orange, districts=TAISHAN))
    with writing(town.engine) as connection:
        connection.execute(update(t.notice).values(state=state))
    later = T0 + 60 * MIN
    town.assess(signal(Level.orange, later, districts=TAISHAN), at=later)
    assert ends() == {later + timedelta(hours=6)}
    town.assess(signal(Level.orange, later, districts=TAISHAN, until=T0 + 61 * MIN), at=later)
    assert ends() == {later + timedelta(hours=6)}
    town.send(later)
    town.assess(signal(Level.orange, later + MIN, districts=TAISHAN), at=later + MIN)
    assert ends() == {later + timedelta(hours=6)}


def test_the_reach_sheet_always_adds_up(town: Town) -> None:
    town.assess(signal(Level.red))
    totals = []
    for minute in range(5):
        with reading(town.engine) as connection:
            sheet = notices.reach(connection, 1)
        totals.append((sheet.withdrawn, sheet.stopped))
        duties = town.rows(t.obligation)
        places = {row["site"] for row in duties if ":" not in row["site"]}
        assert sum(sheet.sites.values()) == len(places)
        assert sum(sheet.obligations.values()) == len(duties)
        assert all(row["owed"] == sum(row[status.value] for status in ObligationStatus)
                   for row in sheet.rows())
        if minute == 0:
            town.send(T0)
        elif minute == 1:
            answer(town, "li", Answer.done, 2, 35)
        elif minute == 2:
            answer(town, "chen", Answer.shut, 2)
        else:
            town.assess(over(signal(Level.red), Ended.cancelled, T0 + 9 * MIN), at=T0 + 9 * MIN)
    assert totals == [(0, 0), (0, 0), (35, 0), (35, 1), (35, 1)]
    assert [(row["withdrawn"], row["stopped"]) for row in sheet.rows()] == [
        (35, 1), (None, None), (None, None)]
    assert sheet.obligations["answered"] == 2
    assert sheet.obligations["excused"] == len(duties) - 2


def test_announcing_is_written_down_in_the_ledger_without_any_number(town: Town) -> None:
    town.assess(signal(Level.orange, districts=TAISHAN))
    entries = town.rows(t.ledger_entry)
    assert {"obligation.opened", "notice.enqueued"} <= {row["kind"] for row in entries}
    assert not any(b"+8613800000005" in row["canon"] for row in entries)
