"""Feeds: fetch, archive the raw bytes, parse, store. A bad payload never stops the watch.

Names are loaded at first use: whoever only reads the configuration needs no XML parser.
"""

from typing import TYPE_CHECKING

from fenghuo.words.lazily import lazily

if TYPE_CHECKING:
    from fenghuo.feeds.backfilling import backfill
    from fenghuo.feeds.polling import due, heard, next_due, pull

__getattr__ = lazily(__name__, {
    "backfill": "backfilling", **dict.fromkeys(("due", "heard", "next_due", "pull"), "polling")})
__all__ = ["backfill", "due", "heard", "next_due", "pull"]
