"""The robot of a WeCom (企业微信) group; its secret is the address with its key, as WeCom shows it.

Format: https://developer.work.weixin.qq.com/document/path/91770 (a text of at most 2,048 bytes, 20
a minute) and …/path/90313 for the codes. WeCom signs nothing: who knows the key may post.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from fenghuo.channels.base import Limits
from fenghuo.channels.cloud_codes import table
from fenghuo.channels.kinds import Kind
from fenghuo.channels.robots import MINUTE, PLAYED, Robot, made
from fenghuo.channels.secrets import Secret
from fenghuo.settings import Settings
from fenghuo.words import Channel

CODES = table(
    setup="93000 93004 93008 40001 40014 60020 48002",
    content="40008 40035 40058 44001 44004 45002 45008 47001",
    busy="45009 45033",
    doubt="-1")
"""93000 no such robot, 93004 it was stopped, 45002 too long, 45009 too often, 45033 too many at
once, -1 the system is busy."""


@dataclass(slots=True, kw_only=True)
class WecomRobot(Robot):
    """The gateway; its secret is ``https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=KEY``."""

    HOSTS: ClassVar[tuple[str, ...]] = ("qyapi.weixin.qq.com",)
    CODES: ClassVar[Mapping[str, str]] = CODES

    def signed(self, text: str) -> tuple[str, Mapping[str, Any]]:
        return "", {"msgtype": "text", "text": {"content": text}}


def played(name: str, settings: Settings) -> WecomRobot | None:
    """The sandbox's robot of any service, None where there is no sandbox."""
    if settings.sandbox_url is None:
        return None
    secret = Secret(settings.sandbox_url.rstrip("/"), "", "", f"{PLAYED}/{name}", "")
    return WecomRobot(name=name, secret=secret, timeout=settings.gateway_timeout, sandbox=True)


KIND = Kind(Channel.chat, lambda entry, settings: made(WecomRobot, entry, settings),
            Limits(per_second=20 / MINUTE))
