"""Sharing a long line: what would leave its gateway too late goes where it leaves sooner.

Each gateway takes so many parts a second, the gravest first. A text that would leave later than its
tier allows (practice.md 4: red one minute, orange two …) is handed to the gateway, of those that
serve its number, where the line is shortest. Only texts that no gateway has failed yet, and never
to a gateway that fails or that sends filed texts alone: what that refuses is no text's first word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, update

from fenghuo.channels import Gateway, of_channel
from fenghuo.store.tables import notice
from fenghuo.words import Level, NoticeState
from fenghuo.words.urgency import ROOM

SECONDS: Mapping[int, float] = {
    level.rank: room.total_seconds() for level, room in ROOM.items()}
"""From the commit to the first text, by a notice's rank; what is graver has a red one's."""


def share(connection: Connection, made: Sequence[Gateway], fails: Collection[str]) -> int:
    """Share the lines of every channel; returns how many texts were handed on."""
    return sum(_share(connection, of_channel(made, channel), fails)
               for channel in {one.channel for one in made})


@dataclass(frozen=True, slots=True)
class Leaves:
    """A waiting text, whose turn is at ``own`` of the gateways in ``line``: it had best leave by
    ``best``, ``seconds`` from now."""

    row: Any
    line: Sequence[Gateway]
    own: Gateway
    best: Gateway
    seconds: float


def leaving(rows: Iterable[Any], made: Sequence[Gateway],
            fails: Collection[str]) -> Iterator[Leaves]:
    """When each of the texts of a channel leaves, in their order: those of ``notice`` (address,
    turn, rank, parts) that some gateway serves."""
    rates = {one.name: one.limits().per_second for one in made}
    may = [one for one in made if one.name not in fails and not one.limits().templates]
    ends: dict[str, float] = dict.fromkeys(rates, 0.0)
    for row in rows:
        line = [one for one in made if one.serves(row.address)]
        if not line:
            continue

        def end(one: Gateway, parts: int = row.parts) -> float:
            rate = rates[one.name]
            return ends[one.name] + (parts / rate if rate else 0.0)

        own = line[row.turn % len(line)]
        best = own
        if row.turn == 0 and end(own) > SECONDS.get(row.rank, SECONDS[Level.red.rank]):
            best = min((own, *(one for one in line if one in may)), key=end)
        ends[best.name] = end(best)
        yield Leaves(row, line, own, best, ends[best.name])


def in_order(where: ColumnElement[bool]) -> Select[Any]:
    """The texts of ``notice`` as they leave, the gravest first."""
    n = notice.c
    return (select(n.id, n.address, n.turn, n.rank, n.parts).where(where)
            .order_by(n.rank.desc(), n.created, n.id))


def _share(connection: Connection, made: Sequence[Gateway], fails: Collection[str]) -> int:
    limits = [rate for one in made if (rate := one.limits().per_second)]
    n = notice.c
    queued = (n.state == NoticeState.queued) & (n.channel == made[0].channel)
    if len(made) < 2 or not limits:
        return 0
    waiting = connection.scalar(select(func.sum(n.parts)).where(queued)) or 0
    if waiting <= min(limits) * SECONDS[Level.red.rank]:
        return 0
    moved: dict[int, list[str]] = defaultdict(list)
    for one in leaving(connection.execute(in_order(queued)), made, fails):
        if one.best is not one.own:
            moved[one.line.index(one.best)].append(one.row.id)
    for turn, keys in moved.items():
        for start in range(0, len(keys), 500):
            connection.execute(update(notice).where(
                n.id.in_(keys[start:start + 500]), n.state == NoticeState.queued)
                .values(turn=turn))
    return sum(len(keys) for keys in moved.values())
