"""Scenarios: an invented stretch of time that the sandbox plays to the house.

Format, one YAML file (every value a string, typed by the schema; unknown fields are refused):

    scenario: enping                      # a name
    title: an invented M 5.6 near Enping  # free words
    start: 2026-06-08T12:00:00+08:00      # city clock, with its offset
    ends: 3h                              # an INSTANT: a duration from start or a full date-time
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
      signals:                            # `{{base}}` in a payload becomes the sandbox's own URL
        - {at: 0s, file: payloads/index.xml}
      signals/rain-1.xml:                 # a document, served at /feeds/signals/rain-1.xml
        - {at: 5m, text: "<alert>…</alert>", type: application/xml}
    phones:                               # numbers in E.164
      "+8613800138001": {manner: prompt, after: 40s, says: "1"}
      "+8613800138002": {manner: silent}
      "+8613800138003": {manner: wrong_code, after: 1m, says: "1 K99"}
      "+8613800138004": {manner: prompt, says: "1 {code}", then: [{after: 20m, says: "3 26"}]}
      "+8613800138005": {manner: unreachable}       # undelivered, 30003
    others: {manner: silent}              # every number not listed
    faults: [{at: 10m, kind: hang, times: 1}]       # kinds and fields: faults.py
    expected: {…}                         # free, strings only; for whoever checks the run

Manners: ``prompt`` (after 40s says "1" by default), ``wrong_code`` (says "1 K99"), ``silent``,
``unreachable`` (undelivered), ``failed``, ``no_receipt`` (stays at sent). ``{code}`` is parsed
from the text just received (码K47, code K47). A phone answers the first text of each code;
``answers: each`` answers every text, also one without a code. Durations: ``90s 10m 1h30m``.
"""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from fenghuo.documents import yaml
from fenghuo.sandbox.faults import Fault
from fenghuo.sandbox.payloads import Payload
from fenghuo.words import Refusal, Refused

STEPS = ("pull_seismic", "pull_weather", "pull_flood", "assess", "dispatch", "follow_up", "watch")
UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def _duration(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"(\d+d)?(\d+h)?(\d+m)?(\d+s)?", value) or not value:
        raise ValueError("expected a duration such as 90s, 10m or 1h30m")
    return timedelta(seconds=sum(int(number) * UNITS[unit]
                                 for number, unit in re.findall(r"(\d+)([dhms])", value)))


def _instant(value: Any) -> Any:
    if isinstance(value, str) and "-" in value:
        return TypeAdapter(AwareDatetime).validate_python(value)
    return _duration(value)


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Instant = Annotated[timedelta | datetime, BeforeValidator(_instant)]
FeedPath = Annotated[str, Field(pattern=r"^[a-z0-9_-]+(/[A-Za-z0-9._-]+)?$")]
Number = Annotated[str, Field(pattern=r"^\+[1-9]\d{7,14}$")]


class Strict(BaseModel):
    """Unknown fields are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Reply(Strict):
    """One text a person sends: city time after the text was taken by the provider."""

    after: Duration
    says: str


class Phone(Strict):
    """A simulated phone and the person who holds it."""

    manner: Literal["prompt", "silent", "wrong_code", "unreachable", "failed", "no_receipt"]
    after: Duration = timedelta(seconds=40)
    says: str | None = None
    then: tuple[Reply, ...] = ()
    answers: Literal["first", "each"] = "first"
    sent: Duration | None = None
    delivered: Duration | None = None

    def replies(self) -> tuple[Reply, ...]:
        """What this person sends back to a text, in order."""
        if self.manner not in ("prompt", "wrong_code"):
            return ()
        usual = "1" if self.manner == "prompt" else "1 K99"
        return Reply(after=self.after, says=self.says or usual), *self.then


class PayloadFile(Strict):
    """One payload of a feed's time line, as written in the file."""

    at: Instant
    file: str | None = None
    text: str | None = None
    type: str | None = None
    status: int = Field(default=200, ge=100, le=599)
    delay: Duration = timedelta(0)
    truncated: int | None = Field(default=None, ge=0)


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
    feeds: dict[FeedPath, tuple[PayloadFile, ...]] = {}
    phones: dict[Number, Phone] = {}
    others: Phone = Phone(manner="silent")
    faults: tuple[FaultFile, ...] = ()
    expected: dict[str, Any] = {}


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
    expected: dict[str, Any]


def read(path: Path) -> Scenario:
    """The scenario of a file. Raises Refused with every fault found."""
    written = yaml.model(str(path), path.read_bytes(), Document)
    start = written.start.astimezone(UTC)
    refusals: list[Refusal] = []

    def instant(value: timedelta | datetime) -> datetime:
        return start + value if isinstance(value, timedelta) else value.astimezone(UTC)

    def phone(spec: Phone) -> Phone:
        return spec.model_copy(update={
            "sent": written.sent if spec.sent is None else spec.sent,
            "delivered": written.delivered if spec.delivered is None else spec.delivered})

    feeds = {}
    for name, payloads in written.feeds.items():
        line = []
        for number, spec in enumerate(payloads):
            place = f"feeds.{name}[{number}]"
            if spec.file is not None and spec.text is not None:
                refusals.append(Refusal(str(path), place, "file and text", "one of them"))
            file = path.parent / (spec.file or "")
            if spec.file is not None and not file.is_file():
                refusals.append(Refusal(str(path), f"{place}.file", f"no file {spec.file}",
                                        "a file relative to the scenario"))
                continue
            body = file.read_bytes() if spec.file is not None else (spec.text or "").encode()
            kind = spec.type or mimetypes.guess_type(file.name)[0] or "text/plain; charset=utf-8"
            line.append(Payload(instant(spec.at), body, kind, spec.status,
                                spec.delay.total_seconds(), spec.truncated))
        feeds[name] = tuple(sorted(line, key=lambda payload: payload.at))
    ends = instant(written.ends)
    if ends <= start:
        refusals.append(Refusal(str(path), "ends", ends.isoformat(), f"later than {start}"))
    if refusals:
        raise Refused(refusals)
    return Scenario(
        written.scenario, written.title, start, ends, written.steps, feeds,
        {number: phone(spec) for number, spec in written.phones.items()}, phone(written.others),
        tuple((instant(fault.at), Fault.model_validate(fault.model_dump(exclude={"at"})))
              for fault in written.faults), written.expected)
