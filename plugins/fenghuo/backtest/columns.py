"""Which column of a table is what: as ``rules/feeds.yaml`` maps a feed, or by plain names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fenghuo.feeds.config import FeedConfig
from fenghuo.words import Refusal, Refused
from fenghuo.words.limits import LIMITS
from fenghuo.words.metrics import MEASURED, Metric

MISSING = ("", "-", "-999", "-9999", "-99999", "-999999", "9999", "99999", "NaN", "nan", "NULL")
"""How tables without a mapping of their own write a gap."""


@dataclass(frozen=True, slots=True)
class Column:
    """One metric of a row: its column, scale and range; ``where`` names the column that must
    hold ``equals`` in a table with one number a row."""

    metric: Metric
    column: str
    least: float
    most: float
    scale: float = 1.0
    where: str | None = None
    equals: str | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """How a table is read. ``zone`` is that of a time without an offset, None: refused."""

    subject: str
    time: str
    zone: str | None
    missing: tuple[str, ...]
    metrics: tuple[Column, ...]
    step: int | None = None

    @property
    def named(self) -> list[str]:
        """Every column it needs."""
        asked = [self.subject, self.time]
        for one in self.metrics:
            asked += [one.column, *([one.where] if one.where else [])]
        return list(dict.fromkeys(asked))


def of_feed(feed: FeedConfig, zone: str | None = None) -> Columns:
    """As a feed's ``table:`` entry has it. Raises Refused for a feed without one, or with one that
    is no plain CSV: each key by its place."""
    table = feed.table
    if table is None:
        raise Refused([Refusal("--feed", feed.name, "a feed without table:",
                               "a feed of rules/feeds.yaml with table: {kind: csv}")])
    plain: dict[str, object] = {"kind": "csv", "time_format": None, "values": {}, "constants": {},
                               "head": 1}
    faults = [Refusal("--feed", f"{feed.name}.table.{key}", str(getattr(table, key))[:80],
                      str(wanted or "none: a column for each, times in ISO 8601"))
              for key, wanted in plain.items() if getattr(table, key) != wanted]
    if faults or table.subject is None or table.time is None:
        raise Refused(faults)
    return Columns(
        table.subject, table.time, zone or table.zone, (*table.missing, "NaN", "nan"),
        tuple(Column(Metric(one.metric), one.column, one.least, one.most, one.scale, one.where,
                     one.equals) for one in table.metrics), int(table.step.total_seconds()))


def by_name(source: str, header: Sequence[str], zone: str | None) -> Columns:
    """Columns ``station``, ``time``, and one a metric (``rain``), or ``metric`` and ``value``."""
    faults = [Refusal(source, "row 1", ", ".join(header)[:120] or "nothing", f"a column {name}")
              for name in ("station", "time") if name not in header]
    if {"metric", "value"} <= set(header):
        found = [_column(metric, "value", where="metric", equals=metric.value)
                 for metric in MEASURED]
    else:
        found = [_column(metric, metric.value) for metric in MEASURED if metric.value in header]
    if not found:
        faults.append(Refusal(
            source, "row 1", ", ".join(header)[:120] or "nothing",
            "columns metric and value, or one named " + ", ".join(MEASURED)))
    if faults:
        raise Refused(faults)
    return Columns("station", "time", zone, MISSING, tuple(found))


def _column(metric: Metric, column: str, **where: Any) -> Column:
    limits = LIMITS[metric]
    return Column(metric, column, limits.least, limits.most, **where)
