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
from itertools import chain
from typing import Any, Literal

from msgspec import Struct

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields, is_id, shown
from fenghuo.feeds.formats.cap_record import record_of
from fenghuo.feeds.formats.cap_words import NO_WARNING, read_best
from fenghuo.feeds.nodes import Node
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.shapes import shaped
from fenghuo.feeds.signal_rows import newest, records
from fenghuo.observations.records import EventRecord
from fenghuo.words import Refused

_Texts = str | list[str] | None


class _Pair(Struct):
    valueName: str | None = None
    value: str | None = None


_Pairs = list[_Pair] | Literal[""] | None


class _Alert(Struct):
    info: list[Any]
    identifier: _Texts = None
    sender: _Texts = None
    sent: _Texts = None
    status: _Texts = None
    msgType: _Texts = None
    scope: _Texts = None
    restriction: _Texts = None
    references: _Texts = None


class _Info(Struct):
    language: _Texts = None
    category: _Texts = None
    event: _Texts = None
    responseType: _Texts = None
    urgency: _Texts = None
    severity: _Texts = None
    certainty: _Texts = None
    effective: _Texts = None
    onset: _Texts = None
    expires: _Texts = None
    headline: _Texts = None
    description: _Texts = None
    instruction: _Texts = None
    eventCode: _Pairs = None
    parameter: _Pairs = None
    area: list[_Area] | Literal[""] | None = None


class _Area(Struct):
    polygon: _Texts = None
    circle: _Texts = None
    geocode: _Pairs = None


_TIMES = ("sent", "effective", "onset", "expires")
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
    said = row.inner("alert")
    alert = shaped(said.values, _Alert, said.place)
    infos = [Fields.of(each, f"{said.place}.info[{index}]")
             for index, each in enumerate(alert.info)]
    languages = [info.text("language", optional=True).lower() for info in infos]
    best = read_best(languages) if infos else ""
    return record_of(_node(alert, said.place, info=[
        _info(shaped(info.values, _Info, info.place), info.place)
        for info, language in zip(infos, languages, strict=True) if language == best]),
        config, received)


def _info(said: _Info, place: str) -> Node:
    return _node(said, place, area=[_node(area, f"{place}.area[{index}]")
                                    for index, area in enumerate(said.area or [])])


def _node(said: Struct, place: str, **parts: list[Node]) -> Node:
    """Its texts and pairs as CAP has them."""
    made = Node(parts=parts)
    for name in said.__struct_fields__:
        value = getattr(said, name)
        if value is None or name in parts:
            continue
        if isinstance(value, str):
            made.words[name] = [value.strip()]
        elif value and isinstance(value[0], _Pair):
            made.pairs[name] = [((one.valueName or "").strip(), (one.value or "").strip())
                                for one in value]
        else:
            made.words[name] = [one.strip() for one in value]
    for name in _TIMES:  # an instant of JSON, written as CAP has it
        if name in made.words:
            made.words[name] = [f"{one[:-1]}-00:00" if one.endswith("Z") else one
                                for one in made.words[name]]
    _without_control(made, place)
    return made


def _without_control(made: Node, place: str) -> None:
    told = [*made.words.items(), *((name, [*chain(*pairs)]) for name, pairs in made.pairs.items())]
    if _CONTROL.search("\n".join([one for _, texts in told for one in texts])):
        name, odd = next((name, one) for name, texts in told for one in texts
                         if _CONTROL.search(one))
        raise Faulty(f"{place}.{name}", shown(odd), "a text without control characters")
