"""The ladder: who is told next when somebody has not answered; what follows an answer, or none at
all; and the bell of the alarms."""

from fenghuo.escalation.climbing import climb, next_due
from fenghuo.escalation.closing import close_superseded
from fenghuo.escalation.following import follow, next_to_follow
from fenghuo.escalation.ringing import next_ring, ring

__all__ = ["climb", "close_superseded", "follow", "next_due", "next_ring", "next_to_follow", "ring"]
