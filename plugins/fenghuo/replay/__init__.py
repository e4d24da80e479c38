"""A city in memory: what people would have been told, without a gateway, a clock or a file."""

from fenghuo.replay.city import Heard, Replay
from fenghuo.replay.gateway import Told

__all__ = ["Heard", "Replay", "Told"]
