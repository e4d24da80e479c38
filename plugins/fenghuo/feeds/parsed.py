"""What every parser hands over, and the door through which they are found.

A parser is pure: ``parse(body, config, received) -> Parsed``. It raises Refused when the payload
as a whole cannot be read; a faulty record is refused alone and its neighbours stay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from typing import Any

import pandas as pd

from fenghuo.feeds.catalogue import FORMATS
from fenghuo.feeds.config import FeedConfig
from fenghuo.observations.records import OBSERVATION_COLUMNS, EventRecord, ForecastSeries
from fenghuo.words import Refusal, Refused

FUTURE = timedelta(minutes=5)
"""How far an issuer's clock may run ahead of ours; anything later is quarantined."""


NO_FUTURE = "no time in the future"
MADE_BY_NOW = "a list made by now"
"""What a refusal expects that time itself may heal, of a record and of a list as a whole: such a
payload is looked at again. A list whose own time is not believed ages, and that is its alarm."""


@cache
def no_observations() -> pd.DataFrame:
    """The empty frame of observations; nobody writes in it."""
    return pd.DataFrame({column: [] for column in OBSERVATION_COLUMNS})


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of an index: the document's address as written and the issuer's instant, if any."""

    url: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A payload as read.

    ``refusals`` are faulty records, ``passed`` records that are sound but not ours (a quarry
    blast). ``made`` is when a list as a whole was made: an older one than the last is a replay.
    ``present`` are all ids a list names, refused ones too; None where absence means nothing.
    ``withdrawn`` are ids the issuer deleted. ``entries`` are an index's documents. ``forecasts``
    are series of numbers to come, one a place and metric.
    """

    events: list[EventRecord] = field(default_factory=list)
    observations: pd.DataFrame = field(default_factory=no_observations)
    as_of: datetime | None = None
    refusals: list[Refusal] = field(default_factory=list)
    passed: list[Refusal] = field(default_factory=list)
    made: datetime | None = None
    present: frozenset[str] | None = None
    withdrawn: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    forecasts: tuple[ForecastSeries, ...] = ()

    @property
    def says(self) -> bool:
        """Whether it names anything at all, be it faulty or not ours."""
        return bool(self.events or len(self.observations) or self.refusals or self.passed
                    or self.present or self.withdrawn or self.entries or self.forecasts)


Parser = Callable[[bytes, FeedConfig, datetime], Parsed]

class FeedError(Refused):
    """A payload that cannot be read: each refusal names the feed, its record and field, what was
    found and what expected."""


@cache
def module_of(format: str) -> Any:
    """The module of a format, loaded at first use."""
    return import_module(f"fenghuo.feeds.formats.{FORMATS[format].module}")


def parser_of(format: str) -> Parser:
    """The parser of a format."""
    parser: Parser = module_of(format).parse
    return parser


def read(format: str, body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Parse a payload. Raises FeedError, also for what a parser did not foresee: a payload that
    no longer parses is the feed's fault and must never stop the watch."""
    try:
        return parser_of(format)(body, config, received)
    except Refused as error:
        raise FeedError(error.refusals) from None
    except Exception as error:
        raise FeedError([Refusal(config.name, "payload", f"{type(error).__name__}: {error}"[:300],
                               f"a payload of format {format}")]) from error
