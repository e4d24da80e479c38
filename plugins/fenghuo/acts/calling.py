"""What came of a call or a visit on an office's list: reached, nobody, or a wrong number.

Who called for help and does not lift the telephone is gone to.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select, update

from fenghuo import ledger
from fenghuo.acts.answering import answer_for
from fenghuo.acts.refusing import NotPossible, named
from fenghuo.alarms import AlarmKind, raise_alarm
from fenghuo.alarms.waiting import HELP_RUNG, VISIT_RUNG
from fenghuo.escalation.calling import Calls
from fenghuo.notices.announcing import EditionLike
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import Answer, masked


class Outcome(StrEnum):
    """What a caller can report."""

    reached = "reached"
    no_answer = "no_answer"
    wrong_number = "wrong_number"


def log_call(connection: Connection, edition: EditionLike, settings: Settings, call_task_id: int,
             *, outcome: Outcome | str, given: Answer | str | None = None,
             number: int | None = None, person: str | None = None, by: str, reason: str = "",
             now: datetime) -> bool:
    """Close a call task; what was said on the phone answers its obligation.

    ``by`` dialled, ``person`` answered (none: the post's holder). False when the same was logged
    before. Raises NotPossible for a task that was closed in another way, and for an answer of
    nobody; ValueError for a word that is no outcome or answer.
    """
    by, outcome = named(by), Outcome(outcome)
    given = Answer(given) if given is not None else None
    c = t.call_task.c
    row = connection.execute(
        select(t.call_task, t.obligation.c.site, t.obligation.c.post, t.obligation.c.person)
        .join(t.obligation, t.obligation.c.id == c.obligation_id)
        .where(c.id == call_task_id)).one_or_none()
    if row is None:
        raise NotPossible(f"found no call {call_task_id}")
    if given is not None and outcome != Outcome.reached:
        raise NotPossible(f"found an answer with {outcome}, expected one from who was reached")
    if row.done is not None:
        if (row.outcome, row.caller) == (outcome.value, by):
            return False
        raise NotPossible(f"call {call_task_id} was closed as {row.outcome} "
                          f"by {row.caller or 'the house'}")
    if row.rung == VISIT_RUNG and outcome == Outcome.wrong_number:
        raise NotPossible(f"found {outcome} for a visit, expected reached or no_answer")
    connection.execute(update(t.call_task).where(c.id == call_task_id).values(
        done=now, outcome=outcome.value, caller=by))
    ledger.append(connection, "call.logged", f"call:{call_task_id}", {
        "by": by, "reason": masked(reason), "outcome": outcome.value, "site": row.site,
        "post": row.post, "answer": given.value if given else None, "number": number}, now)
    if outcome == Outcome.no_answer and row.rung == HELP_RUNG:  # who called for help is silent
        visit = Calls()
        visit.open(row.obligation_id, row.office, VISIT_RUNG)
        visit.write(connection, now)
    if outcome == Outcome.wrong_number and row.person:
        raise_alarm(connection, AlarmKind.contact_wrong, row.person,
                    f"{by} dialled a wrong number for {row.site} ({row.post})", now)
    if given is not None:
        answer_for(connection, edition, settings, row.obligation_id, given=given, number=number,
                   person=person, by=by, reason=reason, now=now)
    return True
