"""The watch's own state: whether it can be trusted, its feeds, its gateways."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, select

from fenghuo.alarms import AlarmKind
from fenghuo.alarms.trust import Doubted, trust
from fenghuo.channels import of_channel
from fenghuo.channels.standing import standing
from fenghuo.editions import Edition
from fenghuo.feeds.polling import heard
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import Channel, NoticeState

QUEUES = (NoticeState.held, NoticeState.queued, NoticeState.claimed, NoticeState.in_doubt)


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
    """The gateways of texts and mail, and what waits before each."""
    n = t.notice.c
    queue: dict[str, dict[str, int]] = defaultdict(dict)
    for channel, state, count in connection.execute(
            select(n.channel, n.state, func.count())
            .where(n.state.in_([state.value for state in QUEUES]))
            .group_by(n.channel, n.state)):
        queue[channel][state] = count
    wrong = {(kind, subject): last for kind, subject, last in connection.execute(
        select(t.alarm.c.kind, t.alarm.c.subject, t.alarm.c.last)
        .where(t.alarm.c.recovered.is_(None)))}
    made = standing(connection, settings)
    shown = [GatewayShown(channel, None, "missing", False, None, None, queue[channel.value])
             for channel in (Channel.sms, Channel.email) if not of_channel(made, channel)]
    for gateway in made:
        channel = gateway.channel
        refused = wrong.get((AlarmKind.gateway_refused.value, gateway.name))
        silent = (AlarmKind.gateway_silent.value, gateway.name) in wrong
        shown.append(GatewayShown(
            channel, gateway.name, "refused" if refused else "silent" if silent else "open",
            gateway.sandbox,
            connection.scalar(select(func.max(n.accepted_at)).where(n.gateway == gateway.name)),
            refused or _last_failed(connection, channel), queue[channel.value]))
    return tuple(shown)


def _last_failed(connection: Connection, channel: Channel) -> datetime | None:
    """When a gateway last turned one text of a channel down, by the ledger."""
    n, e = t.notice.c, t.ledger_entry.c
    newest = connection.scalar(
        select(n.id).where(n.state == NoticeState.failed.value, n.channel == channel.value)
        .order_by(n.created.desc()).limit(1))
    if newest is None:
        return None
    at: datetime | None = connection.scalar(
        select(func.max(e.at)).where(e.subject == f"notice:{newest}", e.kind == "notice.failed"))
    return at


def distrust(connection: Connection, settings: Settings, edition: Edition | None,
             now: datetime) -> list[Doubted]:
    """Why nothing here can be trusted now; empty while all is well."""
    ways = [gateway.name for gateway in standing(connection, settings)]
    asked = heard(edition.feeds, settings).values() if edition else ()
    return trust(connection, now, asked, ways)
