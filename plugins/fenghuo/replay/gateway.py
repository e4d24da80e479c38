"""The perfect gateway: what is queued is delivered at once, after the outbox's last look.

And the perfect people: each answers at the instant at which his ladder's first rung would be due,
and who is asked for his word gives it at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from fenghuo.notices import approvals
from fenghuo.outbox import checks
from fenghuo.store import tables as t
from fenghuo.words import Answer, Channel, Delivery, Level, NoticeState, ObligationStatus, Reason

ASK = "ask"
_ONCE = 500


@dataclass(frozen=True, slots=True)
class Told:
    """One text that left: ``sites`` are its places (a site, or an office ``county:440785``),
    ``tier`` its handling tier, ``kind`` a value of notices.letters.Kind or ``ask``, ``parts`` SMS
    parts."""

    at: datetime
    hazard: str
    warnings: tuple[int, ...]
    revisions: tuple[int, ...]
    sites: tuple[str, ...]
    person: str
    channel: Channel
    address: str
    tier: Level
    kind: str
    parts: int
    subject: str
    text: str

    @property
    def warning(self) -> int:
        """The warning it speaks of, the newest where it speaks of several."""
        return max(self.warnings)


def answer(connection: Connection, now: datetime) -> None:
    """Let everybody have answered whose first rung would be due by now."""
    o = t.obligation.c
    connection.execute(update(t.obligation).where(
        o.next_rung_at <= now, o.status == ObligationStatus.told.value).values(
            status=ObligationStatus.answered.value, reason=Reason.answer_accepted.value,
            answer=Answer.received.value, next_rung_at=None,
            answered_at=func.coalesce(o.answered_at, o.next_rung_at)))


def approve(connection: Connection, now: datetime) -> list[Told]:
    """Let whoever is asked for his word say yes; the questions, of the kind ``ask``."""
    n, w = t.notice.c, t.warning.c
    questions: list[Told] = []
    for row in connection.execute(
            select(t.approval).where(t.approval.c.decided.is_(None))).all():
        hazard = connection.execute(
            select(w.hazard).where(w.id == row.warning_id)).scalar_one()
        for one in connection.execute(select(t.notice).where(
                n.occasion == f"{approvals.OCCASION}{row.id}",
                n.state == NoticeState.queued.value).order_by(n.created, n.id)).all():
            places = {asked["place"] for asked in row.asked if asked["person"] == one.person}
            questions.append(Told(
                now, hazard, (row.warning_id,), (row.revision_id,), tuple(sorted(places)),
                one.person or "", Channel(one.channel), one.address,
                Level.of_rank(one.rank) or Level.red, ASK, one.parts, one.subject, one.text))
        approvals.decide(connection, row, approvals.SEND, Reason.approved, "", "replay", now)
    return questions


def send(connection: Connection, now: datetime) -> list[Told]:
    """Deliver what is queued, red first; what has become needless is dropped as at night."""
    n = t.notice.c
    rows = connection.execute(
        select(t.notice).where(n.state == NoticeState.queued.value)
        .order_by(n.rank.desc(), n.created, n.id)).all()
    aged = _aged(connection, [row.id for row in rows if row.created < now])
    needless = {row.id: why for row in rows
                if (row.id in aged or (row.expires is not None and row.expires <= now))
                and (why := checks.needless(connection, row, True, now))}
    for key, why in needless.items():
        connection.execute(update(t.notice).where(n.id == key).values(
            state=NoticeState.dropped.value, reason=why.value))
    gone = [row for row in rows if row.id not in needless]
    for start in range(0, len(gone), _ONCE):
        _deliver(connection, [row.id for row in gone[start:start + _ONCE]], now)
    return _told(connection, gone, now)


def _aged(connection: Connection, ids: list[str]) -> set[str]:
    """Of these texts those whose warning has been revised since: only they can be superseded.

    What was answered meanwhile, ``release`` has seen at this very instant.
    """
    i, r = t.notice_item.c, t.revision.c
    newer = t.revision.alias()
    return {key for start in range(0, len(ids), _ONCE) for key in connection.scalars(
        select(i.notice_id).distinct().join(t.revision, r.id == i.revision_id)
        .join(newer, (newer.c.warning_id == r.warning_id) & (newer.c.number > r.number))
        .where(i.notice_id.in_(ids[start:start + _ONCE])))}


def _deliver(connection: Connection, ids: list[str], now: datetime) -> None:
    n, o, no = t.notice.c, t.obligation.c, t.notice_obligation.c
    connection.execute(update(t.notice).where(n.id.in_(ids)).values(
        state=NoticeState.accepted.value, delivery=Delivery.delivered.value, gateway="replay",
        provider_id=n.id, accepted_at=now, delivered_at=now))
    connection.execute(update(t.obligation).where(
        o.id.in_(select(no.obligation_id).where(no.notice_id.in_(ids))),
        o.status.in_((ObligationStatus.pending.value, ObligationStatus.unreachable.value))).values(
            status=ObligationStatus.told.value, told_at=func.coalesce(o.told_at, now)))


def _told(connection: Connection, rows: list[Any], now: datetime) -> list[Told]:
    i, r, o, no = (t.notice_item.c, t.revision.c, t.obligation.c, t.notice_obligation.c)
    spoken: dict[str, list[tuple[int, int]]] = {}
    places: dict[str, set[str]] = {}
    for start in range(0, len(rows), _ONCE):
        ids = [row.id for row in rows[start:start + _ONCE]]
        for key, warning, revision in connection.execute(
                select(i.notice_id, r.warning_id, r.id).join(t.revision, r.id == i.revision_id)
                .where(i.notice_id.in_(ids)).order_by(r.id)):
            spoken.setdefault(key, []).append((warning, revision))
        for key, site in connection.execute(
                select(no.notice_id, o.site).join(t.obligation, o.id == no.obligation_id)
                .where(no.notice_id.in_(ids))):
            places.setdefault(key, set()).add(site)
    return [Told(
        now, row.hazard, tuple(dict.fromkeys(warning for warning, _ in spoken[row.id])),
        tuple(revision for _, revision in spoken[row.id]),
        tuple(sorted(places.get(row.id, ()))), row.person or "", Channel(row.channel),
        row.address, Level.of_rank(row.rank) or Level.white, row.kind, row.parts, row.subject,
        row.text) for row in rows]
