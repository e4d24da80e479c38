"""``fenghuo schema``: the JSON Schemas by which editors complete and underline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated

import typer

from fenghuo.agreements import schema as agreement_schema
from fenghuo.channels import config as gateways
from fenghuo.documents.editor_schema import Schema, printed
from fenghuo.feeds import config
from fenghuo.rule_tests import schema as test_schema
from fenghuo.settings import Settings

FOLDER = "schema"


class Name(StrEnum):
    """The files that have a schema."""

    agreement = "agreement"
    feeds = "feeds"
    gateways = "gateways"
    tests = "tests"


SCHEMAS: Mapping[Name, Callable[[], Schema]] = {
    Name.agreement: agreement_schema.json_schema, Name.feeds: config.json_schema,
    Name.gateways: gateways.json_schema,
    Name.tests: test_schema.json_schema}


def add_to(app: typer.Typer) -> None:
    app.command()(schema)


def schema(
    name: Annotated[Name, typer.Argument(help="Of which file.")] = Name.agreement,
    write: Annotated[bool, typer.Option(
        "--write", help="Write all of them into rules/schema/ instead.")] = False,
) -> None:
    """Print the JSON Schema of a file, for an editor."""
    if not write:
        typer.echo(printed(SCHEMAS[name]()), nl=False)
        return
    settings = Settings()
    folder = settings.path(settings.rules) / FOLDER
    folder.mkdir(exist_ok=True)
    for one, made in SCHEMAS.items():
        file = folder / f"{one}.schema.json"
        file.write_text(printed(made()), encoding="utf-8")
        typer.echo(str(file))
