"""Warnings of weather.com.cn: the list of all in force, and the page of one.

List: https://forecast.weather.com.cn/api/v1/traffic/alarm/alarmMap, rows by position: place, file,
longitude, latitude, identifier, the one it refers to, title, outline. Page:
``/alarm/webdata/<file>`` of product.weather.com.cn, JavaScript ``var alarminfo={…}`` with
``RELIEVETIME``, the end. Times are Beijing's. Undocumented, without open terms. Identifiers are
CMA's; a row that leaves the list has lapsed. ``UNDERWRITER`` (a forecaster) is never read.
"""

from __future__ import annotations

import re
from datetime import datetime

from fenghuo.documents.decoding import text_of
from fenghuo.feeds import cma_titles, strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.event_codes import NATIONAL, event_of, find
from fenghuo.feeds.fields import Faulty, Fields, is_id
from fenghuo.feeds.formats.cap_words import MESSAGES, colour_of, ends, is_drill, issuer_of
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.signal_rows import (
    BEIJING,
    districts_of,
    newest,
    records,
    while_listed,
    within_a_year,
)
from fenghuo.observations.records import EventRecord, SignalAttributes
from fenghuo.words import EventKind, EventStatus, Refused

_PAGE = re.compile(r"\s*var\s+alarminfo\s*=\s*(\{.*\})\s*;?\s*", re.DOTALL)
_FILE = re.compile(r"\d{5,12}-(\d{14})-(\d{4})\.html", re.ASCII)
_ROW = ("place", "file", "longitude", "latitude", "identifier", "references", "title")
_LONGEST = 20_000


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the list or a page. Raises Refused when it is neither."""
    text = text_of(config.name, body, config.encoding)
    page = _PAGE.fullmatch(text)
    answer, suspect = strict_json.loads(config.name, page[1] if page else text)
    if page:
        found, refusals = records(config, [answer], "alarminfo", suspect,
                                  lambda row: _page(row, config, received))
        if refusals:
            raise Refused(refusals)
        return Parsed(events=found, as_of=newest(found))
    try:
        fields = Fields.of(answer)
        if fields.values.get("status") != "success":
            raise fields.fault("status", "'success'")
        rows = fields.inner("result").rows("data")
    except Faulty as faulty:
        raise Refused([faulty.refusal(config.name, "")]) from None
    named = [dict(zip(_ROW, row, strict=False)) if isinstance(row, list) else row for row in rows]
    found, refusals = records(config, named, "data", suspect,
                              lambda row: _listed(row, config, received))
    names = (row.get("identifier") for row in named if isinstance(row, dict))
    return Parsed(events=found, as_of=newest(found), refusals=refusals,
                  present=frozenset(filter(is_id, names)))


def _listed(row: Fields, config: FeedConfig, received: datetime) -> EventRecord:
    file = _FILE.fullmatch(row.text("file"))
    if file is None:
        raise row.fault("file", "station-yyyymmddHHMMSS-code.html")
    at = file[1]
    stamp = Fields({"file": f"{at[:8]}T{at[8:10]}:{at[10:12]}:{at[12:]}"})
    issued = row.past("file", stamp.instant("file", BEIJING), received)
    return _record(row, row.text("title"), file[2], issued, issued,
                   while_listed(issued, received, config.lifetime), row.text("place"))


def _page(row: Fields, config: FeedConfig, received: datetime) -> EventRecord:
    issued = row.past("ISSUETIME", row.instant("ISSUETIME", BEIJING), received)
    end = within_a_year(row, "RELIEVETIME", row.instant("RELIEVETIME", BEIJING), issued) \
        if row.has("RELIEVETIME") else while_listed(issued, received, config.lifetime)
    content = row.text("ISSUECONTENT", optional=True, longest=_LONGEST)
    issuer = issuer_of(content.partition("：")[0]) or row.text("STATIONNAME")
    code = row.text("TYPECODE") + row.text("LEVELCODE")
    record = _record(row, row.text("head"), code, issued, issued, end, issuer, content,
                     row.text("msgType"))
    if end <= issued and record.status is EventStatus.actual:
        raise row.fault("RELIEVETIME", "an end after its issue")
    return record


def _record(row: Fields, title: str, code: str, issued: datetime, onset: datetime, end: datetime,
            issuer: str, content: str = "", message: str = "Alert") -> EventRecord:
    if message not in MESSAGES:
        raise row.fault("msgType", f"one of {', '.join(MESSAGES)}")
    name = row.id("identifier")
    try:
        ended, level, kind = ends(title), colour_of(title), cma_titles.kind_of(title)
    except ValueError as error:
        raise Faulty("title", title, f"one meaning: {error}") from None
    ended = ended or message == "Cancel"
    known = find("weathercn", code)
    if (level is None and not ended) or (known is not None and level not in (None, known.level)):
        raise Faulty("title", f"{title} beside {code}", "a title that names the code's colour")
    national, hazard = event_of(kind)
    others = row.text("references", optional=True).replace(",", " ").split()
    return EventRecord(
        kind=EventKind.signal, external_id=name,
        status=EventStatus.exercise if is_drill(title, content) else
        EventStatus.cancelled if ended else EventStatus.actual,
        issued=issued, onset=onset, expires=end,
        supersedes=tuple(dict.fromkeys(one for one in others if one != name)),
        attributes=SignalAttributes(
            identifier=name, hazard=hazard, event_name=kind,
            event_code=national or code, scheme=NATIONAL if national else "weathercn",
            level=level, issuer=issuer, message_type="Cancel" if ended else message,
            headline=title, description=content, instruction="", districts=districts_of(name)))
