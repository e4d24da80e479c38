"""The command ``fenghuo``: exit 0 good, 1 findings, 2 wrong use; listings take ``--json``."""

from __future__ import annotations

import typer

from fenghuo.cli import (
    acts,
    annex,
    backtest,
    cells,
    checking,
    contacts,
    drafting,
    drill,
    filing,
    ledger,
    lists,
    look,
    processes,
    rules,
    schema,
    sources,
    steps,
    testing,
)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="烽火: read the signs, tell those in danger, prove that they know.")
app.add_typer(ledger.app, name="ledger")
app.add_typer(drill.app, name="drill")
app.add_typer(annex.app, name="annex")
app.add_typer(contacts.app, name="contacts")
for room in (checking, filing, testing, rules, schema, backtest, steps, sources, look, lists, acts,
             drafting, cells, processes):
    room.add_to(app)
