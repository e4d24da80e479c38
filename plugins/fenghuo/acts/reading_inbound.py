"""A human reads a text that the house could not: it counts, or it is put aside."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from fenghuo.acts.refusing import NotPossible, named
from fenghuo.notices.announcing import EditionLike
from fenghuo.receipts import inbox
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import Answer, Reason, masked


def accept(connection: Connection, edition: EditionLike, settings: Settings, inbound_id: int, *,
           given: Answer | None = None, number: int | None = None, person: str | None = None,
           sites: Collection[str] | None = None, by: str, reason: str = "",
           now: datetime) -> list[int]:
    """Let a text count as its person's answer; returns the obligations it answered.

    What is not given is read from the text itself. None when it was accepted before. Raises
    NotPossible where the text does not say enough and for one that was put aside.
    """
    by = named(by)
    if _handled(connection, inbound_id, accepted=True):
        return []
    if person is not None and edition.contacts.person(person) is None:
        raise NotPossible(f"found no person {person}")
    try:
        return inbox.accept(connection, inbound_id, by, now, given, number, sites, person)
    except inbox.NotInInbox as error:
        raise NotPossible(str(error)) from error


def dismiss(connection: Connection, edition: EditionLike, settings: Settings, inbound_id: int, *,
            by: str, reason: str, now: datetime) -> bool:
    """Put a text aside that is no answer; False when it was."""
    by = named(by, reason)
    if _handled(connection, inbound_id, accepted=False):
        return False
    try:
        inbox.dismiss(connection, inbound_id, by, masked(reason), now)
    except inbox.NotInInbox as error:
        raise NotPossible(str(error)) from error
    return True


def _handled(connection: Connection, inbound_id: int, accepted: bool) -> bool:
    """Whether just this was done to a text before."""
    row = connection.execute(select(t.inbound.c.handled, t.inbound.c.reason).where(
        t.inbound.c.id == inbound_id)).one_or_none()
    return bool(row is not None and row.handled is not None
                and (row.reason == Reason.accepted_by_hand) == accepted)
