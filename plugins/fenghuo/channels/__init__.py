"""Channels: how a notice leaves the house; one module a gateway."""

from fenghuo.channels.base import (
    Accepted,
    Ambiguous,
    Gateway,
    Inbound,
    Outcome,
    Outgoing,
    Rejected,
    Status,
    Unsupported,
)
from fenghuo.channels.registry import gateways

__all__ = [
    "Accepted",
    "Ambiguous",
    "Gateway",
    "Inbound",
    "Outcome",
    "Outgoing",
    "Rejected",
    "Status",
    "Unsupported",
    "gateways",
]
