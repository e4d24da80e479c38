"""It was wrong: 更正 to exactly those who were told, or may have been.

Every event behind a warning is marked as never having been; the next assess ends its findings
as retracted and the texts follow. A feed that repeats its word does not bring it back.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from fenghuo import ledger
from fenghuo.acts import holding, registering, warnings
from fenghuo.acts.refusing import NotPossible, named
from fenghuo.notices.announcing import EditionLike
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import WarningState, masked


def retract(connection: Connection, edition: EditionLike, settings: Settings, warning_id: int, *,
            by: str, reason: str, now: datetime) -> list[int]:
    """Take back the events behind a warning; returns their ids, none when it was done before.

    Raises NotPossible when a measured value stands behind it: that is cancelled, not wrong.
    """
    by = named(by, reason)
    row = warnings.of(connection, warning_id)
    if row.state == WarningState.retracted:
        return []
    warnings.in_force(connection, warning_id)
    if row.drill_id is not None:
        raise NotPossible(f"warning {warning_id} is drill {row.drill_id}: abort that")
    behind = warnings.evidence(connection, row)
    measured = next((one for one in behind if one.event_revision_id is None), None)
    if measured is not None:
        raise NotPossible(f"warning {warning_id} rests on {measured.subject} too, which was "
                          "measured: cancel it")
    r = t.event_revision.c
    ids = sorted(set(connection.scalars(select(r.event_id).where(
        r.id.in_([one.event_revision_id for one in behind])))))
    gone = []
    for event_id in ids:
        letter = connection.execute(select(t.registration).where(
            t.registration.c.event_id == event_id)).one_or_none()
        if letter is not None and letter.state == registering.CONFIRMED:
            registering.retract(connection, edition, settings, letter.id, by=by, reason=reason,
                                now=now)
            gone.append(event_id)
        elif registering.withdraw(connection, settings, event_id, by=by, reason=reason, now=now):
            gone.append(event_id)
    if gone:
        holding.forget(connection, warning_id)
        ledger.append(connection, "warning.retracted", f"warning:{warning_id}",
                      {"by": by, "reason": masked(reason), "events": gone}, now)
    return gone
