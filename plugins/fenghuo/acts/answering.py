"""An answer that came on paper or by voice, entered by somebody else.

It keeps the hour it was said and the hour it was entered; the ledger has both. Paper comes late:
what was said while the warning was in force counts, whenever it is typed in.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from fenghuo import ledger
from fenghuo.acts.papers import LATE
from fenghuo.acts.refusing import NotPossible, named
from fenghuo.notices import answers
from fenghuo.notices.announcing import EditionLike
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import Answer, ObligationStatus, Reason, WarningState, masked

MOST = 999_999
"""People withdrawn from one site."""


def answer_for(connection: Connection, edition: EditionLike, settings: Settings,
               obligation_id: int, *, given: Answer, number: int | None = None,
               person: str | None = None, at: datetime | None = None, by: str, reason: str = "",
               now: datetime) -> bool:
    """Enter an answer for an obligation; False when the very same one is known.

    ``person`` is who said it (none: the post's holder), ``at`` when it was said (none: now).
    Raises NotPossible for an obligation that was over at that hour or never asked, for an hour
    to come or before the obligation, and for a number without a 3.
    """
    by, at = named(by), at or now
    row = owed(connection, obligation_id, at)
    who = person or row.person or ""
    if not who:
        raise NotPossible(f"the {row.post} of {row.site} is vacant: expected who answered")
    if person is not None and edition.contacts.person(person) is None:
        raise NotPossible(f"found no person {person}")
    if number is not None and (given != Answer.done or not 0 <= number <= MOST):
        raise NotPossible(f"found {number} with {given.value}, expected 0 to {MOST} people with "
                          f"{Answer.done.value}")
    if at > now + LATE or at < row.opened - LATE:
        raise NotPossible(f"found {at.isoformat()}, expected an hour from "
                          f"{row.opened.isoformat()} to now")
    a = t.answer.c
    if connection.scalar(select(a.id).where(
            a.obligation_id == obligation_id, a.person == who, a.answer == given.value, a.at == at,
            a.number.is_(None) if number is None else a.number == number)) is not None:
        return False
    answers.by_hand(connection, row, who, given, number, at, by=by, entered=now)
    ledger.append(connection, "answer.entered", f"obligation:{obligation_id}", {
        "by": by, "reason": masked(reason), "person": who, "answer": given.value,
        "number": number, "said": at.isoformat(), "entered": now.isoformat()}, now)
    return True


def owed(connection: Connection, obligation_id: int, at: datetime) -> Any:
    """An obligation's row with ``drill_id`` and ``state`` of its warning.

    Raises NotPossible when it owed nothing at that instant.
    """
    o, w, r = t.obligation.c, t.warning.c, t.revision.c
    row = connection.execute(
        select(t.obligation, w.state, w.closed, w.drill_id, r.at.label("revised"))
        .join(t.warning, w.id == o.warning_id).join(t.revision, r.id == o.revision_id)
        .where(o.id == obligation_id)).one_or_none()
    if row is None:
        raise NotPossible(f"found no obligation {obligation_id}")
    excused = row.status == ObligationStatus.excused
    if row.state == WarningState.in_force and not excused:
        return row
    left = excused and row.reason == Reason.left_area
    ended = row.revised if left else row.closed
    asked = not excused or left or row.reason in (Reason.warning_closed, Reason.never_reached)
    if ended is None or not asked or at > ended:
        raise NotPossible(f"obligation {obligation_id} is over: {row.reason}"
                          + (f", since {ended.isoformat()}: expected an answer said before that"
                             if ended is not None and asked else ""))
    return row
