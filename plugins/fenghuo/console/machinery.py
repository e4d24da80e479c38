"""The watch's own state: whether it can be trusted, its feeds, its gateways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, or_, select

from fenghuo.alarms import AlarmKind
from fenghuo.alarms.trust import Doubted, trust
from fenghuo.channels import of_channel
from fenghuo.channels.standing import standing
from fenghuo.editions import Edition
from fenghuo.feeds.polling import heard
from fenghuo.outbox.routing import route
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import Channel, NoticeState

UNSENT = (NoticeState.held, NoticeState.queued)
BEGUN = (NoticeState.claimed, NoticeState.in_doubt)
TOLD_BY = (Channel.sms, Channel.email)
"""By which people are told first; calls only come after them."""


@dataclass(frozen=True, slots=True)
class GatewayShown:
    """A way out. ``state`` is open, refused, silent or missing; ``queue`` counts what has not
    gone yet by its state; ``accepted`` and ``refused`` are the last such city instants."""

    channel: Channel
    name: str | None
    state: str
    sandbox: bool
    accepted: datetime | None
    refused: datetime | None
    queue: Mapping[str, int] = field(default_factory=dict)


def ways_out(connection: Connection, settings: Settings) -> tuple[GatewayShown, ...]:
    """The gateways in their order of trial, and what waits before each."""
    n = t.notice.c
    wrong = {(kind, subject): last for kind, subject, last in connection.execute(
        select(t.alarm.c.kind, t.alarm.c.subject, t.alarm.c.last)
        .where(t.alarm.c.recovered.is_(None)))}
    made = standing(connection, settings)
    shown = [GatewayShown(channel, None, "missing", False, None, None,
                          _queue(connection, n.channel == channel.value))
             for channel in TOLD_BY if not of_channel(made, channel)]
    for gateway in made:
        one = route(made, gateway)
        refused = wrong.get((AlarmKind.gateway_refused.value, gateway.name))
        silent = (AlarmKind.gateway_silent.value, gateway.name) in wrong
        shown.append(GatewayShown(
            gateway.channel, gateway.name,
            "refused" if refused else "silent" if silent else "open", gateway.sandbox,
            connection.scalar(select(func.max(n.accepted_at)).where(n.gateway == gateway.name)),
            refused or _last_failed(connection, gateway.name),
            _queue(connection, (n.channel == gateway.channel.value) & or_(
                n.state.in_(UNSENT) & one.queued, n.state.in_(BEGUN) & one.doubted))))
    return tuple(shown)


def _queue(connection: Connection, where: ColumnElement[bool]) -> dict[str, int]:
    """What has not gone yet, by its state."""
    n = t.notice.c
    return {state: count for state, count in connection.execute(
        select(n.state, func.count()).where(n.state.in_((*UNSENT, *BEGUN)), where)
        .group_by(n.state))}


def _last_failed(connection: Connection, gateway: str) -> datetime | None:
    """When a gateway last turned a text down for good, by the ledger."""
    n, e = t.notice.c, t.ledger_entry.c
    newest = connection.scalar(
        select(n.id).where(n.state == NoticeState.failed.value, n.gateway == gateway)
        .order_by(n.created.desc()).limit(1))
    if newest is None:
        return None
    at: datetime | None = connection.scalar(
        select(func.max(e.at)).where(e.subject == f"notice:{newest}", e.kind == "notice.failed"))
    return at


def distrust(connection: Connection, settings: Settings, edition: Edition | None,
             now: datetime) -> list[Doubted]:
    """Why nothing here can be trusted now; empty while all is well."""
    ways = [gateway.name for gateway in standing(connection, settings)
            if gateway.channel in TOLD_BY]
    asked = heard(edition.feeds, settings).values() if edition else ()
    return trust(connection, now, asked, ways)
