"""The word on our own finding, as somebody signed in to Airflow gives it; no Airflow in it.

The question is the house's own row (``notices.approvals``), and so is its clock: Airflow is one
more place to answer at. Whoever is first closes it; whoever comes later is told how it was settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from fenghuo import editions, notices
from fenghuo.house import House
from fenghuo.notices import approval_asking, approvals, wording
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Hazard, Reason

_OTHERWISE = {approvals.SEND: ("自动发出", "are sent"), approvals.HOLD: ("自动暂缓", "are held")}


@dataclass(frozen=True, slots=True)
class Question:
    """What Airflow shows: a line, and Markdown below it."""

    subject: str
    body: str


def waiting(house: House) -> list[int]:
    """The approvals that nobody has settled, oldest first."""
    a = t.approval.c
    with reading(house.engine) as connection:
        return list(connection.scalars(select(a.id).where(a.decided.is_(None)).order_by(a.id)))


def question(house: House, key: int) -> Question | None:
    """What to ask of an approval; None where there is nothing to ask any more. The texts are on the
    page it links to: their codes are for those who may read them there."""
    now = house.clock.now()
    with reading(house.engine) as connection:
        row = _row(connection, key)
        if row is None or row.decided is not None:
            return None
        contacts = editions.load(connection, now).contacts
        hazard = Hazard(connection.execute(select(t.warning.c.hazard).where(
            t.warning.c.id == row.warning_id)).scalar_one())
    zh, en = (approval_asking.area(contacts, row.sites, language) for language in ("zh", "en"))
    due, then = wording.clock(row.due, house.settings.zone, now), _OTHERWISE[row.otherwise]
    page = f"{house.settings.public_url}/warnings/{row.warning_id}"
    return Question(
        f"请审批：{zh}{wording.HAZARD['zh'][hazard]}最高级风险提示（我方判断） · To approve: "
        f"{wording.HAZARD['en'][hazard]} in {en}, our own finding at the highest level",
        f"拟发{len(row.sites)}处，{due}前不答则{then[0]}。 · Sites that wait: {len(row.sites)}; "
        f"without an answer by {due} their texts {then[1]}.\n\n[{page}]({page})")


def settled(house: House, key: int) -> str | None:
    """By whom, by which way and when an approval was settled, in one line; None while it is open.
    One that does not exist has nothing to wait for."""
    with reading(house.engine) as connection:
        row = _row(connection, key)
    if row is None:
        return f"approval {key}: found none"
    if row.decided is None:
        return None
    return (f"approval {key}: {row.decision} ({row.reason}) {row.by or ''} via {row.via} "
            f"{row.decided.astimezone(house.settings.zone):%H:%M:%S}")


def word(house: House, key: int, send: bool, by: str) -> bool:
    """Record what somebody said in Airflow; False where it was settled before, and then nothing
    is done. ``by`` is the user's name there."""
    decision, reason = ((approvals.SEND, Reason.approved) if send
                        else (approvals.HOLD, Reason.approval_refused))
    now = house.clock.now()
    with writing(house.engine) as connection:
        row = _row(connection, key)
        if row is None or not approvals.decide(connection, row, decision, reason, by, "airflow",
                                               now):
            return False
        if send:
            notices.release(connection, editions.load(connection, now), house.settings, now)
    return True


def _row(connection: Connection, key: int) -> Any:
    return connection.execute(
        select(t.approval).where(t.approval.c.id == key)).one_or_none()
