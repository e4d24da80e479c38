"""Channels: how a notice leaves the house; one module a gateway."""

from fenghuo.channels.base import (
    Accepted,
    Ambiguous,
    Gateway,
    Inbound,
    Limits,
    Outcome,
    Outgoing,
    Rejected,
    Status,
    Taken,
    Unseen,
    Unsupported,
    Webhook,
)
from fenghuo.channels.registry import gateways, named, of_channel

__all__ = [
    "Accepted",
    "Ambiguous",
    "Gateway",
    "Inbound",
    "Limits",
    "Outcome",
    "Outgoing",
    "Rejected",
    "Status",
    "Taken",
    "Unseen",
    "Unsupported",
    "Webhook",
    "gateways",
    "named",
    "of_channel",
]
