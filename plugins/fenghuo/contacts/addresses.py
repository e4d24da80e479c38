"""Addresses that are out of use: a number or mailbox that does not exist, an owner who opted out.

What a provider's refusal, a receipt or the owner's own STOP says of an address counts for every
later text by that channel: none is tried, and the reason stands where a person was to be told. It
ends when the owner resubscribes, when the address proves alive after all, or when an edition of
the contacts names it no more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from fenghuo import ledger
from fenghuo.alarms import AlarmKind, open_alarms, raise_alarm, recover
from fenghuo.store.tables import address_state
from fenghuo.words import Reason, mask, masked

OUT = (Reason.bad_address, Reason.opted_out)
"""Why an address is out of use; the second is its owner's will and outlives every sign of life."""
_CHUNK = 500
_C = address_state.c


def put_out(connection: Connection, channel: str, address: str, reason: Reason, now: datetime, *,
            person: str | None = None, error: str | None = None) -> bool:
    """Take an address out of use; False when it was so already, for this reason or a graver one.

    ``error`` is the provider's word. Whoever is reached at it is a wrong contact: an alarm.
    """
    known = _open(connection, channel, address)
    if known is not None and (known.reason == reason or known.reason == Reason.opted_out):
        return False
    if known is not None:
        _end(connection, known, reason.value, now)
    error = masked(error) if error else None
    try:
        with connection.begin_nested():
            connection.execute(insert(address_state).values(
                channel=channel, address=address, reason=reason.value, person=person, error=error,
                since=now))
    except IntegrityError:  # another lane was refused in this very moment
        return False
    ledger.append(connection, "address.out", f"address:{mask(address)}", {
        "channel": channel, "reason": reason.value, "person": person, "error": error}, now)
    if person is not None:
        raise_alarm(connection, AlarmKind.contact_wrong, person,
                    _said(channel, person, reason), now)
    return True


def put_back(connection: Connection, channel: str, address: str, by: str, now: datetime,
             reasons: Collection[Reason] = OUT) -> bool:
    """Use an address again that was out for one of ``reasons``; ``by`` is what or who says so."""
    known = _open(connection, channel, address)
    if known is None or known.reason not in reasons:
        return False
    _end(connection, known, by, now)
    return True


def out_of_use(connection: Connection,
               addresses: Iterable[str] | None = None) -> dict[tuple[str, str], Reason]:
    """(channel, address) -> why it is out of use; of some addresses or of all."""
    return {(row.channel, row.address): Reason(row.reason)
            for row in rows(connection, addresses)}


def rows(connection: Connection, addresses: Iterable[str] | None = None,
         at: datetime | None = None) -> list[Any]:
    """What is out of use now, or was ``at`` an instant, the oldest first: channel, address,
    person, reason, error, since."""
    query = select(address_state).where(
        _C.cleared.is_(None) if at is None
        else (_C.since <= at) & (_C.cleared.is_(None) | (_C.cleared > at))
    ).order_by(_C.since, _C.id)
    if addresses is None:
        return list(connection.execute(query))
    wanted = sorted(set(addresses))
    return [row for start in range(0, len(wanted), _CHUNK) for row in connection.execute(
        query.where(_C.address.in_(wanted[start:start + _CHUNK])))]


def settle(connection: Connection, listed: Collection[str], digest: str, now: datetime) -> int:
    """End what is out of use and no longer ``listed`` in the contacts of an edition."""
    gone = [row for row in rows(connection) if row.address not in listed]
    for row in gone:
        _end(connection, row, f"edition {digest[:12]}", now)
    return len(gone)


def _open(connection: Connection, channel: str, address: str) -> Any:
    return connection.execute(select(address_state).where(
        _C.channel == channel, _C.address == address, _C.cleared.is_(None))).one_or_none()


def _end(connection: Connection, row: Any, by: str, now: datetime) -> None:
    connection.execute(update(address_state).where(_C.id == row.id).values(
        cleared=now, cleared_by=by))
    ledger.append(connection, "address.back", f"address:{mask(row.address)}", {
        "channel": row.channel, "reason": row.reason, "person": row.person, "by": by}, now)
    said = row.person and _said(row.channel, row.person, Reason(row.reason))
    if any(one.subject == row.person and one.detail == said
           for one in open_alarms(connection, AlarmKind.contact_wrong)):
        recover(connection, AlarmKind.contact_wrong, row.person, now)


def _said(channel: str, person: str, reason: Reason) -> str:
    return f"{channel} to {person}: {reason}"
