"""What can be wrong with the watch itself: a closed list."""

from __future__ import annotations

from enum import StrEnum


class AlarmKind(StrEnum):
    """Kinds of alarm; the subject says which feed, gateway, step, file or person."""

    feed_unreachable = "feed_unreachable"    # no answer, or an error instead of one
    feed_unreadable = "feed_unreadable"      # an answer that no longer parses
    feed_quarantine = "feed_quarantine"      # a good answer with records that were refused
    feed_stale = "feed_stale"                # good answers, but the data is old
    edition_refused = "edition_refused"
    no_edition = "no_edition"
    gateway_refused = "gateway_refused"      # a gateway turns down what it is given
    gateway_silent = "gateway_silent"
    judging_failed = "judging_failed"        # one event that cannot be judged; it waits
    step_silent = "step_silent"              # machine clock: a step has not ended for long
    obligations_overdue = "obligations_overdue"
    ledger_unsealed = "ledger_unsealed"
    call_for_help = "call_for_help"          # somebody answered 9
    foreign_quake = "foreign_quake"          # a foreign source speaks, no official one yet
    database = "database"
