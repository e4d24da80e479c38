"""The paste box: lines of a chat group are shown as they would count, and only then recorded.

What is recorded is what was shown: when a line would count otherwise by now, it is shown again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from fenghuo.console.act_routes import SAYS
from fenghuo.console.door import GUARD, Door, Language, unreadable
from fenghuo.console.rule_edits import Sent, barred, sent
from fenghuo.console.who import Who, mark
from fenghuo.store import tables as t
from fenghuo.store.engine import engine, writing
from fenghuo.words import FenghuoError, masked

if TYPE_CHECKING:
    from fenghuo.acts.pasting import Line
    from fenghuo.console.door import Shown
    from fenghuo.console.page import View

LONGEST = 20_000
"""Characters of a paste that are read."""


class ChangedMeanwhile(FenghuoError):
    """A line would count otherwise than it was shown."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """Lines as they would count, and what each of their choices is: site and hazard."""

    text: str
    lines: Sequence[Line]
    duties: Mapping[int, Any]

    @property
    def counts(self) -> int:
        """How many would be recorded."""
        return sum(line.verdict == "matched" for line in self.lines)

    @property
    def digest(self) -> str:
        """What was shown, in one word."""
        return _digest(self.lines)


def add_to(router: APIRouter, door: Door) -> None:
    """The box, the look and the record, behind the router's own door."""
    signed_in, body = Depends(door.who), Depends(sent)

    @router.get("/paste", response_class=HTMLResponse)
    def box(request: Request, lang: Language = "zh", who: Who = signed_in) -> Response:
        if not who.acts:
            return door.sorry(request, who, lang, SAYS["viewer"][lang], 403)
        return _page(door, request, who, lang, "")

    @router.post("/paste/look")
    def look(request: Request, lang: Language = "zh", who: Who = signed_in,
             form: Sent | None = body) -> Response:
        return (barred(door, request, who, lang, "paste/look", form)
                or _page(door, request, who, lang, _text(form)))

    @router.post("/paste/record")
    def record(request: Request, lang: Language = "zh", who: Who = signed_in,
               form: Sent | None = body) -> Response:
        return (barred(door, request, who, lang, "paste/record", form)
                or _record(door, request, who, lang, form or Sent({})))


def _page(door: Door, request: Request, who: Who, lang: str, text: str,
          sentence: str | None = None, status: int = 200) -> Response:
    def find(connection: Connection, view: View) -> Shown:
        pasted = _read(connection, view, text) if text else None
        return "paste.html", {
            "pasted": pasted, "text": text, "sentence": sentence, "most": LONGEST,
            "look_mark": mark(door.settings, who, "paste/look"),
            "record_mark": mark(door.settings, who, "paste/record")}

    return door.page(request, who, lang, find, status)


def _read(connection: Connection, view: View, text: str) -> Pasted:
    from fenghuo.acts import pasting  # its words: no server process loads them before a paste

    contacts, o, w = view.named.contacts, t.obligation.c, t.warning.c
    lines = [] if contacts is None else pasting.read(
        connection, contacts, text, view.settings.zone, view.now)
    named = {key for line in lines for key in line.choices}
    rows = connection.execute(
        select(o.id, o.site, o.post, w.hazard).join(t.warning, w.id == o.warning_id)
        .where(o.id.in_(named)))
    return Pasted(text, lines, {row.id: row for row in rows})


def _record(door: Door, request: Request, who: Who, lang: str, form: Sent) -> Response:
    from fenghuo import editions
    from fenghuo.acts import pasting

    text, now = _text(form), door.clock.now()
    try:
        with writing(engine(door.settings.url)) as connection:
            edition = editions.load(connection, now)
            lines = pasting.read(connection, edition.contacts, text, door.settings.zone, now)
            if _digest(lines) != form.fields.get("shown"):
                raise ChangedMeanwhile("")
            pasting.record(connection, edition, door.settings, lines, by=who.name, now=now)
    except ChangedMeanwhile:
        return _page(door, request, who, lang, text, "changed", 409)
    except FenghuoError as error:
        return door.sorry(request, who, lang, masked(str(error)), 409)
    except SQLAlchemyError as error:
        return unreadable(error)
    back = f"{str(request.scope.get('root_path', '')).rstrip('/')}/silent"
    return RedirectResponse(back + (f"?lang={lang}" if lang != "zh" else ""), 303, GUARD)


def _text(form: Sent | None) -> str:
    return (form.fields.get("text", "") if form else "")[:LONGEST]


def _digest(lines: Sequence[Line]) -> str:
    said = [(line.text, line.verdict.value, line.choices, line.given, line.number,
             line.at and line.at.isoformat()) for line in lines]
    return sha256(repr(said).encode()).hexdigest()
