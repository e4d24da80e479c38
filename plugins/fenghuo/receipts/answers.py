"""Reading what a person texts back.

1 received, 2 started, 3 done + number, 4 not me, 5 shut and empty, 9 help.

Accepted: the digit, full-width too, with the code before or after it, a number after 3, and the
plain words for each in both languages. Whatever is denied, contradictory or merely looks like an
answer (``没收到``, ``12``, our own list quoted back) is unclear and waits for a human, because a
wrong "received" stops the ladder. Of several steps the lowest counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from fenghuo.words import Answer

LARGEST = 99_999
_CODE = re.compile(r"(?<![a-z])([a-z]\d{2,4})(?:\s?-\s?(\d{1,3}))?(?!\d)")
_LABEL = re.compile(r"码|编号|\bcode\b")
_DIGITS = {answer.value: answer for answer in Answer}
_STEPS = (Answer.received, Answer.started, Answer.done)
_WORDS = {
    Answer.help: re.compile(r"求助|救命|救援|有险|遇险|被困|\b(help|sos)\b"),
    Answer.not_me: re.compile(r"不是我|非本人|调离|发错|打错|\b(not me|wrong (number|person))\b"),
    Answer.shut: re.compile(r"停产|无人|\b(shut|closed|empty)\b"),
    Answer.done: re.compile(r"完成|撤完|查完|\b(done|finished|completed?)\b"),
    Answer.started: re.compile(r"启动|\b(started|begun)\b"),
    Answer.received: re.compile(
        r"收到|确认|知悉|知道了|好的|\b(ok|okay|yes|roger|received|got it|confirm(ed)?)\b"),
}
_DENIED = re.compile(
    r"(没|未|不|无法|非)(有|能|曾|再)?(收到|确认|知|启动|完成|撤完|查完|停产)"
    r"|收到(后|会|请|就|了?吗|没)|\b(not|no|never|cannot|can't|don't|didn't|haven't)\b")


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as understood. ``code`` is one of the known codes, ``site`` the number after it
    (``K90-3``), ``wrong`` something that looks like a code and is none of them."""

    answer: Answer | None = None
    number: int | None = None
    code: str | None = None
    site: int | None = None
    wrong: str | None = None


def parse(body: str, codes: Collection[str]) -> Said:
    """Understand a text from a person whose open ``codes`` are given (normally one or none)."""
    text = unicodedata.normalize("NFKC", body).casefold().strip()
    known = {code.casefold(): code for code in codes}
    code, site, wrong, kept = None, None, None, ""
    position = 0
    for match in _CODE.finditer(text):
        kept += text[position:match.start()] + " "
        position = match.end()
        token, suffix = match[1], match[2]
        if token in known:
            code, site = known[token], int(suffix) if suffix else None
        elif token[:-1] in known and token[-1] in _DIGITS:  # K471: the code K47, then 1
            code = known[token[:-1]]
            kept += token[-1] + " "
        else:
            wrong = token
    rest = _LABEL.sub(" ", kept + text[position:])
    answer, number = _meaning(rest)
    return Said(answer, number, code, site, None if code else wrong)


def _meaning(text: str) -> tuple[Answer | None, int | None]:
    numbers = re.findall(r"\d+", text)
    words = {answer for answer, pattern in _WORDS.items() if pattern.search(text)}
    if Answer.help in words:
        return Answer.help, None
    denied = _DENIED.search(text)
    if (denied and words - {Answer.not_me}) or (denied and not words and not numbers):
        return None, None
    if numbers and numbers[0] in _DIGITS and not _led_by_words(text, numbers[0], words):
        return _by_digit(_DIGITS[numbers[0]], numbers[1:], words)
    steps = words & set(_STEPS)
    others = words - set(_STEPS)
    if len(others) == 1 and not steps and not numbers:
        return others.pop(), None
    if not steps or others or len(numbers) > 1:
        return None, None
    lowest = min(steps, key=_STEPS.index)
    if numbers:
        return (lowest, _people(numbers)) if lowest is Answer.done else (None, None)
    return lowest, None


def _led_by_words(text: str, number: str, words: set[Answer]) -> bool:
    """Whether the first number is a count after the word: ``完成3人``."""
    return words == {Answer.done} and bool(_WORDS[Answer.done].search(text[:text.index(number)]))


def _by_digit(answer: Answer, numbers: list[str],
              words: set[Answer]) -> tuple[Answer | None, int | None]:
    agrees = not words or answer in words or (answer in _STEPS and words <= set(_STEPS))
    if answer is Answer.help:
        return answer, None
    if not agrees or len(numbers) > (1 if answer is Answer.done else 0):
        return None, None
    return answer, _people(numbers)


def _people(numbers: list[str]) -> int | None:
    count = int(numbers[0][:9]) if numbers else None
    return count if count is None or count <= LARGEST else None
