"""One CAP alert (1.0, 1.1, 1.2), as XML or as JSON says it: one revision of a signal.

Standard: https://docs.oasis-open.org/emergency/cap/v1.2/CAP-v1.2-os.html, with CMA's habits:
geocode without polygon, references that repeat the new ``sent`` (only the identifier counts), no
Cancel, the colour in the headline. Severity only checks the colour; where they disagree the
document is quarantined. Documents of other countries take the level of the parameter
``awareness_level`` (MeteoAlarm), of the map's colour (DWD's ``AREA_COLOR``) or of severity.

Of several blocks in one language those that stand count, as one: the gravest's words, all areas.
A block is over with AllClear (Macao, which rewrites a document in its place), with
``Alert_Location_Status`` ended (Canada), or green. GDACS names each episode anew: its event is an
alias. A sender that is a mailbox is named by its domain, ``senderName`` is never read: both may be
a forecaster's own. Severity Unknown where no colour is said gives no level. Refused: what breaks
the standard's text rules where it matters to us, and what is not public.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.event_codes import NATIONAL, event_of, issuers_code
from fenghuo.feeds.formats.cap_area import Part, area_of
from fenghuo.feeds.formats.cap_words import (
    NO_WARNING,
    OF_SEVERITY,
    SEVERITY,
    colour_of,
    ends,
    is_drill,
    issuer_of,
    of_awareness,
    read_best,
)
from fenghuo.feeds.nodes import Node, children, first, named, pairs, texts
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE
from fenghuo.feeds.signal_rows import FARTHEST
from fenghuo.observations.records import EventRecord, SignalAttributes
from fenghuo.words import EventKind, EventStatus, Level, Refusal, Refused

_ALLOWED = {
    "status": {"Actual", "Exercise", "System", "Test", "Draft"},
    "msgType": {"Alert", "Update", "Cancel", "Ack", "Error"},
    "category": {"Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env",
                 "Transport", "Infra", "CBRNE", "Other"},
    "urgency": {"Immediate", "Expected", "Future", "Past", "Unknown"},
    "severity": {"Extreme", "Severe", "Moderate", "Minor", "Unknown"},
    "certainty": {"Observed", "Likely", "Possible", "Unlikely", "Unknown", "Very Likely"},
}
_ONCE = ("identifier", "sender", "sent", "status", "msgType", "scope", "references")
_ONCE_OF_INFO = ("language", "event", "urgency", "severity", "certainty", "effective", "onset",
                 "expires", "headline", "description", "instruction")
_NAME = re.compile(r"[^\s,&<]{1,200}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
_REFERENCE = re.compile(r"[^\s,]+,([^\s,]+),\S+")
_GEOCODES = re.compile(r"CPEAS.*|GB/?T?[ _-]?2260.*|adcode", re.IGNORECASE)
_EPISODE = re.compile(r"(GDACS_[A-Z]{2}_\d{1,10})_\d{1,5}")
_COLOURED = ("zh", "zh-cn", "zh-hans", "zh-hans-cn")
"""Languages whose headlines name a colour: mainland China's."""
_MAP = {"255 235 59": Level.yellow, "251 140 0": Level.orange, "229 57 53": Level.red,
        "136 14 79": Level.red}
"""DWD's colours of a warning: its levels 1 to 4, of which we have no violet."""
_CODE = re.compile(r"\d{6}(?:\d{3})?(?:\d{3})?")


def record_of(alert: Node, config: FeedConfig, received: datetime) -> EventRecord:
    """The record of an ``<alert>``. Raises Refused."""
    return _Reading(alert, config, received).record()


class _Reading:
    """One document being read; ``refuse`` stops it with the place and what was expected."""

    def __init__(self, alert: Node, config: FeedConfig, received: datetime) -> None:
        self.alert, self.config, self.received = alert, config, received
        self.identifier = first(alert, "identifier")

    def refuse(self, field: str, found: str, expected: str) -> Refused:
        name = self.identifier if _NAME.fullmatch(self.identifier) else "alert"
        return Refused([Refusal(self.config.name, f"{name}.{field}", found[:120] or "nothing",
                                expected)])

    def record(self) -> EventRecord:
        self._envelope()
        self._once(self.alert, _ONCE)
        infos = self._infos()
        for info in infos:
            self._once(info, _ONCE_OF_INFO)
            for field in ("category", "urgency", "severity", "certainty"):
                for word in texts(info, field):
                    self._word(field, word)
        message, references = first(self.alert, "msgType"), self._references()
        beside = bool(references) or not all(map(_green, infos))
        standing = [] if message == "Cancel" else [
            info for info in infos if not self._over(info, beside)]
        cancelled = not standing
        levels = {info: self._level(info, cancelled) for info in standing or infos}
        info = max(levels, key=lambda each: getattr(levels[each], "rank", 0))
        issued = self._time(self.alert, "sent")
        if issued is None:
            raise self.refuse("sent", "nothing", "an instant with its offset")
        if issued > self.received + FUTURE:
            raise self.refuse("sent", issued.isoformat(), NO_FUTURE)
        expires = max(self._end(each) or issued + self.config.lifetime for each in levels)
        if expires <= issued and not cancelled:
            raise self.refuse("expires", expires.isoformat(), "an end after sent")
        onset = min(self._time(each, "effective") or self._time(each, "onset") or issued
                    for each in levels)
        for field, at in (("expires", expires), ("effective", onset)):
            if abs(at - issued) > FARTHEST:
                raise self.refuse(field, at.isoformat(), "a time within a year of sent")
        event, headline = first(info, "event"), first(info, "headline")
        language, description = first(info, "language").lower(), first(info, "description")
        scheme, code, hazard = (NATIONAL, *event_of(event)) if language.startswith("zh") \
            else issuers_code(dict((*pairs(info, "eventCode"), *pairs(info, "parameter"))))
        areas = [area for each in levels for area in children(each, "area")]
        drill = first(self.alert, "status") != "Actual" or is_drill(headline, description)
        status = EventStatus.exercise if drill else (
            EventStatus.cancelled if cancelled else EventStatus.actual)
        episode = _EPISODE.fullmatch(self.identifier)
        return EventRecord(
            kind=EventKind.signal, external_id=self.identifier, status=status,
            issued=issued, onset=onset, expires=expires, supersedes=references,
            aliases=(episode[1],) if episode else (),
            area=area_of(self.config.name, self.identifier, [
                Part(_polygons(area), texts(area, "circle"),
                     [value for name, value in pairs(area, "geocode")
                      if name == "EXCLUDE_POLYGON"]) for area in areas],
                self.config.area),
            attributes=SignalAttributes(
                identifier=self.identifier, hazard=hazard, event_name=event, event_code=code,
                scheme=scheme, level=levels[info],
                issuer=issuer_of(headline) or first(self.alert, "sender").rpartition("@")[2],
                message_type=message, headline=headline, description=description,
                instruction=first(info, "instruction"), districts=self._districts(areas)))

    def _once(self, parent: Node, fields: tuple[str, ...]) -> None:
        for field in fields:
            said = texts(parent, field)
            if len(said) > 1 and (other := next((one for one in said if one != said[0]), None)):
                raise self.refuse(field, f"{said[0][:50]} and {other[:50]}", "only one")

    def _envelope(self) -> None:
        for field in ("identifier", "sender"):
            if not _NAME.fullmatch(first(self.alert, field)):
                raise self.refuse(field, first(self.alert, field),
                                  "a name without blank, comma, < or &")
        for field in ("status", "msgType"):
            self._word(field, first(self.alert, field))
        if first(self.alert, "status") in ("System", "Draft"):
            raise self.refuse("status", first(self.alert, "status"), "Actual, Exercise or Test")
        if first(self.alert, "msgType") in ("Ack", "Error"):
            raise self.refuse("msgType", first(self.alert, "msgType"), "Alert, Update or Cancel")
        if first(self.alert, "scope") != "Public":
            raise self.refuse("scope", first(self.alert, "scope"), "Public: else not ours to relay")
        if first(self.alert, "restriction"):
            raise self.refuse("restriction", first(self.alert, "restriction"),
                              "none on a public alert")

    def _word(self, field: str, word: str) -> None:
        if word not in _ALLOWED[field]:
            raise self.refuse(field, word, "one of " + ", ".join(sorted(_ALLOWED[field])))

    def _infos(self) -> list[Node]:
        """The blocks of the language we read best."""
        infos = children(self.alert, "info")
        if not infos:
            raise self.refuse("info", "none", "an info block")
        languages = [first(info, "language").lower() for info in infos]
        best = read_best(languages)
        return [info for info, one in zip(infos, languages, strict=True) if one == best]

    def _time(self, parent: Node, field: str) -> datetime | None:
        text = first(parent, field)
        if not text:
            return None
        if not _TIME.fullmatch(text):
            raise self.refuse(field, text, "YYYY-MM-DDThh:mm:ss with a numeric offset")
        return self._instant(field, text)

    def _instant(self, field: str, text: str) -> datetime:
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.refuse(field, text, "an instant of the calendar") from None

    def _end(self, info: Node) -> datetime | None:
        """When a block ends; some issuers' ``expires`` is when the next word is due."""
        said = self._time(info, "expires")
        event = named(info, "parameter").get("eventendingtime", "")
        end = self._instant("parameter.eventEndingTime", event) if _TIME.fullmatch(event) else None
        return max(filter(None, (said, end)), default=None)

    def _references(self) -> tuple[str, ...]:
        """Identifiers only: CMA repeats the new ``sent`` beside the old identifier."""
        words = first(self.alert, "references").split()
        odd = next((word for word in words if not _REFERENCE.fullmatch(word)), None)
        if odd is not None:
            raise self.refuse("references", odd, "sender,identifier,sent")
        found = (match[1] for match in map(_REFERENCE.fullmatch, words) if match)
        return tuple(dict.fromkeys(name for name in found if name != self.identifier))

    def _over(self, info: Node, beside: bool) -> bool:
        """Whether a block ends what was said before; green only beside what it may end."""
        headline = first(info, "headline")
        location = next((value for name, value in named(info, "parameter").items()
                         if name.rpartition(":")[2] == "alert_location_status"), "")
        if "AllClear" in texts(info, "responseType") or location.lower() == "ended" \
                or (beside and _green(info)):
            return True
        try:
            return ends(headline)
        except ValueError as error:
            raise self.refuse("headline", headline, f"one meaning, not {error}") from None

    def _level(self, info: Node, cancelled: bool) -> Level | None:
        headline, severity = first(info, "headline"), first(info, "severity")
        try:
            colour = colour_of(headline)
        except ValueError as error:
            raise self.refuse("headline", headline, f"one colour, not {error}") from None
        if colour is not None:
            if not cancelled and severity != "Unknown" and severity not in SEVERITY[colour]:
                raise self.refuse("severity", f"{severity} beside {colour}: {headline}",
                                  "colour and severity that agree")
            return colour
        if cancelled:
            return None
        if first(info, "language").lower() in _COLOURED:
            raise self.refuse("headline", headline, "a headline that names the colour")
        return self._foreign_level(info, severity)

    def _foreign_level(self, info: Node, severity: str) -> Level | None:
        awareness = named(info, "parameter").get("awareness_level")
        if awareness is not None:
            known = of_awareness(awareness)
            if known is None:
                raise self.refuse("parameter.awareness_level", awareness,
                                  NO_WARNING if _green(info) else "yellow, orange or red")
            return known
        for name, value in pairs(info, "eventCode"):
            if name == "AREA_COLOR" and value in _MAP:
                return _MAP[value]
        if not severity:
            raise self.refuse("severity", severity, "a severity or colour that gives a level")
        return OF_SEVERITY.get(severity)

    def _districts(self, areas: list[Node]) -> tuple[str, ...]:
        """12-digit codes; a few documents have only the first 6 or 9 digits. Codes of an issuer's
        own are ours by the feed's ``districts``."""
        said = [pair for area in areas for pair in pairs(area, "geocode")]
        found = [code for name, code in said if _GEOCODES.fullmatch(name)]
        odd = next((code for code in found if not _CODE.fullmatch(code)), None)
        if odd is not None:
            raise self.refuse("area.geocode", odd, "a district code of 12, 9 or 6 digits")
        mapped = [self.config.districts[code] for _, code in said if code in self.config.districts]
        return tuple(dict.fromkeys([*(code.ljust(12, "0") for code in found), *mapped]))


def _polygons(area: Node) -> Sequence[str]:
    """The polygons of an area; an empty one beside an EMMA_ID is how some members of MeteoAlarm
    say that they draw none."""
    drawn = texts(area, "polygon")
    named = any(name == "EMMA_ID" for name, _ in pairs(area, "geocode"))
    return [text for text in drawn if text.strip()] if named else drawn


def _green(info: Node) -> bool:
    return "green" in named(info, "parameter").get("awareness_level", "").lower()
