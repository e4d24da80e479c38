"""The rows of an annex table: what a rule says, column by column, and which of it are numbers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from fenghuo.agreements.annex_words import WORDS
from fenghuo.agreements.conditions import Condition, TierSpec
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.sentences import explain
from fenghuo.agreements.values import mark_of
from fenghuo.documents.yaml import Document, Path
from fenghuo.words import Hazard, RuleKind
from fenghuo.words.names import colour

DIGEST, ALSO = "digest", "also"
"""Columns beside the tiers: below every tier, and what counts for the whole rule."""

_WRITTEN = re.compile(r"(-?[0-9]{1,12}(?:\.[0-9]{1,9})?)((?: ?(?:s|h|d|km|mm|m³/s|m)|-year)?)")
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


class Writer:
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
            yield tuple(self._condition(path, rule, spec, bool(spec.metric or spec.statistic)))
            return
        name = "any" if spec.any else "all"
        mixed = any(each.metric or each.statistic for each in spec.conditions)
        for index, condition in enumerate(spec.conditions):
            before = (self.words[name],) if index else ()
            yield (*before, *self._condition((*path, name, index), rule, condition, mixed))

    def _condition(self, path: Path, rule: Rule, condition: Condition,
                   named: bool) -> Iterator[str | Shown | Number]:
        """``named``: what it is about is said, for it is not the rule's alone."""
        metric, comparison = rule.metric_of(condition), self.words[condition.comparison]
        own = ""
        if named:
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
