"""What went to an address before, and what a place has done: the facts that pacing asks for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select

from fenghuo.notices.letters import Kind
from fenghuo.notices.outgoing import TOLD_OR_IN_DOUBT
from fenghuo.notices.pacing import Past
from fenghuo.store import tables as t
from fenghuo.words import Answer, Level, Measures, NoticeState

Address = tuple[str, str]
"""Channel and address."""

ASIDE = ("reply:%", "alarm:%", "checkpoint:%")
"""Occasions that count for no cap: what somebody asked for, the duty officer's own, a witness's."""

LADDER = ("rung:%", "remind:%")
"""Steps that count for none: else other people's silence would keep a desk's own warning back."""

_GONE = (NoticeState.queued, *TOLD_OR_IN_DOUBT)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Before:
    """Texts by address, who was told red of which warning, and which places cleared out.

    ``red`` holds (warning, channel, address), ``cleared`` (warning, place).
    """

    texts: dict[Address, Past] = field(default_factory=dict)
    red: frozenset[tuple[int, str, str]] = frozenset()
    cleared: frozenset[tuple[int, str]] = frozenset()

    def of(self, channel: str, address: str) -> Past:
        """What went to one address."""
        return self.texts.get((channel, address), Past())


def before(connection: Connection, addresses: Collection[Address], warnings: Collection[int],
           now: datetime) -> Before:
    """The facts for texts to ``addresses`` about ``warnings``."""
    return Before(_texts(connection, addresses, now), _red(connection, warnings),
                  _cleared(connection, warnings))


def _texts(connection: Connection, addresses: Collection[Address],
           now: datetime) -> dict[Address, Past]:
    n = t.notice.c
    went = func.coalesce(n.accepted_at, n.held_until, n.created)
    query = select(n.channel, n.address, went.label("went")).where(
        n.created > now - timedelta(hours=48), n.state.in_([state.value for state in _GONE]),
        *(n.occasion.not_like(aside) for aside in ASIDE),
        *(n.step.not_like(step) for step in LADDER))
    names = sorted({address for _, address in addresses})
    if len(names) <= _AT_ONCE:
        query = query.where(n.address.in_(names))
    found: dict[Address, list[datetime]] = {}
    for row in connection.execute(query):
        if row.went > now - timedelta(hours=24):
            found.setdefault((row.channel, row.address), []).append(row.went)
    return {address: Past(tuple(sorted(times))) for address, times in found.items()}


def _red(connection: Connection, warnings: Collection[int]) -> frozenset[tuple[int, str, str]]:
    n, i, r = t.notice.c, t.notice_item.c, t.revision.c
    rows = connection.execute(
        select(r.warning_id, n.channel, n.address)
        .join(t.notice_item, i.notice_id == n.id).join(t.revision, r.id == i.revision_id)
        .where(r.warning_id.in_(sorted(set(warnings))), n.rank == Level.red.rank,
               n.kind == Kind.tell.value, n.state.in_([state.value for state in _GONE]))
        .distinct())
    return frozenset((row.warning_id, row.channel, row.address) for row in rows)


def _cleared(connection: Connection, warnings: Collection[int]) -> frozenset[tuple[int, str]]:
    o = t.obligation.c
    rows = connection.execute(
        select(o.warning_id, o.site).where(
            o.warning_id.in_(sorted(set(warnings))),
            or_(o.measures == Measures.done.value,
                o.answer.in_([Answer.done.value, Answer.shut.value]))).distinct())
    return frozenset((row.warning_id, row.site) for row in rows)
