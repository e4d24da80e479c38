"""Every table of the house, by the part of the way it belongs to.

Instants are aware UTC; JSON columns hold plain values only. Migrations follow these
definitions and a test keeps both equal.
"""

from fenghuo.store.tables.base import UtcDateTime, metadata
from fenghuo.store.tables.changing import (
    draft,
    draft_difference,
    draft_file,
    kept_rule,
    on_disk,
)
from fenghuo.store.tables.delivery import (
    answer,
    call_task,
    code,
    inbound,
    mailbox,
    notice,
    notice_item,
    notice_obligation,
    obligation,
    receipt,
)
from fenghuo.store.tables.inputs import (
    event,
    event_alias,
    event_revision,
    feed_state,
    fetch,
    forecast,
    incident,
    observation,
    quarantine,
    registration,
    tail,
)
from fenghuo.store.tables.judgement import (
    decision,
    drill,
    exposure,
    finding,
    revision,
    revision_site,
    rule_state,
    warning,
)
from fenghuo.store.tables.trail import (
    alarm,
    blob,
    edition,
    edition_file,
    ledger_checkpoint,
    ledger_entry,
    step_lease,
)

__all__ = [
    "UtcDateTime",
    "alarm",
    "answer",
    "blob",
    "call_task",
    "code",
    "decision",
    "draft",
    "draft_difference",
    "draft_file",
    "drill",
    "edition",
    "edition_file",
    "event",
    "event_alias",
    "event_revision",
    "exposure",
    "feed_state",
    "fetch",
    "finding",
    "forecast",
    "inbound",
    "incident",
    "kept_rule",
    "ledger_checkpoint",
    "ledger_entry",
    "mailbox",
    "metadata",
    "notice",
    "notice_item",
    "notice_obligation",
    "obligation",
    "observation",
    "on_disk",
    "quarantine",
    "receipt",
    "registration",
    "revision",
    "revision_site",
    "rule_state",
    "step_lease",
    "tail",
    "warning",
]
