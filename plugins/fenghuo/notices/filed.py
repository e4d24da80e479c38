"""A filed text: the words that a gateway approved and the variables between them.

It is the template itself, rendered with a mark in the place of each variable. What is no variable
is said in the filed text or left out of it, so a template with branches has several filed texts.
The column ``variables`` of ``rules/filings.csv`` names them in the filed order: ``issuer`` is one;
``measures*2`` two, between which a long value is cut; ``briefs*3`` a list of three;
``upgraded=yes`` no variable, but the branch that the filed text says; ``drill=yes`` puts the marks
of an exercise around it. The signature is no part of it: the platform puts it in front.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from jinja2 import TemplateError

from fenghuo.notices.samples import SAMPLES
from fenghuo.notices.signing import DRILL_MARK
from fenghuo.notices.texts import Texts

FILINGS = "rules/filings.csv"

_ITEM = re.compile(r"([a-z_]{1,40})(?:\*([2-9])|=(\S{1,40}))?")
_FIRST = 0xE000
"""Marks are of the private use area, which no outgoing text may hold (clean.py)."""
_MARK = re.compile("([\ue000-\ue0ff])")
_URL = re.compile(r"(?i)https?:|www\.|[a-z0-9-]+\.(com|cn|net|org|gov|edu|info|top|io|cc|me|hk)\b"
                  r"|[a-z]\.[a-z]{2,}/")


class NotFiled(ValueError):
    """Variables that a template does not give; says what was expected."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One variable: the ``nth`` of ``of`` pieces of what a template is given by ``name``."""

    name: str
    nth: int = 0
    of: int = 1

    @property
    def called(self) -> str:
        """Its name in the filed text."""
        return self.name if self.of == 1 else f"{self.name}{self.nth + 1}"

    def value(self, given: Mapping[str, Any]) -> str:
        """Its value; empty where there is none."""
        whole = given.get(self.name, "")
        if isinstance(whole, list):
            return str(whole[self.nth]) if len(whole) == self.of else ""
        size = ceil(len(str(whole)) / self.of)
        return str(whole)[self.nth * size:(self.nth + 1) * size]


@dataclass(frozen=True, slots=True)
class Filed:
    """A filed text by its number at the gateway; ``words`` holds marks for the ``slots``."""

    code: str
    slots: tuple[Slot, ...]
    words: str

    def fit(self, given: Mapping[str, Any], text: str) -> dict[str, str] | None:
        """The variables with which it says exactly ``text``, in their order; None if none do."""
        values = [slot.value(given) for slot in self.slots]
        said = _MARK.sub(lambda mark: values[ord(mark[1]) - _FIRST], self.words)
        if "" in values or " ".join(said.split()) != text.strip():
            return None
        return {slot.called: value for slot, value in zip(self.slots, values, strict=True)}

    def shown(self, numbered: bool) -> str:
        """As it is pasted into a provider's form: ``${issuer}``, or ``{1}`` where they count."""
        return _MARK.sub(lambda mark: _placed(self.slots, ord(mark[1]) - _FIRST, numbered),
                         self.words)


def _placed(slots: tuple[Slot, ...], at: int, numbered: bool) -> str:
    return f"{{{at + 1}}}" if numbered else f"${{{slots[at].called}}}"


def filed(texts: Texts, template: str, variables: str, code: str = "") -> Filed:
    """The filed text of a template's file (``relay.en.j2``). Raises NotFiled."""
    name, _, language = template.removesuffix(".j2").partition(".")
    language = language or "zh"
    known = SAMPLES[name] | SAMPLES["fallback"]
    context: dict[str, Any] = {one: _blank(value) for one, value in known.items()}
    slots: list[Slot] = []
    drill = False
    for item in variables.split():
        found = _ITEM.fullmatch(item)
        if found is None:
            raise NotFiled(f"no `{item}`, but names as issuer, measures*2 or upgraded=yes")
        called, pieces, fixed = found[1], int(found[2] or 1), found[3]
        if called == "drill" and fixed:
            drill = True
        elif called not in known or called == "signature":
            raise NotFiled(f"no {called}, but of " + ", ".join(
                sorted(set(known) - {"signature"})))
        elif fixed is not None:
            context[called] = _fixed(known[called], fixed)
        else:
            if any(slot.name == called for slot in slots):
                raise NotFiled(f"{called} once")
            marks = [chr(_FIRST + len(slots) + nth) for nth in range(pieces)]
            slots += [Slot(called, nth, pieces) for nth in range(pieces)]
            context[called] = marks if isinstance(known[called], list) else "".join(marks)
    mark = DRILL_MARK[language] if drill else ""
    context["signature"] = f"{mark} " if mark and language == "en" else mark
    try:
        words = texts.render(name, language, context)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise NotFiled(f"variables with which the text can be rendered ({error})"[:160]) from error
    words += "" if words.endswith(mark) else mark
    unsaid = [slot.called for nth, slot in enumerate(slots) if chr(_FIRST + nth) not in words]
    if unsaid:
        raise NotFiled(f"no {', '.join(unsaid)}, which the text does not show then")
    return Filed(code, tuple(slots), words)


def sample(one: Filed, template: str) -> dict[str, str]:
    """Its variables with the values that ``check`` renders a template with."""
    known = SAMPLES[template.partition(".")[0]] | SAMPLES["fallback"]
    return {slot.called: slot.value(known) for slot in one.slots}


def fault(values: Mapping[str, str], longest: int | None) -> str | None:
    """What a gateway would refuse in the values of variables, without repeating them."""
    for name, value in values.items():
        if _URL.search(value):
            return f"an address of the web in the variable {name}"
        if longest is not None and len(value) > longest:
            return f"{len(value)} letters in the variable {name}, {longest} may be"
    return None


def _blank(value: Any) -> Any:
    return type(value)() if isinstance(value, bool | int | list) else ""


def _fixed(like: Any, word: str) -> Any:
    """A branch's word as the template compares it."""
    if isinstance(like, bool):
        return word.lower() in ("yes", "true", "1")
    if isinstance(like, int):
        if not word.isdecimal():
            raise NotFiled(f"a whole number for `{word}`")
        return int(word)
    return word
