"""A finding in the words of a language: who issued it, what was found, where, since when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor
from zoneinfo import ZoneInfo

from fenghuo.notices import numbers, wording
from fenghuo.notices.leads import Lead, seconds_of
from fenghuo.words import RuleKind

_OPENING = re.compile(r"^.{0,60}?(发布|升级|降级|更新|变更|继续|确认)"
                      r"[^。]{0,40}?(预警信号|预警|警报)"
                      r"(（[^）]*）|\([^)]*\))?[：:，,。；]?")
_SOURCE = re.compile(r"[（(]?预警信息来源[^）)]*[）)]?")
_ADVICE = re.compile(r"^(请|防御|做好|注意)|做好.*(防御|防范)|注意防[御范]")
_WHEN = re.compile("^(过去|预计|未来|目前|今天|明天|受)[^，]{0,12}$")
_HAN = re.compile("[\u4e00-\u9fff]")
_BEARING = re.compile(r"^(\d+) km ([NSEW]{1,3}) of ([^,]+)")
_POINT = {"N": "北", "S": "南", "E": "东", "W": "西"}
_MARK = {"zh": {"warning": "超警戒", "guarantee": "超保证", "record": "超历史最高",
                "stage": "超你处行动水位", "flood_limit": "超汛限水位",
                "flood_high": "超防洪高水位", "design_flood": "超设计洪水位"},
         "en": {"warning": "over warning stage", "guarantee": "over guarantee stage",
                "record": "over the record", "stage": "over your action stage",
               "flood_limit": "over the flood-season limit",
               "flood_high": "over the flood control level",
               "design_flood": "over the design flood level"}}
_NEAR = ("stem", "delta")
"""Columns that repeat the warning stage where a rule counts from below it."""
_DAY = 86400
_FORCE = ((64, 12), (50, 10), (30, 7))
_NOTE = {"zh": {"rain": "安全生产风险提示（非预警信号）", "stage": "水位风险提示（非洪水预警）",
                "intensity": "地震安全提示"},
         "en": {"rain": "work safety risk note (not an official warning)",
                "stage": "river stage risk note (not a flood warning)",
                "intensity": "earthquake safety note"}}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Turns leads into words for one language and city."""

    language: str
    zone: ZoneInfo
    districts: Mapping[str, str]

    @property
    def zh(self) -> bool:
        return self.language == "zh"

    def stamp(self, instant: datetime) -> str:
        return wording.stamp(instant, self.zone, self.language)

    def issuer(self, lead: Lead) -> str:
        """Who issued it, by full name."""
        found = (lead.fact("issuer", self.language) or lead.fact("feed_title", self.language)
                 or lead.fact("feed", self.language))
        return found if self.zh else wording.issuer_en(found, self.districts)

    def issued(self, lead: Lead) -> str:
        return self.stamp(lead.instant("issued"))

    def signal(self, lead: Lead) -> str:
        """The issuer's own warning and level; empty for our findings."""
        if lead.kind != RuleKind.signal:
            return ""
        if lead.level is None and lead.facts.get("registered"):
            called = lead.fact("event_name", "zh")  # a letter or a call, and no signal's name
            name = wording.HAZARD[self.language][lead.hazard]
            return f"{called}（{name}）" if self.zh else f"{name} notice"
        return wording.signal(lead.hazard, lead.level, self.language)

    def note(self, lead: Lead) -> str:
        """What we call our own finding: never a warning signal, never a colour."""
        return _NOTE[self.language].get(lead.metric, _NOTE[self.language]["rain"])

    def start(self, lead: Lead, now: datetime) -> str:
        onset = lead.instant("onset", "effective", "issued")
        if onset <= max(now, lead.instant("issued")):
            return "即时生效" if self.zh else "in effect now"
        return f"{self.stamp(onset)}起" if self.zh else f"from {self.stamp(onset)}"

    def review(self, lead: Lead) -> str:
        automatic = lead.facts.get("review") != "reviewed"
        if self.zh:
            return "自动测定" if automatic else "正式测定"
        return "automatic" if automatic else "reviewed"

    def found(self, lead: Lead) -> str:
        """The value: what was measured where and when, or the quake."""
        if lead.kind == RuleKind.signal:
            return self.signal(lead)
        if lead.metric == "intensity":
            place, size = self.place(lead), f"{lead.facts.get('magnitude', 0):.1f}"
            when = self.stamp(lead.instant("onset", "origin", "issued"))
            return (f"{when}{place}{size}级地震" if self.zh else f"M{size}, {when}, {place}")
        if lead.metric == "wind":
            return self._cyclone(lead)
        if lead.metric == "fire_distance":
            seen = self.stamp(lead.since)
            return f"{seen}卫星监测到疑似火点" if self.zh else f"satellite saw a likely fire {seen}"
        name = lead.fact("station_name", self.language) or lead.fact("station", self.language)
        river = lead.fact("river", self.language)
        if lead.metric == "stage":
            value = f"{lead.value or 0.0:.2f}"  # a gauge's board reads to the centimetre
            stage = f"{value}米" if self.zh else f"{value} m"
            name = self._station(name)
            river = "" if name.startswith(river) else river
            return f"{river}{name}{stage}" if self.zh else f"{river} {name} {stage}".strip()
        gap = "" if self.zh else " "
        what = numbers.what(lead.facts, lead.metric, self.language)
        number = numbers.amount(lead.value or 0.0, lead.unit, self.language)
        said = f"{self.window(lead)}{gap}{what}{gap}{number}".strip()
        if lead.facts.get("forecast"):
            ahead = max(ceil((lead.instant("end") - lead.at).total_seconds() / 3600), 1)
            return (f"预计未来{ahead}小时{name}{said}" if self.zh
                    else f"forecast within {ahead} h, {name} {said}")
        return f"{self._station(name)}{gap}{said}"

    def _cyclone(self, lead: Lead) -> str:
        """A cyclone by its number (else its name), whose word it is, its strongest wind."""
        called = lead.fact("number", self.language) or lead.fact("name", self.language)
        wind = lead.facts.get("wind_ms")
        if self.zh:
            said = [self.issuer(lead), f"{round(float(wind))}米/秒" if wind else ""]
            told = "，".join(part for part in said if part)
            return f"台风{called}" + (f"（{told}）" if told else "")
        said = [self.issuer(lead), f"{round(float(wind))} m/s" if wind else ""]
        told = ", ".join(part for part in said if part)
        return f"cyclone {called}" + (f" ({told})" if told else "")

    def front(self, lead: Lead) -> str:
        """What arrives: the flood, or the wind by its force (30 kt is force 7, 50 kt force 10)."""
        if lead.metric != "wind":
            return "洪水" if self.zh else "flood"
        force = next((force for knots, force in _FORCE if float(
            lead.facts.get("area_kt") or 0) >= knots), 7)
        return f"{force}级风" if self.zh else f"force {force} wind"

    def place(self, lead: Lead) -> str:
        """Where a quake was. A Chinese text turns ``12 km NNE of Enping`` into its own words;
        a place in the other language's letters gives way to the coordinates."""
        place = lead.fact("place", self.language)
        if self.zh == bool(_HAN.search(place)):
            return place
        match = _BEARING.match(place) if self.zh else None
        near = next((zh for zh, en in self.districts.items() if match and en == match[3]), "")
        if match and near:
            return f"{near}{''.join(_POINT[letter] for letter in match[2])}{match[1]}公里"
        latitude, longitude = lead.facts.get("latitude"), lead.facts.get("longitude")
        if latitude is None or longitude is None:
            return place and f"（{place}）"
        if not self.zh:
            return (f"{abs(latitude):.1f}{'N' if latitude >= 0 else 'S'} "
                    f"{abs(longitude):.1f}{'E' if longitude >= 0 else 'W'}")
        return (f"{'北' if latitude >= 0 else '南'}纬{abs(latitude):.1f}度"
                f"{'东' if longitude >= 0 else '西'}经{abs(longitude):.1f}度")

    def window(self, lead: Lead) -> str:
        """13-16时, 13:20-16:20, of a day and more its end; empty without a window."""
        seconds = seconds_of(lead.facts.get("window"))
        if not seconds:
            return ""
        end = lead.instant("end", "window_end").astimezone(self.zone)
        start = end - timedelta(seconds=seconds)
        if seconds >= _DAY:
            hours = seconds // 3600
            return f"截至{end:%H:%M}的{hours}小时" if self.zh else f"{hours} h to {end:%H:%M}"
        if start.minute or end.minute:
            return f"{start:%H:%M}-{end:%H:%M}"
        return f"{start.hour}-{end.hour or 24}{'时' if self.zh else 'h'}"

    def threshold(self, lead: Lead) -> str:
        """The number it counts against, with its unit."""
        if lead.threshold is None:
            return ""
        return numbers.amount(lead.threshold, lead.unit, self.language)

    def agreed(self, lead: Lead) -> str:
        """How the number stands to what it counts against."""
        return numbers.agreed(lead.facts, lead.threshold, lead.unit, self.language)

    def cleared(self, lead: Lead) -> str:
        """How a number stands that no longer counts."""
        return numbers.over(lead.facts, self.language)

    def over(self, lead: Lead, stage: float | None) -> str:
        """By how much a stage stands over its mark (``stage``: the site's own), or below the
        warning stage where it counts from so far ``within`` it."""
        mark = str(lead.facts.get("mark") or ("stage" if lead.threshold is None else "")).split(".")
        limit = stage if mark[-1] == "stage" else lead.threshold
        warning = lead.facts.get("warning")
        if mark[-1] in _NEAR and warning is not None and lead.value is not None:
            return self._near(lead.value - float(warning))
        words = _MARK[self.language].get(mark[-1])
        if limit is None or lead.value is None or words is None or lead.value < limit:
            return ""
        by = f"{lead.value - limit:.2f}"
        return f"{words}{by}米" if self.zh else f"{by} m {words}"

    def _near(self, above: float) -> str:
        words = _MARK[self.language]["warning"]
        if above >= 0:
            return f"{words}{above:.2f}米" if self.zh else f"{above:.2f} m {words}"
        return f"低于警戒{-above:.2f}米" if self.zh else f"{-above:.2f} m below warning stage"

    def trend(self, lead: Lead) -> str:
        known = {"rising": "上涨", "falling": "回落"} if self.zh else {
            "rising": "rising", "falling": "falling"}
        return known.get(str(lead.facts.get("trend")), "")

    def brief(self, lead: Lead) -> str:
        """Issuer, time and level or value in one phrase."""
        gap = "" if self.zh else " "
        if lead.kind == RuleKind.signal:
            return gap.join((self.issuer(lead), self.issued(lead), self.signal(lead)))
        mark = "：" if self.zh else ": "
        if lead.metric == "intensity":
            return f"{self.note(lead)}{mark}{self.found(lead)}"
        return f"{self.stamp(lead.at)}{gap}{self.note(lead)}{mark}{self.found(lead)}"

    def intensity(self, value: float) -> str:
        """The tier's whole number: V is from 5.0 to below 6.0, so it is cut, not rounded."""
        return f"约{floor(value)}度" if self.zh else f"about {floor(value)}"

    def distance(self, value: float) -> str:
        """How far a fire is, as precisely as a pixel is large: half a kilometre or so."""
        far = f"{max(value, 0.5):.1f}" if value < 10 else f"{value:.0f}"
        return f"距约{far}公里" if self.zh else f"about {far} km away"

    def details(self, lead: Lead) -> list[str]:
        """The clauses of an issuer's description worth repeating, in order; zh only."""
        if not self.zh:
            return []
        text = str(lead.facts.get("description") or "")
        text = _OPENING.sub("", _SOURCE.sub("", text), count=1)
        clauses = [clause.strip() for clause in re.split("[。；;，,]", text)]
        whole: list[str] = []
        for clause in clauses:
            if whole and _WHEN.match(whole[-1]):
                whole[-1] = f"{whole[-1]}，{clause}"  # a time alone says nothing
            else:
                whole.append(clause)
        return [clause for clause in whole
                if clause and not _ADVICE.search(clause) and not _WHEN.match(clause)]

    def _station(self, name: str) -> str:
        return f"{name}站" if self.zh and name and not name.endswith("站") else name
