"""What a drill is about: typed by a person, checked, and turned into its one finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fenghuo.agreements.findings import Finding, Reach
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.documents.text import hidden_in, name_of, shown
from fenghuo.exposure.index import index_of
from fenghuo.notices.announcing import EditionLike
from fenghuo.words import Hazard, Holds, Level, Refusal, Refused, RuleKind

SOURCE = "drill"
PURPOSES = ("drill", "spot_check")
ISSUER = {"zh": "演练导调组", "en": "exercise control"}
"""Who gives a drill's signal: never a bureau that gave none."""

QUAKE = {Level.yellow: (4.6, 5.0), Level.orange: (5.6, 6.0), Level.red: (6.5, 7.0)}
"""Invented magnitude and intensity at the sites, by tier (practice.md 2: V, VI, VII)."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """A checked drill; ``rule`` of ``agreement`` is the one under which people are called."""

    title: str
    purpose: str
    hazard: Hazard
    tier: Level
    sites: tuple[str, ...]
    agreement: Agreement
    rule: Rule

    def same(self, row: Any) -> bool:
        """Whether a stored drill is this one."""
        return bool((row.title, row.purpose, row.hazard, row.tier, tuple(row.audience)) == (
            self.title, self.purpose, self.hazard.value, self.tier.value, self.sites))


def read(what: Mapping[str, Any], edition: EditionLike) -> Exercise:
    """A typed drill, checked. Raises Refused with every fault: field, found, expected."""
    faults: list[Refusal] = []

    def fault(place: str, found: str, expected: str) -> None:
        faults.append(Refusal(SOURCE, place, found, expected))

    title = str(what.get("title") or "").strip()
    hidden = hidden_in(title)
    if hidden is not None:
        fault("title", name_of(hidden), "visible characters only")
    elif not 0 < len(title) <= 40:
        fault("title", f"{len(title)} characters", "1 to 40 characters")
    purpose = str(what.get("purpose") or PURPOSES[0])
    if purpose not in PURPOSES:
        fault("purpose", shown(purpose), "one of " + ", ".join(PURPOSES))
    hazard, tier = str(what.get("hazard") or ""), str(what.get("tier") or "")
    if hazard not in set(Hazard):
        fault("hazard", shown(hazard), "one of " + ", ".join(Hazard))
    if tier not in set(Level):
        fault("tier", shown(tier), "one of " + ", ".join(Level))
    sites = _audience(what, edition, fault)
    behind = None
    if hazard in set(Hazard) and tier in set(Level):
        behind = _behind(edition, Hazard(hazard), Level(tier))
        if behind is None:
            fault("tier", f"{hazard} {tier}", "a hazard and tier that an agreement releases "
                  "and asks an answer for")
    if faults or behind is None:
        raise Refused(faults)
    return Exercise(title, purpose, Hazard(hazard), Level(tier), sites, *behind)


def finding_of(drill_id: int, exercise: Exercise, now: datetime) -> Finding:
    """The finding that is the drill's only evidence; it never runs out by itself."""
    quake = exercise.hazard == Hazard.earthquake
    size, felt = QUAKE.get(exercise.tier, (None, None)) if quake else (None, None)
    facts: dict[str, Any] = {
        "drill": drill_id, "issuer": ISSUER, "issued": now.isoformat(), "onset": now.isoformat(),
        "headline": exercise.title, "description": exercise.title,
        "article": exercise.rule.source.article}
    if quake:
        facts |= {"magnitude": size, "place": {"zh": "演练设定地点", "en": "an invented place"},
                  "review": "reviewed", "authority": "official"}
    return Finding(
        agreement=exercise.agreement.agreement,
        rule=f"{exercise.agreement.agreement}/{exercise.rule.id}",
        kind=RuleKind.event if quake else RuleKind.signal, hazard=exercise.hazard,
        subject=f"drill:{drill_id}", holds=Holds.true, at=now, since=now,
        metric="intensity" if quake else "signal", unit="度" if quake else "",
        reach=Reach(sites=exercise.sites), tier=exercise.tier,
        official_level=None if quake else exercise.tier, value=felt, facts=facts)


def _audience(what: Mapping[str, Any], edition: EditionLike, fault: Any) -> tuple[str, ...]:
    named, codes = _listed(what.get("sites")), _listed(what.get("districts"))
    index = index_of(edition.contacts)
    for site in named:
        if site not in edition.contacts.site_index:
            fault("sites", shown(site), "a site of contacts/sites.csv")
    for code in codes:
        if edition.contacts.district(code) is None:
            fault("districts", shown(code), "a code of contacts/districts.csv")
    if bool(named) == bool(codes):
        fault("sites", "both or neither", "either sites or districts")
        return ()
    rows = index.named(*named) if named else index.in_districts(codes)
    found = tuple(str(site) for site in sorted(index.names[rows]))
    if codes and not found:
        fault("districts", ", ".join(codes), "a district with sites")
    return found


def _behind(edition: EditionLike, hazard: Hazard, tier: Level) -> tuple[Agreement, Rule] | None:
    """The agreement and rule that call people for a hazard at a tier; a signal's rule first."""
    found = [(agreement, rule) for agreement in edition.agreements for rule in agreement.rules
             if rule.hazard == hazard and tier in agreement.release
             and tier in agreement.feedback]
    if hazard == Hazard.earthquake and tier not in QUAKE:
        return None
    return min(found, key=lambda pair: pair[1].kind != RuleKind.signal, default=None)


def _listed(given: Any) -> list[str]:
    words = given if isinstance(given, list | tuple) else str(given or "").replace(",", " ").split()
    return [str(word).strip() for word in words]
