"""Held texts in the database: bundles, mornings, caps, and a kill between two releases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, insert, update
from warning_cast import CONTACTS, MIN, T0, WEATHER, Town, book, over, signal

from fenghuo import notices
from fenghuo.agreements import reading as agreement_files
from fenghuo.notices import obligations, sms
from fenghuo.notices.explain import explain
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Answer, Ended, Hazard, Level

POND = ("440785104000",)
HOUR = timedelta(hours=1)
NIGHT = T0 + 11 * HOUR
"""23:00 in the city."""
MORNING = T0 + 19 * HOUR
"""07:00 in the city."""


def other(hazard: Hazard, level: Level, at: datetime = T0, **more: object) -> object:
    """Another hazard's signal over the pond alone."""
    return signal(level, at, chain=f"x-{hazard}", districts=POND, hazard=hazard,
                  rule=f"weather/{hazard}-signal", **more)


def waiting(town: Town) -> datetime | None:
    with reading(town.engine) as connection:
        return notices.next_release(connection)


def test_two_hazards_of_one_minute_leave_as_one_text_with_one_code(town: Town) -> None:
    town.assess(signal(Level.orange, districts=POND), other(Hazard.fog, Level.yellow))
    assert {row["state"] for row in town.rows(t.notice)} == {"held"}
    assert waiting(town) == T0 + MIN
    assert town.release(T0 + MIN - timedelta(seconds=1)) == {}
    town.release(T0 + MIN)
    assert town.texts(state="queued")["li"] == (
        "【江门市应急管理局】2条合并：1.转发恩平市气象台12:00暴雨橙色预警信号（恩平市）；"
        "2.转发恩平市气象台12:00大雾黄色预警信号（恩平市）。"
        "烽田尾矿库请停产停排，撤出库区、坝下和受威胁人员。"
        f"1收到2启动3撤完+人数9求助，码{town.code('li')}。值班13800000041")
    [made] = [row for row in town.rows(t.notice, person="li") if row["state"] == "queued"]
    assert made["occasion"].startswith("bundle:")
    assert (made["reason"], made["rank"]) == ("bundle", 4)
    assert [row["reason"] for row in town.rows(t.notice, person="li", state="dropped")] == [
        "bundled", "bundled"]
    assert len(town.rows(t.notice_item, notice_id=made["id"])) == 2
    assert len(town.rows(t.notice_obligation, notice_id=made["id"])) == 2
    assert town.release(T0 + MIN) == {}


def test_a_text_that_went_in_a_bundle_is_explained_through_it(town: Town) -> None:
    town.assess(signal(Level.orange, districts=POND), other(Hazard.fog, Level.yellow))
    town.release(T0 + MIN)
    with reading(town.engine) as connection:
        found = {row["id"]: explain(connection, row["id"], town.edition.contacts).because
                 for row in town.rows(t.notice, person="li")}
    rules = [sorted({str(one["rule"]) for one in because}) for because in found.values()]
    assert sorted(rules) == [["weather/fog-signal"], ["weather/fog-signal", "weather/rain-signal"],
                             ["weather/rain-signal"]]


def test_a_bundle_makes_all_its_obligations_told_and_one_answer_answers_them(town: Town) -> None:
    town.assess(signal(Level.orange, districts=POND), other(Hazard.fog, Level.yellow))
    town.release(T0 + MIN)
    town.send(T0 + MIN, held=False)
    with writing(town.engine) as connection:
        answered = obligations.answer(connection, "li", Answer.received, None, "sms", None,
                                      T0 + 2 * MIN)
    assert len(answered) == 2
    assert {row["status"] for row in town.rows(t.obligation, person="li")} == {"answered"}


def test_of_more_than_three_the_gravest_two_are_said_with_the_number_of_the_rest_and_the_page(
        town: Town) -> None:
    town.assess(signal(Level.orange, districts=POND), other(Hazard.fog, Level.yellow),
                other(Hazard.heat, Level.yellow), other(Hazard.hail, Level.orange))
    town.release(T0 + MIN)
    text = town.texts(state="queued")["li"]
    assert "4条合并：1.转发恩平市气象台12:00暴雨橙色预警信号" in text
    assert "冰雹橙色" in text
    assert "另2条见f.example/confirm。" in text
    assert "高温" not in text and "大雾" not in text
    assert text.count("码") == 1
    assert sms.parts(text) == 2


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_no_bundle_takes_more_than_two_parts(engine: Engine, count: int) -> None:
    sites = CONTACTS["sites"].replace(
        "烽田尾矿库", "江门市烽田大湾深井银铜矿业有限责任公司第二尾矿库")
    town = Town(engine, book(sites=sites, posts=CONTACTS["posts"].replace(
        "tanks,safety_officer,chen", "tanks,safety_officer,anna")))
    hazards = [Hazard.fog, Hazard.heat, Hazard.hail, Hazard.thunder_gust][:count - 1]
    town.assess(signal(Level.orange, districts=(*POND, "440785112000")), *[
        signal(Level.yellow, chain=f"x-{one}", hazard=one, rule=f"weather/{one}-signal",
               districts=(*POND, "440785112000")) for one in hazards])
    town.release(T0 + MIN)
    found = town.texts(state="queued")
    assert {"li", "anna", "desk"} == set(found)
    assert all(sms.parts(text) <= 2 for text in found.values()), found


def test_red_is_never_first_told_in_a_bundle(town: Town) -> None:
    town.assess(signal(Level.red, districts=POND), other(Hazard.fog, Level.yellow))
    assert "暴雨红色" in town.texts(state="queued")["li"]
    assert "大雾黄色" in town.texts(state="held")["li"]
    town.send(T0, held=False)
    town.release(T0 + 5 * MIN)
    assert town.texts(state="queued")["li"].startswith(
        "【江门市应急管理局】转发恩平市气象台06月08日12:00大雾黄色")


def test_an_upgrade_does_not_wait_and_takes_what_waited_with_it(town: Town) -> None:
    town.assess(signal(Level.yellow, districts=POND))
    town.assess(signal(Level.orange, T0 + MIN, districts=POND), at=T0 + MIN)
    assert "暴雨橙色" in town.texts(state="queued")["li"]
    assert town.texts(state="held") == {}
    assert "superseded" in {row["reason"] for row in town.rows(t.notice, state="dropped")}


def test_mail_is_bundled_too_and_its_body_holds_every_text(town: Town) -> None:
    town.assess(signal(Level.orange, districts=("440785112000",)),
                signal(Level.yellow, chain="f", districts=("440785112000",), hazard=Hazard.fog,
                       rule="weather/fog"))
    town.release(T0 + MIN)
    [mail] = town.rows(t.notice, channel="email", state="queued")
    assert mail["subject"] == "【江门市应急管理局】2条提示：暴雨、大雾"
    assert "暴雨橙色预警信号（恩平市）；2." in mail["text"]
    assert mail["text"].count("逐处情况") == 2


def test_a_text_that_waits_says_so_in_its_row_and_in_the_ledger(town: Town) -> None:
    town.assess(signal(Level.yellow, districts=POND))
    [row] = town.rows(t.notice, person="li")
    assert (row["state"], row["reason"], row["held_until"], row["hazard"], row["kind"]) == (
        "held", "waits_for_bundle", T0 + timedelta(seconds=90), "rainstorm", "tell")
    assert row["brief"] == "转发恩平市气象台12:00暴雨黄色预警信号"
    town.release(T0 + 2 * MIN)
    [row] = town.rows(t.notice, person="li")
    assert (row["state"], row["reason"], row["held_until"]) == (
        "queued", "released", T0 + 2 * MIN)
    assert "notice.released" in {one["kind"] for one in town.rows(t.ledger_entry)}


def test_a_held_text_goes_no_more_when_its_warning_ended_while_it_waited(town: Town) -> None:
    rain = signal(Level.yellow, districts=POND)
    town.assess(rain)
    town.assess(over(rain, Ended.cancelled, T0 + MIN), at=T0 + MIN)
    town.release(T0 + 5 * MIN)
    assert {row["state"] for row in town.rows(t.notice)} == {"dropped"}


def test_the_ladders_texts_do_not_keep_a_desks_own_warning_back(town: Town) -> None:
    town.assess(signal(Level.yellow, districts=POND))
    town.send(T0)
    with writing(town.engine) as connection:
        [model] = town.rows(t.notice, person="desk")
        connection.execute(insert(t.notice), [
            {**model, "id": f"{number:032}", "occasion": f"revision:9{number}",
             "step": f"rung:{number}"} for number in range(9)])
    town.assess(other(Hazard.fog, Level.orange, T0 + 9 * MIN), at=T0 + 9 * MIN)
    [fog] = [row for row in town.rows(t.notice, person="desk") if row["hazard"] == "fog"]
    assert fog["reason"] == "waits_for_bundle"


def test_what_the_officer_holds_waits_without_an_end(town: Town) -> None:
    town.apply(signal(Level.orange, districts=POND))
    with writing(town.engine) as connection:
        connection.execute(update(t.warning).values(held=T0, held_by="duty"))
    town.assess(signal(Level.red, T0 + MIN, districts=POND), at=T0 + MIN)
    assert {(row["state"], row["reason"], row["held_until"]) for row in town.rows(t.notice)} == {
        ("held", "held_by_officer", None)}
    assert waiting(town) is None
    assert town.release(T0 + timedelta(hours=9)) == {}


def test_blue_at_night_is_told_at_seven_and_its_ladder_begins_then(engine: Engine) -> None:
    blue = "feedback:\n  blue: {answer: 60m, ladder: [{after: 60m, to: site.deputy, by: sms}]}\n"
    files = {"rules/agreements/weather.yaml": WEATHER.replace("feedback:\n", blue).encode()}
    town = Town(engine, replace(book(), agreements=agreement_files.read(files)))
    late = signal(Level.blue, NIGHT, districts=("440781000000",), until=NIGHT + 24 * HOUR)
    town.assess(late, at=NIGHT)
    assert waiting(town) == MORNING
    duty = town.duty("works", "safety_officer")
    assert (duty["status"], duty["answer_due"], duty["next_rung_at"]) == (
        "pending", MORNING + 60 * MIN, MORNING + 60 * MIN)
    assert ("quiet_hours", False) in {(row["reason"], row["told"])
                                      for row in town.rows(t.decision, site="works")}
    town.release(MORNING)
    assert set(town.texts(state="queued")) == {"mo"}


def test_an_all_clear_of_the_night_is_told_at_seven_as_things_then_stand(town: Town) -> None:
    rain = signal(Level.orange, NIGHT, districts=POND)
    town.assess(rain, at=NIGHT)
    town.send(NIGHT)
    town.assess(over(rain, Ended.cancelled, NIGHT + 60 * MIN,
                     issued=(NIGHT + 60 * MIN).isoformat()), at=NIGHT + 60 * MIN)
    assert waiting(town) == MORNING
    town.assess(other(Hazard.fog, Level.yellow, NIGHT + 90 * MIN), at=NIGHT + 90 * MIN)
    town.release(NIGHT + 92 * MIN)
    town.send(NIGHT + 92 * MIN, held=False)
    town.release(MORNING)
    assert town.texts(state="queued")["li"] == (
        "【江门市应急管理局】转发恩平市气象台06月09日00:00解除暴雨橙色预警信号，涉及恩平市。"
        "大雾黄色预警信号仍生效。烽田尾矿库复工前请查坝体、排洪设施和浸润线，合格并经负责人签字再复工。"
        "无需回复。值班13800000041")
    row, = town.rows(t.notice, state="queued", person="li", channel="sms")
    assert (row["template"], row["given"]["still"]) == ("cancel.j2", "大雾黄色预警信号")


def test_an_all_clear_is_not_told_when_the_danger_came_back_before_the_morning(
        town: Town) -> None:
    rain = signal(Level.orange, NIGHT, districts=POND)
    town.assess(rain, at=NIGHT)
    town.send(NIGHT)
    town.assess(over(rain, Ended.cancelled, NIGHT + 60 * MIN), at=NIGHT + 60 * MIN)
    again = signal(Level.orange, NIGHT + 80 * MIN, chain="b", districts=POND)
    town.assess(again, at=NIGHT + 80 * MIN)
    town.release(NIGHT + 90 * MIN)
    town.send(NIGHT + 90 * MIN, held=False)
    town.release(MORNING)
    assert not any("解除" in row["text"] for row in town.rows(t.notice)
                   if row["state"] in ("queued", "accepted"))


def test_people_who_were_brought_out_hear_the_all_clear_at_night_and_are_counted_back(
        town: Town) -> None:
    rain = signal(Level.orange, NIGHT, districts=POND)
    town.assess(rain, at=NIGHT)
    town.send(NIGHT)
    with writing(town.engine) as connection:
        obligations.answer(connection, "li", Answer.done, 26, "page", None, NIGHT + 5 * MIN)
    code = town.code("li")
    town.assess(over(rain, Ended.cancelled, NIGHT + 60 * MIN), at=NIGHT + 60 * MIN)
    town.release(NIGHT + 62 * MIN)
    text = town.texts(state="queued")["li"]
    assert "解除暴雨橙色预警信号" in text
    assert f"未报撤离返回人数的请回3+人数，码{code}。" in text
    assert "无需回复" not in text


def test_the_seventh_text_of_an_hour_is_capped_and_the_duty_officer_hears_of_it(
        town: Town) -> None:
    town.assess(signal(Level.yellow, districts=POND))
    town.send(T0)
    with writing(town.engine) as connection:
        [model] = [row for row in town.rows(t.notice, person="li")]
        connection.execute(insert(t.notice), [
            {**model, "id": f"{number:032}", "occasion": f"revision:9{number}",
             "provider_id": None, "accepted_at": T0 + number * MIN} for number in range(5)])
    town.assess(other(Hazard.fog, Level.orange, T0 + 9 * MIN), at=T0 + 9 * MIN)
    assert waiting(town) == T0 + 10 * MIN  # the desk's own
    [fog] = [row for row in town.rows(t.notice, person="li") if row["hazard"] == "fog"]
    assert (fog["state"], fog["reason"], fog["held_until"]) == (
        "held", "capped", T0 + 64 * MIN)
    assert [(row["kind"], row["subject"]) for row in town.rows(t.alarm)] == [
        ("person_capped", "li")]
    town.assess(other(Hazard.heat, Level.red, T0 + 10 * MIN), at=T0 + 10 * MIN)
    assert "高温红色" in town.texts(state="queued")["li"]
    town.release(T0 + 64 * MIN)
    assert "大雾橙色" in town.texts(state="queued")["li"]
    assert [row["recovered"] for row in town.rows(t.alarm)] == [T0 + 64 * MIN]
