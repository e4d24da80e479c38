"""A bureau without an API: its letter, a workbook in a folder, warns the sites of its district."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from fenghuo import editions, pipeline
from fenghuo.clock import FixedClock
from fenghuo.house import House
from fenghuo.settings import Settings
from fenghuo.store import editions as kept
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import notice, warning

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)


@pytest.fixture
def house(engine, tmp_path):
    """A house that hears the letters of the county."""
    files = editions.files_on_disk(ROOT / "rules", ROOT / "contacts")
    text = files["rules/feeds.yaml"].decode()
    before, entry, after = text.partition("  county_warnings:")
    files["rules/feeds.yaml"] = (
        before + entry + after.replace("on: no", "on: yes", 1)).encode()
    with writing(engine) as connection:
        kept.keep(connection, files, NOON, "test")
    (tmp_path / "var/drop/county-warnings").mkdir(parents=True)
    return House(Settings(home=tmp_path), engine, FixedClock(NOON), {})


def put(house, *rows):
    book = Workbook()
    head = ("文号", "类别", "等级", "发布时间", "失效时间", "区域", "标题", "状态")
    for row in (("预警信息一览表",), head, *rows):
        book.active.append(row)
    book.active.merge_cells("A1:H1")
    book.save(house.settings.home / "var/drop/county-warnings/letter.xlsx")


def turn(house):
    """Two pulls, a minute apart, and what comes of them."""
    for _ in range(2):
        house.clock.at += timedelta(minutes=1)
        pipeline.pull(house, "county_warnings")
    pipeline.assess(house)


def told(house):
    with reading(house.engine) as connection:
        return list(connection.scalars(select(notice.c.text))), {
            row.scope: row.state for row in connection.execute(select(warning))}


def test_a_letter_warns_its_district_and_the_letter_that_ends_it_ends_it(house):
    begins = ("水字7号", "洪水预警", "一级", datetime(2026, 6, 8, 11, 50),
              datetime(2026, 6, 8, 20, 0), "恩平市", "恩平市锦江洪水红色预警", "发布")
    put(house, begins)
    turn(house)
    texts, warnings = told(house)
    assert warnings == {"440785000000": "in_force"}
    assert texts[0].startswith(
        "【江门市应急管理局】转发江门市水利局06月08日11:50洪水红色预警：影响恩平市")
    put(house, ("水字7号", "洪水预警", "", datetime(2026, 6, 8, 12, 1), None, "恩平市",
                "解除洪水预警", "解除"))
    turn(house)
    assert told(house)[1] == {"440785000000": "cancelled"}
