"""Rules and contacts on disk: adopt them."""

from __future__ import annotations

import typer

from fenghuo import pipeline
from fenghuo.cli.frame import FOUND, house
from fenghuo.cli.wording import diff
from fenghuo.words import Refused


def add_to(app: typer.Typer) -> None:
    app.command()(adopt)
    app.command()(diff)


def adopt() -> None:
    """Check rules/ and contacts/ and make them the edition in force."""
    with house() as at:
        try:
            report = pipeline.adopt(at, by="cli")
        except Refused as refused:
            _refusals(refused)
    typer.echo("adopted" if report.did else "unchanged")


def _refusals(refused: Refused) -> None:
    for refusal in refused.refusals:
        typer.echo(str(refusal), err=True)
    typer.echo(f"refused: {len(refused.refusals)} faults", err=True)
    raise typer.Exit(FOUND)
