"""What became of one claimed notice, written only while the claim is still ours.

Every function returns False, and leaves the notice untouched, when another holder has it now.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    String,
    case,
    column,
    insert,
    select,
    update,
    values,
)
from sqlalchemy.exc import IntegrityError

from fenghuo import ledger
from fenghuo.channels import Accepted, Ambiguous, Gateway, Rejected
from fenghuo.channels.refused import reason_of
from fenghuo.clock import machine_now
from fenghuo.contacts import addresses
from fenghuo.notices import obligations
from fenghuo.outbox import deliveries
from fenghuo.outbox.claims import HELD, Claim, mine
from fenghuo.outbox.routing import Route
from fenghuo.store.tables import decision, notice, notice_obligation, obligation
from fenghuo.words import Delivery, NoticeState, Reason, mask

LONGEST_WAIT = 300.0
"""Machine seconds between two attempts at most, before their jitter of a quarter."""
SETUP_WAIT = 120.0
_FINAL: dict[str, Any] = {"lease_until": None, "next_try": None}


def accepted(connection: Connection, taken: Sequence[tuple[Claim, Accepted]], gateway: Gateway,
             delays: Sequence[float], now: datetime, adopted: bool = False) -> list[bool]:
    """The provider has them, all written at once. An id that is another notice's already proves
    nothing: in doubt, and asked for after ``delays``."""
    try:
        with connection.begin_nested():
            return _accepted(connection, taken, gateway, now, adopted)
    except IntegrityError:
        if len(taken) > 1:  # which of them is it?
            return [accepted(connection, [one], gateway, delays, now, adopted)[0] for one in taken]
        return [ambiguous(connection, taken[0][0],
                          Ambiguous("an id that belongs to another notice"), delays, now)]


def _accepted(connection: Connection, taken: Sequence[tuple[Claim, Accepted]], gateway: Gateway,
              now: datetime, adopted: bool) -> list[bool]:
    given = values(column("key", String), column("token", Integer), column("provider", String),
                   name="given").data(sorted((held.notice, held.token, said.provider_id)
                                             for held, said in taken)).cte("taken")
    written: dict[str, Any] = _FINAL | {
        "state": NoticeState.accepted, "gateway": gateway.name, "error": None,
        "provider_id": given.c.provider, "accepted_at": now,
        "delivery": case((notice.c.delivery == Delivery.none, Delivery.accepted.value),
                         else_=notice.c.delivery)}
    if adopted:
        written["reason"] = Reason.found_at_gateway
    kept = set(connection.scalars(
        update(notice).where(notice.c.id == given.c.key, notice.c.token == given.c.token,
                             notice.c.state.in_(HELD))
        .values(written).returning(notice.c.id)))
    ours = [(held, said) for held, said in taken if held.notice in kept]
    if ours:
        obligations.mark_told(connection, [held.notice for held, _ in ours], now)
        ledger.append_many(connection, [
            ("notice.accepted", f"notice:{held.notice}",
             _facts(held, gateway) | {"provider_id": said.provider_id, "adopted": adopted})
            for held, said in ours], now)
        deliveries.join(connection, gateway.name,
                        {said.provider_id: held.notice for held, said in ours}, now)
    lost = [held.notice for held, _ in taken if held.notice not in kept]
    known = {row.id: row.provider_id for row in connection.execute(
        select(notice.c.id, notice.c.provider_id).where(notice.c.id.in_(lost)))} if lost else {}
    # a receipt may have told the same before us
    return [held.notice in kept or known.get(held.notice) == said.provider_id
            for held, said in taken]


def rejected(connection: Connection, held: Claim, route: Route, outcome: Rejected,
             machine: float, now: datetime) -> bool:
    """A clear no: to the next gateway at once, else queued for later; failed when nothing helps."""
    gateway, spare = route.gateway, route.spare(held.address)
    spent = outcome.retries is not None and held.attempts > outcome.retries + spare
    on = bool(spare) and _elsewhere(outcome, held)
    untried = on and (held.turn + 1) % (spare + 1) > 0  # a gateway that has not had its turn
    if untried or not (outcome.permanent or spent):
        return _write(connection, held, {
            "state": NoticeState.queued, "lease_until": None, "error": outcome.error,
            "turn": held.turn + on,
            "next_try": None if untried else machine + wait(outcome, held.attempts)})
    reason = reason_of(outcome.reason)
    if not _write(connection, held, _FINAL | {
            "state": NoticeState.failed, "reason": reason, "error": outcome.error}):
        return False
    obligations.mark_failed(connection, held.notice, now, reason)
    if reason in addresses.OUT:
        addresses.put_out(connection, held.channel, held.address, reason, now,
                          person=held.person, error=outcome.error)
    ledger.append(connection, "notice.failed", f"notice:{held.notice}",
                  _facts(held, gateway) | {"reason": reason.value, "error": outcome.error}, now)
    return True


def ambiguous(connection: Connection, held: Claim, outcome: Ambiguous, delays: Sequence[float],
              now: datetime) -> bool:
    """Perhaps taken: in doubt, asked for after each of the ``delays`` (machine seconds); what is
    not found after the last was not taken."""
    machine = machine_now()
    written = _write(connection, held, {
        "state": NoticeState.in_doubt, "reason": Reason.gateway_ambiguous, "lookups": 0,
        "error": outcome.error, "lease_until": None, "next_try": machine + delays[0],
        "doubt_until": machine + delays[-1]})
    if written:
        ledger.append(connection, "notice.in_doubt", f"notice:{held.notice}",
                      {"reason": Reason.gateway_ambiguous.value, "error": outcome.error}, now)
    return written


def asked(connection: Connection, held: Claim, counted: bool, next_try: float) -> bool:
    """A look-up that found nothing, or (not ``counted``) could not be made."""
    return _write(connection, held, {
        "lookups": notice.c.lookups + (1 if counted else 0), "lease_until": None,
        "next_try": next_try})


def dropped(connection: Connection, held: Claim, reason: Reason, now: datetime) -> bool:
    """It is not sent after all, and why; a person left untold by it counts as unreached."""
    if not _write(connection, held, _FINAL | {"state": NoticeState.dropped, "reason": reason}):
        return False
    note_dropped(connection, held.notice, reason, now)
    return True


def note_dropped(connection: Connection, key: str, reason: Reason, now: datetime) -> None:
    """Everything that follows a dropped notice: the decisions, the ledger, the unreached."""
    rows = connection.execute(
        select(obligation.c.site, obligation.c.post, obligation.c.revision_id)
        .join(notice_obligation, notice_obligation.c.obligation_id == obligation.c.id)
        .where(notice_obligation.c.notice_id == key)).all()
    if rows:
        connection.execute(insert(decision), [
            {"at": now, "told": False, "reason": reason, "site": row.site, "post": row.post,
             "revision_id": row.revision_id, "detail": f"notice {key}"} for row in rows])
    ledger.append(connection, "notice.dropped", f"notice:{key}", {"reason": reason.value}, now)
    if reason in addresses.OUT:
        obligations.mark_failed(connection, key, now, reason)
    elif reason in (Reason.expired, Reason.agreement_unsigned):
        obligations.mark_failed(connection, key, now)


def _elsewhere(outcome: Rejected, held: Claim) -> bool:
    """Whether another gateway may take what this one did not: a wrong number is wrong everywhere,
    and who is asked to wait is asked twice before somebody else is."""
    return (outcome.reason not in ("address", "opted_out")
            and (outcome.reason != "busy" or held.attempts > 1))


def released(connection: Connection, held: Claim) -> bool:
    """Give back a claim that was never acted on."""
    state = NoticeState.in_doubt if held.doubt else NoticeState.queued
    values: dict[str, Any] = {"state": state, "lease_until": None}
    if not held.doubt:
        values["attempts"] = notice.c.attempts - 1
    return _write(connection, held, values)


def wait(outcome: Rejected, attempts: int) -> float:
    """Machine seconds to the next attempt: doubling with jitter, the provider's word first."""
    if outcome.retry_after is not None:
        return min(LONGEST_WAIT, outcome.retry_after) + random.uniform(0, 1)
    if outcome.reason == "unreachable":
        attempts = 1  # it never got there: its lane waits for the gateway, not each text for itself
    base = SETUP_WAIT if outcome.setup else min(LONGEST_WAIT, 2.0 ** min(attempts, 9))
    return base * random.uniform(0.75, 1.25)


def _write(connection: Connection, held: Claim, values: dict[str, Any]) -> bool:
    return connection.execute(update(notice).where(mine(held)).values(**values)).rowcount == 1


def _facts(held: Claim, gateway: Gateway) -> dict[str, Any]:
    return {"channel": held.channel.value, "gateway": gateway.name,
            "address": mask(held.address), "attempts": held.attempts}
