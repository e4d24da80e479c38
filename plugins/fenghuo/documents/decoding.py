"""Bytes from strangers to text: BOM, UTF-8, then what is declared or configured, then GB18030.

Chinese bureaus and spreadsheets write GBK without saying so, and ``gb2312`` with characters
GB 2312 lacks; GB18030 holds both. Whatever cannot be read is refused, never replaced by U+FFFD.
"""

from __future__ import annotations

import codecs
import re

from fenghuo.words import Refusal, Refused

_CHINESE = frozenset({"gb2312", "gbk", "gb18030", "cp936", "hz"})
_KNOWN = frozenset({"iso8859-1", "iso8859-15", "cp1252", "ascii", "utf-16", "big5"})


def text_of(source: str, body: bytes, encoding: str = "utf-8", declared: str = "") -> str:
    """The text of a payload. Raises Refused for an empty, a web-page or an unreadable one.

    ``encoding`` is the configured one, ``declared`` what the document says of itself.
    """
    place, empty = "1:1", Refusal(source, "1:1", "an empty body", "a payload")
    if not body.strip():
        raise Refused([empty])
    for name in _candidates(body, encoding, declared):
        try:
            text = body.decode(name)
        except UnicodeDecodeError as error:
            if name == "utf-8":
                place = _place(body, error.start)
                if _damaged(body):
                    found = f"byte 0x{body[error.start]:02X} amid UTF-8"
                    raise Refused([Refusal(source, place, found, "one encoding")]) from None
            continue
        except LookupError:
            continue
        if re.match(r"\s*<(!doctype\s+html|html|head|body)\b", text, re.IGNORECASE):
            raise Refused([Refusal(source, "1:1", "a web page", "a payload")])
        text = text.removeprefix("\ufeff")
        if not text.strip():
            raise Refused([empty])
        return text
    raise Refused([Refusal(source, place, f"bytes that are not {encoding} nor GB18030",
                           "text in that encoding")])


def _place(body: bytes, at: int) -> str:
    """``line:column`` of a byte."""
    line, column = body.count(b"\n", 0, at) + 1, at - body.rfind(b"\n", 0, at)
    return f"{line}:{column}"


def _damaged(body: bytes) -> bool:
    """Whether it is UTF-8 with a few bad bytes: GB18030 would turn all of it into other words.

    GBK read as UTF-8 is nearly all bad bytes and hardly ever a sound group of three.
    """
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return sum(character >= "\u0800" for character in text) - bad >= bad


def _candidates(body: bytes, encoding: str, declared: str) -> list[str]:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    names = ["utf-8"]
    try:
        name = codecs.lookup(declared).name if declared else ""
    except LookupError:
        name = ""
    if name in _CHINESE:
        names = ["gb18030"] if name != "hz" else ["hz"]
    elif name in _KNOWN:
        # never GB18030 after these: it would read most Latin bytes as Chinese
        return [name] if name != "ascii" else ["utf-8"]
    return [*names, *(other for other in (encoding, "gb18030") if other not in names)]
