"""File against file: what each may say only because another says it too."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fenghuo.agreements.reading import FOLDER, STATIONS
from fenghuo.agreements.schema import Agreement
from fenghuo.contacts import Contacts
from fenghuo.contacts.reading import COLUMNS, SITES
from fenghuo.documents import csv
from fenghuo.notices.measures import Measures
from fenghuo.words import Refusal


def crossed(files: dict[str, bytes], agreements: tuple[Agreement, ...], stations: pd.DataFrame,
            contacts: Contacts, measures: Measures) -> list[Refusal]:
    """Every fault between the files of an edition, each of which is good by itself."""
    return [*_sites(files, stations, contacts, measures), *_windows(agreements, stations)]


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


def _windows(agreements: tuple[Agreement, ...], stations: pd.DataFrame) -> list[Refusal]:
    steps = stations["step_seconds"].to_numpy()
    return [Refusal(f"{FOLDER}{agreement.agreement}.yaml",
                    f"1:1 rules.{rule.id}.tiers.{level}.window", str(spec.window),
                    f"a multiple of every step_seconds of {STATIONS}")
            for agreement in agreements for rule in agreement.rules
            for level, tier in rule.tiers.items() for spec in tier.conditions
            if spec.window and np.any(spec.window.total_seconds() % steps != 0)]
