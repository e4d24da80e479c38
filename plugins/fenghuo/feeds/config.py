"""What ``rules/feeds.yaml`` says of each feed, typed and checked.

Refused: unknown fields and formats, a foreign source without a wait, a table without its
columns, a metric mapped twice, a forecast without points, an address that is neither http(s) nor
``sandbox``.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from fenghuo.documents import yaml
from fenghuo.documents.decimals import Count, Number
from fenghuo.documents.editor_schema import Schema, editor_schema
from fenghuo.documents.flags import Flag
from fenghuo.documents.nearest import one_of
from fenghuo.feeds.catalogue import FORMATS, Format
from fenghuo.feeds.entry_parts import Box, Point, Positive, Push, Span, Strict, Title
from fenghuo.feeds.field_help import HELP
from fenghuo.feeds.table_kinds import ForecastTable, SignalTable, Table
from fenghuo.feeds.table_parts import Sheet
from fenghuo.words import BUREAUS, Authority, Refusal, Refused, RuleKind

PATH = "rules/feeds.yaml"
FASTEST = timedelta(seconds=5)
"""No source is asked more often."""

DROP = "drop:"
"""An address that begins so is a folder of ``FENGHUO_DROP``, into which a bureau puts files."""

_PARTS = ("table", "signal_table", "forecast_table", "points", "stations", "step", "datum")
"""Fields that stand where the format needs them, and only there."""


class FeedConfig(Strict):
    """One feed. Spans are timedeltas; ``name`` is its key in the file."""

    name: str = Field(default="", pattern=r"^([a-z][a-z0-9_]{0,31})?$")
    title: Title
    on: Flag = True
    terms: Annotated[str, Field(max_length=200)] = ""
    bureau: Annotated[str, AfterValidator(one_of(*BUREAUS)), WithJsonSchema({"enum": [*BUREAUS]})]
    format: Annotated[str, AfterValidator(one_of(*FORMATS)), WithJsonSchema({"enum": [*FORMATS]})]
    url: str
    key: Annotated[str, Field(pattern=r"^FENGHUO_KEY_[A-Z0-9_]{1,40}$")] | None = None
    archive: str | None = None
    push: Push | None = None
    fallback_for: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")] | None = None
    authority: Authority
    wait: Span = timedelta(0)
    cadence: Positive
    stale: Positive
    frozen: Positive | None = None
    window: Positive | None = None
    missing_polls: Count = Field(default=3, ge=1, le=20)
    area: Box | None = None
    lifetime: Positive = timedelta(hours=24)
    documents: Count = Field(default=20, ge=1, le=200)
    hosts: tuple[Annotated[str, Field(pattern=r"^([a-z0-9-]{1,63}\.){1,8}[a-z]{2,63}$")], ...] = \
        Field(default=(), max_length=20)
    encoding: Literal["utf-8", "gb18030"] = "utf-8"
    max_bytes: Count = Field(default=16 * 1024 * 1024, ge=1024, le=256 * 1024 * 1024)
    timeout: Number = Field(default=10.0, gt=0, le=30)
    budget: Number = Field(default=30.0, gt=0, le=45)
    table: Table | None = None
    signal_table: SignalTable | None = None
    forecast_table: ForecastTable | None = None
    points: tuple[Point, ...] = Field(default=(), max_length=100)
    stations: dict[str, Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]] = Field(
        default_factory=dict, max_length=500)
    step: Positive | None = None
    datum: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,15}$")] | None = None
    predictions: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")] | None = None
    districts: dict[str, Annotated[str, Field(pattern=r"^[0-9]{12}$")]] = Field(
        default_factory=dict, max_length=5000)

    @field_validator("points")
    @classmethod
    def _apart(cls, points: tuple[Point, ...]) -> tuple[Point, ...]:
        if len({point.point for point in points}) < len(points):
            raise ValueError("each point once")
        return points

    @field_validator("url", "archive")
    @classmethod
    def _address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if url.startswith(DROP):
            if re.fullmatch(r"drop:[a-z0-9][a-z0-9_-]{0,39}", url) is None:
                raise ValueError("drop: and one folder's name of a-z, 0-9, - and _")
        elif url != "sandbox" and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("an http(s) address, a drop:folder, or sandbox")
        if parts.username or parts.password:
            raise ValueError("an address without a password in it")
        return url

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for name in _PARTS:
            if bool(getattr(self, name)) != (name in self.kind.needs):
                least = [key for key, one in FORMATS.items() if name in one.needs]
                raise ValueError(f"{name} for format {' or '.join(least)}, and only there")
        if self.url.startswith(DROP) and self.sheet is None:
            raise ValueError("drop: for formats of tables, and only there")
        if self.predictions is not None and not (
                self.datum and self.kind.brings is RuleKind.observed):
            raise ValueError("predictions for observed tides, and only there")
        if self.districts and self.kind.brings is not RuleKind.signal:
            raise ValueError("districts for formats of signals, and only there")
        if self.archive is not None and not self.kind.archived:
            kept = [key for key, one in FORMATS.items() if one.archived]
            raise ValueError(f"an archive for format {' or '.join(kept)}, and only there")
        if self.hosts and self.kind.documents is None:
            raise ValueError("hosts for formats of indexes, and only there")
        self._pushed()
        if (self.key is not None) != ("{key}" in self.url):
            raise ValueError("{key} in the address where a key is named, and only there")
        if (self.authority is Authority.foreign) != (self.wait > timedelta(0)):
            raise ValueError("a wait for a foreign source, and only there")
        if self.stale <= self.cadence:
            raise ValueError("stale longer than cadence")
        if self.frozen is not None and not (self.quiet and self.frozen >= self.stale):
            raise ValueError("frozen no shorter than stale, for formats where silence is normal")
        return self

    def _pushed(self) -> None:
        if isinstance(self.push, timedelta):
            if not FASTEST <= self.push < self.cadence:
                raise ValueError("push from 5s to less than cadence")
        elif self.push is not None:
            if self.kind.pushes is None:
                known = [key for key, one in FORMATS.items() if one.pushes]
                raise ValueError(f"a websocket for format {' or '.join(known)}, and only there")
            if self.window is not None:
                # a list slower than the push, or shorter, would take back what was pushed
                raise ValueError("push by websocket or window, not both")

    @property
    def kind(self) -> Format:
        """What its format is."""
        return FORMATS[self.format]

    @property
    def sheet(self) -> Sheet | None:
        """How its table is read, None for what is none."""
        return self.table or self.signal_table or self.forecast_table

    @property
    def quiet(self) -> bool:
        """Whether silence is normal: a list of signals or cyclones says nothing new in fair
        weather."""
        return self.kind.quiet

    @property
    def patience(self) -> int:
        """How many answers in a row that are not good are an outage. Two bad bodies are an
        ordinary day of some sources; nobody drops a file anew within the minute."""
        return 1 if self.url.startswith(DROP) else 3

    @property
    def slot(self) -> timedelta | None:
        """The time between two numbers of a station, None for what brings no observations."""
        return self.table.step if self.table else self.step


class FeedsFile(Strict):
    """The file as a whole."""

    feeds: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")], FeedConfig]

    @model_validator(mode="after")
    def _standing_in(self) -> Self:
        for name, feed in self.feeds.items():
            seen = {name}
            while (other := feed.fallback_for) is not None:
                if other not in self.feeds or other in seen:
                    raise ValueError(f"a fallback_for of {name} that names another feed of this"
                                     " file, and never leads back to it")
                seen.add(other)
                feed = self.feeds[other]
        return self

    @model_validator(mode="after")
    def _one_datum(self) -> Self:
        for name, feed in self.feeds.items():
            other = self.feeds.get(feed.predictions) if feed.predictions is not None else feed
            if other is None or (other is not feed and (
                    other.kind.brings is not RuleKind.forecast or other.datum != feed.datum)):
                found = "no feed" if other is None else f"datum {other.datum}"
                raise ValueError(f"{name}: {feed.predictions} is {found}; "
                                 f"predicted tides above {feed.datum}")
        return self


def read(files: dict[str, bytes]) -> dict[str, FeedConfig]:
    """The feeds of an edition's files by name. Raises Refused with every fault of the file."""
    if PATH not in files:
        raise Refused([Refusal(PATH, "1:1", "no file", "the list of feeds")])
    found = yaml.model(PATH, files[PATH], FeedsFile).feeds
    return {name: feed.model_copy(update={"name": name}) for name, feed in found.items()}


def json_schema() -> Schema:
    """The JSON Schema of the file, for editors."""
    return editor_schema(FeedsFile, "Fenghuo feeds", HELP)
