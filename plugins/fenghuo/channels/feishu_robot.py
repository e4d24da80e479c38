"""The robot of a Feishu (飞书) group, signed where its group asks for signatures (签名校验).

Format: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot: HMAC-SHA256 of nothing
with the key ``timestamp\\nsecret``, both in the body; 100 texts a minute and 5 a second, 20 KB.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from fenghuo.channels.base import Limits
from fenghuo.channels.cloud_codes import table
from fenghuo.channels.kinds import Kind
from fenghuo.channels.robots import MINUTE, Robot, made
from fenghuo.clock import machine_now
from fenghuo.words import Channel

CODES = table(
    setup="19001 19007 19021 19022 19024",
    content="9499 19002 19036 11246",
    busy="11232 11233 99991400",
    doubt="19003")
"""19001 no such robot, 19007 it was stopped, 19021 signature or clock, 19022 address of ours, 19024
keyword, 9499 and 19002 what the body may not hold, 11232 too often, 19003 Feishu's own fault."""


@dataclass(slots=True, kw_only=True)
class FeishuRobot(Robot):
    """The gateway; its secret is ``https://any:SECRET@open.feishu.cn/open-apis/bot/v2/hook/TOKEN``.
    """

    HOSTS: ClassVar[tuple[str, ...]] = ("open.feishu.cn", "open.larksuite.com")
    CODES: ClassVar[Mapping[str, str]] = CODES
    CODE: ClassVar[str] = "code"

    def signed(self, text: str) -> tuple[str, Mapping[str, Any]]:
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        secret = self.secret.password
        if not secret:
            return "", body
        stamp = str(int(machine_now()))
        digest = hmac.digest(f"{stamp}\n{secret}".encode(), b"", "sha256")
        return "", body | {"timestamp": stamp, "sign": base64.b64encode(digest).decode()}


KIND = Kind(Channel.chat, lambda entry, settings: made(FeishuRobot, entry, settings),
            Limits(per_second=100 / MINUTE))
