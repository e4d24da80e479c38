"""Claims: which notices this process may send, for how long, under which fencing token.

A claim is one short transaction. Highest rank first, then oldest; while graver texts of the gateway
are still in some hands, none. A claim whose lease ran out, or whose process is gone, means that its
sender died or stood still, perhaps after the provider took the text: the notice is in doubt from
then on, and its gateway is asked before anything is sent again. A dead sender posts nothing more: a
provider that lists what it took is asked for its texts at once, and believed after the first delay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    RowMapping,
    case,
    func,
    or_,
    select,
    update,
)

from fenghuo import ledger
from fenghuo.outbox.routing import Route
from fenghuo.settings import Settings
from fenghuo.store import holders
from fenghuo.store.tables import notice
from fenghuo.words import Channel, NoticeState, Reason

HELD = (NoticeState.claimed, NoticeState.in_doubt)
"""States in which a notice may have a holder."""
OPEN = (NoticeState.queued, *HELD)
MOMENT = 1.0
"""Machine seconds for which a graver text keeps milder ones of its own process waiting."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A notice held until the machine instant ``lease_until`` under ``token``.

    ``doubt`` tells that an earlier attempt may have been taken: ask first. What is not found at the
    machine instant ``doubt_until`` or later was not taken. ``since`` is the machine instant of the
    first claim, ``taken`` the provider's ids of other notices to the same address. ``parts`` are
    SMS parts, ``turn`` the gateways that failed it, ``before`` the gateway that had it last,
    ``template`` and ``given`` what its text was rendered from.
    """

    notice: str
    token: int
    lease_until: float
    since: float
    doubt: bool
    attempts: int
    lookups: int
    doubt_until: float
    channel: Channel
    address: str
    person: str | None
    language: str
    subject: str
    text: str
    code: str | None
    signed: bool
    created: datetime
    expires: datetime | None
    parts: int = 1
    turn: int = 0
    before: str | None = None
    taken: frozenset[str] = frozenset()
    template: str | None = None
    given: Mapping[str, Any] | None = None


def lease_seconds(settings: Settings) -> float:
    """How long a claim lasts: both time-outs of a send and the margin at least."""
    return max(settings.lease_seconds, 2 * settings.gateway_timeout + settings.lease_margin)


def mend_the_clock(connection: Connection, settings: Settings, longest: float,
                   machine: float) -> None:
    """Bring near what lies further ahead than anything is put off, which is ``longest`` seconds.

    It was written before the machine's clock was put back, and would stand until that is caught up.
    """
    n, lease = notice.c, lease_seconds(settings)
    doubt = max(settings.lookup_delays, default=0.0)
    for column, most, mended in ((n.lease_until, lease, machine + lease),
                                 (n.doubt_until, doubt, machine + doubt),
                                 (n.next_try, max(longest, doubt), machine)):
        connection.execute(update(notice).where(n.state.in_(OPEN) & (column > machine + most))
                           .values({column: mended}))


def doubt_the_dead(connection: Connection, route: Route, settings: Settings, machine: float,
                   now: datetime) -> int:
    """Put a gateway's claims whose lease ran out, or whose process is gone, in doubt; how many."""
    n, delays = notice.c, settings.lookup_delays or (0.0,)
    held = (n.channel == route.gateway.channel) & route.doubted & n.lease_until.is_not(None)
    gone = [one for one in connection.scalars(select(n.holder).distinct().where(
        held & n.state.in_(HELD) & n.holder.is_not(None))) if holders.gone(one)]
    if gone:  # who died while it asked leaves the doubt as it was
        connection.execute(update(notice).where(
            held & (n.state == NoticeState.in_doubt) & n.holder.in_(gone))
            .values(lease_until=None, next_try=machine))
    dead = connection.execute(
        select(n.id, n.holder)
        .where(held & (n.state == NoticeState.claimed)
               & or_(n.lease_until <= machine, n.holder.in_(gone)))
        .with_for_update(skip_locked=True)).all()
    for row in dead:
        died = row.holder in gone
        first, last = ((0.0, delays[0]) if died and route.gateway.askable
                       else (delays[0], delays[-1]))
        reason = Reason.sender_gone if died else Reason.lease_expired
        connection.execute(update(notice).where(n.id == row.id).values(
            state=NoticeState.in_doubt, reason=reason, lookups=0, lease_until=None,
            next_try=machine + first, doubt_until=machine + last))
        ledger.append(connection, "notice.in_doubt", f"notice:{row.id}",
                      {"reason": reason.value}, now)
    return len(dead)


def claim(connection: Connection, route: Route, room: int, seconds: float,
          machine: float) -> list[Claim]:
    """Take at most ``room`` notices that are due, for ``seconds`` on the machine clock."""
    n = notice.c
    due = (n.channel == route.gateway.channel) & or_(n.next_try.is_(None), n.next_try <= machine)
    free = due & or_(n.lease_until.is_(None), n.lease_until <= machine)
    ready = ((n.state == NoticeState.queued) & due & route.queued,
             (n.state == NoticeState.in_doubt) & free & route.doubted)
    # one state at a time and the gravest rank first: an index answers without a sort
    ranks = [connection.scalar(select(n.rank).where(one).order_by(n.rank.desc()).limit(1))
             for one in ready]
    gravest = max((rank for rank in ranks if rank is not None), default=None)
    if gravest is None or _overtakes(connection, route, gravest, seconds, machine):
        return []
    rows = [row for one, rank in zip(ready, ranks, strict=True) if rank == gravest
            for row in connection.execute(
                select(notice).where(one & (n.rank == rank)).order_by(n.created)
                .limit(room).with_for_update(skip_locked=True))]
    # first what may have been taken: a gateway that does not answer is asked, not given more
    rows.sort(key=lambda row: ((row.doubt_until or 0.0) <= machine
                               or row.state != NoticeState.in_doubt, row.created, row.id))
    return _take(connection, rows[:room], route.gateway.name, seconds, machine)


def _overtakes(connection: Connection, route: Route, rank: int, seconds: float,
               machine: float) -> bool:
    """Whether a graver text that is claimed may not have left yet: another process's, or one that
    this one claimed a moment ago. Its own that hangs holds up nobody."""
    n = notice.c
    return connection.scalar(
        select(n.id).where((n.state == NoticeState.claimed) & (n.rank > rank)
                           & (n.gateway == route.gateway.name) & (n.lease_until > machine)
                           & (n.holder.is_distinct_from(holders.me())
                              | (n.lease_until > machine + seconds - MOMENT)))
        .limit(1)) is not None


def _take(connection: Connection, rows: Sequence[Row[Any]], gateway: str, seconds: float,
          machine: float) -> list[Claim]:
    until, n = machine + seconds, notice.c
    held = [_claimed(connection, row._mapping, gateway, until, machine) for row in rows]
    if held:
        doubt = n.state == NoticeState.in_doubt
        connection.execute(update(notice).where(n.id.in_([one.notice for one in held])).values(
            state=case((doubt, NoticeState.in_doubt.value), else_=NoticeState.claimed.value),
            token=n.token + 1, lease_until=until, first_claim=func.coalesce(n.first_claim, machine),
            attempts=n.attempts + case((doubt, 0), else_=1), gateway=gateway,
            holder=holders.me()))
    return held


def _claimed(connection: Connection, at: RowMapping, gateway: str, until: float,
             machine: float) -> Claim:
    doubt = at["state"] == NoticeState.in_doubt
    since = machine if at["first_claim"] is None else at["first_claim"]
    taken = connection.scalars(select(notice.c.provider_id).where(
        (notice.c.gateway == gateway) & (notice.c.address == at["address"])
        & notice.c.provider_id.is_not(None))) if doubt else ()
    return Claim(
        at["id"], at["token"] + 1, until, since, doubt, at["attempts"] + (0 if doubt else 1),
        at["lookups"], at["doubt_until"] or 0.0, Channel(at["channel"]), at["address"],
        at["person"], at["language"], at["subject"], at["text"], at["code"], at["signed"],
        at["created"], at["expires"], at["parts"], at["turn"], at["gateway"], frozenset(taken),
        at["template"], at["given"])


def send_again(connection: Connection, held: Claim, seconds: float, machine: float,
               maybe_doubled: bool) -> bool:
    """Turn a notice in doubt into a fresh attempt before it is sent again.

    Written first, so that a death right after the send is doubted and asked for once more.
    False when the claim is no longer ours.
    """
    values: dict[str, object] = {
        "state": NoticeState.claimed, "lookups": 0, "attempts": notice.c.attempts + 1,
        "lease_until": machine + seconds}
    if maybe_doubled:
        values["maybe_doubled"] = True
    return connection.execute(update(notice).where(mine(held)).values(**values)).rowcount == 1


def mine(held: Claim) -> ColumnElement[bool]:
    """The condition under which a claim's holder may still write."""
    return ((notice.c.id == held.notice) & (notice.c.token == held.token)
            & notice.c.state.in_(HELD))
