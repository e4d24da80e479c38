"""Warnings of one country as MeteoAlarm lists them: CAP written as JSON.

Source: https://feeds.meteoalarm.org/api/v1/warnings/feeds-<country>; attribution with the time of
issue. Each warning is read as the CAP document it is (see ``cap``): the colour stands in the
parameter ``awareness_level``, the kind in ``awareness_type``, the area in EMMA_ID geocodes, which
``districts`` turns into ours. A warning that leaves the list has lapsed; a green one says that
there is nothing to warn of and is passed over.
"""

from __future__ import annotations

import re
from datetime import datetime

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields, is_id
from fenghuo.feeds.formats.cap_record import record_of
from fenghuo.feeds.formats.cap_words import NO_WARNING, read_best
from fenghuo.feeds.nodes import Node
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.signal_rows import newest, records
from fenghuo.observations.records import EventRecord
from fenghuo.words import Refused

_ALERT = ("identifier", "sender", "sent", "status", "msgType", "scope", "restriction", "references")
_INFO = ("language", "category", "event", "responseType", "urgency", "severity", "certainty",
         "effective", "onset", "expires", "headline", "description", "instruction")
_TIMES = ("sent", "effective", "onset", "expires")
_AREA = ("polygon", "circle")
_PAIRS = ("eventCode", "parameter")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML may hold."""


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a country's warnings. Raises Refused when it is no list of them."""
    answer, suspect = strict_json.read(body, config)
    try:
        rows = Fields.of(answer, "answer").rows("warnings")
    except Faulty as faulty:
        raise Refused([faulty.refusal(config.name, "")]) from None
    found, refusals = records(config, rows, "warnings", suspect,
                              lambda row: _record(row, config, received))
    names = {row["alert"].get("identifier") for row in rows
             if isinstance(row, dict) and isinstance(row.get("alert"), dict)}
    passed = [refusal for refusal in refusals if refusal.expected == NO_WARNING]
    refusals = [refusal for refusal in refusals if refusal.expected != NO_WARNING]
    return Parsed(events=found, as_of=newest(found), refusals=refusals, passed=passed,
                  present=frozenset(filter(is_id, names)))


def _record(row: Fields, config: FeedConfig, received: datetime) -> EventRecord:
    alert = row.inner("alert")
    made = Node()
    _write(made, alert, _ALERT)
    infos = [Fields.of(each, f"{alert.place}.info[{index}]")
             for index, each in enumerate(alert.rows("info"))]
    languages = [said.text("language", optional=True).lower() for said in infos]
    best = read_best(languages) if infos else ""
    for said in (one for one, language in zip(infos, languages, strict=True) if language == best):
        info = made.add("info", Node())
        _write(info, said, _INFO)
        _pairs(info, said, _PAIRS)
        for number, one in enumerate(said.rows("area") if said.has("area") else []):
            place = Fields.of(one, f"{said.place}.area[{number}]")
            area = info.add("area", Node())
            _write(area, place, _AREA)
            _pairs(area, place, ("geocode",))
    return record_of(made, config, received)


def _write(node: Node, said: Fields, names: tuple[str, ...]) -> None:
    """Fields of a text, or of a list of texts, as parts."""
    for name in names:
        value = said.values.get(name)
        for one in value if isinstance(value, list) else [] if value is None else [value]:
            if not isinstance(one, str):
                raise said.fault(name, "a text")
            if _CONTROL.search(one):
                raise said.fault(name, "a text without control characters")
            if name in _TIMES and one.endswith("Z"):  # an instant of JSON, written as CAP has it
                one = f"{one[:-1]}-00:00"
            node.add(name, Node(one.strip()))


def _pairs(node: Node, said: Fields, names: tuple[str, ...]) -> None:
    """Lists of ``valueName`` and ``value`` as parts."""
    for name in names:
        for one in said.rows(name) if said.has(name) else []:
            _write(node.add(name, Node()), Fields.of(one, said.at(name)), ("valueName", "value"))
