"""The long-running processes, and making the database."""

from __future__ import annotations

from typing import Annotated

import typer

from fenghuo import sentinel as watchman
from fenghuo.channels.doors import Unsigned
from fenghuo.channels.standing import standing
from fenghuo.cli.frame import house
from fenghuo.sandbox.command import serve as serve_sandbox
from fenghuo.settings import Settings
from fenghuo.store.engine import reading
from fenghuo.store.migrate import migrate as migrate_database


def add_to(app: typer.Typer) -> None:
    app.command()(migrate)
    app.command()(receipts)
    app.command()(sentinel)
    app.command(name="sandbox")(serve_sandbox)


def migrate() -> None:
    """Make the database, or bring it to this version."""
    migrate_database(Settings().url)


def receipts(
    port: Annotated[int, typer.Option(help="The port it serves.")] = 8090,
    host: Annotated[str, typer.Option(
        help="Loopback; 0.0.0.0 in a container, behind a proxy that speaks TLS.")] = "127.0.0.1",
    addresses: Annotated[bool, typer.Option(
        "--addresses", help="Print the secret addresses of providers that do not sign.")] = False,
) -> None:
    """Serve the public part alone: receipts and the confirm page, without Airflow."""
    import uvicorn

    from fenghuo.receipts.app import standalone

    with house() as at:
        if addresses:
            with reading(at.engine) as connection:
                made = standing(connection, at.settings)
            for one in made:
                if isinstance(one, Unsigned):
                    typer.echo("\n".join(one.addresses()))
            return
        outer = standalone(at.settings)
    uvicorn.run(outer, host=host, port=port, log_level="warning")


def sentinel() -> None:
    """Stand beside the scheduler and alarm when ``watch`` falls silent for three minutes."""
    watchman.main()
