"""Receipts: what comes back from a provider and from people, and the page where they answer."""

from fenghuo.receipts.attending import attend
from fenghuo.receipts.polling import poll

__all__ = ["attend", "poll"]
