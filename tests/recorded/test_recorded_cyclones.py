"""Recorded cyclones: lists, tracks, and five weeks of fixes as three agencies told them."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

import pytest

from fenghuo.feeds.parsed import read
from fenghuo.observations import events, storms
from fenghuo.observations.records import Quadrants, Wind, WindArea
from fenghuo.observations.revisions import attributes_of, newest, plain
from fenghuo.store.engine import writing
from fenghuo.words import Authority, EventKind

BEIJING = timezone(timedelta(hours=8))
FORCE = {6: 22, 7: 28, 8: 34, 9: 41, 10: 48, 11: 56, 12: 64, 13: 72, 14: 81, 15: 90, 16: 100,
         17: 109, 18: 118}
"""Knots from which a Beaufort force counts: the replay tells JMA's wind by force only."""


def test_jmas_list_of_four_has_two_depressions_and_a_low(recorded, shipped):
    body = (recorded / "typhoon" / "jma-targetTc-20260831.json").read_bytes()
    parsed = read("jma_typhoon", body, shipped("jma_cyclones"),
                  datetime(2026, 8, 31, 2, tzinfo=UTC))
    assert [(entry.url, entry.at.hour) for entry in parsed.entries] == [
        (f"TC{number}/specifications.json", hour)
        for number, hour in ((2628, 1), (2621, 1), (2626, 0), (2625, 19))]
    assert parsed.refusals == [] and parsed.as_of == datetime(2026, 8, 31, 1, 30, tzinfo=UTC)


def test_nmcs_list_and_track(recorded, shipped):
    config, at = shipped("nmc_cyclones"), datetime(2026, 10, 7, 7, tzinfo=UTC)
    body = (recorded / "typhoon" / "nmc-list_default-20261007.jsonp").read_bytes()
    parsed = read("nmc_typhoon", body, config, at)
    assert [entry.url for entry in parsed.entries] == [
        "view_3346033", "view_3346168", "view_3341981"] and parsed.refusals == []
    body = (recorded / "typhoon" / "nmc-view-3346168-nolo.jsonp").read_bytes()
    parsed = read("nmc_typhoon_track", body, config, at)
    (record,) = parsed.events
    track = record.attributes
    assert parsed.refusals == [] and record.issued == datetime(2026, 10, 7, 6, tzinfo=UTC)
    assert (track.number, track.name, track.agency, track.minutes) == ("2628", "NOLO", "CMA", 2)
    first, here = track.fixes[:2]
    assert (first.latitude, first.longitude, first.wind, first.grade) == (
        24.8, 179.4, Wind(52, "m/s", 2), "SuperTY")
    assert here.areas == (WindArea(Wind(30, "kt", 2), Quadrants(380, 250, 250, 380)),
                          WindArea(Wind(50, "kt", 2), Quadrants(100, 80, 80, 100)))
    ahead = track.fixes[2:]
    assert [(fix.at - here.at) // timedelta(hours=1) for fix in ahead] == [
        12, 24, 36, 48, 60, 72, 96, 120]
    assert (ahead[-1].latitude, ahead[-1].longitude, ahead[-1].wind) == (
        36.9, 157.4, Wind(18, "m/s", 2))


def test_qweathers_track(recorded, shipped):
    config = shipped("qweather_cyclones").model_copy(update={
        "url": "https://example.qweatherapi.com/v7/tropical/storm-track?stormid=NP_2401&key={key}"})
    body = (recorded / "typhoon" / "qweather-storm-track.json").read_bytes()
    parsed = read("qweather_storm", body, config, datetime(2024, 5, 30, 7, tzinfo=UTC))
    (record,) = parsed.events
    here = record.attributes.current
    assert parsed.refusals == [] and record.external_id == "NP_2401"
    assert len(record.attributes.fixes) == 4
    assert (here.at, here.wind) == (datetime(2024, 5, 29, 21, tzinfo=UTC), Wind(30, "m/s", 2))
    assert here.areas[0] == WindArea(Wind(30, "kt", 2), Quadrants(120, 150, 120, 100))
    assert [len(fix.areas) for fix in record.attributes.fixes] == [3, 3, 2, 2]


def test_nhcs_corrected_advisory(recorded, shipped):
    body = (recorded / "typhoon" / "nhc-TCPAT4-hermine-2016.txt").read_bytes()
    parsed = read("nhc_advisory", body, shipped("nhc_cyclones"),
                  datetime(2016, 9, 4, 13, 10, tzinfo=UTC))
    (record,) = parsed.events
    track, here = record.attributes, record.attributes.current
    assert (record.external_id, track.name, track.agency, track.minutes) == (
        "AL092016", "HERMINE", "NHC", 1)
    assert (here.latitude, here.longitude, here.wind, here.grade, here.pressure_hpa) == (
        37.0, -70.0, Wind(100, "km/h", 1), "PTC", 999)
    assert here.at == datetime(2016, 9, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(("name", "quakes", "cyclones", "passed"), [
    ("gdacs-rss-20191230.xml", 2, 3, 11), ("gdacs-rss-7d-20191230.xml", 100, 3, 12)])
def test_gdacs_by_rss(recorded, shipped, name, quakes, cyclones, passed):
    config = shipped("gdacs")
    parsed = read("gdacs_rss", (recorded / "typhoon" / name).read_bytes(), config,
                  datetime(2019, 12, 30, 2, tzinfo=UTC))
    kinds = Counter(record.kind for record in parsed.events)
    assert kinds == {EventKind.earthquake: quakes, EventKind.cyclone: cyclones}
    assert len(parsed.passed) == passed and parsed.refusals == []
    storm = next(one for one in parsed.events if one.external_id == "TC1000642").attributes
    # 130 km/h was its greatest, 111 it is now; over the date line from Fiji
    assert (storm.name, storm.current.wind, storm.current.longitude) == (
        "SARAI", Wind(111, "km/h", 1), -178.8)


def test_gdacs_by_its_interface(recorded, shipped):
    body = (recorded / "typhoon" / "gdacs-eventsbyarea-20261008.json").read_bytes()
    parsed = read("gdacs_events", body, shipped("gdacs_search"),
                  datetime(2026, 10, 8, 13, tzinfo=UTC))
    assert [(one.external_id, one.attributes.magnitude) for one in parsed.events] == [
        ("EQ1569499", 4.8), ("EQ1568845", 5.2), ("EQ1568011", 4.5), ("EQ1567628", 4.7),
        ("EQ1567272", 4.7), ("EQ1567240", 4.5)]
    assert [one.place for one in parsed.passed] == ["FL1104121"] and parsed.refusals == []
    assert parsed.events[0].onset == datetime(2026, 10, 4, 20, 27, 25, tzinfo=UTC)


def instant(text: str) -> datetime:
    """``07-23 14时`` of 2026, Beijing's time."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H时").replace(tzinfo=BEIJING)


def by_nmc(line: dict, at: datetime) -> bytes:
    now, label = line["now"], f"{at.astimezone(UTC):%Y%m%d%H%M}"
    radii = [[name, km, km, km, km, 1] for name, km in (("30KTS", now["r7"]), ("50KTS", now["r10"]))
             if km]
    ahead = [[(instant(one["t"]) - at) // timedelta(hours=1), label, one["lng"], one["lat"], None,
              round(FORCE.get(one["wind"], 17) * 1852 / 3600, 1), "BABJ", one["strong"]]
             for one in line["forecast"] if instant(one["t"]) > at]
    point = [1, label, int(at.timestamp() * 1000), line["level"], line["lng"], line["lat"],
             now["pressure"], now["windSpeed"], "W", 9, radii, {"BABJ": ahead}, []]
    storm = [int(line["code"]) + 3_000_000, line["enName"] or "nameless", line["name"],
             line["code"], line["code"], None, None, "start", [point], []]
    return f"f({json.dumps({'typhoon': storm})})".encode()


def by_zhejiang(line: dict, at: datetime) -> bytes:
    now = line["now"]
    point = {"time": f"{at:%Y-%m-%d %H:%M:%S}", "lat": str(line["lat"]), "lng": str(line["lng"]),
             "speed": str(now["windSpeed"]), "pressure": str(now["pressure"]),
             "radius7": f"{now['r7']}|" * 3 + f"{now['r7']}" if now["r7"] else "", "forecast": [
                 {"tm": agency, "forecastpoints": [
                     {"time": f"{instant(one['t']):%Y-%m-%d %H:%M:%S}", "lat": str(one["lat"]),
                      "lng": str(one["lng"]), "speed": "99"}
                     for one in line["forecast"] if instant(one["t"]) > at]}
                 for agency in ("日本", "美国")]}
    return json.dumps({"tfid": f"20{line['code']}", "isactive": "1", "name": line["name"],
                       "enname": "" if line["enName"] == "NAMELESS" else line["enName"] or "",
                       "points": [point]}).encode()


def by_jma(line: dict, at: datetime, force: int | None) -> bytes:
    return json.dumps([
        {"part": "title", "typhoonNumber": line["code"], "name": {"en": line["enName"] or ""}},
        {"part": {"jp": "実況"}, "advancedHours": 0,
         "position": {"deg": [line["lat"], line["lng"]]},
         "maximumWind": {"sustained": {"kt": str(FORCE[force])}} if force else None,
         "validtime": {"UTC": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"},
         "galeWarning": [{"area": "全域", "range": {"km": 100}}]}]).encode()


def test_five_weeks_of_three_agencies_never_mix(recorded, shipped, engine):
    body = (recorded / "typhoon" / "replay-multisource-fixes-20260710-0808.ndjson").read_text()
    feeds = {"jma_cyclones": ("jma_typhoon_track", 10), "nmc_cyclones": ("nmc_typhoon_track", 2),
             "zhejiang_cyclones": ("zhejiang_typhoon_track", 2)}
    authority = {name: Authority.official for name in feeds}
    led: Counter[str] = Counter()
    fixes: Counter[str] = Counter()
    with writing(engine) as connection:
        for line in map(json.loads, body.splitlines()):
            at = instant(line["now"]["time"])
            now = max(datetime.fromisoformat(line["committed"]), at).astimezone(UTC)
            told = {"nmc_cyclones": by_nmc(line, at), "zhejiang_cyclones": by_zhejiang(line, at)}
            for said in (line["verification"] or {}).get("sources", []):
                if said["id"] == "jma":
                    told["jma_cyclones"] = by_jma(line, instant(said["time"]), said["windLevel"])
            for feed, payload in told.items():
                parsed = read(feeds[feed][0], payload, shipped(feed), now)
                (record,) = parsed.events
                track = record.attributes
                fixes[feed] += len(track.fixes)
                assert parsed.refusals == [] and track.minutes == feeds[feed][1]
                assert attributes_of(EventKind.cyclone, plain(track)) == track
                events.record_events(connection, feed, [record], "a" * 64, now)
                (event,) = events.known_as(connection, feed, [record.external_id]).values()
                tracks = storms.told(connection, newest(connection, [event])[event], now)
                # every agency once, each with its own averaging, all of one cyclone
                assert len({one.feed for one in tracks}) == len(tracks)
                assert all(one.attributes.minutes == feeds[one.feed][1] for one in tracks)
                assert {one.attributes.number for one in tracks} == {line["code"]}
                lead = storms.leader(tracks, authority, 10, now)
                led[lead.feed if lead else "nobody"] += 1
    assert fixes == {"nmc_cyclones": 2642, "zhejiang_cyclones": 350, "jma_cyclones": 249}
    # before JMA told of a storm, and after it had ended it, nobody is judged
    assert led == {"jma_cyclones": 731, "nobody": 218}
