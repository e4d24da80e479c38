"""What a call says and asks, as TwiML, and what its keys mean.

A call reads its text twice and takes one key; without one it reads again, twice, and hangs up.
The repeats stand in the call itself, so that it needs the house only for the key. After a 3 it
asks how many people are out. Source: Twilio's TwiML reference, ``<Gather>`` and ``<Say>``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twilio.twiml.voice_response import Gather, VoiceResponse  # type: ignore[import-untyped]

from fenghuo.words import Answer

READINGS = 3
PATIENCE = 8
"""Seconds of silence after which a call takes it that no key comes."""
LONGEST_NUMBER = 5
_VOICE = {"zh": "cmn-CN", "en": "en-US"}
_SAYS: Mapping[str, Mapping[str, str]] = {
    "zh": {"thanks": "已记录，谢谢。", "bye": "没有收到按键，再见。",
           "number": "已记录。请输入已撤离的人数，按井号键结束。没有人员撤离请按0和井号键。",
           "help": "求助已记录，值班人员马上与您联系。",
           "again": "没有这个选项。收到请按1，已启动请按2，已完成请按3，不是本人请按4，"
                    "停产无人请按5，求助请按9。"},
    "en": {"thanks": "Recorded, thank you.", "bye": "No key was pressed. Goodbye.",
           "number": "Recorded. Enter how many people are out, then press the hash key. "
                     "If nobody had to leave, press 0 and hash.",
           "help": "Your call for help is recorded. The duty desk will ring you at once.",
           "again": "There is no such choice. Press 1 for received, 2 for started, 3 for done, "
                    "4 if you are the wrong person, 5 if the site is shut and empty, "
                    "9 for help."}}


def reading(text: str, language: str, action: str) -> str:
    """The call: ``action`` is our public address, with a query, that takes the key."""
    made = VoiceResponse()
    for number in range(READINGS):
        last = {"action_on_empty_result": True} if number == READINGS - 1 else {}
        gather = Gather(num_digits=1, finish_on_key="", timeout=PATIENCE, method="POST",
                        action=action, **last)
        gather.say(text, language=_VOICE[language], loop=2)
        made.append(gather)
    return str(made)


def said(step: str, digits: str) -> str | None:
    """The words of a text that mean what was pressed, None for nothing that counts."""
    if step == "number":
        good = digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER
        return f"{Answer.done.value} {int(digits)}" if good else None
    return digits if digits in {answer.value for answer in Answer} else None


def answered(step: str, digits: str, language: str, action: str) -> str:
    """What the call says once the key is kept. ``action`` is as in ``reading``, for the next."""
    made = VoiceResponse()
    counts = step == "number" or said(step, digits) is not None
    word = "thanks" if counts else "bye"
    if step != "number" and digits == Answer.done.value:
        made.append(_asked("number", language, action, finish_on_key="#"))
    elif step != "number" and digits == Answer.help.value:
        word = "help"
    elif step == "key" and digits and not counts:
        made.append(_asked("again", language, action, num_digits=1, finish_on_key=""))
    made.say(_SAYS[language][word], language=_VOICE[language])
    made.hangup()
    return str(made)


def _asked(step: str, language: str, action: str, **how: Any) -> Gather:
    gather = Gather(timeout=PATIENCE, method="POST", action=f"{action}&step={step}", **how)
    gather.say(_SAYS[language][step], language=_VOICE[language])
    return gather
