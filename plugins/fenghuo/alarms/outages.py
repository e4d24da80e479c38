"""What is wrong with a source as a whole: one alarm from its first cause to its end.

Its kind says how bad it is by now and only climbs: a clock that is off, then no answer or none
that can be read, then data so old that the rules which need it are unknown. It rings as what it
has become (``kinds.RINGS``), so that an outage is one row, told once and over once. One odd answer
is none: two bad bodies in a row are an ordinary day of some sources.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from fenghuo.alarms.ages import SKEW, FeedAge
from fenghuo.alarms.kinds import AlarmKind
from fenghuo.alarms.register import Alarm, raise_alarm, recover, worsen
from fenghuo.words import FeedOutcome

RANKS = {AlarmKind.feed_clock: 0, AlarmKind.feed_unreachable: 1, AlarmKind.feed_unreadable: 1,
         AlarmKind.feed_stale: 2}
"""The kinds of one outage. Those alike in rank are one thing: a source that answers now with an
error, now with a web page."""


def ailment(age: FeedAge) -> tuple[AlarmKind, str] | None:
    """What is worst about a source now, and in which words; None when it is well."""
    failing = age.error if age.failures else None
    if age.stale:
        old = f"newest data of {age.since}, expected within {age.limit}" if age.since else (
            "there never was a good answer")
        return AlarmKind.feed_stale, f"{old}; {failing}" if failing else old
    if age.out:
        unread = age.outcome in (FeedOutcome.refused, FeedOutcome.empty)
        return (AlarmKind.feed_unreadable if unread else AlarmKind.feed_unreachable,
                failing or str(age.outcome))
    if age.skew is not None and abs(age.skew) > SKEW.total_seconds():
        return AlarmKind.feed_clock, f"its clock is {age.skew:+.0f} s off ours"
    return None


def look(connection: Connection, age: FeedAge, standing: Iterable[Alarm], now: datetime,
         counts: Counter[str]) -> None:
    """Open, worsen or end a source's outage. ``standing`` are its open alarms of ``RANKS``."""
    found = ailment(age)
    left: Alarm | None = None
    for one in standing:
        # a milder thing that is left is another: what was told is told as over
        if left is not None or found is None or RANKS[found[0]] < RANKS[one.kind]:
            counts["recovered"] += recover(connection, one.kind, one.subject, now)
        else:
            left = one
    if found is None:
        return
    kind, detail = found
    if left is None or RANKS[kind] == RANKS[left.kind]:
        kind = kind if left is None else left.kind
        counts["raised"] += raise_alarm(connection, kind, age.feed, detail, now)
    else:
        counts["worsened"] += worsen(connection, left, kind, detail, now)
