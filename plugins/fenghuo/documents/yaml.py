"""Strict YAML: read event by event, strings only, typed by a pydantic model.

YAML's own typing would make ``11E02`` a number and ``NO`` false, so no scalar is ever
resolved; the model types it. Refused: tags, anchors, aliases, merge keys, duplicate keys,
several documents, characters nobody can see (also written as escapes), files that nest too deep
or are too large. Format: https://yaml.org/spec/1.2.2/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from fenghuo.documents.fields import fields_at
from fenghuo.documents.nearest import NoSuchName, guided
from fenghuo.documents.text import decode, shown
from fenghuo.documents.yaml_events import Path as Path
from fenghuo.documents.yaml_events import Place, Reader
from fenghuo.words import Refusal, Refused

SIZE_CAP = 1024 * 1024
_LONGEST = 60
"""Characters of a name, and names of a mapping, that an error prints."""

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
        return f"{line}:{column} {'.'.join(str(part)[:_LONGEST] for part in path)}".rstrip()

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
    reader = Reader(source, YAML(typ="safe", pure=True).parse(text))
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
        return f"a mapping of {', '.join(value)[:_LONGEST] or 'nothing'}"
    return f"a list of {len(value)}" if isinstance(value, list) else "nothing"


def _marked(source: str, error: MarkedYAMLError) -> Refusal:
    mark = error.problem_mark or error.context_mark
    place = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
    return Refusal(source, place, str(error.problem or error.context), "readable YAML")
