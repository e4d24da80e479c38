"""The console as people use it: on a phone, by keyboard, with hostile words in every field."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from browser_cast import DESK, PHONE, Seen, Served
from console_cast import NOW
from playwright.sync_api import Page, expect
from sqlalchemy import insert, select, update

from fenghuo import editions
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing

PAGES = ("/", "/warnings/7", "/silent?warning=7", "/sites/ep-pond", "/warnings/7/hold",
         "/warnings/7/cancel", "/warnings/7/resend?notice=" + "a" * 32, "/calls/1",
         "/inbound/1/accept", "/alarms/1/acknowledge", "/registrations/1/confirm", "/rules",
         "/people", "/quarantine", "/paste", "/rules/meteorological", "/rules/flood", "/drafts/1",
         "/drafts/1/approve", "/editions/2/return")


def no_sideways(page: Page) -> None:
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= seen, (page.url, wide, seen)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_scrolls_sideways_and_no_hostile_word_ever_runs(
        served: Served, seen: Seen, size: tuple[int, int], language: str) -> None:
    with served.context(size) as context:
        page = context.new_page()
        seen.watch(page)
        for path in PAGES:
            page.goto(f"{served.url}{path}{'&' if '?' in path else '?'}lang={language}")
            expect(page.locator("h1")).to_be_visible()
            no_sideways(page)
            assert page.locator("script, img, svg, iframe, [onerror], [onload]").count() == 0
        page.goto(f"{served.url}/warnings/7?lang={language}")
        for shown in page.locator("text=javascript:alert").all():
            shown.click()  # a word in a text, no link


SHOWN = {"cma": ["状态 过旧 · 拒绝", "已过 / 限度 40 min 0", "周期 2 min 00 s",
                 "只知应答时间，源站停更看不出", "连续失败 9", "found a web page", "时钟差 -1 s"],
         "openmeteo": ["状态 正常 · 未变", "1 h 00 min / 3 h 00 min", "周期 1 h 00 min",
                       "最近正常", "HTTP 503", "条款 CC BY 4.0, Open-Meteo"]}
"""What a phone shows of a source, each label beside its value."""


def test_each_source_is_read_on_a_phone_and_those_not_asked_are_folded_away(
        served: Served, seen: Seen) -> None:
    hour, now = timedelta(hours=1), datetime.now(UTC)
    with writing(served.house) as connection:
        for feed, values in {
                "cma": {"fetched_at": now - hour * 2 / 3, "outcome": "refused", "failures": 9,
                        "error": f"cma:1:1: found a web page, expected {'x' * 90}",
                        "error_at": now, "skews": [-1.0]},
                "openmeteo": {"as_of": now - hour, "fetched_at": now, "outcome": "unchanged",
                              "failures": 0, "error": "HTTP 503", "error_at": now}}.items():
            connection.execute(insert(t.feed_state).values(feed=feed, due_at=now + hour, **values))
    with served.context((390, 844)) as context:
        page = context.new_page()
        seen.watch(page)
        page.goto(f"{served.url}/?lang=zh")
        for name, words in SHOWN.items():
            card = page.locator("#feeds tr", has=page.locator(f"small:text-is('{name}')"))
            told = " ".join(f"{cell.get_attribute('data-l') or ''} {cell.inner_text()}"
                            for cell in card.locator("td").all())
            for word in words:
                assert word in told
            for cell in card.locator("td").all():
                box = cell.bounding_box()
                assert box is not None and 0 <= box["x"] and box["x"] + box["width"] <= 390
        folded = page.locator("#feeds details")
        expect(folded.locator("td").first).to_be_hidden()
        folded.locator("summary").click()
        expect(folded.get_by_text("nmc_alarms", exact=True)).to_be_visible()
        labels = [[cell.get_attribute("data-l") for cell in page.locator(
            "#feeds tr", has=page.locator(f"small:text-is('{name}')")).locator("td").all()]
            for name in ("nmc_alarms", "cma")]
        assert labels[0] == labels[1], "a source that is off is shown as whole as any other"
        expect(folded.get_by_text("NMC site statement of 2017").first).to_be_visible()
        no_sideways(page)


def test_a_page_printed_keeps_its_words_and_loses_its_buttons(served: Served,
                                                              seen: Seen) -> None:
    with served.context(DESK) as context:
        page = context.new_page()
        seen.watch(page)
        page.goto(f"{served.url}/warnings/7")
        page.emulate_media(media="print")
        expect(page.locator("#sheet table")).to_be_visible()
        expect(page.locator(".do").first).to_be_hidden()


def test_an_alarm_is_acknowledged_by_keyboard_alone(served: Served, seen: Seen) -> None:
    with served.context(DESK) as context:
        page = context.new_page()
        seen.watch(page)
        page.goto(f"{served.url}/")
        for _ in range(20):
            page.keyboard.press("Tab")
            if "acknowledge" in (page.evaluate("document.activeElement.href || ''")):
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**/acknowledge")
        page.keyboard.type("已电话核实")  # the field has the focus already
        page.keyboard.press("Enter")
        page.wait_for_url(f"{served.url}/")
        expect(page.locator("#alarms")).to_contain_text("officer")
    with reading(served.house) as connection:
        row = connection.execute(select(t.alarm).where(t.alarm.c.id == 1)).one()
        assert (row.acknowledged is not None, row.acknowledged_by) == (True, "officer")


def test_a_warning_is_held_with_a_reason_and_let_go_again(served: Served, seen: Seen) -> None:
    with served.context(PHONE, touch=True) as context:
        page = context.new_page()
        seen.watch(page)
        page.goto(f"{served.url}/")
        page.get_by_role("link", name="暴雨 · 恩平市").tap()
        page.get_by_role("link", name="暂缓", exact=True).tap()
        expect(page.get_by_text("尚未发出的 1 条文本")).to_be_visible()
        page.get_by_role("button").tap()  # a browser asks for the reason by itself
        assert page.url.endswith("/hold")
        page.get_by_label("理由").fill("<script>alert(4)</script>核对中")
        page.get_by_role("button").tap()
        page.wait_for_url("**/warnings/7")
        expect(page.locator("strong.held").first).to_contain_text("officer")
        page.get_by_role("link", name="放行").tap()
        page.get_by_label("理由").fill("已核对")
        page.get_by_role("button").tap()
        page.wait_for_url("**/warnings/7")
        assert page.locator("strong.held").count() == 0
    with reading(served.house) as connection:
        acts = [row.kind for row in connection.execute(
            select(t.ledger_entry).where(t.ledger_entry.c.subject == "warning:7")
            .order_by(t.ledger_entry.c.id))]
    assert len(acts) >= 2


def test_the_language_is_switched_without_leaving_the_page(served: Served, seen: Seen) -> None:
    with served.context(PHONE) as context:
        page = context.new_page()
        seen.watch(page)
        page.goto(f"{served.url}/warnings/7")
        page.get_by_role("link", name="English").click()
        expect(page.locator("h1")).to_have_text("rainstorm · Enping")
        assert "/warnings/7" in page.url
        page.get_by_role("link", name="back to the watch").click()
        expect(page.locator("h1")).to_have_text("Fenghuo watch")


def test_a_recipient_answers_the_confirm_page_with_a_thumb(served: Served, seen: Seen) -> None:
    with writing(served.house) as connection:
        person = connection.scalar(select(t.obligation.c.person).where(t.obligation.c.id == 701))
        connection.execute(insert(t.code).values(code="K49", person=person, opened=NOW))
        connection.execute(insert(t.notice).values(
            id="c" * 32, occasion="revision:70", channel="sms", step="first", language="zh",
            subject="", parts=1, rank=5, signed=True, reason="first", created=NOW,
            address="+8613800000002", person=person, code="K49", text="请停产", state="accepted",
            delivery="delivered", accepted_at=NOW, delivered_at=NOW + timedelta(seconds=1)))
        connection.execute(insert(t.notice_item).values(
            notice_id="c" * 32, revision_id=70, channel="sms", step="first",
            address="+8613800000002"))
        connection.execute(insert(t.notice_obligation).values(
            notice_id="c" * 32, obligation_id=701))
        connection.execute(update(t.obligation).where(t.obligation.c.id == 701)
                           .values(told_at=NOW))
    with served.context(PHONE, touch=True, signed_in=False) as context:
        page = context.new_page()
        seen.watch(page)
        page.goto(f"{served.url}/confirm")
        no_sideways(page)
        page.locator("input[name=code]").tap()
        page.keyboard.type("k49")
        page.locator("input[name=phone]").tap()
        page.keyboard.type("0002")
        page.locator("input[name=answer][value='3']").tap()
        page.locator("input[name=number]").fill("26")
        button = page.get_by_role("button")
        box = button.bounding_box()
        assert box is not None and box["height"] >= 44
        button.tap()
        expect(page.locator("[role=status]")).to_contain_text("已记录")
    with reading(served.house) as connection:
        row = connection.execute(select(t.obligation).where(t.obligation.c.id == 701)).one()
        assert (row.status, row.answer, row.number) == ("answered", "3", 26)


def test_what_a_group_wrote_is_shown_as_it_would_count_before_it_is_recorded(
        served: Served, seen: Seen) -> None:
    with reading(served.house) as connection:
        edition = editions.load(connection, NOW)
        owed = connection.execute(select(t.obligation.c.id, t.obligation.c.person).where(
            t.obligation.c.status.in_(
                ["told", "pending", "escalating", "unreachable"]))).first()
    assert owed is not None
    name = edition.contacts.people.set_index("person").loc[owed.person, "name"]
    with served.context(PHONE, touch=True) as context:
        page = context.new_page()
        seen.watch(page)
        page.goto(f"{served.url}/paste")
        page.get_by_role("textbox").fill(f"{name} 收到\n<img src=x onerror=alert(5)> 收到")
        page.get_by_role("button").tap()
        expect(page.locator("tbody tr")).to_have_count(2)
        no_sideways(page)
        with reading(served.house) as connection:
            assert connection.scalar(select(t.obligation.c.answer).where(
                t.obligation.c.id == owed.id)) is None, "looked at, not recorded"
        page.locator("button.act").tap()
        page.wait_for_url("**/silent")
    with reading(served.house) as connection:
        assert connection.scalar(select(t.obligation.c.answer).where(
            t.obligation.c.id == owed.id)) == "1"
