"""Strict YAML: composed to nodes, strings only, typed by a pydantic model.

YAML's own typing would make ``11E02`` a number and ``NO`` false, so no scalar is ever
resolved; the model types it. Refused: tags, anchors, aliases, merge keys, duplicate keys,
several documents, files that nest too deep or are too large. Format: https://yaml.org/spec/1.2.2/
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from fenghuo.documents.text import decode, shown
from fenghuo.words import Refusal, Refused

SIZE_CAP = 1024 * 1024
DEPTH_CAP = 24

Path = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Document:
    """A read file: ``value`` of dicts, lists and strings; ``marks`` the line and column by path."""

    source: str
    value: Any
    marks: dict[Path, tuple[int, int]]

    def refusal(self, path: Path, found: str, expected: str) -> Refusal:
        """A fault at a path; a path that is not written stands at its nearest parent."""
        known = path
        while known not in self.marks:
            known = known[:-1]
        line, column = self.marks[known]
        field = ".".join(str(part) for part in path)
        return Refusal(self.source, f"{line}:{column} {field}".rstrip(), found, expected)

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


def parse(source: str, content: bytes) -> Document:
    """Read one file to plain strings. Raises Refused with every fault found."""
    text = decode(source, content, SIZE_CAP)
    _refuse_features(source, text)
    try:
        root = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise Refused([_marked(source, error)]) from None
    except (YAMLError, RecursionError) as error:
        raise Refused([Refusal(source, "1:1", type(error).__name__, "readable YAML")]) from None
    if root is None:
        raise Refused([Refusal(source, "1:1", "an empty file", "a mapping")])
    refusals: list[Refusal] = []
    marks: dict[Path, tuple[int, int]] = {}
    value = _plain(source, root, (), marks, refusals)
    if refusals:
        raise Refused(refusals)
    return Document(source, value, marks)


def typed(document: Document, model: type[Model]) -> Model:
    """The document as a model. Raises Refused with every field that does not fit."""
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        raise Refused(list(_refusals(document, error))) from None


def model(source: str, content: bytes, model: type[Model]) -> Model:
    """Read and type one file. Raises Refused with every fault of the file."""
    return typed(parse(source, content), model)


def _refuse_features(source: str, text: str) -> None:
    """Refuse by events, before any node is composed: an anchor bomb never unfolds."""
    refusals: list[Refusal] = []
    reader = YAML(typ="rt", pure=True)
    depth = documents = 0
    try:
        for event in reader.parse(text):
            kind = type(event).__name__
            depth += kind in ("MappingStartEvent", "SequenceStartEvent")
            depth -= kind in ("MappingEndEvent", "SequenceEndEvent")
            documents += kind == "DocumentStartEvent"
            place = f"{event.start_mark.line + 1}:{event.start_mark.column + 1}"
            if depth > DEPTH_CAP:
                raise Refused([Refusal(source, place, "deeper nesting",
                                       f"at most {DEPTH_CAP} levels")])
            if documents > 1:
                raise Refused([Refusal(source, place, "a second document", "one document")])
            if isinstance(event, AliasEvent):
                refusals.append(Refusal(source, place, f"the alias *{event.anchor}", "no aliases"))
            elif isinstance(event, NodeEvent) and event.anchor:
                refusals.append(Refusal(source, place, f"the anchor &{event.anchor}", "no anchors"))
            if getattr(event, "ctag", None) is not None:
                refusals.append(Refusal(source, place, f"the tag {event.ctag}", "no tags"))
    except MarkedYAMLError as error:
        raise Refused([*refusals, _marked(source, error)]) from None
    except (YAMLError, RecursionError) as error:
        raise Refused([*refusals, Refusal(source, "1:1", type(error).__name__,
                                          "readable YAML")]) from None
    if refusals:
        raise Refused(refusals)


def _plain(source: str, node: Node, path: Path, marks: dict[Path, tuple[int, int]],
           refusals: list[Refusal]) -> Any:
    marks[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, ScalarNode):
        return str(node.value)
    if isinstance(node, SequenceNode):
        return [_plain(source, item, (*path, index), marks, refusals)
                for index, item in enumerate(node.value)]
    assert isinstance(node, MappingNode)
    found: dict[str, Any] = {}
    for key, value in node.value:
        place = f"{key.start_mark.line + 1}:{key.start_mark.column + 1}"
        if not isinstance(key, ScalarNode):
            refusals.append(Refusal(source, place, "a key of several parts", "a word as key"))
        elif key.value == "<<":
            refusals.append(Refusal(source, place, "the merge key <<", "no merge keys"))
        elif key.value in found:
            refusals.append(Refusal(source, place, f"the key {shown(key.value)} again",
                                    f"each key once (first on line "
                                    f"{marks[(*path, str(key.value))][0]})"))
        else:
            name = str(key.value)
            found[name] = _plain(source, value, (*path, name), marks, refusals)
            marks[(*path, name)] = (key.start_mark.line + 1, key.start_mark.column + 1) \
                if not isinstance(value, ScalarNode) else marks[(*path, name)]
    return found


def _refusals(document: Document, error: ValidationError) -> Iterable[Refusal]:
    faults = error.errors(include_url=False)
    for fault in faults:
        if fault["type"] == "too_short" and any(
                other["loc"][:-1] == fault["loc"] for other in faults):
            continue  # too short only because of the items that are refused themselves
        path = tuple(part for part in fault["loc"] if part != "[key]")
        written = document.at(path)
        kind = fault["type"]
        if kind == "missing":
            yield document.refusal(path, "nothing", "a value")
        elif kind == "extra_forbidden":
            yield document.refusal(path, "an unknown field", "no such field")
        else:
            found = shown(written) if isinstance(written, str) else _shape(written)
            expected = fault["msg"].removeprefix("Value error, ")
            yield document.refusal(path, found, expected.removeprefix("Input should be "))


def _shape(value: Any) -> str:
    if isinstance(value, dict):
        return f"a mapping of {', '.join(value) or 'nothing'}"
    return f"a list of {len(value)}" if isinstance(value, list) else "nothing"


def _marked(source: str, error: MarkedYAMLError) -> Refusal:
    mark = error.problem_mark or error.context_mark
    place = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
    return Refusal(source, place, str(error.problem or error.context), "readable YAML")
