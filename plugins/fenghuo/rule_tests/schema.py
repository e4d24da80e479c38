"""What a file of ``rules/tests/`` may say: the pydantic model of rule tests.

Every value arrives as a string (documents.yaml). Times are the city's; a moment may be written as
the span since the test's start, ``+6h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from fenghuo.agreements.conditions import Flag, Number, Span, Strict, Text, Word
from fenghuo.documents.editor_schema import Schema, editor_schema
from fenghuo.rule_tests.field_help import HELP
from fenghuo.rule_tests.shorthand import MOST_IN_FILE, SERIES, length_of, series_of
from fenghuo.rule_tests.values import (
    INSTANT,
    MOMENT,
    PLACE,
    VERDICT,
    instant_of,
    moment_of,
    place_of,
    verdict_of,
)
from fenghuo.words import Authority, Channel, Level

Instant = Annotated[datetime, BeforeValidator(instant_of), WithJsonSchema(INSTANT)]
Moment = Annotated[Any, BeforeValidator(moment_of), WithJsonSchema(MOMENT)]
"""A datetime, or a timedelta since the test's start."""
Place = Annotated[Any, BeforeValidator(place_of), WithJsonSchema(PLACE)]
"""Latitude and longitude, or an ``Away``."""
Numbers = Annotated[Any, BeforeValidator(series_of), WithJsonSchema(SERIES)]
"""float32[k], NaN for gaps."""
Verdict = Annotated[str, BeforeValidator(verdict_of), WithJsonSchema(VERDICT)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
Named = Annotated[str, StringConstraints(pattern=r"^[a-z_]+ [a-z0-9][a-z0-9_-]*$", max_length=90)]
"""A metric and a station: ``rain liangxi``."""
RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][\w-]*/[a-z0-9][\w-]*$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._;-]{0,39}$")]


class SiteSpec(Strict):
    """An invented site. Each of its posts is filled by an invented person, so are the desks of
    its county and city: ``pond.safety_officer``, ``county.duty``."""

    place: Place
    industry: Word = "quarry"
    tags: tuple[Word, ...] = ()
    district: Text | None = None                 # a name or a code of contacts/districts.csv
    city: Text | None = None                     # the district's, where contacts have it not
    station: Name | None = None                  # its controlling river station
    stage: Number | None = None                  # its own action stage
    marks: dict[Word, Number] = Field(default_factory=dict)   # columns of the city's own


class StationSpec(Strict):
    """An invented station; a mark that is not written is not known."""

    place: Place
    marks: dict[Word, Number] = Field(default_factory=dict)
    returns: dict[Text, Number] = Field(default_factory=dict)   # ``rain 24h 20-year``


class PointSpec(Strict):
    """An invented point of a forecast."""

    place: Place


class SignalSpec(Strict):
    """A bureau's signal, heard when it is issued: at the test's start where nothing is written."""

    at: Moment = timedelta(0)
    code: Code
    scheme: Word = "gb"
    level: Level | None = None
    districts: Annotated[tuple[Text, ...], Field(min_length=1)]
    id: Name | None = None
    replaces: Name | None = None                 # the id of the signal it updates or cancels
    status: Literal["alert", "update", "cancel", "exercise"] = "alert"
    until: Moment | None = None
    issuer: Text = "市气象台"
    event: Text | None = None                    # how its document calls the event
    text: Text | None = None


class QuakeSpec(Strict):
    """An earthquake, heard when it happens (an official source) or once its wait is over; at the
    test's start where no time is written."""

    at: Moment = timedelta(0)
    magnitude: Number
    place: Place
    depth: Number = 10.0                         # km
    authority: Authority = Authority.official


class ForecastSpec(Strict):
    """A run of a model at a point, heard when it is issued. ``values``: the numbers of the steps
    that end at ``starts`` (one step after the issue where it is not written) and after."""

    point: Name
    metric: Word
    issued: Moment
    starts: Moment | None = None
    step: Span = timedelta(hours=1)
    values: Numbers


class FixSpec(Strict):
    """Where a cyclone is, or will be; how far, in km, it blows at least so many knots."""

    at: Moment
    place: Place
    winds: dict[Annotated[str, StringConstraints(pattern="^[0-9]{2,3}kt$")], Number] = Field(
        default_factory=dict)


class CycloneSpec(Strict):
    """An advisory: fixes later than ``at`` are forecast."""

    at: Moment
    fixes: Annotated[tuple[FixSpec, ...], Field(min_length=1)]


class FireSpec(Strict):
    """A pixel in which a satellite saw fire, heard when it was seen or ``heard``."""

    at: Moment = timedelta(0)
    place: Place
    heard: Moment | None = None
    confidence: Literal["low", "nominal", "high"] = "nominal"
    satellite: Text = "NOAA-20"


class TextSpec(Strict):
    """The newest text that somebody has by a time: word for word, or what stands in it."""

    at: Moment
    to: Text                                     # ``pond.safety_officer``, or a person
    by: Channel = Channel.sms
    text: Text | None = None
    contains: tuple[Text, ...] = ()


class Cast(Strict):
    """Who and what a test is about, besides or in place of what the edition has."""

    sites: dict[Name, SiteSpec] = Field(default_factory=dict)
    stations: dict[Name, StationSpec] = Field(default_factory=dict)
    points: dict[Name, PointSpec] = Field(default_factory=dict)


class RuleTest(Cast):
    """One test: what comes in, and what must come of it.

    ``rule`` or ``agreement`` says which rules are asked; where neither is written, all are.
    ``expect`` the tier of sites by time; ``people`` who has been told anything by a time;
    ``quiet`` that no site ever has a tier.
    """

    name: Text
    rule: RuleName | None = None
    agreement: Word | None = None
    starts: Instant                              # the end of the first slot of every series
    step: Span = timedelta(hours=1)
    series: dict[Named, Numbers] = Field(default_factory=dict)
    forecasts: tuple[ForecastSpec, ...] = ()
    signals: tuple[SignalSpec, ...] = ()
    quakes: tuple[QuakeSpec, ...] = ()
    cyclone: tuple[CycloneSpec, ...] = ()
    fires: tuple[FireSpec, ...] = ()
    expect: dict[Moment, dict[Name, Verdict]] = Field(default_factory=dict)
    people: dict[Moment, tuple[Text, ...]] = Field(default_factory=dict)
    texts: tuple[TextSpec, ...] = ()
    quiet: Flag = False


class RuleTests(Cast):
    """One file: tests, and the sites, stations and points that they share."""

    tests: Annotated[tuple[RuleTest, ...], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _bounded(cls, raw: Any) -> Any:
        """A few characters may stand for many numbers; they are counted before they are made."""
        if sum(map(length_of, _series(raw))) > MOST_IN_FILE:
            raise ValueError(f"at most {MOST_IN_FILE} numbers in all series of a file")
        return raw


def _series(raw: Any) -> Iterator[str]:
    """Every text of a file, as it is written, that could be a series."""
    if isinstance(raw, str):
        yield raw
    elif isinstance(raw, dict | list):
        for value in raw.values() if isinstance(raw, dict) else raw:
            yield from _series(value)


def json_schema() -> Schema:
    """The JSON Schema of a file of rule tests, for editors."""
    return editor_schema(RuleTests, "Fenghuo rule tests", HELP)
