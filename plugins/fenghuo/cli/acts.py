"""What a duty officer does, typed: the same functions the console calls, with who and why.

Exit 1 with a sentence where an act is not possible, 2 for a command typed wrongly.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Connection

from fenghuo import editions
from fenghuo.acts import (
    acknowledging,
    answering,
    calling,
    ending,
    holding,
    quarantining,
    reading_inbound,
    registering,
    resending,
    retracting,
)
from fenghuo.acts.papers import Form, Message
from fenghuo.acts.refusing import NotPossible
from fenghuo.cli.frame import FOUND, WRONG_USE, house
from fenghuo.settings import Settings
from fenghuo.store.engine import writing
from fenghuo.words import Answer, Hazard, Level, Refused

By = Annotated[str, typer.Option("--by", help="Who does this; your user name if not said.",
                                 default_factory=lambda: getpass.getuser(),
                                 show_default=False)]
Why = Annotated[str, typer.Option("--reason", help="One sentence why; kept in the ledger.")]
Because = Annotated[str, typer.Option("--reason", help="Why, if there is more to say.")]

inbox = typer.Typer(no_args_is_help=True, help="Texts that only a human can read.")
quarantine = typer.Typer(no_args_is_help=True, help="Numbers and records not believed.")


def add_to(app: typer.Typer) -> None:
    for command in (register, confirm, refuse, hold, cancel, retract, resend, call, answer,
                    acknowledge):
        app.command()(command)
    app.command(name="let-go")(let_go)
    app.command(name="approve")(let_go)
    inbox.command()(accept)
    inbox.command()(dismiss)
    app.add_typer(inbox, name="inbox")
    quarantine.command()(release)
    quarantine.command()(discard)
    app.add_typer(quarantine, name="quarantine")


@contextmanager
def desk() -> Iterator[Callable[..., Any]]:
    """A way to do acts, all in one transaction; what is not possible ends with a sentence."""
    with house() as at:
        now = at.clock.now()
        try:
            with writing(at.engine) as connection:
                yield _doing(connection, at.settings, now)
        except (NotPossible, Refused) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(FOUND) from error


def do(act: Callable[..., Any], *what: Any, **said: Any) -> Any:
    """Do one act at this instant."""
    with desk() as does:
        return does(act, *what, **said)


def _doing(connection: Connection, settings: Settings, now: datetime) -> Callable[..., Any]:
    edition = editions.load(connection, now)
    return lambda act, *what, **said: act(connection, edition, settings, *what, now=now, **said)


def register(
    form: Annotated[Form, typer.Option(help="How it came.")],
    issuer: Annotated[str, typer.Option(help="Whose word it is, by full name.")],
    caller: Annotated[str, typer.Option(help="Who signed it or called.")],
    hazard: Annotated[Hazard, typer.Option()],
    text: Annotated[str, typer.Option(help="What it says, word for word.")],
    issued: Annotated[str, typer.Option(help="When it was issued, city time, ISO.")],
    by: By,
    level: Annotated[Level | None, typer.Option(help="Its own colour, if it has one.")] = None,
    onset: Annotated[str, typer.Option(help="From when; as issued if not said.")] = "",
    expires: Annotated[str, typer.Option(help="Until when.")] = "",
    document: Annotated[str, typer.Option(help="The paper's own number.")] = "",
    district: Annotated[list[str] | None, typer.Option(help="A 12-digit code; repeat it.")] = None,
    station: Annotated[list[str] | None, typer.Option(
        help="A river station and the hours until the water is there: jinjiang=6.")] = None,
    scan: Annotated[Path | None, typer.Option(help="Its image.", exists=True)] = None,
    message: Annotated[Message, typer.Option(help="What it does to an earlier one.")] =
    Message.alert,
    replaces: Annotated[int | None, typer.Option(help="The registration it speaks of.")] = None,
    reason: Because = "",
) -> None:
    """Enter a letter, fax, call or instruction; a second person confirms it."""
    key = do(registering.register, {
        "form": form.value, "issuer": issuer, "caller": caller, "document": document,
        "hazard": hazard.value, "level": level.value if level else "", "text": text,
        "issued": issued, "onset": onset, "expires": expires, "districts": district or [],
        "stations": " ".join(station or []), "scan": scan.read_bytes() if scan else None,
        "message": message.value, "replaces": replaces}, by=by, reason=reason)
    typer.echo(f"registration {key} waits for a second person: fenghuo confirm {key}")


def confirm(registration: int, by: By, reason: Because = "") -> None:
    """A second person has read the paper: it goes the way of a feed's signal."""
    do(registering.confirm, registration, by=by, reason=reason)
    typer.echo(f"registration {registration} is confirmed; the next assess tells of it")


def refuse(registration: int, reason: Why, by: By) -> None:
    """It is not what was entered: nobody is told."""
    do(registering.refuse, registration, by=by, reason=reason)
    typer.echo(f"registration {registration} is refused")


def hold(warning: int, reason: Why, by: By) -> None:
    """Stop a warning's texts that are not sent yet."""
    texts = do(holding.hold, warning, by=by, reason=reason, via="cli")
    typer.echo(f"{texts} texts of warning {warning} wait")


def let_go(warning: int, by: By, reason: Because = "") -> None:
    """Let a warning's texts go that are held, or wait for approval."""
    texts = do(holding.let_go, warning, by=by, reason=reason, via="cli")
    typer.echo(f"{texts} texts of warning {warning} go")


def cancel(warning: int, reason: Why, by: By) -> None:
    """End a warning of our own finding; its people are told."""
    done = do(ending.cancel, warning, by=by, reason=reason)
    typer.echo(f"warning {warning} {'is cancelled' if done else 'was cancelled before'}")


def retract(number: int, reason: Why, by: By,
            letter: Annotated[bool, typer.Option(
                "--registration", help="The number is a registration's.")] = False) -> None:
    """A warning was wrong: exactly those who were told hear so at the next assess."""
    if letter:
        do(registering.retract, number, by=by, reason=reason)
        typer.echo(f"registration {number} is retracted; the next assess corrects it")
        return
    gone = do(retracting.retract, number, by=by, reason=reason)
    typer.echo(f"{len(gone)} events of warning {number} are retracted; the next assess corrects it")


def resend(notice: str, reason: Why, by: By) -> None:
    """Send a text to the same address once more."""
    typer.echo(f"notice {do(resending.resend, notice, by=by, reason=reason)} is queued")


def call(task: int, outcome: calling.Outcome, by: By,
         said: Annotated[Answer | None, typer.Option("--answer", help="What was said.")] = None,
         number: Annotated[int | None, typer.Option(help="People withdrawn, with 3.")] = None,
         person: Annotated[str | None, typer.Option(help="Who spoke, if not the holder.")] = None,
         reason: Because = "") -> None:
    """Log what came of a call on the list."""
    done = do(calling.log_call, task, outcome=outcome, given=said, number=number, person=person,
              by=by, reason=reason)
    typer.echo(f"call {task} {'is logged' if done else 'was logged before'}")


def answer(obligation: int, said: Answer, by: By,
           number: Annotated[int | None, typer.Option(help="People withdrawn, with 3.")] = None,
           person: Annotated[str | None, typer.Option(help="Who said it.")] = None,
           when: Annotated[str | None, typer.Option("--at", help="City time, ISO.")] = None,
           reason: Because = "") -> None:
    """Enter an answer that came on paper; it keeps the hour it was said."""
    done = do(answering.answer_for, obligation, given=said, number=number, person=person,
              at=instant(when, Settings().zone), by=by, reason=reason)
    typer.echo(f"the answer {'is entered' if done else 'was entered before'}")


def acknowledge(alarm: int, by: By, reason: Because = "") -> None:
    """Take an alarm in hand: the leader on duty is not called for it."""
    done = do(acknowledging.acknowledge, alarm, by=by, reason=reason)
    typer.echo(f"alarm {alarm} {'is yours' if done else 'was in hand before'}")


def accept(text: int, by: By,
           said: Annotated[Answer | None, typer.Option("--answer", help="Your reading.")] = None,
           number: Annotated[int | None, typer.Option(help="People withdrawn, with 3.")] = None,
           person: Annotated[str | None, typer.Option(help="Whose it is.")] = None,
           site: Annotated[list[str] | None, typer.Option(help="Which site; repeat it.")] = None,
           reason: Because = "") -> None:
    """Let a text count as an answer."""
    found = do(reading_inbound.accept, text, given=said, number=number, person=person,
               sites=site, by=by, reason=reason)
    typer.echo(f"text {text} answers {len(found)} obligations")


def dismiss(text: int, reason: Why, by: By) -> None:
    """Put a text aside that is no answer."""
    done = do(reading_inbound.dismiss, text, by=by, reason=reason)
    typer.echo(f"text {text} {'is put aside' if done else 'was put aside before'}")


def release(number: int, reason: Why, by: By) -> None:
    """Let a number count that was refused or doubted: somebody stands for it."""
    done = do(quarantining.release, number, by=by, reason=reason)
    typer.echo(f"{done} numbers count; the next assess looks at their windows")


def discard(number: int, reason: Why, by: By) -> None:
    """Put aside what was refused or doubted: it never counts."""
    do(quarantining.discard, number, by=by, reason=reason)
    typer.echo(f"quarantine {number} is discarded")


def instant(text: str | None, zone: ZoneInfo) -> datetime | None:
    """An ISO time as an instant, the city's where it has no offset; exit 2 for anything else."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        typer.echo(f"--at: found {text!r}, expected an ISO time", err=True)
        raise typer.Exit(WRONG_USE) from error
    return found if found.tzinfo else found.replace(tzinfo=zone)
