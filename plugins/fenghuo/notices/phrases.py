"""Small phrases of letters: names of sites, who is silent, which industry is spoken to."""

from __future__ import annotations

from collections.abc import Sequence

from fenghuo.notices import wording
from fenghuo.notices.leads import Lead
from fenghuo.notices.letters import Kind, Letter
from fenghuo.notices.measures import ANY, OFFICE
from fenghuo.words import Level, RuleKind


def signal_that_ended(letter: Letter) -> Lead | None:
    """The official lead that ended while our own finding keeps the place in force."""
    lead = letter.lead
    if letter.kind != Kind.lowered or lead.kind == RuleKind.signal:
        return None
    return next((one for key, one in letter.over.items()
                 if one.kind == RuleKind.signal and one is not letter.leads[key]), None)


def lowered_to(letter: Letter, lead: Lead) -> str:
    """The issuer's new level where it fell to one that nobody is told of."""
    word = lead.facts.get("level")
    if letter.kind != Kind.left or not word or lead.level is None or word == lead.level:
        return ""
    return wording.signal(letter.hazard, Level(str(word)), letter.language)


def industry(letter: Letter) -> str:
    """Whose measures a letter asks for: one industry's, a desk's, or anybody's."""
    if letter.office:
        return OFFICE
    industries = {place.industry for place in letter.places}
    return industries.pop() if len(industries) == 1 else ANY


def names(letter: Letter, shown: int) -> str:
    """The places by name, at most ``shown`` of them; their number is always said."""
    names = [place.called(letter.language) for place in letter.ordered]
    if len(names) == 1 and not letter.office:
        return names[0]
    if shown == 0 and len(names) > 1:
        return several(letter).rstrip(": ")
    return f"{several(letter)}{some(names, shown, letter.language)}"


def several(letter: Letter) -> str:
    """How many places, and whose."""
    count = len(letter.places)
    if count == 1:
        return "辖区" if letter.language == "zh" else "In your area: "
    if letter.language == "zh":
        return f"辖区{count}处: " if letter.office else f"您负责{count}处: "
    return f"{count} sites of your area: " if letter.office else f"Your {count} sites: "


def silent(letter: Letter, shown: int) -> str:
    """Who has not answered, and how many they are when not all are named."""
    named, count = some(letter.silent, shown, letter.language), len(letter.silent)
    if max(shown, 1) >= count:
        return named
    return f"{named}{count}人" if letter.language == "zh" else f"{named}, {count} in all"


def clauses(measures: str, keep: int) -> str:
    """The first clauses of a measure."""
    mark = "，" if "，" in measures else ", "
    return mark.join(measures.split(mark)[:keep])


def some(names: Sequence[str], shown: int, language: str) -> str:
    """The first names of a list, saying that there are others."""
    shown = max(shown, 1)
    kept = joined(names[:shown], language)
    if shown >= len(names):
        return kept
    return f"{kept}等" if language == "zh" else f"{kept} and others"


def joined(names: Sequence[str], language: str) -> str:
    """A list in a language's own way."""
    mark = "、" if language == "zh" else ", "
    return mark.join(names)

