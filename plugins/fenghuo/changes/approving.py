"""审: a second person, the signer where somebody loses, the hour; and the ways out.

Each act is one transaction with its entry in the ledger. Two at once: one of them is told that
somebody was quicker.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from fenghuo import ledger
from fenghuo.acts.refusing import NotPossible, named
from fenghuo.changes import drafts, freezing, persons
from fenghuo.changes.states import OPEN, Closing, DraftState, Needs
from fenghuo.editions import Edition
from fenghuo.settings import Settings
from fenghuo.words import masked


def approve(connection: Connection, edition: Edition, settings: Settings, draft_id: int, *,
            by: str, reason: str = "", tests_read: bool = False, now: datetime) -> None:
    """A second person has read the draft, its past effect, and with ``tests_read`` its red tests.

    Raises NotPossible for whoever proposed it, before a good check, over red tests nobody read,
    and when other rules came into force meanwhile.
    """
    by, row = named(by), drafts.of(connection, draft_id)
    persons.another(by, {"proposed": row.proposed_by}, edition.contacts, "approve")
    if row.state == DraftState.proposed:
        raise NotPossible(f"draft {row.id} has {len(row.faults)} faults" if row.checked else
                          f"draft {row.id} is not checked: fenghuo draft check {row.id}")
    red = row.tests.get("failed", [])
    if red and not tests_read:
        raise NotPossible(f"{len(red)} tests of draft {row.id} end otherwise ({red[0]}): mend "
                          "them, or say that you have read them (--tests-read)")
    _stands(connection, row)
    drafts.move(connection, row, [DraftState.checked], state=DraftState.approved.value,
                approved_by=by, approved=now)
    _enter(connection, row, "approved", by, reason, now, red=red)


def sign(connection: Connection, edition: Edition, settings: Settings, draft_id: int, *,
         by: str, reason: str = "", now: datetime) -> None:
    """A leader signs for a draft that is less sensitive.

    Raises NotPossible for whoever proposed or approved it, for somebody who is no leader, and
    where nobody loses.
    """
    by, row = named(by), drafts.of(connection, draft_id)
    if row.state == DraftState.approved and not row.lessenings:
        raise NotPossible(f"draft {row.id} makes nothing less sensitive: it needs no signature")
    persons.another(by, {"proposed": row.proposed_by, "approved": row.approved_by},
                    edition.contacts, "sign")
    persons.leading(by, settings, edition.contacts, "sign")
    _stands(connection, row)
    drafts.move(connection, row, [DraftState.approved], state=DraftState.signed.value,
                signed_by=by, signed=now)
    _enter(connection, row, "signed", by, reason, now, lessenings=len(row.lessenings))


def effective(connection: Connection, edition: Edition, settings: Settings, draft_id: int, *,
              at: datetime | None, by: str, reason: str = "", now: datetime) -> None:
    """Say the hour from which a draft counts, None for now; said again, the later word counts.

    Where change control is off a checked draft whose tests are green needs nobody else, as
    ``adopt`` asks for nobody. Raises NotPossible for an hour that is past, and before every
    signature it needs.
    """
    by, row, at = named(by), drafts.of(connection, draft_id), at or now
    if at.tzinfo is None:
        raise ValueError(f"naive instant {at!r}")
    if at < now:
        raise NotPossible(f"found {at.isoformat()}, expected an hour that is not past")
    if row.state == DraftState.approved and row.lessenings:
        raise NotPossible(f"draft {row.id} is less sensitive in {len(row.lessenings)} ways: a "
                          f"leader signs first (fenghuo draft sign {row.id})")
    states = [DraftState.approved, DraftState.signed, DraftState.scheduled]
    if not settings.change_control:
        states.append(DraftState.checked)
        red = row.tests.get("failed", [])
        if row.state == DraftState.checked and red:
            raise NotPossible(f"{len(red)} tests of draft {row.id} end otherwise ({red[0]}): mend "
                              "them, or let a second person approve it")
    _stands(connection, row)
    drafts.move(connection, row, states, state=DraftState.scheduled.value, effective=at,
                effective_by=by)
    _enter(connection, row, "scheduled", by, reason, now, effective=at.isoformat())


def override(connection: Connection, edition: Edition, settings: Settings, draft_id: int, *,
             by: str, reason: str, now: datetime) -> datetime:
    """A leader's word that a draft may come into force although its hazard is frozen.

    Returns when the word expires. Raises NotPossible for anybody else, and where nothing is
    frozen: a word in store is none.
    """
    by, row = named(by, reason), drafts.of(connection, draft_id)
    persons.leading(by, settings, edition.contacts, "override the freeze")
    ice = freezing.frozen(connection, row.hazards)
    if not ice:
        raise NotPossible(f"draft {row.id} is not frozen: no orange or red of its hazards")
    until = now + freezing.LASTS
    drafts.move(connection, row, OPEN, override_by=by, override_reason=masked(reason),
                override_until=until)
    _enter(connection, row, "overridden", by, reason, now, until=until.isoformat(),
           warnings=sorted(ice.values()))
    return until


def refuse(connection: Connection, edition: Edition, settings: Settings, draft_id: int, *,
           by: str, reason: str, now: datetime) -> None:
    """A second person says no. Raises NotPossible for whoever proposed it (withdraw it)."""
    by, row = named(by, reason), drafts.of(connection, draft_id)
    persons.another(by, {"proposed": row.proposed_by}, edition.contacts, "refuse")
    drafts.close(connection, row, DraftState.refused, Closing.refused, reason, by=by, now=now)


def withdraw(connection: Connection, edition: Edition, settings: Settings, draft_id: int, *,
             by: str, reason: str, now: datetime) -> None:
    """Take a draft out of the way; nothing of it comes into force."""
    by, row = named(by, reason), drafts.of(connection, draft_id)
    drafts.close(connection, row, DraftState.withdrawn, Closing.withdrawn, reason, by=by, now=now)


def waits_for(row: Any, frozen: dict[str, int], now: datetime) -> Needs | None:
    """What a draft waits for; None for one that is no longer open."""
    state = DraftState(row.state)
    if state is DraftState.proposed:
        return Needs.mending if row.checked else Needs.check
    if state is DraftState.checked:
        return Needs.second_person
    if state is DraftState.approved and row.lessenings:
        return Needs.signature
    if state in (DraftState.approved, DraftState.signed):
        return Needs.hour
    if state is DraftState.scheduled and row.effective <= now and frozen \
            and not freezing.overridden(row, now):
        return Needs.thaw
    return Needs.due if state is DraftState.scheduled else None


def _stands(connection: Connection, row: Any) -> None:
    if drafts.overtaken(connection, row):
        raise NotPossible(f"other rules came into force since draft {row.id} was proposed: "
                          "propose it anew over those")


def _enter(connection: Connection, row: Any, word: str, by: str, reason: str, now: datetime,
           **facts: Any) -> None:
    ledger.append(connection, f"draft.{word}", f"draft:{row.id}",
                  {"by": by, "reason": masked(reason), "digest": row.digest, **facts}, now)
