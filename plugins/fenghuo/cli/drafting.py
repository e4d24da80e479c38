"""Changing the rules, typed: drafts and their way into force, editions, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import select

from fenghuo import changes
from fenghuo.acts.refusing import NotPossible
from fenghuo.changes import drafts, freezing, proposing
from fenghuo.changes.states import OPEN, DraftState
from fenghuo.cli.acts import Because, By, Why, do, instant
from fenghuo.cli.frame import FOUND, AsJson, city, house, show
from fenghuo.house import House
from fenghuo.settings import Settings
from fenghuo.store import editions as kept
from fenghuo.store import tables as t
from fenghuo.store.engine import reading
from fenghuo.words import Refused

app = typer.Typer(no_args_is_help=True, help="Changes of the rules, until they are in force.")

Every = Annotated[bool, typer.Option("--all", help="Those that are closed, too.")]
Years = Annotated[Path | None, typer.Option(
    "--observations", exists=True,
    help="Years to judge the past by; what this house keeps if not said.")]


def add_to(root: typer.Typer) -> None:
    app.command(name="list")(listed)
    root.add_typer(app, name="draft")
    root.command(name="editions")(every_edition)
    root.command(name="take-back")(take_back)


def _try(work: Callable[[House], Any]) -> Any:
    """Do something; what is not possible ends with a sentence."""
    with house() as at:
        try:
            return work(at)
        except (NotPossible, Refused) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(FOUND) from error


@app.command()
def propose(
    paths: Annotated[list[Path], typer.Argument(
        exists=True, help="A folder with all the rules, or files that stand for those of the "
                          "same name.")],
    reason: Why, by: By, observations: Years = None,
) -> None:
    """Keep changed rules as a draft, check and test them, and say whom they would have woken."""
    def work(at: House) -> None:
        now = at.clock.now()
        with reading(at.engine) as connection:
            files, whole = proposing.gathered(paths, connection)
        key = changes.propose(at.engine, at.settings, files, by=by, note=reason, now=now,
                              whole=whole)
        changes.examine(at.engine, at.settings, key, by=by, now=now, observations=observations)
        _say(at, key)
    _try(work)


@app.command()
def check(draft: int, by: By, observations: Years = None) -> None:
    """Check and test a draft again; exit 1 while something is wrong."""
    def work(at: House) -> DraftState:
        state = changes.examine(at.engine, at.settings, draft, by=by, now=at.clock.now(),
                                observations=observations)
        _say(at, draft)
        return state
    if _try(work) is DraftState.proposed:
        raise typer.Exit(FOUND)


@app.command(name="show")
def showed(draft: int, as_json: AsJson = False) -> None:
    """A draft whole: what differs, every fault, who has done what."""
    _try(lambda at: _say(at, draft, as_json))


@app.command()
def approve(draft: int, by: By, reason: Because = "", tests_read: Annotated[bool, typer.Option(
        "--tests-read", help="The red tests are meant to end otherwise now.")] = False) -> None:
    """A second person has read it."""
    do(changes.approve, draft, by=by, reason=reason, tests_read=tests_read)
    _try(lambda at: _say(at, draft))


@app.command()
def sign(draft: int, by: By, reason: Because = "") -> None:
    """A leader signs for a draft that is less sensitive."""
    do(changes.sign, draft, by=by, reason=reason)
    _try(lambda at: _say(at, draft))


@app.command()
def effective(
    draft: int, by: By,
    when: Annotated[str | None, typer.Option("--at", help="City time, ISO; at once if not said.")]
    = None,
    override: Annotated[bool, typer.Option(
        "--override", help="A leader's word against the freeze; 12 hours.")] = False,
    reason: Because = "",
) -> None:
    """Say the hour from which a draft counts; the watch puts it in force."""
    hour = instant(when, Settings().zone)
    if override:
        until = do(changes.override, draft, by=by, reason=reason)
        typer.echo(f"the freeze does not hold draft {draft} until {until.isoformat()}")
    do(changes.effective, draft, at=hour, by=by, reason=reason)
    _try(lambda at: _say(at, draft))


@app.command()
def refuse(draft: int, reason: Why, by: By) -> None:
    """A second person says no."""
    do(changes.refuse, draft, by=by, reason=reason)
    typer.echo(f"draft {draft} is refused")


@app.command()
def shadow(draft: int, by: By, end: Annotated[bool, typer.Option(
        "--end", help="Look at it no more; what was found stays.")] = False,
        reason: Because = "") -> None:
    """Judge a draft beside the rules in force and keep what differs; nobody is told."""
    do(changes.unshadow if end else changes.shadow, draft, by=by, reason=reason)
    typer.echo(f"draft {draft} is {'out of' if end else 'in'} shadow")


@app.command()
def differences(draft: int, as_json: AsJson = False) -> None:
    """Texts that a draft in shadow alone would send, or alone would not."""
    with house() as at, reading(at.engine) as connection:
        rows = [{**row, "at": city(row["at"], at)}
                for row in changes.differences(connection, draft)]
    show(rows, as_json, "differences")


@app.command()
def withdraw(draft: int, reason: Why, by: By) -> None:
    """Take a draft out of the way."""
    do(changes.withdraw, draft, by=by, reason=reason)
    typer.echo(f"draft {draft} is withdrawn")


@app.command()
def write(draft: int, folder: Annotated[Path, typer.Argument(file_okay=False)]) -> None:
    """Write what a draft changes into a folder: its own, or rules/ once it is in force."""
    def work(at: House) -> None:
        with reading(at.engine) as connection:
            files = proposing.to_write(connection, draft, folder)
        for target, content in files.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            typer.echo(f"written: {target}")
        typer.echo(f"{folder} is as draft {draft}: {len(files)} files written")
    _try(work)


def listed(every: Every = False, as_json: AsJson = False) -> None:
    """Drafts, oldest first, and what each waits for."""
    with house() as at, reading(at.engine) as connection:
        c, now = t.draft.c, at.clock.now()
        query = select(t.draft).order_by(c.id)
        if not every:
            query = query.where(c.state.in_([*(state.value for state in OPEN),
                                             DraftState.in_force.value]))
        rows = [{"id": row.id, "state": row.state, "waits for": _waits(connection, at, row, now),
                 "by": row.proposed_by, "note": row.note, "proposed": city(row.proposed, at),
                 "effective": city(row.effective, at),
                 "effect": row.effect.get("en", "")}
                for row in connection.execute(query)]
    show(rows, as_json, "drafts")


def every_edition(as_json: AsJson = False) -> None:
    """Every edition that was in force, the newest first."""
    with house() as at, reading(at.engine) as connection:
        e, d = t.edition.c, t.draft.c
        rows = [{"number": row.number, "digest": row.digest[:12],
                 "since": city(row.adopted, at), "by": row.adopted_by, "draft": row.draft}
                for row in connection.execute(
                    select(e.number, e.digest, e.adopted, e.adopted_by, d.id.label("draft"))
                    .outerjoin(t.draft, d.edition == e.digest).order_by(e.number.desc()))]
    show(rows, as_json, "editions")


def take_back(reason: Why, by: By) -> None:
    """Put the rules before those in force back, at once."""
    digest = do(changes.take_back, by=by, reason=reason)
    typer.echo(f"edition {digest[:12]} is in force; the next assess judges by it")


_NEEDS = {
    changes.Needs.check: "its check", changes.Needs.mending: "its faults to be mended",
    changes.Needs.second_person: "a second person", changes.Needs.hour: "its hour to be set",
    changes.Needs.due: "its hour",
    changes.Needs.signature: "a leader's signature", changes.Needs.thaw: "the end of warnings {}",
}


def _waits(connection: Any, at: House, row: Any, now: Any) -> str:
    ice = freezing.frozen(connection, row.hazards)
    needs = changes.waits_for(row, ice, now)
    return _NEEDS[needs].format(", ".join(map(str, sorted(ice.values())))) if needs else ""


def _say(at: House, key: int, as_json: bool = False) -> None:
    with reading(at.engine) as connection:
        row = drafts.of(connection, key)
        waits = _waits(connection, at, row, at.clock.now())
        old, new = kept.files_of(connection, row.base), drafts.files_of(connection, key)
    files = proposing.differing(old, new)
    said = {name: city(value, at) if hasattr(value, "astimezone") else value
            for name, value in row._mapping.items() if value not in (None, [], {}, "")}
    told = proposing.told(old, new)
    whole = {**said, "waits_for": waits, "files": files, "differences": told}
    if as_json:
        show([whole], True)
        return
    typer.echo(f"draft {key} is {row.state}" + (f"; waits for {waits}" if waits else ""))
    if row.note:
        typer.echo(f"  why: {row.note}")
    for word, ones in (("changes", files), ("difference", told), ("fault", row.faults),
                       ("red test", row.tests.get("failed", ())), ("less", row.lessenings),
                       ("hazard", row.hazards)):
        for one in ones:
            typer.echo(f"  {word}: {one}")
    if row.tests:
        typer.echo(f"  tests: {row.tests['run']} run, {len(row.tests['failed'])} red")
    if row.effect:
        typer.echo(f"  past effect: {row.effect['en']}")
    for name in ("proposed", "approved", "signed", "effective", "override"):
        if said.get(f"{name}_by"):
            typer.echo(f"  {name} by {said[f'{name}_by']}"
                       f", {said.get(name) or said.get(f'{name}_until')}")
