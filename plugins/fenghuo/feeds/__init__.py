"""Feeds: fetch, archive the raw bytes, parse, store. A bad payload never stops the watch.

Names are loaded at first use: whoever only reads the configuration needs no XML parser.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fenghuo.feeds.backfilling import backfill
    from fenghuo.feeds.polling import due, heard, next_due, pull

_HOMES = {"backfill": "backfilling", "due": "polling", "heard": "polling", "next_due": "polling",
          "pull": "polling"}
__all__ = ["backfill", "due", "heard", "next_due", "pull"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"fenghuo.feeds.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
