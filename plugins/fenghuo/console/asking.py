"""What can be done from the console: its address, what it asks, and what will happen.

One line an act; the functions behind them are those of the command line (``fenghuo.acts``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from fenghuo.console.last import Shown, last
from fenghuo.store import editions as kept
from fenghuo.store import tables as t
from fenghuo.words import FenghuoError, NoticeState, mask

UNSENT = (NoticeState.queued, NoticeState.held)
TOLD = (NoticeState.accepted, NoticeState.claimed, NoticeState.in_doubt)

Row = Any


class NoSuchThing(FenghuoError):
    """Nothing by that number to act upon."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A confirm page: ``title`` names the thing, ``people`` are touched by ``texts`` texts, and
    ``back`` is where to return to; ``last`` says when the last of what is let go leaves."""

    title: str
    people: int
    texts: int
    back: str
    quote: str | None = None
    last: Shown | None = None


Look = Callable[[Connection, Any, int, str], Asked]
"""(connection, view, id, notice's id or empty) -> what the confirm page says."""


def _warning(connection: Connection, warning: int) -> Row:
    row = connection.execute(select(t.warning).where(t.warning.c.id == warning)).one_or_none()
    if row is None:
        raise NoSuchThing(f"no warning {warning}")
    return row


def _touched(connection: Connection, warning: int, which: ColumnElement[bool]) -> tuple[int, int]:
    """People and texts of a warning's notices."""
    n, i, r = t.notice.c, t.notice_item.c, t.revision.c
    people, texts = connection.execute(
        select(func.count(n.address.distinct()), func.count(n.id.distinct()))
        .join(t.notice_item, i.notice_id == n.id).join(t.revision, r.id == i.revision_id)
        .where(r.warning_id == warning, which)).one()
    return people, texts


def _of(states: tuple[NoticeState, ...]) -> Look:
    def look(connection: Connection, view: Any, warning: int, _: str) -> Asked:
        row = _warning(connection, warning)
        which = t.notice.c.state.in_([state.value for state in states])
        return Asked(view.heading(row), *_touched(connection, warning, which),
                     f"/warnings/{warning}",
                     last=last(connection, view, warning) if NoticeState.held in states else None)
    return look


def _resend(connection: Connection, view: Any, warning: int, notice: str) -> Asked:
    n, i, r = t.notice.c, t.notice_item.c, t.revision.c
    row = connection.execute(
        select(n.person, n.address, n.text, n.channel)
        .join(t.notice_item, i.notice_id == n.id).join(t.revision, r.id == i.revision_id)
        .where(n.id == notice, r.warning_id == warning).limit(1)).one_or_none()
    if row is None:
        raise NoSuchThing(f"no text {notice[:32]!r} of warning {warning}")
    return Asked(f"{view.named.person(row.person)} {mask(row.address)}", 1, 1,
                 f"/warnings/{warning}", row.text)


def _call(connection: Connection, view: Any, call: int, _: str) -> Asked:
    c, o = t.call_task.c, t.obligation.c
    row = connection.execute(
        select(o.site, o.person, o.warning_id)
        .join(t.obligation, o.id == c.obligation_id).where(c.id == call)).one_or_none()
    if row is None:
        raise NoSuchThing(f"no call task {call}")
    who = view.named.person(row.person), view.named.phone(row.person, view.who.acts)
    return Asked(" · ".join((view.place(row.site), *who)), 1, 0, f"/warnings/{row.warning_id}")


def _inbound(connection: Connection, view: Any, inbound: int, _: str) -> Asked:
    i = t.inbound.c
    row = connection.execute(
        select(i.address, i.person, i.body).where(i.id == inbound)).one_or_none()
    if row is None:
        raise NoSuchThing(f"no text {inbound} came in")
    return Asked(f"{view.named.person(row.person)} {row.address}".strip(), 1, 0, "/", row.body)


def _alarm(connection: Connection, view: Any, alarm: int, _: str) -> Asked:
    from fenghuo.console.terms import term

    a = t.alarm.c
    row = connection.execute(
        select(a.kind, a.subject, a.detail).where(a.id == alarm)).one_or_none()
    if row is None:
        raise NoSuchThing(f"no alarm {alarm}")
    return Asked(f"{term('alarm', row.kind, view.language)}: {row.subject}", 0, 0, "/", row.detail)


def _registration(connection: Connection, view: Any, registration: int, _: str) -> Asked:
    r = t.registration.c
    row = connection.execute(
        select(r.hazard, r.issuer, r.document, r.text).where(r.id == registration)).one_or_none()
    if row is None:
        raise NoSuchThing(f"no registration {registration}")
    said = view.hazard(row.hazard), row.issuer, row.document or ""
    return Asked(" · ".join(filter(None, said)), 0, 0, "/", row.text)


def _quarantined(connection: Connection, view: Any, which: int, _: str) -> Asked:
    q = t.quarantine.c
    row = connection.execute(select(q.feed, q.place, q.found, q.expected).where(
        q.id == which, q.fate.is_(None))).one_or_none()
    if row is None:
        raise NoSuchThing(f"nothing open in quarantine by {which}")
    return Asked(f"{row.feed} · {row.place}", 0, 0, "/quarantine",
                 f"{view.word('found')} {row.found}; {view.word('expected')} {row.expected}")


def _draft(connection: Connection, view: Any, draft: int, _: str) -> Asked:
    d = t.draft.c
    row = connection.execute(
        select(d.note, d.proposed_by, d.effect).where(d.id == draft)).one_or_none()
    if row is None:
        raise NoSuchThing(f"no draft {draft}")
    return Asked(f"{view.word('draft').format(draft)} · {row.note} · {row.proposed_by}", 0, 0,
                 f"/drafts/{draft}", row.effect.get(view.language, ""))


def _edition(connection: Connection, view: Any, number: int, _: str) -> Asked:
    e = t.edition.c
    rows = connection.execute(select(t.edition).order_by(e.number.desc()).limit(2)).all()
    if len(rows) < 2 or rows[0].number != number:
        raise NoSuchThing(f"edition {number} is not in force, or has none before it")
    from fenghuo.changes.proposing import told  # the language: no server process loads it before

    newest = rows[0]
    now, before = (kept.files_of(connection, row.digest) for row in rows)
    return Asked(f"{view.word('edition')} {number} · {newest.digest[:12]} · {newest.adopted_by}",
                 0, 0, "/rules", "\n".join(told(now, before, view.language)))


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that can be done. ``words`` by language: what it is, what will happen with
    {people} and {texts}. ``danger``: it cannot be undone by another act."""

    words: Mapping[str, tuple[str, str]]
    look: Look
    danger: bool = False


ACTS: Mapping[tuple[str, str], Act] = {
    ("warnings", "hold"): Act({
        "zh": ("暂缓发送", "尚未发出的 {texts} 条文本（{people} 人）和此后的新文本将等待，"
               "直到放行。已发出的不受影响。"),
        "en": ("Hold its texts", "{texts} texts to {people} people that have not gone, and every "
               "new one, will wait until they are let go. What went stays as it is."),
    }, _of(UNSENT)),
    ("warnings", "release"): Act({
        "zh": ("放行", "暂缓的 {texts} 条文本将发给 {people} 人。"),
        "en": ("Let go", "{texts} texts that were held will go to {people} people."),
    }, _of((NoticeState.held,))),
    ("warnings", "cancel"): Act({
        "zh": ("解除", "本预警将结束；已告知的 {people} 人将收到解除文本，叫应停止。"),
        "en": ("End it", "The warning will end; the {people} people who were told get a text that "
               "says so, and calling stops."),
    }, _of(TOLD), danger=True),
    ("warnings", "retract"): Act({
        "zh": ("撤回（发错）", "本预警是错的；已告知或存疑的 {people} 人将立即收到更正。"),
        "en": ("Retract as wrong", "It was wrong; the {people} people who were told, or may have "
               "been, get a correction at once."),
    }, _of(TOLD), danger=True),
    ("warnings", "resend"): Act({
        "zh": ("重发", "下面的文本将再次发给 {people} 人。"),
        "en": ("Resend", "The text below will go once more to {people} person."),
    }, _resend),
    ("calls", ""): Act({
        "zh": ("登记通话", "通话结果记入台账；对方的答复等同短信答复。"),
        "en": ("Log a call", "What came of the call is recorded; an answer given counts as one."),
    }, _call),
    ("inbound", "accept"): Act({
        "zh": ("采纳来信", "这条来信将作为其本人的答复。"),
        "en": ("Accept the text", "The text will count as its person's answer."),
    }, _inbound),
    ("inbound", "dismiss"): Act({
        "zh": ("略过来信", "这条来信已阅，不作答复处理。"),
        "en": ("Dismiss the text", "The text has been read and answers nothing."),
    }, _inbound),
    ("registrations", "confirm"): Act({
        "zh": ("确认登记", "你是第二人，已核对原件；确认后按正式信号处理并告知单位。"),
        "en": ("Confirm the paper", "You are the second person who has read it; it becomes a "
               "signal and those it reaches are told."),
    }, _registration, danger=True),
    ("registrations", "refuse"): Act({
        "zh": ("退回登记", "与原件不符；不会告知任何人。"),
        "en": ("Refuse the paper", "It is not what was entered; nobody will be told."),
    }, _registration),
    ("alarms", "acknowledge"): Act({
        "zh": ("签收告警", "告警签收后不再上报带班领导；恢复后自动关闭。"),
        "en": ("Acknowledge the alarm", "The leader on duty will not be woken for it; it closes "
               "when what is wrong has recovered."),
    }, _alarm),
    ("quarantine", "release"): Act({
        "zh": ("放行读数", "此读数属实：视同现在收到，计入所有时段；如果仍达阈值，"
               "相关单位将被告知。"),
        "en": ("Let the number count", "It is true: it counts in every window as if received now; "
               "where a limit is still reached, those concerned are told."),
    }, _quarantined, danger=True),
    ("quarantine", "discard"): Act({
        "zh": ("作废读数", "此读数不实：不计入任何时段，不再列为待处理。"),
        "en": ("Discard it", "It is wrong: it counts nowhere and is listed as open no more."),
    }, _quarantined),
    ("drafts", "approve"): Act({
        "zh": ("审核通过", "你是第二人，已看过改动、规则测试和以往影响。"),
        "en": ("Approve the draft", "You are the second person who has read the changes, the rule "
               "tests and the past effect."),
    }, _draft),
    ("drafts", "sign"): Act({
        "zh": ("签发", "你是负责人；此草案会让一些人更晚、更少或不再被告知。"),
        "en": ("Sign the draft", "You are a leader; by this draft some people will be told later, "
               "of less, or not at all."),
    }, _draft, danger=True),
    ("drafts", "refuse"): Act({
        "zh": ("不同意草案", "草案结束，不会生效。"),
        "en": ("Refuse the draft", "The draft ends and never comes into force."),
    }, _draft),
    ("drafts", "withdraw"): Act({
        "zh": ("撤回草案", "草案结束，不会生效。"),
        "en": ("Withdraw the draft", "The draft ends and never comes into force."),
    }, _draft),
    ("drafts", "schedule"): Act({
        "zh": ("定生效时间", "到此时刻，草案中的规则生效；所涉灾种橙色或红色生效期间顺延。"),
        "en": ("Set the hour", "From that hour its rules are in force; while orange or red of its "
               "hazards is in force it waits."),
    }, _draft, danger=True),
    ("drafts", "override"): Act({
        "zh": ("负责人令", "虽有橙色或红色生效，此草案仍可按时生效。"),
        "en": ("Word against the freeze", "The draft may come into force although orange or red "
               "of its hazards is in force."),
    }, _draft, danger=True),
    ("editions", "return"): Act({
        "zh": ("退回上一版规则", "上一版规则立即重新生效，改动如下；联系人不变。"
               "如有人因此更晚或不再被告知，须由负责人操作。"),
        "en": ("Take the rules back", "The rules before these are in force again at once, which "
               "changes what follows; contacts stay as they are. Where somebody is told later "
               "or not at all by it, a leader must do it."),
    }, _edition, danger=True),
}
"""By the address's first and last word."""