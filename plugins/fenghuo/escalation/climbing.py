"""Climb the due rungs of every obligation that nobody has answered.

An answer or the end of the warning stops a ladder; a vacant post on it is passed at once. After
the last rung one more answering time is given, then the obligation is unreachable.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from fenghuo import ledger
from fenghuo.agreements.schema import LadderRung
from fenghuo.clock import machine_now
from fenghuo.escalation.rungs import Aim, aim
from fenghuo.escalation.telling import Fired, tell
from fenghuo.notices.announcing import EditionLike
from fenghuo.notices.procedure import procedure
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Level, ObligationStatus, Reason, StepReport, WarningState

CLIMBS = (ObligationStatus.pending, ObligationStatus.told, ObligationStatus.escalating,
          ObligationStatus.unreachable)


def climb(engine: Engine, edition: EditionLike, settings: Settings, now: datetime) -> StepReport:
    """Climb all rungs due by ``now``; ``did`` counts them, ``next_due`` is the next one's time."""
    began = machine_now()
    with reading(engine) as connection:
        if not _due(connection, now):
            return StepReport("follow_up", now, began, 0, next_due(connection))
    with writing(engine) as connection:
        counts: Counter[str] = Counter()
        fired: list[Fired] = []
        for row in _due(connection, now):
            fired += _Ladder(connection, edition, row, now).climb(counts)
        tell(connection, fired, edition, settings, now)
        return StepReport("follow_up", now, began, sum(counts.values()), next_due(connection),
                          dict(counts))


def next_due(connection: Connection) -> datetime | None:
    """When the next rung of any ladder is due."""
    o, w = t.obligation.c, t.warning.c
    found: datetime | None = connection.scalar(
        select(func.min(o.next_rung_at)).join(t.warning, w.id == o.warning_id)
        .where(o.next_rung_at.is_not(None), w.state == WarningState.in_force.value,
               o.status.in_([status.value for status in CLIMBS])))
    return found


def _due(connection: Connection, now: datetime) -> list[Any]:
    o, w, r = t.obligation.c, t.warning.c, t.revision.c
    return list(connection.execute(
        select(t.obligation, r.facts, r.edition)
        .join(t.warning, w.id == o.warning_id).join(t.revision, r.id == o.opened_by)
        .where(o.next_rung_at <= now, w.state == WarningState.in_force.value,
               o.status.in_([status.value for status in CLIMBS]))
        .order_by(o.id)))


@dataclass(slots=True)
class _Ladder:
    """The ladder of one obligation (``row``) from where it stands."""

    connection: Connection
    edition: EditionLike
    row: Any
    now: datetime

    def climb(self, counts: Counter[str]) -> list[Fired]:
        found = procedure(self.edition.agreements, self.row.facts.get("agreements", ()),
                          Level(self.row.tier))
        ladder = found.rungs(self.row.site) if found else ()
        rung, fired, at = self.row.rung, [], self.row.next_rung_at
        while found and rung < len(ladder) and at is not None and at <= self.now:
            step = aim(ladder[rung], self.row.site, self.edition.contacts)
            rung += 1
            self._record(rung, ladder[rung - 1], step)
            counts[step.reason.value] += 1
            fired.append(Fired(self.row, rung, step, found))
            # nobody there: the next rung is not waited for
            at = self.now if step.reason == Reason.post_vacant else found.next_rung_at(
                self.row.site, self.row.opened, rung)
        if rung >= len(ladder) and not (fired and found and ladder):
            self._exhausted(rung)
            counts[Reason.ladder_exhausted.value] += 1
            return fired
        if found and rung == len(ladder) and found.answer:
            # a last rung climbed late still leaves its time to answer
            at = max(at or self.now, self.now + found.answer)
        self._set(rung=rung, next_rung_at=at, status=ObligationStatus.escalating.value,
                  reason=Reason.rung.value)
        return fired

    def _exhausted(self, rung: int) -> None:
        self._set(rung=rung, next_rung_at=None, status=ObligationStatus.unreachable.value,
                  reason=Reason.ladder_exhausted.value)
        self._decide(False, Reason.ladder_exhausted, None)

    def _record(self, number: int, rung: LadderRung, step: Aim) -> None:
        detail = f"rung:{number} {rung.to} {rung.by.value}"
        self._decide(step.reason == Reason.rung, step.reason, detail)
        ledger.append(self.connection, "ladder.rung", f"obligation:{self.row.id}", {
            "rung": number, "to": rung.to, "by": rung.by.value, "reason": step.reason.value,
            "person": step.person.person if step.person else None, "office": step.office}, self.now)
        if step.reason != Reason.post_vacant and not step.address:
            c = t.call_task.c
            known = self.connection.scalar(select(c.id).where(
                c.obligation_id == self.row.id, c.rung == number))
            if known is None:
                self.connection.execute(insert(t.call_task).values(
                    obligation_id=self.row.id, office=step.office, rung=number, opened=self.now))
            else:  # an upgrade began the ladder anew: the call is owed again
                self.connection.execute(update(t.call_task).where(c.id == known).values(
                    opened=self.now, done=None, outcome=None))

    def _decide(self, told: bool, reason: Reason, detail: str | None) -> None:
        self.connection.execute(insert(t.decision).values(
            at=self.now, edition=self.row.edition, told=told, reason=reason.value,
            site=self.row.site, post=self.row.post, revision_id=self.row.revision_id,
            detail=detail))

    def _set(self, **values: Any) -> None:
        self.connection.execute(update(t.obligation).where(t.obligation.c.id == self.row.id)
                                .values(**values))


