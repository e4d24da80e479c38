"""The outbox: every message is a row before it is a message, and leaves exactly once."""

from fenghuo.outbox.dispatching import SILENT, dispatch

__all__ = ["SILENT", "dispatch"]
