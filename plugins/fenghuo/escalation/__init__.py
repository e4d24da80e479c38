"""The ladder: who is told next when somebody has not answered; and the bell of the alarms."""

from fenghuo.escalation.climbing import climb, next_due
from fenghuo.escalation.closing import close_superseded
from fenghuo.escalation.reporting import look as ask_reports
from fenghuo.escalation.reporting import next_due as next_report
from fenghuo.escalation.ringing import next_ring, ring

__all__ = ["ask_reports", "climb", "close_superseded", "next_due", "next_report", "next_ring",
           "ring"]
