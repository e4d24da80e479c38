"""The signed annex table as a spreadsheet: out, and back into the rules."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from fenghuo.cli.frame import WRONG_USE, AsJson, refused, show
from fenghuo.settings import Settings
from fenghuo.store.whole import whole
from fenghuo.words import Refused

app = typer.Typer(no_args_is_help=True, help="An agreement's annex as a spreadsheet (.xlsx).")

FOLDER = "rules/agreements/"


class Language(StrEnum):
    """In which words the sheet is."""

    zh = "zh"
    en = "en"


@app.command()
def export(
    agreement: Annotated[Path, typer.Argument(exists=True, dir_okay=False,
                                              help="A file of rules/agreements.")],
    out: Annotated[Path, typer.Argument(help="Where the sheet goes, x.xlsx.")],
    lang: Language = Language.zh,
) -> None:
    """Write the annex of one agreement as a sheet of which only the numbers can be changed."""
    from fenghuo.agreements.annex import table
    from fenghuo.agreements.annex_sheet import written

    try:
        annex = table(FOLDER + agreement.name, agreement.read_bytes(), lang)
    except Refused as fault:
        raise refused(fault) from fault
    try:
        out.write_bytes(written(annex))
    except OSError as error:
        typer.echo(f"{out}: {error.strerror}", err=True)
        raise typer.Exit(WRONG_USE) from error
    typer.echo(f"{len(annex.numbers)} numbers of {len(annex.rows)} rules in {out}")


@app.command("import")
def import_(
    sheet: Annotated[Path, typer.Argument(exists=True, dir_okay=False,
                                          help="An exported sheet with other numbers.")],
    into: Annotated[Path | None, typer.Option(
        help="Folder that the edited file goes into; default: its own place.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes only.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a sheet's numbers over into the agreement's file; nothing else may differ.

    The file comes into force as any other edit does: see check, test and adopt.
    """
    from fenghuo.agreements.annex import table
    from fenghuo.agreements.annex_sheet_reading import filled

    home = _home()
    files = _files(home)
    try:
        found = filled(sheet.name, sheet.read_bytes(), files)
    except Refused as fault:
        raise refused(fault) from fault
    numbers = table(found.source, files[found.source], "en").numbers
    show([{"path": path, "number": numbers[path].label, "old": str(numbers[path]),
           "new": f"{digits} {numbers[path].unit}".rstrip()}
          for path, digits in found.changes.items()], as_json, found.source)
    if found.changes and not dry_run:
        target = (into or home) / Path(found.source).name
        _replace(target, found.content)
        typer.echo(f"written: {target}")


@app.command()
def pages(folder: Annotated[Path, typer.Argument(help="docs/agreements, say.")]) -> None:
    """Write a page for each agreement of rules/: annex, rules in words, release, feedback."""
    from fenghuo.agreements.pages import pages as made

    try:
        found = made(_files(_home()))
    except Refused as fault:
        raise refused(fault) from fault
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in found.items():
        _replace(folder / name, text.encode())
    typer.echo(f"written: {len(found)} pages in {folder}")


def _home() -> Path:
    settings = Settings()
    return settings.path(settings.rules) / "agreements"


def _files(home: Path) -> dict[str, bytes]:
    return {FOLDER + path.name: path.read_bytes() for path in sorted(home.glob("*.yaml"))}


def _replace(target: Path, content: bytes) -> None:
    """Put a file in place whole: whoever reads meanwhile reads the old one."""
    try:
        with whole(target) as file:
            file.write(content.decode())
    except OSError as error:
        typer.echo(f"{target}: {error.strerror}", err=True)
        raise typer.Exit(WRONG_USE) from error

