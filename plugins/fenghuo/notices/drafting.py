"""Drafts: what is said to one address for one hazard, and the letter it makes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from fenghuo.agreements.schema import Agreement
from fenghuo.contacts import Contacts
from fenghuo.lifecycle import RevisionWritten
from fenghuo.lifecycle.evidence import rank
from fenghuo.notices import leads, wording
from fenghuo.notices.clean import clean
from fenghuo.notices.leads import Lead
from fenghuo.notices.letters import Kind, Letter, Place
from fenghuo.notices.places import ordinals
from fenghuo.notices.procedure import Procedure
from fenghuo.notices.recipients import Recipient, Told
from fenghuo.store import tables as t
from fenghuo.words import (
    Answer,
    Channel,
    Hazard,
    Level,
    ObligationStatus,
    Reason,
    RuleKind,
    WarningState,
)


@dataclass(slots=True)
class Draft:
    """One message in the making."""

    recipient: Recipient
    kind: Kind
    told: list[Told] = field(default_factory=list)

    @property
    def revisions(self) -> list[RevisionWritten]:
        """The revisions it speaks of, each once."""
        return list({one.revision.id: one.revision for one in self.told}.values())

    @property
    def obligations(self) -> tuple[int, ...]:
        """The obligations it discharges."""
        return tuple(sorted({one.owed.id for one in self.told}))

    @property
    def address(self) -> tuple[str, str]:
        """Channel and address."""
        return self.recipient.channel.value, self.recipient.address

    @property
    def drill(self) -> bool:
        """Whether it is an exercise's."""
        return any("drill" in one.revision.facts for one in self.told)

    @property
    def main(self) -> list[Told]:
        """What the letter itself is about; the rest is mentioned."""
        return [one for one in self.told if one.kind == self.kind]

    @property
    def procedure(self) -> Procedure | None:
        """What is asked, of the highest tier that still waits for an answer."""
        asked = [one.owed for one in self.main if one.owed.procedure
                 and one.owed.status != ObligationStatus.answered]
        if self.kind != Kind.tell or not asked:
            return None
        return max(asked, key=lambda owed: owed.tier).procedure

    @property
    def asks(self) -> bool:
        """Whether an answer is asked for."""
        found = self.procedure
        return found is not None and found.answer is not None

    @property
    def reason(self) -> Reason:
        """Why it is written."""
        if self.kind != Kind.tell:
            return self.kind.reason
        reasons = {one.owed.reason for one in self.main}
        return next((reason for reason in (Reason.upgraded, Reason.entered_area)
                     if reason in reasons), Reason.first)


def drafts_of(told: Sequence[Told], alone: Collection[int] = ()) -> list[Draft]:
    """One draft for each (revision's gravest kind, hazard, channel, address).

    Two earthquakes never share a text: each has its own time, place and intensity. A drill's
    never shares one with anything, nor does a revision in ``alone`` with another warning.
    """
    by_revision: dict[tuple[int, str, str], list[Told]] = {}
    for one in told:
        key = (one.revision.id, one.recipient.channel.value, one.recipient.address)
        by_revision.setdefault(key, []).append(one)
    drafts: dict[tuple[str, str, str, str, str], Draft] = {}
    order = list(Kind)
    for rows in by_revision.values():
        kind = min((one.kind for one in rows), key=order.index)
        first = rows[0]
        hazard = first.revision.hazard
        apart = (hazard == Hazard.earthquake or "drill" in first.revision.facts
                 or first.revision.id in alone)
        name = (hazard.value, first.revision.scope if apart else "", kind.value,
                first.recipient.channel.value, first.recipient.address)
        drafts.setdefault(name, Draft(first.recipient, kind)).told += rows
    return list(drafts.values())


_Behind = tuple[dict[int, Lead], dict[int, Lead]]


class Drafter:
    """Makes letters of drafts; reads places, values and findings once a revision."""

    def __init__(self, connection: Connection, agreements: Sequence[Agreement],
                 contacts: Contacts, now: datetime) -> None:
        self._connection, self._agreements, self._contacts, self._now = (
            connection, agreements, contacts, now)
        self._places: dict[int, dict[str, Place]] = {}
        self._leads: dict[int, dict[int, Lead]] = {}
        self._known: dict[tuple[int, ...], _Behind] = {}
        self._open: dict[str, list[tuple[int, str, str]]] | None = None
        self._ordinals: dict[str, dict[str, int]] = {}
        self._out: dict[int, set[str]] = {}

    def letter(self, draft: Draft, code: str | None) -> Letter:
        """The letter of a draft."""
        places: dict[str, Place] = {}
        found, over = self._behind(draft.revisions)
        for revision in draft.revisions:
            known = self.places(revision)
            places |= {site: known[site] for one in draft.main if one.revision is revision
                       for site in one.owed.sites if site in known}
        asked = draft.procedure
        dues = [one.owed.answer_due for one in draft.main if one.owed.answer_due]
        mine = {revision.warning_id for revision in draft.revisions}
        first = draft.revisions[0]
        also = [(one.kind, self.places(one.revision)[site].called(draft.recipient.language))
                for one in draft.told if one.kind != draft.kind for site in one.owed.sites
                if site in self.places(one.revision) and site not in places]
        out = draft.kind in (Kind.cancel, Kind.left) and any(
            site in self._withdrawn(revision.warning_id)
            for revision in draft.revisions for site in places)
        if draft.kind in (Kind.cancel, Kind.left) and not out:
            code = None
        return Letter(
            draft.kind, Hazard(first.hazard), draft.recipient.language, tuple(places.values()),
            found, office=self._desk(draft), procedure=asked, code=code,
            answer_due=min(dues, default=None),
            done_due=self._now + asked.done if asked and asked.done else None,
            over=over, sent=draft.recipient.sent,
            still=self._still(places, mine, draft.recipient.language)
            if draft.kind in (Kind.cancel, Kind.lapse, Kind.left) else (),
            signed=self.signed(draft.revisions), drill=draft.drill, withdrawn=out,
            ordinals=self._numbers(draft.recipient.person),
            heard=draft.recipient.channel is not Channel.chat, also=tuple(dict.fromkeys(also)))

    def _desk(self, draft: Draft) -> bool:
        """Whether a duty desk is spoken to: also one that was only asked to call a site."""
        posts = self._contacts.posts_of(draft.recipient.person or "")
        return (all(one.owed.office for one in draft.main)
                or (bool(posts) and all(":" in place for place, _ in posts)))

    def places(self, revision: RevisionWritten) -> dict[str, Place]:
        """The sites of a revision as texts name them."""
        if revision.id not in self._places:
            e, s = t.exposure.c, t.revision_site.c
            values = dict(self._connection.execute(
                select(s.site, e.value).join(t.exposure, e.id == s.exposure_id)
                .where(s.revision_id == revision.id)).all())
            named = revision.sites.merge(self._contacts.sites, on="site", how="inner")
            self._places[revision.id] = {row["site"]: Place(
                row["site"], clean(row["name"]), clean(row["name_en"]), row["industry"],
                row["county"], None if row["stage"] != row["stage"] else float(row["stage"]),
                row["tier"], row["previous"], row["official"], row["previous_official"],
                values.get(row["site"]), row["finding_id"])
                for row in named.to_dict("records")}
        return self._places[revision.id]

    def leads(self, revision: RevisionWritten) -> dict[int, Lead]:
        """The findings behind a revision, those that ended with it included."""
        if revision.id not in self._leads:
            ended = [end["id"] for end in revision.facts.get("ended", {}).values()]
            wanted = [*revision.sites["finding_id"].unique().tolist(), *ended]
            self._leads[revision.id] = leads.load(self._connection, wanted)
        return self._leads[revision.id]

    def _behind(self, revisions: Sequence[RevisionWritten]) -> _Behind:
        """The findings behind revisions, as found and as ended; made once for all their drafts."""
        key = tuple(revision.id for revision in revisions)
        if key not in self._known:
            found: dict[int, Lead] = {}
            ends: dict[str, Any] = {}
            for revision in revisions:
                found |= self.leads(revision)
                ends |= revision.facts.get("ended", {})
            self._known[key] = found, {one: lead.ended(ends) for one, lead in found.items()}
        return self._known[key]

    def _numbers(self, person: str | None) -> Mapping[str, int]:
        """A person's sites, numbered as his answers name them."""
        if person is None:
            return {}
        if person not in self._ordinals:
            self._ordinals[person] = ordinals(self._contacts, person)
        return self._ordinals[person]

    def _withdrawn(self, warning_id: int) -> set[str]:
        """The places of a warning that reported people out."""
        if warning_id not in self._out:
            o = t.obligation.c
            self._out[warning_id] = set(self._connection.scalars(select(o.site).where(
                o.warning_id == warning_id, o.answer == Answer.done.value, o.number > 0)))
        return self._out[warning_id]

    def signed(self, revisions: Sequence[RevisionWritten]) -> bool:
        """Whether every agreement behind revisions is signed."""
        behind = {name for revision in revisions for name in revision.facts["agreements"]}
        known = {one.agreement: one.signed for one in self._agreements}
        return bool(behind) and all(known.get(name, False) for name in behind)

    def _still(self, places: dict[str, Place], mine: set[int], language: str) -> tuple[str, ...]:
        """What else is in force at places, by its own name."""
        if self._open is None:
            self._open = _in_force(self._connection)
        return tuple(dict.fromkeys(
            words if language == "zh" else english for site in places
            for warning, words, english in self._open.get(site, []) if warning not in mine))


def _in_force(connection: Connection) -> dict[str, list[tuple[int, str, str]]]:
    """By site: the warnings in force there, with what to call them in both languages."""
    w, r, s, e, f = (t.warning.c, t.revision.c, t.revision_site.c, t.exposure.c, t.finding.c)
    newest = (select(r.warning_id, func.max(r.number).label("number"))
              .join(t.warning, w.id == r.warning_id)
              .where(w.state == WarningState.in_force.value, w.drill_id.is_(None))
              .group_by(r.warning_id).subquery())
    rows = connection.execute(
        select(s.site, w.id, w.hazard, s.official_level, f.kind)
        .join(t.revision, r.id == s.revision_id).join(t.warning, w.id == r.warning_id)
        .join(newest, (newest.c.warning_id == r.warning_id) & (newest.c.number == r.number))
        .join(t.exposure, e.id == s.exposure_id).join(t.finding, f.id == e.finding_id)
        .where(s.tier.is_not(None)).order_by(w.id))
    found: dict[str, list[tuple[int, str, str]]] = {}
    for row in rows:
        hazard, level = Hazard(row.hazard), Level.of_rank(rank(row.official_level))
        if level or row.kind == RuleKind.signal:
            words = wording.signal(hazard, level), wording.signal(hazard, level, "en")
        else:
            words = (f"{wording.HAZARD['zh'][hazard]}风险提示",
                     f"{wording.HAZARD['en'][hazard]} risk note")
        found.setdefault(row.site, []).append((row.id, *words))
    return found
