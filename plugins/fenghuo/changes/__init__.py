"""Change control: how rules come into force, by whose hand, and how they go back.

From the disk (``adopt``), or as a draft: proposed, examined, approved by a second person, signed
where it is less sensitive, in force at a stated hour; beside the rules in force in shadow.
"""

from fenghuo.changes.adopting import adopt
from fenghuo.changes.approving import (
    approve,
    effective,
    override,
    refuse,
    sign,
    waits_for,
    withdraw,
)
from fenghuo.changes.examining import examine
from fenghuo.changes.forcing import due, take_back
from fenghuo.changes.lessening import Less, Lessening
from fenghuo.changes.proposing import propose
from fenghuo.changes.sensitivity import sensitivity
from fenghuo.changes.shadowing import differences, look, shadow, unshadow
from fenghuo.changes.standing import standing
from fenghuo.changes.states import Closing, DraftState, Needs, Would

__all__ = ["Closing", "DraftState", "Less", "Lessening", "Needs", "Would", "adopt", "approve",
           "differences", "due", "effective", "examine", "look", "override", "propose", "refuse",
           "sensitivity", "shadow", "sign", "standing", "take_back", "unshadow", "waits_for",
           "withdraw"]
