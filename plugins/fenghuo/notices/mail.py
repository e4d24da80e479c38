"""The longer body of an e-mail: every site with value, threshold, level and measures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fenghuo.agreements.schema import Agreement
from fenghuo.notices import wording
from fenghuo.notices.letters import Kind, Letter, Place
from fenghuo.notices.measures import Measures
from fenghuo.notices.speaking import Speaker
from fenghuo.words import Level


def rows(letter: Letter, speaker: Speaker, measures: Measures) -> list[dict[str, str]]:
    """One row a site. The handling tier is a word, never a colour: colours are the issuer's."""
    made = []
    leads = {one: letter.ended(one) for one in {place.finding_id for place in letter.places}}
    found = {one: speaker.found(lead) for one, lead in leads.items()}
    for place in letter.places:
        lead, value = leads[place.finding_id], found[place.finding_id]
        tier = Level.of_rank(place.tier or place.previous) or Level.white
        official = Level.of_rank(place.official)
        if lead.metric == "intensity" and place.value is not None:
            value = f"{value}，{speaker.intensity(place.value)}" if speaker.zh else (
                f"{value}, intensity {speaker.intensity(place.value)}")
        made.append({
            "name": place.called(letter.language), "value": value,
            "threshold": speaker.threshold(lead),
            "official": (wording.signal(letter.hazard, official, letter.language)
                         if official else ""),
            "handling": wording.HANDLING[letter.language][tier],
            "measures": _asked(letter, place, measures, tier)})
    return made


def _asked(letter: Letter, place: Place, measures: Measures, tier: Level) -> str:
    """What is asked at one site; nothing new where its warning lapsed or was wrong."""
    if letter.kind in (Kind.lapse, Kind.retract):
        return ""
    if letter.kind in (Kind.cancel, Kind.left):
        return str(getattr(measures.ended(place.industry, letter.hazard), letter.language))
    return str(getattr(measures.find(place.industry, letter.hazard, tier), letter.language))


def sources(letter: Letter, agreements: Sequence[Agreement]) -> dict[str, Any]:
    """Article, agreement's title and whether it is signed."""
    lead = letter.lead
    agreement = next((one for one in agreements if one.agreement == lead.agreement), None)
    rule = next((rule for rule in (agreement.rules if agreement else ())
                 if f"{lead.agreement}/{rule.id}" == lead.rule), None)
    title = getattr(agreement.title, letter.language) if agreement else lead.agreement
    return {"article": rule.source.article if rule else str(lead.facts.get("article", "-")),
            "agreement": title, "signed": agreement.signed if agreement else False}
