"""The acts themselves: one function of ``fenghuo.acts`` for each address, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from sqlalchemy import Connection

from fenghuo.settings import Settings
from fenghuo.store.engine import engine, writing
from fenghuo.words import Answer, FenghuoError

OUTCOMES = ("reached", "no_answer", "wrong_number")
"""What comes of dialling (``acts.calling.Outcome``); who was reached may have answered."""


class BadForm(FenghuoError):
    """A form that lacks something; one sentence."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a confirm page sent back."""

    reason: str
    notice: str = ""
    outcome: str = ""
    answer: str = ""
    number: str = ""
    person: str = ""
    at: str = ""
    tests_read: str = ""

    def said(self) -> dict[str, Any]:
        """The answer that was typed: ``given`` and ``number``, None where nothing was.

        Raises BadForm for a number that is none.
        """
        number = self.number.strip()
        if number and not (number.isascii() and number.isdigit() and len(number) < 6):
            raise BadForm(f"number of people: found {number[:20]!r}, expected digits")
        return {"given": Answer(self.answer) if self.answer in set(Answer) else None,
                "number": int(number) if number else None}


def _plain(module: str, name: str) -> Callable[..., Any]:
    def act(connection: Connection, edition: Any, settings: Settings, which: int, form: Form,
            **said: Any) -> None:
        _of(module, name)(connection, edition, settings, which, **said)
    return act


def _resend(connection: Connection, edition: Any, settings: Settings, _: int, form: Form,
            **said: Any) -> None:
    _of("resending", "resend")(connection, edition, settings, form.notice, **said)


def _call(connection: Connection, edition: Any, settings: Settings, which: int, form: Form,
          **said: Any) -> None:
    if form.outcome not in OUTCOMES:
        raise BadForm(f"outcome: found {form.outcome[:20]!r}, expected one of "
                      + ", ".join(OUTCOMES))
    _of("calling", "log_call")(
        connection, edition, settings, which, outcome=_of("calling", "Outcome")(form.outcome),
        **form.said(), **said)


def _accept(connection: Connection, edition: Any, settings: Settings, which: int, form: Form,
            **said: Any) -> None:
    _of("reading_inbound", "accept")(connection, edition, settings, which, **form.said(),
                                     person=form.person.strip() or None, **said)


def _change(name: str) -> Callable[..., Any]:
    """An act of change control."""
    def act(connection: Connection, edition: Any, settings: Settings, which: int, form: Form,
            **said: Any) -> None:
        _of("", name, "fenghuo.changes")(connection, edition, settings, which, **said)
    return act


def _approve(connection: Connection, edition: Any, settings: Settings, which: int, form: Form,
             **said: Any) -> None:
    _of("", "approve", "fenghuo.changes")(connection, edition, settings, which,
                                          tests_read=form.tests_read == "yes", **said)


def _schedule(connection: Connection, edition: Any, settings: Settings, which: int, form: Form,
              **said: Any) -> None:
    at = said["now"]
    if form.at.strip():
        try:
            at = datetime.fromisoformat(form.at.strip())
        except ValueError:
            raise BadForm(f"hour: found {form.at[:20]!r}, expected 2026-06-08T12:00") from None
        at = at if at.tzinfo else at.replace(tzinfo=settings.zone)
    _of("", "effective", "fenghuo.changes")(connection, edition, settings, which, at=at, **said)


def _return(connection: Connection, edition: Any, settings: Settings, _: int, form: Form,
            **said: Any) -> None:
    _of("", "take_back", "fenghuo.changes")(connection, edition, settings, **said)


def _of(module: str, name: str, room: str = "fenghuo.acts") -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(import_module(f"{room}.{module}".rstrip(".")), name)
    return found


DOES: Mapping[tuple[str, str], Callable[..., None]] = {
    ("warnings", "hold"): _plain("holding", "hold"),
    ("warnings", "release"): _plain("holding", "let_go"),
    ("warnings", "cancel"): _plain("ending", "cancel"),
    ("warnings", "retract"): _plain("retracting", "retract"),
    ("warnings", "resend"): _resend,
    ("calls", ""): _call,
    ("inbound", "accept"): _accept,
    ("inbound", "dismiss"): _plain("reading_inbound", "dismiss"),
    ("registrations", "confirm"): _plain("registering", "confirm"),
    ("registrations", "refuse"): _plain("registering", "refuse"),
    ("alarms", "acknowledge"): _plain("acknowledging", "acknowledge"),
    ("quarantine", "release"): _plain("quarantining", "release"),
    ("quarantine", "discard"): _plain("quarantining", "discard"),
    **{("drafts", name): _change(name)
       for name in ("sign", "refuse", "withdraw", "override")},
    ("drafts", "approve"): _approve,
    ("drafts", "schedule"): _schedule,
    ("editions", "return"): _return,
}


def do(settings: Settings, key: tuple[str, str], which: int, form: Form, by: str,
       now: datetime) -> None:
    """Do it, in a transaction with its ledger entry. Raises FenghuoError: a sentence why not."""
    if not form.reason.strip():
        raise BadForm("found no reason, expected one sentence why")
    from fenghuo import editions  # its tables: no server process loads them before an act

    with writing(engine(settings.url)) as connection:
        DOES[key](connection, editions.load(connection, now), settings, which, form, by=by,
                  reason=form.reason.strip(), now=now)
