"""Bytes to text: UTF-8 only (a BOM is dropped), within a size cap, nothing invisible.

Refused: any other encoding (GBK without a declaration cannot be told from noise), NUL and other
control characters, and the invisible format characters by which a name can be made to look like
another one (bidirectional marks, zero-width characters; Unicode categories Cc, Cf, Co, Cs, Zl, Zp;
see https://www.unicode.org/reports/tr36/).
"""

from __future__ import annotations

import unicodedata

from fenghuo.words import Refusal, Refused

SIZE_CAP = 16 * 1024 * 1024
"""Bytes of the largest file read."""

_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_ALLOWED = frozenset("\n\r\t")


def decode(source: str, content: bytes, cap: int = SIZE_CAP) -> str:
    """The text of a file. Raises Refused with every hidden character's line:column."""
    if len(content) > cap:
        raise Refused([Refusal(source, "1:1", f"{len(content)} bytes", f"at most {cap} bytes")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused([_encoding(source, content, error)]) from None
    hidden = [Refusal(source, f"{line}:{column}", name_of(character), "visible characters only")
              for line, column, character in _hidden(text)]
    if hidden:
        raise Refused(hidden)
    return text


def hidden_in(text: str) -> str | None:
    """The first character of a text that cannot be seen, or None."""
    if text.isprintable():  # quick: printable has none of the hidden categories
        return None
    return next((c for c in text if unicodedata.category(c) in _HIDDEN), None)


def name_of(character: str) -> str:
    """A character as an error may print it: ``U+202E RIGHT-TO-LEFT OVERRIDE``."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'control character')}"


def shown(text: str, most: int = 60) -> str:
    """A found text as an error may print it: quoted, invisible characters escaped, cut."""
    return ascii_hidden(repr(text if len(text) <= most else text[:most] + "…"))


def ascii_hidden(text: str) -> str:
    """A text whose hidden characters are written as escapes."""
    return "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in _HIDDEN else c for c in text)


def _hidden(text: str) -> list[tuple[int, int, str]]:
    if hidden_in(text.replace("\n", "").replace("\r", "").replace("\t", "")) is None:
        return []
    return [(number, column, character)
            for number, line in enumerate(text.split("\n"), 1)
            for column, character in enumerate(line, 1)
            if unicodedata.category(character) in _HIDDEN and character not in _ALLOWED]


def _encoding(source: str, content: bytes, error: UnicodeDecodeError) -> Refusal:
    before = content[: error.start]
    line = before.count(b"\n") + 1
    column = error.start - (before.rfind(b"\n") + 1) + 1
    found = f"byte 0x{content[error.start]:02X}, not UTF-8"
    try:
        content.decode("gb18030")
        found += " (it reads as GBK/GB18030)"
    except UnicodeDecodeError:
        pass
    return Refusal(source, f"{line}:{column}", found, "UTF-8; save the file again as UTF-8")
