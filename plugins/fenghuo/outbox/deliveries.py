"""What a provider says later of a text it took: ranked, so that it never goes down.

Receipts repeat, overtake each other, come days late and come before we have recorded the
provider's id. They are kept as they came; the notice shows the highest. The notice's id in the
callback's address, which the provider signs, joins a receipt to a notice whose sender died before
it could write the id down: such a receipt is the proof that the text was taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from fenghuo import ledger
from fenghuo.channels.refused import reason_of_code
from fenghuo.contacts import addresses
from fenghuo.notices import obligations
from fenghuo.store.tables import notice, receipt
from fenghuo.words import Delivery, NoticeState, Reason

RANKED = tuple(Delivery)
_UNREACHED = (Delivery.undelivered, Delivery.failed)
WORDS: dict[str, Delivery] = {
    "accepted": Delivery.accepted, "scheduled": Delivery.accepted, "queued": Delivery.accepted,
    "sending": Delivery.accepted, "sent": Delivery.sent, "partially_delivered": Delivery.sent,
    "delivered": Delivery.delivered, "read": Delivery.delivered,
    "undelivered": Delivery.undelivered, "failed": Delivery.failed, "canceled": Delivery.failed,
    "initiated": Delivery.accepted, "ringing": Delivery.sent, "in-progress": Delivery.delivered,
    "completed": Delivery.delivered, "busy": Delivery.undelivered,
    "no-answer": Delivery.undelivered,
}
"""Twilio's statuses of messages and calls; a word not named here is kept as a receipt and changes
nothing. A call that was answered is delivered at most: only a key answers it."""


def keep(connection: Connection, gateway: str, provider_id: str, status: str,
         error: str | None, notice_id: str | None, now: datetime) -> bool:
    """Keep one receipt and let it act; False for a replay, which does nothing.

    ``notice_id`` is what the callback's address names, None for a polled one.
    """
    key = _notice_of(connection, gateway, provider_id, notice_id, now)
    try:
        with connection.begin_nested():
            connection.execute(insert(receipt).values(
                gateway=gateway, provider_id=provider_id, status=status, error=error, at=now,
                joined=key is not None))
    except IntegrityError:
        return False
    if key is not None:
        _raise_to(connection, key, status, error, now)
    return True


def join(connection: Connection, gateway: str, taken: Mapping[str, str], now: datetime) -> None:
    """Let the receipts act that came before the ids were recorded: provider's id -> notice."""
    waiting = connection.execute(
        select(receipt).where((receipt.c.gateway == gateway)
                              & receipt.c.provider_id.in_(taken)
                              & receipt.c.joined.is_(False)).order_by(receipt.c.id)).all()
    for row in waiting:
        connection.execute(update(receipt).where(receipt.c.id == row.id).values(joined=True))
        _raise_to(connection, taken[row.provider_id], row.status, row.error, now)


def _notice_of(connection: Connection, gateway: str, provider_id: str, notice_id: str | None,
               now: datetime) -> str | None:
    key: str | None = connection.scalar(select(notice.c.id).where(
        (notice.c.gateway == gateway) & (notice.c.provider_id == provider_id)))
    if key is not None or notice_id is None:
        return key
    row = connection.execute(
        select(notice.c.id, notice.c.provider_id).where(notice.c.id == notice_id)
        .with_for_update()).one_or_none()
    if row is None:
        return None
    if row.provider_id == provider_id:  # recorded while we waited for the row
        return str(row.id)
    if row.provider_id == row.id:  # found by our own id; the provider's comes only now
        connection.execute(update(notice).where(notice.c.id == row.id).values(
            provider_id=provider_id))
        return str(row.id)
    if row.provider_id is not None:  # a second text of the same notice
        connection.execute(update(notice).where(notice.c.id == row.id).values(maybe_doubled=True))
        return str(row.id)
    connection.execute(update(notice).where(notice.c.id == row.id).values(
        state=NoticeState.accepted, reason=Reason.found_at_gateway, gateway=gateway,
        provider_id=provider_id, accepted_at=now, lease_until=None, next_try=None))
    obligations.mark_told(connection, [row.id], now)
    ledger.append(connection, "notice.accepted", f"notice:{row.id}",
                  {"gateway": gateway, "provider_id": provider_id, "by": "receipt"}, now)
    return str(row.id)


def _raise_to(connection: Connection, key: str, status: str, error: str | None,
              now: datetime) -> None:
    word = WORDS.get(status)
    row = connection.execute(
        select(notice.c.delivery, notice.c.channel, notice.c.address, notice.c.person)
        .where(notice.c.id == key).with_for_update()).one()
    if word is None or RANKED.index(word) <= RANKED.index(Delivery(row.delivery)):
        return
    values: dict[str, Any] = {"delivery": word}
    if word is Delivery.delivered:
        values |= {"delivered_at": now, "state": NoticeState.accepted, "error": None}
    elif word in _UNREACHED:
        values |= {"state": NoticeState.failed, "reason": reason_of_code(error),
                   "error": error or status}
    connection.execute(update(notice).where(notice.c.id == key).values(**values))
    if word is Delivery.delivered:
        obligations.mark_told(connection, [key], now)
        addresses.put_back(connection, row.channel, row.address, f"notice {key}", now,
                           (Reason.bad_address,))
    elif word in _UNREACHED:
        reason = reason_of_code(error)
        obligations.mark_failed(connection, key, now, reason, ended=status)
        if reason in addresses.OUT:
            addresses.put_out(connection, row.channel, row.address, reason, now,
                              person=row.person, error=error)
    if word is Delivery.delivered or word in _UNREACHED:
        ledger.append(connection, f"receipt.{word}", f"notice:{key}",
                      {"status": status, "error": error}, now)
