"""When nothing that the console shows can be trusted: the few things that make silence mean
nothing, in one list for its banner.

What is not shown may be true all the same while the watch stands still, while everything a bureau
says is old, while no text can leave, while what is said of a warning contradicts itself, or while
the record of it all cannot be sealed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from fenghuo.alarms.ages import Watched, feed_ages
from fenghuo.alarms.kinds import OF_GATEWAYS, AlarmKind
from fenghuo.alarms.register import open_alarms
from fenghuo.alarms.silence import SILENCE, finished
from fenghuo.clock import machine_now


class Doubt(StrEnum):
    """Why nothing can be trusted."""

    watch_silent = "watch_silent"
    step_silent = "step_silent"
    no_edition = "no_edition"
    bureau_stale = "bureau_stale"          # every feed of a bureau is old
    no_gateway = "no_gateway"              # no way to send is open
    reach_unbalanced = "reach_unbalanced"  # what is said of a warning contradicts itself
    ledger_unsealed = "ledger_unsealed"


@dataclass(frozen=True, slots=True)
class Doubted:
    """One reason, and which step, bureau or gateway it is about ("" for the house itself)."""

    doubt: Doubt
    subject: str = ""


_OF_KIND = {AlarmKind.no_edition: Doubt.no_edition,
            AlarmKind.reach_unbalanced: Doubt.reach_unbalanced,
            AlarmKind.ledger_unsealed: Doubt.ledger_unsealed}


def trust(connection: Connection, now: datetime, feeds: Iterable[Watched],
          gateways: Collection[str]) -> list[Doubted]:
    """Why nothing can be trusted at the city instant ``now``; empty while all is well.

    ``feeds`` are those this house pulls, ``gateways`` the names of those that carry answers'
    texts. The watch cannot report its own end: its last one is looked at here, by machine time.
    """
    found: list[Doubted] = []
    quiet = machine_now() - finished(connection).get("watch", 0.0)
    if quiet > SILENCE:
        found.append(Doubted(Doubt.watch_silent))
    wrong = open_alarms(connection)
    found += [Doubted(Doubt.step_silent, one.subject) for one in wrong
              if one.kind == AlarmKind.step_silent and one.subject != "watch"]
    found += dict.fromkeys(Doubted(_OF_KIND[one.kind]) for one in wrong if one.kind in _OF_KIND)
    found += [Doubted(Doubt.bureau_stale, bureau) for bureau in _stale(connection, feeds, now)]
    shut = {one.subject for one in wrong if one.kind in OF_GATEWAYS}
    if not set(gateways) - shut:
        found.append(Doubted(Doubt.no_gateway))
    return found


def _stale(connection: Connection, feeds: Iterable[Watched], now: datetime) -> list[str]:
    """Bureaus that have feeds, all of them too old for certain."""
    listed = list(feeds)
    stale: dict[str, bool] = {}
    for feed, age in zip(listed, feed_ages(connection, listed, now), strict=True):
        stale[feed.bureau] = stale.get(feed.bureau, True) and age.stale
    return sorted(bureau for bureau, old in stale.items() if old)
