"""The warnings in force in China as the National Meteorological Centre lists them (findAlarm).

Source: https://www.nmc.cn/rest/findAlarm (``pageSize`` is case sensitive), undocumented. A row
has CMA's identifier, ``issuetime`` in Beijing minutes and a title; kind, level and issuer stand
only in the title. A row that leaves the list has lapsed: the list knows no cancel, though a
title may say 解除. The district is the identifier's. Refused as a whole: a code other than 0.
"""

from __future__ import annotations

from datetime import datetime

from fenghuo.feeds import cma_titles, strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.event_codes import NATIONAL, event_of
from fenghuo.feeds.fields import Faulty, Fields, is_id
from fenghuo.feeds.formats.cap_words import is_drill
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.signal_rows import BEIJING, districts_of, newest, records, while_listed
from fenghuo.observations.records import EventRecord, SignalAttributes
from fenghuo.words import EventKind, EventStatus, Refusal, Refused


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the list and the provinces' own warnings beside it."""
    answer, suspect = strict_json.read(body, config)
    try:
        fields = Fields.of(answer, "answer")
        if fields.values.get("code") != 0:
            raise fields.fault("code", "0: an answer")
        data = fields.inner("data")
        page, rows = data.inner("page"), data.inner("page").rows("list")
        listed = rows + (data.rows("provinceAlarms") if data.has("provinceAlarms") else [])
    except Faulty as faulty:
        raise Refused([faulty.refusal(config.name, "")]) from None
    found, refusals = records(config, listed, "list", suspect,
                              lambda row: _record(row, config, received))
    count = page.values.get("count")
    whole = not isinstance(count, int) or count <= len(rows)
    if not whole:
        refusals.append(Refusal(config.name, "data.page.count", f"{count}, and {len(rows)} rows",
                                "the whole list in one page: a larger pageSize in the address"))
    names = (row.get("alertid") for row in listed if isinstance(row, dict))
    return Parsed(events=found, as_of=newest(found), refusals=refusals,
                  present=frozenset(filter(is_id, names)) if whole else None)


def _record(row: Fields, config: FeedConfig, received: datetime) -> EventRecord:
    name, headline = row.id("alertid"), row.text("title")
    written = Fields({"issuetime": row.text("issuetime").replace("/", "-")})
    issued = row.past("issuetime", written.instant("issuetime", BEIJING), received)
    try:
        title = cma_titles.read(headline)
    except ValueError as error:
        raise row.fault("title", f"one meaning: {error}") from None
    code, hazard = event_of(title.kind)
    status = EventStatus.exercise if is_drill(headline) else (
        EventStatus.cancelled if title.ended else EventStatus.actual)
    return EventRecord(
        kind=EventKind.signal, external_id=name, status=status, issued=issued, onset=issued,
        expires=while_listed(issued, received, config.lifetime),
        attributes=SignalAttributes(
            identifier=name, hazard=hazard, event_name=title.kind, event_code=code,
            scheme=NATIONAL, level=title.level, issuer=title.issuer,
            message_type="Cancel" if title.ended else "Alert", headline=headline, description="",
            instruction="", districts=districts_of(name)))
