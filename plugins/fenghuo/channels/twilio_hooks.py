"""Twilio's webhooks: is it truly the provider, and what does it say.

Source: Twilio's webhook security page: HMAC-SHA1 over the full public address and the sorted form.
Refused: a missing signature, anything but a form (the client's validator does not check a JSON
body), a field that stands twice, another account. Unknown fields are fine; blank ones are kept,
since they are signed.
"""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from fenghuo.channels.base import Inbound, Status, Webhook

Form = ImmutableMultiDict[str, str]
TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
SID = re.compile(r"(SM|MM)[0-9a-f]{32}")
CALL = re.compile(r"CA[0-9a-f]{32}")
MOST_FIELDS = 200
_TURNED: dict[str, Literal["stop", "start"]] = {"STOP": "stop", "START": "start"}


def form(webhook: Webhook) -> Form:
    """The fields of a webhook. Raises ValueError for what is no form, or says a thing twice."""
    if webhook.media_type != "application/x-www-form-urlencoded":
        raise ValueError(f"found {webhook.media_type or 'no media type'}, expected a form")
    made = Form(parse_qsl(webhook.body.decode("utf-8"), keep_blank_values=True,
                          max_num_fields=MOST_FIELDS))
    if len(made.multi_items()) != len(made):  # which of two counts is not signed
        raise ValueError("a field that stands twice")
    return made


def signed(webhook: Webhook, account: str, token: str) -> bool:
    """Whether the provider signed it, for this account."""
    signature = webhook.headers.get("x-twilio-signature")
    if signature is None:
        return False
    try:
        fields = form(webhook)
    except ValueError:
        return False
    return (bool(RequestValidator(token).validate(webhook.url, fields, signature))
            and fields.get("AccountSid") == account)


def status(webhook: Webhook) -> Status:
    """What became of a message. Raises ValueError without its sid."""
    fields = form(webhook)
    return Status(_sid(fields), fields.get("MessageStatus") or fields.get("SmsStatus") or "",
                  fields.get("ErrorCode") or None, webhook.query.get("notice"))


def text(webhook: Webhook) -> Inbound:
    """A text that came in, with what an account's own keywords make of it (``OptOutType``, see
    https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out). ValueError without its sid.
    """
    fields = form(webhook)
    return Inbound(_sid(fields), fields.get("From", ""), fields.get("Body", ""), None,
                   turned=_TURNED.get(fields.get("OptOutType", "")))


def call_status(webhook: Webhook) -> Status:
    """What became of a call. Raises ValueError without its sid."""
    return Status(call(webhook)[0], form(webhook).get("CallStatus", ""), None,
                  webhook.query.get("notice"))


def call(webhook: Webhook) -> tuple[str, str]:
    """A call's sid and the number we called. Raises ValueError without the sid."""
    fields = form(webhook)
    sid = fields.get("CallSid", "")
    if not CALL.fullmatch(sid):
        raise ValueError("no sid of a call")
    return sid, fields.get("To", "")


def _sid(fields: Form) -> str:
    sid = fields.get("MessageSid", "")
    if not SID.fullmatch(sid):
        raise ValueError("no sid of a message")
    return sid
