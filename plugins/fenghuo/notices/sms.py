"""How many parts an SMS takes: GSM 03.38 with its extension table, else UCS-2.

160 septets alone, 153 in each part of several; 70 UCS-2 units alone, 67 in each part. A pair
(escaped septets, surrogates) is never split across parts. Source: 3GPP TS 23.038 and 23.040.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from math import ceil

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
_EXTENSION = frozenset("^{}\\[~]|€\f")
_PAIRS = re.compile("[\U00010000-\U0010ffff]")
_GSM = _BASIC | _EXTENSION


def plain(text: str) -> bool:
    """Whether GSM 03.38 can write it."""
    return _GSM.issuperset(text)


def parts(text: str) -> int:
    """The number of parts a text is sent as; 1 also for an empty one."""
    if plain(text):
        return _parts(text, _EXTENSION.intersection(text), 160, 153)
    return _parts(text, frozenset(_PAIRS.findall(text)), 70, 67)


def _parts(text: str, pairs: Collection[str], alone: int, each: int) -> int:
    if not pairs:
        return 1 if len(text) <= alone else ceil(len(text) / each)
    units = [2 if letter in pairs else 1 for letter in text]
    if sum(units) <= alone:
        return 1
    count, room = 1, each
    for unit in units:
        if unit > room:
            count, room = count + 1, each
        room -= unit
    return count
