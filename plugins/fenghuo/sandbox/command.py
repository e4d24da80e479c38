"""``fenghuo sandbox``: the outside world as one process, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from fenghuo.sandbox import scenario as scenarios
from fenghuo.sandbox.server import Options, run_process
from fenghuo.words import Refused


def serve(
    scenario: Annotated[Path | None, typer.Option(
        help="Play this scenario; without one the clock is the real time.")] = None,
    port: Annotated[int, typer.Option(help="HTTP port on loopback, 0 for a free one.")] = 0,
    smtp_port: Annotated[int, typer.Option(help="SMTP port on loopback, 0 for a free one.")] = 0,
    log: Annotated[Path, typer.Option(
        help="The log, which is also the memory: keep it to go on after a stop.")
    ] = Path("var/sandbox.jsonl"),
    public_url: Annotated[str | None, typer.Option(
        envvar="FENGHUO_PUBLIC_URL", help="Where the house takes webhooks.")] = None,
    ports_file: Annotated[Path | None, typer.Option(
        help="Write {url, smtp_port, pid} here once it serves.")] = None,
) -> None:
    """Feeds, SMS provider, phones, mail and the clock of a scenario, on loopback only."""
    try:
        played = None if scenario is None else scenarios.read(scenario)
    except (Refused, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    try:
        run_process(Options(log, played, port, smtp_port, public_url, ports_file), _say)
    except (Refused, OSError) as error:
        typer.echo(f"sandbox: {error}", err=True)
        raise typer.Exit(2) from None


def _say(line: str) -> None:
    typer.echo(line)
    sys.stdout.flush()


def main() -> None:
    """The sandbox alone, ``python -m fenghuo.sandbox.command``."""
    typer.run(serve)


if __name__ == "__main__":
    main()
