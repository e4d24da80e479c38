"""What a provider's refusal says of the one who was to be told, whichever provider's code it is."""

from __future__ import annotations

import re

from fenghuo.channels.cloud_codes import ALIYUN
from fenghuo.channels.twilio_codes import rejection
from fenghuo.words import Reason

REASONS = {"address": Reason.bad_address, "opted_out": Reason.opted_out,
           "handset": Reason.handset_off, "content": Reason.text_refused}
"""By the class of a refusal (``Rejected.reason``); every other is the gateway's own."""


_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
_NO_MAILBOX = re.compile(r"5\.(1\.\d|2\.1)\b")


def reason_of(name: str) -> Reason:
    """The reason of a class of refusals."""
    return REASONS.get(name, Reason.gateway_rejected)


def reason_of_code(code: str | None) -> Reason:
    """The reason of the code in a receipt: Twilio's are numbers, Aliyun's are words, a mail
    system's begin with a status of RFC 3463 (5.1: the address, 5.2.1: its mailbox is shut)."""
    if code is None:
        return Reason.gateway_rejected
    if _STATUS.match(code):
        return Reason.bad_address if _NO_MAILBOX.match(code) else Reason.gateway_rejected
    if code.isascii() and code.isdigit():
        return reason_of(rejection(int(code[:9]), 400, "").reason)
    return reason_of(ALIYUN.get(code, "unknown"))
