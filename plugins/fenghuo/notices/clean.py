"""What may stand in an outgoing text.

Control, format and bidirectional characters are removed and white space is folded. A text
with U+FFFD, private-use characters or mojibake (UTF-8 once read as Windows-1252 or GBK) is
refused: nobody is to act on words that nobody wrote.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from fenghuo.words import FenghuoError

_BROKEN = re.compile("[\ufffd\ue000-\uf8ff]|锟斤拷|锟捷|烫烫烫")
_WESTERN = re.compile("[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
                      "\u2013-\u203a\u20ac\u2122]{3,}")
_HAN = re.compile("[\u2010-\u27ff\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]{3,}")
_CJK = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


class TextRefused(FenghuoError):
    """A text that must not leave the house; ``found`` says what is wrong with it."""

    def __init__(self, found: str) -> None:
        super().__init__(f"outgoing text: found {found}, expected readable words")
        self.found = found


def clean(text: str) -> str:
    """A text without control, format and bidi characters, white space folded to one space.

    Unreadable data becomes U+FFFD, so that no text with it passes ``checked``: cleaning must
    not hide what shows that it is broken.
    """
    if _fault(text) is not None:
        return "\ufffd"
    spaced = "".join(" " if letter in "\t\n\r\x0b\x0c\u2028\u2029" else letter for letter in text)
    kept = "".join(letter for letter in spaced
                   if unicodedata.category(letter) not in ("Cc", "Cf", "Cs"))
    return " ".join(kept.split())


def clean_all(value: Any) -> Any:
    """Plain data with every string in it cleaned."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: clean_all(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_all(item) for item in value]
    return value


def checked(text: str) -> str:
    """The text itself. Raises TextRefused when it cannot be what somebody wrote."""
    found = _fault(text)
    if found is not None:
        raise TextRefused(found)
    return text


def _fault(text: str) -> str | None:
    broken = _BROKEN.search(text)
    if broken:
        return f"U+{ord(broken.group()[0]):04X}"
    for pattern, encoding in ((_WESTERN, "cp1252"), (_WESTERN, "latin-1"), (_HAN, "gbk")):
        if any(_was_utf8(run, encoding) for run in pattern.findall(text)):
            return f"mojibake ({encoding})"
    return None


@lru_cache(maxsize=4096)
def _was_utf8(run: str, encoding: str) -> bool:
    """Whether a run becomes Chinese when its bytes are read as the UTF-8 they were.

    Bytes may have been lost on the way, so most of it is enough; real Chinese read this way
    is all replacement characters.
    """
    read = run.encode(encoding, "ignore").decode(errors="replace")
    chinese = len(_CJK.findall(read))
    return chinese >= 2 and chinese >= 0.5 * len(read)
