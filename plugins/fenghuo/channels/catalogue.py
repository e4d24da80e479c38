"""Every kind of gateway by its word in ``rules/gateways.yaml``; one line a module."""

from __future__ import annotations

from collections.abc import Mapping

from fenghuo.channels import (
    aliyun_sms,
    apprise_chat,
    dingtalk_robot,
    feishu_robot,
    kannel,
    signed_webhook,
    smtp,
    tencent_sms,
    twilio_sms,
    twilio_voice,
    wecom_robot,
)
from fenghuo.channels.kinds import Kind

KINDS: Mapping[str, Kind] = {
    "smtp": smtp.KIND,
    "twilio": twilio_sms.KIND,
    "twilio_voice": twilio_voice.KIND,
    "aliyun": aliyun_sms.KIND,
    "tencent": tencent_sms.KIND,
    "kannel": kannel.KIND,
    "webhook": signed_webhook.KIND,
    "wecom": wecom_robot.KIND,
    "dingtalk": dingtalk_robot.KIND,
    "feishu": feishu_robot.KIND,
    "apprise": apprise_chat.KIND,
}
