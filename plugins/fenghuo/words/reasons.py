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
    # not told
    no_rule = "no_rule"
    no_release = "no_release"
    no_site = "no_site"
    below_threshold = "below_threshold"
    digest = "digest"
    area_unchanged = "area_unchanged"
    same_level = "same_level"
    foreign_waits = "foreign_waits"
    foreign_below_vi = "foreign_below_vi"
    covered_by_official = "covered_by_official"
    unknown = "unknown"
    stale = "stale"
    not_actual = "not_actual"
    post_vacant = "post_vacant"
    no_address = "no_address"
    agreement_unsigned = "agreement_unsigned"
    already_told = "already_told"
    quarantined = "quarantined"
    # outbox
    superseded = "superseded"
    answered = "answered"
    expired = "expired"
    gateway_rejected = "gateway_rejected"
    gateway_ambiguous = "gateway_ambiguous"
    gateway_unreachable = "gateway_unreachable"
    found_at_gateway = "found_at_gateway"
    lease_expired = "lease_expired"
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
    # ladder
    deadline = "deadline"
    no_channel = "no_channel"
    ladder_exhausted = "ladder_exhausted"
    warning_closed = "warning_closed"
