"""From a letter to a text: the right template, its words, and two parts at most.

A text that would be too long loses the issuer's details clause by clause, then names of sites
(the number stays). A text that cannot be what somebody wrote (U+FFFD, mojibake) is replaced
by the plain fallback, and the refusal is handed back for the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from fenghuo.agreements.schema import Agreement
from fenghuo.contacts import Contacts
from fenghuo.notices import mail, phrases, replying, sms, wording
from fenghuo.notices.clean import TextRefused, checked
from fenghuo.notices.leads import Lead
from fenghuo.notices.letters import Kind, Letter, Place
from fenghuo.notices.measures import Entry, Measures
from fenghuo.notices.signing import DRILL_MARK, signature
from fenghuo.notices.speaking import Speaker
from fenghuo.notices.texts import LANGUAGES, VOICE, Form, Texts, fits
from fenghuo.settings import Settings
from fenghuo.words import Channel, Level

_ALSO = {"zh": {Kind.lowered: "风险降低", Kind.left: "不再受影响", Kind.cancel: "已解除",
                Kind.lapse: "时效已过，非解除", Kind.retract: "原提示撤回"},
         "en": {Kind.lowered: " lowered", Kind.left: " no longer affected", Kind.cancel: " ended",
                Kind.lapse: " out of time, no all-clear", Kind.retract: " withdrawn"}}


@dataclass(frozen=True, slots=True)
class Composed:
    """A text ready to queue; ``refused`` says why it is the fallback, None when it is not.

    ``form`` is what an SMS was rendered from.
    """

    subject: str
    text: str
    parts: int
    refused: str | None = None
    form: Form | None = None


@dataclass(frozen=True)
class Composer:
    """Writes the texts of one edition at one instant of the city."""

    texts: Texts
    agreements: Sequence[Agreement]
    contacts: Contacts
    measures: Measures
    settings: Settings
    now: datetime

    def compose(self, letter: Letter, channel: Channel) -> Composed:
        """The text of a letter for a channel."""
        speaker = self.speakers[letter.language]
        try:
            text, form = self._fitted(letter, speaker, channel)
            checked(text)
            if channel != Channel.email:
                parts = sms.parts(text) if channel == Channel.sms else 1
                return Composed("", text, parts, form=form)
            subject = checked(self._subject(letter, speaker))
            rows = mail.rows(letter, speaker, self.measures)
            body = self.texts.render("mail", letter.language, {
                "text": text, "rows": rows, "code": letter.code,
                "link": f"{self.settings.public_url.rstrip('/')}/confirm",
                **mail.sources(letter, self.agreements)})
            mark = DRILL_MARK[letter.language] if letter.drill else ""
            return Composed(f"{mark}{subject}", f"{mark}{checked(body)}", 1)
        except TextRefused as refused:
            return replace(self.fallback(letter), refused=refused.found)

    @cached_property
    def speakers(self) -> dict[str, Speaker]:
        """The words of each language."""
        names = self.contacts.districts
        english = dict(zip(names["name"], names["name_en"], strict=True))
        return {language: Speaker(language, self.settings.zone, english)
                for language in LANGUAGES}

    @cached_property
    def _said(self) -> dict[tuple[Lead, str], dict[str, Any]]:
        return {}

    def _fitted(self, letter: Letter, speaker: Speaker, channel: Channel) -> tuple[str, Form]:
        details, short = speaker.details(letter.lead), channel != Channel.email
        template = letter.lead.template if letter.kind == Kind.tell else letter.kind.value
        if channel == Channel.voice:
            template = VOICE
        whole = self._context(letter, speaker)
        by_site = [self._at(place, letter.lead, speaker) for place in letter.ordered]
        text, tried = "", dict[str, str]()
        for clauses, shown, asked in self._cuts(
                len(details), max(len(letter.places), len(letter.silent)), short,
                1 if details and letter.lead.facts.get("registered") else 0):
            names = phrases.names(letter, shown, self.page)
            cut = {"detail": "，".join(details[:clauses]), "names": names,
                   letter.lead.each: self._each(letter, by_site, shown),
                   "arrival": phrases.arrivals(letter, speaker, shown, self.settings.zone,
                                               self.now),
                   "whom": phrases.whom(letter, names), "silent": phrases.silent(letter, shown),
                   "measures": phrases.clauses(whole["measures"], asked)}
            if cut == tried:  # nothing was left to cut in this way
                continue
            tried = cut
            text = self.texts.render(template, letter.language, whole | cut)
            text += DRILL_MARK[letter.language] if letter.drill else ""
            if fits(text, channel, letter.language):
                return text, self.texts.form(template, letter.language, whole | cut)
        for trim in phrases.trims(letter, self.counties(letter)):
            tried |= trim
            text = self.texts.render(template, letter.language, whole | tried)
            text += DRILL_MARK[letter.language] if letter.drill else ""
            if fits(text, channel, letter.language):
                break
        return text, self.texts.form(template, letter.language, whole | tried)

    def _cuts(self, clauses: int, names: int, short: bool,
              kept: int) -> Iterator[tuple[int, int, int]]:
        """Clauses of the issuer's, names of sites and clauses of measures to keep.

        ``kept`` of the issuer's clauses go last of all: a letter is what it says.
        """
        yield clauses, names, 9
        if short:
            yield from ((left, names, 9) for left in range(clauses - 1, kept - 1, -1))
            yield from ((kept, left, 9) for left in (5, 3, 2, 1, 0) if left < names)
            yield from ((kept, min(names, 1), asked) for asked in (2, 1))
            yield kept, 0, 1
            yield 0, 0, 1

    def _of_lead(self, lead: Lead, speaker: Speaker) -> dict[str, Any]:
        """What a template says of a finding, whoever is told; worked out once for all of them."""
        key = lead, speaker.language
        if key not in self._said:
            self._said[key] = {
                "at": speaker.stamp(self.now), "issuer": speaker.issuer(lead),
                "issued": speaker.issued(lead), "signal": speaker.signal(lead),
                "start": speaker.start(lead, self.now), "found": speaker.found(lead),
                "threshold": speaker.threshold(lead), "agreed": speaker.agreed(lead),
                "cleared": speaker.cleared(lead), "note": speaker.note(lead),
                "brief": speaker.brief(lead), "trend": speaker.trend(lead),
                "review": speaker.review(lead), "quake": lead.metric == "intensity",
                "foreign": lead.facts.get("authority") == "foreign",
                "was": wording.colour(lead.level, speaker.language) if lead.level else ""}
        return self._said[key]

    def _context(self, letter: Letter, speaker: Speaker) -> dict[str, Any]:
        """What a template is given whatever is cut."""
        lead, place = letter.lead, letter.gravest
        measure = self.measure(letter)
        level = Level.of_rank(place.previous_official)
        previous = bool(level and place.official and place.official != place.previous_official)
        sent, over_signal = speaker.stamp(letter.sent or lead.at), phrases.signal_that_ended(letter)
        ended = over_signal or (letter.ended(place.finding_id) if letter.kind == Kind.lowered
                                else lead)
        return self._of_lead(lead, speaker) | {
            "signature": self.signature(letter),
            "previous": wording.colour(level, letter.language) if level and previous else "",
            "noted": sent, "sent": sent, "over": speaker.over(lead, place.stage),
            "area": self.area(letter, speaker), "upgraded": letter.upgraded,
            "measures": getattr(measure, letter.language),
            "restart": getattr(self.restart(letter), letter.language),
            "others": self._others(letter, speaker),
            "still": phrases.joined(letter.still, letter.language),
            "reply": replying.reply(letter, measure, self.settings.zone, self.now),
            "duty": self.duty(letter),
            "lack": phrases.lack(letter),
            "due": wording.clock(letter.by, self.settings.zone, self.now)
            if letter.by else "",
            "back": phrases.back(letter), "code": letter.code or "", "count": len(letter.places),
            "over_signal": speaker.signal(over_signal) if over_signal else "",
            "lowered_to": phrases.lowered_to(letter, lead),
            "ended_issuer": speaker.issuer(ended), "ended_issued": speaker.issued(ended)}

    @cached_property
    def page(self) -> str:
        """Where a person reads the rest, as a text shows it."""
        return f"{self.settings.public_url.partition('://')[2].rstrip('/')}/confirm"

    def measure(self, letter: Letter) -> Entry:
        """What to do: of the one industry concerned, else of any."""
        return self.measures.find(phrases.industry(letter), letter.hazard, letter.tier)

    def restart(self, letter: Letter) -> Entry:
        """What to look at before work begins again."""
        return self.measures.ended(phrases.industry(letter), letter.hazard)

    def signature(self, letter: Letter) -> str:
        """The bureau's full name now, as the platform has it filed."""
        name = letter.lead.agreement
        party = next((one.parties.bureau for one in self.agreements if one.agreement == name), None)
        city = self.contacts.district(f"{letter.gravest.county[:4]}00000000")
        return signature(party, city, letter.language, letter.drill)

    def fallback(self, letter: Letter) -> Composed:
        """The plain text that goes when the real one cannot be what somebody wrote."""
        speaker = self.speakers[letter.language]
        context = {
            "signature": self.signature(letter), "at": speaker.stamp(self.now),
            "hazard": wording.HAZARD[letter.language][letter.hazard],
            "signal": speaker.signal(letter.lead), "duty": self.duty(letter),
            "reply": replying.reply(letter, self.measure(letter), self.settings.zone, self.now)}
        text = self.texts.render("fallback", letter.language, context)
        text += DRILL_MARK[letter.language] if letter.drill else ""
        return Composed(wording.HAZARD[letter.language][letter.hazard], text, sms.parts(text),
                        form=self.texts.form("fallback", letter.language, context))

    def _subject(self, letter: Letter, speaker: Speaker) -> str:
        return self.texts.render("subject", letter.language, {
            "signature": self.signature(letter),
            "title": wording.HEADING[letter.language].get(letter.kind, "")
            + (speaker.signal(letter.lead) or speaker.note(letter.lead)),
            "names": phrases.names(letter, 3, "")})

    def _at(self, place: Place, lead: Lead, speaker: Speaker) -> str:
        """A site with its own number: how strongly it felt a quake, how far a fire is."""
        name, value = place.called(speaker.language), place.value or 0.0
        if lead.each == "distance":
            return f"{name}{'' if speaker.zh else ' '}{speaker.distance(value)}"
        return f"{name}{'烈度' if speaker.zh else ' intensity '}{speaker.intensity(value)}"

    def _each(self, letter: Letter, by_site: list[str], shown: int) -> str:
        if len(by_site) == 1 and not letter.office:
            return by_site[0]
        return f"{phrases.several(letter)}{phrases.some(by_site, shown, letter.language)}"

    def area(self, letter: Letter, speaker: Speaker) -> str:
        """Where the danger is: towns, counties, or so many kilometres around."""
        zh = letter.language == "zh"
        radius = letter.lead.facts.get("radius_km")
        if radius:
            far = wording.number(float(radius))
            return f"周边{far}公里" if zh else f"within {far} km"
        county = self.counties(letter)
        towns = [town[letter.language] for town in letter.lead.facts.get("towns") or ()]
        if not towns or len({place.county for place in letter.places}) > 1:
            return county
        named = phrases.some(towns, 3, letter.language)
        return f"{county}{named}" if zh else f"{named}, {county}"

    def counties(self, letter: Letter) -> str:
        """The counties of a letter's places."""
        name = "name" if letter.language == "zh" else "name_en"
        return phrases.joined([
            (self.contacts.district(county) or {}).get(name) or county
            for county in sorted({place.county for place in letter.places})], letter.language)

    def _others(self, letter: Letter, speaker: Speaker) -> str:
        by_lead: dict[int, list[str]] = {}
        brief = {one: self._of_lead(letter.leads[one], speaker)["brief"]
                 for one in {place.finding_id for place in letter.places}}
        other = {one for one in brief if brief[one] != brief[letter.gravest.finding_id]}
        for place in letter.places if other else ():
            if place.finding_id in other:
                by_lead.setdefault(place.finding_id, []).append(place.called(letter.language))
        mark = "影响" if letter.language == "zh" else ": "
        said = [f"{brief[lead]}{mark}{phrases.some(names, 2, letter.language)}"
                for lead, names in by_lead.items()]
        said += [f"{name}{_ALSO[letter.language].get(kind, '')}" for kind, name in letter.also[:2]]
        return ("；" if letter.language == "zh" else "; ").join(said)

    def duty(self, letter: Letter) -> str:
        """The desk to call: the county's, else the city's."""
        site = letter.gravest.site
        for office in ("county", "city"):
            duty = self.contacts.holder(self.contacts.office_of(site, office), "duty")
            if duty and duty.phone:
                called = "值班" if letter.language == "zh" else "Duty "
                return called + wording.telephone(duty.phone)
        return ""
