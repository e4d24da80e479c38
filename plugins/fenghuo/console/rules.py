"""The rules as the console shows them: agreements, drafts, and what an edit would change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from fenghuo import changes, editions
from fenghuo.agreements import annex
from fenghuo.agreements.annex import Annex
from fenghuo.agreements.differences import differences
from fenghuo.agreements.reading import FOLDER
from fenghuo.changes import drafts, freezing, proofs
from fenghuo.changes.drafts import TESTS
from fenghuo.changes.states import OPEN, DraftState
from fenghuo.editions import Edition
from fenghuo.editions.advising import advise
from fenghuo.settings import Settings
from fenghuo.store import editions as kept
from fenghuo.store import tables as t
from fenghuo.words import FenghuoError, Refusal, Refused

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")

CLOSED = 20
"""How many closed drafts the list shows."""


class NoSuchRules(FenghuoError):
    """No agreement or draft by that name."""


@dataclass(frozen=True, slots=True)
class Board:
    """The page *Rules*: ``edition`` in force, its agreements by address, drafts, and the
    warnings that freeze hazards; ``before`` whether there is an edition to go back to."""

    edition: Any
    agreements: Mapping[str, Any]
    open: list[tuple[Any, changes.Needs | None]]
    closed: list[Any]
    frozen: Mapping[str, int]
    before: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into a table: new digits by path, and what is wrong with them.

    ``beside`` has the faults by the number they stand at, ``faults`` all the others.
    """

    digits: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, list[str]] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What an edit changes, before anybody proposes it."""

    changes: Mapping[str, str]
    said: list[str]
    tests: tuple[int, list[str]]
    effect: str
    less: list[str]
    frozen: Mapping[str, int]
    advice: list[str]


def board(connection: Connection, edition: Edition, now: datetime) -> Board:
    """The page *Rules* as of ``now``."""
    e, d = t.edition.c, t.draft.c
    rows = connection.execute(select(t.edition).order_by(e.number.desc()).limit(2)).all()
    files = kept.files_of(connection, edition.digest)
    by_name = {one.agreement: one for one in edition.agreements}
    shown = {_stem(path): by_name.get(_stem(path)) for path in sorted(files)
             if path.startswith(FOLDER)}
    states = [state.value for state in OPEN]
    waiting = connection.execute(
        select(t.draft).where(d.state.in_(states)).order_by(d.id.desc())).all()
    closed = connection.execute(
        select(t.draft).where(d.state.not_in(states)).order_by(d.id.desc()).limit(CLOSED)).all()
    hazards = {rule.hazard.value for one in edition.agreements for rule in one.rules}
    return Board(rows[0], shown, [(row, waits(connection, row, now)) for row in waiting],
                 list(closed), freezing.frozen(connection, hazards), len(rows) > 1)


def waits(connection: Connection, row: Any, now: datetime) -> changes.Needs | None:
    """What an open draft waits for."""
    return changes.waits_for(row, freezing.frozen(connection, row.hazards), now)


def file_of(connection: Connection, edition: Edition, agreement: str) -> tuple[str, bytes]:
    """Path and bytes of an agreement in force by its address. Raises NoSuchRules."""
    path = f"{FOLDER}{agreement}.yaml"
    content = kept.files_of(connection, edition.digest).get(path) \
        if _NAME.fullmatch(agreement) else None
    if content is None:
        raise NoSuchRules(f"no agreement {agreement[:60]!r} in the edition in force")
    return path, content


def typed(table: Annex, content: bytes, form: Mapping[str, str]) -> Typed:
    """The digits of a form that differ from the file's, with every fault that they have."""
    digits = {path: form[path].strip() for path, number in table.numbers.items()
              if path in form and form[path].strip() != number.digits}
    try:
        annex.edited(table.source, content, digits)
    except Refused as refused:
        return faulty(table, digits, refused.refusals)
    return Typed(digits)


def faulty(table: Annex, digits: Mapping[str, str], faults: list[Refusal]) -> Typed:
    """Faults of an edit, each beside its number where it has one."""
    beside: dict[str, list[str]] = {}
    others = []
    for fault in faults:
        # a fault of a whole tier or rule stands beside what was typed of that rule
        number = annex.number_at(digits, fault) or annex.number_of_rule(digits, fault) \
            or annex.number_at(table.numbers, fault)
        if number is None:
            others.append(str(fault))
        else:
            beside.setdefault(number, []).append(
                f"found {fault.found}, expected {fault.expected}")
    return Typed(digits, beside, tuple(others))


def preview(connection: Connection, engine: Engine, settings: Settings, old: Edition,
            path: str, digits: Mapping[str, str], language: str, now: datetime) -> Preview:
    """What new digits of one file change. Raises Refused with every fault of the edition."""
    files = kept.files_of(connection, old.digest)
    files[path] = annex.edited(path, files[path], digits)
    new = editions.read(files, kept.digest_of(files))
    tested = {**files, **proofs.on_disk(settings.path(settings.rules))}
    hazards = freezing.touched(old, new)
    run, red = proofs.tests(tested, new, settings)
    return Preview(
        digits, differences(old.agreements, new.agreements, language),
        (run, [one.brief for one in red]), proofs.effect(engine, settings, old, new)[language],
        [str(one) for one in changes.sensitivity(old, new)],
        freezing.frozen(connection, hazards), _odd(connection, settings, old, files, now))


@dataclass(frozen=True, slots=True)
class Draft:
    """The page of one draft. ``tables`` are the agreements it changes, with the digits in force
    by path where they differ; ``shadow`` what its shadow would have told otherwise; ``alone``
    whether one person may set the hour, for the city has no change control."""

    row: Any
    waits: changes.Needs | None
    said: list[str]
    tables: list[tuple[Annex, Mapping[str, str]]]
    frozen: Mapping[str, int]
    shadow: list[Any]
    alone: bool
    mine: bool
    advice: list[str]

    @property
    def acts(self) -> tuple[str, ...]:
        """What can be done with it next, the likeliest first."""
        rest: tuple[str, ...] = ("withdraw",) if self.mine else ("refuse", "withdraw")
        state = DraftState(self.row.state)
        if state not in OPEN:
            return ()
        if state is DraftState.approved:
            rest = ("sign" if self.row.lessenings else "schedule", *rest)
        elif state is DraftState.checked:
            rest = (*(() if self.mine else ("approve",)),
                    *(("schedule",) if self.alone else ()), *rest)
        elif state in (DraftState.signed, DraftState.scheduled):
            rest = ("schedule", *rest)
        return (*rest, "override") if self.frozen else rest


def draft(connection: Connection, settings: Settings, edition: Edition, number: int,
          language: str, now: datetime, by: str) -> Draft:
    """A draft as of ``now``, as ``by`` sees it. Raises NotPossible for an unknown number."""
    row = drafts.of(connection, number)
    new, old = drafts.files_of(connection, number), kept.files_of(connection, row.base)
    paths = sorted(path for path in new if path.startswith(FOLDER) and new[path] != old.get(path))
    tables: list[tuple[Annex, Mapping[str, str]]] = []
    said: list[str] = []
    try:
        for path in paths:
            after = annex.table(path, new[path], language)
            before = annex.table(path, old[path], language) if path in old else None
            was = {name: str(one) for name, one in before.numbers.items()} if before else {}
            tables.append((after, {name: was.get(name, "") for name, one in after.numbers.items()
                                   if was.get(name) != str(one)}))
            said += differences([before.agreement] if before else [], [after.agreement], language)
    except Refused:
        pass  # its faults stand in its row: there is no table to show
    d = t.draft_difference.c
    shadow = connection.execute(
        select(t.draft_difference).where(d.draft == number).order_by(d.id.desc()).limit(200)).all()
    return Draft(row, waits(connection, row, now), said, tables,
                 freezing.frozen(connection, row.hazards), list(shadow),
                 not settings.change_control, row.proposed_by == by,
                 _odd(connection, settings, edition, new, now) if row.state in OPEN else [])


def _odd(connection: Connection, settings: Settings, old: Edition, rules: Mapping[str, bytes],
         now: datetime) -> list[str]:
    """What is odd in rules and not in the edition in force; nothing for rules with faults."""
    before = kept.files_of(connection, old.digest)
    files = {path: content for path, content in rules.items() if not path.startswith(TESTS)}
    files |= {path: content for path, content in before.items() if path.startswith("contacts/")}
    try:
        new = editions.read(files, kept.digest_of(files))
    except Refused:
        return []
    day = now.astimezone(settings.zone).date()
    known = {(one.kind, one.source, one.said) for one in advise(old, before, day)}
    return [str(one) for one in advise(new, files, day)
            if (one.kind, one.source, one.said) not in known]


def _stem(path: str) -> str:
    return path.removeprefix(FOLDER).removesuffix(".yaml")
