"""Warnings in force stay on the edition that made them (practice.md 8).

A change of the rules never ends or lowers a warning by itself. A rule that became less sensitive
while it holds something is *kept*: it is judged by its old text, everywhere, until its last
finding has ended; then the new text counts. A rule that became no less sensitive counts at once:
whatever the old text held, the new one holds too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from fenghuo import editions, ledger
from fenghuo.agreements.schema import Agreement
from fenghuo.changes.sensitivity import editions_of, of_rules
from fenghuo.editions import Edition
from fenghuo.observations import tails
from fenghuo.store import tables as t
from fenghuo.words import Holds


def keep(connection: Connection, before: str, new: Edition, now: datetime) -> None:
    """Note which rules stay on their old text, as an edition comes into force."""
    held = _holding(connection)
    if not held:
        return
    old = editions.of(connection, before)
    texts = {row.rule: row for row in connection.execute(select(t.kept_rule))}
    after = {one.agreement: one for one in new.agreements}
    for agreement in old.agreements:
        for key, rules in editions_of(agreement).items():
            name = f"{agreement.agreement}/{key}"
            if name not in held:
                continue
            first = texts.get(name)
            was = rules if first is None else editions_of(_agreement(
                editions.of(connection, first.edition), agreement.agreement)).get(key, rules)
            other = after.get(agreement.agreement)
            less = of_rules(agreement.agreement, was,
                            editions_of(other).get(key, ()) if other else ())
            if less and first is None:
                connection.execute(insert(t.kept_rule).values(
                    agreement=agreement.agreement, rule=name, edition=old.digest, since=now))
                ledger.append(connection, "rule.kept", name, {
                    "edition": old.digest, "less": [str(one) for one in less]}, now)
            elif not less and first is not None:
                _let_go(connection, first, now)


def standing(connection: Connection, edition: Edition, now: datetime) -> Edition:
    """The edition to judge by: rules that are kept stand in it with their old text.

    Those that hold nothing any more are let go first. Most of the time it is ``edition``.
    """
    rows = connection.execute(select(t.kept_rule).order_by(t.kept_rule.c.rule)).all()
    if not rows:
        return edition
    held = _holding(connection)
    for row in rows:
        if row.rule not in held:
            _let_go(connection, row, now)
    return _with(connection, edition, [row for row in rows if row.rule in held])


def _with(connection: Connection, edition: Edition, rows: Sequence[Any]) -> Edition:
    found = {one.agreement: one for one in edition.agreements}
    for row in rows:
        source = _agreement(editions.of(connection, row.edition), row.agreement)
        old = tuple(rule for rule in source.rules if rule.id == row.rule.partition("/")[2])
        now = found.get(row.agreement)
        if now is None:
            found[row.agreement] = source.model_copy(update={"rules": old})
            continue
        found[row.agreement] = now.model_copy(update={
            "rules": (*(rule for rule in now.rules if rule.id != old[0].id), *old),
            # the tiers that it can still give want a procedure
            "release": {**source.release, **now.release},
            "feedback": {**{level: duty for level, duty in source.feedback.items()
                            if level not in now.release}, **now.feedback}})
    return replace(edition, agreements=tuple(found[name] for name in sorted(found)))


def _holding(connection: Connection) -> set[str]:
    """Keys of the rules behind findings that hold."""
    c = t.finding.c
    return set(connection.scalars(select(c.rule).where(
        c.ended_at.is_(None), c.holds == Holds.true.value).distinct()))


def _let_go(connection: Connection, row: Any, now: datetime) -> None:
    connection.execute(delete(t.kept_rule).where(t.kept_rule.c.rule == row.rule))
    tails.touch(connection)
    ledger.append(connection, "rule.let_go", row.rule, {"edition": row.edition}, now)


def _agreement(edition: Edition, name: str) -> Agreement:
    return next(one for one in edition.agreements if one.agreement == name)
