"""Rules and contacts on disk: adopt them."""

from __future__ import annotations

import typer

from fenghuo import pipeline
from fenghuo.cli.frame import house, refused
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
        except Refused as fault:
            raise refused(fault) from fault
    typer.echo("adopted" if report.did else "unchanged")

