"""The ladder: who is told next when somebody has not answered."""

from fenghuo.escalation.climbing import climb, next_due

__all__ = ["climb", "next_due"]
