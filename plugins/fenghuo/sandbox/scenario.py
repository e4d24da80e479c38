"""Scenarios: an invented stretch of time that the sandbox plays to the house.

Format, one YAML file (every value a string, typed by the schema; unknown fields are refused):

    scenario: enping                      # a name
    title: an invented M 5.6 near Enping  # free words
    start: 2026-06-08T12:00:00+08:00      # city clock, with its offset
    ends: 3h                              # an INSTANT: a duration from start, a full date-time,
                                          # or 06-08 15:00 in the year and zone of the start
    steps: [pull_seismic, assess]         # who must be idle before the clock leaps; default all 7
    sent: 0s                              # a text's `sent` after the provider took it
    delivered: 2s                         # and its `delivered`; a phone may say otherwise
    feeds:
      usgs:                               # served at /feeds/usgs
        - {at: 0s, file: payloads/quiet.json}     # relative to this file
        - {at: 10m, file: payloads/quake.json, type: application/geo+json}
        - {at: 12m, status: 503}          # wrong kinds: a status code
        - {at: 13m, file: payloads/quake.json, delay: 5s}       # machine seconds before the reply
        - {at: 14m, file: payloads/quake.json, truncated: 100}  # breaks off after 100 bytes
        - {at: 15m, file: payloads/quiet.json, alive: true}     # its data never counts as old:
                                          # else the clock stops whenever some feed would go stale
        - {at: 16m, until: 20m, status: 503}      # whatever the path served before comes back
        - {at: 21m, until: 25m, frozen: "true"}   # what it served before, as it stood at 21m
        - {at: 26m, file: payloads/quiet.json, ahead: 10h}      # its server's Date is ahead
      usgs/detail.json:                   # a document; in a payload `{{base}}` is the sandbox's
        - {at: 5m, text: "…", type: application/json}   # own URL, `{{now}}` and `{{now_ms}}` now
    signals:                              # a CAP feed in short: cap_side.py
      jm_signals:
        - {at: 10m, id: rain, issuer: 恩平市气象台, event: 暴雨, level: orange,
           districts: [440785], text: 君堂镇雨量已达50毫米, lasts: 6h}
        - {at: 2h, id: rain-end, …, ends: [rain]}     # or updates: […]
        - {at: 3h, drop: rain}            # the index stops naming it
    gauges:                               # a gauge table in short: tables_side.py; values hold
      gauges: {stations: {jinjiang: {stage_m: {0s: "8.60", 30m: "9.05"}}}}
    quakes:                               # a USGS list in short: tables_side.py
      gd_seismic: [{at: 14m, id: q1, magnitude: "5.6", latitude: "22.2", longitude: "112.3",
                    origin: 12m, place: 恩平市}]
    forecasts:                            # Open-Meteo in short: weather_side.py
      openmeteo: {points: [["21.78", "112.57"]], spells: [{at: 0s, points: ["0"], since: 6h,
                  until: 12h, rain: "8", gusts: "70"}]}
    tracks:                               # cyclones in the columns of RSMC Tokyo: weather_side.py
      jma_typhoon: [{number: "1822", name: MANGKHUT, fixes: [18091606 002 5 217 1135  960 …]}]
    phones:                               # numbers in E.164
      "+8613800138001": {manner: prompt, after: 40s, says: "1"}
      "+8613800138002": {manner: silent}
      "+8613800138003": {manner: wrong_code, after: 1m, says: "1 K99"}
      "+8613800138004": {manner: prompt, says: "1 {code}", then: [{after: 20m, says: "3 26"}]}
      "+8613800138005": {manner: unreachable}       # undelivered, 30003
      "+8613800138006":                   # to a text with a word in it, the first that fits:
        {manner: prompt, answers: coded, words: [{has: 红色, after: 2m, says: "{code}-2 3 26"}]}
      "+8613800138007": {manner: silent, later: {1h: {manner: prompt}, 2h: {manner: unreachable}}}
    others: {manner: silent}              # every number not listed
    faults: [{at: 10m, kind: hang, times: 1}]       # kinds and fields: faults.py
    acts:                                 # what people do at the desk: desk.py
      - {at: 20m, act: registering.register, by: duty-jiangmen, what: {form: fax, …}}
      - {at: 25m, act: registering.confirm, by: leader-jiangmen, what: {id: "1"}}
    expected: {…}                         # free, strings only; for whoever checks the run

Manners: ``prompt`` (after 40s says "1" by default), ``wrong_code`` (says "1 K99"), ``silent``,
``unreachable`` (undelivered), ``failed``, ``no_receipt`` (stays at sent). ``{code}`` is parsed
from the text just received (码K47, code K47). A phone answers the first text of each code;
``answers: coded`` every text with a code, ``answers: each`` also one without. In ``words`` an
empty ``says`` is silence. Durations: ``90s 10m 1h30m``.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from fenghuo.documents import yaml
from fenghuo.sandbox import cap_side, tables_side, weather_side
from fenghuo.sandbox.calls import CallManner
from fenghuo.sandbox.cap_side import Signal
from fenghuo.sandbox.faults import Fault
from fenghuo.sandbox.instants import Duration, Instant, Strict, at
from fenghuo.sandbox.payloads import Payload
from fenghuo.sandbox.tables_side import Quake, Table
from fenghuo.sandbox.weather_side import Forecast, Track
from fenghuo.words import BUREAUS, SLOW_BUREAUS, Refusal, Refused

STEPS = (*(f"pull_{bureau}" for bureau in BUREAUS if bureau not in SLOW_BUREAUS),
         "assess", "dispatch", "follow_up", "watch")

FeedName = Annotated[str, Field(pattern=r"^[a-z0-9_-]+$")]
FeedPath = Annotated[str, Field(pattern=r"^[a-z0-9_-]+(/[A-Za-z0-9._-]+)?$")]
Number = Annotated[str, Field(pattern=r"^\+[1-9]\d{7,14}$")]


class Reply(Strict):
    """One text a person sends: city time after the text was taken by the provider."""

    after: Duration
    says: str


class Word(Reply):
    """What a person says to a text that has a word in it; nothing where ``says`` is empty."""

    has: str
    then: tuple[Reply, ...] = ()


class Manner(Strict):
    """How a phone behaves, and the person who holds it."""

    manner: Literal["prompt", "silent", "wrong_code", "unreachable", "failed", "no_receipt"]
    after: Duration = timedelta(seconds=40)
    says: str | None = None
    then: tuple[Reply, ...] = ()
    words: tuple[Word, ...] = ()
    answers: Literal["first", "coded", "each"] = "first"
    sent: Duration | None = None
    delivered: Duration | None = None
    call: CallManner = CallManner()  # calls.py

    def replies(self, text: str) -> tuple[Reply, ...]:
        """What this person sends back to a text, in order."""
        if self.manner not in ("prompt", "wrong_code"):
            return ()
        usual = "1" if self.manner == "prompt" else "1 K99"
        found = next((word for word in self.words if word.has in text), None)
        first = found or Reply(after=self.after, says=self.says or usual)
        return tuple(reply for reply in (first, *(found or self).then) if reply.says)


class Phone(Manner):
    """A simulated phone; from the instants of ``later`` on it behaves otherwise."""

    later: dict[Instant, Manner] = Field(default_factory=dict)

    def manner_at(self, now: datetime) -> Manner:
        """How it behaves at a city instant; the instants of ``later`` are aware by then."""
        changed = [when for when in self.later if isinstance(when, datetime) and when <= now]
        return self.later[max(changed)] if changed else self


class DeskAct(Strict):
    """What somebody at the desk does at an instant; ``what`` is the act's own."""

    at: Instant
    act: str
    by: str
    reason: str = ""
    what: dict[str, Any] = Field(default_factory=dict)


class PayloadFile(Strict):
    """One payload of a feed's time line, as written in the file."""

    at: Instant
    until: Instant | None = None
    file: str | None = None
    text: str | None = None
    type: str | None = None
    status: int = Field(default=200, ge=100, le=599)
    delay: Duration = timedelta(0)
    truncated: int | None = Field(default=None, ge=0)
    ahead: Duration = timedelta(0)
    alive: bool = False
    frozen: bool = False


class FaultFile(Fault):
    """A fault that starts at an instant of the scenario."""

    at: Instant


class Document(Strict):
    """The file as written."""

    scenario: str
    title: str = ""
    start: AwareDatetime
    ends: Instant
    steps: tuple[str, ...] = STEPS
    sent: Duration = timedelta(0)
    delivered: Duration = timedelta(seconds=2)
    feeds: dict[FeedPath, tuple[PayloadFile, ...]] = Field(default_factory=dict)
    signals: dict[FeedName, tuple[Signal, ...]] = Field(default_factory=dict)
    gauges: dict[FeedName, Table] = Field(default_factory=dict)
    quakes: dict[FeedName, tuple[Quake, ...]] = Field(default_factory=dict)
    forecasts: dict[FeedName, Forecast] = Field(default_factory=dict)
    tracks: dict[FeedName, tuple[Track, ...]] = Field(default_factory=dict)
    phones: dict[Number, Phone] = Field(default_factory=dict)
    others: Phone = Phone(manner="silent")
    faults: tuple[FaultFile, ...] = ()
    acts: tuple[DeskAct, ...] = ()
    expected: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario ready to play: instants aware in UTC, payloads as bytes ordered by instant."""

    name: str
    title: str
    start: datetime
    ends: datetime
    steps: tuple[str, ...]
    feeds: dict[str, tuple[Payload, ...]]
    phones: dict[str, Phone]
    others: Phone
    faults: tuple[tuple[datetime, Fault], ...]
    acts: tuple[tuple[datetime, DeskAct], ...]
    expected: dict[str, Any]


def read(path: Path) -> Scenario:
    """The scenario of a file. Raises Refused with every fault found."""
    written = yaml.model(str(path), path.read_bytes(), Document)
    start, refusals = written.start, list(_faults(path, written))
    if refusals:
        raise Refused(refusals)

    def times(spec: Manner) -> dict[str, Any]:
        return {"sent": written.sent if spec.sent is None else spec.sent,
                "delivered": written.delivered if spec.delivered is None else spec.delivered}

    def phone(spec: Phone) -> Phone:
        return spec.model_copy(update={**times(spec), "later": {
            at(start, when): then.model_copy(update=times(then))
            for when, then in spec.later.items()}})

    feeds: dict[str, tuple[Payload, ...]] = {}
    for name, signals in written.signals.items():
        feeds |= cap_side.lines(name, signals, start)
    feeds |= {name: tables_side.gauges(table, start) for name, table in written.gauges.items()}
    feeds |= {name: tables_side.quakes(name, listed, start)
              for name, listed in written.quakes.items()}
    feeds |= {name: weather_side.forecast(said, start)
              for name, said in written.forecasts.items()}
    feeds |= {name: weather_side.track(storms, start) for name, storms in written.tracks.items()}
    for name, payloads in written.feeds.items():
        feeds[name] = _line(path, feeds.get(name, ()), payloads, start)
    return Scenario(
        written.scenario, written.title, at(start, timedelta(0)), at(start, written.ends),
        written.steps, feeds, {number: phone(spec) for number, spec in written.phones.items()},
        phone(written.others),
        tuple((at(start, fault.at), Fault.model_validate(fault.model_dump(exclude={"at"})))
              for fault in written.faults),
        tuple(sorted(((at(start, act.at), act) for act in written.acts
                      if at(start, act.at) >= start), key=lambda one: one[0])),
        written.expected)


def _faults(path: Path, written: Document) -> Iterator[Refusal]:
    for name, payloads in written.feeds.items():
        for number, spec in enumerate(payloads):
            place = f"feeds.{name}[{number}]"
            if spec.file is not None and spec.text is not None:
                yield Refusal(str(path), place, "file and text", "one of them")
            if spec.frozen and (spec.file is not None or spec.text is not None):
                yield Refusal(str(path), place, "frozen and a body of its own", "one of them")
            if spec.file is not None and not (path.parent / spec.file).is_file():
                yield Refusal(str(path), f"{place}.file", f"no file {spec.file}",
                              "a file relative to the scenario")
    for name, signals in written.signals.items():
        for missing in cap_side.unknown(signals):
            yield Refusal(str(path), f"signals.{name}", f"no signal {missing}",
                          "the id of a signal of this feed")
    start, ends = at(written.start, timedelta(0)), at(written.start, written.ends)
    if ends <= start:
        yield Refusal(str(path), "ends", ends.isoformat(), f"later than {start}")


def _line(path: Path, known: tuple[Payload, ...], payloads: tuple[PayloadFile, ...],
          start: datetime) -> tuple[Payload, ...]:
    """A path's time line: what is written over what the shorthands made of it."""
    line = list(known)
    for spec in sorted(payloads, key=lambda one: at(start, one.at)):
        file = path.parent / (spec.file or "")
        body = file.read_bytes() if spec.file is not None else (spec.text or "").encode()
        kind = spec.type or mimetypes.guess_type(file.name)[0] or "text/plain; charset=utf-8"
        begins = at(start, spec.at)
        served = [one for one in line if one.at <= begins]
        if spec.until is not None:
            ends = at(start, spec.until)
            before = [one for one in line if one.at <= ends]
            line = [one for one in line if not begins < one.at <= ends]
            line += [replace(before[-1], at=ends)] if before else []
        line.append(served[-1].frozen(begins) if spec.frozen and served else Payload(
            begins, body, kind, spec.status, spec.delay.total_seconds(), spec.truncated,
            spec.ahead.total_seconds(), spec.alive))
        line.sort(key=lambda payload: payload.at)
    return tuple(line)
