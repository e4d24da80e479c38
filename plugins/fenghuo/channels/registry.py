"""Which gateway serves which channel, by the settings.

Refused: real gateways while a scenario runs. A city clock or feeds that come from the sandbox
mean an invented danger, and nobody outside may ever be told of it, credentials or not.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from fenghuo.channels import sandbox_account
from fenghuo.channels.base import Gateway
from fenghuo.channels.mail_addresses import addresses
from fenghuo.channels.smtp import SmtpMail
from fenghuo.channels.twilio_sms import TwilioSms
from fenghuo.settings import Settings
from fenghuo.words import Channel


def gateways(settings: Settings) -> dict[Channel, Gateway]:
    """A gateway for every channel that has one: real with credentials, else the sandbox's.

    A channel with neither is left out.
    """
    made = ((channel, make(settings)) for channel, make in REGISTRY.items())
    return {channel: gateway for channel, gateway in made if gateway is not None}


def in_scenario(settings: Settings) -> bool:
    """Whether the dangers of this house are invented."""
    return settings.sandbox_feeds or settings.clock.startswith("sandbox:")


def _sms(settings: Settings) -> Gateway | None:
    callback = f"{settings.public_url.rstrip('/')}/receipts/twilio/status"
    account, token, sender = settings.twilio_account, settings.twilio_token, settings.twilio_from
    if account and token and sender and not in_scenario(settings):
        return TwilioSms(account, token.get_secret_value(), sender, callback,
                         settings.gateway_timeout)
    if settings.sandbox_url is None:
        return None
    return TwilioSms(sandbox_account.ACCOUNT, sandbox_account.TOKEN, sandbox_account.SENDER,
                     callback, settings.gateway_timeout, settings.sandbox_url.rstrip("/"),
                     sandbox=True)


def _mail(settings: Settings) -> Gateway | None:
    if settings.smtp_url is not None and not in_scenario(settings):
        return SmtpMail(settings.smtp_url.get_secret_value(), settings.mail_from,
                        settings.gateway_timeout, back=addresses(settings))
    if settings.sandbox_url is None or settings.sandbox_smtp_port is None:
        return None
    host = urlsplit(settings.sandbox_url).hostname or "127.0.0.1"
    return SmtpMail(f"smtp://{host}:{settings.sandbox_smtp_port}", settings.mail_from,
                    settings.gateway_timeout, sandbox=True)


REGISTRY: dict[Channel, Callable[[Settings], Gateway | None]] = {
    Channel.sms: _sms,
    Channel.email: _mail,
}
