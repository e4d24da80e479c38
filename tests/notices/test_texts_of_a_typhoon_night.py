"""Texts of wind and water, letters and drills, against strings worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from warning_cast import CONTACTS, MIN, T0, Town, book, gauge, over, signal

from fenghuo.agreements.findings import Finding, Reach
from fenghuo.notices import sms
from fenghuo.store import tables as t
from fenghuo.words import Ended, Hazard, Holds, Level, RuleKind

ENGLISH = {"posts": CONTACTS["posts"].replace(
    "works,safety_officer,mo", "works,safety_officer,anna").replace(
    "wharf,safety_officer,", "wharf,safety_officer,anna")}


def of(hazard: Hazard, issuer: str, **more: Any) -> Finding:
    return signal(Level.orange, hazard=hazard, rule=f"weather/{hazard}-signal",
                  districts=("440785104000", "440781000000"), facts={"issuer": issuer}, **more)


def letter() -> Finding:
    """A dam's letter by fax: the water is at the gauge in three and a half hours."""
    return signal(Level.orange, hazard=Hazard.flood, rule="flood/letter", agreement="flood",
                  reach=Reach(stations=(("jinjiang", 3.5),)), official_level=None, facts={
                      "issuer": "锦江水库管理处", "event_name": "来函", "registered": True,
                      "arrival_hours": {"wharf": 3.5},
                      "description": "锦江水库定于8日13时起开闸泄洪，下泄流量每秒300立方米"})


def cyclone() -> Finding:
    return Finding(
        agreement="weather", rule="weather/cyclone", kind=RuleKind.event, hazard=Hazard.typhoon,
        subject="cyclone:jma:1822", holds=Holds.true, at=T0, since=T0, metric="wind", unit="kt",
        reach=Reach(radius_km=9.0, centre=(22.2300, 112.2700)), tier=Level.orange, value=50.0,
        threshold=50.0, facts={
            "feed_title": {"zh": "日本气象厅", "en": "JMA"}, "number": "1822",
            "name": "MANGKHUT", "at": (T0 - 60 * MIN).isoformat(), "wind_ms": 46.3,
            "area_kt": 50.0, "arrival_hours": {"pond": 7.5}})


def drill() -> Finding:
    return signal(Level.orange, subject="drill:7", reach=Reach(sites=("tanks", "works")),
                  facts={"drill": 7, "issuer": "江门市应急管理局"})


@pytest.mark.parametrize(("finding", "person", "text"), [
    (of(Hazard.storm_surge, "江门海洋预报台"), "li",
     "【江门市应急管理局】转发江门海洋预报台06月08日12:00风暴潮橙色警报：影响恩平市，即时生效。"
     "烽田尾矿库请撤出岸边和低处人员，断低处电源。1收到2启动3撤完+人数9求助，码{}。值班13800000041"),
    (of(Hazard.geology, "江门市自然资源局、江门市气象局"), "li",
     "【江门市应急管理局】转发江门市自然资源局、江门市气象局06月08日12:00地质灾害气象风险橙色预警："
     "影响恩平市，即时生效。烽田尾矿库请停排，撤出坝下和库岸滑坡区人员。"
     "1收到2启动3撤完+人数9求助，码{}。值班13800000041"),
    (of(Hazard.thunder_gust, "恩平市气象台"), "li",
     "【江门市应急管理局】转发恩平市气象台06月08日12:00雷雨大风橙色预警信号：影响恩平市，即时生效。"
     "烽田尾矿库请停全部户外作业，撤出工棚和临建。1收到2启动3撤完+人数9求助，码{}。值班13800000041"),
    (letter(), "desk",
     "【江门市应急管理局】转发锦江水库管理处06月08日12:00来函（洪水）：影响恩平市，即时生效。"
     "锦江水库定于8日13时起开闸泄洪。洪水预计15:30到烽江码头。辖区烽江码头。请到岗值守，叫应辖区未回复单位。"
     "1收到2启动3完成9求助，码{}。值班13800000041"),
    (cyclone(), "li",
     "【江门市应急管理局】06月08日12:00安全生产风险提示（非预警信号）：台风1822（日本气象厅，46米/秒），"
     "10级风预计19:30到烽田尾矿库。请停产停排，撤出坝下人员。以气象台预警为准。"
     "1收到2启动3撤完+人数9求助，码{}。值班13800000041"),
    (gauge(Level.orange, 82, 80, kind=RuleKind.forecast, subject="forecast:rain:p", facts={
        "forecast": True, "station_name": "良西", "window": 21600,
        "end": (T0 + timedelta(hours=6)).isoformat()}), "li",
     "【江门市应急管理局】06月08日12:00安全生产风险提示（非预警信号）：预计未来6小时良西12-18时雨量82毫米，"
     "达协议提示值80毫米，影响周边10公里。烽田尾矿库请停产停排。"
     "1收到2启动3撤完+人数9求助，码{}。值班13800000041")])
def test_each_hazard_is_told_in_its_issuers_own_words(
        town: Town, finding: Finding, person: str, text: str) -> None:
    town.assess(finding)
    assert town.texts()[person] == text.format(town.code(person))


@pytest.mark.parametrize("finding", [
    of(Hazard.storm_surge, "江门海洋预报台"), of(Hazard.geology, "江门市自然资源局、江门市气象局"),
    of(Hazard.thunder_gust, "一个不认得的单位"), letter(), cyclone(), drill()])
def test_no_text_takes_more_than_two_parts_in_either_language(
        engine: Engine, finding: Finding) -> None:
    town = Town(engine, book(**ENGLISH))
    town.assess(finding)
    assert {person: sms.parts(text) for person, text in town.texts().items()
            if sms.parts(text) > 2} == {}


def test_a_drill_bears_its_mark_after_the_signature_and_at_the_end_and_has_its_own_code(
        town: Town) -> None:
    town.assess(signal(Level.orange, districts=("440785112000",)), at=T0)
    town.assess(drill(), at=T0 + MIN)
    [text] = [row for row in town.rows(t.notice, person="chen", channel="sms")
              if row["state"] == "queued"]
    codes = {row["purpose"]: row["code"] for row in town.rows(t.code, person="chen")}
    assert text["text"].startswith("【江门市应急管理局】（演练）转发")
    assert text["text"].endswith("（演练）")
    assert f"码{codes['drill']}" in text["text"]
    assert codes["drill"] != codes["warning"]
    [mail] = [row for row in town.rows(t.notice, person="chen", channel="email")
              if row["state"] == "queued"]
    assert mail["subject"].startswith("（演练）")
    assert mail["text"].startswith("（演练）")


def test_a_drill_never_shares_a_text_with_a_real_warning(town: Town) -> None:
    town.assess(signal(Level.orange, districts=("440785112000",)), drill())
    town.release(T0 + 5 * MIN)
    for row in town.rows(t.notice, person="chen", channel="sms"):
        assert len(town.rows(t.notice_item, notice_id=row["id"])) == 1
        assert ("演练" in row["text"]) == row["text"].endswith("（演练）")
    assert len(town.rows(t.notice, person="chen", channel="sms")) == 2


def test_the_end_of_a_drill_bears_the_mark_too(town: Town) -> None:
    town.assess(drill())
    town.send(T0)
    town.assess(over(drill(), Ended.cancelled, T0 + 20 * MIN), at=T0 + 20 * MIN)
    assert all(text.endswith("（演练）") and "】（演练）" in text
               for text in town.texts().values())
    assert set(town.texts()) == {"chen", "mo"}


def test_many_sites_are_numbered_and_those_that_do_not_fit_are_on_the_page(
        engine: Engine) -> None:
    rows = CONTACTS["sites"].splitlines()
    more = [f"s{n},烽火台第{n}号采石场,Quarry {n},quarry,,440785104000,22.22,112.27,,,9"
            for n in range(1, 10)]
    town = Town(engine, book(
        sites="\n".join([*rows, *more]) + "\n",
        posts=CONTACTS["posts"] + "".join(f"s{n},safety_officer,li\n" for n in range(1, 10))))
    town.assess(signal(Level.red, districts=("440785104000",)))
    text = town.texts()["li"]
    assert "您负责10处，清单见f.example/confirm。请停止户外作业" in text
    assert sms.parts(text) == 2
    ordinals = {row["site"]: row["ordinal"] for row in town.rows(t.obligation, person="li")}
    assert ordinals == {"pond": 1, **{f"s{n}": n + 1 for n in range(1, 10)}}


def test_the_broken_text_of_a_drill_rings_no_desk(town: Town) -> None:
    town.assess(replace(drill(), facts={"drill": 7, "issuer": "江门\ufffd"}))
    assert "text_refused" in town.reasons(told=False)
    assert town.rows(t.alarm) == []
