"""What a scenario says in short becomes what the house's parsers read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fenghuo.feeds import config, parsed
from fenghuo.feeds.config import FeedConfig
from fenghuo.observations.records import SignalAttributes
from fenghuo.sandbox import scenario as scenarios
from fenghuo.sandbox.payloads import Feeds
from fenghuo.words import EventStatus, Level, Refused

ROOT = Path(__file__).parents[2]
START = datetime(2018, 9, 16, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
HEAD = """
scenario: short
start: 2018-09-16T10:00:00+08:00
ends: 09-16 22:00
"""
SIGNALS = HEAD + """
signals:
  jm_signals:
    - {at: 1h, id: blue, issuer: 台山市气象台, event: 台风, level: blue, districts: ["440781"],
       text: 海宴镇24小时内有大风。, lasts: 6h}
    - {at: 09-16 12:00, id: red, issuer: 台山市气象台, event: 台风, level: red,
       districts: ["440781"], updates: [blue], text: 海宴镇12小时内可达12级。}
    - {at: 3h, id: end, issuer: 台山市气象台, event: 台风, level: red, districts: ["440781"],
       ends: [red], text: 影响减弱。}
    - {at: 4h, drop: blue}
"""


@pytest.fixture
def feeds() -> dict[str, FeedConfig]:
    return config.read({config.PATH: (ROOT / "rules" / "feeds.yaml").read_bytes()})


def read(home: Path, text: str) -> Feeds:
    file = home / "scenario.yaml"
    file.write_text(text)
    return Feeds.of(scenarios.read(file).feeds)


def body(made: Feeds, path: str, now: datetime) -> bytes:
    payload = made.current(path, now)
    assert payload is not None
    return payload.content(now).replace(b"{{base}}", b"http://127.0.0.1:1")


def test_a_signal_is_read_as_the_issuer_meant_it(tmp_path: Path,
                                                 feeds: dict[str, FeedConfig]) -> None:
    made = read(tmp_path, SIGNALS)
    at = {"blue": START + HOUR, "red": START + 2 * HOUR, "end": START + 3 * HOUR}
    (blue,), (red,), (end,) = (
        parsed.read("cap_document", body(made, f"jm_signals/{name}.xml", when),
                    feeds["jm_signals"], when).events for name, when in at.items())
    said = red.attributes
    assert isinstance(said, SignalAttributes)
    assert (said.level, said.event_code, said.issuer) == (Level.red, "11B01", "台山市气象台")
    assert said.districts == ("440781000000",) and "海宴镇" in said.description
    assert red.issued == at["red"] and red.supersedes == (blue.external_id,)
    assert blue.expires == at["blue"] + 6 * HOUR
    assert (end.status, end.supersedes) == (EventStatus.cancelled, (red.external_id,))


def test_an_index_names_what_was_issued_and_not_what_was_dropped(
        tmp_path: Path, feeds: dict[str, FeedConfig]) -> None:
    made = read(tmp_path, SIGNALS)

    def named(now: datetime) -> list[str]:
        found = parsed.read("cap_index", body(made, "jm_signals", now), feeds["jm_signals"], now)
        return [entry.url.rpartition("/")[2] for entry in found.entries]

    assert named(START) == []
    assert named(START + 2 * HOUR) == ["red.xml", "blue.xml"]
    assert named(START + 5 * HOUR) == ["end.xml", "red.xml"]


def test_a_dropped_signal_wants_three_answers_before_the_clock_goes_on(tmp_path: Path) -> None:
    made, at = read(tmp_path, SIGNALS), START + 4 * HOUR
    asked = []
    while made.unserved(at):
        made.served["jm_signals", at] += 1
        asked.append(at)
    assert len(asked) == 3


def test_a_gauge_table_is_always_of_the_present_instant(tmp_path: Path,
                                                        feeds: dict[str, FeedConfig]) -> None:
    made = read(tmp_path, HEAD + """
gauges:
  gauges: {stations: {haiyan: {rain_mm: {0s: "0.5", 1h: "4.0", 2h: ""}},
                      jinjiang: {stage_m: {0s: "8.60"}}}}
""")
    now = START + HOUR + timedelta(minutes=23)
    found = parsed.read("table", body(made, "gauges", now), feeds["gauges"], now)
    assert found.as_of == START + HOUR + timedelta(minutes=20)
    frame = found.observations
    rain = frame[frame["subject"] == "haiyan"].set_index("end")["value"]
    assert rain[START + timedelta(minutes=55)] == 0.5 and rain[START + HOUR] == 4.0
    assert len(rain) == 12 + 5 and set(made.changes()) == {START, START + HOUR, START + 2 * HOUR}
    assert not made.silent(now) and made.silent(START + 2 * HOUR)


def test_a_list_of_quakes_is_of_the_hour_before(tmp_path: Path,
                                                feeds: dict[str, FeedConfig]) -> None:
    made = read(tmp_path, HEAD + """
quakes:
  gd_seismic: [{at: 10m, id: q1, magnitude: "4.6", latitude: "21.9", longitude: "112.7",
                origin: 8m, place: 台山市}]
""")

    def listed(minutes: int) -> list[str]:
        now = START + timedelta(minutes=minutes)
        found = parsed.read("usgs_geojson", body(made, "gd_seismic", now), feeds["gd_seismic"],
                            now)
        assert found.as_of == now
        return [event.external_id for event in found.events]

    assert [listed(minutes) for minutes in (5, 10, 60, 70)] == [[], ["q1"], ["q1"], []]


def test_a_feed_that_is_down_gives_its_last_word_again_when_it_is_back(tmp_path: Path) -> None:
    made = read(tmp_path, SIGNALS + """
feeds:
  jm_signals: [{at: 90m, until: 150m, status: 503}]
""")
    status = [made.current("jm_signals", START + timedelta(minutes=m)) for m in (89, 90, 121, 150)]
    assert [one and one.status for one in status] == [200, 503, 503, 200]
    assert b"red.xml" in body(made, "jm_signals", START + timedelta(minutes=150))


def test_a_reference_to_a_signal_that_was_never_issued_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no signal blue2"):
        read(tmp_path, SIGNALS.replace("updates: [blue]", "updates: [blue2]"))
