"""Ending our own finding's warning by hand: the gauge is broken, the danger was looked at.

A relay is not ours to end (practice.md 2): its issuer ends it, or it is retracted as wrong. What
was cancelled comes back only when its rule's tier or holding changes.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from fenghuo import exposure, ledger, lifecycle, notices
from fenghuo.acts import drills, holding, warnings
from fenghuo.acts.refusing import NotPossible, named
from fenghuo.agreements.findings import Finding, Reach
from fenghuo.notices.announcing import EditionLike
from fenghuo.settings import Settings
from fenghuo.store import editions
from fenghuo.words import Ended, Hazard, Holds, RuleKind, WarningState, masked


def cancel(connection: Connection, edition: EditionLike, settings: Settings, warning_id: int, *,
           by: str, reason: str, now: datetime) -> bool:
    """End a warning that rests on our own findings alone; its people are told it is over.

    False when it had been cancelled. Raises NotPossible for a relay, a drill (close it) and for
    a warning that ended in another way.
    """
    by = named(by, reason)
    row = warnings.of(connection, warning_id)
    if row.state == WarningState.cancelled:
        return False
    warnings.in_force(connection, warning_id)
    if row.drill_id is not None:
        raise NotPossible(f"warning {warning_id} is drill {row.drill_id}: close or abort that")
    behind = warnings.evidence(connection, row)
    signal = next((one for one in behind if one.kind == RuleKind.signal), None)
    if signal is not None:
        issuer = signal.facts.get("issuer", "its issuer")
        raise NotPossible(f"warning {warning_id} relays a warning of {issuer}, who alone ends it; "
                          "if it was wrong, retract it")
    ledger.append(connection, "warning.cancelled", f"warning:{warning_id}", {
        "by": by, "reason": masked(reason), "findings": [one.id for one in behind]}, now)
    holding.forget(connection, warning_id)
    over = [Finding(
        agreement=one.agreement, rule=one.rule, kind=RuleKind(one.kind),
        hazard=Hazard(one.hazard), subject=one.subject, holds=Holds.false, at=now,
        since=one.since, metric=one.metric, unit=one.unit, reach=Reach(), value=one.value,
        threshold=one.threshold, ended=Ended.cancelled) for one in behind]
    revisions = lifecycle.apply(connection, over, exposure.expose(over, edition.contacts),
                                editions.newest(connection) or "", edition.contacts, now)
    drills.yield_to(connection, revisions, edition, settings, now)
    notices.announce(connection, revisions, edition, settings, now)
    return True
