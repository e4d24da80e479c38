"""Judging: what was received against what was agreed.

The door to this part of the room: events one by one, series and forecasts all at once, and the
decisions of judging. Findings come out; who is reached by them is worked out in ``exposure``.
"""

from fenghuo.agreements.decisions import Decision, record_decisions
from fenghuo.agreements.judge_cyclones import next_look
from fenghuo.agreements.judge_events import judge_event
from fenghuo.agreements.judge_fires import passes
from fenghuo.agreements.judge_forecast import judge_forecast
from fenghuo.agreements.judge_forecast import next_due as next_forecast_due
from fenghuo.agreements.judge_series import judge_series, next_due
from fenghuo.agreements.lowering import touched

__all__ = ["Decision", "judge_event", "judge_forecast", "judge_series", "next_due",
           "next_forecast_due", "next_look", "passes", "record_decisions",
           "touched"]
