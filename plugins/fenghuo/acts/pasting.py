"""Lines from a chat group (``张三 收到``), each read as one person's answer to one duty, or not.

Nothing is guessed: a line counts when it names exactly one person of the list, says one thing,
holds no word that is neither, and leaves one duty that he owes; a site's name or a hazard's
narrows it. Everything else is shown with what is missing, and records nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from fenghuo.acts.answering import answer_for
from fenghuo.acts.papers import LATE
from fenghuo.acts.pasted_words import Reader
from fenghuo.contacts import Contacts
from fenghuo.notices.announcing import EditionLike
from fenghuo.receipts.answers import parse
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import Answer, Hazard, Measures, ObligationStatus, WarningState

MOST_LINES = 200
LONGEST = 200
"""Characters of a line that are read."""

_OPEN = (ObligationStatus.pending, ObligationStatus.told, ObligationStatus.escalating,
         ObligationStatus.unreachable)
_FURTHER = {Answer.started: (Measures.owed,), Answer.done: (Measures.owed, Measures.started)}


class Verdict(StrEnum):
    """What became of a line."""

    matched = "matched"
    doubled = "doubled"            # the same was said by a line above
    ambiguous = "ambiguous"        # several people or several duties could be meant
    nobody = "nobody"              # names nobody of the list
    unclear = "unclear"            # what is said, or when, cannot be read without guessing
    nothing_owed = "nothing_owed"  # the person owes nothing that this would answer


@dataclass(frozen=True, slots=True)
class Line:
    """A line as read: ``person`` by id, ``at`` the city instant that stands in it, ``choices``
    the obligations it could mean (of a matched line the one)."""

    text: str
    verdict: Verdict
    person: str | None = None
    given: Answer | None = None
    number: int | None = None
    at: datetime | None = None
    choices: tuple[int, ...] = ()


def read(connection: Connection, contacts: Contacts, text: str, zone: ZoneInfo,
         now: datetime) -> list[Line]:
    """Every line that is not blank, as it would count now. Changes nothing."""
    reader, owed, codes = Reader(contacts, zone, now), _owed(connection), _codes(connection)
    found: list[Line] = []
    for said in [line.strip() for line in text.splitlines() if line.strip()][:MOST_LINES]:
        line = _line(said[:LONGEST], reader, owed, codes)
        same = any((one.choices, one.given, one.number) == (line.choices, line.given, line.number)
                   for one in found if one.verdict == Verdict.matched)
        found.append(replace(line, verdict=Verdict.doubled)
                     if same and line.verdict == Verdict.matched else line)
    return found


def record(connection: Connection, edition: EditionLike, settings: Settings,
           lines: Iterable[Line], *, by: str, now: datetime) -> int:
    """Enter the answers of matched lines, as said at their own time or now; how many."""
    return sum(answer_for(
        connection, edition, settings, line.choices[0], given=line.given, number=line.number,
        person=line.person, at=line.at, by=by, reason=f"chat group: {line.text}", now=now)
        for line in lines if line.verdict == Verdict.matched and line.given)


def _line(said: str, reader: Reader, owed: Mapping[str, Sequence[Any]],
          codes: Mapping[str, Collection[str]]) -> Line:
    words = reader.words(said)
    blank = Line(said, Verdict.unclear, at=words.at)
    if words.at is not None and words.at > reader.now + LATE:
        return blank
    if len(words.people) != 1:
        return replace(blank, verdict=Verdict.ambiguous if words.people else Verdict.nobody)
    (person,) = words.people
    answer = parse(" ".join(words.rest), codes.get(person, ()))
    if answer.answer is None or answer.wrong or words.strange:
        return replace(blank, person=person)
    at = words.at or reader.now
    duties = tuple(row.id for row in owed.get(person, ())
                   if _answers(row, answer.answer) and at >= row.opened - LATE
                   and (not words.sites or row.site in words.sites)
                   and (not words.hazards or Hazard(row.hazard) in words.hazards))
    verdict = (Verdict.matched if len(duties) == 1 else
               Verdict.ambiguous if duties else Verdict.nothing_owed)
    return replace(blank, verdict=verdict, person=person, given=answer.answer,
                   number=answer.number, choices=duties)


def _answers(row: Any, given: Answer) -> bool:
    if row.status in _OPEN:
        return True
    return row.status == ObligationStatus.answered and row.measures in _FURTHER.get(given, ())


def _owed(connection: Connection) -> dict[str, list[Any]]:
    """What could be answered now, by person; exercises do not count."""
    o, w = t.obligation.c, t.warning.c
    found: dict[str, list[Any]] = {}
    for row in connection.execute(
            select(o.id, o.person, o.site, o.status, o.measures, o.opened, w.hazard)
            .join(t.warning, w.id == o.warning_id)
            .where(w.state == WarningState.in_force.value, w.drill_id.is_(None),
                   o.person.is_not(None), o.status != ObligationStatus.excused.value)
            .order_by(o.id)):
        found.setdefault(row.person, []).append(row)
    return found


def _codes(connection: Connection) -> dict[str, list[str]]:
    c = t.code.c
    found: dict[str, list[str]] = {}
    for row in connection.execute(select(c.person, c.code).where(c.closed.is_(None))):
        found.setdefault(row.person, []).append(row.code)
    return found
