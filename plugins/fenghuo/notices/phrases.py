"""Small phrases of letters: names of sites, who is silent, which industry is spoken to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from fenghuo.notices import wording
from fenghuo.notices.leads import Lead
from fenghuo.notices.letters import Kind, Letter
from fenghuo.notices.measures import ANY, OFFICE
from fenghuo.notices.speaking import Speaker
from fenghuo.words import Level, Measures, RuleKind


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


def names(letter: Letter, shown: int, page: str) -> str:
    """The places by name, at most ``shown`` of them; their number is always said.

    A person's own places carry their ordinals (``K90-3`` answers for the third); those that do
    not fit are on ``page``.
    """
    zh = letter.language == "zh"
    names = [place.called(letter.language) for place in letter.ordered]
    if len(names) == 1 and not letter.office:
        return names[0]
    if letter.office or not letter.ordinals:
        if shown == 0 and len(names) > 1:
            return several(letter).rstrip(": ")
        return f"{several(letter)}{some(names, shown, letter.language)}"
    count, numbered = several(letter).rstrip(":： "), _numbered(letter)
    rest = (f"，清单见{page}" if zh else f", list: {page}") if page else ""
    if shown == 0:
        return f"{count}{rest}"
    kept = joined(numbered[:shown], letter.language, numbered=True)
    colon = "：" if zh else ": "
    if shown >= len(names):
        return f"{count}{colon}{kept}"
    return f"{count}{colon}{kept}{'等' if zh else ' and others'}{rest}"


def _numbered(letter: Letter) -> list[str]:
    """The places in the order of their ordinals: 1烽田尾矿库, 1 Fengtian pond."""
    gap = "" if letter.language == "zh" else " "
    return [f"{letter.ordinals[place.site]}{gap}{place.called(letter.language)}"
            for place in sorted((one for one in letter.places if one.site in letter.ordinals),
                                key=lambda one: letter.ordinals[one.site])]


def several(letter: Letter) -> str:
    """How many places, and whose."""
    count = len(letter.places)
    if count == 1:
        return "辖区" if letter.language == "zh" else "In your area: "
    if letter.language == "zh":
        return f"辖区{count}处: " if letter.office else f"您负责{count}处: "
    return f"{count} sites of your area: " if letter.office else f"Your {count} sites: "


def arrivals(letter: Letter, speaker: Speaker, shown: int, zone: ZoneInfo, now: datetime) -> str:
    """When it is at each place that the finding times, the soonest first."""
    found = sorted((at, place.called(letter.language)) for place in letter.places
                    if (at := letter.lead.arrival(place.site)) is not None)
    if not found:
        return ""
    zh = letter.language == "zh"
    said = [f"{wording.clock(at, zone, now)}到{name}" if zh
            else f"{name} {wording.clock(at, zone, now)}" for at, name in found]
    kept = joined(said[:max(shown, 1)], letter.language)
    rest = ("等" if zh else " and others") if max(shown, 1) < len(said) else ""
    front = speaker.front(letter.lead)
    return f"{front}预计{kept}{rest}" if zh else f"{front} expected: {kept}{rest}"


def silent(letter: Letter, shown: int) -> str:
    """Who has not answered, and how many they are when not all are named."""
    named, count = some(letter.silent, shown, letter.language), len(letter.silent)
    if max(shown, 1) >= count:
        return named
    return f"{named}{count}人" if letter.language == "zh" else f"{named}, {count} in all"


def lack(letter: Letter) -> str:
    """Which measure is not reported, in the word its first text asked with."""
    done = ("查完", "inspection") if letter.lead.metric == "intensity" else ("完成", "completion")
    words = {Measures.started: ("启动", "start"), Measures.done: done,
             Measures.progress: ("进展", "progress")}
    return words[letter.lack][letter.language != "zh"] if letter.lack else ""


def clauses(measures: str, keep: int) -> str:
    """The first clauses of a measure."""
    mark = "，" if "，" in measures else ", "
    return mark.join(measures.split(mark)[:keep])


def back(letter: Letter) -> str:
    """Who was counted out is to be counted back: asked where a number was reported."""
    if not (letter.withdrawn and letter.code):
        return ""
    if letter.language == "zh":
        return f"未报撤离返回人数的请回3+人数，码{letter.code}。"
    return f"Reply 3+number back if not yet reported, code {letter.code}. "


def whom(letter: Letter, names: str) -> str:
    """Who is asked, before what is asked."""
    if letter.language == "zh":
        alone = len(letter.places) == 1 and not letter.office
        return f"{names}请" if alone else f"{names}。请"
    return f"{names}: please "


def trims(letter: Letter, counties: str) -> Iterator[dict[str, str]]:
    """What gives way after all cuts, one by one: words of a template with their short forms.

    The rest of each stands on the page and in the mail; that something else is in force stays.
    """
    zh = letter.language == "zh"
    yield {"area": counties}
    count, everybody = names(letter, 0, ""), names(letter, len(letter.places), "")
    yield {"names": count, "whom": whom(letter, count)}
    yield {"others": "", "names": everybody, "whom": whom(letter, everybody)}
    yield {"names": count, "whom": whom(letter, count)}
    yield {"restart": "查验" if zh else "check all"}
    if len(letter.still) > 1:
        yield {"still": (f"{letter.still[0]}等{len(letter.still)}项" if zh
                         else f"{letter.still[0]} and {len(letter.still) - 1} more")}
    yield {"noted": ""}
    yield {"agreed": ""}


def some(names: Sequence[str], shown: int, language: str) -> str:
    """The first names of a list, saying that there are others."""
    shown = max(shown, 1)
    kept = joined(names[:shown], language)
    if shown >= len(names):
        return kept
    return f"{kept}等" if language == "zh" else f"{kept} and others"


def joined(names: Sequence[str], language: str, numbered: bool = False) -> str:
    """A list in a language's own way; numbered names are set further apart."""
    mark = ("，" if numbered else "、") if language == "zh" else ", "
    return mark.join(names)

