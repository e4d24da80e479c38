"""A document as names and texts, whether it was written as XML or as JSON.

Looked at by name again and again: an element of lxml looks through all its children each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from fenghuo.feeds.safe_xml import name_of

Pair = tuple[str, str]
"""``valueName`` and ``value``, empty where one is missing."""


@dataclass(slots=True, eq=False)
class Node:
    """What stands under a name: trimmed texts, pairs and parts with more in them, by their names.
    A part of an XML document has its text too."""

    words: dict[str, list[str]] = field(default_factory=dict)
    pairs: dict[str, list[Pair]] = field(default_factory=dict)
    parts: dict[str, list[Node]] = field(default_factory=dict)


def node_of(element: etree._Element) -> Node:
    """An element and all within it, without their namespaces."""
    node = Node()
    for child in element:
        name = name_of(child)
        node.words.setdefault(name, []).append((child.text or "").strip())
        if len(child):
            part = node_of(child)
            node.parts.setdefault(name, []).append(part)
            node.pairs.setdefault(name, []).append((first(part, "valueName"), first(part, "value")))
    return node


def children(node: Node, name: str) -> Sequence[Node]:
    """The parts of a name."""
    return node.parts.get(name, ())


def texts(node: Node, name: str) -> Sequence[str]:
    """The texts of a name."""
    return node.words.get(name, ())


def pairs(node: Node, name: str) -> Sequence[Pair]:
    """The pairs of a name."""
    return node.pairs.get(name, ())


def first(node: Node, name: str) -> str:
    """The first text of a name, empty where there is none."""
    found = node.words.get(name)
    return found[0] if found else ""


def named(node: Node, name: str) -> dict[str, str]:
    """The values of the pairs of a name by their names in small letters, the first of each."""
    return {key.lower(): value for key, value in reversed(pairs(node, name))}
