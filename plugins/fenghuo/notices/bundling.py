"""Several hazards in one text (practice.md 5.1): what each is, what to do, one code.

At most three are said with their issuers; of more, the gravest two, the number of the others
and the page. Two parts at most: areas give way first, then names of sites, then measures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from fenghuo.notices import phrases, sms, wording
from fenghuo.notices.clean import TextRefused, checked
from fenghuo.notices.composing import Composed, Composer
from fenghuo.notices.letters import Kind, Letter
from fenghuo.notices.replying import reply
from fenghuo.notices.texts import MOST_PARTS, Form
from fenghuo.words import Channel, Level, RuleKind

MOST = 3
FEW = 2
"""How many are said one by one, and how many of them when there are more than that."""

_NEWS = {"zh": {Kind.lowered: "降级", Kind.left: "不再受影响", Kind.cancel: "已解除",
                Kind.lapse: "时效已过，非解除"},
         "en": {Kind.lowered: " lowered", Kind.left: " no longer affects you",
                Kind.cancel: " ended", Kind.lapse: " out of time, no all-clear"}}
_MAIL_RULE = "\n\n――――――――\n\n"


def brief(writer: Composer, letter: Letter) -> str:
    """One phrase of a letter: who says what, and since when."""
    speaker, lead = writer.speakers[letter.language], letter.lead
    zh = letter.language == "zh"
    news = _NEWS[letter.language].get(letter.kind, "")
    if lead.kind == RuleKind.signal:
        at = lead.instant("issued")
        when = wording.clock(at, writer.settings.zone, writer.now)
        level = letter.gravest.official and Level.of_rank(letter.gravest.official)
        said = (wording.signal(lead.hazard, level, letter.language) if level
                else speaker.signal(lead))
        relay, gap = ("转发", "") if zh else ("RELAY ", " ")
        if letter.kind == Kind.cancel:
            ended = f"解除{said}" if zh else f"{said} ended"
            return f"{relay}{speaker.issuer(lead)}{gap}{when}{gap}{ended}"
        return f"{relay}{speaker.issuer(lead)}{gap}{when}{gap}{said}{news}"
    mark = "：" if zh else ": "
    return f"{speaker.note(lead)}{mark}{speaker.found(lead)}{news}"


def compose(writer: Composer, letters: Sequence[Letter], bodies: Sequence[str],
            channel: Channel) -> Composed:
    """The bundle of several letters to one address; ``bodies`` are their own texts."""
    ordered = sorted(letters, key=lambda letter: (
        -letter.tier.rank, list(Kind).index(letter.kind), letter.lead.id))
    try:
        text, form = _fitted(writer, ordered)
        checked(text)
    except TextRefused as refused:
        return replace(writer.fallback(ordered[0]), subject=ordered[0].hazard.value,
                       refused=refused.found)
    if channel != Channel.email:
        return Composed("", text, sms.parts(text), form=form)
    first = ordered[0]
    mark = "条提示：" if first.language == "zh" else " notes: "
    names = phrases.joined([wording.HAZARD[first.language][one.hazard] for one in ordered],
                           first.language)
    subject = f"{writer.signature(first)}{len(ordered)}{mark}{names}"
    return Composed(subject, checked(_MAIL_RULE.join((text, *bodies))), 1)


def _fitted(writer: Composer, ordered: Sequence[Letter]) -> tuple[str, Form]:
    language, context, text = ordered[0].language, dict[str, Any](), ""
    for area, names, asked in _cuts():
        context = _context(writer, ordered, area, names, asked)
        text = writer.texts.render("bundle", language, context)
        if sms.parts(text) <= MOST_PARTS:
            break
    return text, writer.texts.form("bundle", language, context)


def _cuts() -> Iterator[tuple[bool, int, int]]:
    """Whether to say areas, how many names of sites, how many clauses of measures."""
    yield True, 9, 9
    yield from ((False, names, 9) for names in (9, 3, 1, 0))
    yield from ((False, 0, asked) for asked in (2, 1, 0))


def _context(writer: Composer, ordered: Sequence[Letter], area: bool, names: int,
             asked: int) -> dict[str, Any]:
    first, zh = ordered[0], ordered[0].language == "zh"
    shown = ordered if len(ordered) <= MOST else ordered[:FEW]
    speaker = writer.speakers[first.language]
    said = [brief(writer, one) + (_area(writer.area(one, speaker), zh) if area else "")
            for one in shown]
    more = len(ordered) - len(shown)
    page = writer.page
    rest = ""
    if more:
        rest = f"另{more}条见{page}。" if zh else f"{more} more: {page} "
    whom = _union(ordered)
    measures = phrases.clauses(getattr(writer.measure(whom), first.language), asked)
    if not any(one.kind in (Kind.tell, Kind.lowered) for one in ordered):
        restart = getattr(writer.restart(whom), first.language)
        measures = (f"复工前{restart}并签字" if zh else f"before restart {restart}, signed"
                    ) if asked else ""
    return {"signature": writer.signature(first), "count": len(ordered), "briefs": said,
            "rest": rest, "names": phrases.names(whom, names, page) if asked else "",
            "measures": measures, "reply": _reply(writer, ordered), "duty": writer.duty(first)}


def _area(area: str, zh: bool) -> str:
    return f"（{area}）" if zh else f" ({area})"


def _union(ordered: Sequence[Letter]) -> Letter:
    """The gravest letter, spoken to every place of the bundle."""
    first = ordered[0]
    places = {place.site: place for one in reversed(ordered) for place in one.places}
    leads = {key: lead for one in reversed(ordered) for key, lead in one.leads.items()}
    return replace(first, places=tuple(places.values()), leads=leads,
                   over={key: lead for one in reversed(ordered) for key, lead in one.over.items()})


def _reply(writer: Composer, ordered: Sequence[Letter]) -> str:
    """One reply line: of the letter that asks most."""
    asking = max(ordered, key=lambda one: (
        one.procedure is not None and one.procedure.answer is not None,
        one.procedure is not None and one.procedure.measures, one.tier.rank))
    return reply(asking, writer.measure(asking), writer.settings.zone, writer.now)
