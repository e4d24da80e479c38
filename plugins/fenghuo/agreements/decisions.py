"""Decisions of judging: why an event made no finding, stored and counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert

from fenghuo.store.tables import decision
from fenghuo.words import Hazard, Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision about an event, for every site unless ``site`` names one."""

    reason: Reason
    told: bool = False
    hazard: Hazard | None = None
    event_revision_id: int | None = None
    rule: str | None = None
    site: str | None = None
    value: float | None = None
    threshold: float | None = None
    detail: str | None = None


def record_decisions(connection: Connection, decisions: Iterable[Decision], edition: str | None,
                     now: datetime) -> int:
    """Store decisions under the edition that made them; returns how many."""
    rows = [{
        "at": now, "edition": edition, "told": each.told, "reason": each.reason.value,
        "hazard": each.hazard.value if each.hazard else None, "site": each.site,
        "event_revision_id": each.event_revision_id, "rule": each.rule, "value": each.value,
        "threshold": each.threshold, "detail": each.detail} for each in decisions]
    if rows:
        connection.execute(insert(decision), rows)
    return len(rows)
