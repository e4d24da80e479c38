"""From findings to what people are told: one order, shared by the steps, rule tests and backtest.

findings -> exposures -> warning revisions -> obligations and notices, in the caller's transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from fenghuo import escalation, exposure, lifecycle, notices
from fenghuo.acts import drills
from fenghuo.agreements.findings import Finding
from fenghuo.channels.standing import standing
from fenghuo.editions import Edition
from fenghuo.lifecycle import RevisionWritten
from fenghuo.outbox.lasting import last_of
from fenghuo.settings import Settings


@dataclass(frozen=True, slots=True)
class Assessed:
    """The revisions that findings caused, and how often each reason was decided."""

    revisions: list[RevisionWritten]
    counts: dict[str, int]


def settle(connection: Connection, edition: Edition, settings: Settings,
           findings: Sequence[Finding], now: datetime) -> Assessed:
    """Apply the findings of an instant; also what runs out at it, so no findings are good too."""
    exposures = exposure.expose(findings, edition.contacts)
    exposure.excuse(connection, findings, edition.contacts, edition.digest, now)
    revisions = lifecycle.apply(
        connection, findings, exposures, edition.digest, edition.contacts, now)
    drills.yield_to(connection, revisions, edition, settings, now)
    counts = Counter(notices.announce(connection, revisions, edition, settings, now,
                                       partial(_late, settings, now)))
    counts.update(notices.release(connection, edition, settings, now))
    counts.update(escalation.close_superseded(connection, now))
    return Assessed(revisions, dict(counts))


def _late(settings: Settings, now: datetime, connection: Connection,
          warning: int) -> timedelta | None:
    found = last_of(connection, standing(connection, settings), warning, now)
    return timedelta(seconds=found.seconds) if found is not None and found.late else None
