"""What a provider's refusal says of the one who was to be told, whichever provider's code it is."""

from __future__ import annotations

from fenghuo.channels.cloud_codes import ALIYUN
from fenghuo.channels.twilio_codes import rejection
from fenghuo.words import Reason

REASONS = {"address": Reason.bad_address, "opted_out": Reason.opted_out,
           "handset": Reason.handset_off, "content": Reason.text_refused}
"""By the class of a refusal (``Rejected.reason``); every other is the gateway's own."""


def reason_of(name: str) -> Reason:
    """The reason of a class of refusals."""
    return REASONS.get(name, Reason.gateway_rejected)


def reason_of_code(code: str | None) -> Reason:
    """The reason of the code in a receipt: Twilio's are numbers, Aliyun's are words."""
    if code is None:
        return Reason.gateway_rejected
    if code.isascii() and code.isdigit():
        return reason_of(rejection(int(code[:9]), 400, "").reason)
    return reason_of(ALIYUN.get(code, "unknown"))
