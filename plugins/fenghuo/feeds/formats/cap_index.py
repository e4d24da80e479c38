"""Indexes of CAP documents: Atom (RFC 4287) and RSS 2.0, as WMO SWIC serves them.

An index only tells which documents there are; it carries no geocode, so each one is read. The
times of its entries are trusted and, as when it was made, a feed's ``updated`` or a channel's
``pubDate``; ``lastBuildDate`` is not (SWIC's is years old).
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lxml import etree

from fenghuo.feeds import safe_xml
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE, Entry, Parsed
from fenghuo.feeds.safe_xml import children, first
from fenghuo.words import Refusal, Refused

MOST_ENTRIES = 5000


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read an index; its documents, newest first, are in ``entries``. Raises Refused as a whole."""
    root = safe_xml.parse(config.name, body, config.encoding)
    kind = safe_xml.name_of(root)
    if kind == "feed":
        items, written = children(root, "entry"), first(root, "updated")
    elif kind == "rss" and (channels := children(root, "channel")):
        items, written = children(channels[0], "item"), first(channels[0], "pubDate")
    else:
        raise Refused([Refusal(config.name, "1:1", f"<{kind}>", "an Atom <feed> or RSS <rss>")])
    if len(items) > MOST_ENTRIES:
        raise Refused([Refusal(config.name, "entries", str(len(items)),
                               f"at most {MOST_ENTRIES}")])
    found: dict[str, Entry] = {}
    refusals: list[Refusal] = []
    made = _instant(written)
    if made is not None and made > received + FUTURE:
        refusals.append(Refusal(config.name, "updated", made.isoformat(), NO_FUTURE))
        made = None
    for index, item in enumerate(items):
        place = f"entries[{index}]"
        link = _link(item)
        if not link:
            refusals.append(Refusal(config.name, place, "no link", "a link to a CAP document"))
            continue
        at = _instant(first(item, "pubDate") or first(item, "updated") or first(item, "published"))
        if at is not None and at > received + FUTURE:
            refusals.append(Refusal(config.name, place, at.isoformat(), NO_FUTURE))
            continue
        found.setdefault(link, Entry(link, at))
    entries = sorted(found.values(), key=_newest)
    instants = [entry.at for entry in entries if entry.at is not None]
    return Parsed(as_of=max(instants, default=made), made=made, refusals=refusals,
                  entries=tuple(entries))


def _newest(entry: Entry) -> float:
    return -entry.at.timestamp() if entry.at else 0.0


def _link(item: etree._Element) -> str:
    links = children(item, "link")
    plain = next((link.text.strip() for link in links if link.text and link.text.strip()), "")
    if plain:
        return plain
    hrefs = [link for link in links if link.get("href")
             and link.get("rel", "alternate") == "alternate"]
    hrefs.sort(key=lambda link: link.get("type") != "application/cap+xml")
    return str(hrefs[0].get("href")).strip() if hrefs else ""


def _instant(text: str) -> datetime | None:
    """RFC 822 or ISO 8601 with an offset; None for anything else: order only, never validity."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = read(text)
            return at.astimezone(UTC) if at.tzinfo is not None else None
        except (ValueError, TypeError, OverflowError):
            continue
    return None
