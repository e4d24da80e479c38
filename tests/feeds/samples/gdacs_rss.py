"""GDACS's RSS: an invented earthquake, a cyclone and a drought, behind a byte order mark."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 8, 1, 6, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="gdacs_rss", title=Title(zh="测试", en="Test"), bureau="weather",
    format="gdacs_rss", url="sandbox",
    authority="official", cadence=timedelta(minutes=10), stale=timedelta(hours=2),
    window=timedelta(hours=48))
HEAD = ('<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#" '
        'xmlns:gdacs="http://www.gdacs.org"><channel><title>GDACS</title>'
        "<pubDate>{made}</pubDate>")


def item(kind, number, lat, lon, unit, value, text, name="", more="", guid=""):
    """An event; its title and level are GDACS's own judgement."""
    return (
        f"<item><title>Green alert</title><pubDate>Sat, 01 Aug 2026 00:00:00 GMT</pubDate>"
        f"<gdacs:fromdate>Sat, 01 Aug 2026 00:00:00 GMT</gdacs:fromdate>"
        f"<gdacs:todate>Sat, 01 Aug 2026 00:00:00 GMT</gdacs:todate>"
        f"<guid>{guid or kind + number}</guid><geo:Point><geo:lat>{lat}</geo:lat>"
        f"<geo:long>{lon}</geo:long></geo:Point><gdacs:version>1</gdacs:version>"
        f"<gdacs:eventtype>{kind}</gdacs:eventtype><gdacs:alertlevel>Orange</gdacs:alertlevel>"
        f"<gdacs:eventname>{name}</gdacs:eventname><gdacs:eventid>{number}</gdacs:eventid>"
        f"<gdacs:episodeid>7</gdacs:episodeid><gdacs:country>Nowhere</gdacs:country>"
        f'<gdacs:severity unit="{unit}" value="{value}">{text}</gdacs:severity>{more}</item>')


QUAKE = item("EQ", "9000001", "22.1", "112.5", "M", "5.5", "Magnitude 5.5M, Depth:10km")
STORM = item("TC", "9000002", "20.5", "115.0", "km/h", "176.0",
             "Tropical Storm (maximum wind speed of 111 km/h)", "INVENTED-26")
DROUGHT = item("DR", "9000003", "0", "0", "", "3", "Medium impact")


def channel(*items, made="Sat, 01 Aug 2026 06:00:00 GMT"):
    """The payload of a list."""
    return ("\ufeff" + HEAD.format(made=made) + "".join(items) + "</channel></rss>").encode()


SAMPLE = channel(QUAKE, STORM, DROUGHT)
