"""``rules/feeds.yaml``: the one that ships, and what is refused of another."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from fenghuo.feeds import config
from fenghuo.feeds.catalogue import FORMATS
from fenghuo.feeds.parsed import module_of, parser_of
from fenghuo.words import Authority, Refused

TEXT = (Path(__file__).parents[2] / "rules" / "feeds.yaml").read_text(encoding="utf-8")


def read(text):
    return config.read({config.PATH: text.encode()})


def test_the_feeds_that_ship_are_read():
    feeds = read(TEXT)
    assert [name for name, feed in feeds.items() if feed.on] == [
        "usgs", "gd_seismic", "cma", "jm_signals", "gauges", "openmeteo", "jma_typhoon"]
    assert feeds["usgs"].name == "usgs" and feeds["usgs"].authority is Authority.foreign
    assert feeds["usgs"].wait == timedelta(minutes=5)
    assert {feed.bureau for feed in feeds.values() if feed.on} == {"seismic", "weather", "flood"}


def test_every_source_that_ships_says_on_which_terms_it_is_read():
    assert [name for name, feed in read(TEXT).items() if len(feed.terms) < 5] == []


def test_every_format_has_a_parser():
    assert all(callable(parser_of(name)) for name in FORMATS)
    assert all(hasattr(module_of(name), "address") == one.asks for name, one in FORMATS.items())
    assert {one.pushes for one in FORMATS.values()} - {None} <= set(FORMATS)
    assert {one.documents for one in FORMATS.values()} - {None} <= set(FORMATS)


@pytest.mark.parametrize(("old", "new", "found", "expected"), [
    ("wait: 5m", "", "a mapping", "a wait for a foreign source"),
    ("cadence: 60s ", "cadence: often ", "'often'", "a number and a unit"),
    ("format: cap_index", "format: capindex", "'capindex'", "cap_index"),
    ("format: table", "format: cap_document", "a mapping", "table for format table"),
    ("url: sandbox", "url: ftp://x", "'ftp://x'", "an http(s) address"),
    ("url: sandbox", "url: http://me:word@x/", "", "without a password"),
    ("stale: 10m", "stale: 30s", "a mapping", "stale longer than cadence"),
    ("span: 5m", "span: 0s", "a mapping", "a span for rain"),
    ("url: drop:county", "url: drop:../county", "'drop:../county'", "one folder's name"),
    ("url: drop:county", "url: drop:/etc", "'drop:/etc'", "one folder's name"),
    ("format: cap_index\n    url: sandbox", "format: cap_index\n    url: drop:x", "a mapping",
     "drop: for formats of tables"),
    ("unit: cm", "unit: hPa", "a mapping", "a unit of stage: m, mm, cm"),
    ("subject: 站名", "subjct: 站名", "an unknown field", "did you mean `subject`"),
    ('time_format: "%Y/%m/%d %H:%M"', "time_format: yyyy", "'yyyy'", "as %Y/%m/%d %H:%M"),
    ("二级: orange", "二级: Orang", "a mapping", "Orang: a colour: white, blue"),
    ("山洪灾害气象预警: 11A51", "山洪灾害气象预警: 11A99", "a mapping", "11A99: a code of GB/T"),
    ("constants: {issuer", "constants: {isuer", "a mapping", "constants and values of identifier"),
    ("zone: Asia/Shanghai", "zone: Mars", "'Mars'", "time zone"),
    ("metric: rain", "metric: stage", "a list", "each metric mapped once"),
    ("metric: stage", "metric: snow", "a mapping", "a span for rain"),
    ("metric: rain", "metric: intensity", "'intensity'", "one of rain, snow, stage"),
    ("south: 15", "south: NO", "'NO'", "a plain decimal number"),
    ("south: 15", "south: 95", "'95'", "less than or equal to 90"),
    ("documents: 20", "documents: 0", "'0'", "greater than or equal to 1"),
    ("  usgs:", "  USGS:", "", "match pattern"),
    ("point: naji", "point: enping", "a list", "each point once"),
    ("format: openmeteo_forecast", "format: cap_document", "a mapping", "points for format"),
    ("latitude: 22.19", "latitude: 122.19", "'122.19'", "less than or equal to 90"),
    ("stale: 10m", "stale: 10m\n    push: 4s", "a mapping", "push from 5s to less than cadence"),
    ("stale: 10m", "stale: 10m\n    push: 60s", "a mapping", "push from 5s to less than cadence"),
    ("stale: 10m", "stale: 10m\n    push: https://x/", "'https://x/'", "a websocket's address"),
    ("stale: 10m", "stale: 10m\n    push: wss://x/", "a mapping", "a websocket for format emsc"),
    ("    push: wss://", "    window: 50m\n    push: wss://", "a mapping", "not both"),
    ("format: cap_index", "format: cap_index\n    hosts: [10.0.0.1]", "'10.0.0.1'",
     "match pattern"),
    ("format: cap_index", "format: cap_index\n    hosts: [localhost]", "'localhost'",
     "match pattern"),
    ("format: usgs_geojson", "format: usgs_geojson\n    hosts: [example.org]", "a mapping",
     "hosts for formats of indexes"),
    ("format: cap_index", "format: cap_index\n    archive: https://x/", "a mapping",
     "an archive for format emsc_fdsn or fdsn_text"),
    ("stale: 10m", "stale: 10m\n    colour: red", "an unknown field", "no such field"),
])
def test_a_faulty_entry_is_refused_with_its_line(old, new, found, expected):
    assert old in TEXT
    with pytest.raises(Refused) as refused:
        read(TEXT.replace(old, new, 1))
    refusal = refused.value.refusals[0]
    assert refusal.source == "rules/feeds.yaml" and refusal.place.split(":")[0].isdigit()
    assert found in refusal.found and expected in refusal.expected


@pytest.mark.parametrize("metric", ["temperature", "gust", "visibility", "fire_index", "tide"])
def test_a_gauge_may_report_anything_that_is_measured(metric):
    feeds = read(TEXT.replace("metric: stage", f"metric: {metric}", 1))
    assert metric in {one.metric for one in feeds["gauges"].table.metrics}


def test_every_fault_is_named_at_once():
    text = TEXT.replace("url: sandbox", "url: nowhere").replace("bureau: flood", "bureau: NO")
    with pytest.raises(Refused) as refused:
        read(text)
    assert len(refused.value.refusals) >= 4


def test_a_missing_file_is_refused():
    with pytest.raises(Refused, match="no file"):
        config.read({})
