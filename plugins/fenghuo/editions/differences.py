"""What changed between two editions: agreements rule by rule, then feeds, measures, stations,
filings, texts (a sample before and after) and contacts, of which only counts are said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pandas as pd
from pydantic import BaseModel

from fenghuo.agreements.differences import Difference, changed, compared
from fenghuo.agreements.spoken import spoken
from fenghuo.contacts import Contacts
from fenghuo.editions.reading import Edition
from fenghuo.notices import texts
from fenghuo.notices.filings import Filing
from fenghuo.notices.samples import KINDS, SAMPLES

_COUNTS = {"zh": "新增{added}，删除{removed}，改动{altered}",
           "en": "{added} added, {removed} removed, {altered} changed"}
_NO_SAMPLE = {"zh": "样例文字不变，其余部分有改动",
              "en": "the sample reads the same, other words differ"}
_TABLE_KEYS = {"sites": ["site"], "people": ["person"], "districts": ["code"]}


def differences(old: Edition, new: Edition, language: str) -> list[Difference]:
    """Every change of meaning; none means that both editions do the same."""
    return [*compared(old.agreements, new.agreements, language),
            *_models("feeds", old.feeds, new.feeds, language),
            *_models("gateways", old.gateways, new.gateways, language),
            *_order(old, new),
            *_models("measures", _entries(old), _entries(new), language),
            *_table("stations", ["station"], old.stations, new.stations),
            *_table("filings", ["template", "gateway", "variables"], _filed(old), _filed(new)),
            *_messages(old.messages, new.messages, language),
            *_contacts(old.contacts, new.contacts, language)]


def _entries(edition: Edition) -> dict[str, BaseModel]:
    return {"/".join(key): entry for key, entry in edition.measures.entries.items()}


def _order(old: Edition, new: Edition) -> Iterator[Difference]:
    """Who is tried first: the order of the gateways that both editions have."""
    before = [name for name in old.gateways if name in new.gateways]
    after = [name for name in new.gateways if name in old.gateways]
    if before != after:
        yield Difference("gateways", "order", " ".join(before), " ".join(after))


def _filed(edition: Edition) -> pd.DataFrame:
    """A text that is not filed has a row or none: the same."""
    return edition.filings[edition.filings["status"] != Filing.not_filed.value]


def _models(room: str, old: Mapping[str, BaseModel], new: Mapping[str, BaseModel],
            language: str) -> Iterator[Difference]:
    """Fields of models by name; one that came or went is said as a whole."""
    before = {name: dict(_flat(model, language)) for name, model in old.items()}
    after = {name: dict(_flat(model, language)) for name, model in new.items()}
    for name in dict.fromkeys([*before, *after]):
        if name in before and name in after:
            yield from changed(f"{room}/{name}", before[name], after[name])
        else:
            yield Difference(room, room, name if name in before else "",
                             name if name in after else "")


def _flat(value: Any, language: str, path: str = "") -> Iterator[tuple[str, str]]:
    """What is written below a value by its path, spans in words."""
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in type(value).model_fields}
    if isinstance(value, tuple):
        value = dict(enumerate(value))
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _flat(part, language, f"{path}.{name}".removeprefix("."))
    elif value is not None:
        yield path, (spoken(language).span(value) if isinstance(value, timedelta) else str(value))


def _table(room: str, keys: list[str], old: pd.DataFrame,
           new: pd.DataFrame) -> Iterator[Difference]:
    """Cells of a table by its key; a row that came or went is said as a whole."""
    before, after = _rows(old, keys), _rows(new, keys)
    for key in dict.fromkeys([*before, *after]):
        one, other = before.get(key), after.get(key)
        if one is not None and other is not None:
            yield from changed(f"{room}/{'/'.join(key)}", one, other)
        else:
            yield Difference(room, keys[0], ", ".join((one or {}).values()),
                             ", ".join((other or {}).values()))


def _rows(table: pd.DataFrame, keys: list[str]) -> dict[tuple[str, ...], dict[str, str]]:
    """The cells of a table as text by its key; an empty cell is none."""
    cells = table.astype(object).where(table.notna(), "").to_dict("records")
    return {tuple(str(row[key]) for key in keys):
            {str(name): str(cell) for name, cell in row.items() if str(cell)} for row in cells}


def _messages(old: Mapping[str, str], new: Mapping[str, str],
              language: str) -> Iterator[Difference]:
    for name in SAMPLES:
        for tongue in texts.LANGUAGES:
            path = texts.FOLDER + texts.file_of(name, tongue)
            if texts.alike(name, old.get(path, ""), new.get(path, "")):
                continue
            yield next(_samples(old, new, name, tongue), Difference(
                path, "text", "", "", _NO_SAMPLE[language]))


def _samples(old: Mapping[str, str], new: Mapping[str, str], name: str,
             tongue: str) -> Iterator[Difference]:
    """A sample before and after, for each kind of text that reads differently."""
    place = texts.FOLDER + texts.file_of(name, tongue)
    for kind in (None, *KINDS.get(name, ())):
        given = SAMPLES[name] | SAMPLES["fallback"] | ({"kind": kind} if kind else {})
        one, other = (texts.of(each).render(name, tongue, given) for each in (old, new))
        if one != other:
            yield Difference(place, "text", one, other)


def _contacts(old: Contacts, new: Contacts, language: str) -> Iterator[Difference]:
    """Counts only: who somebody is stays in the contacts."""
    pairs: dict[str, tuple[Mapping[Any, Any], Mapping[Any, Any]]] = {
        name: (_rows(getattr(old, name), keys), _rows(getattr(new, name), keys))
        for name, keys in _TABLE_KEYS.items()}
    pairs["posts"] = _holders(old), _holders(new)
    pairs["roster"] = _shifts(old), _shifts(new)
    for name, (before, after) in pairs.items():
        if before != after:
            both = before.keys() & after.keys()
            yield Difference("contacts", name, "", "", _COUNTS[language].format(
                added=len(after.keys() - both), removed=len(before.keys() - both),
                altered=sum(before[key] != after[key] for key in both)))


def _holders(contacts: Contacts) -> dict[tuple[str, ...], tuple[str, str]]:
    """Who fills a post, and until when; one of several by the day on which it begins and its
    hours."""
    found: dict[tuple[str, ...], tuple[str, str]] = {
        (*key, "", ""): (person, "") for key, person in contacts.posts.items()}
    return found | {(one.place, one.post, one.term.first, one.hours): (one.person, one.term.last)
                    for one in contacts.tenures}


def _shifts(contacts: Contacts) -> dict[tuple[str, str, str], tuple[str, str]]:
    return {(one.place, one.post, one.starts.isoformat()): (one.person, one.ends.isoformat())
            for one in contacts.roster}
