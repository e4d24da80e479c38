"""Rules held against stations, return levels, sites and measures, each fault at its own place."""

from __future__ import annotations

from pathlib import Path

import pytest

from fenghuo import editions
from fenghuo.words import Refused

ROOT = Path(__file__).parents[2]
RULE = "rules/agreements/a.yaml"
KEPT = ("rules/feeds.yaml", "rules/measures.yaml", "rules/messages/", "contacts/", "rules/stations")
SHIPPED = {path: content for path, content in editions.files_on_disk(
    ROOT / "rules", ROOT / "contacts").items() if path.startswith(KEPT)}
STATIONS = b"""\
station,name,name_en,river,latitude,longitude,warning,guarantee,record,datum,step_seconds,\
yellow_mark,red_mark
jinjiang,x,x,x,22.2,112.3,9.00,10.00,11.50,x,300,8.00,9.00
gaoyao,x,x,x,23.0,112.4,10.00,12.00,13.65,x,3600,12.00,11.00
liangxi,x,x,,22.2,112.2,,,,,420,,
haiyan,x,x,,22.2,112.2,,,,,300,,
hecheng,x,x,,22.2,112.2,,,,,300,,
"""
LEVELS = b"station,metric,window,years,level,source\njinjiang,rain,24h,20,250,x\n" \
         b"jinjiang,rain,24h,50,300,x\n"
AGREEMENT = """\
agreement: a
title: {zh: 甲, en: A}
signed: no
parties: {bureau: {now: 局}, partner: {now: 局}}
rules:
  - id: one
    hazard: flood
    kind: observed
    metric: METRIC
    STATISTIC
    tiers: TIERS
    reach: {by: station}
    EXTRA
    source: {article: x, confidence: proposed}
release:
  yellow: {tell: [site.deputy], by: [sms]}
  orange: {tell: [site.deputy], by: [sms]}
  red: {tell: [site.deputy], by: [sms]}
feedback: {}
"""


def refusals(tiers: str, metric: str = "stage", statistic: str = "statistic: last",
             extra: str = "clear: {held: 1h}",
             feeds: bytes = SHIPPED["rules/feeds.yaml"]) -> list[str]:
    text = AGREEMENT
    for word, new in (("METRIC", metric), ("STATISTIC", statistic), ("TIERS", tiers),
                      ("EXTRA", extra)):
        text = text.replace(word, new)
    files = SHIPPED | {RULE: text.encode(), "rules/stations.csv": STATIONS,
                       "rules/return_levels.csv": LEVELS, "rules/feeds.yaml": feeds}
    files = {path: content for path, content in files.items() if path != "contacts/sites.csv"}
    sites = (ROOT / "contacts" / "sites.csv").read_text().splitlines()
    names = {"jinjiang", "gaoyao", "liangxi", "haiyan", "hecheng", ""}
    place = sites[0].split(",").index("station")
    rows = [line.split(",") for line in sites[1:]]
    for row in rows:
        row[place], row[place + 1] = (row[place], row[place + 1]) if row[place] in names \
            else ("", "")
    files["contacts/sites.csv"] = "\n".join([sites[0], *(",".join(row) for row in rows)]).encode()
    try:
        editions.read(files, "")
    except Refused as refused:
        return [str(one) for one in refused.refusals]
    return []


def test_what_the_tables_have_is_good() -> None:
    assert refusals("{yellow: {at_least: station.warning}, red: {at_least: station.record}}") == []
    assert refusals("{yellow: {at_least: 20-year, window: 24h}, red: {at_least: 50-year, "
                    "window: 24h}}", "rain", "statistic: sum", "season: {starts: 04-15, "
                    "ends: 10-15}") != []  # 24 h is no multiple of every station's 420 s
    assert refusals("{yellow: {at_least: site.stage}}") == []


def test_a_mark_that_no_table_has_is_answered_with_the_nearest() -> None:
    assert refusals("{yellow: {at_least: station.yelow_mark}}") == [
        f"{RULE}:11:32 rules.0.tiers.yellow.at_least: found station.yelow_mark, expected a column "
        "of rules/stations.csv; did you mean `station.yellow_mark`?"]
    assert refusals("{yellow: {at_least: site.stag}}") == [
        f"{RULE}:11:32 rules.0.tiers.yellow.at_least: found site.stag, expected a column "
        "of contacts/sites.csv; did you mean `site.stage`?"]
    assert "a column of" in refusals("{yellow: {at_least: station.step_seconds}}")[0]


def test_a_return_period_without_a_row_for_its_metric_and_window_is_refused() -> None:
    def said(tier: str) -> list[str]:
        return [line for line in refusals("{yellow: " + tier + "}", "rain", "statistic: sum")
                if "year" in line.split("expected")[0]]

    assert said("{at_least: 20-year, window: 24h}") == []
    assert said("{at_least: 30-year, window: 24h}") == [
        f"{RULE}:11:32 rules.0.tiers.yellow.at_least: found 30-year, expected 20-year or 50-year, "
        "as rules/return_levels.csv has for rain in 24h"]
    assert said("{at_least: 20-year, window: 7h}")[0].endswith(
        "expected a row of rules/return_levels.csv for rain in 7h")


def test_stricter_names_an_industry_or_tag_at_the_place_of_its_key() -> None:
    found = refusals("{yellow: {at_least: 9}}", extra="stricter: {tailing-pond: 1, chemicals: 1}")
    assert found == [f"{RULE}:13:16 rules.0.stricter.tailing-pond: found tailing-pond, expected an "
                     "industry or tag of contacts/sites.csv or rules/measures.yaml; did you mean "
                     "`tailings-pond`?"]


def test_marks_that_do_not_ascend_at_a_station_name_station_and_rule() -> None:
    found = refusals("{yellow: {at_least: station.yellow_mark}, "
                     "red: {at_least: station.red_mark}}")
    assert found == [
        f"{RULE}:11:70 rules.0.tiers.red.at_least: found at_least station.red_mark at gaoyao, "
        "expected harder to reach than at_least station.yellow_mark at each of them (rule one)"]
    low = refusals("{yellow: {at_most: station.red_mark}, red: {at_most: station.yellow_mark}}")
    assert "found at_most station.yellow_mark at gaoyao, expected harder" in low[0]
    assert refusals("{yellow: {at_least: station.red_mark, within: 0.5 m}, "
                    "red: {at_least: station.guarantee}}") == []
    assert "at jinjiang, gaoyao" in refusals(
        "{yellow: {at_least: station.warning}, red: {at_least: station.guarantee, "
        "within: 2 m}}")[0]


@pytest.mark.parametrize(("window", "held", "good"), [
    ("72h", "3h", True), ("72h", "4h", False), ("3d", "0s", True), ("15d", "0s", False)])
def test_a_window_and_its_hold_fit_what_is_kept(window: str, held: str, good: bool) -> None:
    found = refusals(f"{{yellow: {{window: {window}, at_least: 9}}}}", statistic="statistic: max",
                     extra=f"clear: {{held: {held}}}")
    assert (found == []) is good
    assert good or "expected at most 75h together" in found[0]


def test_a_window_is_a_multiple_of_the_steps_of_stations_that_have_the_metric() -> None:
    def said(metric: str, window: str) -> list[str]:
        return refusals(f"{{yellow: {{window: {window}, at_least: 9}}}}", metric, "statistic: max")

    assert said("stage", "2h") == []  # no station with a river reports every 420 s
    assert said("stage", "90m")[0].endswith("(3600 s; rules/stations.csv, rules/feeds.yaml)")
    assert "(420 s; " in said("rain", "2h")[0]


def test_a_window_is_a_multiple_of_the_step_that_the_feed_says() -> None:
    feeds = SHIPPED["rules/feeds.yaml"]
    before, name, gauges = feeds.partition(b"\n  gauges:")
    found = refusals("{yellow: {window: 2h, at_least: 9}}", "stage", "statistic: max",
                     feeds=before + name + gauges.replace(b"step: 5m", b"step: 11m", 1))
    assert "(660 s; " in found[0]


def test_a_feed_of_numbered_stations_says_its_step_too_once_it_is_on() -> None:
    feeds = SHIPPED["rules/feeds.yaml"]
    before, gauges = feeds.split(b"  usgs_water:", 1)
    gauges = gauges.replace(b"step: 15m", b"step: 11m", 1)

    def said(entry: bytes) -> list[str]:
        return refusals("{yellow: {window: 2h, at_least: 9}}", "stage", "statistic: max",
                        feeds=before + b"  usgs_water:" + entry)

    assert said(gauges) == []  # it ships off
    assert "(660 s; " in said(gauges.replace(b"on: no", b"on: yes", 1))[0]
