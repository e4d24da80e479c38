"""Rules and contacts on disk: check them, adopt them, print their schema."""

from __future__ import annotations

import json

import typer

from fenghuo import editions, pipeline
from fenghuo.agreements import schema as agreements_schema
from fenghuo.cli.frame import FOUND, house
from fenghuo.cli.wording import diff
from fenghuo.settings import Settings
from fenghuo.words import Refused


def add_to(app: typer.Typer) -> None:
    app.command()(check)
    app.command()(adopt)
    app.command()(schema)
    app.command()(diff)


def check() -> None:
    """Read rules/ and contacts/ as ``adopt`` would, and say everything that is wrong."""
    settings = Settings()
    files = editions.files_on_disk(settings.path(settings.rules), settings.path(settings.contacts))
    try:
        edition = editions.read(files, "")
    except Refused as refused:
        _refusals(refused)
    typer.echo(f"good: {len(edition.agreements)} agreements, {len(edition.feeds)} feeds, "
               f"{len(edition.contacts.sites)} sites, {len(edition.contacts.people)} people")


def adopt() -> None:
    """Check rules/ and contacts/ and make them the edition in force."""
    with house() as at:
        try:
            report = pipeline.adopt(at, by="cli")
        except Refused as refused:
            _refusals(refused)
    typer.echo("adopted" if report.did else "unchanged")


def schema() -> None:
    """The JSON Schema of an agreement file, for editors."""
    typer.echo(json.dumps(agreements_schema.json_schema(), ensure_ascii=False, indent=1))


def _refusals(refused: Refused) -> None:
    for refusal in refused.refusals:
        typer.echo(str(refusal), err=True)
    typer.echo(f"refused: {len(refused.refusals)} faults", err=True)
    raise typer.Exit(FOUND)
