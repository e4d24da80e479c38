"""``fenghuo test``: the rules' own tests, and whether they would notice a wrong number."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Annotated

import typer

from fenghuo import editions, rule_tests
from fenghuo.cli.frame import FOUND, WRONG_USE, AsJson, placed
from fenghuo.editions import Edition
from fenghuo.rule_tests import mutation
from fenghuo.settings import Settings
from fenghuo.store.editions import digest_of
from fenghuo.words import Refused

What = Annotated[str, typer.Argument(help="Only tests whose file, name or rule has this in "
                                          "it; with --mutate rules.")]
Mutate = Annotated[bool, typer.Option("--mutate", help="Change every number of every rule by one "
                                                       "unit: which changes does no test notice?")]


def add_to(app: typer.Typer) -> None:
    app.command()(test)


def test(what: What = "", mutate: Mutate = False, as_json: AsJson = False) -> None:
    """Run the tests of rules/tests/ against the rules on disk."""
    settings = Settings()
    folder = settings.path(settings.rules)
    try:
        files = editions.files_on_disk(folder, settings.path(settings.contacts))
        tests = rule_tests.on_disk(folder)
        if not tests:
            typer.echo(f"no tests in {folder}/tests", err=True)
            raise typer.Exit(WRONG_USE)
        edition = editions.read(files, digest_of(files))
        if mutate:
            _mutate(files, tests, edition, what, as_json, settings)
        else:
            _test(tests, edition, what, as_json, settings)
    except Refused as refused:
        for refusal in refused.refusals:
            typer.echo(placed(settings, str(refusal)), err=True)
        raise typer.Exit(WRONG_USE) from refused


def _test(tests: dict[str, bytes], edition: Edition, what: str, as_json: bool,
          settings: Settings) -> None:
    results = rule_tests.run(tests, edition, what, settings=settings)
    if not results.tests:
        typer.echo(f"no test has {what!r} in its file, name or rule", err=True)
        raise typer.Exit(WRONG_USE)
    if as_json:
        for failure in results.failures:
            typer.echo(json.dumps(asdict(failure), ensure_ascii=False))
    else:
        for failure in results.failures:
            typer.echo(f"{replace(failure, line=placed(settings, failure.line))}\n")
        typer.echo(f"{results.tests} tests, {len(results.failures)} failures, "
                   f"{results.seconds:.2f} s")
    if not results.good:
        raise typer.Exit(FOUND)


def _mutate(files: dict[str, bytes], tests: dict[str, bytes], edition: Edition, what: str,
            as_json: bool, settings: Settings) -> None:
    if not rule_tests.run(tests, edition, texts=False, settings=settings).good:
        typer.echo("the tests fail as it is: fenghuo test", err=True)
        raise typer.Exit(FOUND)
    found = mutation.survivors(files, tests, edition, what)
    for mutant in found.survivors:
        typer.echo(json.dumps({name: getattr(mutant, name) for name in (
            "rule", "line", "field", "was", "becomes")}, ensure_ascii=False)
            if as_json else str(mutant))
    if not as_json:
        typer.echo(f"{found.mutants} changes, {len(found.survivors)} that no test notices")
    if found.survivors:
        raise typer.Exit(FOUND)
