"""Rules in words: one Chinese or English sentence for every form of the language.

A rule is first said part by part (its tiers, how they are left, where it reaches), so that an
explanation, a page and a comparison all use the same words.
"""

from __future__ import annotations

from fenghuo.agreements.rule import Clear, Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.spoken import spoken
from fenghuo.words import RuleKind

_MEASURED = (RuleKind.observed, RuleKind.forecast)


def explain(agreement: Agreement, rule: Rule, language: str) -> str:
    """One sentence that says all of a rule: every number that stands in it, its source and how
    sure we are. ``language`` is ``zh`` or ``en``."""
    return spoken(language).sentence(parts(rule, language), rule.given, agreement.signed)


def parts(rule: Rule, language: str) -> dict[str, str]:
    """A rule part by part: ``kind``, each tier by its colour, ``clear``, ``reach``, ``source`` …

    A part that the rule does not have is left out.
    """
    said = spoken(language)
    found: dict[str, str] = {"kind": said.kind(rule)}
    if rule.effective and (rule.effective.starts or rule.effective.ends):
        found["effective"] = said.effective(rule.effective.starts, rule.effective.ends)
    if rule.season:
        found["season"] = said.season(rule.season)
    if rule.hours:
        found["hours"] = said.hours(rule.hours)
    if rule.lowered:
        found["lowered"] = said.lowered(rule.lowered)
    if rule.stricter:
        found["stricter"] = said.stricter(rule.stricter)
    if rule.lead is not None:
        found["lead"] = said.lead(rule, rule.lead)
    if rule.levels:
        found["levels"] = said.levels(rule)
    if rule.unlevelled:
        found["unlevelled"] = said.unlevelled(rule.unlevelled)
    found |= {level.value: said.threshold(rule, spec) for level, spec in rule.tiers.items()}
    if rule.digest:
        found["digest"] = said.digest(rule, rule.digest)
    if rule.tiers and (rule.kind in _MEASURED or rule.clear != Clear()):
        found["clear"] = said.clear(rule, {one.comparison for spec in rule.tiers.values()
                                           for one in spec.conditions})
    second = rule.second_word
    if second and (rule.corroboration or any(one.rank >= second.tier.rank for one in rule.given)):
        found["corroboration"] = said.corroboration(second)
    if rule.reach is not None:
        found["reach"] = said.reach(rule)
    if rule.foreign is not None:
        found["foreign"] = said.foreign(rule.foreign.at_least)
    return found | {"source": said.source(rule.source)}
