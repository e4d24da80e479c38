"""Reading an edition: every file, all faults of all files at once, then file against file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from fenghuo import agreements, contacts
from fenghuo.agreements import return_levels
from fenghuo.agreements.reading import FOLDER, STATIONS
from fenghuo.agreements.schema import Agreement
from fenghuo.channels import config as gateways
from fenghuo.channels.config import GatewayConfig
from fenghuo.contacts import Contacts
from fenghuo.contacts.reading import COLUMNS as CONTACTS
from fenghuo.documents.text import decode
from fenghuo.editions import robots_crossing
from fenghuo.editions.crossing import crossed
from fenghuo.feeds import config
from fenghuo.feeds.config import FeedConfig
from fenghuo.notices import filings, measures, texts
from fenghuo.notices.measures import Measures
from fenghuo.words import Refusal, Refused

Read = TypeVar("Read")


@dataclass(frozen=True)
class Edition:
    """One edition, immutable. ``messages`` are template sources by path (``rules/messages/…``)."""

    digest: str
    agreements: tuple[Agreement, ...]
    feeds: dict[str, FeedConfig]
    stations: pd.DataFrame
    contacts: Contacts
    messages: dict[str, str]
    measures: Measures
    filings: pd.DataFrame
    gateways: dict[str, GatewayConfig]


def read(files: dict[str, bytes], digest: str) -> Edition:
    """The edition that these files make. Raises Refused with every fault of every file."""
    edition, refusals = examined(files, digest)
    if edition is None or refusals:
        raise Refused(refusals)
    return edition


def examined(files: dict[str, bytes], digest: str) -> tuple[Edition | None, list[Refusal]]:
    """The edition that these files would make, and every fault that speaks against it.

    None where a file cannot be read; the files are held against one another once each can.
    """
    refusals = [Refusal(path, "1:1", "a file nobody reads", "rules/agreements/*.yaml, "
                        "rules/messages/*.j2 or one of " + ", ".join(_NAMED))
                for path in sorted(files) if not _known(path)]
    found_agreements = _part(agreements.read, files, refusals)
    found_feeds = _part(config.read, files, refusals)
    stations = _part(agreements.read_stations, files, refusals)
    found_contacts = _part(contacts.read, files, refusals)
    found_measures = _part(measures.read, files, refusals)
    found_filings = _part(filings.read, files, refusals)
    found_gateways = _part(gateways.read, files, refusals)
    messages = _part(_messages, files, refusals)
    if refusals or found_agreements is None or found_feeds is None or stations is None \
            or found_contacts is None or found_measures is None or messages is None \
            or found_filings is None or found_gateways is None:
        return None, refusals
    edition = Edition(digest, found_agreements, found_feeds, stations, found_contacts, messages,
                      found_measures, found_filings, found_gateways)
    return edition, [
        *crossed(files, edition.agreements, stations, found_contacts, found_measures,
                 found_feeds, found_filings),
        *robots_crossing.refusals(files, edition.agreements, found_contacts, found_gateways),
        *filings.faults(found_filings, texts.of(messages), {
            name: (one.limits.templates, one.limits.value_letters)
            for name, one in found_gateways.items()})]


_NAMED = (config.PATH, STATIONS, return_levels.FILE, measures.FILE, filings.FILE,
          gateways.PATH, *CONTACTS)


def _known(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return (path in _NAMED or (folder + "/" == FOLDER and name.endswith(".yaml"))
            or (folder + "/" == texts.FOLDER and name.endswith(".j2")))


def _part(reader: Callable[[dict[str, bytes]], Read], files: dict[str, bytes],
          refusals: list[Refusal]) -> Read | None:
    try:
        return reader(files)
    except Refused as refused:
        refusals += refused.refusals
        return None


def _messages(files: dict[str, bytes]) -> dict[str, str]:
    refusals: list[Refusal] = []
    found: dict[str, str] = {}
    for path in sorted(files):
        if path.startswith(texts.FOLDER) and path.endswith(".j2"):
            try:
                found[path] = decode(path, files[path])
            except Refused as refused:
                refusals += refused.refusals
    refusals += texts.check(found) if not refusals else []
    if refusals:
        raise Refused(refusals)
    return found
