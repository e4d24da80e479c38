"""A safety officer lowers one rain threshold in the table; another person lets it into force."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from browser_cast import DESK, PHONE, Seen, Served
from console_cast import RAIN
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select, update

from fenghuo import changes, editions
from fenghuo.agreements import annex
from fenghuo.store import tables as t
from fenghuo.store.editions import files_of
from fenghuo.store.engine import reading, writing

COLLEAGUE = {"x-duty": "colleague:op"}
YELLOW = "tiers.yellow.at_least"


@pytest.fixture
def calm(served: Served) -> None:
    """The red warning of the house has ended: while it lasts its hazard's rules are frozen."""
    with writing(served.house) as connection:
        connection.execute(update(t.warning).values(state="cancelled"))


def digits(served: Served) -> dict[str, str]:
    """The numbers in force."""
    with reading(served.house) as connection:
        edition = editions.load(connection, datetime.now(UTC))
        content = files_of(connection, edition.digest)[RAIN]
    numbers = annex.table(RAIN, content, "zh").numbers
    return {path: number.digits for path, number in numbers.items()}


def fit(page: Page) -> None:
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= seen, (page.url, wide, seen)


def refused(seen: Seen) -> None:
    """The browser says of itself that the form it sent came back with its faults."""
    seen.wrong.remove("console Failed to load resource: the server responded with a status of 400 "
                      "(Bad Request)")


def opened(context: BrowserContext, seen: Seen) -> Page:
    page = context.new_page()
    seen.watch(page)
    return page


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_rain_threshold_is_lowered_seen_proposed_approved_by_another_and_comes_into_force(
        served: Served, seen: Seen, calm: None, size: tuple[int, int]) -> None:
    path = next(path for path in digits(served) if path.endswith(YELLOW))
    lower = str(int(digits(served)[path]) - 5)
    with served.context(size) as context:
        page = opened(context, seen)
        page.goto(f"{served.url}/")
        page.locator("#rules a").click()
        page.get_by_role("link", name="关于建立气象灾害预警工作机制的协议").click()
        box = page.locator(f"input[name='{path}']")
        box.fill("１０")
        page.get_by_role("button", name="查看改动后果").click()
        expect(page.locator("em.fault")).to_contain_text("plain decimal")
        expect(box).to_have_value("１０")
        refused(seen)
        fit(page)
        box.fill(lower)
        page.get_by_role("button", name="查看改动后果").click()
        expect(page.locator("#differences li")).to_contain_text(f"{lower}毫米")
        expect(page.locator("#effect p")).not_to_be_empty()
        fit(page)
        page.get_by_label("理由").fill("汛后复盘")
        page.get_by_role("button", name="提交草案").click()
        page.wait_for_url("**/drafts/*")
        draft = page.url
        expect(page.locator("#state")).to_have_text("已检查")
        fit(page)
    with served.context(size) as context:
        context.set_extra_http_headers(COLLEAGUE)
        page = opened(context, seen)
        page.goto(draft)
        expect(page.locator("#numbers ins")).to_have_text(lower)
        page.get_by_role("link", name="审核通过").click()
        page.get_by_label("已看过未通过的规则测试").check()
        page.get_by_label("理由").fill("已核对以往影响")
        page.get_by_role("button").click()
        page.wait_for_url("**/drafts/*")
        page.get_by_role("link", name="定生效时间").click()
        page.get_by_label("理由").fill("即时")
        page.get_by_role("button").click()
        page.wait_for_url("**/drafts/*")
        changes.due(served.house, datetime.now(UTC))  # as the next watch does
        page.reload()
        expect(page.locator("#state")).to_have_text("生效中")
    assert digits(served)[path] == lower
    with reading(served.house) as connection:
        row = connection.execute(select(t.draft).where(
            t.draft.c.id == int(draft.rpartition("/")[2]))).one()
    assert (row.proposed_by, row.approved_by) == ("officer", "colleague")


def test_a_sheet_is_downloaded_and_uploaded_by_the_browser(
        served: Served, seen: Seen, tmp_path_factory: pytest.TempPathFactory) -> None:
    with served.context(DESK) as context:
        page = opened(context, seen)
        page.goto(f"{served.url}/rules/seismic")
        with page.expect_download() as given:
            page.get_by_role("link", name="下载表格").click()
        sheet = tmp_path_factory.mktemp("sheet") / given.value.suggested_filename
        given.value.save_as(sheet)
        page.locator("input[type=file]").set_input_files(sheet)
        page.get_by_role("button", name="查看表格改了什么").click()
        expect(page.locator("p.banner").last).to_contain_text("没有改动任何数字")
        refused(seen)
