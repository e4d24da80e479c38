"""The ledger: check it, hand it to a stranger, prove one entry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection, select

from fenghuo import ledger
from fenghuo.cli.frame import FOUND, WRONG_USE, AsJson, city, house, show
from fenghuo.ledger import proofs
from fenghuo.ledger.keys import public_path
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading
from fenghuo.store.whole import whole

app = typer.Typer(no_args_is_help=True, help="The tamper-evident audit trail.")


@app.command()
def verify(
    against: Annotated[Path | None, typer.Option(
        exists=True, help="What somebody else kept: a copy of the checkpoints file, a note, or a "
                          "saved e-mail, as old as you like.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check every entry against the signed checkpoints, in the database and outside it."""
    with house() as at:
        settings = at.settings
        try:
            verdict = ledger.verify_log(
                at.engine, ledger.public_key(settings), settings.path(settings.checkpoints),
                at.clock.now(), witness=against.read_bytes() if against else None)
        except (OSError, ValueError) as error:
            typer.echo(f"{against}: {error}", err=True)
            raise typer.Exit(WRONG_USE) from error
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
def checkpoints(
    last: Annotated[int, typer.Option(help="How many, newest first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """The signed heads of the ledger: which left the house, when and by which way."""
    c, n = t.checkpoint_copy.c, t.notice.c
    query = (select(c.size, c.way, c.place, c.at, n.state.label("mail"), n.accepted_at)
             .outerjoin(t.notice, n.id == c.notice_id)
             .order_by(c.size.desc(), c.way).limit(last))
    with house() as at, reading(at.engine) as connection:
        rows = [{**row, "at": city(row["at"], at), "accepted_at": city(row["accepted_at"], at)}
                for row in connection.execute(query).mappings()]
    show(rows, as_json, "checkpoints that left")


@app.command()
def prove(
    wanted: Annotated[str, typer.Argument(
        help="An answer (answer:17, as fenghuo explain shows it), a position, or a subject.")],
    to: Annotated[Path | None, typer.Option(
        help="Write them to this file, for whoever wants to keep it.")] = None,
) -> None:
    """Prove that an answer was received, or any entry; ``fenghuo ledger check`` holds it to the
    public key alone."""
    with house() as at, reading(at.engine) as connection:
        try:
            found = _proofs(connection, wanted)
        except ledger.NotSealed as missing:
            typer.echo(str(missing), err=True)
            raise typer.Exit(FOUND) from missing
    lines = [json.dumps(proof, ensure_ascii=False) for proof in found]
    if to is None:
        for line in lines:
            typer.echo(line)
        return
    with whole(to) as file:
        file.writelines(f"{line}\n" for line in lines)
    typer.echo(f"{len(lines)} proofs in {to}: fenghuo ledger check {to}")


@app.command()
def check(
    path: Annotated[Path, typer.Argument(help="A file of proofs.", exists=True)],
    key: Annotated[Path | None, typer.Option(
        help="The public key, from somebody you trust; this house's own if not said.")] = None,
) -> None:
    """Check a file of proofs: needs the public key and no database."""
    raise typer.Exit(proofs.main([str(path), str(key or public_path(Settings()))]))


def _proofs(connection: Connection, wanted: str) -> list[dict[str, Any]]:
    word, _, number = wanted.partition(":")
    if word == "answer" and number.isdecimal():
        return ledger.prove_answers(connection, [int(number)])
    return ledger.prove(connection, int(wanted) if wanted.isdecimal() else wanted)
