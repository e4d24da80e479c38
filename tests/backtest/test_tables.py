"""Events and truth from small tables: hostile ones are refused at their line and column."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fenghuo.backtest import tables
from fenghuo.editions import Edition
from fenghuo.observations.records import EarthquakeAttributes, SignalAttributes
from fenghuo.words import EventStatus, Level, Refused

HEAD = ",".join(tables.EVENTS)
SIGNAL = {"received": "2026-06-01T08:05+08:00", "feed": "cma", "kind": "signal", "id": "r1",
          "issued": "2026-06-01T08:00+08:00", "expires": "2026-06-01T14:00+08:00",
          "hazard": "rainstorm", "event_code": "11B03", "level": "red", "issuer": "恩平市气象台",
          "headline": "暴雨红色预警信号", "districts": "440785000000 440781000000"}
QUAKE = {"received": "2026-06-01T08:01Z", "feed": "gd_seismic", "kind": "earthquake", "id": "q1",
         "status": "deleted", "issued": "2026-06-01T08:00Z", "magnitude": "5.2",
         "latitude": "22.2", "longitude": "110.5"}


def file(folder: Path, *rows: dict[str, str], name: str = "events.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([HEAD, *(",".join(row.get(column, "") for column in tables.EVENTS)
                                       for row in rows)]) + "\n")
    return path


def test_signals_and_quakes_are_heard_when_they_were_received(tmp_path: Path) -> None:
    quake, signal = sorted(tables.events(file(tmp_path, QUAKE, SIGNAL)),
                           key=lambda word: word.heard.feed, reverse=True)
    assert isinstance(quake.heard.record.attributes, EarthquakeAttributes)
    assert quake.heard.record.status is EventStatus.deleted
    assert quake.heard.record.attributes.depth_km is None
    said = signal.heard.record.attributes
    assert isinstance(said, SignalAttributes)
    assert (said.level, said.districts) == (Level.red, ("440785000000", "440781000000"))
    assert (signal.at - signal.heard.record.issued).total_seconds() == 300


def test_json_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_text(json.dumps([QUAKE, SIGNAL]))
    assert tables.events(path) == tables.events(file(tmp_path, QUAKE, SIGNAL))


@pytest.mark.parametrize(("row", "place"), [
    (SIGNAL | {"received": "2026-06-01T08:05"}, "2:1 received"),
    (SIGNAL | {"received": "2026-13-01T08:05Z"}, "2:1 received"),
    (SIGNAL | {"level": "purple"}, "2:10 level"), (SIGNAL | {"districts": ""}, "2:13 districts"),
    (QUAKE | {"magnitude": ""}, "2:15 magnitude"), (QUAKE | {"latitude": "1e1"}, "2:16 latitude"),
    (QUAKE | {"kind": "tsunami"}, "2:3 kind"),
])
def test_a_bad_event_is_refused_at_its_place(
        tmp_path: Path, row: dict[str, str], place: str) -> None:
    with pytest.raises(Refused) as refused:
        tables.events(file(tmp_path, row))
    assert place in [one.place for one in refused.value.refusals]


@pytest.mark.parametrize("text", ["{}", "[1]x", "", "[[", '{"a": 1}'])
def test_json_that_is_no_list_of_objects_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "events.json"
    path.write_text(text)
    with pytest.raises(Refused):
        tables.events(path)


def test_truth_names_places_that_are_known(tmp_path: Path, edition: Edition) -> None:
    path = tmp_path / "truth.csv"
    path.write_text("hazard,place,start,end,note\n"
                    "flood,440785000000,2026-06-01T08:00+08:00,2026-06-01T12:00+08:00,a barge\n"
                    "flood,ep-wharf,2026-06-02T08:00Z,2026-06-02T08:00Z,\n")
    found = tables.truth(path, edition.contacts)
    assert found["start"].dt.hour.tolist() == [0, 8]
    path.write_text("hazard,place,start,end\n"
                    "flood,440785000000,2026-06-01T12:00Z,2026-06-01T08:00Z\n")
    with pytest.raises(Refused, match="not before the start"):
        tables.truth(path, edition.contacts)
    path.write_text("hazard,place,start,end\nflood,nowhere,2026-06-01T12:00Z,2026-06-01T13:00Z\n")
    with pytest.raises(Refused, match="2:2 place"):
        tables.truth(path, edition.contacts)
    with pytest.raises(Refused):
        tables.truth(tmp_path / "none.csv", edition.contacts)
