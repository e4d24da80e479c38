"""What follows the ladder: reports of measures after an answer, visits after none at all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from fenghuo.escalation import reporting, visiting
from fenghuo.notices.announcing import EditionLike
from fenghuo.settings import Settings


def next_to_follow(connection: Connection, settings: Settings) -> datetime | None:
    """When a report is next looked for, or an office hears of a visit."""
    instants = reporting.next_due(connection), visiting.next_due(connection, settings)
    return min(filter(None, instants), default=None)


def follow(connection: Connection, edition: EditionLike, settings: Settings,
           now: datetime) -> dict[str, int]:
    """Ask for the reports and order the visits that are due; how many of each, by reason."""
    return (reporting.look(connection, edition, settings, now)
            | visiting.look(connection, edition, settings, now))
