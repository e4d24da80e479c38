"""Who must know, and the message to each: obligations, texts, codes, answers, the reach sheet.

``announce`` and ``release`` are loaded at first use: whoever only takes an answer composes no
text and needs no tables of contacts.
"""

from typing import TYPE_CHECKING

from fenghuo.notices.outgoing import Notice, enqueue
from fenghuo.notices.reach import ReachSheet, reach
from fenghuo.words.lazily import lazily

if TYPE_CHECKING:
    from fenghuo.notices.announcing import announce
    from fenghuo.notices.releasing import next_release, release

__all__ = ["Notice", "ReachSheet", "announce", "enqueue", "next_release", "reach", "release"]

__getattr__ = lazily(__name__, {
    "announce": "announcing", "release": "releasing", "next_release": "releasing"})
