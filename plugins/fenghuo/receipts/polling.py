"""The net under lost callbacks: ask the gateway what became of texts, and what came in.

Bounded: notices of the last day that are accepted and without a last word, those asked least
lately first, and the newest texts that came in. What is known already does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine, exists, or_, select

from fenghuo.channels import Gateway, Inbound, Taken
from fenghuo.outbox.deliveries import keep
from fenghuo.receipts import incoming, mailbox
from fenghuo.settings import Settings
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import code, inbound, notice
from fenghuo.words import Delivery, NoticeState, Reason

DAY = timedelta(days=1)
GRACE = timedelta(seconds=60)
"""A callback gets this long before anybody asks."""
ASKED = 25
LISTED = 100


def poll(engine: Engine, gateways: Sequence[Gateway], settings: Settings,
         now: datetime) -> int:
    """Fetch mails, and what no callback brought; returns how many were new."""
    return mailbox.collect(engine, settings, now) + sum(
        _statuses(engine, gateway, now) + _inbound(engine, gateway, now)
        for gateway in gateways)


def _statuses(engine: Engine, gateway: Gateway, now: datetime) -> int:
    with reading(engine) as connection:
        rows = connection.execute(
            select(notice.c.id, notice.c.provider_id, notice.c.address, notice.c.accepted_at)
            .where((notice.c.gateway == gateway.name) & (notice.c.state == NoticeState.accepted)
                   & notice.c.provider_id.is_not(None)
                   & notice.c.delivery.in_((Delivery.none, Delivery.accepted, Delivery.sent))
                   & (notice.c.accepted_at > now - DAY) & (notice.c.accepted_at <= now - GRACE))
            .order_by(notice.c.accepted_at)).all()
    if not rows:
        return 0
    # a different part of a long list each minute, so that none is asked for ever and none never
    start = int(now.timestamp() // 60) * ASKED % len(rows) if len(rows) > ASKED else 0
    found = gateway.statuses([
        Taken(row.provider_id, row.id, row.address, row.accepted_at)
        for row in [*rows, *rows][start:start + min(ASKED, len(rows))]])
    new = 0
    with writing(engine) as connection:
        for status in found:
            new += keep(connection, gateway.name, status.provider_id, status.status,
                        status.error, None, now)
    return new


def _inbound(engine: Engine, gateway: Gateway, now: datetime) -> int:
    with reading(engine) as connection:
        awaited = connection.scalar(select(or_(
            exists(select(code.c.id).where(code.c.closed.is_(None))),
            exists(select(notice.c.id).where(
                (notice.c.gateway == gateway.name) & (notice.c.accepted_at > now - DAY))))))
    if not awaited:
        return 0
    came = gateway.inbound(LISTED)
    with reading(engine) as connection:
        known = set(connection.scalars(select(inbound.c.provider_id).where(
            (inbound.c.gateway == gateway.name)
            & inbound.c.provider_id.in_([one.provider_id for one in came]))))
    new = 0
    for one in reversed(came):  # oldest first: the order in which they were said
        if one.provider_id in known or _too_old(gateway, one, now):
            continue
        with writing(engine) as connection:
            kept = incoming.receive(connection, gateway.name, one, _said_at(gateway, one, now))
        new += kept is not Reason.replayed
    return new


def _said_at(gateway: Gateway, one: Inbound, now: datetime) -> datetime:
    """When it was said, on the city clock; the sandbox's provider stamps the machine's."""
    return now if gateway.sandbox or one.created is None else min(now, one.created)


def _too_old(gateway: Gateway, one: Inbound, now: datetime) -> bool:
    return not gateway.sandbox and one.created is not None and one.created < now - DAY
