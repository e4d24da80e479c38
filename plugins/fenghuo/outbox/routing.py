"""Which notices a gateway may take: by the country of their number, and by whose turn it is.

Gateways of a channel stand in an order. A notice's ``turn`` counts the gateways that failed it, or
whose line was too long (sharing.py): it belongs to the one whose place that is, round and round,
among those that serve its number. What a gateway may have taken (claimed, in doubt) stays its own,
since only it can be asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    false,
    not_,
    or_,
    select,
    true,
    update,
)

from fenghuo.channels import Gateway, of_channel
from fenghuo.store.tables import notice
from fenghuo.words import Channel, NoticeState


@dataclass(frozen=True, slots=True)
class Route:
    """What one gateway may carry: conditions over rows of ``notice``.

    ``queued``: those whose turn at it is; ``shared``: those of them that another could carry too;
    ``doubted``: those it may have taken, or that a gateway took which is no more.
    """

    gateway: Gateway
    beside: tuple[Gateway, ...]
    queued: ColumnElement[bool]
    shared: ColumnElement[bool]
    doubted: ColumnElement[bool]

    def spare(self, address: str) -> int:
        """How many other gateways serve an address."""
        return sum(one.serves(address) for one in self.beside)


def route(made: Sequence[Gateway], gateway: Gateway) -> Route:
    """The route of one of the house's gateways."""
    beside = tuple(one for one in of_channel(made, gateway.channel) if one is not gateway)
    turns = [(where, line) for where, line in _lines(made, gateway.channel) if gateway in line]
    queued = or_(false(), *(_turn(where, line, gateway) for where, line in turns))
    shared = or_(false(), *(_turn(where, line, gateway) for where, line in turns if len(line) > 1))
    gone = or_(notice.c.gateway.is_(None),
               notice.c.gateway.not_in([gateway.name, *(one.name for one in beside)]))
    return Route(gateway, beside, queued, shared,
                 or_(notice.c.gateway == gateway.name, and_(gone, queued)))


def unserved(made: Sequence[Gateway], channel: Channel) -> ColumnElement[bool]:
    """Rows of a channel whose number no gateway serves."""
    return or_(false(), *(where for where, line in _lines(made, channel) if not line))


def step_aside(connection: Connection, of: Route, probe: bool) -> int:
    """Hand what is queued at a gateway that fails to the next that serves it; returns how many.

    With ``probe`` the least grave stays, to find out whether the gateway is well again.
    """
    n = notice.c
    where = [n.state == NoticeState.queued, n.channel == of.gateway.channel, of.shared]
    if probe:
        least = (select(n.id).where(*where).order_by(n.rank, n.created.desc()).limit(1)
                 .scalar_subquery())
        where.append(n.id != least)
    return connection.execute(
        update(notice).where(*where).values(turn=n.turn + 1, next_try=None)).rowcount


def _lines(made: Sequence[Gateway],
           channel: Channel) -> list[tuple[ColumnElement[bool], tuple[Gateway, ...]]]:
    """The numbers of each country named, then all others; and who serves them, in their order."""
    ours = of_channel(made, channel)
    if channel is Channel.chat:  # an address is one robot's name
        return [(notice.c.address == one.name, (one,)) for one in ours] + [
            (notice.c.address.not_in([one.name for one in ours]), ())]
    codes = sorted({code for one in ours for code in (*one.countries, *one.never)})
    of_code = {code: notice.c.address.startswith(code, autoescape=True) for code in codes}
    others = not_(or_(*of_code.values())) if codes else true()
    return [*((of_code[code], tuple(one for one in ours if one.serves(code))) for code in codes),
            (others, tuple(one for one in ours if not one.countries))]


def _turn(where: ColumnElement[bool], line: tuple[Gateway, ...],
          gateway: Gateway) -> ColumnElement[bool]:
    if len(line) == 1:
        return where
    return and_(where, notice.c.turn % len(line) == line.index(gateway))
