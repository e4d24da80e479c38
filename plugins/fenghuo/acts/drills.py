"""Exercises through the same code: own audience, own mark, own code, and never beside a danger.

A drill is a warning of scope ``drill:<id>``; its finding is written directly for its audience and
is evidence of nothing else. None begins while orange or higher is in force, and a real warning
ends a running one first, by text (practice.md 2). A spot check (叫应抽查) is a drill by day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from fenghuo import exposure, ledger, lifecycle, notices
from fenghuo.acts import aborting
from fenghuo.acts.exercises import Exercise, finding_of, read
from fenghuo.acts.refusing import NotPossible, named
from fenghuo.acts.scoring import Score, score
from fenghuo.lifecycle import RevisionWritten
from fenghuo.notices.announcing import EditionLike
from fenghuo.settings import Settings
from fenghuo.store import editions
from fenghuo.store import tables as t
from fenghuo.words import Level, WarningState, masked

__all__ = ["abort", "close", "score", "start", "yield_to"]

RUNNING, ABORTED, CLOSED = "running", "aborted", "closed"
DAY_BEGINS, DAY_ENDS = 8, 21
"""City hours in which a spot check may call people."""

APART = timedelta(days=30)
"""Between two spot checks of one site."""

LONGEST = timedelta(hours=4)
"""A drill that nobody closed is closed by the house after this."""

HOUSE = "fenghuo"
"""By whom a drill is ended when no person does."""


def start(connection: Connection, edition: EditionLike, settings: Settings,
          what: Mapping[str, Any], *, by: str, reason: str = "", now: datetime) -> int:
    """Begin a drill or a spot check; returns its number.

    ``what``: title, hazard, tier, sites or districts, purpose (drill, spot_check). Raises
    Refused with every fault of these, NotPossible while things stand against it. The same drill
    begun again while it runs is the same drill.
    """
    by = named(by)
    exercise = read(what, edition)
    running = connection.execute(select(t.drill).where(t.drill.c.state == RUNNING)).first()
    if running is not None:
        if exercise.same(running):
            return int(running.id)
        raise NotPossible(f"drill {running.id} ({running.title}) is running: close it first")
    _check_quiet(connection)
    if exercise.purpose == "spot_check":
        _check_spot(connection, exercise, settings, now)
    key = connection.execute(insert(t.drill).values(
        title=exercise.title, purpose=exercise.purpose, hazard=exercise.hazard.value,
        tier=exercise.tier.value, audience=list(exercise.sites), state=RUNNING, by=by,
        opened=now)).inserted_primary_key
    assert key is not None
    drill_id = int(key[0])
    ledger.append(connection, "drill.started", f"drill:{drill_id}", {
        "by": by, "reason": masked(reason), "title": exercise.title, "purpose": exercise.purpose,
        "hazard": exercise.hazard.value, "tier": exercise.tier.value,
        "sites": list(exercise.sites)}, now)
    findings = [finding_of(drill_id, exercise, now)]
    revisions = lifecycle.apply(
        connection, findings, exposure.expose(findings, edition.contacts),
        editions.newest(connection) or "", edition.contacts, now)
    notices.announce(connection, revisions, edition, settings, now)
    return drill_id


def close(connection: Connection, edition: EditionLike, settings: Settings, drill_id: int, *,
          by: str, reason: str = "", now: datetime) -> Score:
    """End a drill that went as planned; returns its score. Nobody is written to any more."""
    by = named(by)
    row = of(connection, drill_id)
    if row.state == ABORTED:
        raise NotPossible(f"drill {drill_id} was aborted: {row.reason}")
    if row.state == RUNNING:
        aborting.end(connection, edition, row, now)
        found = score(connection, drill_id)
        _finish(connection, drill_id, CLOSED, reason, now)
        ledger.append(connection, "drill.closed", f"drill:{drill_id}", {
            "by": by, "reason": masked(reason), **found.facts()}, now)
    return score(connection, drill_id)


def abort(connection: Connection, edition: EditionLike, settings: Settings, drill_id: int, *,
          by: str, reason: str, now: datetime) -> int:
    """Break a drill off: exactly those who were told, or may have been, are told so at once.

    Returns how many texts that were.
    """
    by = named(by, reason)
    row = of(connection, drill_id)
    if row.state != RUNNING:
        if row.state == ABORTED:
            return 0
        raise NotPossible(f"drill {drill_id} is {row.state}")
    revision, told = aborting.end(connection, edition, row, now)
    count = aborting.tell(connection, revision, told, edition, settings, now)
    _finish(connection, drill_id, ABORTED, reason, now)
    ledger.append(connection, "drill.aborted", f"drill:{drill_id}", {
        "by": by, "reason": masked(reason), "texts": count}, now)
    return count


def yield_to(connection: Connection, revisions: Sequence[RevisionWritten], edition: EditionLike,
             settings: Settings, now: datetime) -> list[int]:
    """Abort the running drill when a real warning comes; returns the drills aborted.

    Called before the real texts are written: orange or higher anywhere, or any tier at a site
    of the audience, where a site entered or was raised.
    """
    aborted = []
    for row in connection.execute(select(t.drill).where(t.drill.c.state == RUNNING)).all():
        real = next((one for one in revisions if _touches(one, set(row.audience))), None)
        if real is not None:
            abort(connection, edition, settings, row.id, by=HOUSE, now=now,
                  reason=f"warning {real.warning_id}: {real.hazard} {real.tier}")
            aborted.append(int(row.id))
    return aborted


def close_forgotten(connection: Connection, edition: EditionLike, settings: Settings,
                    now: datetime) -> int:
    """Close drills that run longer than any does; how many."""
    old = connection.scalars(select(t.drill.c.id).where(
        t.drill.c.state == RUNNING, t.drill.c.opened <= now - LONGEST)).all()
    for drill_id in old:
        close(connection, edition, settings, drill_id, by=HOUSE, reason="nobody closed it",
              now=now)
    return len(old)


def next_due(connection: Connection) -> datetime | None:
    """When a running drill would be closed by the house."""
    opened: datetime | None = connection.scalar(
        select(func.min(t.drill.c.opened)).where(t.drill.c.state == RUNNING))
    return opened + LONGEST if opened else None


def listed(connection: Connection) -> list[dict[str, Any]]:
    """Every drill, newest first: id, title, purpose, hazard, tier, state, by, opened, sites."""
    rows = connection.execute(select(t.drill).order_by(t.drill.c.id.desc()))
    return [{"id": row.id, "title": row.title, "purpose": row.purpose, "hazard": row.hazard,
             "tier": row.tier, "state": row.state, "by": row.by, "opened": row.opened,
             "sites": len(row.audience), "reason": row.reason} for row in rows]


def of(connection: Connection, drill_id: int) -> Any:
    """A drill's row. Raises NotPossible for an unknown number."""
    row = connection.execute(select(t.drill).where(t.drill.c.id == drill_id)).one_or_none()
    if row is None:
        raise NotPossible(f"found no drill {drill_id}")
    return row


def _touches(revision: RevisionWritten, audience: set[str]) -> bool:
    if "drill" in revision.facts or revision.closes:
        return False
    fresh = revision.sites[revision.sites["change"].isin(["entered", "raised"])]
    grave = fresh["tier"] >= Level.orange.rank
    return bool((grave | fresh["site"].isin(audience)).any())


def _check_quiet(connection: Connection) -> None:
    """No drill while orange or higher is in force anywhere."""
    w, r = t.warning.c, t.revision.c
    newest = (select(r.warning_id, func.max(r.number).label("number"))
              .join(t.warning, w.id == r.warning_id)
              .where(w.state == WarningState.in_force.value, w.drill_id.is_(None))
              .group_by(r.warning_id).subquery())
    row = connection.execute(
        select(w.id, w.hazard, r.tier).join(t.revision, r.warning_id == w.id)
        .join(newest, (newest.c.warning_id == r.warning_id) & (newest.c.number == r.number))
        .where(r.tier.in_([Level.orange.value, Level.red.value])).order_by(w.id)).first()
    if row is not None:
        raise NotPossible(f"warning {row.id} ({row.hazard}, {row.tier}) is in force: "
                          "no drill begins beside it")


def _check_spot(connection: Connection, exercise: Exercise, settings: Settings,
                now: datetime) -> None:
    hour = now.astimezone(settings.zone).hour
    if not DAY_BEGINS <= hour < DAY_ENDS:
        raise NotPossible(f"found {hour} o'clock, expected {DAY_BEGINS} to {DAY_ENDS}: "
                          "a spot check wakes nobody")
    d = t.drill.c
    again: set[str] = set()
    for audience in connection.scalars(select(d.audience).where(
            d.purpose == "spot_check", d.opened > now - APART, d.state != ABORTED)):
        again |= set(audience) & set(exercise.sites)
    if again:
        raise NotPossible(f"checked less than {APART.days} days ago: {', '.join(sorted(again))}")


def _finish(connection: Connection, drill_id: int, state: str, reason: str,
            now: datetime) -> None:
    connection.execute(update(t.drill).where(t.drill.c.id == drill_id)
                       .values(state=state, closed=now, reason=reason or None))
