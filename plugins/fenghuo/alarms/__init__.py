"""Alarms: something is wrong with the watch itself, and somebody must know in a stated time.

The step itself is ``alarms.watch.watch``, the process beside it ``alarms.sentinel.run``.
"""

from fenghuo.alarms.ages import FeedAge, Watched, feed_ages, heard
from fenghuo.alarms.kinds import RINGS, AlarmKind, Ring
from fenghuo.alarms.register import Alarm, acknowledge, open_alarms, raise_alarm, recover
from fenghuo.alarms.sentinel import Sentinel

__all__ = ["RINGS", "Alarm", "AlarmKind", "FeedAge", "Ring", "Sentinel", "Watched", "acknowledge",
           "feed_ages", "heard", "open_alarms", "raise_alarm", "recover"]
