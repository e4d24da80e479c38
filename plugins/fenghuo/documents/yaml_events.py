"""YAML event by event: values as strings, and where each stands.

Nothing is ever unfolded or typed: an alias is refused where it stands, a scalar is its text.
Events: https://yaml.org/spec/1.2.2/#31-processes
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

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

from fenghuo.documents.text import hidden_in, name_of, shown
from fenghuo.words import Refusal, Refused

DEPTH_CAP = 24
_LONGEST = 60
"""Characters of an anchor or tag that an error prints."""

Path = tuple[str | int, ...]
Place = tuple[int, int]
"""Line and column, from 1."""


@dataclass(slots=True)
class Reader:
    """Reads one document; ``marks`` and ``keys`` as in ``yaml.Document``."""

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
            self._refuse(event, f"the alias *{str(event.anchor)[:_LONGEST]}", "no aliases")
        elif isinstance(event, NodeEvent) and event.anchor:
            self._refuse(event, f"the anchor &{str(event.anchor)[:_LONGEST]}", "no anchors")
        tag = getattr(event, "ctag", None)
        if tag is not None:
            self._refuse(event, f"the tag {str(tag)[:_LONGEST]}", "no tags")

    def _refuse(self, event: Event, found: str, expected: str) -> None:
        line, column = _at(event)
        self.refusals.append(Refusal(self.source, f"{line}:{column}", found, expected))

    def _stop(self, event: Event, found: str, expected: str) -> None:
        self._refuse(event, found, expected)
        raise Refused(self.refusals)


def _at(event: Event) -> Place:
    return event.start_mark.line + 1, event.start_mark.column + 1
