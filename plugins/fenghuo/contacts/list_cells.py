"""What the cells of a city's own list say, in the house's spelling.

Each reader takes a cell's text and gives it as the contacts' tables have it, or raises Odd with
what was expected. Numbers and codes may be full width; nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

import phonenumbers

from fenghuo.clock import CITY
from fenghuo.contacts.checks import EMAIL, reaches
from fenghuo.contacts.hours import spelled
from fenghuo.contacts.model import OFFICE_POSTS, SITE_POSTS
from fenghuo.words.names import INDUSTRY

REGION = "CN"
"""Whose numbers are written without a country."""
_POSTS = """
safety_officer 安全员|安全管理员|专职安全员|安全管理人员|安全负责人|safety officer
head 负责人|主要负责人|企业负责人|法定代表人|head
deputy 副职|副负责人|分管负责人|副手|deputy
control_room 值班室|调度室|中控室|控制室|control room
duty 值班|值班员|值班人员|duty|duty officer
leader 带班领导|值班领导|leader
"""
_KINDS = {"市": "city", "地级市": "city", "县": "county", "区": "county", "市辖区": "county",
          "县级市": "county", "镇": "town", "乡": "town", "街道": "town", "乡镇": "town",
          "功能区": "zone", "园区": "zone", "开发区": "zone", "高新区": "zone"}
_LANGUAGES = {"": "zh", "中文": "zh", "汉语": "zh", "chinese": "zh", "英文": "en", "英语": "en",
              "english": "en"}
_DAY = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_INSTANT = re.compile(
    r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?(?:[T ]*(\d{1,2})(?::|时|点)"
    r"(?:(\d{2})分?(?::00)?)?)?(?P<offset>Z|[+-]\d{2}:\d{2})?")
_SEVERAL = re.compile(r"[0-9]{7,}[\s/、,;]+\+?[0-9]{7,}")
_CUT = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
NOTHING = ("-", "--", "无", "/", "none")
"""What empties a cell that would else leave what is known."""


class Odd(Exception):
    """A cell that says nothing of its kind; the message is what was expected."""


def one_width(text: str) -> str:
    """Digits and letters in one width."""
    return unicodedata.normalize("NFKC", text).strip()


def phone(text: str) -> str:
    """A mobile number in E.164; numbers without a country are REGION's."""
    said = one_width(text)
    if _CUT.fullmatch(said):
        raise Odd("the number in full: a spreadsheet has cut it (format the column as text)")
    if _SEVERAL.search(said):
        raise Odd("one number in a cell")
    try:
        number = phonenumbers.parse(said, REGION)
    except phonenumbers.NumberParseException:
        raise Odd("a mobile number as 13800000001 or +8613800000001") from None
    found = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if number.extension or not reaches(found):
        raise Odd("a mobile number that can be texted, without an extension")
    return found


def email(text: str) -> str:
    """A mailbox in one width."""
    said = one_width(text)
    if not EMAIL.fullmatch(said):
        raise Odd("an address name@host.domain")
    return said


def day(text: str) -> str:
    """A day in ISO: 2026-06-30, 2026/6/30, 2026.6.30, 2026年6月30日 or 20260630."""
    said = _DAY.fullmatch(one_width(text).removesuffix(" 00:00:00"))
    try:
        if said is None:
            raise ValueError
        return date(*(int(one) for one in said.groups() if one)).isoformat()
    except ValueError:
        raise Odd("a day that exists, as 2026-06-30 or 2026年6月30日") from None


def instant(text: str) -> str:
    """An instant with its offset: 2026-06-08 08:00, 2026/6/8 8:00, 2026年6月8日8时, of the city
    where no offset is said; a day is its beginning, 24:00 its end."""
    said = _INSTANT.fullmatch(one_width(text))
    try:
        if said is None:
            raise ValueError
        year, month, the_day, hour, minute = (int(one or 0) for one in said.groups()[:5])
        at = datetime(year, month, the_day, tzinfo=CITY)
        if said["offset"]:
            at = at.replace(tzinfo=datetime.fromisoformat(
                "2000-01-01T00:00" + said["offset"]).tzinfo)
        if hour > 24 or minute > 59 or (hour == 24 and minute):
            raise ValueError
        # in the wall clock of its zone, then as an instant
        at = (at + timedelta(hours=hour, minutes=minute)).astimezone(CITY)
    except (ValueError, OverflowError):
        raise Odd("a day and hour that exist, as 2026-06-08 08:00 or 2026年6月8日8时") from None
    return at.isoformat(timespec="minutes")


def code(text: str) -> str:
    """A district's code of 12 digits; the 6 of GB/T 2260 and the 9 of a town are filled up."""
    said = one_width(text)
    if not re.fullmatch(r"[0-9]{6}|[0-9]{9}|[0-9]{12}", said):
        raise Odd("a district code of 6, 9 or 12 digits")
    return said.ljust(12, "0")


def word(text: str) -> str:
    """An identifier."""
    said = one_width(text).lower()
    if not re.fullmatch("[a-z0-9][a-z0-9_-]{0,59}", said):
        raise Odd("a word of a-z, 0-9, - and _")
    return said


def number(text: str) -> str:
    """A plain decimal number."""
    said = one_width(text).replace("°", "")
    if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,9})?", said):
        raise Odd("a plain decimal number")
    return said


def count(text: str) -> str:
    """A whole number from 0."""
    said = one_width(text).removesuffix("人")
    if not re.fullmatch("[0-9]{1,9}", said):
        raise Odd("a whole number from 0")
    return said


def tags(text: str) -> str:
    """Words parted by one blank."""
    return " ".join(word(one) for one in re.split(r"[\s,;、]+", one_width(text)) if one)


def industry(text: str) -> str:
    """An industry by its Chinese name, or as a word of the city's own."""
    known = {name: key for key, name in INDUSTRY.items()}
    return known.get(one_width(text)) or word(text)


def _named(names: Mapping[str, str], expected: str) -> Callable[[str], str]:
    known = {**names, **{value: value for value in names.values()}}

    def read(text: str) -> str:
        found = known.get(one_width(text).casefold())
        if found is None:
            raise Odd(expected)
        return found
    return read


def _posts() -> dict[str, str]:
    return {name: line.split(" ", 1)[0] for line in _POSTS.strip().split("\n")
            for name in line.split(" ", 1)[1].split("|")}


post = _named(_posts(), f"a post: {', '.join((*SITE_POSTS, *OFFICE_POSTS))}, "
                        "安全员, 负责人, 副职, 值班室, 值班 or 带班领导")
kind = _named(_KINDS, "city 市, county 县 区, town 镇 乡 街道 or zone 功能区")
language = _named(_LANGUAGES, "zh 中文 or en 英文")
status = _named({"已核实": "verified", "未核实": "unverified"}, "verified or unverified")


def text(said: str) -> str:
    """A name as it is written, 200 characters at most."""
    if not 0 < len(said) <= 200:
        raise Odd("1 to 200 characters")
    return said


def hours(said: str) -> str:
    """Hours of the week: days, then a span of the clock."""
    try:
        return spelled(one_width(said).replace("至", "-"))
    except ValueError as error:
        raise Odd(f"{error}; 工作日 08:30-17:30") from None


READERS: Mapping[str, Callable[[str], str]] = {
    "site": word, "person": word, "name": text, "name_en": text, "phone": phone, "email": email,
    "language": language, "valid_from": day, "valid_to": day, "hours": hours, "post": post,
    "industry": industry, "starts": instant, "ends": instant, "tags": tags, "latitude": number,
    "longitude": number, "station": word, "stage": number,
    "people": count, "code": code, "kind": kind, "parent": code, "status": status}
"""By field; ``place`` and ``district`` are looked up in the tables."""
PRIVATE = ("phone", "email")
