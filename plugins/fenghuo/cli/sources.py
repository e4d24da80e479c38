"""How every source stands: one narrow table a screen wide, one source in full, or all as JSON."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from fenghuo import editions
from fenghuo.cli.frame import AsJson, city, house, put, show
from fenghuo.feeds.standing import FeedShown, Standing, shown
from fenghuo.house import House
from fenghuo.store.engine import reading
from fenghuo.words.spans import span

_WIDTH = 120
_UNASKED = (Standing.off, Standing.sandbox_only, Standing.no_key)


def add_to(app: typer.Typer) -> None:
    app.command()(feeds)


def feeds(
    feed: Annotated[str | None, typer.Argument(help="One source, with all that is known.")] = None,
    as_json: AsJson = False,
) -> None:
    """Every source: cadence, how old its data is, clock, last good answer, last error, terms."""
    with house() as at, reading(at.engine) as connection:
        now = at.clock.now()
        named = editions.load(connection, now).feeds
        found = [(named[one.age.feed].bureau, one)
                 for one in shown(connection, named, at.settings, now)
                 if feed in (None, one.age.feed)]
        if not found:
            raise typer.BadParameter(f"no feed {feed}: {', '.join(sorted(named))}")
        rows = [_whole(bureau, one, at) for bureau, one in found]
    if as_json:
        show(rows, as_json=True)
    elif feed is not None:
        put(_pairs(rows[0]), _WIDTH)
    else:
        put(_table(found, at), _WIDTH)
        typer.echo("all that is known of one: fenghuo feeds NAME")


def _whole(bureau: str, one: FeedShown, at: House) -> dict[str, Any]:
    return {
        "feed": one.age.feed, "bureau": bureau, "state": one.state, "cadence": str(one.cadence),
        "as of": city(one.age.since, at),
        "of": None if one.age.since is None else
        "its own words" if one.age.dated else "its last answer: it may be frozen",
        "age": None if one.age.age is None else str(one.age.age).split(".")[0],
        "limit": str(one.age.limit), "last good": city(one.age.fetched_at, at),
        "answered": one.age.outcome, "failures": one.age.failures,
        "last error": city(one.age.error_at, at), "detail": one.age.error,
        "clock": _clock(one),
        "in a day": " ".join(f"{word} {count}" for word, count in one.day.items()),
        "stands in for": one.fallback_for, "terms": one.terms,
    }


def _table(found: list[tuple[str, FeedShown]], at: House) -> Table:
    """A section a bureau, in the order of ``rules/feeds.yaml``; what is not asked comes last."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1))
    for name in ("feed", "state", "cadence", "as of", "age", "clock", "last good"):
        table.add_column(name, no_wrap=name != "feed", overflow="fold")
    table.add_column("last error; terms", overflow="fold")
    for bureau in dict.fromkeys(bureau for bureau, _ in found):
        table.add_section()
        table.add_row(Text(bureau, "bold"))
        mine = [one for of, one in found if of == bureau]
        for one in sorted(mine, key=lambda one: one.state in _UNASKED):
            error = (f"{_short(one.age.error_at, at)} {one.age.error or ''}"
                     if one.age.error_at else "")
            table.add_row(
                one.age.feed, one.state.replace("_", " "), _round(one.cadence),
                _short(one.age.since, at) + ("" if one.age.dated or one.age.since is None else "?"),
                _round(one.age.age), _clock(one), _short(one.age.fetched_at, at),
                # text, not markup: an error quotes what a source said
                Text("\n".join(filter(None, (error, one.terms))) or "–"))
    table.caption = ("as of with ?: of its last answer; it says no time itself, so nobody could "
                     "see it freeze")
    table.caption_justify = "left"
    return table


def _pairs(row: dict[str, Any]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in row.items():
        table.add_row(name, Text("–" if value in (None, "") else str(value)))
    return table


def _clock(one: FeedShown) -> str | None:
    """How far its clock is before ours."""
    return None if one.age.skew is None else f"{one.age.skew:+.0f} s"


def _round(length: timedelta | None) -> str:
    """A length of time without a second unit that is nought."""
    return re.sub(r" 0+ \w+$", "", span(length))


def _short(instant: datetime | None, at: House) -> str:
    return instant.astimezone(at.settings.zone).strftime("%m-%d %H:%M") if instant else "–"
