"""A document as names and texts, whether it was written as XML or as JSON.

Looked at by name again and again: an element of lxml looks through all its children each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from fenghuo.feeds.safe_xml import name_of


@dataclass(slots=True, eq=False)
class Node:
    """What stands under a name: its trimmed text, and its parts by their names."""

    text: str = ""
    parts: dict[str, list[Node]] = field(default_factory=dict)

    def add(self, name: str, part: Node) -> Node:
        """One more part, handed back."""
        self.parts.setdefault(name, []).append(part)
        return part


def node_of(element: etree._Element) -> Node:
    """An element and all within it, without their namespaces."""
    node = Node((element.text or "").strip())
    for child in element:
        node.add(name_of(child), node_of(child))
    return node


def children(node: Node, name: str) -> Sequence[Node]:
    """The parts of a name."""
    return node.parts.get(name, ())


def texts(node: Node, name: str) -> list[str]:
    """Their texts."""
    return [part.text for part in node.parts.get(name, ())]


def first(node: Node, name: str) -> str:
    """The first such text, empty where there is none."""
    found = node.parts.get(name)
    return found[0].text if found else ""


def named(node: Node, name: str) -> dict[str, str]:
    """The values of the pairs of a name by their names in small letters, the first of each."""
    found: dict[str, str] = {}
    for pair in children(node, name):
        found.setdefault(first(pair, "valueName").lower(), first(pair, "value"))
    return found
