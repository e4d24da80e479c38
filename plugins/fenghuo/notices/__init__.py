"""Who must know, and the message to each: obligations, texts, codes, answers, the reach sheet.

``announce`` and ``release`` are loaded at first use: whoever only takes an answer composes no
text and needs no tables of contacts.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fenghuo.notices.outgoing import Notice, enqueue
from fenghuo.notices.reach import ReachSheet, reach

if TYPE_CHECKING:
    from fenghuo.notices.announcing import announce
    from fenghuo.notices.releasing import next_release, release

__all__ = ["Notice", "ReachSheet", "announce", "enqueue", "next_release", "reach", "release"]

_LATE = {"announce": "announcing", "release": "releasing", "next_release": "releasing"}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"fenghuo.notices.{_LATE[name]}"), name)
    globals()[name] = value
    return value
