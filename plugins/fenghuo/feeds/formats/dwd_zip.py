"""A zip of CAP documents, as the German Weather Service publishes all that is in force.

Source: https://opendata.dwd.de/weather/alerts/cap/ (GeoNutzV: name the Deutscher Wetterdienst).
Each document is read by ``cap``: ``EXCLUDE_POLYGON`` is a hole, the colour is the map's, altitude
and ceiling (feet) are passed over. Names in the zip are never paths. A document that leaves the
zip has lapsed. Refused as a whole: what is no zip, is encrypted, or unpacks beyond the bounds.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import replace
from datetime import datetime

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.formats import cap
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.signal_rows import newest
from fenghuo.observations.records import EventRecord
from fenghuo.words import Refusal, Refused

MOST_DOCUMENTS = 5000
MOST_BYTES = 8 * 1024 * 1024
"""Of one document; the largest recorded has 0.4 MB."""
MOST_IN_ALL = 256 * 1024 * 1024


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read every document of a zip; a faulty one is refused alone. Raises Refused."""
    try:
        return _read(zipfile.ZipFile(io.BytesIO(body)), config, received)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError,
            UnicodeDecodeError, ValueError) as error:
        raise Refused([Refusal(config.name, "zip", f"{type(error).__name__}: {error}"[:200],
                               "a plain zip of CAP documents")]) from None


def _read(archive: zipfile.ZipFile, config: FeedConfig, received: datetime) -> Parsed:
    members = [one for one in archive.infolist() if not one.is_dir()]
    if len(members) > MOST_DOCUMENTS:
        raise Refused([Refusal(config.name, "zip", f"{len(members)} documents",
                               f"at most {MOST_DOCUMENTS}")])
    found: dict[str, EventRecord] = {}
    refusals: list[Refusal] = []
    passed: list[Refusal] = []
    left = MOST_IN_ALL
    for index, member in enumerate(members):
        with archive.open(member) as file:
            document = file.read(min(MOST_BYTES, left) + 1)
        left -= len(document)
        if len(document) > MOST_BYTES or left < 0:
            raise Refused([Refusal(config.name, f"documents[{index}]", "more than the bounds",
                                   f"at most {MOST_BYTES} bytes, {MOST_IN_ALL} in all")])
        try:
            parsed = cap.parse(document, config, received)
        except Refused as refused:
            parsed = Parsed(refusals=refused.refusals)
        refusals += [replace(each, place=f"documents[{index}].{each.place}")
                     for each in parsed.refusals]
        passed += parsed.passed
        for record in parsed.events:
            before = found.get(record.external_id)
            if before is None or before.issued < record.issued:
                found[record.external_id] = record
    # a document's file bears its identifier: one that was refused is still there
    names = {member.filename.rpartition("/")[2].removesuffix(".xml") for member in members}
    return Parsed(events=list(found.values()), as_of=newest(found.values()), refusals=refusals,
                  passed=passed, present=frozenset(names | found.keys()))
