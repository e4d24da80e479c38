"""CMA's track of one invented cyclone: two fixes, radii by quarter, its own forecast."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 8, 1, 6, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="nmc_typhoon_track", title=Title(zh="测试", en="Test"), bureau="weather",
    format="nmc_typhoon_track", url="sandbox",
    authority="official", cadence=timedelta(minutes=10), stale=timedelta(hours=2),
    window=timedelta(hours=48))

ROWS = [[12, "202608010600", 113.5, 21.0, 950, 42, "BABJ", "STY"],
        [24, "202608010600", 111.9, 22.0, 980, 30, "BABJ", "STS"]]


def point(hour=6, lon=115.0, lat=20.5, radii=(("30KTS", 400, 350, 250, 300),), ahead=None,
          number=11):
    """A fix of 1 August 2026 by position, longitude first."""
    at = datetime(2026, 8, 1, hour, tzinfo=UTC)
    beijing = at + timedelta(hours=8)
    return [number, f"{at:%Y%m%d%H%M}", int(at.timestamp() * 1000), "TY", lon, lat, 955, 40, "W",
            20, [[*row, number] for row in radii], {"BABJ": ahead} if ahead else None,
            [f"{beijing:%Y%m%d%H%M}", "发布", None, None]]


def view(*points, name="INVENTED", number=2698, state="start"):
    """The payload of a track, wrapped once."""
    storm = [7000002, name, "虚构", number, number, None, None, state, list(points), []]
    value = json.dumps({"typhoon": storm}, ensure_ascii=False)
    return f"typhoon_jsons_view_7000002({value})".encode()


SAMPLE = view(point(3, 115.8, 20.2), point(6, ahead=ROWS))
