"""Feeds: fetch, archive the raw bytes, parse, store. A bad payload never stops the watch.

Names are loaded at first use: whoever only reads the configuration needs no XML parser.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fenghuo.feeds.polling import due, heard, next_due, pull

__all__ = ["due", "heard", "next_due", "pull"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module("fenghuo.feeds.polling"), name)
    globals()[name] = value
    return value
