"""XML without its dangers: no DOCTYPE, no entities, no network, no endless nesting.

A document type is refused before parsing: entity bombs and external entities need one.
Comments and processing instructions are dropped. https://www.w3.org/TR/xml/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from lxml import etree

from fenghuo.documents.decoding import text_of
from fenghuo.words import Refusal, Refused

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_PROLOG = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")

_OPTIONS: dict[str, Any] = {
    "resolve_entities": False, "no_network": True, "huge_tree": False, "load_dtd": False,
    "dtd_validation": False, "remove_comments": True, "remove_pis": True, "recover": False,
    "encoding": "utf-8"}


def parse(source: str, body: bytes, encoding: str = "utf-8") -> etree._Element:
    """The root of a document. Raises Refused in bounded time for whatever is not plain XML."""
    with _refusing(source):
        return etree.fromstring(_plain(source, body, encoding), etree.XMLParser(**_OPTIONS))


def each(source: str, body: bytes, encoding: str, *names: str) -> Iterator[etree._Element]:
    """Every element of some names, whatever their namespace, each whole and then emptied, so that
    a long document never stands in memory; last the root. Raises Refused as ``parse`` does."""
    with _refusing(source):
        walk = etree.iterparse(BytesIO(_plain(source, body, encoding)),
                               tag=["{*}" + name for name in names], **_OPTIONS)
        for _, element in walk:
            yield element
            element.clear()
        yield walk.root


def _plain(source: str, body: bytes, encoding: str) -> bytes:
    """A document in UTF-8 without its prolog. An entity can only be declared in a DOCTYPE."""
    declared = _DECLARED.match(body.removeprefix(b"\xef\xbb\xbf")[:400])
    text = text_of(source, body, encoding, declared[1].decode() if declared else "")
    position = text.find("<!DOCTYPE")
    if position >= 0:
        raise Refused([Refusal(source, f"{text.count(chr(10), 0, position) + 1}:1",
                               "a document type or entity", "XML without DOCTYPE")])
    return _PROLOG.sub("", text).strip().encode("utf-8")


@contextmanager
def _refusing(source: str) -> Iterator[None]:
    try:
        yield
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise Refused([Refusal(source, f"{line}:{column}", " ".join(str(error.msg).split())[:200],
                               "well-formed XML")]) from None
    except (UnicodeEncodeError, ValueError) as error:
        raise Refused([Refusal(source, "payload", str(error)[:200],
                               "well-formed XML")]) from None


def name_of(element: etree._Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """The direct children of a name, whatever their namespace."""
    return list(element.iterchildren("{*}" + name))


def texts(element: etree._Element, name: str) -> list[str]:
    """The trimmed texts of the direct children of a name."""
    return [(child.text or "").strip() for child in children(element, name)]


def first(element: etree._Element, name: str) -> str:
    """The first such text, empty where there is none."""
    return next(iter(texts(element, name)), "")
