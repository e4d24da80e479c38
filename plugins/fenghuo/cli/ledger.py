"""The ledger: check it, hand it to a stranger, prove one entry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from fenghuo import ledger
from fenghuo.cli.frame import FOUND, AsJson, house, show
from fenghuo.store.engine import reading

app = typer.Typer(no_args_is_help=True, help="The tamper-evident audit trail.")


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Check every entry against the signed checkpoints, in the database and outside it."""
    with house() as at:
        settings = at.settings
        verdict = ledger.verify_log(at.engine, ledger.public_key(settings),
                                    settings.path(settings.checkpoints), at.clock.now())
    if verdict.faults:
        show([{"position": fault.position, "kind": fault.kind, "detail": fault.detail}
              for fault in verdict.faults], as_json, "faults")
    typer.echo(f"{verdict.size} entries, root {verdict.root}, {verdict.unsealed} unsealed: "
               + ("sound" if verdict.sound else "NOT SOUND"))
    if not verdict.sound:
        raise typer.Exit(FOUND)


@app.command()
def export(path: Path) -> None:
    """Write the log as JSON lines; ``python -m fenghuo.ledger.verify`` checks it elsewhere."""
    with house() as at:
        count = ledger.export(at.engine, path, ledger.public_key(at.settings), at.clock.now())
    typer.echo(f"{count} entries in {path}")


@app.command()
def prove(
    wanted: Annotated[str, typer.Argument(help="A position, or a subject (notice:…).")],
) -> None:
    """Print the inclusion proof of an entry, for whoever wants to keep it."""
    with house() as at, reading(at.engine) as connection:
        try:
            proofs = ledger.prove(connection, int(wanted) if wanted.isdigit() else wanted)
        except ledger.NotSealed as missing:
            typer.echo(str(missing), err=True)
            raise typer.Exit(FOUND) from missing
    for proof in proofs:
        typer.echo(json.dumps(proof, ensure_ascii=False))
