"""A zip of CAP documents in DWD's form: two invented warnings, one with a hole."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 6, 8, 4, 10, tzinfo=UTC)
CONFIG = FeedConfig(
    name="dwd_zip", title=Title(zh="测试", en="Test"), bureau="weather", format="dwd_zip",
    url="sandbox", authority="official", cadence=timedelta(minutes=5),
    stale=timedelta(minutes=30), window=timedelta(days=2))
HOLE = "51.4,10.4 51.4,10.6 51.6,10.6 51.6,10.4 51.4,10.4"


def document(name, colour="251 140 0", hole=HOLE, sent="2026-06-08T05:55:00+02:00",
             response="Prepare"):
    """One warning, in German and in English."""
    blocks = "".join(
        f"<info><language>{language}</language><category>Met</category><event>rain</event>"
        f"<responseType>{response}</responseType><urgency>Immediate</urgency>"
        "<severity>Moderate</severity><certainty>Likely</certainty>"
        "<eventCode><valueName>II</valueName><value>61</value></eventCode>"
        f"<eventCode><valueName>AREA_COLOR</valueName><value>{colour}</value></eventCode>"
        "<expires>2026-06-08T18:00:00+02:00</expires><senderName>Jane Invented</senderName>"
        f"<headline>{language} WARNING of RAIN</headline><area><areaDesc>A</areaDesc>"
        "<polygon>51.0,10.0 51.0,11.0 52.0,11.0 52.0,10.0 51.0,10.0</polygon>"
        f"<geocode><valueName>EXCLUDE_POLYGON</valueName><value>{hole}</value></geocode>"
        "<altitude>3280.8399</altitude><ceiling>9842.5197</ceiling></area></info>"
        for language in ("de-DE", "en"))
    return (f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{name}</identifier>'
            f"<sender>warn@met.example</sender><sent>{sent}</sent><status>Actual</status>"
            f"<msgType>Alert</msgType><scope>Public</scope>{blocks}</alert>").encode()


def packed(**files):
    """A zip of files by name, ``.xml`` added."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.xml", content)
    return body.getvalue()


SAMPLE = packed(a1=document("a1"), a2=document("a2", "255 235 59", response="AllClear"))
