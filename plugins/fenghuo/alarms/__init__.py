"""Alarms: something is wrong with the watch itself, and somebody must know in a stated time.

The step itself is ``alarms.watch.watch``, the process beside it ``alarms.sentinel.run``.
"""

from fenghuo.alarms.ages import FeedAge, Watched, feed_ages, heard
from fenghuo.alarms.kinds import OF_GATEWAYS, RINGS, AlarmKind, Ring
from fenghuo.alarms.register import (
    Alarm,
    acknowledge,
    failing_gateways,
    open_alarms,
    raise_alarm,
    recover,
)
from fenghuo.alarms.sentinel import Sentinel

__all__ = ["OF_GATEWAYS", "RINGS", "Alarm", "AlarmKind", "FeedAge", "Ring", "Sentinel", "Watched",
           "acknowledge", "failing_gateways", "feed_ages", "heard", "open_alarms", "raise_alarm",
           "recover"]
