"""The page *Now*: what is in force, what is owed, and the state of the watch, in one view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from fenghuo.alarms.trust import Doubted
from fenghuo.console import desk, machinery, owing
from fenghuo.console.names import Names
from fenghuo.console.tally import Tally, tallies
from fenghuo.contacts import addresses
from fenghuo.feeds import standing
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import Level, WarningState


@dataclass(frozen=True, slots=True)
class Shown:
    """A warning in force (``row``: id, hazard, scope, opened, held, held_by, drill_id, number,
    at, change, tier, official_level, expires, sites), its sheet, what is owed for it, and the
    approval (due, otherwise) it waits for."""

    row: Any
    tally: Tally
    owed: owing.Owed | None
    waits: Any = None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the page."""

    distrust: list[Doubted]
    warnings: tuple[Shown, ...]
    owed: Mapping[str, list[owing.Owed]]
    feeds: tuple[standing.FeedShown, ...]
    gateways: tuple[machinery.GatewayShown, ...]
    on_duty: list[desk.OnDuty]
    alarms: desk.Waiting
    inbox: desk.Waiting
    calls: desk.Waiting
    visits: desk.Waiting
    registrations: desk.Waiting
    drill: Any
    out_of_use: int


def read(connection: Connection, settings: Settings, named: Names, now: datetime) -> Board:
    """The board as of the city instant ``now``."""
    rows = in_force(connection)
    sheets = tallies(connection, [row.id for row in rows], None)
    owed = owing.owed(connection, named, now)
    of = {one.key: one for one in owed["warning"]}
    edition = named.edition
    waits = {row.warning_id: row for row in connection.execute(
        select(t.approval).where(t.approval.c.decided.is_(None)))}
    return Board(
        distrust=machinery.distrust(connection, settings, edition, now),
        warnings=tuple(Shown(row, sheets[row.id], of.get(str(row.id)), waits.get(row.id))
                       for row in rows),
        owed=owed,
        feeds=standing.shown(connection, edition.feeds, settings, now) if edition else (),
        gateways=machinery.ways_out(connection, settings),
        on_duty=desk.on_duty(named), alarms=desk.alarms(connection),
        inbox=desk.inbox(connection), calls=desk.calls(connection),
        visits=desk.calls(connection, visits=True),
        registrations=desk.registrations(connection), drill=desk.drill(connection),
        out_of_use=len(addresses.rows(connection)))


def in_force(connection: Connection) -> list[Any]:
    """Warnings in force with their newest revision, the gravest first, exercises last."""
    w, r, s = t.warning.c, t.revision.c, t.revision_site.c
    newest = (select(r.warning_id, func.max(r.number).label("number"))
              .join(t.warning, w.id == r.warning_id)
              .where(w.state == WarningState.in_force.value).group_by(r.warning_id).subquery())
    sites = (select(func.count()).where(s.revision_id == r.id, s.tier.is_not(None))
             .correlate(t.revision).scalar_subquery())
    gravest = case({level.value: level.rank for level in Level}, value=r.tier, else_=0).desc()
    return list(connection.execute(
        select(w.id, w.hazard, w.scope, w.opened, w.held, w.held_by, w.drill_id, r.number, r.at,
               r.change, r.tier, r.official_level, r.expires, sites.label("sites"))
        .join(t.revision, r.warning_id == w.id)
        .join(newest, (newest.c.warning_id == w.id) & (newest.c.number == r.number))
        .where(w.state == WarningState.in_force.value)
        .order_by(w.drill_id.is_not(None), gravest, w.opened.desc(), w.id.desc())))
