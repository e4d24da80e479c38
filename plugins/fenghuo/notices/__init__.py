"""Who must know, and the message to each: obligations, texts, codes, answers, the reach sheet.

``announce`` is loaded at first use: whoever only takes an answer composes no text and needs no
tables of contacts.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fenghuo.notices.outgoing import Notice, enqueue
from fenghuo.notices.reach import ReachSheet, reach

if TYPE_CHECKING:
    from fenghuo.notices.announcing import announce

__all__ = ["Notice", "ReachSheet", "announce", "enqueue", "reach"]


def __getattr__(name: str) -> Any:
    if name != "announce":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = import_module("fenghuo.notices.announcing").announce
    globals()[name] = value
    return value
