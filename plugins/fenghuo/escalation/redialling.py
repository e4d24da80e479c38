"""A call that was in vain is placed again, as a human would, until the ladder takes over.

Busy, not answered, not put through: after two minutes, at most twice a rung. Picked up without a
key: once, for a voicemail picks up too. The last ring in vain is the county desk's to dial, where
no later rung rings the same post or hands it to a human. What is decided of a ring is decided
once: the decision names the ring it follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from fenghuo.agreements.schema import LadderRung
from fenghuo.contacts import Contacts
from fenghuo.escalation.rungs import Aim, office_of
from fenghuo.notices import outgoing, rings
from fenghuo.notices.letters import Kind
from fenghuo.notices.outgoing import Notice
from fenghuo.notices.pacing import Asked, quiet_until
from fenghuo.notices.procedure import Procedure
from fenghuo.store import tables as t
from fenghuo.words import Channel, Hazard, Level, ObligationStatus, Reason, WarningState

MEMORY = timedelta(hours=2)
"""A ring that ended before is nobody's any more."""
_HUMAN = (Channel.voice, Channel.call_list)
_OPEN = (ObligationStatus.pending, ObligationStatus.told, ObligationStatus.escalating,
         ObligationStatus.unreachable)


@dataclass(frozen=True, slots=True)
class Ended:
    """A ring that ended (``row``: its obligation and notice) and what is to be decided by when."""

    row: Any
    rung: int
    ring: int
    vain: bool
    due: datetime

    @property
    def detail(self) -> str:
        """As its decision names it: of a ring in vain itself, else of the one that follows."""
        return f"{rings.step(self.rung, self.ring + (not self.vain))} after {self.row.notice}"


class Ladders(Protocol):
    """What the climb knows of ladders."""

    @property
    def contacts(self) -> Contacts: ...
    def procedure(self, row: Any) -> Procedure | None: ...
    def zero(self, row: Any, found: Procedure) -> datetime: ...
    def aimed(self, rung: LadderRung, row: Any) -> Aim: ...
    def silent_town(self, site: str) -> bool: ...
    def ringed(self, row: Any, told: bool, reason: Reason, detail: str) -> None: ...
    def list_call(self, row: Any, office: str, rung: int) -> None: ...


def pending(connection: Connection, now: datetime) -> list[Ended]:
    """The rings of which nothing is decided yet, by obligation."""
    n, r, no, o, w = (t.notice.c, t.receipt.c, t.notice_obligation.c, t.obligation.c,
                      t.warning.c)
    v = t.revision.c
    rows = connection.execute(
        select(t.obligation, v.facts, v.edition, w.hazard, n.id.label("notice"), n.step,
               n.address, r.status.label("ended"), r.at.label("ended_at"))
        .join(t.notice_obligation, no.obligation_id == o.id).join(t.notice, n.id == no.notice_id)
        .join(t.receipt, (r.gateway == n.gateway) & (r.provider_id == n.provider_id))
        .join(t.warning, w.id == o.warning_id).join(t.revision, v.id == o.opened_by)
        .where(n.channel == Channel.voice.value, n.accepted_at > now - MEMORY,
               n.created >= o.opened, n.step.startswith("rung:"),
               r.status.in_(list(rings.MOST)), r.at > now - MEMORY,
               w.state == WarningState.in_force.value, w.held.is_(None),
               o.status.in_([status.value for status in _OPEN]))
        .order_by(o.id, r.at)).all()
    if not rows:
        return []
    newest: dict[tuple[int, str], Ended] = {}
    for row in rows:
        rung, ring = rings.parse(row.step) or (0, 0)
        vain = ring >= rings.MOST[row.ended]
        due = row.ended_at if vain else row.ended_at + rings.PATIENCE
        newest[row.id, row.notice] = Ended(row, rung, ring, vain, due)
    d = t.decision.c
    known = {(row.site, row.detail) for row in connection.execute(
        select(d.site, d.detail).where(
            d.at > now - MEMORY, d.detail.like("rung:% after %")))}
    return [one for one in newest.values() if (one.row.site, one.detail) not in known]


def redial(connection: Connection, ended: Sequence[Ended], ladders: Ladders, zone: ZoneInfo,
           now: datetime) -> int:
    """Decide what follows each of the rings that are due; returns how many were."""
    again: dict[tuple[str, str], list[Ended]] = {}
    due = [one for one in ended if one.due <= now]
    listed = _listed(connection, [one.row.id for one in due])
    for one in due:
        reason = _reason(one, one.row.id in listed, ladders, zone, now)
        ladders.ringed(one.row, reason == Reason.rung_again, reason, one.detail)
        if reason == Reason.rung_again:
            step = rings.step(one.rung, one.ring + 1)
            again.setdefault((one.row.notice, step), []).append(one)
    outgoing.enqueue(connection, [
        _again(connection, notice, step, [one.row.id for one in group])
        for (notice, step), group in again.items()], now)
    return len(due)


def _reason(one: Ended, listed: bool, ladders: Ladders, zone: ZoneInfo,
            now: datetime) -> Reason:
    """What is decided of a ring, ``rung_again`` where the next is placed; ``listed`` where a
    human has the call."""
    row, found = one.row, ladders.procedure(one.row)
    ladder = found.rungs(row.site) if found else ()
    if not found or one.rung > len(ladder):
        return Reason.superseded  # the rules have no such rung any more
    rung, later = ladder[one.rung - 1], ladder[one.rung:]
    if one.vain:
        if not listed and not any(
                after.by == Channel.call_list or (after.by, after.to) == (rung.by, rung.to)
                for after in later):
            ladders.list_call(row, office_of(row.site, "county", ladders.contacts), one.rung)
        return Reason.rung_in_vain
    zero = ladders.zero(row, found)
    if listed or any(
            after.by in _HUMAN and (number <= row.rung or zero + after.after <= now)
            for number, after in enumerate(later, one.rung + 1)):
        return Reason.passed_on
    if quiet_until(Asked(Kind.rung, Hazard(row.hazard), Level(row.tier)), now, zone):
        return Reason.quiet_hours
    step = ladders.aimed(rung, row)
    if step.reason != Reason.rung:
        return step.reason
    if step.site and ladders.silent_town(row.site):
        return Reason.receipts_lost
    return Reason.rung_again if step.address == row.address else Reason.superseded


def _listed(connection: Connection, obligations: Sequence[int]) -> set[int]:
    """Of which of these a human is to dial or to go there already."""
    c = t.call_task.c
    return set(connection.scalars(select(c.obligation_id).where(
        c.obligation_id.in_(obligations), c.done.is_(None))))


def _again(connection: Connection, notice: str, step: str, obligations: Sequence[int]) -> Notice:
    """The same call, of the next step."""
    row = connection.execute(select(t.notice).where(t.notice.c.id == notice)).one()
    return outgoing.again(connection, row, step=step, reason=Reason.rung_again,
                          obligations=tuple(sorted(obligations)))
