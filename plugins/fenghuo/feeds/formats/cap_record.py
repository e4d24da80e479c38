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
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.event_codes import NATIONAL, event_of, issuers_code
from fenghuo.feeds.fields import Faulty, printable
from fenghuo.feeds.formats.cap_area import area_of
from fenghuo.feeds.formats.cap_shapes import EXPECTED, LISTS, Alert, Area, Info
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
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE
from fenghuo.feeds.shapes import Shape, shaped
from fenghuo.feeds.signal_rows import FARTHEST
from fenghuo.observations.records import EventRecord, SignalAttributes
from fenghuo.words import EventKind, EventStatus, Level, Refusal, Refused

_NEVER = r"\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
"""What no XML may hold."""
_CONTROL = re.compile(f"[{_NEVER}]")
_NAME = re.compile(rf"[^\s,&<{_NEVER}]{{1,200}}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
"""An instant of CAP: never with Z."""
_REFERENCE = re.compile(rf"[^\s,]+,([^\s,{_NEVER}]+),\S+")
_GEOCODES = re.compile(r"CPEAS.*|GB/?T?[ _-]?2260.*|adcode", re.IGNORECASE)
_EPISODE = re.compile(r"(GDACS_[A-Z]{2}_\d{1,10})_\d{1,5}")
_COLOURED = ("zh", "zh-cn", "zh-hans", "zh-hans-cn")
"""Languages whose headlines name a colour: mainland China's."""
_MAP = {"255 235 59": Level.yellow, "251 140 0": Level.orange, "229 57 53": Level.red,
        "136 14 79": Level.red}
"""DWD's colours of a warning: its levels 1 to 4, of which we have no violet."""
_CODE = re.compile(r"\d{6}(?:\d{3})?(?:\d{3})?")


def record_of(alert: Mapping[str, Any], config: FeedConfig, received: datetime,
              time: re.Pattern[str] = TIME) -> EventRecord:
    """The record of an alert as JSON says it, lists where there may be several; ``time`` is how
    an instant is written. Raises Refused."""
    return _Reading(alert, config, received, time).record()


class _Reading:
    """One document being read; ``refuse`` stops it with the place and what was expected."""

    def __init__(self, alert: Mapping[str, Any], config: FeedConfig, received: datetime,
                 time: re.Pattern[str]) -> None:
        self.config, self.received, self.time = config, received, time
        name = alert.get("identifier") or ""
        self.identifier = str(name[0] if isinstance(name, list) else name).strip()
        self.alert = self._shaped(alert, Alert)

    def refuse(self, field: str, found: str, expected: str) -> Refused:
        name = self.identifier if _NAME.fullmatch(self.identifier) else "alert"
        return Refused([Refusal(self.config.name, f"{name}.{field}",
                                printable(found, 120) or "nothing", expected)])

    def _shaped(self, said: Mapping[str, Any], shape: type[Shape]) -> Shape:
        """A block, its texts trimmed, without what is null or an empty text for a list."""
        try:
            return shaped({name: value.strip() if type(value) is str else value
                           for name, value in said.items()
                           if value is not None and (value or name not in LISTS)}, shape)
        except Faulty as faulty:
            twice = said.get(faulty.place)
            if isinstance(twice, list) and len(twice) > 1 and not isinstance(twice[0], dict):
                raise self.refuse(faulty.place, f"{twice[0]!s:.50} and {twice[1]!s:.50}",
                                  "only one") from None
            field = faulty.place.partition("[")[0]
            if field in EXPECTED:
                raise self.refuse(field, faulty.found, EXPECTED[field]) from None
            raise self.refuse(faulty.place, faulty.found, faulty.expected) from None

    def record(self) -> EventRecord:
        alert = self.alert
        for field, name in (("identifier", alert.identifier), ("sender", alert.sender)):
            if not _NAME.fullmatch(name):
                raise self.refuse(field, name, "a name without blank, comma, < or &")
        infos = self._infos()
        parameters = {info: info.parameters for info in infos}
        references = self._references()
        beside = bool(references) or not all(map(_green, parameters.values()))
        standing = [] if alert.msg_type == "Cancel" else [
            info for info in infos if not self._over(info, parameters[info], beside)]
        cancelled = not standing
        levels = {info: self._level(info, parameters[info], cancelled)
                  for info in standing or infos}
        info = max(levels, key=lambda each: getattr(levels[each], "rank", 0))
        for field in ("event", "headline", "description", "instruction"):
            text = getattr(info, field)
            if not text.isprintable() and _CONTROL.search(text):
                raise self.refuse(field, text, "a text without control characters")
        issued = self._time("sent", alert.sent)
        if issued is None:
            raise self.refuse("sent", "nothing", "an instant with its offset")
        if issued > self.received + FUTURE:
            raise self.refuse("sent", issued.isoformat(), NO_FUTURE)
        expires = max([self._end(each, parameters[each]) or issued + self.config.lifetime
                       for each in levels])
        if expires <= issued and not cancelled:
            raise self.refuse("expires", expires.isoformat(), "an end after sent")
        onset = min([self._time("effective", each.effective) or self._time("onset", each.onset)
                     or issued for each in levels])
        for field, at in (("expires", expires), ("effective", onset)):
            if abs(at - issued) > FARTHEST:
                raise self.refuse(field, at.isoformat(), "a time within a year of sent")
        scheme, code, hazard = (NATIONAL, *event_of(info.event)) \
            if info.language.lower().startswith("zh") else issuers_code(
                {pair.value_name or "": pair.value or ""
                 for pair in (*info.event_code, *info.parameter)})
        areas = [area for each in levels for area in each.area]
        drill = alert.status != "Actual" or is_drill(info.headline, info.description)
        status = EventStatus.exercise if drill else (
            EventStatus.cancelled if cancelled else EventStatus.actual)
        episode = _EPISODE.fullmatch(self.identifier)
        return EventRecord(
            kind=EventKind.signal, external_id=self.identifier, status=status,
            issued=issued, onset=onset, expires=expires, supersedes=references,
            aliases=(episode[1],) if episode else (),
            area=area_of(self.config.name, self.identifier, [
                area.part for area in areas], self.config.area),
            attributes=SignalAttributes(
                identifier=self.identifier, hazard=hazard, event_name=info.event, event_code=code,
                scheme=scheme, level=levels[info],
                issuer=issuer_of(info.headline) or alert.sender.rpartition("@")[2],
                message_type=alert.msg_type, headline=info.headline, description=info.description,
                instruction=info.instruction, districts=self._districts(areas)))

    def _infos(self) -> list[Info]:
        """The blocks of the language we read best."""
        if not self.alert.info:
            raise self.refuse("info", "none", "an info block")
        languages = [str(said.get("language", "")).lower() for said in self.alert.info]
        best = read_best(languages)
        return [self._shaped(said, Info)
                for said, one in zip(self.alert.info, languages, strict=True) if one == best]

    def _time(self, field: str, text: str) -> datetime | None:
        if not text:
            return None
        if not self.time.fullmatch(text):
            raise self.refuse(field, text, "YYYY-MM-DDThh:mm:ss with a numeric offset")
        return self._instant(field, text)

    def _instant(self, field: str, text: str) -> datetime:
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.refuse(field, text, "an instant of the calendar") from None

    def _end(self, info: Info, parameters: Mapping[str, str]) -> datetime | None:
        """When a block ends; some issuers' ``expires`` is when the next word is due."""
        said = self._time("expires", info.expires)
        event = parameters.get("eventendingtime", "")
        if not self.time.fullmatch(event):
            return said
        end = self._instant("parameter.eventEndingTime", event)
        return end if said is None else max(said, end)

    def _references(self) -> tuple[str, ...]:
        """Identifiers only: CMA repeats the new ``sent`` beside the old identifier."""
        found = []
        for word in self.alert.references.split():
            said = _REFERENCE.fullmatch(word)
            if said is None:
                raise self.refuse("references", word, "sender,identifier,sent")
            if said[1] != self.identifier:
                found.append(said[1])
        return tuple(dict.fromkeys(found))

    def _over(self, info: Info, parameters: Mapping[str, str], beside: bool) -> bool:
        """Whether a block ends what was said before; green only beside what it may end."""
        if "AllClear" in info.response_type or (beside and _green(parameters)) or any(
                [name.endswith("alert_location_status") and value.lower() == "ended"
                 for name, value in parameters.items()]):
            return True
        try:
            return ends(info.headline)
        except ValueError as error:
            raise self.refuse("headline", info.headline, f"one meaning, not {error}") from None

    def _level(self, info: Info, parameters: Mapping[str, str], cancelled: bool) -> Level | None:
        headline, severity = info.headline, info.severity or ""
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
        if info.language.lower() in _COLOURED:
            raise self.refuse("headline", headline, "a headline that names the colour")
        awareness = parameters.get("awareness_level")
        if awareness is not None:
            known = of_awareness(awareness)
            if known is None:
                raise self.refuse("parameter.awareness_level", awareness,
                                  NO_WARNING if _green(parameters) else "yellow, orange or red")
            return known
        for code in info.event_code:
            if code.value_name == "AREA_COLOR" and code.value in _MAP:
                return _MAP[code.value]
        if not severity:
            raise self.refuse("severity", severity, "a severity or colour that gives a level")
        return OF_SEVERITY.get(severity)

    def _districts(self, areas: list[Area]) -> tuple[str, ...]:
        """12-digit codes; a few documents have only the first 6 or 9 digits. Codes of an issuer's
        own are ours by the feed's ``districts``."""
        found: dict[str, None] = {}
        for name, code in chain.from_iterable(area.codes for area in areas):
            if _GEOCODES.fullmatch(name):
                if not _CODE.fullmatch(code):
                    raise self.refuse("area.geocode", code,
                                      "a district code of 12, 9 or 6 digits")
                found[code.ljust(12, "0")] = None
            if code in self.config.districts:
                found[self.config.districts[code]] = None
        return tuple(found)


def _green(parameters: Mapping[str, str]) -> bool:
    return "green" in parameters.get("awareness_level", "").lower()
