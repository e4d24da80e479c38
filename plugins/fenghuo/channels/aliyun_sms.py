"""SMS by Aliyun's 短信服务, which sends filed texts alone.

Format: https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms,
…-querysenddetails, …/smsreport-2 and …/smsup-1. HTTP 200 says nothing: only ``Code: OK`` with a
``BizId`` is an acceptance. Its look-up knows a text by our id (``OutId``) and does not tell the
BizId; its times are Beijing's, without a zone.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fenghuo.channels import callbacks, filed_sms, posting
from fenghuo.channels.base import (
    Accepted,
    Ambiguous,
    Inbound,
    Outcome,
    Outgoing,
    Rejected,
    Status,
    Taken,
    Webhook,
)
from fenghuo.channels.callbacks import BEIJING, word
from fenghuo.channels.cloud_codes import ALIYUN, outcome
from fenghuo.channels.cloud_signing import acs3, query_of
from fenghuo.channels.filed_sms import FiledSms
from fenghuo.channels.kinds import Entry, Kind
from fenghuo.clock import machine_now
from fenghuo.settings import Settings
from fenghuo.words import Channel

VERSION = "2017-05-25"
PAGE = "50"
CLOCK_SKEW = 60
"""Seconds by which the provider's clock may differ from ours."""
FAILED, REACHED = "2", "3"
"""``SendStatus`` once the operator has spoken; 1 waits for its word."""


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
        found = self._sent(outgoing.address, since, machine_now())
        if isinstance(found, Ambiguous):
            return found
        return outgoing.id if any(word(one, "OutId") == outgoing.id for one in found) else None

    def statuses(self, asked: Sequence[Taken]) -> list[Status]:
        said = []
        for one in asked:
            at = one.accepted.timestamp()
            rows = self._sent(one.address, at - CLOCK_SKEW, at + CLOCK_SKEW)
            said += [] if isinstance(rows, Ambiguous) else [
                _end(one.provider_id, word(row, "SendStatus") == REACHED, word(row, "ErrCode"))
                for row in rows if word(row, "OutId") == one.notice
                and word(row, "SendStatus") in (FAILED, REACHED)]
        return said

    def _sent(self, address: str, *instants: float) -> list[Mapping[str, Any]] | Ambiguous:
        """What was sent to a number on Beijing's days of these instants (epoch seconds)."""
        rows: list[Mapping[str, Any]] = []
        for day in sorted({datetime.fromtimestamp(at, BEIJING).strftime("%Y%m%d")
                           for at in instants}):
            said = self._ask("QuerySendDetails", {
                "PhoneNumber": address.removeprefix("+86"), "SendDate": day,
                "PageSize": PAGE, "CurrentPage": "1"})
            if not isinstance(said, posting.Answer):
                return Ambiguous(said.error)
            if word(said.body, "Code") != "OK":
                return Ambiguous(f"HTTP {said.status} code {word(said.body, 'Code')[:60]}")
            listed = said.body.get("SmsSendDetailDTOs")
            found = listed.get("SmsSendDetailDTO", []) if isinstance(listed, dict) else None
            if not isinstance(found, list):
                return Ambiguous("a list of sent texts that is none")
            rows += [one for one in found if isinstance(one, dict)]
        return rows

    def parse_receipt(self, webhook: Webhook) -> list[Status]:
        return callbacks.read_rows(webhook, _status)

    def parse_inbound(self, webhook: Webhook) -> list[Inbound]:
        return callbacks.read_rows(webhook, _reply)

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
    return _end(biz_id, success, word(row, "err_code"),
                callbacks.notice_of(word(row, "out_id")))


def _end(known: str, good: bool, error: str, notice: str | None = None) -> Status:
    """What the operator reported of a text, known to the provider by an id."""
    return Status(known, "delivered" if good else "undelivered",
                  None if good else error or "unknown", notice)


def _reply(row: Mapping[str, Any]) -> Inbound | None:
    at = word(row, "send_time")
    return callbacks.reply_of(row, callbacks.e164(word(row, "phone_number")), "content", at,
                              callbacks.beijing(at), word(row, "sequence_id"))


def _make(entry: Entry, settings: Settings) -> AliyunSms | None:
    told = filed_sms.told(entry, settings)
    return AliyunSms(**told) if told else None


KIND = Kind(Channel.sms, _make, filed_sms.LIMITS, ("signature",), countries=("+86",))
