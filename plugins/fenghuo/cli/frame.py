"""What every command shares: the house as set up, tables on the screen, errors as exits."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from fenghuo.house import House
from fenghuo.settings import Settings
from fenghuo.words import FenghuoError, Refused

AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]
FOUND = 1
WRONG_USE = 2


@contextmanager
def house() -> Iterator[House]:
    """The house of the environment's settings; its own errors become exit 2 in one line."""
    try:
        yield House.open(Settings())
    except FenghuoError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG_USE) from error


def refused(fault: Refused) -> typer.Exit:
    """Print every fault of an input; gives the exit to raise."""
    for refusal in fault.refusals:
        typer.echo(str(refusal), err=True)
    typer.echo(f"refused: {len(fault.refusals)} faults", err=True)
    return typer.Exit(FOUND)


def city(instant: datetime | None, at: House) -> str:
    """An instant as the city's wall shows it."""
    return instant.astimezone(at.settings.zone).strftime("%Y-%m-%d %H:%M:%S") if instant else "–"


def instant(text: str, zone: tzinfo) -> datetime:
    """A time as typed, in the city's zone where it names none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"found {text!r}, expected an ISO time") from error
    return found if found.tzinfo else found.replace(tzinfo=zone)


def placed(settings: Settings, said: str) -> str:
    """A sentence that begins with a file of rules or contacts, by where that file lies."""
    for name, folder in (("rules/", settings.rules), ("contacts/", settings.contacts)):
        if said.startswith(name):
            return f"{folder}/{said.removeprefix(name)}"
    return said


def show(rows: Sequence[Mapping[str, Any]], as_json: bool, title: str = "") -> None:
    """Print rows as a table, or as JSON lines when asked."""
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False, default=str))
        return
    table = Table(title=title or None, title_justify="left")
    for name in rows[0] if rows else ():
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    put(table if rows else "nothing")


def put(what: Table | str, width: int = 160) -> None:
    """Print for a person: as wide as the terminal, or ``width`` where there is none."""
    Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else width).print(what)
