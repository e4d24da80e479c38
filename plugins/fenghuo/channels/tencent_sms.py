"""SMS by Tencent Cloud, which sends filed texts alone.

Format: https://cloud.tencent.com/document/product/382/55981 (SendSms 2021-01-11), …/52067
(PullSmsSendStatusByPhoneNumber), …/37809 and …/40473 (its callbacks). HTTP 200 says nothing, and
neither does an answer without an Error: each number has a ``Code`` of its own. The look-up shows
only texts that an operator reported on, and our id (``SessionContext``) only in accounts that
asked for it: what it does not show may still have been taken.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    Unseen,
    Webhook,
)
from fenghuo.channels.callbacks import word
from fenghuo.channels.cloud_codes import TENCENT, outcome
from fenghuo.channels.cloud_signing import tc3
from fenghuo.channels.filed_sms import FiledSms
from fenghuo.channels.kinds import Entry, Kind
from fenghuo.channels.secrets import secret_of
from fenghuo.clock import machine_now
from fenghuo.settings import Settings
from fenghuo.words import Channel

VERSION, SERVICE, REGION = "2021-01-11", "sms", "ap-guangzhou"
CLOCK_SKEW = 60
"""Seconds by which the provider's clock may be behind ours."""


@dataclass(slots=True, kw_only=True)
class TencentSms(FiledSms):
    """The gateway; its secret is ``https://SecretId:SecretKey@sms.tencentcloudapi.com/region``.

    ``application`` is the SmsSdkAppId that texts are sent and filed under.
    """

    application: str
    region: str = REGION

    def send(self, outgoing: Outgoing, code: str, values: Mapping[str, str]) -> Outcome:
        said = self._ask("SendSms", {
            "PhoneNumberSet": [outgoing.address], "SmsSdkAppId": self.application,
            "SignName": self.signature, "TemplateId": code,
            "TemplateParamSet": list(values.values()), "SessionContext": outgoing.id})
        if not isinstance(said, posting.Answer):
            return said
        response, code_of_all = _response(said)
        if code_of_all:
            return outcome(TENCENT, code_of_all, said.status)
        listed = response.get("SendStatusSet")
        if not (said.status == 200 and isinstance(listed, list) and len(listed) == 1
                and isinstance(listed[0], dict)
                and word(listed[0], "PhoneNumber") == outgoing.address):
            return Ambiguous(f"HTTP {said.status}, no status of this number")
        done, serial = word(listed[0], "Code"), word(listed[0], "SerialNo")
        if done != "Ok":
            return outcome(TENCENT, done, said.status)
        return Accepted(serial) if serial else Ambiguous("Ok without a SerialNo")

    def lookup(self, outgoing: Outgoing, since: float) -> str | Ambiguous | Unseen:
        found = self._reported(outgoing.address, since)
        if isinstance(found, Ambiguous):
            return found
        return next((word(one, "SerialNo") for one in found
                     if word(one, "SessionContext") == outgoing.id and word(one, "SerialNo")),
                    Unseen())

    def statuses(self, asked: Sequence[Taken]) -> list[Status]:
        wanted = {one.provider_id for one in asked}
        since: dict[str, float] = {}
        for one in asked:
            at = one.accepted.timestamp()
            since[one.address] = min(at, since.get(one.address, at))
        said = []
        for address, at in since.items():
            rows = self._reported(address, at)
            said += [] if isinstance(rows, Ambiguous) else [
                status for row in rows
                if (status := _end(word(row, "SerialNo"), word(row, "ReportStatus"),
                                   word(row, "Description"))) and status.provider_id in wanted]
        return said

    def _reported(self, address: str, since: float) -> list[Mapping[str, Any]] | Ambiguous:
        """What operators reported on texts to a number since an instant (epoch seconds)."""
        said = self._ask("PullSmsSendStatusByPhoneNumber", {
            "BeginTime": int(since) - CLOCK_SKEW, "Offset": 0, "Limit": 100,
            "PhoneNumber": address, "SmsSdkAppId": self.application})
        if not isinstance(said, posting.Answer):
            return Ambiguous(said.error)
        response, code = _response(said)
        listed = response.get("PullSmsSendStatusSet")
        if code or not isinstance(listed, list):
            return Ambiguous(f"HTTP {said.status} code {code[:60] or 'none'}")
        return [one for one in listed if isinstance(one, dict)]

    def parse_receipt(self, webhook: Webhook) -> list[Status]:
        return callbacks.read_rows(webhook, _status)

    def parse_inbound(self, webhook: Webhook) -> list[Inbound]:
        return callbacks.read_rows(webhook, _reply)

    def thanks(self, webhook: Webhook) -> tuple[str, str]:
        return '{"result": 0, "errmsg": "OK"}', "application/json"

    def _ask(self, action: str,
             said: Mapping[str, Any]) -> posting.Answer | Rejected | Ambiguous:
        body = json.dumps(said, ensure_ascii=False).encode()
        headers = tc3(self.key, self.host, SERVICE, action, VERSION, self.region, body,
                      machine_now())
        return posting.post(self.session, f"{self.base}/", body, headers, self.timeout)


def _response(said: posting.Answer) -> tuple[Mapping[str, Any], str]:
    """What stands in ``Response``, and the code of its error, empty without one."""
    response = said.body.get("Response")
    if not isinstance(response, dict):
        return {}, ""
    error = response.get("Error")
    if error is None:
        return response, ""
    return response, (word(error, "Code") if isinstance(error, dict) else "") or "unknown"


def _status(row: Mapping[str, Any]) -> Status | None:
    return _end(word(row, "sid"), word(row, "report_status"), word(row, "errmsg"))


def _end(serial: str, said: str, error: str) -> Status | None:
    """What an operator reported, None while it has not."""
    if not serial or said not in ("SUCCESS", "FAIL"):
        return None
    good = said == "SUCCESS"
    return Status(serial, "delivered" if good else "undelivered",
                  None if good else error or "unknown")


def _reply(row: Mapping[str, Any]) -> Inbound | None:
    at = word(row, "time")
    address = callbacks.e164(word(row, "mobile"), word(row, "nationcode"))
    return callbacks.reply_of(row, address, "text", at, callbacks.epoch(at))


def _make(entry: Entry, settings: Settings) -> TencentSms | None:
    told, secret = filed_sms.told(entry, settings), secret_of(settings, entry.name)
    return TencentSms(**told, application=entry.sender or "",
                      region=secret.path or REGION) if told and secret else None


KIND = Kind(Channel.sms, _make, replace(filed_sms.LIMITS, value_letters=6),
            ("sender", "signature"), countries=("+86",), numbered=True)
