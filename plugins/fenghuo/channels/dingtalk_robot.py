"""The robot of a DingTalk (钉钉) group, signed where its group asks for signatures (加签).

Format: https://open.dingtalk.com/document/orgapp/custom-robot-access and …/orgapp/
custom-bot-send-message-type: HMAC-SHA256 over ``timestamp\\nsecret``, both in the address; 20 texts
a minute. A text without a keyword that the group asks for is refused as a wrong signature is.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote_plus

from fenghuo.channels.base import Limits
from fenghuo.channels.cloud_codes import table
from fenghuo.channels.kinds import Kind
from fenghuo.channels.robots import MINUTE, Robot, made
from fenghuo.clock import machine_now
from fenghuo.words import Channel

CODES = table(
    address="400013",
    setup="310000 300001 300005 400101 400102 400106 40014 43004 404",
    content="400105 40035 40058 44004 430101 430102 430103 430104",
    busy="130101 410100",
    doubt="-1")
"""400013 the group was dissolved, 310000 signature, keyword or address of ours, 400101 no such
token, 400102 it was stopped, 400106 no such robot, 430101 to 430104 what may not be said, 130101
and 410100 too often, -1 the system is busy."""


@dataclass(slots=True, kw_only=True)
class DingtalkRobot(Robot):
    """The gateway; its secret is
    ``https://any:SECRET@oapi.dingtalk.com/robot/send?access_token=TOKEN``."""

    HOSTS: ClassVar[tuple[str, ...]] = ("oapi.dingtalk.com",)
    CODES: ClassVar[Mapping[str, str]] = CODES

    def signed(self, text: str) -> tuple[str, Mapping[str, Any]]:
        body = {"msgtype": "text", "text": {"content": text}}
        secret = self.secret.password
        if not secret:
            return "", body
        stamp = str(round(machine_now() * 1000))
        digest = hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256")
        return f"timestamp={stamp}&sign={quote_plus(base64.b64encode(digest))}", body


KIND = Kind(Channel.chat, lambda entry, settings: made(DingtalkRobot, entry, settings),
            Limits(per_second=20 / MINUTE))
