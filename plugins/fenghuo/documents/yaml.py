"""Strict YAML: read event by event, strings only, typed by a pydantic model.

YAML's own typing would make ``11E02`` a number and ``NO`` false, so no scalar is ever
resolved; the model types it. Refused: tags, anchors, aliases, merge keys, duplicate keys,
several documents, characters nobody can see (also written as escapes), files that nest too deep
or are too large. Format: https://yaml.org/spec/1.2.2/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from fenghuo.documents.fields import fields_at
from fenghuo.documents.nearest import NoSuchName, guided
from fenghuo.documents.text import decode, hidden_in, name_of, shown
from fenghuo.words import Refusal, Refused

SIZE_CAP = 1024 * 1024
DEPTH_CAP = 24

Path = tuple[str | int, ...]
Place = tuple[int, int]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Document:
    """A read file: ``value`` of dicts, lists and strings, not to be changed.

    By path, each a line and column from 1: ``marks`` where a word stands, or the key of a list
    or mapping; ``keys`` where each key stands.
    """

    source: str
    value: Any
    marks: dict[Path, Place]
    keys: dict[Path, Place]

    def refusal(self, path: Path, found: str, expected: str, key: bool = False) -> Refusal:
        """A fault at a path, or of its key; one that is not written stands at its parent."""
        return Refusal(self.source, self.place(path, key), found, expected)

    def place(self, path: Path, key: bool = False) -> str:
        """``line:column field`` of a path, or of its key."""
        known = path
        while known not in self.marks:
            known = known[:-1]
        line, column = self.keys.get(path, self.marks[known]) if key else self.marks[known]
        return f"{line}:{column} {'.'.join(str(part) for part in path)}".rstrip()

    def at(self, path: Path) -> Any:
        """The written value at a path, None where nothing is written."""
        value = self.value
        for part in path:
            if isinstance(value, dict):
                value = value.get(part)
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
            else:
                return None
        return value


@lru_cache(maxsize=64)
def parse(source: str, content: bytes) -> Document:
    """Read one file to plain strings, once a process. Raises Refused with every fault found."""
    text = decode(source, content, SIZE_CAP)
    reader = _Reader(source, YAML(typ="safe", pure=True).parse(text))
    try:
        value = reader.document()
    except MarkedYAMLError as error:
        raise Refused([*reader.refusals, _marked(source, error)]) from None
    except (YAMLError, ValueError, OverflowError) as error:  # an escape of no character
        raise Refused([*reader.refusals, Refusal(
            source, f"{reader.line}:1", type(error).__name__, "readable YAML")]) from None
    if reader.refusals:
        raise Refused(reader.refusals)
    return Document(source, value, reader.marks, reader.keys)


def typed(document: Document, model: type[Model]) -> Model:
    """The document as a model. Raises Refused with every field that does not fit."""
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        raise Refused(list(_refusals(document, model, error))) from None


def model(source: str, content: bytes, model: type[Model]) -> Model:
    """Read and type one file. Raises Refused with every fault of the file."""
    return typed(parse(source, content), model)


@dataclass(slots=True)
class _Reader:
    """Values out of events. Nothing is ever unfolded: an alias is refused where it stands."""

    source: str
    events: Iterator[Event]
    refusals: list[Refusal] = field(default_factory=list)
    marks: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    line: int = 1

    def document(self) -> Any:
        """The one document. Raises Refused at once for what cannot be read on."""
        self._next()  # the stream's start
        if isinstance(self._next(), StreamEndEvent):
            raise Refused([Refusal(self.source, "1:1", "an empty file", "a mapping")])
        value = self._value(self._next(), ())
        self._next()  # the document's end
        after = self._next()
        if isinstance(after, DocumentStartEvent):
            self._stop(after, "a second document", "one document")
        return value

    def _next(self) -> Event:
        event = next(self.events)
        self.line = event.start_mark.line + 1
        return event

    def _value(self, event: Event, path: Path) -> Any:
        self._refuse_features(event)
        self.marks[path] = _at(event)
        if isinstance(event, ScalarEvent):
            return self._word(event)
        if isinstance(event, AliasEvent):
            return ""
        if len(path) >= DEPTH_CAP:
            self._stop(event, "deeper nesting", f"at most {DEPTH_CAP} levels")
        if isinstance(event, SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(event := self._next(), SequenceEndEvent):
                items.append(self._value(event, (*path, len(items))))
            return items
        found: dict[str, Any] = {}
        while not isinstance(key := self._next(), MappingEndEvent):
            self._pair(key, path, found)
        return found

    def _pair(self, key: Event, path: Path, found: dict[str, Any]) -> None:
        name = self._value(key, (*path, -1))  # no item stands there
        inside = (*path, str(name))
        if not isinstance(key, ScalarEvent):
            self._refuse(key, "a key of several parts", "a word as key")
        elif name == "<<":
            self._refuse(key, "the merge key <<", "no merge keys")
        elif name in found:
            self._refuse(key, f"the key {shown(name)} again",
                         f"each key once (first on line {self.keys[inside][0]})")
        self.keys.setdefault(inside, _at(key))
        event = self._next()
        found[str(name)] = self._value(event, inside)
        if not isinstance(event, ScalarEvent) or not (event.value or event.style):
            self.marks[inside] = _at(key)  # nothing written stands where the next thing does

    def _word(self, event: ScalarEvent) -> str:
        word = str(event.value)
        hidden = hidden_in(word.replace("\n", "").replace("\t", ""))
        if hidden is not None:
            self._refuse(event, name_of(hidden), "visible characters only")
        return word

    def _refuse_features(self, event: Event) -> None:
        if isinstance(event, AliasEvent):
            self._refuse(event, f"the alias *{event.anchor}", "no aliases")
        elif isinstance(event, NodeEvent) and event.anchor:
            self._refuse(event, f"the anchor &{event.anchor}", "no anchors")
        tag = getattr(event, "ctag", None)
        if tag is not None:
            self._refuse(event, f"the tag {tag}", "no tags")

    def _refuse(self, event: Event, found: str, expected: str) -> None:
        line, column = _at(event)
        self.refusals.append(Refusal(self.source, f"{line}:{column}", found, expected))

    def _stop(self, event: Event, found: str, expected: str) -> None:
        self._refuse(event, found, expected)
        raise Refused(self.refusals)


def _at(event: Event) -> Place:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _refusals(document: Document, model: type[BaseModel],
              error: ValidationError) -> Iterator[Refusal]:
    faults = error.errors(include_url=False)
    for fault in faults:
        if fault["type"] == "too_short" and any(
                other is not fault and other["loc"][:len(fault["loc"])] == fault["loc"]
                for other in faults):
            continue  # too short only because of the items that are refused themselves
        path = tuple(part for part in fault["loc"] if part != "[key]")
        written, kind = document.at(path), fault["type"]
        key = "[key]" in fault["loc"]
        if kind == "missing":
            yield document.refusal(path, "nothing", "a value")
        elif kind == "extra_forbidden":
            known = fields_at(model, path[:-1])
            yield document.refusal(path, "an unknown field",
                                   guided("no such field", str(path[-1]), known), key=True)
        else:
            word = str(path[-1]) if key else written
            found = shown(word) if isinstance(word, str) else _shape(word)
            yield document.refusal(path, found, guided(_expected(fault), str(word), _known(fault)),
                                   key)


_SHAPES = {"model_type": "a mapping", "dict_type": "a mapping", "tuple_type": "a list",
           "string_type": "a word"}


def _expected(fault: Any) -> str:
    """What a fault says was expected, in words of a file."""
    if fault["type"] == "too_short":
        return f"at least {fault['ctx']['min_length']} item"
    said = str(fault["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    return _SHAPES.get(fault["type"], said)


def _known(fault: Any) -> tuple[str, ...]:
    """The valid names of a fault, where there is a list of them."""
    about = fault.get("ctx", {})
    if isinstance(about.get("error"), NoSuchName):
        return tuple(about["error"].known)
    return tuple(re.findall("'([^']+)'", str(about.get("expected", ""))))


def _shape(value: Any) -> str:
    if isinstance(value, dict):
        return f"a mapping of {', '.join(value) or 'nothing'}"
    return f"a list of {len(value)}" if isinstance(value, list) else "nothing"


def _marked(source: str, error: MarkedYAMLError) -> Refusal:
    mark = error.problem_mark or error.context_mark
    place = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
    return Refusal(source, place, str(error.problem or error.context), "readable YAML")
