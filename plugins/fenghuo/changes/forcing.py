"""A draft whose hour has come is put in force; and the way back, at once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select, update

from fenghuo import editions, ledger
from fenghuo.acts.refusing import NotPossible, named
from fenghuo.changes import drafts, freezing, persons
from fenghuo.changes.drafts import RULES, TESTS
from fenghuo.changes.entering import enter
from fenghuo.changes.sensitivity import sensitivity
from fenghuo.changes.states import Closing, DraftState
from fenghuo.editions import Edition
from fenghuo.settings import Settings
from fenghuo.store import editions as kept
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Refused, masked

SCHEDULED = (DraftState.scheduled,)


def due(engine: Engine, now: datetime) -> tuple[int, datetime | None]:
    """Put in force what is due; returns how many drafts moved, and when the next is due.

    A frozen draft waits where it is: each later call looks again, and no instant is named.
    """
    c = t.draft.c
    with reading(engine) as connection:
        rows = connection.execute(select(t.draft).where(
            c.state == DraftState.scheduled.value, c.effective <= now)
            .order_by(c.effective, c.id)).all()
    did = 0
    for row in rows:
        with suppress(NotPossible):  # another watch was quicker, or somebody withdrew it just now
            did += _put(engine, row, now)
    with reading(engine) as connection:
        coming: datetime | None = connection.scalar(select(func.min(c.effective)).where(
            c.state == DraftState.scheduled.value, c.effective > now))
        ends: datetime | None = connection.scalar(select(func.min(c.override_until)).where(
            c.state == DraftState.scheduled.value, c.override_until > now))
    return did, min((at for at in (coming, ends) if at is not None), default=None)


def _put(engine: Engine, row: Any, now: datetime) -> int:
    """One draft, in one transaction; whoever comes second finds nothing to do."""
    with reading(engine) as connection:
        before = drafts.in_force(connection)
        files = {**{path: content for path, content in drafts.files_of(connection, row.id).items()
                    if not path.startswith(TESTS)},
                 **_contacts(connection, before)}
        overtaken = drafts.overtaken(connection, row)
    fault, new = (None, None) if overtaken else _read(files)
    with writing(engine) as connection:
        row = drafts.of(connection, row.id)
        if kept.newest(connection) != before:
            return 0
        if new is None:
            reason = Closing.overtaken if overtaken else Closing.unreadable
            drafts.close(connection, row, DraftState.refused, reason, fault or "", by="watch",
                         now=now, states=SCHEDULED)
            return 1
        ice = freezing.frozen(connection, row.hazards)
        if ice and not freezing.overridden(row, now):
            return 0
        drafts.move(connection, row, SCHEDULED, state=DraftState.in_force.value,
                    shadow_since=None)
        enter(connection, files, new, now, row.proposed_by, row.id, draft=row.id,
              approved_by=row.approved_by, signed_by=row.signed_by,
              override=row.override_reason if ice else None)
        connection.execute(update(t.draft).where(t.draft.c.id == row.id).values(
            edition=new.digest))
        ledger.append(connection, "draft.in_force", f"draft:{row.id}", {
            "edition": new.digest, "effective": row.effective.isoformat(),
            "override_by": row.override_by if ice else None}, now)
    return 1


def take_back(connection: Connection, edition: Edition, settings: Settings, *, by: str,
              reason: str, now: datetime) -> str:
    """Put the rules before those in force back, at once; returns the edition's digest.

    One named person and a reason are enough, frozen or not, where nobody loses by it. Where the
    older rules are less sensitive it takes a leader, whose word then also stands against a
    freeze. Contacts stay as they are. Raises NotPossible where there is nothing to go back to.
    """
    by = named(by, reason)
    old = editions.of(connection, drafts.in_force(connection))
    files = {**_before(connection, old.digest), **_contacts(connection, old.digest)}
    fault, new = _read(files)
    if new is None:
        raise NotPossible(f"the rules before do not read with the contacts as they are: {fault}")
    less = sensitivity(old, new)
    ice = freezing.frozen(connection, freezing.touched(old, new)) if less else {}
    if less:
        persons.leading(by, settings, edition.contacts,
                        f"go back to rules that are less sensitive ({less[0]})")
    c = t.draft.c
    taken = connection.scalar(select(c.id).where(c.state == DraftState.in_force.value))
    if taken is not None:
        drafts.close(connection, drafts.of(connection, taken), DraftState.returned,
                     Closing.taken_back, reason, by=by, now=now, states=[DraftState.in_force])
    enter(connection, files, new, now, by, taken_back=old.digest, reason=masked(reason),
          less=[str(one) for one in less], override=sorted(ice.values()))
    _again(connection, new.digest)
    return new.digest


def _again(connection: Connection, digest: str) -> None:
    """The draft whose rules are in force again, if they came by one."""
    c, rules = t.draft.c, drafts.rules_in(connection, digest)
    rows = connection.execute(select(c.id, c.edition).where(
        c.state.in_([DraftState.replaced.value, DraftState.returned.value])).order_by(c.id.desc()))
    again = next((row.id for row in rows
                  if drafts.rules_in(connection, row.edition) == rules), None)
    if again is not None:
        connection.execute(update(t.draft).where(c.id == again).values(
            state=DraftState.in_force.value, closed=None, closed_by=None, reason=None, said=None))


def _contacts(connection: Connection, digest: str) -> dict[str, bytes]:
    return {path: content for path, content in kept.files_of(connection, digest).items()
            if not path.startswith(RULES)}


def _before(connection: Connection, digest: str) -> dict[str, bytes]:
    """The rules that were in force before those of an edition."""
    now = drafts.rules_in(connection, digest)
    for earlier in kept.before(connection, digest):
        if drafts.rules_in(connection, earlier) != now:
            return {path: content for path, content in kept.files_of(
                connection, earlier).items() if path.startswith(RULES)}
    raise NotPossible("these are the first rules of this house: there is nothing to go back to")




def _read(files: Mapping[str, bytes]) -> tuple[str | None, Edition | None]:
    try:
        return None, editions.read(dict(files), kept.digest_of(dict(files)))
    except Refused as refused:
        return str(refused.refusals[0]), None
