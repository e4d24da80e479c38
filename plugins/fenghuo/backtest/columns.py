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
    """As a feed's ``table:`` entry has it. Raises Refused for a feed without one."""
    table = feed.table
    plain = table is not None and table.kind == "csv" and not (
        table.time_format or table.values or table.constants or table.head > 1)
    if table is None or not plain or not (table.subject and table.time):
        raise Refused([Refusal("--feed", feed.name, "a feed without a plain CSV table",
                               "a feed of rules/feeds.yaml with table: {kind: csv}, its times "
                               "ISO 8601, no values, constants or head")])
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
