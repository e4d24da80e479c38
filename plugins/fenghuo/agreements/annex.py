"""The annex of an agreement as a table, hazard by tier, of which only the numbers can be edited.

The YAML file stays the truth: an edit replaces a number's digits in it and no other byte, so
comments, order and units stay as they were signed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from fenghuo.agreements.annex_words import WORDS
from fenghuo.agreements.conditions import Condition, TierSpec
from fenghuo.agreements.reading import read_one
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.sentences import explain
from fenghuo.agreements.values import mark_of
from fenghuo.documents import yaml
from fenghuo.documents.replacing import replaced
from fenghuo.documents.text import shown
from fenghuo.documents.yaml import Document, Path
from fenghuo.words import Hazard, Level, Refusal, Refused, RuleKind
from fenghuo.words.names import colour

DIGEST, ALSO = "digest", "also"
"""Columns beside the tiers: below every tier, and what counts for the whole rule."""

_WRITTEN = re.compile(r"(-?[0-9]{1,12}(?:\.[0-9]{1,9})?)((?: ?(?:s|h|d|km|mm|m³/s|m)|-year)?)")
_DIGITS = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,9})?")
_WHOLE = re.compile(r"[0-9]{1,6}")
_SPANS = ("window", "lasting", "held", "lead")
_OF_RULE = ("clear.ratio", "clear.held", "lead", "reach.radius", "corroboration.readings",
            "corroboration.neighbour", "corroboration.radius", "lowered.at_least",
            "lowered.lasting", "lowered.ratio", "foreign.at_least")


@dataclass(frozen=True, slots=True)
class Shown:
    """Something of the file that is shown and not edited, with its ``path`` and its label."""

    path: str
    label: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Number:
    """A number that may be edited: ``path`` in the file (``rules.2.tiers.red.at_least``),
    ``digits`` and the ``suffix`` behind them as written, ``unit`` as shown. ``whole``: only
    digits without a point are good (spans, years, readings)."""

    path: str
    label: str
    digits: str
    suffix: str
    unit: str
    whole: bool

    def __str__(self) -> str:
        return f"{self.digits} {self.unit}".rstrip()


Line = tuple[str | Shown | Number, ...]
"""Words, and what the file says, as they follow one another in a cell."""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: what it is about, all of it in a sentence, its lines by column, its source."""

    rule: str
    hazard: Hazard
    measured: str
    said: str
    cells: Mapping[str, tuple[Line, ...]]
    source: str
    confidence: str

    @property
    def numbers(self) -> Iterator[Number]:
        """Its numbers, column by column."""
        return (part for lines in self.cells.values() for line in lines for part in line
                if isinstance(part, Number))

    def touched(self, paths: Collection[str]) -> bool:
        """Whether one of its numbers is among these."""
        return any(number.path in paths for number in self.numbers)


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
    writer = _Writer(yaml.parse(source, content), agreement, language)
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


def path_of(name: str) -> Path:
    """``rules.2.tiers.red.at_least`` as a path of the document."""
    return tuple(int(part) if part.isdecimal() else part for part in name.split("."))


class _Writer:
    """Writes rows; knows the file as written, and the words."""

    def __init__(self, document: Document, agreement: Agreement, language: str) -> None:
        self.document, self.agreement = document, agreement
        self.language, self.words = language, WORDS[language]

    def row(self, index: int, rule: Rule) -> Row:
        path: Path = ("rules", index)
        cells = {level.value: tuple(self._spec((*path, "tiers", level.value), rule, spec))
                 for level, spec in rule.tiers.items()}
        cells |= {level.value: ((self._shown((*path, "levels", level.value), "levels", "●"),),)
                  for level in rule.levels}
        if rule.digest:
            cells[DIGEST] = tuple(self._spec((*path, "digest"), rule, rule.digest))
        also = (*self._of_rule(path), *self._facts(path, rule))
        if also:
            cells[ALSO] = also
        edition = f" ({rule.source.edition})" if rule.source.edition else ""
        return Row(rule.id, rule.hazard, self._measured(rule),
                   explain(self.agreement, rule, self.language), cells,
                   rule.source.article + edition, rule.source.confidence)

    def _measured(self, rule: Rule) -> str:
        if rule.match:
            return f"{self.words[rule.kind]} {rule.match.scheme} {rule.match.event_code}"
        statistic = self.words[rule.statistic] if rule.kind is not RuleKind.event else ""
        return " ".join(filter(None, (self.words[rule.kind],
                                      self.words[rule.metric] if rule.metric else "", statistic)))

    def _spec(self, path: Path, rule: Rule, spec: TierSpec) -> Iterator[Line]:
        if not (spec.any or spec.all):
            yield tuple(self._condition(path, rule, spec))
            return
        name = "any" if spec.any else "all"
        for index, condition in enumerate(spec.conditions):
            before = (self.words[name],) if index else ()
            yield (*before, *self._condition((*path, name, index), rule, condition))

    def _condition(self, path: Path, rule: Rule,
                   condition: Condition) -> Iterator[str | Shown | Number]:
        metric, comparison = rule.metric_of(condition), self.words[condition.comparison]
        own = ""
        if condition.metric or condition.statistic:
            own = " ".join(self.words[one] for one in (metric, rule.statistic_of(condition))
                           if one is not None)
            yield own

        def label(word: str) -> str:
            return f"{own} {self.words[word]}".strip()

        if condition.window is not None:
            yield self._number((*path, "window"), label("window"))
        yield comparison
        limit = (*path, condition.comparison)
        if mark_of(condition.limit) is None:
            yield self._number(limit, f"{label('limit')} {comparison}",
                               metric.unit if metric else "")
        else:
            yield self._shown(limit, f"{label('limit')} {comparison}",
                              self.words.get(str(condition.limit), str(condition.limit)))
        if condition.within is not None:
            sign = "−" if condition.upward else "+"
            yield sign
            yield self._number((*path, "within"), f"{label('within')} {sign}")
        if condition.lasting is not None:
            yield self.words["in_all"]
            yield self._number((*path, "lasting"), label("in_all"))

    def _of_rule(self, path: Path) -> Iterator[Line]:
        for name in _OF_RULE:
            where = (*path, *name.split("."))
            if isinstance(self.document.at(where), str):
                yield self.words[name], self._number(where, self.words[name])

    def _facts(self, path: Path, rule: Rule) -> Iterator[Line]:
        """What is shown of a rule beside its numbers."""
        found = [("reach.by", rule.reach and rule.reach.by and "✓"),
                 ("unlevelled", rule.unlevelled and colour(rule.unlevelled, self.language)),
                 ("corroboration.tier", rule.corroboration
                  and colour(rule.corroboration.tier, self.language)),
                 *((f"stricter.{tag}", f"{tag} +{up}") for tag, up in rule.stricter.items()),
                 ("season", rule.season and f"{rule.season.starts} – {rule.season.ends}"),
                 ("hours", rule.hours
                  and f"{rule.hours.starts:%H:%M} – {rule.hours.ends:%H:%M}"),
                 ("effective", rule.effective
                  and f"{rule.effective.starts or ''} – {rule.effective.ends or ''}")]
        for name, text in found:
            if text:
                label = name if name in self.words else name.partition(".")[0]
                yield self.words[label], self._shown((*path, name), label, text)

    def _shown(self, path: Path, label: str, text: str) -> Shown:
        return Shown(".".join(map(str, path)), self.words.get(label, label), text)

    def _number(self, path: Path, label: str, unit: str = "") -> Number:
        written = _WRITTEN.fullmatch(str(self.document.at(path)))
        assert written is not None, path  # the schema lets nothing else through
        digits, suffix = written.groups()
        if path[-1] in _SPANS or suffix == "-year":
            unit = self.words[suffix.strip()]
        elif suffix:
            unit = suffix.strip()
        whole = path[-1] in (*_SPANS, "readings") or suffix == "-year"
        return Number(".".join(map(str, path)), label, digits, suffix, unit, whole)
