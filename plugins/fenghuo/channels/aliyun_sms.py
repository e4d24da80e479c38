"""SMS by Aliyun's 短信服务, which sends filed texts alone.

Format: https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms,
…-querysenddetails, …/smsreport-2 and …/smsup-1. HTTP 200 says nothing: only ``Code: OK`` with a
``BizId`` is an acceptance. Its look-up knows a text by our id (``OutId``) and does not tell the
BizId; its times are Beijing's, without a zone.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fenghuo.channels import filed_sms, posting
from fenghuo.channels.base import (
    Accepted,
    Ambiguous,
    Inbound,
    Outcome,
    Outgoing,
    Rejected,
    Status,
    Webhook,
)
from fenghuo.channels.cloud_codes import ALIYUN, outcome
from fenghuo.channels.cloud_signing import acs3, query_of
from fenghuo.channels.filed_sms import BEIJING, FiledSms, word
from fenghuo.clock import machine_now

VERSION = "2017-05-25"
PAGE = "50"


@dataclass(slots=True, kw_only=True)
class AliyunSms(FiledSms):
    """The gateway; its secret is ``https://AccessKeyId:AccessKeySecret@dysmsapi.aliyuncs.com``."""

    def send(self, outgoing: Outgoing, code: str, values: Mapping[str, str]) -> Outcome:
        said = self._ask("SendSms", {
            "PhoneNumbers": outgoing.address, "SignName": self.signature, "TemplateCode": code,
            "TemplateParam": json.dumps(values, ensure_ascii=False), "OutId": outgoing.id})
        if not isinstance(said, posting.Answer):
            return said
        done, biz_id = word(said.body, "Code"), word(said.body, "BizId")
        if done != "OK":
            return outcome(ALIYUN, done, said.status)
        return Accepted(biz_id) if said.status == 200 and biz_id else Ambiguous(
            f"HTTP {said.status}, OK without a BizId")

    def lookup(self, outgoing: Outgoing, since: float) -> str | Ambiguous | None:
        days = {datetime.fromtimestamp(at, BEIJING).strftime("%Y%m%d")
                for at in (since, machine_now())}
        for day in sorted(days):
            said = self._ask("QuerySendDetails", {
                "PhoneNumber": outgoing.address.removeprefix("+86"), "SendDate": day,
                "PageSize": PAGE, "CurrentPage": "1"})
            if not isinstance(said, posting.Answer):
                return Ambiguous(said.error)
            if word(said.body, "Code") != "OK":
                return Ambiguous(f"HTTP {said.status} code {word(said.body, 'Code')[:60]}")
            listed = said.body.get("SmsSendDetailDTOs")
            found = listed.get("SmsSendDetailDTO", []) if isinstance(listed, dict) else None
            if not isinstance(found, list):
                return Ambiguous("a list of sent texts that is none")
            if any(isinstance(one, dict) and word(one, "OutId") == outgoing.id for one in found):
                return outgoing.id
        return None

    def parse_receipt(self, webhook: Webhook) -> list[Status]:
        return filed_sms.read_rows(webhook, _status)

    def parse_inbound(self, webhook: Webhook) -> list[Inbound]:
        return filed_sms.read_rows(webhook, _reply)

    def thanks(self, webhook: Webhook) -> tuple[str, str]:
        return '{"code": 0, "msg": "接收成功"}', "application/json"

    def _ask(self, action: str,
             values: Mapping[str, str]) -> posting.Answer | Rejected | Ambiguous:
        query = query_of(values)
        headers = acs3(self.key, self.host, action, VERSION, query, datetime.now(UTC),
                       secrets.token_hex(16))
        return posting.post(self.session, f"{self.base}/?{query}", b"", headers, self.timeout)


def _status(row: Mapping[str, Any]) -> Status | None:
    biz_id, success = word(row, "biz_id"), row.get("success")
    if not biz_id or not isinstance(success, bool):
        return None
    return Status(biz_id, "delivered" if success else "undelivered",
                  None if success else word(row, "err_code") or "unknown",
                  filed_sms.notice_of(word(row, "out_id")))


def _reply(row: Mapping[str, Any]) -> Inbound | None:
    at = word(row, "send_time")
    return filed_sms.reply_of(row, filed_sms.e164(word(row, "phone_number")), "content", at,
                              filed_sms.beijing(at), word(row, "sequence_id"))
