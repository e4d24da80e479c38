"""How many parts a text takes, counted as the provider counts it.

Written apart from the house's own count on purpose: the outside must not agree by construction.
Source: 3GPP TS 23.038 alphabet; 160/153 septets, 70/67 UTF-16 units; neither an escaped septet
pair nor a surrogate pair is split across parts.
"""

from __future__ import annotations

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
EXTENDED = frozenset("^{}\\[~]|€\f")


def segments(text: str) -> int:
    """The number of parts of ``text``; an empty text is one part."""
    if all(letter in BASIC or letter in EXTENDED for letter in text):
        sizes, single, part = [2 if letter in EXTENDED else 1 for letter in text], 160, 153
    else:
        sizes, single, part = [2 if ord(letter) > 0xFFFF else 1 for letter in text], 70, 67
    if sum(sizes) <= single:
        return 1
    parts, used = 1, 0
    for size in sizes:
        if used + size > part:
            parts, used = parts + 1, 0
        used += size
    return parts
