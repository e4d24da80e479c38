"""``fenghuo filings``: every text as it is filed with an SMS gateway, to paste into its form."""

from __future__ import annotations

from typing import Annotated

import typer

from fenghuo import editions
from fenghuo.cli.frame import FOUND, AsJson, show
from fenghuo.editions.reading import read
from fenghuo.notices import texts
from fenghuo.notices.filed import filed
from fenghuo.settings import Settings
from fenghuo.words import Refused

NONE_YET = "(name its variables in rules/filings.csv)"


def add_to(app: typer.Typer) -> None:
    app.command()(filings)


def filings(
    gateway: Annotated[str | None, typer.Option(
        "--gateway", help="Only what was filed with this one, or may be.")] = None,
    as_json: AsJson = False,
) -> None:
    """Every row of rules/filings.csv as the text that its gateway approves, variables marked.

    Without the signature, which the platform puts in front.
    """
    settings = Settings()
    try:
        edition = read(editions.files_on_disk(settings.path(settings.rules),
                                              settings.path(settings.contacts)), "")
    except (Refused, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FOUND) from error
    written = texts.of(edition.messages)
    rows: list[dict[str, str]] = []
    for row in edition.filings.itertuples():
        if gateway and row.gateway not in ("", gateway):
            continue
        one = edition.gateways.get(str(row.gateway) or gateway or "")
        numbered = one is not None and one.row.numbered
        template, variables = str(row.template), str(row.variables)
        text = filed(written, template, variables).shown(numbered) if variables else NONE_YET
        rows.append({"template": template, "gateway": str(row.gateway),
                     "status": str(row.status), "code": str(row.code), "text": text})
    if as_json:
        show(rows, as_json)
        return
    for said in rows:
        *named, text = said.values()
        typer.echo(" ".join(filter(None, named)))
        typer.echo(f"    {text}")
