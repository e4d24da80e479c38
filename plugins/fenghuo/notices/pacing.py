"""When a text may go: at once, with others, in the morning, or at the next hour (practice.md 5).

Pure. What is graver goes at once and alone; everything else for one address waits a little, so
that what belongs together leaves together. The steps sweep once a minute: one sweep is kept in
hand, so that a first text still leaves in the time its tier allows (practice.md 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fenghuo.notices.letters import Kind
from fenghuo.words import Hazard, Level, Reason
from fenghuo.words.urgency import ROOM

BUNDLE = timedelta(seconds=90)
APART = timedelta(minutes=5)
"""Two texts to one address are this far apart, unless the later one goes at once."""

SWEEP = timedelta(minutes=1)
NIGHT_BEGINS, NIGHT_ENDS = 22, 7
"""Quiet hours of the city."""

AN_HOUR, A_DAY = 6, 20
"""Most texts to one person."""

_GOOD_NEWS = (Kind.lowered, Kind.left, Kind.cancel)


@dataclass(frozen=True, slots=True)
class Asked:
    """A text that wants to go.

    ``upgraded``: a place was raised. ``first_red``: the address had no red text of this warning.
    ``returns``: it lets people return or plant restart. ``counted``: caps count it (SMS).
    """

    kind: Kind
    hazard: Hazard
    tier: Level
    upgraded: bool = False
    first_red: bool = False
    returns: bool = False
    drill: bool = False
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Past:
    """What went to the address: the last text's instant, and those of the last 24 h, ascending."""

    texts: tuple[datetime, ...] = ()

    @property
    def last(self) -> datetime | None:
        return self.texts[-1] if self.texts else None


@dataclass(frozen=True, slots=True)
class Wait:
    """Held until an instant, and why."""

    until: datetime
    reason: Reason


def wait(asked: Asked, past: Past, now: datetime, zone: ZoneInfo) -> Wait | None:
    """How long a text waits; None: it goes now, alone."""
    capped = None if exempt(asked) else full_until(past, now)
    if capped is not None:
        return Wait(max(capped, quiet_until(asked, now, zone) or capped), Reason.capped)
    morning = quiet_until(asked, now, zone)
    if morning is not None:
        return Wait(morning, Reason.quiet_hours)
    if alone(asked):
        return None
    span = BUNDLE
    if past.last is not None and now - past.last < APART:
        span = max(span, past.last + APART - now)
    if asked.kind == Kind.tell:
        span = min(span, ROOM[asked.tier] - SWEEP)
    return Wait(now + span, Reason.waits_for_bundle) if span > timedelta(0) else None


def alone(asked: Asked) -> bool:
    """What goes at once and by itself; red is never first told in a bundle, a quake never waits."""
    if asked.drill or asked.kind in (Kind.retract, Kind.rung, Kind.calls):
        return True
    return asked.kind == Kind.tell and (
        asked.upgraded or asked.first_red or asked.hazard == Hazard.earthquake)


def exempt(asked: Asked) -> bool:
    """What no cap holds back: red, a correction, a drill's own texts."""
    return (asked.drill or not asked.counted or asked.kind == Kind.retract
            or (asked.kind in (Kind.tell, Kind.rung) and asked.tier == Level.red))


def quiet_until(asked: Asked, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The morning a text waits for; None when it may go at this hour."""
    local = now.astimezone(zone)
    if NIGHT_ENDS <= local.hour < NIGHT_BEGINS or asked.drill or asked.kind == Kind.retract:
        return None
    if asked.kind in _GOOD_NEWS:
        waits = not asked.returns
    else:
        waits = asked.tier.rank < Level.yellow.rank
    if not waits:
        return None
    day = local if local.hour < NIGHT_ENDS else local + timedelta(days=1)
    return day.replace(hour=NIGHT_ENDS, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)


def full_until(past: Past, now: datetime) -> datetime | None:
    """When an address that had its share may be written to again: once an hour, in a bundle."""
    hour = [at for at in past.texts if at > now - timedelta(hours=1)]
    day = [at for at in past.texts if at > now - timedelta(hours=24)]
    if len(hour) < AN_HOUR and len(day) < A_DAY:
        return None
    return max(day) + timedelta(hours=1)
