"""``fenghuo pull FEED --dry-run``: an entry of the file on disk, tried before it is adopted."""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo

import typer

from fenghuo import editions
from fenghuo.agreements import read_stations
from fenghuo.cli.frame import FOUND, refused, show
from fenghuo.clock import clock_of
from fenghuo.feeds.config import FeedConfig, read
from fenghuo.feeds.previewing import Preview, lines, preview
from fenghuo.settings import Settings
from fenghuo.words import Refused

SHOWN = 10
"""Rows of each kind, and faults, that are shown."""


def dry_run(feed: str) -> None:
    """Ask the feed as ``rules/feeds.yaml`` has it now, show how it is understood, keep nothing.
    Ends with 1 where an answer could not be read."""
    settings = Settings()
    try:
        files = editions.files_on_disk(settings.path(settings.rules),
                                       settings.path(settings.contacts))
        known = read(files)
    except Refused as error:
        raise refused(error) from None
    if feed not in known:
        close = get_close_matches(feed, known, 1)
        raise typer.BadParameter(f"no feed {feed} in rules/feeds.yaml"
                                 + (f"; did you mean {close[0]}?" if close else ""))
    found = list(preview(known[feed], settings, clock_of(settings.clock).now()))
    for one in found:
        _say(one, settings.zone)
    _say_strangers(files, known[feed], found)
    on = "" if known[feed].on else "; the feed is off"
    typer.echo(f"nothing was stored or moved{on}")
    if any(one.parsed is None for one in found):
        raise typer.Exit(FOUND)


def _say(one: Preview, zone: ZoneInfo) -> None:
    typer.echo(f"from {one.source}")
    if one.parsed is not None:
        def wall(at: datetime | None) -> str:
            return "–" if at in (None, datetime.min) else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"

        show([{"what": line.what, "where": line.where, "from": wall(line.since),
               "to": wall(line.until), "value": line.value}
              for line in lines(one.parsed, SHOWN)], False)
        counts = {"numbers": len(one.parsed.observations), "series": len(one.parsed.forecasts),
                  "events": len(one.parsed.events), "documents": len(one.parsed.entries)}
        typer.echo(", ".join(f"{count} {name}" for name, count in counts.items() if count)
                   + f"{'' if one.parsed.says else 'nothing'}; as of {wall(one.parsed.as_of)}")
    for refusal in one.refusals[:SHOWN]:
        typer.echo(f"refused: {refusal}")
    if len(one.refusals) > SHOWN:
        typer.echo(f"refused: {len(one.refusals) - SHOWN} more")


def _say_strangers(files: dict[str, bytes], feed: FeedConfig, found: list[Preview]) -> None:
    """Stations of which ``rules/stations.csv`` knows nothing: no rule can ask for them."""
    told = {str(name) for one in found if one.parsed is not None
            for name in one.parsed.observations["subject"].unique()}
    if not told or feed.slot is None:
        return
    try:
        stations = set(read_stations(files)["station"])
    except Refused as error:
        raise refused(error) from None
    if strangers := sorted(told - stations):
        typer.echo("not in rules/stations.csv: " + ", ".join(strangers[:SHOWN])
                   + (f" and {len(strangers) - SHOWN} more" if strangers[SHOWN:] else ""))
