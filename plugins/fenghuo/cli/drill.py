"""Drills, typed: start, abort, close, score."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from fenghuo.acts import drills
from fenghuo.acts.refusing import NotPossible
from fenghuo.acts.scoring import Score
from fenghuo.cli.acts import Because, By, Why, do
from fenghuo.cli.frame import FOUND, AsJson, house, show
from fenghuo.store.engine import reading
from fenghuo.words import Hazard, Level

app = typer.Typer(no_args_is_help=True, help="Exercises: own audience, own mark, own codes.")


@app.command()
def start(
    title: Annotated[str, typer.Option(help="What it is called in texts.")],
    hazard: Annotated[Hazard, typer.Option()],
    tier: Annotated[Level, typer.Option(help="Whose procedure is exercised.")],
    by: By,
    site: Annotated[list[str] | None, typer.Option(help="A site; repeat it.")] = None,
    district: Annotated[list[str] | None, typer.Option(help="Or a 12-digit code.")] = None,
    purpose: Annotated[Literal["drill", "spot_check"], typer.Option(
        help="A spot check is by day, at most one a month for a site.")] = "drill",
    reason: Because = "",
) -> None:
    """Begin a drill; refused while orange or higher is in force."""
    key = do(drills.start, {
        "title": title, "hazard": hazard.value, "tier": tier.value, "sites": site or [],
        "districts": district or [], "purpose": purpose}, by=by, reason=reason)
    typer.echo(f"drill {key} is running")


@app.command()
def abort(drill: int, reason: Why, by: By) -> None:
    """Break a drill off: exactly those who were told hear so."""
    typer.echo(f"drill {drill} is aborted, {do(drills.abort, drill, by=by, reason=reason)} texts")


@app.command()
def close(drill: int, by: By, reason: Because = "", as_json: AsJson = False) -> None:
    """End a drill and print its score."""
    _show(do(drills.close, drill, by=by, reason=reason), as_json)


@app.command()
def score(drill: int, as_json: AsJson = False) -> None:
    """Who was reached, who answered, in time or not, and how fast."""
    with house() as at, reading(at.engine) as connection:
        try:
            drills.of(connection, drill)
        except NotPossible as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(FOUND) from error
        found = drills.score(connection, drill)
    _show(found, as_json)


@app.command(name="list")
def listed(as_json: AsJson = False) -> None:
    """Every drill, newest first."""
    with house() as at, reading(at.engine) as connection:
        rows = drills.listed(connection)
    show(rows, as_json, "drills")


def _show(found: Score, as_json: bool) -> None:
    total = {"drill": found.drill, "title": found.title, "state": found.state, **found.facts()}
    show([total], as_json, "score")
    show(found.rows, as_json, "by site and post")
