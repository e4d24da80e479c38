"""Answers given on the page: by code and phone, or by a signed link and the code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from fenghuo.notices import obligations
from fenghuo.store.tables import answer, code, notice, notice_obligation, obligation
from fenghuo.words import Answer, Channel, ObligationStatus

DIGITS = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked on the page: a person, and the notice a link belongs to."""

    person: str
    language: str
    text: str
    notice: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What became of an answer. ``first`` is who answered first, when and what, if anyone did;
    ``closed`` counts what this very answer closed."""

    closed: int
    first: tuple[str, str, datetime] | None


def by_link(connection: Connection, notice_id: str) -> Asked | None:
    """The person a signed link was made for."""
    row = connection.execute(
        select(notice.c.id, notice.c.person, notice.c.language, notice.c.text)
        .where((notice.c.id == notice_id) & notice.c.person.is_not(None))).one_or_none()
    return Asked(row.person, row.language, row.text, row.id) if row else None


def by_code(connection: Connection, word: str, digits: str) -> Asked | None:
    """The person of an open code whose telephone ends with these digits."""
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    row = connection.execute(
        select(notice.c.id, notice.c.person, notice.c.language, notice.c.text)
        .join(code, code.c.person == notice.c.person)
        .where((func.lower(code.c.code) == word.strip().lower()) & code.c.closed.is_(None)
               & (notice.c.channel == Channel.sms) & notice.c.address.endswith(digits))
        .order_by(notice.c.created.desc(), notice.c.id).limit(1)).one_or_none()
    return Asked(row.person, row.language, row.text, row.id) if row else None


def owns(connection: Connection, asked: Asked, word: str) -> bool:
    """Whether a code is the open one of the person asked."""
    return connection.scalar(select(code.c.id).where(
        (code.c.person == asked.person) & code.c.closed.is_(None)
        & (func.lower(code.c.code) == word.strip().lower()))) is not None


def confirm(connection: Connection, asked: Asked, said: Answer, number: int | None,
            now: datetime) -> Confirmed:
    """Let the person answer; a second time changes nothing and names the first answer."""
    before = first_answer(connection, asked)
    if before is not None and before[1] == said.value and not _open(connection, asked):
        return Confirmed(0, before)
    closed = obligations.answer(connection, asked.person, said, number, "page", None, now)
    return Confirmed(len(closed), first_answer(connection, asked))


def _open(connection: Connection, asked: Asked) -> bool:
    """Whether anything this notice asked still waits, as after an upgrade."""
    return connection.scalar(
        select(obligation.c.id)
        .join(notice_obligation, notice_obligation.c.obligation_id == obligation.c.id)
        .where((notice_obligation.c.notice_id == asked.notice)
               & (obligation.c.status != ObligationStatus.answered)).limit(1)) is not None


def own_answers(connection: Connection, asked: Asked) -> list[int]:
    """What the person has answered since this notice was written, in any way."""
    return list(connection.scalars(
        select(answer.c.id).join(notice, notice.c.id == asked.notice)
        .where(answer.c.person == asked.person, answer.c.at >= notice.c.created)
        .order_by(answer.c.id)))


def first_answer(connection: Connection, asked: Asked) -> tuple[str, str, datetime] | None:
    """Who first answered what this notice asked (person, answer, city instant)."""
    row = connection.execute(
        select(answer.c.person, answer.c.answer, answer.c.at)
        .join(obligation, obligation.c.id == answer.c.obligation_id)
        .join(notice_obligation, notice_obligation.c.obligation_id == obligation.c.id)
        .where(notice_obligation.c.notice_id == asked.notice)
        .order_by(answer.c.at, answer.c.id).limit(1)).one_or_none()
    return (row.person, row.answer, row.at) if row else None
