"""What was refused or doubted of numbers: somebody stands for it, or puts it aside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, update

from fenghuo import alarms, ledger
from fenghuo.acts.refusing import NotPossible, named
from fenghuo.notices.announcing import EditionLike
from fenghuo.observations import doubts, series
from fenghuo.observations.excluding import READING
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import masked
from fenghuo.words.limits import Doubt, Fate
from fenghuo.words.metrics import Metric


def release(connection: Connection, edition: EditionLike, settings: Settings, which: int, *,
            by: str, reason: str, now: datetime) -> int:
    """Let a number count, as if it were received now: the next assess looks at its windows, and
    tells of it only if they still matter. Of a standstill all of it counts.

    Returns how many numbers count that did not. Raises NotPossible for what is no number, is
    closed, or is unknown.
    """
    by, row = named(by, reason), _open(connection, which)
    if row.reading is None:
        raise NotPossible(f"quarantine {which} is a record that cannot be read, no number")
    said = {name: pd.Timestamp(row.reading[name]) if name in ("start", "end", "issued")
            else row.reading[name] for name in READING}
    counted = _believed(connection, row, said, now)
    _close(connection, row, Fate.released, by, reason, now)
    return counted


def discard(connection: Connection, edition: EditionLike, settings: Settings, which: int, *,
            by: str, reason: str, now: datetime) -> None:
    """Put aside what was refused or doubted: it never counts, and nobody need look again."""
    by = named(by, reason)
    _close(connection, _open(connection, which), Fate.discarded, by, reason, now)


def _believed(connection: Connection, row: Any, said: dict[str, Any], now: datetime) -> int:
    if row.doubt is None:
        return series.record(connection, row.feed, pd.DataFrame([said]), row.payload or "", now,
                             int(said["step"]), believed=True)
    doubt, since = Doubt(row.doubt), said["end"].timestamp()
    found = doubts.believe(connection, Metric(said["metric"]), said["subject"], int(said["step"]),
                           since, since + 1 if doubt is Doubt.jump else float("inf"), doubt)
    alarms.recover(connection, doubts.ALARMS[doubt], f"{said['metric']}:{said['subject']}", now)
    return found


def _open(connection: Connection, which: int) -> Any:
    row = connection.execute(
        t.quarantine.select().where(t.quarantine.c.id == which)).one_or_none()
    if row is None:
        raise NotPossible(f"found no {which} in quarantine")
    if row.fate is not None:
        raise NotPossible(f"quarantine {which} was {row.fate} by {row.closed_by} "
                          f"at {row.closed.isoformat()}")
    return row


def _close(connection: Connection, row: Any, fate: Fate, by: str, reason: str,
           now: datetime) -> None:
    connection.execute(update(t.quarantine).where(t.quarantine.c.id == row.id).values(
        fate=fate.value, closed=now, closed_by=by, reason=masked(reason)))
    ledger.append(connection, f"quarantine.{fate.value}", f"quarantine:{row.id}", {
        "by": by, "reason": masked(reason), "feed": row.feed, "place": row.place,
        "found": row.found, "expected": row.expected, "payload": row.payload}, now)
