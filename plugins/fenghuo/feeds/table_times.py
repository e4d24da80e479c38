"""Times of a bureau's table as aware UTC, a column at once.

Read are ISO 8601 with an offset, the same without one where the table says its ``zone``, or its
own ``time_format``. Nothing is guessed: an hour that a clock has twice, or not at all, is none.
"""

from __future__ import annotations

import pandas as pd

from fenghuo.feeds.table_parts import Sheet

EARLIEST = pd.Timestamp("1970-01-01", tz="UTC")
_OFFSET = r"(?:Z|[+-][0-9]{2}:?[0-9]{2})$"
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}"
_CELL = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
"""A cell of a date, as it is written here; ISO 8601's own form, so no format can mean another."""


def instants(texts: pd.Series[str], sheet: Sheet) -> pd.Series[pd.Timestamp]:
    """Times as aware UTC; NaT for what is none, lies before EARLIEST or in an hour that a clock
    set forward or back has not or has twice."""
    plain = ~texts.str.contains(r"(?![0-9])\d", regex=True)  # digits of other scripts
    form = sheet.time_format
    iso = plain & (texts.str.match(_TIME) if form is None else
                   texts.str.fullmatch(_CELL) & (sheet.kind == "xlsx"))
    aware = iso & texts.str.contains(_OFFSET, regex=True)
    found = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us, UTC]")
    found[aware] = _read(texts[aware], "ISO8601", True, sheet)
    found[iso & ~aware] = _read(texts[iso & ~aware], "ISO8601", False, sheet)
    if form is not None:
        found[plain & ~iso] = _read(texts[plain & ~iso], form, "%z" in form, sheet)
    return found.where(found >= EARLIEST)


def _read(texts: pd.Series[str], form: str, offset: bool, sheet: Sheet) -> pd.Series[pd.Timestamp]:
    """Texts of one form; without an offset they are of the table's zone, NaT where it has none."""
    times = pd.to_datetime(texts, format=form, errors="coerce", utc=offset)
    if not offset and sheet.timezone is None:
        return pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us, UTC]")
    times = times.astype("datetime64[us, UTC]" if offset else "datetime64[us]")
    return times if offset else times.dt.tz_localize(
        sheet.timezone, ambiguous="NaT", nonexistent="NaT").dt.tz_convert("UTC")


def time_words(sheet: Sheet) -> str:
    """What a time must look like, in words."""
    written = f"a time written {sheet.time_format}" if sheet.time_format else "an ISO 8601 time"
    return f"{written}{'' if sheet.zone else ' with its offset'}, not before {EARLIEST:%Y}"
