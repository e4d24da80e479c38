"""Lengths of time as a person reads them."""

from __future__ import annotations

from datetime import timedelta


def span(length: timedelta | None) -> str:
    """A length of time in its two largest units: 2 h 05 min; – where there is none."""
    if length is None:
        return "–"
    seconds = int(length.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02} s"
    if seconds < 86400:
        return f"{seconds // 3600} h {seconds % 3600 // 60:02} min"
    return f"{seconds // 86400} d {seconds % 86400 // 3600} h"
