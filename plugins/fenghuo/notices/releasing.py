"""Held texts that are due: alone as they are, several for one address as one bundle.

The database is the truth: a held row is all there is of a waiting text, and one transaction
turns it into a queued one or into a part of a bundle. Killed before, the next release finds it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from fenghuo import ledger
from fenghuo.alarms import AlarmKind, open_alarms, recover
from fenghuo.notices import bundling, obligations, outgoing, stale
from fenghuo.notices.announcing import EditionLike, composer
from fenghuo.notices.composing import Composer
from fenghuo.notices.keys import occasion_of
from fenghuo.notices.letters import Kind, Letter
from fenghuo.notices.outgoing import FIRST, Notice
from fenghuo.notices.recalling import Recaller
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import Channel, Hazard, Level, NoticeState, Reason

GATHERS = (Reason.waits_for_bundle, Reason.capped)
"""What leaves with a text that is due for its address though its own time has not come."""

_BUNDLES = (*GATHERS, Reason.quiet_hours)


def release(connection: Connection, edition: EditionLike, settings: Settings,
            now: datetime) -> dict[str, int]:
    """Let every held text go whose time has come; returns how often each reason was decided."""
    counts: Counter[str] = Counter()
    rows = _due(connection, now)
    if not rows:
        return {}
    gone = stale.reasons(connection, rows, now)
    for reason in sorted(set(gone.values())):
        keys = [key for key, why in gone.items() if why == reason]
        outgoing.drop(connection, keys, reason)
        for key in keys if reason == Reason.expired else ():
            obligations.mark_failed(connection, key, now, reason)  # its time went by untold
        counts[reason.value] += len(keys)
        _note(connection, keys, reason, now)
    rows = [row for row in rows if row.id not in gone]
    recaller = Recaller(connection, [row for row in rows if row.kind],
                        edition.agreements, edition.contacts, now)
    writer = composer(edition, settings, now)
    together: dict[tuple[str, str, str], list[Any]] = {}
    single: list[Any] = []
    for row in rows:
        if _alone(row):
            single.append(row)
        else:
            together.setdefault((row.channel, row.address, row.language), []).append(row)
    bundles: list[tuple[Notice, list[str]]] = []
    for group in together.values():
        letters = [recaller.letter(row) for row in group] if len(group) > 1 else []
        known = [(row, letter) for row, letter in zip(group, letters, strict=False) if letter]
        if len(known) < 2:
            single += group
            continue
        counts[Reason.bundle.value] += 1
        counts[Reason.bundled.value] += len(known)
        bundles.append((_bundle(writer, recaller, known, now), [row.id for row, _ in known]))
        single += [row for row in group if row.id not in {one.id for one, _ in known}]
    outgoing.bundle(connection, bundles, now)
    for row in single:
        if row.reason == Reason.quiet_hours:
            _refresh(connection, writer, row, recaller.letter(row))
    _queue(connection, [row.id for row in single], now)
    counts[Reason.released.value] += len(single)
    _recover_caps(connection, now)
    return {reason: count for reason, count in counts.items() if count}


def next_release(connection: Connection) -> datetime | None:
    """When the next held text is due; None while none waits for an instant."""
    n = t.notice.c
    found: datetime | None = connection.scalar(
        select(func.min(n.held_until)).where(n.state == NoticeState.held.value, _may_go()))
    return found


def _due(connection: Connection, now: datetime) -> list[Any]:
    """What is due, and what gathers with it, the gravest first."""
    n = t.notice.c
    held: ColumnElement[bool] = and_(n.state == NoticeState.held.value, n.held_until.is_not(None),
                                     _may_go())
    due = {(row.channel, row.address) for row in connection.execute(
        select(n.channel, n.address).where(held, n.held_until <= now).distinct())}
    if not due:
        return []
    gathers = n.reason.in_([reason.value for reason in GATHERS])
    rows = connection.execute(
        select(t.notice).where(held, or_(n.held_until <= now, gathers))
        .order_by(n.rank.desc(), n.created, n.id)
        .with_for_update()).all()
    return [row for row in rows if row.held_until <= now or (row.channel, row.address) in due]


def _may_go() -> ColumnElement[bool]:
    """Whether no officer holds a warning that a text speaks of."""
    i, r, w = t.notice_item.c, t.revision.c, t.warning.c
    return t.notice.c.id.not_in(
        select(i.notice_id).join(t.revision, r.id == i.revision_id)
        .join(t.warning, w.id == r.warning_id).where(w.held.is_not(None)))


def _alone(row: Any) -> bool:
    """Red is never first told in a bundle; a quake, a correction and a desk's hold stand alone."""
    return (row.reason not in _BUNDLES or row.kind is None or row.kind == Kind.retract
            or (row.kind == Kind.tell and (row.rank == Level.red.rank
                                           or row.hazard == Hazard.earthquake.value)))


def _bundle(writer: Composer, recaller: Recaller, members: Sequence[tuple[Any, Letter]],
            now: datetime) -> Notice:
    rows = [row for row, _ in members]
    first = rows[0]
    channel = Channel(first.channel)
    made = bundling.compose(writer, [letter for _, letter in members],
                            [row.text for row in rows], channel)
    revisions, obligations = recaller.spoken_of(rows)
    ends = [row.expires for row in rows if row.expires]
    return Notice(
        channel, first.address, FIRST, first.person, first.language, made.subject, made.text,
        made.parts, next((row.code for row in rows if row.code), None),
        max(row.rank for row in rows), all(row.signed for row in rows), Reason.bundle,
        max(ends, default=None), revisions, obligations, occasion_of(revisions),
        hazard=first.hazard, kind=first.kind, brief=first.brief or "", held_until=now,
        form=made.form)


def _refresh(connection: Connection, writer: Composer, row: Any, letter: Letter | None) -> None:
    """What waited for the morning is said as things stand now."""
    if letter is None:
        return
    made = writer.compose(letter, Channel(row.channel))
    connection.execute(update(t.notice).where(t.notice.c.id == row.id).values(
        subject=made.subject, text=made.text, parts=made.parts,
        template=made.form and made.form.template, given=made.form and dict(made.form.given)))


def _queue(connection: Connection, keys: Sequence[str], now: datetime) -> None:
    for start in range(0, len(keys), 500):
        connection.execute(
            update(t.notice).where(t.notice.c.id.in_(keys[start:start + 500]),
                                   t.notice.c.state == NoticeState.held.value)
            .values(state=NoticeState.queued.value, reason=Reason.released.value, held_until=now))
    _note(connection, keys, Reason.released, now)


def _note(connection: Connection, keys: Sequence[str], reason: Reason, now: datetime) -> None:
    """One entry for all: a thousand texts of one minute are one act."""
    if keys:
        ledger.append(connection, "notice.released", f"notices:{len(keys)}",
                      {"reason": reason.value, "notices": sorted(keys)}, now)


def _recover_caps(connection: Connection, now: datetime) -> None:
    known = {alarm.subject for alarm in open_alarms(connection, AlarmKind.person_capped)}
    if known:
        n = t.notice.c
        still = set(connection.scalars(select(n.person).where(
            n.state == NoticeState.held.value, n.reason == Reason.capped.value)))
        for person in sorted(known - still):
            recover(connection, AlarmKind.person_capped, person, now)
