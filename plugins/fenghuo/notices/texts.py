"""The texts' templates: ``rules/messages/*.j2``, Chinese, with an ``.en.j2`` beside each.

Templates are rendered in a sandbox with strict names; what comes from feeds and contacts is
only ever data, so ``{{7*7}}`` in a site's name is shown as it is written. ``check`` renders
every template with a sample and refuses unknown names, broken syntax and texts over two parts.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import DictLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.meta import find_undeclared_variables
from jinja2.nodes import Template
from jinja2.sandbox import SandboxedEnvironment

from fenghuo.documents.nearest import guided
from fenghuo.notices import sms
from fenghuo.notices.samples import KINDS, SAMPLES
from fenghuo.words import Channel, Refusal

FOLDER = "rules/messages/"
LANGUAGES = ("zh", "en")
MAIL = ("mail", "subject", "alarm_mail", "checkpoint")
VOICE = "voice"
LONGEST_SPEECH = {"zh": 160, "en": 420}
"""Letters that are read aloud in half a minute, by language."""
BODIES = ("mail", "alarm_mail", "checkpoint")
MOST_PARTS = 2


class _Sandbox(SandboxedEnvironment):
    """No way to ask for endless work: powers, products and long ranges are refused."""

    intercepted_binops = frozenset(("*", "**"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        raise SecurityError(f"the operator {operator}")


@dataclass(frozen=True, slots=True)
class Form:
    """What a text was rendered from: its template's file, and what that was given of all it asks
    for, as plain values."""

    template: str
    given: Mapping[str, Any]


class Texts:
    """The templates of one edition."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        self._sources = {path.removeprefix(FOLDER): source for path, source in messages.items()}
        self._asked: dict[str, frozenset[str]] = {}
        self._environment = _Sandbox(
            loader=DictLoader(self._sources),
            undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)
        for name in ("range", "lipsum"):
            del self._environment.globals[name]

    def render(self, name: str, language: str, context: Mapping[str, Any]) -> str:
        """A text by its template's name. Raises jinja2.TemplateError."""
        template = self._environment.get_template(file_of(name, language))
        text = template.render(context).strip()
        return text if name in BODIES else " ".join(text.split())

    def form(self, name: str, language: str, context: Mapping[str, Any]) -> Form:
        """What ``render`` makes a text from."""
        file = file_of(name, language)
        if file not in self._asked:
            self._asked[file] = frozenset(find_undeclared_variables(
                self._environment.parse(self._sources[file])))
        return Form(file, {one: value for one, value in context.items()
                           if one in self._asked[file] and isinstance(value, str | int | list)})


def of(messages: Mapping[str, str]) -> Texts:
    """The templates of an edition, compiled once a process."""
    return _of(tuple(sorted(messages.items())))


@lru_cache(maxsize=4)
def _of(messages: tuple[tuple[str, str], ...]) -> Texts:
    return Texts(dict(messages))


def file_of(name: str, language: str) -> str:
    """``relay.j2``, ``relay.en.j2``."""
    return f"{name}.j2" if language == "zh" else f"{name}.{language}.j2"


def fits(text: str, channel: Channel, language: str) -> bool:
    """Whether a text is short enough for its channel: two parts, half a minute, any length."""
    if channel == Channel.voice:
        return len(text) <= LONGEST_SPEECH[language]
    return channel == Channel.email or sms.parts(text) <= MOST_PARTS


def alike(name: str, old: str, new: str) -> bool:
    """Whether two sources of a template are the same text: comments do not count, nor does the
    spacing of what is rendered in one line."""
    def tree(source: str) -> Template:
        plain = source if name in BODIES else " ".join(source.split())
        return SandboxedEnvironment(trim_blocks=True, lstrip_blocks=True).parse(plain)

    return old == new or tree(old) == tree(new)


def check(messages: Mapping[str, str]) -> list[Refusal]:
    """Every fault of an edition's templates."""
    texts = of(messages)
    refusals = []
    wanted = {FOLDER + file_of(name, language): (name, language)
              for name in SAMPLES for language in LANGUAGES}
    for path, (name, language) in wanted.items():
        if path not in messages:
            refusals.append(Refusal(path, "1:1", "no such file", "a template"))
            continue
        try:
            text = texts.render(name, language, SAMPLES[name] | SAMPLES["fallback"])
            for kind in KINDS.get(name, ()):
                texts.render(name, language, SAMPLES[name] | {"kind": kind})
        except TemplateSyntaxError as error:
            refusals.append(Refusal(path, f"{error.lineno}:1", str(error.message),
                                    "a template"))
        except TemplateError as error:
            refusals.append(Refusal(path, f"{_line(error)}:1", str(error.message), guided(
                "names that texts are given", _undefined(error),
                SAMPLES[name] | SAMPLES["fallback"])))
        except Exception as error:  # a template is a program: whatever it raises is its fault
            refusals.append(Refusal(path, f"{_line(error)}:1",
                                    f"{type(error).__name__}: {error}"[:200],
                                    "a template that can be rendered"))
        else:
            refusals += _too_long(path, name, language, text)
    names = sorted(path.removeprefix(FOLDER) for path in wanted)
    refusals += [Refusal(path, "1:1", "a template nobody asks for", guided(
                    "one of " + ", ".join(names), path.removeprefix(FOLDER), names))
                 for path in sorted(set(messages) - set(wanted))]
    return refusals


def _too_long(path: str, name: str, language: str, text: str) -> list[Refusal]:
    if name == VOICE and len(text) > LONGEST_SPEECH[language]:
        return [Refusal(path, "1:1", f"{len(text)} letters with a sample",
                        f"at most {LONGEST_SPEECH[language]}, half a minute of speech")]
    if name not in (*MAIL, VOICE) and sms.parts(text) > MOST_PARTS:
        return [Refusal(path, "1:1", f"{sms.parts(text)} parts with a sample",
                        f"at most {MOST_PARTS}")]
    return []


def _line(error: Exception) -> int:
    """On which line of its template an error was raised."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)
             if frame.filename == "<template>"]
    return (lines[-1] if lines else None) or 1


def _undefined(error: Exception) -> str:
    """The name that an error says nobody gave."""
    named = re.match(r"'(\w+)' is undefined", str(error))
    return named[1] if named else ""
