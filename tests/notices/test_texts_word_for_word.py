"""Whole texts against strings worked out by hand from the models of a duty night."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from warning_cast import CONTACTS, MIN, T0, Town, book, gauge, over, quake, signal, stage

from fenghuo.notices import sms
from fenghuo.store import tables as t
from fenghuo.words import Ended, Level

DESCRIPTION = ("恩平市气象台6月8日12时00分发布暴雨红色预警信号："
               "良西、东成镇3小时雨量已达100毫米且持续，请做好防御。（预警信息来源：国家预警信息发布中心）")


def test_a_relayed_red_signal(town: Town) -> None:
    town.assess(signal(Level.red, facts={"description": DESCRIPTION}))
    assert town.texts()["chen"] == (
        "【江门市应急管理局】转发恩平市气象台06月08日12:00暴雨红色预警信号：影响恩平市，即时生效。"
        "良西、东成镇3小时雨量已达100毫米且持续。烽安罐区请排空围堰，移走遇水反应物，断室外电。"
        f"1收到2启动3完成9求助，码{town.code('chen')}。值班13800000041")


def test_details_give_way_before_a_third_part(town: Town) -> None:
    town.assess(signal(Level.red, facts={"description": "良西镇" + "雨" * 60}))
    assert town.texts()["li"] == (
        "【江门市应急管理局】转发恩平市气象台06月08日12:00暴雨红色预警信号：影响恩平市，即时生效。"
        "烽田尾矿库请停产停排，撤出库区、坝下和受威胁人员。"
        f"1收到2启动3撤完+人数9求助，码{town.code('li')}。值班13800000041")


def test_an_upgrade_names_the_level_before(town: Town) -> None:
    town.assess(signal(Level.yellow))
    town.send(T0)
    town.assess(signal(Level.red, T0 + MIN), at=T0 + MIN)
    assert town.texts()["li"].startswith(
        "【江门市应急管理局】转发恩平市气象台06月08日12:01暴雨红色预警信号（由黄升级）：影响恩平市，")


def test_a_level_that_owes_no_answer_says_so(town: Town) -> None:
    town.assess(signal(Level.blue, districts=("440781000000",), facts={"issuer": "台山市气象台"}))
    assert town.texts() == {"mo": (
        "【江门市应急管理局】转发台山市气象台06月08日12:00暴雨蓝色预警信号：影响台山市，即时生效。"
        "海宴工地请备好排水，查基坑和边坡。无需回复。值班13800000043")}


def test_our_gauge_is_a_risk_note_without_any_colour(town: Town) -> None:
    town.assess(gauge(Level.orange, 52, 50))
    text = town.texts()["li"]
    assert text == (
        "【江门市应急管理局】06月08日12:00安全生产风险提示（非预警信号）：良西站9-12时雨量52毫米，"
        "达协议提示值50毫米，影响周边10公里。烽田尾矿库请停产停排，撤出库区、坝下和受威胁人员。"
        f"1收到2启动3撤完+人数9求助，码{town.code('li')}。值班13800000041")
    assert not any(colour in text for colour in "白蓝黄橙红")


def test_our_river_stage_is_a_note_that_is_no_flood_warning(town: Town) -> None:
    town.assess(stage(9.2))
    assert town.texts() == {"desk": (
        "【江门市应急管理局】06月08日12:00水位风险提示（非洪水预警）：锦江站9.20米，超警戒0.20米，上涨。"
        "辖区烽江码头。请值守，跟踪各单位回复。洪水预警以水文部门发布为准。"
        f"请12:30前回1，9求助，码{town.code('desk')}。值班13800000041")}


def test_a_quake_gives_the_computed_intensity_as_unofficial(town: Town) -> None:
    # tanks: D 8.24 km; relation #4: 5.841 + 1.071 x 5.6 - 3.657 lg 23.24 = 6.84, VI
    town.assess(quake(5.6))
    assert town.texts()["chen"] == (
        "【江门市应急管理局】地震安全提示：据中国地震台网自动测定，06月08日11:58广东恩平5.6级地震。"
        "系统推算烽安罐区烈度约6度（非官方烈度，可能修正）。请紧急停车隔离，查储罐、法兰、厂房。"
        f"1收到3查完9有险情，码{town.code('chen')}，14:00前报。值班13800000041")


def test_a_deleted_quake_is_corrected_with_the_code_and_time_of_the_text(town: Town) -> None:
    shock = quake(5.6)
    town.assess(shock)
    code = town.code("chen")
    town.send(T0)
    town.assess(over(shock, Ended.retracted, T0 + 20 * MIN), at=T0 + 20 * MIN)
    assert town.texts()["chen"] == (
        f"【江门市应急管理局】更正：06月08日12:00所发码{code}地震安全提示有误。经中国地震台网核定，"
        "06月08日11:58广东恩平5.6级地震并不存在，原提示撤回，烽安罐区不需再执行和回复。"
        "已停的装置请按规程恢复。给您造成影响，致歉。值班13800000041")


def test_a_downgrade_informs_and_asks_for_nothing(town: Town) -> None:
    town.assess(signal(Level.red))
    town.send(T0)
    town.assess(signal(Level.orange, T0 + MIN), at=T0 + MIN)
    assert town.texts()["chen"] == (
        "【江门市应急管理局】转发恩平市气象台06月08日12:01暴雨橙色预警信号（由红降级）：影响恩平市，"
        "即时生效。烽安罐区请排空围堰，移走遇水反应物，断室外电。无需回复。值班13800000041")


def test_a_site_that_leaves_is_told_that_it_is_no_longer_affected(town: Town) -> None:
    town.assess(signal(Level.orange))
    town.send(T0)
    town.assess(signal(Level.orange, T0 + MIN, districts=("440785112000",)), at=T0 + MIN)
    assert town.texts()["li"] == (
        "【江门市应急管理局】转发恩平市气象台06月08日12:01暴雨橙色预警信号范围调整：烽田尾矿库不再受影响。"
        "恢复作业前请查坝体、排洪设施和浸润线，合格并经负责人签字。无需回复。值班13800000041")


def test_a_cancel_says_what_stays_in_force_and_how_to_restart(town: Town) -> None:
    rain = signal(Level.orange)
    town.assess(rain, quake(5.6))
    town.send(T0)
    town.assess(over(rain, Ended.cancelled, T0 + MIN, issued=(T0 + MIN).isoformat()), at=T0 + MIN)
    assert town.texts()["chen"] == (
        "【江门市应急管理局】转发恩平市气象台06月08日12:01解除暴雨橙色预警信号，涉及恩平市。"
        "地震风险提示仍生效。烽安罐区复工前请查设备、用电、建筑和边坡，合格并经负责人签字再复工。"
        "无需回复。值班13800000041")


def test_our_own_finding_ends_in_its_own_name(town: Town) -> None:
    rain = gauge(Level.orange, 52, 50)
    town.assess(rain)
    town.send(T0)
    town.assess(over(rain, Ended.cleared, T0 + 90 * MIN), at=T0 + 90 * MIN)
    assert town.texts()["li"] == (
        "【江门市应急管理局】06月08日13:30解除06月08日12:00安全生产风险提示（非预警信号）："
        "良西站9-12时雨量52毫米，现低于提示值，周边10公里。烽田尾矿库复工前请查坝体、排洪设施和浸润线，"
        "合格并经负责人签字再复工。无需回复。值班13800000041")


def test_a_lapse_keeps_the_measures_and_is_no_all_clear(town: Town) -> None:
    town.assess(signal(Level.orange))
    town.send(T0)
    town.assess(at=T0 + timedelta(hours=6))
    assert town.texts()["chen"] == (
        "【江门市应急管理局】06月08日18:00：恩平市气象台06月08日12:00暴雨橙色预警信号时效已过，"
        "失效不等于解除，涉及恩平市。烽安罐区请保持已采取的措施，等候解除或新的通知。"
        "无需回复。值班13800000041")


def test_english_for_those_who_ask_for_it(engine: Engine) -> None:
    town = Town(engine, book(posts=CONTACTS["posts"].replace("officer,mo", "officer,anna")))
    town.assess(signal(Level.red, districts=("440781000000",), facts={"issuer": "台山市气象台"}))
    assert town.texts()["anna"] == (
        "[Jiangmen Emergency Bureau] RELAY Taishan Met Observatory 8 Jun 12:00: red rainstorm "
        "warning, Taishan, in effect now. Haiyan works: please stop outdoor work, evacuate low "
        "and slope sites. Reply 1 received 2 started 3+number out 9 help, "
        f"code {town.code('anna')}. Duty 13800000043")


def test_one_person_with_several_sites_gets_one_text(engine: Engine) -> None:
    posts = CONTACTS["posts"].replace("tanks,safety_officer,chen", "tanks,safety_officer,li")
    town = Town(engine, book(posts=posts))
    town.assess(signal(Level.red))
    assert town.texts()["li"] == (
        "【江门市应急管理局】转发恩平市气象台06月08日12:00暴雨红色预警信号：影响恩平市，即时生效。"
        "您负责2处：1烽田尾矿库，2烽安罐区。请停止户外作业，撤出低洼和坡下人员。"
        f"1收到2启动3撤完+人数9求助，码{town.code('li')}。值班13800000041")
    [notice] = town.rows(t.notice, person="li")
    links = town.rows(t.notice_obligation, notice_id=notice["id"])
    linked = {row["obligation_id"] for row in links}
    assert linked == {town.duty("pond", "safety_officer")["id"],
                      town.duty("tanks", "safety_officer")["id"]}


def test_the_mail_has_value_threshold_article_and_the_way_to_confirm(town: Town) -> None:
    town.assess(quake(5.6))
    [mail] = town.rows(t.notice, channel="email")
    assert mail["subject"] == "【江门市应急管理局】地震安全提示：烽安罐区"
    assert mail["text"].partition("\n\n")[2] == (
        "逐处情况：\n- 烽安罐区：06月08日11:58广东恩平5.6级地震，约6度，处置等级 高；"
        "请紧急停车隔离，查储罐、法兰、厂房\n依据：Art. 3\n协议：地震预警协议（示例，未签署）\n\n"
        f"确认：https://f.example/confirm （填码 {town.code('chen')} 和手机号后四位）")


@pytest.mark.parametrize("finding", [
    signal(Level.red, facts={"description": DESCRIPTION}), gauge(Level.red, 104.5, 100),
    stage(10.25), quake(6.4, facts={"place": "12 km NNE of Enping, China", "latitude": 22.2,
                                    "longitude": 112.3})])
def test_no_first_text_takes_more_than_two_parts(town: Town, finding: object) -> None:
    town.assess(finding)  # type: ignore[arg-type]
    assert {sms.parts(text) for text in town.texts().values()} == {2}


def test_data_is_never_a_template(engine: Engine) -> None:
    sites = CONTACTS["sites"].replace("烽田尾矿库", "{{7*7}}{% x %}库")
    town = Town(engine, book(sites=sites))
    town.assess(signal(Level.red))
    assert "{{7*7}}{% x %}库请停产停排" in town.texts()["li"]


def test_control_and_bidi_characters_are_taken_out(town: Town) -> None:
    town.assess(signal(Level.red, facts={"issuer": "恩平\u202e市气\x07象台\u200b"}))
    assert "转发恩平市气象台06月08日" in town.texts()["li"]


@pytest.mark.parametrize("broken", [
    "恩平\ufffd气象台", "恩平市气象台".encode().decode("latin-1"),
    "恩平市气象台预警".encode().decode("gbk", "ignore"), "锟斤拷气象台"])
def test_a_broken_text_is_refused_and_a_plain_one_goes_instead(town: Town, broken: str) -> None:
    town.assess(signal(Level.red, districts=("440785104000",), facts={"issuer": broken}))
    assert town.texts()["li"] == (
        "【江门市应急管理局】06月08日12:00暴雨安全提示（转发暴雨红色预警信号）：本条部分文字异常，未能显示原文。"
        "请立即按本单位预案防范，并拨打值班电话核实影响范围和要求。"
        f"1收到2启动3撤完+人数9求助，码{town.code('li')}。值班13800000041")
    assert "text_refused" in town.reasons(told=False)
    alarm, = town.rows(t.alarm, kind="text_refused")
    assert (alarm["subject"], alarm["recovered"]) == ("440785000000", None)


def test_the_next_whole_text_of_the_county_ends_the_alarm_of_a_broken_one(town: Town) -> None:
    town.assess(signal(Level.orange, districts=("440785104000",), facts={"issuer": "恩\ufffd平"}))
    town.assess(signal(Level.red, districts=("440785104000",)), at=T0 + timedelta(minutes=30))
    assert [one["recovered"] for one in town.rows(t.alarm, kind="text_refused")] == [
        T0 + timedelta(minutes=30)]


@pytest.mark.parametrize(("ended", "subject"), [
    (Ended.cancelled, "【江门市应急管理局】解除暴雨红色预警信号：烽安罐区"),
    (Ended.lapsed, "【江门市应急管理局】时效已过：暴雨红色预警信号：烽安罐区"),
    (Ended.retracted, "【江门市应急管理局】更正：暴雨红色预警信号：烽安罐区")])
def test_the_subject_of_an_end_does_not_look_like_an_alarm(
        town: Town, ended: Ended, subject: str) -> None:
    rain = signal(Level.red, districts=("440785112000",))
    town.assess(rain)
    town.send(T0)
    at = T0 + timedelta(hours=1)
    town.assess(over(rain, ended, at), at=at)
    assert {mail["subject"] for mail in town.rows(t.notice, channel="email")} == {
        "【江门市应急管理局】暴雨红色预警信号：烽安罐区", subject}
