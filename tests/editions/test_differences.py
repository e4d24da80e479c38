"""What changed between two editions, and what is no change."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from fenghuo import editions
from fenghuo.editions.differences import differences

ROOT = Path(__file__).parents[2]
FILES = editions.files_on_disk(ROOT / "rules", ROOT / "contacts")
OLD = editions.read(FILES, "old")


def changed(path: str, *changes: tuple[str, str], language: str = "en") -> list[str]:
    text = FILES[path].decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    new = editions.read({**FILES, path: text.encode()}, "new")
    return [one.said(language) for one in differences(OLD, new, language)]


def test_an_edition_is_no_different_from_itself() -> None:
    assert differences(OLD, editions.read(dict(FILES), "new"), "en") == []


def test_no_part_of_an_edition_is_forgotten() -> None:
    assert {one.name for one in fields(editions.Edition)} == {
        "digest", "agreements", "feeds", "stations", "contacts", "messages", "measures", "filings",
        "gateways"}


def test_which_gateway_is_tried_first_is_a_difference() -> None:
    path = "rules/gateways.yaml"
    one, two = (f"  {name}: {{kind: twilio, countries: [+852], per_second: {rate}}}\n"
                for name, rate in (("a", 10), ("b", 20)))
    first = editions.read({**FILES, path: f"gateways:\n{one}{two}".encode()}, "old")
    second = editions.read({**FILES, path: f"gateways:\n{two}{one}".encode()}, "new")
    assert [one.said("en") for one in differences(first, second, "en")] == [
        "gateways: order from “a b” to “b a”"]


def test_a_filing_is_said_and_a_text_without_one_has_a_row_or_none() -> None:
    path, said = "rules/filings.csv", "at hazard reply duty"
    row = f"fallback.j2,,not_filed,,{said},,\n"
    assert changed(path, (row, f"fallback.j2,twilio,filed,SMS_1,{said},2026-06-01,\n")) == [
        f"filings: template added: fallback.j2, twilio, filed, SMS_1, {said}, 2026-06-01"]
    assert changed(path, (row, "")) == []


def test_a_feed_says_each_field_with_its_unit() -> None:
    feed = next(iter(OLD.feeds))
    text = FILES["rules/feeds.yaml"].decode()
    cadence = next(line for line in text.splitlines() if "cadence:" in line)
    found = changed("rules/feeds.yaml", (cadence, cadence.replace("cadence:", "cadence: 1s #")))
    assert len(found) == 1 and found[0].startswith(f"feeds/{feed}: cadence from “")
    assert found[0].endswith("” to “1 s”")


def test_a_station_says_the_cells_that_changed() -> None:
    marked = OLD.stations[OLD.stations["warning"].notna()].iloc[0]
    row = next(line for line in FILES["rules/stations.csv"].decode().splitlines()
               if line.startswith(f"{marked['station']},"))
    cells = row.split(",")
    cells[list(OLD.stations.columns).index("warning")] = "0.25"
    assert changed("rules/stations.csv", (row, ",".join(cells))) == [
        f"stations/{marked['station']}: warning from “{marked['warning']}” to “0.25”"]


def test_a_text_shows_a_sample_before_and_after() -> None:
    found, = changed("rules/messages/relay.j2", ("：影响{{", "：影响到{{"), language="zh")
    assert found.startswith("rules/messages/relay.j2：样例文字由“[J]转发M06-08 14:52S：影响A，")
    assert "”改为“[J]转发M06-08 14:52S：影响到A，" in found


def test_a_branch_that_no_sample_shows_is_still_a_difference() -> None:
    change = "（由{{ previous }}升级）", "（由{{ previous }}升为）"
    found, = changed("rules/messages/relay.j2", change)
    assert found == "rules/messages/relay.j2: text: the sample reads the same, other words differ"


@pytest.mark.parametrize("path", ["rules/messages/relay.j2", "rules/messages/alarm.en.j2"])
def test_comments_and_spacing_of_a_text_are_no_difference(path: str) -> None:
    first = FILES[path].decode()[:20]
    assert changed(path, (first, "{# 市应急局 2026 #}" + first)) == []
    assert changed(path, (first, "\n\n" + first)) == []


def test_contacts_are_counted_and_nobody_is_named() -> None:
    name = OLD.contacts.people["name"].iloc[0]
    assert changed("contacts/people.csv", (f",{name},", ",某人,")) == [
        "contacts: people: 0 added, 0 removed, 1 changed"]
    posts = FILES["contacts/posts.csv"].decode().splitlines()
    assert changed("contacts/posts.csv", (posts[-1], ""), language="zh") == [
        "contacts：岗位：新增0，删除1，改动0"]


def test_a_measure_says_its_words() -> None:
    change = "按预案做好防范，通知到每个班组", "按预案做好防范，逐班组通知"
    assert changed("rules/measures.yaml", change) == [
        f"measures/any/any/blue: zh from “{change[0]}” to “{change[1]}”"]
