"""An alarm rings: the duty officer is told once of each cause, the leader when he is silent.

Several alarms of one kind found together share a text; what is seen again is only counted. Only
an acknowledgement (1 by SMS, the console, the command line) or the end of the trouble keeps the
leader on duty asleep. That it is over is told once, when it has stayed so, by e-mail.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert

from fenghuo import ledger
from fenghuo.alarms import Alarm, AlarmKind, bells
from fenghuo.alarms.kinds import OF_GATEWAYS, RINGS
from fenghuo.alarms.register import OCCASION
from fenghuo.channels.config import STANDARD, GatewayConfig
from fenghuo.contacts import Contacts, Person
from fenghuo.escalation.alarm_words import Desk, Words
from fenghuo.notices import outgoing, sms
from fenghuo.notices.outgoing import FIRST, Notice
from fenghuo.notices.texts import Form
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import Channel, Level, Reason

LIFE = timedelta(hours=6)
"""How long a text about an alarm is worth sending."""

LEADER_STEP = "rung:1"
_NO_GATEWAY = "channel:"
"""An alarm's subject where no gateway is set up for a channel."""
Post = tuple[str, str]


def ring(connection: Connection, edition: Desk, settings: Settings,
         now: datetime) -> dict[str, int]:
    """Queue every text that alarms call for; returns how many were told, led and closed.

    Runs in the caller's writing transaction. Twice at one instant, the second does nothing.
    """
    bell = _Bell(connection, edition, settings, now)
    for group in bell.groups(one for one, due in bells.untold(connection, settings.zone)
                             if due <= now):
        bell.tell(group)
    for group in bell.groups(one for one in bells.unanswered(connection)
                             if one.told and one.told + bells.LEADS <= now):
        bell.lead(group)
    bell.close([one for one, final in bells.over(connection) if final <= now])
    outgoing.enqueue(connection, bell.notices, now)
    return dict(+bell.counts)


def next_ring(connection: Connection, settings: Settings) -> datetime | None:
    """When an alarm next wants to be told: now, in the morning, to the leader, or as over."""
    instants = [due for _, due in bells.untold(connection, settings.zone)]
    instants += [one.told + bells.LEADS for one in bells.unanswered(connection) if one.told]
    instants += [final for one, final in bells.over(connection) if bells.tells_its_end(one)]
    return min(instants, default=None)


@dataclass(slots=True)
class _Bell:
    connection: Connection
    edition: Desk
    settings: Settings
    now: datetime
    words: Words = field(init=False)
    notices: list[Notice] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.words = Words(self.connection, self.edition, self.settings, self.now)

    def groups(self, alarms: Iterable[Alarm]) -> list[list[Alarm]]:
        """Alarms of one kind for the same desks, oldest first: they share a text."""
        found: dict[tuple[AlarmKind, tuple[str, ...], str], list[Alarm]] = {}
        for one in alarms:
            # a gateway's alarm goes round that gateway: it shares with no other
            alone = one.subject if one.kind in OF_GATEWAYS else ""
            key = one.kind, tuple(offices(one, self.edition.contacts)), alone
            found.setdefault(key, []).append(one)
        return list(found.values())

    def tell(self, group: Sequence[Alarm]) -> None:
        """The duty officers; of the site's county too where the kind says so."""
        told = self._write(group, [(office, "duty") for office in
                                   offices(group[0], self.edition.contacts)], FIRST)
        bells.mark(self.connection, group, "told", self.now)
        self._record(group, "alarm.told", told)
        self.counts["told"] += len(group)

    def lead(self, group: Sequence[Alarm]) -> None:
        """The leaders on duty of the cities concerned."""
        cities = [office for office in offices(group[0], self.edition.contacts)
                  if office.startswith("city:")]
        told = self._write(group, [(city, "leader") for city in cities], LEADER_STEP)
        bells.mark(self.connection, group, "led", self.now)
        self._record(group, "alarm.led", told)
        self.counts["led"] += len(group)

    def close(self, ended: Sequence[Alarm]) -> None:
        """End what has stayed ended; who was told of it hears so."""
        if not ended:
            return
        heard: dict[Post, list[Alarm]] = {}
        for one in filter(bells.tells_its_end, ended):
            for office in offices(one, self.edition.contacts):
                heard.setdefault((office, "duty"), []).append(one)
        for post, alarms in heard.items():
            by_sms = [one for one in alarms if RINGS[one.kind].back_sms]
            for channel, some in ((Channel.email, alarms), (Channel.sms, by_sms)):
                if some:
                    self._over(post, channel, some)
        bells.mark(self.connection, ended, "closed", self.now)
        self.counts["closed"] += len(ended)

    def _write(self, group: Sequence[Alarm], posts: Sequence[Post], step: str) -> list[str]:
        """Queue the texts of a group; who is told, by id."""
        told: list[str] = []
        dead = _dead(group[0], self.edition.gateways)
        for place, post in posts:
            person = self.edition.contacts.holder(place, post)
            if person is None or person.person in told:
                continue
            told.append(person.person)
            city, led = _city_of(place), step != FIRST
            for channel, address in _addresses(person):
                if channel == dead:
                    continue
                subject, form = "", None
                if channel == Channel.sms:
                    text, form = self.words.sms(group, city, person.language, led)
                else:
                    subject, text = self.words.mail(group, city, person.language, led)
                self.notices.append(self._notice(f"{OCCASION}{group[0].id}", channel, address,
                                                 step, person, subject, text, form))
        return told

    def _over(self, post: Post, channel: Channel, ended: Sequence[Alarm]) -> None:
        person = self.edition.contacts.holder(*post)
        address = dict(_addresses(person)).get(channel) if person else None
        if person and address:
            text, form = self.words.over(ended, _city_of(post[0]), person.language)
            self.notices.append(self._notice(
                f"recovered:{ended[0].id}", channel, address, FIRST, person,
                text if channel == Channel.email else "", text, form))

    def _notice(self, occasion: str, channel: Channel, address: str, step: str, person: Person,
                subject: str, text: str, form: Form | None) -> Notice:
        return Notice(channel, address, step, person.person, person.language, subject, text,
                      sms.parts(text) if channel == Channel.sms else 1, None, Level.red.rank,
                      True, Reason.alarm, self.now + LIFE, (), (), occasion, form=form)

    def _record(self, group: Sequence[Alarm], kind: str, told: Collection[str]) -> None:
        book = self.edition.contacts
        reason = Reason.alarm if told else Reason.post_vacant
        for one in group:
            ledger.append(self.connection, kind, f"{one.kind}:{one.subject}",
                          {"alarm": one.id, "persons": sorted(told)}, self.now)
            # without a place the decision would hold for every site
            place = one.subject if one.subject in book.site_index else f"alarm:{one.id}"
            self.connection.execute(insert(t.decision).values(
                at=self.now, edition=self.edition.digest, told=bool(told), reason=reason.value,
                site=place, detail=f"{kind} {one.kind.value} {one.id}"))


def offices(one: Alarm, contacts: Contacts) -> list[str]:
    """Whose duty desk hears an alarm: the city its subject lies in, else every city's; the
    county's too where the kind says so."""
    place = _office_of(one, contacts)
    cities = {_city_of(place)} if place else {
        office for office, post in contacts.posts if post == "duty" and office.startswith("city:")}
    desk = [place] if place.startswith("county:") and RINGS[one.kind].desk else []
    return [*sorted(cities), *desk]


def _office_of(one: Alarm, contacts: Contacts) -> str:
    """The office an alarm's subject (a site, a place, a town's code, a person) lies under."""
    subject = one.subject.partition(".")[0]
    if subject in contacts.site_index:
        return contacts.office_of(subject, "county")
    kind, _, code = subject.partition(":")
    if kind in ("county", "city") and code[:6].isdigit():
        return f"{kind}:{code[:6]}"
    if contacts.district(subject):
        return f"city:{subject[:4]}00" if subject[4:6] == "00" else f"county:{subject[:6]}"
    posts = contacts.posts_of(subject) if contacts.person(subject) else ()
    found = {place if ":" in place else contacts.office_of(place, "county") for place, _ in posts}
    cities = {_city_of(place) for place in found}
    return (found if len(found) == 1 else cities).pop() if len(cities) == 1 else ""


def _city_of(office: str) -> str:
    return f"city:{office.partition(':')[2][:4]}00"


def _dead(one: Alarm, gateways: Mapping[str, GatewayConfig]) -> Channel | None:
    """The channel that cannot carry the word of its own gateway."""
    if one.kind not in OF_GATEWAYS:
        return None
    if one.subject.startswith(_NO_GATEWAY):
        return Channel(one.subject.removeprefix(_NO_GATEWAY))
    known = gateways.get(one.subject) or STANDARD.get(one.subject)
    return known.channel if known else Channel.sms


def _addresses(person: Person) -> list[tuple[Channel, str]]:
    return [(channel, address) for channel, address in (
        (Channel.sms, person.phone), (Channel.email, person.email)) if address]
