"""What can be wrong with the watch itself: a closed list, and which of it rings.

An alarm is a row; whether it also wakes somebody stands in ``RINGS``. A kind without a line there
is shown and counted only: a source that is out says nothing until its data is old, then its row
becomes ``feed_stale`` (``outages``); and what the sentinel says by itself is not said twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class AlarmKind(StrEnum):
    """Kinds of alarm; the subject says which feed, gateway, step, file, place or person."""

    feed_unreachable = "feed_unreachable"    # several times no answer, or an error instead of one
    feed_unreadable = "feed_unreadable"      # several times an answer that does not parse
    feed_quarantine = "feed_quarantine"      # a good answer with records that were refused
    feed_stale = "feed_stale"                # the data is old, whatever the reason
    feed_clock = "feed_clock"                # its clock is far off ours
    number_jumped = "number_jumped"          # a step too large to be believed by itself
    number_stuck = "number_stuck"            # a number, or a whole report, that does not change
    edition_refused = "edition_refused"
    rules_unapproved = "rules_unapproved"    # changed on disk under change control
    no_edition = "no_edition"                # nothing was ever adopted: nobody is known to be told
    gateway_refused = "gateway_refused"      # a gateway turns down what it is given
    gateway_silent = "gateway_silent"
    judging_failed = "judging_failed"        # one event that cannot be judged; it waits
    step_silent = "step_silent"              # machine clock: a step has not ended for long
    obligations_overdue = "obligations_overdue"  # a ladder that should climb and does not
    reach_unbalanced = "reach_unbalanced"    # what is said of a warning contradicts itself
    ledger_unsealed = "ledger_unsealed"
    checkpoint_kept = "checkpoint_kept"      # the ledger's head could not leave by e-mail
    call_pack_unwritten = "call_pack_unwritten"  # the office would have nothing on paper
    archive_unwritten = "archive_unwritten"  # what sources say is acted on and not kept
    call_for_help = "call_for_help"          # somebody answered 9
    foreign_quake = "foreign_quake"          # a foreign source speaks, no official one yet
    receipts_lost = "receipts_lost"          # a town whose telephones give no receipts
    person_capped = "person_capped"          # somebody got as many texts as one can read
    text_refused = "text_refused"            # a broken text, in whose place a plain one went
    contact_wrong = "contact_wrong"          # "not me", or an address that bounces
    mailbox_unreachable = "mailbox_unreachable"  # replies by e-mail cannot be read
    inbox_waiting = "inbox_waiting"          # answers that only a human can read
    registration_waiting = "registration_waiting"  # a letter nobody has confirmed
    held_too_long = "held_too_long"          # texts an officer holds back
    site_unreachable = "site_unreachable"    # nobody of a site can be reached now
    visit_overdue = "visit_overdue"          # who went to a site has not reported in time
    roster_gap = "roster_gap"                # a rostered post that will be nobody's
    database = "database"                    # the sentinel's word: it has no row


OF_GATEWAYS = (AlarmKind.gateway_refused, AlarmKind.gateway_silent)
"""The kinds whose subject is a gateway that fails."""


@dataclass(frozen=True, slots=True)
class Ring:
    """How a kind rings.

    ``settles``: seen again this soon after its end it is the same alarm, counted and not told
    anew; only then is its end told. ``waits``: by day only (practice.md 5.5), and the leader is
    not called for it. ``desk``: the county's duty desk hears it too. ``back``: its end is told,
    by e-mail, where ``back_sms`` also by SMS.
    """

    settles: timedelta = timedelta(hours=1)
    waits: bool = False
    apart: timedelta = timedelta(0)
    desk: bool = False
    back: bool = True
    back_sms: bool = False


_ALONE = timedelta(0)
_SOON = timedelta(minutes=10)
_HOUR = timedelta(hours=1)

RINGS: Mapping[AlarmKind, Ring] = {
    AlarmKind.feed_stale: Ring(),
    AlarmKind.feed_quarantine: Ring(waits=True, back=False),
    AlarmKind.number_jumped: Ring(_SOON),  # a fault, or the flash flood itself
    AlarmKind.number_stuck: Ring(waits=True, back=False),
    AlarmKind.edition_refused: Ring(),
    AlarmKind.rules_unapproved: Ring(),
    AlarmKind.gateway_refused: Ring(_SOON, back_sms=True),
    AlarmKind.gateway_silent: Ring(_SOON, back_sms=True),
    AlarmKind.judging_failed: Ring(),
    AlarmKind.step_silent: Ring(_SOON, back_sms=True),
    AlarmKind.obligations_overdue: Ring(),
    AlarmKind.reach_unbalanced: Ring(),
    AlarmKind.ledger_unsealed: Ring(),
    AlarmKind.checkpoint_kept: Ring(waits=True),
    AlarmKind.call_pack_unwritten: Ring(),
    AlarmKind.archive_unwritten: Ring(),
    AlarmKind.call_for_help: Ring(_ALONE, desk=True, back=False),
    AlarmKind.foreign_quake: Ring(back=False),
    AlarmKind.receipts_lost: Ring(desk=True),
    AlarmKind.person_capped: Ring(apart=_HOUR, back=False),
    AlarmKind.text_refused: Ring(back=False),
    AlarmKind.contact_wrong: Ring(waits=True, apart=_HOUR, back=False),
    AlarmKind.mailbox_unreachable: Ring(),
    AlarmKind.inbox_waiting: Ring(waits=True, back=False),  # the ladder goes on meanwhile
    AlarmKind.registration_waiting: Ring(back=False),
    AlarmKind.held_too_long: Ring(back=False),
    AlarmKind.site_unreachable: Ring(desk=True),
    AlarmKind.visit_overdue: Ring(desk=True, back=False),
    AlarmKind.roster_gap: Ring(waits=True, back=False),
}
"""The kinds that ring. ``step_silent`` of the watch itself is the sentinel's to tell."""

SENTINELS = (AlarmKind.step_silent, "watch")
"""(kind, subject) that the sentinel tells directly: the steps that would ring are silent."""
