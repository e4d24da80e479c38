"""The life of a draft: its states, and the closed list of how one ends."""

from __future__ import annotations

from enum import StrEnum


class DraftState(StrEnum):
    """拟 → 审 → 签 → in force. Each step by another named person, none skipped."""

    proposed = "proposed"    # its bytes are stored; not checked yet, or with faults or red tests
    checked = "checked"      # no fault, tests green, past effect said
    approved = "approved"    # by a second person
    signed = "signed"        # by a third, where it is less sensitive
    scheduled = "scheduled"  # comes into force at a stated hour
    in_force = "in_force"
    replaced = "replaced"    # another edition of the rules came after it
    returned = "returned"    # taken back: the edition before is in force again
    withdrawn = "withdrawn"
    refused = "refused"


OPEN = (DraftState.proposed, DraftState.checked, DraftState.approved, DraftState.signed,
        DraftState.scheduled)
"""States in which a draft may still come into force."""


class Closing(StrEnum):
    """Why a draft is no longer open, or no longer in force."""

    withdrawn = "withdrawn"    # by whoever proposed it, or any named person
    refused = "refused"        # by a second person who read it
    overtaken = "overtaken"    # other rules came into force since it was proposed
    unreadable = "unreadable"  # does not read with the contacts as they are now
    replaced = "replaced"
    taken_back = "taken_back"


class Needs(StrEnum):
    """What an open draft waits for."""

    check = "check"
    mending = "mending"              # of its faults
    second_person = "second_person"
    signature = "signature"          # a leader's
    hour = "hour"                    # to be set
    due = "due"                      # the hour to come
    thaw = "thaw"                    # the end of orange and red of its hazards


class Would(StrEnum):
    """How a draft in shadow differs from the rules in force in one text."""

    tell = "tell"          # it alone would send it
    not_tell = "not_tell"  # it alone would not
