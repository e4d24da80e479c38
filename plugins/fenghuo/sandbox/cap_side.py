"""Warning signals in short, served as CMA serves them: CAP 1.2 documents under an RSS index.

CMA's habits, kept: the colour stands only in the headline and the severity, a geocode but no
polygon, never a Cancel (an end is an Update whose headline says 解除), references that repeat the
document's own ``sent``. Identifiers are district, 41600000 and the issue time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from typing import Literal, Self
from xml.sax.saxutils import escape, quoteattr

from pydantic import model_validator

from fenghuo.sandbox.instants import Duration, Instant, Strict, at
from fenghuo.sandbox.payloads import Payload

POLLS = 3
"""How often an index is asked that stopped naming something: fewer answers prove nothing."""
COLOURS = {"white": ("白色", "Unknown", ""), "blue": ("蓝色", "Minor", "[Ⅳ级/一般]"),
           "yellow": ("黄色", "Moderate", "[Ⅲ级/较重]"), "orange": ("橙色", "Severe", "[Ⅱ级/严重]"),
           "red": ("红色", "Extreme", "[Ⅰ级/特别严重]")}


class Signal(Strict):
    """One word of an issuer, or ``drop``: the index names that id no longer.

    ``event`` is the Chinese name (台风); ``districts`` 6 or 12 digits; towns stand in ``text``.
    ``updates`` and ``ends`` name earlier ids; ``ends`` makes it a 解除. ``form`` is how the issuer
    calls it: 风暴潮{colour}警报 is no signal.
    """

    at: Instant
    id: str = ""
    issuer: str = ""
    event: str = ""
    level: Literal["white", "blue", "yellow", "orange", "red"] | None = None
    districts: tuple[str, ...] = ()
    text: str = ""
    form: str = "{event}{colour}预警信号"
    lasts: Duration = timedelta(hours=24)
    updates: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    drop: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        named = all((self.id, self.issuer, self.event, self.level, self.districts))
        if bool(self.drop) == named:
            raise ValueError("either drop, or id, issuer, event, level and districts")
        return self


def lines(feed: str, signals: Sequence[Signal], start: datetime) -> dict[str, tuple[Payload, ...]]:
    """The time lines of a feed's index and of its documents, by path."""
    issued = [one for one in signals if not one.drop]
    identifiers = _identifiers(issued, start)
    made = {f"{feed}/{one.id}.xml": (Payload(
        at(start, one.at), _document(one, identifiers, start).encode(), "application/xml",
        polls=0),) for one in issued}
    instants = sorted({at(start, one.at) for one in signals} | {at(start, timedelta(0))})
    index = []
    for instant in instants:
        gone = {one.drop for one in signals if one.drop and at(start, one.at) <= instant}
        named = [one for one in issued if at(start, one.at) <= instant and one.id not in gone]
        polls = POLLS if any(one.drop and at(start, one.at) == instant for one in signals) else 1
        index.append(Payload(instant, b"", "application/xml", alive=True, polls=polls,
                             made=partial(_index, feed, named, identifiers, start)))
    return {feed: tuple(index), **made}


def unknown(signals: Sequence[Signal]) -> list[str]:
    """Ids that are referred to and issued nowhere."""
    issued = {one.id for one in signals if one.id}
    meant = [name for one in signals for name in (*one.updates, *one.ends, one.drop) if name]
    return [name for name in meant if name not in issued]


def _identifiers(issued: Sequence[Signal], start: datetime) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in issued:
        sent = at(start, one.at).astimezone(start.tzinfo)
        while (name := f"{one.districts[0][:6]}41600000_{sent:%Y%m%d%H%M%S}") in found.values():
            sent += timedelta(seconds=1)
        found[one.id] = name
    return found


def _headline(one: Signal) -> str:
    colour, _, degree = COLOURS[one.level or "white"]
    verb = "解除" if one.ends else "发布"
    called = one.form.format(event=one.event, colour=colour)
    return f"{one.issuer}{verb}{called}{'' if one.ends else degree}"


def _document(one: Signal, identifiers: Mapping[str, str], start: datetime) -> str:
    sent = at(start, one.at).astimezone(start.tzinfo)
    expires, severity = sent + one.lasts, COLOURS[one.level or "white"][1]
    references = " ".join(f"INVENTED,{identifiers[name]},{sent.isoformat()}"
                          for name in (*one.updates, *one.ends))
    called = one.form.format(event=one.event, colour=COLOURS[one.level or "white"][0])
    said = (f"{one.issuer}{sent:%Y年%m月%d日%H时%M分}{'解除' if one.ends else '发布'}{called}："
            f"{one.text}")
    areas = "".join(
        f"<area><areaDesc>{code}</areaDesc><geocode><valueName>CPEAS Geographic Code</valueName>"
        f"<value>{code.ljust(12, '0')}</value></geocode></area>" for code in one.districts)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{identifiers[one.id]}</identifier><sender>INVENTED</sender>"
        f"<sent>{sent.isoformat()}</sent><status>Actual</status>"
        f"<msgType>{'Update' if references else 'Alert'}</msgType><scope>Public</scope>"
        "<note>Invented for the sandbox; never issued.</note>"
        + (f"<references>{references}</references>" if references else "")
        + f"<info><language>zh-CN</language><category>Met</category><event>{escape(one.event)}"
        f"</event><urgency>Unknown</urgency><severity>{severity}</severity>"
        f"<certainty>Unknown</certainty><effective>{sent.isoformat()}</effective>"
        f"<expires>{expires.isoformat()}</expires><senderName>虚构</senderName>"
        f"<headline>{escape(_headline(one))}</headline><description>{escape(said)}</description>"
        f"{areas}</info></alert>\n")


def _index(feed: str, named: Sequence[Signal], identifiers: Mapping[str, str], start: datetime,
           now: datetime) -> bytes:
    """As it is made at a present instant."""
    def rfc(when: datetime) -> str:
        return format_datetime(when)

    items = "".join(
        f"<item><title>{escape(_headline(one))}</title>"
        f"<link>{{{{base}}}}/feeds/{feed}/{one.id}.xml</link>"
        f"<guid isPermaLink={quoteattr('false')}>{identifiers[one.id]}</guid>"
        f"<pubDate>{rfc(at(start, one.at))}</pubDate></item>"
        for one in sorted(named, key=lambda each: at(start, each.at), reverse=True))
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
            "<title>INVENTED warning signals</title>"
            f"<link>{{{{base}}}}/feeds/{feed}</link><description>Sandbox only</description>"
            f"<pubDate>{rfc(now)}</pubDate>{items}</channel></rss>\n").encode()
