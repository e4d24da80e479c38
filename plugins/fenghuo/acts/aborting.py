"""How a drill ends: its warning closed, what is unsent dropped, and, if it breaks off, a text.

The text goes to exactly those addresses that were told or may have been, and goes before
anything else that waits: after it, a text without the mark is real.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from fenghuo import exposure, ledger, lifecycle
from fenghuo.agreements.findings import Finding, Reach
from fenghuo.lifecycle import RevisionWritten
from fenghuo.notices import codes, outgoing, sms, wording
from fenghuo.notices.announcing import EditionLike, composer
from fenghuo.notices.drafting import Drafter
from fenghuo.notices.letters import Kind, Letter
from fenghuo.notices.outgoing import Notice
from fenghuo.settings import Settings
from fenghuo.store import editions
from fenghuo.store import tables as t
from fenghuo.words import (
    Channel,
    Ended,
    Hazard,
    Holds,
    Level,
    ObligationStatus,
    Reason,
    RuleKind,
)

FIRST_OF_ALL = Level.red.rank + 1
"""The rank of the text that ends a drill: it leaves before any red one."""

LIFE = timedelta(hours=2)


def end(connection: Connection, edition: EditionLike, drill: Any,
        now: datetime) -> tuple[RevisionWritten, list[Any]]:
    """Close a drill's warning; returns its last revision and the notices that were told of it.

    Whoever has not answered is excused; what waits to be sent is dropped.
    """
    f = t.finding.c
    row = connection.execute(select(t.finding).where(
        f.subject == f"drill:{drill.id}", f.ended_at.is_(None))).one()
    over = Finding(
        agreement=row.agreement, rule=row.rule, kind=RuleKind(row.kind),
        hazard=Hazard(row.hazard), subject=row.subject, holds=Holds.false, at=now,
        since=row.since, metric=row.metric, unit=row.unit, reach=Reach(), ended=Ended.cancelled)
    (revision,) = lifecycle.apply(connection, [over], exposure.expose([over], edition.contacts),
                                  editions.newest(connection) or "", edition.contacts, now)
    told = _notices(connection, revision.warning_id)
    outgoing.drop(connection, [one.id for one in told], Reason.drill_aborted)
    _excuse(connection, revision.warning_id, now)
    codes.close(connection, now)
    return revision, [one for one in told if one.state in outgoing.TOLD_OR_IN_DOUBT]


def tell(connection: Connection, revision: RevisionWritten, told: Sequence[Any],
         edition: EditionLike, settings: Settings, now: datetime) -> int:
    """Queue the text that breaks a drill off, one to each address; how many."""
    drafter = Drafter(connection, edition.agreements, edition.contacts, now)
    writer = composer(edition, settings, now)
    places, leads = tuple(drafter.places(revision).values()), drafter.leads(revision)
    notices: dict[tuple[str, str], Notice] = {}
    for one in told:
        letter = Letter(Kind.cancel, revision.hazard, one.language, places, leads, drill=True)
        signature = writer.signature(letter)
        context = {"signature": signature, "code": one.code or "",
                   "at": wording.clock(now, settings.zone, now)}
        text = writer.texts.render("abort", one.language, context)
        form = writer.texts.form("abort", one.language, context)
        stopped = "演练中止" if one.language == "zh" else "drill stopped"
        channel = Channel(one.channel)
        notice = Notice(
            channel, one.address, outgoing.FIRST, one.person, one.language,
            f"{signature}{stopped}" if channel == Channel.email else "", text,
            1 if channel == Channel.email else sms.parts(text), None, FIRST_OF_ALL, one.signed,
            Reason.drill_aborted, now + LIFE, (revision.id,), hazard=revision.hazard.value,
            kind=Kind.cancel.value, form=form)
        known = notices.setdefault((one.channel, one.address), notice)
        if one.code and not known.text.count(one.code):
            notices[one.channel, one.address] = replace(known, text=text, parts=notice.parts,
                                                         form=form)
    outgoing.enqueue(connection, list(notices.values()), now)
    return len(notices)


def _notices(connection: Connection, warning_id: int) -> list[Any]:
    """Every living notice of a drill, oldest first."""
    n, i, r = t.notice.c, t.notice_item.c, t.revision.c
    of_it = (select(i.notice_id).join(t.revision, r.id == i.revision_id)
             .where(r.warning_id == warning_id))
    return list(connection.execute(
        select(n.id, n.state, n.channel, n.address, n.person, n.language, n.code, n.signed)
        .where(n.id.in_(of_it), n.state.in_([state.value for state in outgoing.ALIVE]))
        .order_by(n.created, n.id)))


def _excuse(connection: Connection, warning_id: int, now: datetime) -> None:
    o = t.obligation.c
    left = connection.scalars(
        update(t.obligation)
        .where(o.warning_id == warning_id, o.status.not_in(
            [ObligationStatus.answered.value, ObligationStatus.excused.value]))
        .values(status=ObligationStatus.excused.value, reason=Reason.warning_closed.value,
                next_rung_at=None).returning(o.id)).all()
    ledger.append_many(connection, [
        ("obligation.closed", f"obligation:{key}", {"reason": Reason.warning_closed.value})
        for key in left], now)
