"""A morning on which every feed first talks nonsense: alarms, and then each person told once.

All payloads are invented here, in the recorded formats, and spoiled in the ways feeds are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from fenghuo import alarms, ledger
from fenghuo.sandbox.log import Seen
from fenghuo.sandbox.rehearsal import Rehearsal, rehearsal
from fenghuo.store import tables as t
from fenghuo.store.engine import reading

ROOT = Path(__file__).parents[2]
PAYLOADS = ROOT / "tests" / "scenarios" / "enping" / "payloads"
START = datetime(2026, 6, 7, 19, 0, tzinfo=UTC)
"""03:00 in the city."""

HTML = b"<!DOCTYPE html><html><body>Sign in to the guest network</body></html>"
BOMB = (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
        b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><rss version="2.0"><channel>&b;</channel></rss>')
XXE = b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel>&x;</channel></rss>'
FIRE = "+8613800000012"


def quake(name: str, minute: int, **changes: Any) -> dict[str, Any]:
    """An M 5.6 near Enping, whose place is a template; keywords change its properties."""
    at = int((START + timedelta(minutes=minute)).timestamp() * 1000)
    place = changes.pop("coordinates", [112.30, 22.20, 10.0])
    return {"type": "Feature", "id": name, "geometry": {"type": "Point", "coordinates": place},
            "properties": {"mag": 5.6, "place": "{{7*7}}（虚构）", "time": at, "updated": at,
                           "status": "automatic", "ids": f",{name},", "magType": "m",
                           "type": "earthquake"} | changes}


def quakes(minute: int, *found: dict[str, Any]) -> bytes:
    """The summary of a minute."""
    made = int((START + timedelta(minutes=minute)).timestamp() * 1000)
    return json.dumps({"type": "FeatureCollection", "features": found,
                       "metadata": {"generated": made}}).encode()


def rain(minute: int) -> bytes:
    """The orange signal of the Enping night, issued at a minute."""
    text = (PAYLOADS / "rain-orange.xml").read_text()
    for old in ("03:38", "03时38"):
        text = text.replace(old, old[:3] + f"{minute:02d}")
    return text.encode()


def index(*names: str) -> bytes:
    items = "".join(f"<item><link>{{{{base}}}}/feeds/jm_signals/{name}</link></item>"
                    for name in names)
    return f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


def gauge(minute: int, stage: str) -> bytes:
    at = START + timedelta(minutes=minute, hours=8)
    return f"station,time,stage_m,rain_mm\njinjiang,{at:%Y-%m-%d %H:%M},{stage},\n".encode()


GOOD = quakes(6, quake("gd1", 6))
FEEDS: Mapping[str, Mapping[int, bytes]] = {
    "gd_seismic": {
        0: HTML, 1: GOOD[:-40], 2: b"", 3: quakes(3, quake("g", 3)).replace(b"{", b"\xff\xff", 1),
        # records refused alone, in a list that is read: one of each kind
        4: quakes(4, quake("nan", 4, mag=1234.5), quake("huge", 4, mag=5432.1),
                  quake("swapped", 4, coordinates=[22.2, 80.3, 10]),
                  quake("later", 4 + 60)).replace(b"1234.5", b"NaN").replace(b"5432.1", b"1e999"),
        6: GOOD},
    "usgs": {0: BOMB, 2: quakes(2).replace(b'"features"', b'"type": 1, "features"'),
             6: quakes(6)},
    "cma": {0: BOMB, 2: HTML, 6: index()},
    "jm_signals": {0: XXE, 2: index("rain.xml")[:-20], 4: index("bomb.xml", "rain.xml"),
                   8: index("rain.xml")},
    "jm_signals/bomb.xml": {0: BOMB},
    "jm_signals/rain.xml": {0: rain(4)},
    "gauges": {0: "站名,时间,水位\n锦江,2026-06-08 03:00,99\n".encode("gbk"),
               1: b"station,time,stage_m,rain_mm\njinjiang,2026-06-08 03:01", 2: HTML,
               3: gauge(3, "9.05"), 5: gauge(5, "NaN"), 7: gauge(7, "9.06")},
}


CALM = """forecasts:
  openmeteo:
    points: [["22.19", "112.31"], ["22.12", "112.12"], ["22.38", "112.68"], ["22.10", "112.78"],
             ["21.78", "112.57"], ["22.46", "113.03"], ["22.62", "112.83"], ["23.03", "112.46"],
             ["23.06", "112.80"]]
tracks:
  jma_typhoon:
    - {number: "2501", name: INVENTED, fixes: ["25060100 002 3 150 1200 1000     035"]}"""
"""Two feeds that are good all morning and say nothing."""


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rehearsal, Seen]]:
    """The morning played once; every phone answers promptly."""
    home = tmp_path_factory.mktemp("morning")
    lines = [f"scenario: bad\nstart: {START.isoformat()}\nends: 12m\nfeeds:"]
    for feed, bodies in FEEDS.items():
        lines.append(f"  {feed}:")
        for minute, body in bodies.items():
            name = f"{feed.replace('/', '-')}-{minute}"
            (home / name).write_bytes(body)
            lines.append(f"    - {{at: {minute}m, file: {name}, type: text/plain}}")
    lines.append(CALM)
    lines.append("others: {manner: prompt, after: 40s, answers: each}\n")
    (home / "scenario.yaml").write_text("\n".join(lines))
    with rehearsal(home, home / "scenario.yaml", ROOT / "rules", ROOT / "contacts") as played:
        yield played, played.play()


def rows(played: Rehearsal, table: Any) -> list[Any]:
    with reading(played.house.engine) as connection:
        return list(connection.execute(select(table)).all())


def test_each_bad_feed_raised_one_alarm_and_its_good_answer_recovered_it(
        morning: tuple[Rehearsal, Seen]) -> None:
    raised = sorted((str(row.kind), row.subject) for row in rows(morning[0], t.alarm))
    assert raised == sorted([
        *(("feed_stale", feed) for feed in FEEDS if "/" not in feed),
        ("feed_unreadable", "gauges"),  # its second outage, of minute 5; nothing grew old by it
        ("feed_quarantine", "gd_seismic"), ("feed_quarantine", "jm_signals")])
    with reading(morning[0].house.engine) as connection:
        assert alarms.open_alarms(connection) == []


def test_what_was_refused_is_kept_with_its_place_and_what_was_expected(
        morning: tuple[Rehearsal, Seen]) -> None:
    kept = {(row.feed, row.place, row.found) for row in rows(morning[0], t.quarantine)}
    assert {("gd_seismic", "1:1", "a web page"), ("gd_seismic", "1:1", "an empty body"),
            ("gd_seismic", "features[0] nan.properties.mag", "NaN"),
            ("gd_seismic", "features[1] huge.properties.mag", "1e999"),
            ("cma", "1:1", "a document type or entity"),
            ("usgs", "type", "the key 'type' twice"),
            ("jm_signals", "1:1", "a document type or entity")} <= kept
    assert all(row.expected for row in rows(morning[0], t.quarantine))


def test_everybody_is_told_exactly_once_of_each_danger(morning: tuple[Rehearsal, Seen]) -> None:
    _, seen = morning
    assert seen.doubled() == []
    told = {word: Counter(str(text["to"]) for text in seen.texts() if word in text["body"])
            for word in ("5.6", "水位风险提示", "暴雨橙色预警信号")}
    # by hand as in enping/scenario.yaml: 12 for the quake, the wharf's two, the two towns' three
    people = {f"+86138000000{n}" for n in ("01", "02", "04", "05", "12", "14", "18", "22", "41",
                                           "42", "43", "47")}
    assert told["5.6"] == dict.fromkeys(people, 1)
    assert told["水位风险提示"] == dict.fromkeys(("+8613800000014", "+8613800000041"), 1)
    assert told["暴雨橙色预警信号"] == dict.fromkeys(
        ("+8613800000014", "+8613800000005", "+8613800000041"), 1)
    assert len(seen.texts()) == 12 + 2 + 3


def test_a_feed_that_is_good_is_heard_while_all_others_are_bad(
        morning: tuple[Rehearsal, Seen]) -> None:
    at = {word: min(datetime.fromisoformat(text["city"]) for text in morning[1].texts()
                    if word in text["body"]) - START
          for word in ("水位风险提示", "暴雨橙色预警信号", "5.6")}
    minute = timedelta(minutes=1)
    # a first yellow waits 90 s for its bundle, which the orange signal joins; a quake never
    assert 3 * minute <= at["水位风险提示"] - 1.5 * minute < 4 * minute, "no other was good yet"
    assert 4 * minute <= at["暴雨橙色预警信号"] < 6 * minute, "beside a bomb in its own index"
    assert 6 * minute <= at["5.6"] < 7.5 * minute


def test_a_template_in_a_payload_stays_the_text_it_is(morning: tuple[Rehearsal, Seen]) -> None:
    bodies = [str(text["body"]) for text in morning[1].texts() if "5.6" in text["body"]]
    assert any("{{7*7}}" in body for body in bodies)
    assert not any("49" in body for body in bodies)


def test_the_ledger_of_the_morning_is_sound_and_every_refused_body_is_archived(
        morning: tuple[Rehearsal, Seen]) -> None:
    house = morning[0].house
    verdict = ledger.verify_log(house.engine, ledger.public_key(house.settings),
                                house.settings.path(house.settings.checkpoints), house.clock.now())
    assert verdict.sound, verdict.faults
    refused = [row for row in rows(morning[0], t.fetch) if row.outcome == "refused"]
    assert len({row.payload for row in refused}) >= 10
    assert all(row.payload and row.detail for row in refused)
