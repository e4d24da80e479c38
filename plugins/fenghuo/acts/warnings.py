"""Warnings as acts see them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from fenghuo.acts.refusing import NotPossible
from fenghuo.store import tables as t
from fenghuo.words import Holds, WarningState


def in_force(connection: Connection, warning_id: int) -> Any:
    """A warning's row. Raises NotPossible for an unknown or an ended one."""
    row = of(connection, warning_id)
    if row.state != WarningState.in_force:
        raise NotPossible(f"warning {warning_id} is {row.state}")
    return row


def of(connection: Connection, warning_id: int) -> Any:
    """A warning's row. Raises NotPossible for an unknown number."""
    row = connection.execute(select(t.warning).where(
        t.warning.c.id == warning_id)).one_or_none()
    if row is None:
        raise NotPossible(f"found no warning {warning_id}")
    return row


def evidence(connection: Connection, row: Any) -> list[Any]:
    """The open findings that hold behind a warning, oldest first."""
    f, e = t.finding.c, t.exposure.c
    behind = select(e.finding_id).where(e.hazard == row.hazard, e.scope == row.scope)
    return list(connection.execute(
        select(t.finding).where(f.id.in_(behind), f.ended_at.is_(None),
                                f.holds == Holds.true.value).order_by(f.id)))
