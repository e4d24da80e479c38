"""The page of one warning: its revisions, everybody who must know, the reasons, the texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from fenghuo.console.tally import Tally, tallies
from fenghuo.contacts import addresses
from fenghuo.notices import reports
from fenghuo.notices.reach import WORST, doubled, informed
from fenghuo.store import tables as t
from fenghuo.words import Channel, FenghuoError, Measures

PERSONS = 500
SITES = 500
TEXTS = 200


class NoSuchWarning(FenghuoError):
    """No warning by that number."""


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of a long list: ``rows`` of ``total``, from ``first``; ``step`` a page."""

    rows: Sequence[Any]
    total: int
    first: int
    step: int


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page but who has not answered; ``shown`` is the revision looked at."""

    row: Any
    revisions: Sequence[Any]
    shown: Any
    tally: Tally
    persons: Part
    sites: Part
    reasons: Sequence[Any]
    texts: Part
    untold: Sequence[Any]
    doubled: int
    informed: int
    approvals: Sequence[Any]
    progress: Sequence[reports.Progress]
    out: Mapping[str, Sequence[Any]]

    def counted(self) -> tuple[int, int, int, int]:
        """Sites that owe a report, have started, are done; and how many of them are overdue."""
        by = Counter(one.measures for one in self.progress)
        return (by[Measures.owed], by[Measures.started], by[Measures.done],
                sum(one.overdue for one in self.progress))

    def said_out(self, person: str | None, term: Callable[[str, str], str]) -> str:
        """What of a person's addresses is out of use, in the reader's words."""
        return "".join(f" · {term('channel', row.channel)}: {term('reason', row.reason)}"
                       for row in self.out.get(person or "", ()))


def read(connection: Connection, warning: int, now: datetime, *, revision: int | None = None,
         persons: int = 0, sites: int = 0, texts: int = 0) -> Page:
    """A warning as of ``now``. ``revision`` is its number (default: the newest), ``persons``,
    ``sites`` and ``texts`` the first line of each long list. Raises NoSuchWarning."""
    row = connection.execute(
        select(t.warning).where(t.warning.c.id == warning)).one_or_none()
    if row is None:
        raise NoSuchWarning(f"no warning {warning}")
    revisions = _revisions(connection, warning)
    shown = next((one for one in revisions if one.number == revision),
                 revisions[-1] if revisions else None)
    found = shown.id if shown else -1
    return Page(row, revisions, shown, tallies(connection, [warning], now)[warning],
                _persons(connection, warning, persons), _sites(connection, found, sites),
                _reasons(connection, found), _texts(connection, warning, texts),
                _untold(connection, warning), len(doubled(connection, warning)),
                informed(connection, warning),
                connection.execute(select(t.approval).where(
                    t.approval.c.warning_id == warning).order_by(t.approval.c.id)).all(),
                reports.progress(connection, warning, now),
                _out(connection))


def _revisions(connection: Connection, warning: int) -> list[Any]:
    r, s = t.revision.c, t.revision_site.c
    return list(connection.execute(
        select(r.id, r.number, r.at, r.change, r.tier, r.official_level, r.expires, r.edition,
               func.count(s.tier).label("sites"),
               func.count(case((s.tier.is_(None), 1))).label("left"))
        .outerjoin(t.revision_site, s.revision_id == r.id)
        .where(r.warning_id == warning).group_by(r.id).order_by(r.number)))


def _persons(connection: Connection, warning: int, first: int) -> Part:
    """Every obligation, the worst first, with when its own text was accepted and delivered.

    A text of an older opening, before an upgrade, proves nothing of the present one.
    """
    o, n, no = t.obligation.c, t.notice.c, t.notice_obligation.c
    rank = case({status.value: place for place, status in enumerate(WORST)}, value=o.status)
    page = (select(o.id).where(o.warning_id == warning)
            .order_by(rank, o.site, o.post).limit(PERSONS).offset(first).subquery())
    sent = (select(no.obligation_id, func.min(n.accepted_at).label("accepted"),
                   func.min(n.delivered_at).label("delivered"),
                   func.max(case((n.maybe_doubled, 1), else_=0)).label("doubled"))
            .join(t.notice, n.id == no.notice_id)
            .join(page, page.c.id == no.obligation_id)
            .join(t.obligation, o.id == no.obligation_id)
            .where(n.created >= o.opened, n.person == o.person,
                   n.channel != Channel.chat.value)  # a robot's word into a group proves nothing
            .group_by(no.obligation_id).subquery())
    rows = connection.execute(
        select(t.obligation, sent.c.accepted, sent.c.delivered, sent.c.doubled)
        .join(page, page.c.id == o.id).outerjoin(sent, sent.c.obligation_id == o.id)
        .order_by(rank, o.site, o.post)).all()
    total = connection.scalar(select(func.count()).where(o.warning_id == warning)) or 0
    return Part(rows, total, first, PERSONS)


def _out(connection: Connection) -> dict[str, list[Any]]:
    """What is out of use, by person."""
    found: dict[str, list[Any]] = {}
    for row in addresses.rows(connection):
        found.setdefault(row.person or "", []).append(row)
    return found


def _sites(connection: Connection, revision: int, first: int) -> Part:
    s, e = t.revision_site.c, t.exposure.c
    rows = connection.execute(
        select(s.site, s.tier, s.official_level, e.value)
        .outerjoin(t.exposure, e.id == s.exposure_id)
        .where(s.revision_id == revision).order_by(s.site).limit(SITES).offset(first)).all()
    total = connection.scalar(select(func.count()).where(s.revision_id == revision)) or 0
    return Part(rows, total, first, SITES)


def _reasons(connection: Connection, revision: int) -> list[Any]:
    """The findings behind a revision, with how many of its sites each put there."""
    s, e, f = t.revision_site.c, t.exposure.c, t.finding.c
    behind = (select(e.finding_id, func.count().label("sites"), func.min(e.value).label("least"),
                     func.max(e.value).label("most"))
              .join(t.revision_site, s.exposure_id == e.id)
              .where(s.revision_id == revision).group_by(e.finding_id).subquery())
    return list(connection.execute(
        select(t.finding, behind.c.sites, behind.c.least, behind.c.most)
        .join(behind, behind.c.finding_id == f.id).order_by(f.rule, f.subject, f.id)))


def _texts(connection: Connection, warning: int, first: int) -> Part:
    """The texts of every revision as sent, newest first."""
    n, i, r = t.notice.c, t.notice_item.c, t.revision.c
    ids = (select(i.notice_id).join(t.revision, r.id == i.revision_id)
           .where(r.warning_id == warning).distinct().subquery())
    rows = connection.execute(
        select(t.notice).join(ids, ids.c.notice_id == n.id)
        .order_by(n.created.desc(), n.rank.desc(), n.id).limit(TEXTS).offset(first)).all()
    total = connection.scalar(select(func.count()).select_from(ids)) or 0
    return Part(rows, total, first, TEXTS)


def _untold(connection: Connection, warning: int) -> list[Any]:
    """Decisions not to tell, counted by reason, with the newest of each."""
    d, r = t.decision.c, t.revision.c
    return list(connection.execute(
        select(d.reason, func.count().label("n"), func.count(d.site.distinct()).label("sites"),
               func.min(d.at).label("first"), func.max(d.at).label("last"),
               func.min(d.site).label("example"))
        .join(t.revision, r.id == d.revision_id)
        .where(r.warning_id == warning, d.told.is_(False))
        .group_by(d.reason).order_by(func.count().desc(), d.reason)))
