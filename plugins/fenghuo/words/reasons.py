"""The closed list of reasons: why somebody was told or not, a message sent or dropped."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Every decision to tell or not to tell, to open or to close, carries one of these."""

    # told
    first = "first"
    upgraded = "upgraded"
    downgraded = "downgraded"
    entered_area = "entered_area"
    left_area = "left_area"
    ended = "ended"
    corrected = "corrected"
    rung = "rung"
    rung_again = "rung_again"              # the call before was in vain: the same is placed again
    report_owed = "report_owed"            # the one reminder of a measure nobody reported
    visit = "visit"                        # nothing reached them: somebody must go there
    report_overdue = "report_overdue"      # and its county, when that was in vain
    bundle = "bundle"                      # several hazards in one text
    released = "released"                  # its waiting time is over
    second_channel = "second_channel"
    drill = "drill"
    asked = "asked"                        # an answer of ours to what somebody wrote
    alarm = "alarm"
    witnessed = "witnessed"                # the ledger's signed head, to whoever keeps it
    # not told
    no_rule = "no_rule"
    no_release = "no_release"
    no_site = "no_site"
    below_threshold = "below_threshold"
    digest = "digest"
    offices_only = "offices_only"          # this tier tells duty desks, not the sites
    area_unchanged = "area_unchanged"
    same_level = "same_level"
    foreign_waits = "foreign_waits"
    foreign_below_vi = "foreign_below_vi"
    other_agency = "other_agency"          # of several tracks of one cyclone another is judged
    other_averaging = "other_averaging"    # a cyclone's winds are means over another time
    official_in_force = "official_in_force"
    covered = "covered"                    # a graver warning of another hazard says it
    bundled = "bundled"                    # went out in a bundle
    waits_for_bundle = "waits_for_bundle"
    quiet_hours = "quiet_hours"
    capped = "capped"
    held_by_officer = "held_by_officer"
    awaits_approval = "awaits_approval"    # our own finding's highest tier asks a human first
    approval_asked = "approval_asked"
    approved = "approved"
    approval_refused = "approval_refused"
    else_after = "else_after"              # nobody gave his word in time
    corroborated = "corroborated"          # a second source says the same: no word is needed
    drill_aborted = "drill_aborted"
    receipts_lost = "receipts_lost"        # the town's network is down: calling on is in vain
    unknown = "unknown"
    doubted = "doubted"                    # a gauge's newest number is: unknown till a second word
    unconfirmed = "unconfirmed"            # one gauge's one reading is no orange or red
    not_actual = "not_actual"
    post_vacant = "post_vacant"
    no_address = "no_address"
    agreement_unsigned = "agreement_unsigned"
    already_told = "already_told"
    # outbox
    superseded = "superseded"
    answered = "answered"
    expired = "expired"
    gateway_rejected = "gateway_rejected"
    bad_address = "bad_address"            # a number or mailbox that does not exist
    opted_out = "opted_out"                # its owner told the provider to send nothing more
    opted_in = "opted_in"                  # and takes it back: START, 恢复订阅
    handset_off = "handset_off"            # switched off, out of reach, or blocked by its carrier
    gateway_ambiguous = "gateway_ambiguous"
    found_at_gateway = "found_at_gateway"
    lease_expired = "lease_expired"
    sender_gone = "sender_gone"            # its process ended in the middle
    text_refused = "text_refused"
    # answers
    answer_accepted = "answer_accepted"
    unknown_number = "unknown_number"
    wrong_code = "wrong_code"
    unclear = "unclear"
    replayed = "replayed"
    nothing_open = "nothing_open"
    not_me = "not_me"
    shut = "shut"
    probable = "probable"                  # a valid code from an unknown number
    accepted_by_hand = "accepted_by_hand"
    which_site = "which_site"
    out_of_office = "out_of_office"
    bounced = "bounced"
    acknowledged = "acknowledged"
    # ladder
    rung_in_vain = "rung_in_vain"          # the last ring of a rung got no key
    passed_on = "passed_on"                # the next call, ours or a human's, is due: no more rings
    no_channel = "no_channel"
    ladder_exhausted = "ladder_exhausted"
    warning_closed = "warning_closed"
    never_reached = "never_reached"        # the same, and nothing had reached them
