"""``fenghuo check``: every fault of rules and contacts, then advice, then what is not proven."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import typer
from sqlalchemy.exc import SQLAlchemyError

from fenghuo import editions
from fenghuo.channels.config import PATH as GATEWAYS
from fenghuo.cli.frame import FOUND, AsJson, placed, show
from fenghuo.clock import SystemClock
from fenghuo.contacts import addresses, proven
from fenghuo.contacts.reading import PEOPLE
from fenghuo.editions.advice import few
from fenghuo.editions.advising import Unproven, advise, unproven
from fenghuo.editions.advising_pace import Wait, waits
from fenghuo.editions.advising_people import approvers
from fenghuo.editions.reading import Edition, examined
from fenghuo.notices import filings
from fenghuo.settings import Settings
from fenghuo.store.engine import engine, reading
from fenghuo.words import FenghuoError, Refusal, Refused


def add_to(app: typer.Typer) -> None:
    app.command()(check)


def check(
    strict: Annotated[bool, typer.Option("--strict", help="Advice counts as a fault.")] = False,
    unverified: Annotated[bool, typer.Option(
        "--unverified", help="List every rule nobody has verified.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read rules/ and contacts/ as ``adopt`` would, and say everything that is wrong or odd."""
    settings = Settings()
    files: dict[str, bytes] = {}
    edition: Edition | None = None
    try:
        files = editions.files_on_disk(settings.path(settings.rules),
                                       settings.path(settings.contacts))
        edition, faults = examined(files, "")
    except OSError as error:
        faults = [Refusal(str(error.filename), "1:1", str(error.strerror), "a file to read")]
    except Refused as refused:
        faults = refused.refusals
    today = SystemClock().now().astimezone(settings.zone).date()
    advice = advise(edition, files, today) if edition else []
    unread = unproven(edition, files) if edition else []
    unfiled = filings.unapproved(edition.filings) if edition else {}
    people = _people(settings, edition) if edition else {}
    asked = approvers(edition) if edition else []
    longest = max(waits(edition), key=_share, default=None) if edition else None
    if as_json:
        show([*(_row("error", "refused", one.source, one.place,
                     f"found {one.found}, expected {one.expected}") for one in faults),
              *(_row("warning", one.kind.value, one.source, one.place, one.said)
                for one in advice),
              *(_row("note", one.confidence, one.source, one.place, f"{one.rule}: {one.article}")
                for one in unread),
              *(_row("note", status.value, filings.FILE, f"1:1 {name}", "approved by no gateway")
                for name, status in unfiled.items()),
              *(_row("note", "approval", "rules/agreements", "1:1 release", said)
                for said in asked),
              *(_row("note", "last_one", GATEWAYS, f"1:1 {one.gateway}", f"{one.agreement}, {one}")
                for one in (longest,) if one),
              *(_row("note", kind, PEOPLE, "1:1 person", said) for kind, said in people.items())],
             True)
    else:
        _say_faults(settings, faults)
        if edition is not None and not faults:
            book = edition.contacts
            typer.echo(f"good: {len(edition.agreements)} agreements, {len(edition.feeds)} feeds, "
                       f"{len(book.sites)} sites, {len(book.people)} people")
        for one in advice:
            typer.echo(placed(settings, str(one)))
        if advice:
            typer.echo(f"advice: {_counted(Counter(one.kind.value for one in advice))}")
        _say_unread(unread, unverified)
        _say_unfiled(unfiled)
        for said in asked:
            typer.echo(f"approval: {said}")
        if longest:
            typer.echo(f"last one: {longest.agreement}, {longest}")
        for said in people.values():
            typer.echo(f"people: {said}")
    if faults or (strict and advice):
        raise typer.Exit(FOUND)


def _people(settings: Settings, edition: Edition) -> dict[str, str]:
    """What the house's own past says of the people; nothing where there is none yet."""
    now, book = SystemClock().now(), edition.contacts
    try:
        with reading(engine(settings.url)) as connection:
            out = {row.person or row.channel: row for row in addresses.rows(
                connection, book.addresses)}
            never = proven.unproven(book, proven.by_person(connection), now)
    except (FenghuoError, SQLAlchemyError):
        return {}
    every = len(set(book.posts.values()))
    said = {"out_of_use": out and f"{len(out)} have a number or mailbox that is out of use: "
                                  f"{few(out)} (fenghuo contacts people --out-of-use)",
            "never_proven": never and f"{len(never)} of {every} who fill a post have not answered "
                                      "in 90 days (fenghuo contacts people --unproven)"}
    return {kind: text for kind, text in said.items() if isinstance(text, str)}


def _share(one: Wait) -> float:
    """How much of the time to answer is gone when the last one hears."""
    return one.seconds / one.answer


def _row(severity: str, kind: str, source: str, place: str, said: str) -> dict[str, Any]:
    return {"severity": severity, "kind": kind, "source": source, "place": place, "said": said}


def _say_faults(settings: Settings, faults: list[Refusal]) -> None:
    for fault in faults:
        typer.echo(placed(settings, str(fault)), err=True)
    if faults:
        typer.echo(f"refused: {len(faults)} faults", err=True)


def _say_unread(unread: list[Unproven], every: bool) -> None:
    if not unread:
        return
    typer.echo(f"not verified: {_counted(Counter(one.confidence for one in unread))} rules"
               + ("" if every else " (--unverified lists them)"))
    for one in unread if every else ():
        typer.echo(f"{one.source}:{one.place}: {one.confidence}: {one.rule}: {one.article}")


def _say_unfiled(unfiled: dict[str, filings.Filing]) -> None:
    """The texts that no gateway approved, by how far each has come."""
    if unfiled:
        typer.echo(f"texts: {len(unfiled)} of {len(filings.TEXTS)} are approved by no SMS gateway "
                   f"({filings.FILE}; fenghuo filings)")
    for status in filings.Filing:
        names = [name for name, reached in unfiled.items() if reached is status]
        if names:
            typer.echo(f"{status}: {', '.join(names)}")


def _counted(counts: Counter[str]) -> str:
    """Each name with its count, the most first."""
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())
