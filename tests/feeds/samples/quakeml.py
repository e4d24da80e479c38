"""QuakeML: an invented quake with two origins, the second preferred."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 6, 8, 4, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="quakeml", title=Title(zh="测试", en="Test"), bureau="seismic", format="quakeml",
    url="sandbox", authority="foreign", wait=timedelta(minutes=5),
    cadence=timedelta(minutes=1), stale=timedelta(minutes=10))


def origin(name="o1", depth="10000", status="reviewed", **texts):
    """One origin; keywords change its values."""
    values = {"time": "2026-06-08T04:00:00.68", "latitude": "22.2", "longitude": "112.3"} | texts
    inner = "".join(f"<{key}><value>{value}</value><uncertainty>1</uncertainty></{key}>"
                    for key, value in (values | {"depth": depth}).items() if value)
    return (f'<origin publicID="{name}">{inner}<evaluationStatus>{status}</evaluationStatus>'
            "<creationInfo><creationTime>2026-06-08T04:09:00</creationTime></creationInfo>"
            "</origin>")


def magnitude(name="m1", value="5.6"):
    """One magnitude."""
    return (f'<magnitude publicID="{name}"><mag><value>{value}</value></mag><type>Mw</type>'
            "</magnitude>")


def event(name="smi:x/y?z=1", inner="", origin="o1", magnitude="m1", kind="earthquake"):
    """One event; the preferred ids may be empty."""
    return (f'<event publicID="{name}"><type>{kind}</type><description><type>region name</type>'
            f"<text>Guangdong</text></description>"
            + (f"<preferredOriginID>{origin}</preferredOriginID>" if origin else "")
            + (f"<preferredMagnitudeID>{magnitude}</preferredMagnitudeID>" if magnitude else "")
            + f"{inner}</event>")


def answer(*found, version="1.2"):
    """The document, in the namespaces of a version."""
    bed = "quakeml/1.0" if version == "1.0" else f"bed/{version}"
    return (f'<?xml version="1.0"?><q:quakeml xmlns:q="http://quakeml.org/xmlns/quakeml/{version}"'
            f' xmlns="http://quakeml.org/xmlns/{bed}"><eventParameters publicID="smi:x">'
            f'{"".join(found)}</eventParameters></q:quakeml>').encode()


SAMPLE = answer(event(inner=origin("o0", "99000", latitude="1") + origin() + magnitude("m0", "3")
                      + magnitude()))
