"""The one way in which an edition comes into force, whoever brought it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update

from fenghuo import alarms, editions, ledger
from fenghuo.changes import drafts, standing
from fenghuo.changes.states import Closing, DraftState
from fenghuo.contacts import addresses
from fenghuo.editions import Edition
from fenghuo.observations import tails
from fenghuo.store import editions as kept
from fenghuo.store import tables as t

CONTACT_WRONG = alarms.AlarmKind.contact_wrong


def enter(connection: Connection, files: Mapping[str, bytes], new: Edition, now: datetime, by: str,
          draft_id: int | None = None, **facts: object) -> bool:
    """Put files in force as an edition, in the caller's transaction; False: they were already.

    ``new`` is the edition that they make. Everything is judged anew, except what a rule that
    became less sensitive still holds.
    """
    before = kept.newest(connection)
    digest, changed = kept.keep(connection, dict(files), now, by)
    if not changed:
        return False
    tails.touch(connection)
    addresses.settle(connection, new.contacts.addresses, digest, now)
    if before is not None:
        standing.keep(connection, before, new, now)
        _mended(connection, before, new, now)
        if drafts.rules_in(connection, before) != drafts.rules_in(connection, digest):
            _replace(connection, draft_id, now)
    ledger.append(connection, "edition.adopted", digest, {
        "files": len(files), "by": by, "before": before, **facts}, now)
    return True




def _replace(connection: Connection, draft_id: int | None, now: datetime) -> None:
    """The draft that was in force is so no more."""
    c = t.draft.c
    connection.execute(update(t.draft).where(
        c.state == DraftState.in_force.value, c.id != (draft_id or 0)).values(
            state=DraftState.replaced.value, closed=now, reason=Closing.replaced.value))


def _mended(connection: Connection, before: str, new: Edition, now: datetime) -> None:
    """Wrong contacts are over for everybody whose addresses or posts were changed."""
    for one in alarms.open_alarms(connection, CONTACT_WRONG):
        old, person = editions.of(connection, before), one.subject
        if (old.contacts.person(person), old.contacts.posts_of(person)) != (
                new.contacts.person(person), new.contacts.posts_of(person)):
            alarms.recover(connection, CONTACT_WRONG, person, now)


def draft_in_force(connection: Connection) -> int | None:
    """The number of the draft whose rules are in force, None where they came another way."""
    c = t.draft.c
    found: int | None = connection.scalar(select(c.id).where(
        c.state == DraftState.in_force.value).order_by(c.id.desc()).limit(1))
    return found
