"""Reading what a person texts back.

1 received, 2 started, 3 done + number, 4 not me, 5 shut and empty, 9 help.

Accepted: the digit in any width, circled or as a numeral, with the code before or after it, a
number after 3, and the plain words for each in both languages. Whatever is denied, contradictory
or merely looks like an answer (``没收到``, ``12``, our own list quoted back) is unclear and waits
for a human, because a wrong "received" stops the ladder. Of several steps the lowest counts, and
a call for help is heard beside anything else.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from fenghuo.receipts import numerals, spellings
from fenghuo.receipts.numerals import Number
from fenghuo.receipts.spellings import STEPS
from fenghuo.words import Answer

LARGEST = 99_999
_CODE = re.compile(r"(?<![a-z])([a-z]\d{2,4})(?:\s?[-—–_]\s?(\d{1,3})(?!\d))?(?!\d)")
_LABEL = re.compile(r"(?<!号)编?码[:：]?|代码|编号|\bcode\b:?")
_SITE = re.compile(r"第\s*(\d{1,3})\s*[处个家](?!人)")
_DIGITS = {answer.value: answer for answer in Answer}
_Meaning = tuple[Answer | None, int | None]
_NOTHING: _Meaning = (None, None)


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as understood. ``code`` is one of the known codes, ``site`` the number after it
    (``K90-3``), ``wrong`` something that looks like a code and is none of them."""

    answer: Answer | None = None
    number: int | None = None
    code: str | None = None
    site: int | None = None
    wrong: str | None = None


def parse(body: str, codes: Collection[str], numbered: bool = True) -> Said:
    """Understand a text from a person whose open ``codes`` are given (normally one or none).

    ``numbered`` False reads a hyphen as punctuation: ``K47-1`` of somebody with one site is a 1.
    """
    text = _joined(spellings.plain(body), codes)
    if spellings.quoted(text):
        return Said()
    known = {code.casefold(): code for code in codes}
    code, site, wrong, kept = None, None, None, ""
    position = 0
    for match in _CODE.finditer(text):
        kept += text[position:match.start()] + " "
        position = match.end()
        token, suffix = match[1], match[2]
        if token in known:
            code = known[token]
            if suffix and numbered:
                site = int(suffix)
            elif suffix:
                kept += suffix + " "
        elif token[:-1] in known and token[-1] in _DIGITS:  # K471: the code K47, then 1
            code = known[token[:-1]]
            kept += token[-1] + " " + (suffix or "") + " "
        else:
            wrong = token
    rest = _LABEL.sub(" ", kept + text[position:])
    named = _SITE.search(rest)
    if named and site is None:
        site, rest = int(named[1]), rest[:named.start()] + " " + rest[named.end():]
    answer, number = _meaning(rest)
    return Said(answer, number, code, site, None if code else wrong)


def _joined(text: str, codes: Collection[str]) -> str:
    """The text with each known code in one piece: ``K 47``, ``K-47``."""
    for code in codes:
        word = code.casefold()
        text = re.sub(rf"(?<![a-z]){word[0]}\s?[-—.]?\s?{word[1:]}(?!\d)", word, text)
    return text


def _meaning(text: str) -> _Meaning:
    text = spellings.told_back(numerals.digits(text))
    words = spellings.words(text)
    numbers = numerals.numbers(text)
    leads = [one for one in numbers if one.digits in _DIGITS and not one.count and not one.other]
    if Answer.help in words or (
            leads and leads[0] is numbers[0] and leads[0].digits == Answer.help):
        return Answer.help, None
    if spellings.denied(text) or any(one.other for one in numbers):
        return _NOTHING
    if leads and not _counts_after(text, leads[0], words):
        return _by_digit(numbers, leads, words)
    return _by_words(numbers, words)


def _by_words(numbers: list[Number], words: set[Answer]) -> _Meaning:
    steps = words & set(STEPS)
    others = words - set(STEPS)
    if len(others) == 1 and not steps and not numbers:
        return others.pop(), None
    if not steps or others or len(numbers) > 1:
        return _NOTHING
    lowest = min(steps, key=STEPS.index)
    if numbers and Answer.done not in steps:
        return _NOTHING
    return lowest, _people(numbers) if lowest is Answer.done else None


def _counts_after(text: str, number: Number, words: set[Answer]) -> bool:
    """Whether the first number is a count after the word: ``完成3``."""
    done = spellings.WORDS[Answer.done]
    return words == {Answer.done} and bool(done.search(text[:number.start]))


def _by_digit(numbers: list[Number], leads: list[Number], words: set[Answer]) -> _Meaning:
    given: list[Answer] = []
    count: Number | None = None
    for one in numbers:
        if given and given[-1] is Answer.done and count is None and (
                one not in leads or len(given) == 1):
            count = one  # what follows the 3
        elif one in leads:
            given.append(_DIGITS[one.digits])
        elif not (one.count and Answer.done in words):
            return _NOTHING
    if Answer.help in given:
        return Answer.help, None
    first = given[0]
    if set(given) <= set(STEPS) and words <= set(STEPS):
        reported = given == [Answer.done] and count is not None and words <= {
            Answer.received, Answer.done}
        lowest = Answer.done if reported else min({*given, *words}, key=STEPS.index)
        return lowest, _people([count]) if lowest is Answer.done and count else None
    if len(set(given)) > 1 or (words and first not in words) or count is not None:
        return _NOTHING
    return first, None


def _people(numbers: list[Number]) -> int | None:
    count = int(numbers[0].digits[:9]) if numbers else None
    return count if count is None or count <= LARGEST else None
