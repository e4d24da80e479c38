"""The annex of an agreement as a table, hazard by tier, of which only the numbers can be edited.

The YAML file stays the truth: an edit replaces a number's digits in it and no other byte, so
comments, order and units stay as they were signed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from fenghuo.agreements.annex_rows import ALSO, DIGEST, Number, Row, Writer
from fenghuo.agreements.annex_words import WORDS
from fenghuo.agreements.reading import read_one
from fenghuo.agreements.schema import Agreement
from fenghuo.documents import yaml
from fenghuo.documents.replacing import replaced
from fenghuo.documents.text import shown
from fenghuo.documents.yaml import Path
from fenghuo.words import Level, Refusal, Refused
from fenghuo.words.names import colour

_DIGITS = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,9})?")
_WHOLE = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Annex:
    """The table of one file; ``columns`` are the tiers in use between ``digest`` and ``also``,
    ``sha256`` the file's own."""

    source: str
    sha256: str
    language: str
    agreement: Agreement
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def heading(self, column: str) -> str:
        """What a column is called."""
        level = next((level for level in Level if level == column), None)
        return colour(level, self.language) if level else WORDS[self.language][column]

    def sure(self, row: Row) -> str:
        """How sure we are of a row's source."""
        return WORDS[self.language][row.confidence]

    @property
    def numbers(self) -> dict[str, Number]:
        """Every number that may be edited, by its path, rule by rule."""
        return {number.path: number for row in self.rows for number in row.numbers}


def table(source: str, content: bytes, language: str) -> Annex:
    """The annex of a file in ``zh`` or ``en``. Raises Refused with every fault of the file."""
    agreement = read_one(source, content)
    writer = Writer(yaml.parse(source, content), agreement, language)
    rows = tuple(writer.row(index, rule) for index, rule in enumerate(agreement.rules))
    used = {column for row in rows for column in row.cells}
    columns = tuple(one for one in (DIGEST, *(level.value for level in Level), ALSO) if one in used)
    return Annex(source, sha256(content).hexdigest(), language, agreement, columns, rows)


def edited(source: str, content: bytes, changes: Mapping[str, str]) -> bytes:
    """The file with other digits at these paths of the table; units stay as written.

    Raises Refused with every unknown path and every text that is no number, else with every
    fault that the file has then; each names the path.
    """
    known, document = table(source, content, "en").numbers, yaml.parse(source, content)
    refusals: list[Refusal] = []
    values: dict[Path, str] = {}
    for name, digits in changes.items():
        number = known.get(name)
        if number is None:
            refusals.append(Refusal(source, f"1:1 {name}"[:120], "no number of the table",
                                    "the path of a number that may be edited"))
        elif not (_WHOLE if number.whole else _DIGITS).fullmatch(digits):
            refusals.append(document.refusal(path_of(name), shown(digits), expected(number)))
        elif digits != number.digits:
            values[path_of(name)] = digits + number.suffix
    if refusals:
        raise Refused(refusals)
    made = replaced(source, content, values) if values else content
    read_one(source, made)
    return made


def expected(number: Number) -> str:
    """What may be typed for a number."""
    return ("a whole number" if number.whole else "a plain decimal number") + (
        f" of {number.unit}" if number.unit else "")


def number_at(paths: Iterable[str], fault: Refusal) -> str | None:
    """The first of the numbers that a fault of the file is about: at its path, or below it."""
    path = fault.place.partition(" ")[2]
    return next((one for one in paths if path and f"{one}.".startswith(f"{path}.")), None)


def number_of_rule(paths: Iterable[str], fault: Refusal) -> str | None:
    """The first of the numbers of the rule that a fault of the file is about."""
    rule = re.match(r"rules\.\d+\.", fault.place.partition(" ")[2])
    return next((one for one in paths if rule and one.startswith(rule[0])), None)


def path_of(name: str) -> Path:
    """``rules.2.tiers.red.at_least`` as a path of the document."""
    return tuple(int(part) if part.isdecimal() else part for part in name.split("."))
