"""File against file: what each may say only because another says it too."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from fenghuo.agreements.reading import STATIONS
from fenghuo.agreements.schema import Agreement
from fenghuo.contacts import Contacts
from fenghuo.contacts.reading import COLUMNS, SITES
from fenghuo.documents import csv
from fenghuo.editions import rules_crossing
from fenghuo.editions.places import documents
from fenghuo.editions.rules_crossing import Fault
from fenghuo.feeds.config import FeedConfig
from fenghuo.notices.filings import FILE as FILINGS
from fenghuo.notices.filings import unapproved
from fenghuo.notices.measures import Measures
from fenghuo.words import Refusal


def crossed(files: dict[str, bytes], agreements: tuple[Agreement, ...], stations: pd.DataFrame,
            contacts: Contacts, measures: Measures,
            feeds: dict[str, FeedConfig], filings: pd.DataFrame) -> list[Refusal]:
    """Every fault between the files of an edition, each of which is good by itself."""
    faults = [*_signed(agreements, filings),
              *rules_crossing.faults(agreements, stations, contacts, measures, feeds)]
    found = documents(files) if faults else {}
    return [*_sites(files, stations, contacts, measures),
            *(found[fault.agreement].refusal(fault.path, fault.found, fault.expected, fault.key)
              for fault in faults)]


def _signed(agreements: tuple[Agreement, ...], filings: pd.DataFrame) -> Iterator[Fault]:
    """Under a signed agreement texts are really sent: each must be approved by a gateway."""
    waiting = unapproved(filings)
    for agreement in agreements:
        if agreement.signed and waiting:
            yield Fault(agreement.agreement, ("signed",), "yes", (
                f"no while {len(waiting)} texts are approved by no SMS gateway ({FILINGS}: "
                f"{', '.join(waiting)})"))


def _sites(files: dict[str, bytes], stations: pd.DataFrame, contacts: Contacts,
           measures: Measures) -> list[Refusal]:
    industries = {industry for industry, _, _ in measures.entries}
    sites = contacts.sites
    unknown = (sites["station"] != "") & ~sites["station"].isin(stations["station"])
    odd = ~sites["industry"].isin(industries)
    if not (unknown.any() or odd.any()):
        return []
    # once more, for the lines
    table = csv.frame(SITES, files[SITES], COLUMNS[SITES], csv.NUMBER.or_empty())
    known = sorted(industries)
    return [*csv.unknown(SITES, table, "station", unknown, stations["station"],
                         f"a station of {STATIONS}"),
            *csv.unknown(SITES, table, "industry", odd, known,
                         f"one of {', '.join(known)} (rules/measures.yaml)")]
