"""The same text to the same address once more, because a person asks for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from fenghuo import ledger
from fenghuo.acts.refusing import NotPossible, named
from fenghuo.notices import outgoing
from fenghuo.notices.announcing import LIFE, EditionLike
from fenghuo.notices.keys import notice_id as key_of
from fenghuo.notices.outgoing import UNSENT, Notice
from fenghuo.notices.texts import Form
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import Channel, NoticeState, ObligationStatus, Reason, WarningState, masked

STEP = "manual:"
AT_ONCE = timedelta(minutes=1)
"""A second request so soon after the first is the same one."""


def resend(connection: Connection, edition: EditionLike, settings: Settings, notice_id: str, *,
           by: str, reason: str, now: datetime) -> str:
    """Queue a notice's text again as step ``manual:N``; returns the new notice's id.

    Raises NotPossible while the first is still on its way, for a text whose warning has ended,
    and where everybody it asks has answered.
    """
    by = named(by, reason)
    n = t.notice.c
    row = connection.execute(select(t.notice).where(n.id == notice_id)).one_or_none()
    if row is None:
        raise NotPossible(f"found no notice {notice_id}")
    revisions = tuple(connection.scalars(select(t.notice_item.c.revision_id).where(
        t.notice_item.c.notice_id == notice_id)))
    owed = list(connection.execute(
        select(t.obligation.c.id, t.obligation.c.status, t.warning.c.state)
        .join(t.notice_obligation, t.notice_obligation.c.obligation_id == t.obligation.c.id)
        .join(t.warning, t.warning.c.id == t.obligation.c.warning_id)
        .where(t.notice_obligation.c.notice_id == notice_id)))
    if not revisions or not owed:
        raise NotPossible(f"notice {notice_id} is not about a warning")
    again = [one for one in connection.execute(
        select(n.id, n.step, n.state, n.created).where(
            n.occasion == row.occasion, n.channel == row.channel, n.address == row.address,
            n.step.startswith(STEP)).order_by(n.created, n.id))]
    if again and (again[-1].state in UNSENT or now - again[-1].created < AT_ONCE):
        return str(again[-1].id)
    if row.state in (*UNSENT, NoticeState.claimed, NoticeState.in_doubt):
        raise NotPossible(f"notice {notice_id} is {row.state}: it is on its way already")
    if all(one.state != WarningState.in_force for one in owed):
        raise NotPossible(f"the warning of notice {notice_id} has ended")
    if row.code and all(one.status == ObligationStatus.answered for one in owed):
        raise NotPossible(f"everybody whom notice {notice_id} asks has answered")
    step = f"{STEP}{len(again) + 1}"
    notice = Notice(
        Channel(row.channel), row.address, step, row.person, row.language, row.subject, row.text,
        row.parts, row.code, row.rank, row.signed, Reason.asked, now + LIFE, revisions,
        tuple(one.id for one in owed), row.occasion, hazard=row.hazard, kind=row.kind,
        brief=row.brief or "", form=Form(row.template, row.given or {}) if row.template else None)
    outgoing.enqueue(connection, [notice], now)
    ledger.append(connection, "notice.resent", f"notice:{notice_id}",
                  {"by": by, "reason": masked(reason), "step": step}, now)
    return key_of(row.occasion, row.channel, row.address, step)
