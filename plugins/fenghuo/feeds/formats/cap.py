"""A file of CAP alerts: one document, or several wrapped in another (EDXL-DE, FEMA's ``alerts``).

Standard: https://docs.oasis-open.org/emergency/cap/v1.2/CAP-v1.2-os.html; how each is read is said
in ``cap_record``. A document alone that is refused refuses the file; of several only itself;
of two with one identifier the newest counts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lxml import etree

from fenghuo.feeds import safe_xml
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.formats.cap_record import record_of
from fenghuo.feeds.formats.cap_shapes import BLOCKS, LISTS
from fenghuo.feeds.formats.cap_words import NO_WARNING
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.signal_rows import newest
from fenghuo.observations.records import EventRecord
from fenghuo.words import Refusal, Refused

NAMESPACES = ("http://www.incident.com/cap/1.0", "urn:oasis:names:tc:emergency:cap:1.1",
              "urn:oasis:names:tc:emergency:cap:1.2")


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read its alerts. Raises Refused where it holds none, or one alone that cannot be read."""
    root = safe_xml.parse(config.name, body, config.encoding)
    alerts = [root] if _is_alert(root) else [
        each for each in root.iter(etree.Element) if _is_alert(each)]
    if not alerts:
        space = etree.QName(root).namespace
        raise Refused([Refusal(config.name, "1:1", f"<{safe_xml.name_of(root)}> of {space}",
                               "<alert> of CAP 1.0, 1.1 or 1.2")])
    found: dict[str, EventRecord] = {}
    refusals: list[Refusal] = []
    passed: list[Refusal] = []
    for alert in alerts:
        try:
            record = record_of(_said(alert), config, received)
        except Refused as refused:
            if all(each.expected == NO_WARNING for each in refused.refusals):
                passed += refused.refusals
            elif alert is root:
                raise
            else:
                refusals += refused.refusals
            continue
        found[record.external_id] = max(found.get(record.external_id, record), record,
                                        key=lambda one: one.issued)
    return Parsed(events=list(found.values()), as_of=newest(found.values()), refusals=refusals,
                  passed=passed)


def _is_alert(element: etree._Element) -> bool:
    return safe_xml.name_of(element) == "alert" and etree.QName(element).namespace in NAMESPACES


def _said(element: etree._Element) -> dict[str, Any]:
    """An element as JSON says it: trimmed texts, lists where there may be several; also of what
    may stand once and stands there with two meanings."""
    found: dict[str, list[Any]] = {}
    for child in element:
        name = safe_xml.name_of(child)
        found.setdefault(name, []).append(
            _said(child) if name in BLOCKS else (child.text or "").strip())
    return {name: said if name in LISTS or len(set(said)) > 1 else said[0]
            for name, said in found.items()}
