"""Measures have hours of their own: one reminder, then the county, and a report ends the asking."""

from __future__ import annotations

from datetime import datetime

import pytest
import warning_cast
from sqlalchemy import Engine, select, update
from warning_cast import CONTACTS, MIN, T0, Town, book, over, quake, signal

from fenghuo import escalation
from fenghuo.acts import calling
from fenghuo.alarms.waiting import REPORT_RUNG
from fenghuo.escalation import reporting
from fenghuo.notices import answers, obligations, reports
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Answer, Ended, Level, Measures, Reason

RED, ORANGE = Level.red, Level.orange


@pytest.fixture
def told(engine: Engine) -> Town:
    """A site under red since 12:00: started is owed by 12:30, done by 13:00."""
    town = Town(engine, book(posts=CONTACTS["posts"] + "works,head,zhou\n"))
    town.assess(of(RED))  # type: ignore[arg-type]
    town.send(T0)
    return town


def of(level: Level) -> object:
    return signal(level, districts=("440781000000",), facts={"issuer": "台山市气象台"})


def say(town: Town, person: str, given: Answer, minute: int, number: int | None = None) -> None:
    with writing(town.engine) as connection:
        assert obligations.answer(connection, person, given, number, "sms", None,
                                  T0 + minute * MIN)


def look(town: Town, *minutes: int) -> list[dict[str, int]]:
    found = []
    for minute in minutes:
        with writing(town.engine) as connection:
            found.append(reporting.look(
                connection, town.edition, town.settings, T0 + minute * MIN))
        assert all(len(text) <= 134 for text in town.texts().values())
        town.send(T0 + minute * MIN)
    return found


def next_report(town: Town) -> datetime | None:
    with reading(town.engine) as connection:
        return reporting.next_due(connection)


def asked(town: Town) -> list[tuple[str, str]]:
    """(person, text) of every text about a report, oldest first."""
    return [(row["person"], row["text"]) for row in sorted(
        town.rows(t.notice), key=lambda row: row["created"])
        if row["kind"] in ("remind", "overdue")]


def test_who_confirmed_is_reminded_once_when_the_hour_is_past(told: Town) -> None:
    say(told, "mo", Answer.received, 2)
    assert next_report(told) == T0 + 30 * MIN
    assert look(told, 29, 30, 31) == [{}, {"report_owed": 1}, {}]
    assert asked(told) == [("mo", (
        "【江门市应急管理局】06月08日12:30措施催报：台山市气象台06月08日12:00暴雨红色预警信号，"
        "海宴工地未报启动，12:30前应报。请停户外作业，撤出低洼和坡下人员。"
        f"1收到2启动3撤完+人数9求助，码{told.code('mo')}。值班13800000043"))]
    assert next_report(told) == T0 + 40 * MIN


def test_the_reminder_reaches_the_gateway_although_he_has_answered(told: Town) -> None:
    say(told, "mo", Answer.received, 2)
    look(told, 30)
    (row,) = [row for row in told.rows(t.notice) if row["kind"] == "remind"]
    assert row["state"] == "accepted"


def test_then_its_county_is_told_once_and_calls(told: Town) -> None:
    say(told, "mo", Answer.received, 2)
    assert look(told, 30, 39, 40, 41, 60, 90) == [
        {"report_owed": 1}, {}, {"report_overdue": 1}, {}, {}, {}]
    assert asked(told)[1:] == [("taishan", (
        "【江门市应急管理局】06月08日12:40措施逾期：台山市气象台06月08日12:00暴雨红色预警信号，"
        "台山市1处未报启动（海宴工地安全员莫工），已催一次。请按电话清单逐一核实并登记结果。"
        "无需回复。值班13800000043"))]
    assert [row["office"] for row in told.rows(t.call_task, rung=REPORT_RUNG)] == [
        "county:440781"]


def test_a_report_in_time_asks_nothing_and_the_next_has_its_own_hour(told: Town) -> None:
    say(told, "mo", Answer.received, 2)
    say(told, "mo", Answer.started, 25)
    assert look(told, 30, 59) == [{}, {}]
    assert next_report(told) == T0 + 60 * MIN
    assert look(told, 60, 70) == [{"report_owed": 1}, {"report_overdue": 1}]
    assert "未报完成，13:00前应报" in asked(told)[0][1]


def test_reminded_of_the_one_nobody_is_reminded_of_the_other(told: Town) -> None:
    say(told, "mo", Answer.received, 2)
    look(told, 30)
    say(told, "mo", Answer.started, 33)
    assert look(told, 40, 59, 60) == [{}, {}, {"report_overdue": 1}]
    assert [person for person, _ in asked(told)] == ["mo", "taishan"]


def test_what_the_county_heard_of_the_start_it_hears_of_the_end_once_it_has_started(
        told: Town) -> None:
    say(told, "mo", Answer.received, 2)
    look(told, 30, 40)
    (task,) = told.rows(t.call_task, rung=REPORT_RUNG)
    with writing(told.engine) as connection:
        calling.log_call(connection, told.edition, told.settings, task["id"],
                         outcome=calling.Outcome.reached, given=Answer.started, by="liu",
                         now=T0 + 45 * MIN)
    assert look(told, 59, 60, 61) == [{}, {"report_overdue": 1}, {}]
    assert "未报完成" in asked(told)[-1][1]
    assert [row["outcome"] for row in told.rows(t.call_task, rung=REPORT_RUNG)] == [None]


def test_whoever_of_the_site_reports_reports_for_all_and_ends_the_call(told: Town) -> None:
    say(told, "mo", Answer.received, 2)
    look(told, 30, 40)
    say(told, "zhou", Answer.done, 50, 540)
    assert [row["outcome"] for row in told.rows(t.call_task, rung=REPORT_RUNG)] == ["answered"]
    assert look(told, 60, 70) == [{}, {}]
    with reading(told.engine) as connection:
        warning = told.duty("works", "head")["warning_id"]
        (site,) = reports.progress(connection, warning, T0 + 70 * MIN)
    assert (site.measures, site.number, site.done, site.overdue) == (
        Measures.done, 540, T0 + 50 * MIN, False)


def test_a_bare_receipt_does_not_end_the_call_for_a_report(told: Town) -> None:
    say(told, "mo", Answer.received, 2)
    look(told, 30, 40)
    say(told, "mo", Answer.received, 42)
    assert [row["outcome"] for row in told.rows(t.call_task, rung=REPORT_RUNG)] == [None]


def test_who_has_not_confirmed_is_the_ladders_and_who_does_late_has_time_first(
        told: Town) -> None:
    assert (next_report(told), look(told, 30, 35)) == (None, [{}, {}])
    say(told, "mo", Answer.received, 36)
    assert look(told, 37, 45, 46) == [{}, {}, {"report_owed": 1}]


def test_a_report_takes_back_a_reminder_that_nobody_has_sent(told: Town) -> None:
    say(told, "mo", Answer.received, 2)
    with writing(told.engine) as connection:
        reporting.look(connection, told.edition, told.settings, T0 + 30 * MIN)
    say(told, "mo", Answer.started, 31)
    (row,) = [row for row in told.rows(t.notice) if row["kind"] == "remind"]
    assert (row["state"], row["reason"]) == ("dropped", "answered")


@pytest.mark.parametrize("given", [Answer.shut, Answer.help])
def test_who_left_or_cries_for_help_is_asked_nothing(told: Town, given: Answer) -> None:
    say(told, "mo", given, 2)
    assert look(told, 30, 40, 60) == [{}, {}, {}]


def test_where_nobody_can_be_written_to_the_county_is_told_at_once(told: Town) -> None:
    say(told, "mo", Answer.received, 2)
    with writing(told.engine) as connection:
        connection.execute(t.address_state.insert().values(
            channel="sms", address=told.edition.contacts.person("mo").phone,  # type: ignore
            reason="opted_out", since=T0))
    assert look(told, 30, 31) == [{"report_overdue": 1}, {}]
    with reading(told.engine) as connection:
        assert connection.scalar(select(t.decision.c.told).where(
            t.decision.c.reason == Reason.opted_out.value)) is False


def test_the_end_of_a_warning_stops_its_clocks_and_closes_its_calls(told: Town) -> None:
    say(told, "mo", Answer.received, 2)
    look(told, 30, 40)
    told.assess(over(of(RED), Ended.cancelled, T0 + 50 * MIN), at=T0 + 50 * MIN)  # type: ignore
    with writing(told.engine) as connection:
        escalation.close_superseded(connection, T0 + 50 * MIN)
    assert (next_report(told), look(told, 60, 70)) == (None, [{}, {}])
    assert [row["outcome"] for row in told.rows(t.call_task, rung=REPORT_RUNG)] == [
        "warning_closed"]
    assert told.duty("works", "safety_officer")["measures"] == "owed"  # and stays written


def test_an_upgrade_asks_anew_and_a_downgrade_keeps_what_was_done(engine: Engine) -> None:
    town = Town(engine)
    town.assess(of(ORANGE))  # type: ignore[arg-type]
    town.send(T0)
    say(town, "mo", Answer.done, 5, 540)
    town.assess(of(RED), at=T0 + 10 * MIN)  # type: ignore[arg-type]
    duty = town.duty("works", "safety_officer")
    assert (duty["measures"], duty["started_due"]) == ("owed", T0 + 40 * MIN)
    town.send(T0 + 10 * MIN)
    say(town, "mo", Answer.done, 15, 540)
    town.assess(of(ORANGE), at=T0 + 20 * MIN)  # type: ignore[arg-type]
    assert town.duty("works", "safety_officer")["measures"] == "done"
    assert look(town, 40, 70, 130) == [{}, {}, {}]


def test_a_tier_that_asks_for_no_measures_ends_the_asking(told: Town) -> None:
    say(told, "mo", Answer.received, 2)
    told.assess(of(Level.yellow), at=T0 + 10 * MIN)  # type: ignore[arg-type]
    assert told.duty("works", "safety_officer")["measures"] == "none"
    assert (next_report(told), look(told, 30, 40)) == (None, [{}, {}])


def test_a_desk_has_no_hour_for_reports(told: Town) -> None:
    assert told.duty("county:440781", "duty")["report_at"] is None


def test_an_answer_by_hand_is_a_report_like_any_other(told: Town) -> None:
    say(told, "mo", Answer.received, 2)
    look(told, 30, 40)
    with writing(told.engine) as connection:
        row = connection.execute(select(t.obligation, t.warning.c.drill_id, t.warning.c.state)
                                 .join(t.warning).where(t.obligation.c.site == "works",
                                                        t.obligation.c.person == "mo")).one()
        answers.by_hand(connection, row, "mo", Answer.done, 3, T0 + 42 * MIN, "liu",
                        T0 + 50 * MIN)
    assert [row["outcome"] for row in told.rows(t.call_task, rung=REPORT_RUNG)] == ["answered"]


def test_a_reminder_of_a_quake_asks_what_its_first_text_asked(engine: Engine) -> None:
    town = Town(engine)
    town.assess(quake(5.6))
    town.send(T0)
    say(town, "chen", Answer.received, 2)
    look(town, 121)
    (text,) = [text for person, text in asked(town) if person == "chen"]
    assert "1收到3查完9有险情，码" in text and "启动" not in text
    assert "未报查完，" in text and "完成" not in text


def test_its_county_hears_of_the_same_report_as_the_site_was_asked_for(engine: Engine) -> None:
    town = Town(engine)
    town.assess(quake(5.6))
    town.send(T0)
    say(town, "chen", Answer.received, 2)
    assert look(town, 121, 241)[1] == {"report_overdue": 1}
    _, (_, text) = asked(town)
    assert "措施逾期" in text and "处未报查完（" in text and "完成" not in text


def test_an_english_reminder_of_a_quake_speaks_of_the_inspection(engine: Engine) -> None:
    town = Town(engine, book(people=CONTACTS["people"].replace(
        "chen@example.org,zh", "chen@example.org,en")))
    town.assess(quake(5.6))
    town.send(T0)
    say(town, "chen", Answer.received, 2)
    with writing(town.engine) as connection:
        reporting.look(connection, town.edition, town.settings, T0 + 121 * MIN)
    ((_, text),) = asked(town)
    assert ": inspection was due by 14:00" in text and "started" not in text


@pytest.fixture
def hourly(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Town:
    """The same site under an agreement that wants a word each hour once all is done."""
    monkeypatch.setattr(warning_cast, "WEATHER", warning_cast.WEATHER.replace(
        "{started: 30m, done: 60m}", "{started: 30m, done: 60m, progress: 1h}"))
    town = Town(engine, book(posts=CONTACTS["posts"] + "works,head,zhou\n"))
    town.assess(of(RED))  # type: ignore[arg-type]
    town.send(T0)
    say(town, "mo", Answer.done, 20, 5)
    return town


def test_what_is_done_is_asked_after_each_hour_from_the_last_word(hourly: Town) -> None:
    assert look(hourly, 21, 80) == [{}, {}]
    assert next_report(hourly) == T0 + 81 * MIN
    assert look(hourly, 81, 82) == [{"report_owed": 1}, {}]
    assert asked(hourly) == [("mo", (
        "【江门市应急管理局】06月08日13:21措施催报：台山市气象台06月08日12:00暴雨红色预警信号，"
        "海宴工地未报进展，13:21前应报。请停户外作业，撤出低洼和坡下人员。"
        f"1收到2启动3撤完+人数9求助，码{hourly.code('mo')}。值班13800000043"))]
    say(hourly, "mo", Answer.done, 85, 7)
    assert look(hourly, 85, 91, 144) == [{}, {}, {}]
    assert look(hourly, 145) == [{"report_owed": 1}], "an hour from the last word on"


def test_silence_after_that_is_its_countys_to_call_once_and_a_word_ends_it(hourly: Town) -> None:
    assert look(hourly, 21, 81, 91, 92, 300) == [
        {}, {"report_owed": 1}, {"report_overdue": 1}, {}, {}]
    assert "台山市1处未报进展（海宴工地安全员莫工）" in asked(hourly)[-1][1]
    site = hourly.duty("works", "safety_officer")
    assert (site["measures"], site["listed"], site["number"]) == ("done", "progress", 5)
    say(hourly, "mo", Answer.done, 301, 6)
    assert [row["outcome"] for row in hourly.rows(t.call_task, rung=REPORT_RUNG)] == ["answered"]
    assert look(hourly, 301, 361, 371) == [{}, {"report_owed": 1}, {"report_overdue": 1}]


def test_where_no_interval_is_agreed_what_is_done_is_asked_after_no_more(told: Town) -> None:
    say(told, "mo", Answer.done, 20, 5)
    assert look(told, 21, 60, 61, 200) == [{}, {}, {}, {}]
    assert next_report(told) is None


def test_a_post_that_is_told_of_what_its_site_has_done_is_asked_nothing(told: Town) -> None:
    say(told, "mo", Answer.done, 20, 5)
    with writing(told.engine) as connection:  # as a later post's obligation is opened
        connection.execute(update(t.obligation).where(t.obligation.c.post == "head").values(
            done_due=T0 + 60 * MIN, report_at=T0 + 30 * MIN))
    assert look(told, 30, 60, 61, 200) == [{}, {}, {}, {}]
    assert next_report(told) is None


def test_the_end_of_the_warning_ends_the_asking(hourly: Town) -> None:
    look(hourly, 21)
    at = T0 + 30 * MIN
    hourly.assess(over(of(RED), Ended.cancelled, at), at=at)  # type: ignore[arg-type]
    assert look(hourly, 31, 81, 91) == [{}, {}, {}]
