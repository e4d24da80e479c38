"""What a rule test lets the house hear: signals, earthquakes, cyclones, fires and forecasts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import numpy as np

from fenghuo.agreements.findings import Epicentre
from fenghuo.agreements.history import FeltQuake
from fenghuo.feeds import event_codes
from fenghuo.feeds.config import FeedConfig
from fenghuo.observations.records import (
    CycloneAttributes,
    CycloneFix,
    EarthquakeAttributes,
    EventRecord,
    FireAttributes,
    ForecastSeries,
    Lopsided,
    SignalAttributes,
    Wind,
    WindArea,
)
from fenghuo.replay import Heard
from fenghuo.rule_tests.cast import invented
from fenghuo.rule_tests.reading import Case
from fenghuo.rule_tests.schema import CycloneSpec, ForecastSpec, QuakeSpec, SignalSpec
from fenghuo.words import EventKind, EventStatus, Hazard, Level

_STATUS = {"cancel": EventStatus.cancelled, "exercise": EventStatus.exercise}
_COLOUR = {Level.white: "白色", Level.blue: "蓝色", Level.yellow: "黄色", Level.orange: "橙色",
           Level.red: "红色"}


def heard(case: Case) -> list[tuple[datetime, Heard]]:
    """Every word on an event with the instant it is heard at, in order."""
    words = [*_signals(case), *_quakes(case), *_cyclone(case), *_fires(case)]
    return sorted(words, key=lambda one: one[0])


def runs(case: Case) -> list[tuple[datetime, str, ForecastSeries]]:
    """Every run of a forecast, with when it is heard and of which feed, in order."""
    feed = _feed(case.cast.feeds, lambda one: bool(one.points))
    found = [(case.at(run.issued), feed, _run(case, run)) for run in case.test.forecasts]
    return sorted(found, key=lambda one: one[0])


def felt(case: Case) -> list[FeltQuake]:
    """The earthquakes of a test as chains count them."""
    waits = {name: feed.wait for name, feed in case.cast.feeds.items()}
    return [FeltQuake(word.record.external_id, Epicentre(
        quake.magnitude, quake.latitude, quake.longitude, quake.depth_km), at,
        at + waits.get(word.feed, timedelta(0)))
        for at, word in _quakes(case)
        if isinstance(quake := word.record.attributes, EarthquakeAttributes)]


def _signals(case: Case) -> Iterator[tuple[datetime, Heard]]:
    feed = _feed(case.cast.feeds, lambda one: one.format.startswith("cap"))
    for number, spec in enumerate(case.test.signals):
        yield case.at(spec.at).astimezone(UTC), Heard(feed, _signal(case, number, spec))


def _signal(case: Case, number: int, spec: SignalSpec) -> EventRecord:
    row = event_codes.find(spec.scheme, spec.code)
    at = case.at(spec.at).astimezone(UTC)
    name = spec.event or (row.zh if row else spec.code)
    identifier = spec.id or f"signal-{number + 1}"
    said = spec.text or f"{spec.issuer}发布{name}{_COLOUR[spec.level] if spec.level else ''}预警"
    codes = tuple(case.cast.districts.get(one) or invented(one) for one in spec.districts)
    return EventRecord(
        EventKind.signal, identifier, _STATUS.get(spec.status, EventStatus.actual), at, at,
        None if spec.until is None else case.at(spec.until).astimezone(UTC),
        SignalAttributes(
            identifier=identifier, hazard=row.hazard if row else Hazard.other, event_name=name,
            event_code=spec.code, scheme=spec.scheme, level=spec.level, issuer=spec.issuer,
            message_type={"exercise": "Alert"}.get(spec.status, spec.status.capitalize()),
            headline=said, description=said, instruction="", districts=codes),
        supersedes=(spec.replaces,) if spec.replaces else ())


def _quakes(case: Case) -> Iterator[tuple[datetime, Heard]]:
    for number, spec in enumerate(case.test.quakes):
        feed = next((name for name, one in case.cast.feeds.items() if one.bureau == "seismic"
                     and one.authority == spec.authority), "none")
        yield case.at(spec.at).astimezone(UTC), Heard(feed, _quake(case, number, spec))


def _quake(case: Case, number: int, spec: QuakeSpec) -> EventRecord:
    at = case.at(spec.at).astimezone(UTC)
    latitude, longitude = case.spot(spec.place)
    return EventRecord(
        EventKind.earthquake, f"quake-{number + 1}", EventStatus.actual, at, at, None,
        EarthquakeAttributes(magnitude=spec.magnitude, magnitude_type="M", latitude=latitude,
                             longitude=longitude, depth_km=spec.depth, place="测试",
                             review="reviewed"))


def _cyclone(case: Case) -> Iterator[tuple[datetime, Heard]]:
    feed = _feed(case.cast.feeds, lambda one: one.format == "jma_best_track")
    for spec in case.test.cyclone:
        at = case.at(spec.at).astimezone(UTC)
        fixes = tuple(_fixes(case, spec, at))
        yield at, Heard(feed, EventRecord(
            EventKind.cyclone, "2699", EventStatus.actual, at, fixes[0].at, None,
            CycloneAttributes("2699", "TEST", "JMA", fixes)))


def _fixes(case: Case, spec: CycloneSpec, now: datetime) -> Iterator[CycloneFix]:
    for fix in spec.fixes:
        at = case.at(fix.at).astimezone(UTC)
        latitude, longitude = case.spot(fix.place)
        areas = tuple(
            WindArea(Wind(float(name.removesuffix("kt")), "kt", 10), Lopsided(km, km, None))
            for name, km in fix.winds.items())
        yield CycloneFix(
            at, latitude, longitude, 980.0,
            max((area.wind for area in areas), key=lambda wind: wind.kt, default=None), "TY", areas,
            forecast=at > now)


def _fires(case: Case) -> Iterator[tuple[datetime, Heard]]:
    feed = _feed(case.cast.feeds, lambda one: one.format == "firms")
    for number, spec in enumerate(case.test.fires):
        seen = case.at(spec.at).astimezone(UTC)
        heard = seen if spec.heard is None else case.at(spec.heard).astimezone(UTC)
        latitude, longitude = case.spot(spec.place)
        yield heard, Heard(feed, EventRecord(
            EventKind.fire, f"fire-{number + 1}", EventStatus.actual, seen, seen, None,
            FireAttributes(latitude, longitude, spec.confidence, 10.0, spec.satellite, False)))


def _run(case: Case, spec: ForecastSpec) -> ForecastSeries:
    issued = case.at(spec.issued).astimezone(UTC)
    first = issued + spec.step if spec.starts is None else case.at(spec.starts).astimezone(UTC)
    return ForecastSeries(spec.metric, spec.point, issued, first, int(spec.step.total_seconds()),
                          np.asarray(spec.values, dtype=np.float32))


def _feed(feeds: Mapping[str, FeedConfig], wanted: Callable[[FeedConfig], bool]) -> str:
    """The first feed of the edition by which such a word would come."""
    return next((name for name, feed in feeds.items() if wanted(feed)), "none")
