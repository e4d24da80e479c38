"""Replacing single values in a YAML file, every other byte left as it was written.

Comments, order, quotes and flow style stay because nothing is written anew: the characters of
the value are cut out at its mark and others put in their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from fenghuo.documents.text import shown
from fenghuo.documents.yaml import Document, Path, parse
from fenghuo.words import Refusal, Refused

_BOM = "\ufeff"


def replaced(source: str, content: bytes, values: Mapping[Path, str]) -> bytes:
    """The file with other values at these paths, each the path of a written value.

    Raises Refused with every path that has none, with a value that is not written as it reads
    (escapes, folded lines), or if the new text would say anything else besides.
    """
    document = parse(source, content)
    text = content.decode("utf-8").removeprefix(_BOM)
    starts = _line_starts(text)
    refusals: list[Refusal] = []
    cuts: list[tuple[int, int, str]] = []
    for path, value in values.items():
        old = document.at(path)
        if not isinstance(old, str) or path not in document.marks:
            refusals.append(document.refusal(path, "no value here", "the path of a written value"))
            continue
        line, column = document.marks[path]
        at = starts[line - 1] + column - 1
        at += text[at:at + 1] in ("'", '"')
        if text[at:at + len(old)] != old:
            refusals.append(document.refusal(path, shown(old), "a value on one line, no escapes"))
        cuts.append((at, at + len(old), value))
    if refusals:
        raise Refused(refusals)
    for start, end, value in sorted(cuts, reverse=True):
        text = text[:start] + value + text[end:]
    made = (_BOM if content.startswith(_BOM.encode()) else "") + text
    _hold(document, made.encode(), values)
    return made.encode()


def _line_starts(text: str) -> list[int]:
    """Where each line begins, lines ending as YAML's do: at LF, CR LF or CR."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def _hold(document: Document, made: bytes, values: Mapping[Path, str]) -> None:
    """Refuse a value that would be read as more than itself: a comment, a comma, a key."""
    expected = deepcopy(document.value)
    for path, value in values.items():
        parent: Any = expected
        for part in path[:-1]:
            parent = parent[part]
        parent[path[-1]] = value
    if parse(document.source, made).value != expected:
        raise Refused([document.refusal(path, shown(value), "a plain value")
                       for path, value in values.items()])
