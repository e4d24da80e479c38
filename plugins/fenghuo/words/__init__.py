"""The house's words: closed vocabularies that every room speaks, as stored, shown and counted.

Sources: Emergency Response Law 2024 Art. 63 (levels), Guangdong's signal rule (white), OASIS CAP.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from fenghuo.words.reasons import Reason as Reason


class Level(StrEnum):
    """A colour. Ranks ascend; bureaus number in both directions, so numbers are never stored."""

    white = "white"
    blue = "blue"
    yellow = "yellow"
    orange = "orange"
    red = "red"

    @property
    def rank(self) -> int:
        """1 (white) to 5 (red); 0 is left for "no level" in arrays."""
        return LEVELS.index(self) + 1

    @classmethod
    def of_rank(cls, rank: int) -> Level | None:
        """The level of a rank, None for 0; ranks above red are red."""
        return None if rank <= 0 else LEVELS[min(rank, len(LEVELS)) - 1]


LEVELS: tuple[Level, ...] = tuple(Level)


class Holds(StrEnum):
    """Three values of a finding: unknown neither raises nor cancels."""

    true = "true"
    false = "false"
    unknown = "unknown"


class Hazard(StrEnum):
    """The danger a warning is about."""

    earthquake = "earthquake"
    typhoon = "typhoon"
    rainstorm = "rainstorm"
    flood = "flood"
    waterlogging = "waterlogging"
    flash_flood = "flash_flood"
    tornado = "tornado"
    snowstorm = "snowstorm"
    cold_wave = "cold_wave"
    cold = "cold"
    gale = "gale"
    sandstorm = "sandstorm"
    heat = "heat"
    lightning = "lightning"
    hail = "hail"
    frost = "frost"
    fog = "fog"
    haze = "haze"
    thunder_gust = "thunder_gust"
    road_ice = "road_ice"
    drought = "drought"
    forest_fire = "forest_fire"  # the danger of one
    wildfire = "wildfire"        # one that burns
    geology = "geology"
    storm_surge = "storm_surge"
    wave = "wave"
    tsunami = "tsunami"
    other = "other"


BUREAUS = ("seismic", "weather", "flood", "marine", "forestry", "geology")
"""Whose feeds are pulled together; those from ``marine`` on are slow ones."""
SLOW_BUREAUS = BUREAUS[3:]


class RuleKind(StrEnum):
    """How a rule finds: a relayed signal, a measured or forecast number, a discrete event."""

    signal = "signal"
    observed = "observed"
    forecast = "forecast"
    event = "event"


class Authority(StrEnum):
    """Whether a source may speak to enterprises by itself (practice: foreign quakes wait)."""

    official = "official"
    foreign = "foreign"


class FeedOutcome(StrEnum):
    """What became of one question to a source: an outage, an empty answer, "no events" differ."""

    changed = "changed"            # a good answer that says something
    no_events = "no_events"        # a good answer that names nothing
    unchanged = "unchanged"        # the bytes of last time, or an older list
    not_modified = "not_modified"  # 304
    empty = "empty"                # 200 without a body: no answer at all
    refused = "refused"            # an answer that cannot be read
    failed = "failed"              # no answer, or an error instead of one

    @property
    def good(self) -> bool:
        """Whether the source was heard."""
        return self not in (FeedOutcome.empty, FeedOutcome.refused, FeedOutcome.failed)


class EventKind(StrEnum):
    """What an event is."""

    signal = "signal"
    earthquake = "earthquake"
    cyclone = "cyclone"
    fire = "fire"  # one pixel of a satellite's image


class EventStatus(StrEnum):
    """The newest word on an event. Only actual events raise; drills and tests never do."""

    actual = "actual"
    cancelled = "cancelled"
    deleted = "deleted"
    lapsed = "lapsed"
    exercise = "exercise"


class Ended(StrEnum):
    """Why a finding stopped to hold."""

    cleared = "cleared"        # our own threshold, held below
    cancelled = "cancelled"    # the issuer ended it
    lapsed = "lapsed"          # its time ran out: not an all-clear
    retracted = "retracted"    # it was wrong
    superseded = "superseded"  # a newer word of the same station


class WarningState(StrEnum):
    """States of a warning (practice.md 2)."""

    in_force = "in_force"
    cancelled = "cancelled"
    lapsed = "lapsed"
    retracted = "retracted"


class Change(StrEnum):
    """What a revision does to its warning."""

    issue = "issue"
    upgrade = "upgrade"
    area = "area"
    downgrade = "downgrade"
    cancel = "cancel"
    lapse = "lapse"
    retract = "retract"


class ObligationStatus(StrEnum):
    """The one status of an obligation; the reach sheet adds these up."""

    pending = "pending"
    told = "told"
    escalating = "escalating"
    unreachable = "unreachable"
    answered = "answered"
    excused = "excused"


class Measures(StrEnum):
    """How far the measures of an obligation have come; ``progress`` is never that, only lacking."""

    none = "none"
    owed = "owed"
    started = "started"
    done = "done"
    progress = "progress"


class Channel(StrEnum):
    """By which a notice travels. ``chat``: a group's robot; ``call_list``: a person who dials."""

    sms = "sms"
    email = "email"
    voice = "voice"
    chat = "chat"
    call_list = "call_list"


class NoticeState(StrEnum):
    """Life of a notice in the outbox. Only ``accepted`` and ``failed`` come from a gateway."""

    held = "held"  # waits for its bundle, for the morning or for an officer
    queued = "queued"
    claimed = "claimed"
    in_doubt = "in_doubt"
    accepted = "accepted"
    failed = "failed"
    dropped = "dropped"


class Delivery(StrEnum):
    """A provider's receipt, ranked: a later, lower one never lowers what was known."""

    none = "none"
    accepted = "accepted"
    sent = "sent"
    undelivered = "undelivered"
    failed = "failed"
    delivered = "delivered"


class Answer(StrEnum):
    """What a person says back; the digit is what the SMS asks for."""

    received = "1"
    started = "2"
    done = "3"
    not_me = "4"
    shut = "5"
    help = "9"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One fault of an input: ``place`` (line:column, or a path inside the payload) of ``source`` (a
    file or feed); ``reading``: the number itself, where somebody may let it go."""

    source: str
    place: str
    found: str
    expected: str
    reading: dict[str, Any] | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.source}:{self.place}: found {self.found}, expected {self.expected}"


class FenghuoError(Exception):
    """Root of the house's own errors. ``permanent`` tells whether a retry can help."""

    permanent = True


class Refused(FenghuoError):
    """An input was refused whole; ``refusals`` lists every fault at once."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__("\n".join(str(refusal) for refusal in refusals))
        self.refusals = refusals


@dataclass(frozen=True, slots=True)
class StepReport:
    """What a step did, told to the clock and to whoever called.

    ``at`` is the city instant the step worked at, ``began`` its machine start (epoch seconds),
    ``did`` the work done or still waiting on the machine clock, ``next_due`` the city instant
    it next has work, ``counts`` its reasons counted. ``stale_due`` is the instant from which
    data is too old if nothing younger comes: work only where its source has fallen silent.
    """

    step: str
    at: datetime
    began: float
    did: int = 0
    next_due: datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)
    stale_due: datetime | None = None


def mask(address: str) -> str:
    """An address as logs and the ledger may show it: ``+86138****8000``, ``l***@example.org``."""
    if "@" in address:
        name, _, host = address.partition("@")
        return f"{name[:1]}***@{host}"
    return f"{address[:6]}****{address[-4:]}" if len(address) > 8 else "****"


_PASSWORD = re.compile(r"//[^/\s@]*:[^/\s]*@")
_NUMBER = re.compile(r"(?:\+|%2[Bb])([1-9][0-9]{7,14})(?![0-9])")
_MAILBOX = re.compile(r"(?<![\w.%+-])[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")


def masked(text: str) -> str:
    """A sentence as logs and the ledger may show it: its addresses masked, passwords taken out."""
    text = _PASSWORD.sub("//***@", text)
    text = _NUMBER.sub(lambda found: mask("+" + found[1]), text)
    return _MAILBOX.sub(lambda found: mask(found[0]), text)

