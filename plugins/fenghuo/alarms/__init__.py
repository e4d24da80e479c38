"""Alarms: something is wrong with the watch itself, and somebody must know in a stated time.

The step itself is ``alarms.watch.watch``, the process beside it ``alarms.sentinel.run``.
"""

from fenghuo.alarms.ages import FeedAge, Watched, feed_ages
from fenghuo.alarms.kinds import AlarmKind
from fenghuo.alarms.register import Alarm, open_alarms, raise_alarm, recover
from fenghuo.alarms.sentinel import Sentinel

__all__ = ["Alarm", "AlarmKind", "FeedAge", "Sentinel", "Watched", "feed_ages", "open_alarms",
           "raise_alarm", "recover"]
