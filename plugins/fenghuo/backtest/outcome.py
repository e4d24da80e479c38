"""What an edition would have said over the years, and its figures in plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from fenghuo.backtest.playing import SPANS, TOLD, WARNINGS, Piece
from fenghuo.notices.pacing import NIGHT_BEGINS, NIGHT_ENDS
from fenghuo.words import Channel, Level


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts. ``woken``: people who got an SMS between 22:00 and 07:00, ``nights`` those on
    which anybody did; ``woken_nights`` counts each person once a night."""

    warnings: int
    people: int
    messages: int
    parts: int
    woken: int
    nights: int
    woken_nights: int


@dataclass(frozen=True)
class Outcome:
    """Everything that came of a run; every instant is aware UTC.

    ``told``: one text a row (at, hazard, warning, sites, person, channel, tier rank, kind, SMS
    parts, text, night: its date, none by day). ``warnings``: key, hazard, scope, opened, closed
    (NaT: still in force), state, tier (highest rank), sites, rules. ``spans``: when a rule held
    at a site (rule, hazard, scope, site, tier rank, start, end).
    """

    told: pd.DataFrame
    warnings: pd.DataFrame
    spans: pd.DataFrame

    @classmethod
    def of(cls, pieces: Sequence[Piece], zone: ZoneInfo) -> Outcome:
        """The chapters' pieces put together; a warning's key is its number over all of them."""
        told, warnings = [], []
        before = 0
        for piece in pieces:
            told.append(piece.told.assign(warning=piece.told["warning"].map(
                lambda keys, before=before: tuple(before + key for key in keys))))
            warnings.append(piece.warnings.assign(warning=piece.warnings["warning"] + before))
            before += int(piece.warnings["warning"].max()) if len(piece.warnings) else 0
        texts = _joined(told, TOLD)
        return cls(texts.assign(night=_night(texts, zone)), _joined(warnings, WARNINGS),
                   _joined([piece.spans for piece in pieces], SPANS))

    @cached_property
    def figures(self) -> Figures:
        """The figures of the whole."""
        return figures(self.told, len(self.warnings))

    def table(self, by: str) -> pd.DataFrame:
        """Figures by ``rule``, ``tier`` (colour) or ``month`` (2008-06), one row each.

        A warning of several rules counts under each of them, and so do its texts.
        """
        warnings, told = self.warnings, self.told.explode("warning", ignore_index=True)
        names: dict[str, list[Any]] = {
            "rule": warnings["rules"].tolist(), "month": _month(warnings["opened"]).tolist(),
            "tier": [(Level.of_rank(tier),) for tier in warnings["tier"]]}
        of_warning = warnings.assign(name=pd.Series(names[by], dtype=object, index=warnings.index))
        of_warning = of_warning.explode("name")[["warning", "name"]]
        if by == "month":
            told = told.assign(name=_month(told["at"]).str[0])
        elif by == "tier":
            told = told.assign(name=told["tier"].map(Level.of_rank))
        else:
            told = told.merge(of_warning, on="warning")
        rows = []
        for name in sorted(set(of_warning["name"]) | set(told["name"]),
                           key=lambda one: one.rank if isinstance(one, Level) else str(one)):
            mine = told[told["name"] == name]
            count = int((of_warning["name"] == name).sum())
            rows.append({by: str(name), **_plain(figures(
                mine.loc[~mine.index.duplicated()].drop_duplicates(
                    ["at", "person", "channel", "text"]), count))})
        return pd.DataFrame(rows, columns=[by, *Figures.__slots__])

    def woken(self) -> pd.DataFrame:
        """Who was woken, by person: the ``nights``, the gravest ``tier`` (rank), the ``sites``
        it was for."""
        by = _by_night(self.told).groupby("person")
        return pd.DataFrame({
            "nights": by["night"].nunique(), "tier": by["tier"].max(),
            "sites": by["sites"].agg(lambda some: sorted(set().union(*some)))})

    def nights_by_site(self) -> pd.Series:
        """How many nights each site had somebody woken for it."""
        pairs = _by_night(self.told)[["sites", "night"]].explode("sites").drop_duplicates()
        return pairs.groupby("sites").size()


def _by_night(told: pd.DataFrame) -> pd.DataFrame:
    """The texts that wake: SMS between 22:00 and 07:00."""
    return told[(told["channel"] == Channel.sms) & told["night"].notna()]


def figures(told: pd.DataFrame, warnings: int) -> Figures:
    """The figures of some texts."""
    sms = told[told["channel"] == Channel.sms]
    woken = _by_night(told)
    return Figures(warnings, told["person"].nunique(), len(told), int(sms["parts"].sum()),
                   woken["person"].nunique(), woken["night"].nunique(),
                   len(woken[["person", "night"]].drop_duplicates()))


def _plain(found: Figures) -> dict[str, int]:
    return {name: getattr(found, name) for name in Figures.__slots__}


def _night(told: pd.DataFrame, zone: ZoneInfo) -> pd.Series:
    """The date on which the night of each text began, none for one by day."""
    local = pd.to_datetime(told["at"], utc=True).dt.tz_convert(zone)
    by_night = (local.dt.hour >= NIGHT_BEGINS) | (local.dt.hour < NIGHT_ENDS)
    return (local - timedelta(hours=NIGHT_ENDS)).dt.strftime("%Y-%m-%d").where(by_night)


def _month(at: pd.Series) -> pd.Series:
    return pd.to_datetime(at, utc=True).dt.strftime("%Y-%m").map(lambda month: (month,))


def _joined(parts: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    full = [part for part in parts if len(part)]
    if not full:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    return pd.concat(full, ignore_index=True)
