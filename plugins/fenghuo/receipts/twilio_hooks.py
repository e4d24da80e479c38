"""Twilio's webhooks: is it truly the provider, and what does it say.

Source: Twilio's webhook security page: HMAC-SHA1 over the full public address and the sorted form.
The address is built from the configured public one, never from what the request claims. Refused:
a missing signature, anything but a form (the client's validator does not check a JSON body), a
field that stands twice, another account. Unknown fields are fine; blank ones are kept, since they
are signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from fenghuo.channels import gateways
from fenghuo.channels.twilio_sms import TwilioSms
from fenghuo.settings import Settings
from fenghuo.words import Channel, FenghuoError

Form = ImmutableMultiDict[str, str]
LARGEST = 65_536
TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


class NotTheProvider(FenghuoError):
    """A webhook that the provider did not sign for this house. Says nothing of why."""


def verified(settings: Settings, path: str, query: str, headers: Mapping[str, str],
             body: bytes) -> tuple[TwilioSms, Form]:
    """The gateway a webhook belongs to and its form. Raises NotTheProvider.

    ``path`` below the public address and ``query`` exactly as they came; ``headers`` lower-case.
    """
    gateway = gateways(settings).get(Channel.sms)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    signature = headers.get("x-twilio-signature")
    if (not isinstance(gateway, TwilioSms) or signature is None or len(body) > LARGEST
            or kind != "application/x-www-form-urlencoded"):
        raise NotTheProvider("webhook refused")
    try:
        form = Form(parse_qsl(body.decode("utf-8"), keep_blank_values=True,
                              max_num_fields=200))
    except ValueError as error:
        raise NotTheProvider("webhook refused") from error
    url = settings.public_url.rstrip("/") + path + (f"?{query}" if query else "")
    if len(form.multi_items()) != len(form):  # which of two counts is not signed
        raise NotTheProvider("webhook refused")
    validator = RequestValidator(gateway.token)
    if not validator.validate(url, form, signature) or form.get("AccountSid") != gateway.account:
        raise NotTheProvider("webhook refused")
    return gateway, form
