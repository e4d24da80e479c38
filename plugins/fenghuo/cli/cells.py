"""``fenghuo feed-cell``: the cell of a river model that is the river, to be written down."""

from __future__ import annotations

from typing import Annotated

import typer

from fenghuo.cli.frame import WRONG_USE, AsJson, refused, show
from fenghuo.clock import SystemClock
from fenghuo.feeds import cells, config, fetch
from fenghuo.settings import Settings
from fenghuo.words import Refused

FORMAT = "openmeteo_flood"


def add_to(app: typer.Typer) -> None:
    app.command(name="feed-cell")(feed_cell)


def feed_cell(
    latitude: Annotated[float, typer.Argument(min=-89, max=89, help="Degrees north.")],
    longitude: Annotated[float, typer.Argument(min=-179, max=179, help="Degrees east.")],
    rings: Annotated[int, typer.Option(min=1, max=4, help="1: 3x3 cells, 2: 5x5.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Ask once for the cells around a point: the largest mean discharge is the channel."""
    settings = Settings()
    try:
        text = (settings.path(settings.rules) / "feeds.yaml").read_bytes()
        feed = next((one for one in config.read({config.PATH: text}).values()
                     if one.format == FORMAT), None)
        if feed is None:
            typer.echo(f"no feed of format {FORMAT} in {config.PATH}", err=True)
            raise typer.Exit(WRONG_USE)
        found = cells.choose(fetch.session(), feed, latitude, longitude, rings,
                             SystemClock().now())
    except OSError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG_USE) from error
    except Refused as fault:
        raise refused(fault) from fault
    show([{"latitude": one.latitude, "longitude": one.longitude,
           "mean m³/s": None if one.mean != one.mean else round(one.mean, 1)}
          for one in found], as_json, feed.title.en)
    if not as_json:
        best = found[0]
        typer.echo(f"points: {{latitude: {best.latitude:g}, longitude: {best.longitude:g}}}")
