"""The page itself: one template, everything escaped, in the city's time."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fenghuo.console.board import Board
from fenghuo.console.words import WORDS
from fenghuo.notices import wording

_ENVIRONMENT = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"),
                           autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                           lstrip_blocks=True)


def render(board: Board, zone: ZoneInfo, language: str) -> str:
    """The page as HTML. ``language`` is zh or en; instants are shown in ``zone``."""
    def at(instant: datetime | None) -> str:
        return instant.astimezone(zone).strftime("%m-%d %H:%M:%S") if instant else "–"

    return _ENVIRONMENT.get_template("board.html").render(
        board=board, w=WORDS[language], language=language,
        other="en" if language == "zh" else "zh", at=at, span=span,
        hazard=wording.HAZARD[language], handling=wording.HANDLING[language],
        colour=lambda level: wording.colour(level, language))


def span(length: timedelta | None) -> str:
    """A length of time in its two largest units: 2 h 05 min."""
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
