"""Sites to go to: the office hears of each as it lands on the visit list, and by when to report.

At once, but for a white or blue warning by night: that waits for the morning (practice.md 4, 5.5),
unless somebody there called for help. The hour counts from then (``feedback.visit``); one that goes
by is an alarm of the watch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from fenghuo import ledger
from fenghuo.alarms.waiting import HELP_RUNG, VISIT_RUNG
from fenghuo.contacts import Person
from fenghuo.escalation.further_texts import FurtherText, write
from fenghuo.notices.announcing import EditionLike
from fenghuo.notices.letters import Kind
from fenghuo.notices.pacing import Asked, quiet_until
from fenghuo.notices.procedure import Procedure, procedure
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import Channel, Hazard, Level, Reason, WarningState


def next_due(connection: Connection, settings: Settings) -> datetime | None:
    """When an office next hears of a visit."""
    return min((_tells(row, settings) for row in _untold(connection)), default=None)


def look(connection: Connection, edition: EditionLike, settings: Settings,
         now: datetime) -> dict[str, int]:
    """Tell the offices of the visits they have not heard of; how many.

    Runs in the caller's writing transaction. Run twice at one instant, the second does nothing.
    """
    rows = [row for row in _untold(connection) if _tells(row, settings) <= now]
    if not rows:
        return {}
    orders = [_order(row, edition, now) for row in rows]
    connection.execute(
        update(t.call_task).where(t.call_task.c.id == bindparam("task")).values(
            told=now, due=bindparam("by")),
        [{"task": one.row.task, "by": one.due} for one in orders])
    connection.execute(insert(t.decision), [one.decision(now) for one in orders])
    ledger.append_many(connection, [one.entry for one in orders], now)
    write(connection, [word for one in orders for word in one.words], edition, settings, now)
    return {Reason.visit.value: len(rows)}


@dataclass(frozen=True, slots=True)
class _Order:
    """A visit (``row``) and who hears of it: nobody where ``reason`` says why."""

    row: Any
    procedure: Procedure | None
    person: Person | None
    due: datetime | None
    reason: Reason

    @property
    def words(self) -> list[FurtherText]:
        """The text to the office."""
        if self.reason != Reason.visit or self.person is None or self.procedure is None:
            return []
        return [FurtherText(Kind.visit, self.row, self.procedure, self.person, Channel.sms,
                     self.person.phone, self.due)]

    def decision(self, now: datetime) -> dict[str, Any]:
        """As a row of ``decision``."""
        row = self.row
        return {"at": now, "edition": row.edition, "told": self.reason == Reason.visit,
                "reason": self.reason.value, "site": row.site, "post": row.post,
                "revision_id": row.revision_id, "detail": f"visit {row.task} of {row.office}"}

    @property
    def entry(self) -> tuple[str, str, dict[str, Any]]:
        """As the ledger has it."""
        row = self.row
        return "visit.told", f"call:{row.task}", {
            "site": row.site, "warning": row.warning_id, "office": row.office,
            "person": self.person.person if self.person else None, "reason": self.reason.value,
            "due": self.due.isoformat() if self.due else None}


def _order(row: Any, edition: EditionLike, now: datetime) -> _Order:
    found = procedure(edition.agreements, row.facts.get("agreements", ()), Level(row.tier))
    person = edition.contacts.holder(row.office, "duty")
    reason = (Reason.post_vacant if person is None else
              Reason.visit if person.phone and found is not None else Reason.no_address)
    return _Order(row, found, person, now + found.visit if found and found.visit else None, reason)


def _untold(connection: Connection) -> Sequence[Any]:
    c, o, r, w = t.call_task.c, t.obligation.c, t.revision.c, t.warning.c
    help_called = t.call_task.alias()
    return connection.execute(
        select(t.obligation, c.id.label("task"), c.office, c.opened.label("listed_at"), w.hazard,
               r.facts, r.edition,
               select(help_called.c.id).where(help_called.c.obligation_id == o.id,
                                              help_called.c.rung == HELP_RUNG)
               .exists().label("helped"))
        .join(t.obligation, o.id == c.obligation_id).join(t.warning, w.id == o.warning_id)
        .join(t.revision, r.id == o.opened_by)
        .where(c.rung == VISIT_RUNG, c.done.is_(None), c.told.is_(None),
               w.state == WarningState.in_force.value).order_by(c.id)).all()


def _tells(row: Any, settings: Settings) -> datetime:
    """When the office of a visit hears of it."""
    listed: datetime = row.listed_at
    if row.helped:
        return listed
    asked = Asked(Kind.visit, Hazard(row.hazard), Level(row.tier))
    return quiet_until(asked, listed, settings.zone) or listed
