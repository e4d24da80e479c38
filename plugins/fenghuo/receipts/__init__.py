"""Receipts: what comes back from a provider and from people, and the page where they answer."""

from fenghuo.receipts.polling import poll

__all__ = ["poll"]
