"""``pull FEED --dry-run``: what an entry would bring is shown, every fault too, nothing is kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from fenghuo.cli import app

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A house as it is unpacked, without a database."""
    for name in ("rules", "contacts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.setenv("FENGHUO_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def tried(*words, code=0):
    result = CliRunner().invoke(app, ["pull", *words, "--dry-run"])
    assert result.exit_code == code, result.output
    return result.output


def put(home, folder, name, content):
    (home / "var/drop" / folder).mkdir(parents=True, exist_ok=True)
    (home / "var/drop" / folder / name).write_text(content, encoding="utf-8")


def lies(home):
    return sorted(str(path.relative_to(home)) for path in (home / "var").rglob("*"))


def test_rows_are_shown_as_understood_beside_every_fault_and_nothing_is_touched(home):
    put(home, "county", "a.csv", "站名,时间,水位,雨量\n锦江,2026/6/8 11:00,735,125\n"
                                 "马口,2026/6/8 11:00,99999,30\n")
    before = lies(home)
    said = tried("county_gauges")
    assert [line.split("│")[1:6] for line in said.splitlines() if "jinjiang" in line] == [
        [" stage ", " jinjiang ", " 2026-06-08 11:00 ", " 2026-06-08 11:00 ", " 7.35 m  "],
        [" rain  ", " jinjiang ", " 2026-06-08 10:00 ", " 2026-06-08 11:00 ", " 12.5 mm "]]
    assert "refused: county_gauges:row 3.水位: found '99999', expected a stage from -5" in said
    assert "not in rules/stations.csv: 马口" in said
    assert "nothing was stored or moved; the feed is off" in said
    assert lies(home) == before


def test_a_letter_is_shown_with_its_event_colour_districts_and_end(home):
    book = Workbook()
    for row in (("预警一览",),
                ("文号", "类别", "等级", "发布时间", "失效时间", "区域", "标题", "状态"),
                ("7", "洪水预警", "二级", "2026-06-08 09:00", "2026-06-08 21:00", "恩平市",
                 "锦江洪水橙色预警", "发布")):
        book.active.append(row)
    (home / "var/drop/county-warnings").mkdir(parents=True)
    book.save(home / "var/drop/county-warnings/a.xlsx")
    said = tried("county_warnings")
    for word in ("洪水 11A01 orange (actual)", "440785000000", "2026-06-08 21:00", "1 events"):
        assert word in said


def test_a_forecast_too_far_from_its_run_is_refused(home):
    feeds = home / "rules/feeds.yaml"
    feeds.write_text(feeds.read_text().replace("https://files.example.org/forecast.csv",
                                               "drop:forecast"))
    put(home, "forecast", "a.csv", "point,run,from,to,rain_mm,gust_ms\n"
        "naji,2026-06-08 08:00,2036-06-08 08:00,2036-06-08 09:00,4.5,12\n")
    assert "within 30 days of the run" in tried("county_forecast", code=1)


@pytest.mark.parametrize(("name", "content", "said"), [
    ("a.csv", "站名;时间\n", "a.csv"), ("a.xls", "", "a name that ends with .csv"),
    ("a.csv", "", "found an empty body")])
def test_a_file_that_cannot_be_read_ends_with_1(home, name, content, said):
    put(home, "county", name, content)
    assert said in tried("county_gauges", code=1)


def test_an_empty_or_absent_folder_is_named(home):
    assert "var/drop/county: found No such file" in tried("county_gauges", code=1)
    (home / "var/drop/county").mkdir(parents=True)
    assert "found an empty folder" in tried("county_gauges", code=1)


def test_a_faulty_entry_is_said_with_its_line_and_an_unknown_feed_with_the_nearest(home):
    assert "did you mean county_gauges?" in tried("county_gauge", code=2)
    feeds = home / "rules/feeds.yaml"
    feeds.write_text(feeds.read_text().replace("unit: cm", "unit: hPa"))
    assert "feeds.county_gauges.table.metrics.0: found" in tried("county_gauges", code=1)


def test_a_dry_run_is_of_one_feed_and_of_no_archive(home):
    assert "fenghuo pull FEED --dry-run" in tried(code=2)
    assert "fenghuo pull FEED --dry-run" in tried("usgs", "--from", "2026-06-08", code=2)


def test_a_feed_without_its_key_is_not_asked(home, monkeypatch):
    monkeypatch.delenv("FENGHUO_KEY_FIRMS", raising=False)
    text = (home / "rules/feeds.yaml").read_text()
    assert "key: FENGHUO_KEY_FIRMS" in text
    name = [line for line in text[:text.index("key: FENGHUO_KEY_FIRMS")].splitlines()
            if line.startswith("  ") and line[2] not in " #"][-1].strip().partition(":")[0]
    assert "expected FENGHUO_KEY_FIRMS in the environment" in tried(name, code=1)
