"""Sites to go to: the office hears of each as it lands on the visit list, and by when to report.

At once, but for a white or blue warning by night: that waits for the morning (practice.md 4, 5.5),
unless somebody there called for help. The hour counts from then (``feedback.visit``); one that goes
by is an alarm of the watch.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from fenghuo import ledger
from fenghuo.alarms.waiting import HELP_RUNG, VISIT_RUNG
from fenghuo.escalation.further_texts import Word, write
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
    words: list[Word] = []
    for row in rows:
        found = procedure(edition.agreements, row.facts.get("agreements", ()), Level(row.tier))
        due = now + found.visit if found and found.visit else None
        connection.execute(update(t.call_task).where(t.call_task.c.id == row.task).values(
            told=now, due=due))
        words += _told(connection, row, found, due, edition, now)
    write(connection, words, edition, settings, now)
    return {Reason.visit.value: len(rows)} if rows else {}


def _told(connection: Connection, row: Any, found: Procedure | None, due: datetime | None,
          edition: EditionLike, now: datetime) -> list[Word]:
    person = edition.contacts.holder(row.office, "duty")
    reached = person is not None and bool(person.phone) and found is not None
    reason = (Reason.visit if reached else
              Reason.post_vacant if person is None else Reason.no_address)
    connection.execute(insert(t.decision).values(
        at=now, edition=row.edition, told=reached, reason=reason.value, site=row.site,
        post=row.post, revision_id=row.revision_id, detail=f"visit {row.task} of {row.office}"))
    ledger.append(connection, "visit.told", f"call:{row.task}", {
        "site": row.site, "warning": row.warning_id, "office": row.office,
        "person": person.person if person else None, "reason": reason.value,
        "due": due.isoformat() if due else None}, now)
    if person is None or found is None or not reached:
        return []
    return [Word(Kind.visit, row, found, person, Channel.sms, person.phone, due)]


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
