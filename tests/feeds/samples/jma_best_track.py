"""Two invented storms in best track columns, one with a forecast fix."""

from __future__ import annotations

from datetime import UTC, datetime

from fenghuo.feeds.config import FeedConfig

RECEIVED = datetime(2018, 9, 16, 0, 30, tzinfo=UTC)
CONFIG = FeedConfig.model_validate({
    "name": "jma_best_track", "title": {"zh": "测试", "en": "Test"}, "bureau": "weather",
    "format": "jma_best_track", "url": "sandbox", "authority": "official", "cadence": "10m",
    "stale": "1h", "window": "48h"})


def storm(number, name):
    """One storm: a header and three lines."""
    return (f"66666 {number}  003 0029 {number} 0 6 {name:>20}              20180916\n"
            "18091518 002 5 198 1170  955     080     90120 0120 20350 0240\n"
            "18091600 002 5 206 1153  960     075     90090 0090 20350 0240\n"
            "18091606 00F 5 217 1135  960     075     90090 0090 20350 0210\n")


SAMPLE = (storm("1822", "MANGKHUT") + storm("1823", "BARIJAT")).encode()
