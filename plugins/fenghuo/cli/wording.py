"""Rules in words: one rule explained, two editions compared."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from fenghuo import agreements, editions
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.sentences import explain as sentence
from fenghuo.agreements.spoken import LANGUAGES
from fenghuo.changes.leaning import leanings
from fenghuo.cli.frame import FOUND, WRONG_USE, AsJson, house, show
from fenghuo.documents.nearest import guided
from fenghuo.editions import naming
from fenghuo.editions.differences import differences
from fenghuo.settings import Settings
from fenghuo.store.engine import reading
from fenghuo.words import FenghuoError, Refused


class Language(StrEnum):
    """In which words."""

    zh = "zh"
    en = "en"


class Languages(StrEnum):
    """In which words, or in both."""

    zh = "zh"
    en = "en"
    both = "both"


_BEFORE = {Language.zh: "：", Language.en: ": "}

In = Annotated[Language, typer.Option("--language", "--lang", help="In which words.")]


def explain_rule(name: str, language: Languages, as_json: bool) -> None:
    """Each edition of a rule of ``rules/`` in one sentence; exit 1 where no rule is so called."""
    settings = Settings()
    try:
        files = editions.files_on_disk(settings.path(settings.rules),
                                       settings.path(settings.contacts))
        known = [(agreement, rule) for agreement in agreements.read(files)
                 for rule in agreement.rules]
    except (Refused, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FOUND) from error
    found = [pair for pair in known if name in (pair[1].id, _key(*pair))]
    keys = sorted({_key(*pair) for pair in found})
    if len(keys) != 1:
        expected = f"one of {', '.join(keys)}" if keys else "the name of a rule (agreement/rule)"
        near = guided(expected, name, [_key(*pair) for pair in known]) if not keys else expected
        typer.echo(f"{name}: found {len(keys) or 'no'} rules, expected {near}", err=True)
        raise typer.Exit(FOUND)
    spoken = LANGUAGES if language is Languages.both else (language.value,)
    rows = [{"rule": _key(*pair), "language": each, "text": sentence(*pair, each)}
            for pair in found for each in spoken]
    if as_json:
        show(rows, as_json)
    for row in [] if as_json else rows:
        typer.echo(row["text"])


def _key(agreement: Agreement, rule: Rule) -> str:
    return f"{agreement.agreement}/{rule.id}"


def diff(old: Annotated[str, typer.Argument(help="A folder, an edition's digest, or in-force.")],
         new: Annotated[str, typer.Argument(help="The same.")],
         language: In = Language.en, as_json: AsJson = False) -> None:
    """What NEW changes of OLD, in words; exit 1 if it changes anything."""
    try:
        one, other = (editions.read(files, word) for word, files in zip(
            (old, new), _files(old, new), strict=True))
    except (FenghuoError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG_USE) from error
    found = differences(one, other, language.value)
    for each, leaning in zip(found, leanings(found, one, other), strict=True):
        said = each.said(language.value)
        if as_json:
            show([{"place": each.place, "part": each.part, "old": each.old, "new": each.new,
                   "leaning": leaning, "said": said}], as_json)
        else:
            typer.echo(f"{said}{_BEFORE[language]}{leaning.said(language)}" if leaning else said)
    if not as_json:
        count = f"{len(found)} difference{'s' * (len(found) > 1)}"
        typer.echo(count if found else "no difference in meaning")
    raise typer.Exit(FOUND if found else 0)


def _files(*words: str) -> Iterator[dict[str, bytes]]:
    """The files that each word names; a database is opened only for what no folder names."""
    settings = Settings()
    for word in words:
        if Path(word).is_dir():
            yield naming.folder_files(Path(word), settings.path(settings.contacts))
        else:
            with house() as at, reading(at.engine) as connection:
                yield naming.kept_files(connection, word)
