"""What a text says may be answered to it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from fenghuo.notices import wording
from fenghuo.notices.letters import Letter
from fenghuo.notices.measures import Done, Entry

_DONE = {"zh": {Done.done: "3完成", Done.withdrawn: "3撤完+人数", Done.checked: "3查完"},
         "en": {Done.done: "3 done", Done.withdrawn: "3+number out", Done.checked: "3 checked"}}


def reply(letter: Letter, measure: Entry, zone: ZoneInfo, now: datetime) -> str:
    """The numbers a recipient may answer, with the code; that nothing need be, where nothing is
    asked. Hours are those of ``zone``."""
    zh = letter.language == "zh"
    if letter.procedure is None or letter.procedure.answer is None:
        return "无需回复。" if zh else "No reply needed. "
    if not letter.heard:
        return "请按短信或邮件回复，群内不收。" if zh else "Answer the SMS or mail, not here. "
    if not letter.code:
        return "无需回复。" if zh else "No reply needed. "
    code = f"码{letter.code}" if zh else f"code {letter.code}"
    if not letter.procedure.measures:
        due = letter.answer_due and wording.clock(letter.answer_due, zone, now)
        return f"请{due}前回1，9求助，{code}。" if zh else f"Reply 1 by {due}, 9 help, {code}. "
    quake = letter.lead.metric == "intensity"
    done = _DONE[letter.language][Done.checked if quake else measure.done]
    if quake:  # nothing is started: people look, and say what they found
        by = wording.clock(letter.done_due, zone, now) if letter.done_due else ""
        zh_by, en_by = (f"，{by}前报", f", report by {by}") if by else ("", "")
        return (f"1收到{done}9有险情，{code}{zh_by}。" if zh
                else f"Reply 1 received {done} 9 danger, {code}{en_by}. ")
    return (f"1收到2启动{done}9求助，{code}。" if zh
            else f"Reply 1 received 2 started {done} 9 help, {code}. ")
