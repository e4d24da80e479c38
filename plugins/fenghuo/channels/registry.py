"""Which gateways this house has, by the edition's list and by whose credentials are set.

Refused: real gateways while a scenario runs. A city clock or feeds that come from the sandbox
mean an invented danger, and nobody outside may ever be told of it, credentials or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from fenghuo.channels import sandbox_account
from fenghuo.channels.aliyun_sms import AliyunSms
from fenghuo.channels.base import Gateway
from fenghuo.channels.cloud_signing import Key
from fenghuo.channels.config import STANDARD, GatewayConfig
from fenghuo.channels.filed_sms import FiledSms
from fenghuo.channels.kinds import KINDS
from fenghuo.channels.mail_addresses import addresses
from fenghuo.channels.secrets import secret_of
from fenghuo.channels.smtp import SmtpMail
from fenghuo.channels.tencent_sms import REGION, TencentSms
from fenghuo.channels.tokens import hook_word
from fenghuo.channels.twilio_client import Lines
from fenghuo.channels.twilio_sms import TwilioSms
from fenghuo.channels.twilio_voice import TwilioVoice
from fenghuo.notices.filed import Filed
from fenghuo.settings import Settings
from fenghuo.words import Channel


def gateways(settings: Settings,
             configs: Mapping[str, GatewayConfig] = STANDARD,
             filed: Mapping[str, Mapping[str, tuple[Filed, ...]]] | None = None,
             ) -> tuple[Gateway, ...]:
    """The gateways in their order of trial; ``filed`` are their approved texts by their names.

    One without its credentials is left out; a channel that then has none is the sandbox's, where
    there is a sandbox.
    """
    real = () if in_scenario(settings) else tuple(
        gateway for gateway in (MAKERS[one.kind](one, settings) for one in configs.values())
        if gateway is not None)
    for gateway in real:
        if isinstance(gateway, FiledSms):
            gateway.filed = (filed or {}).get(gateway.name, {})
    served = {gateway.channel for gateway in real}
    played = (make(settings) for channel, make in PLAYED.items() if channel not in served)
    return (*real, *(gateway for gateway in played if gateway is not None))


def of_channel(made: Sequence[Gateway], channel: Channel) -> tuple[Gateway, ...]:
    """Those of one channel, in their order."""
    return tuple(gateway for gateway in made if gateway.channel is channel)


def named(made: Sequence[Gateway], name: str) -> Gateway | None:
    """The gateway of this name, None when there is none."""
    return next((gateway for gateway in made if gateway.name == name), None)


def in_scenario(settings: Settings) -> bool:
    """Whether the dangers of this house are invented."""
    return settings.sandbox_feeds or settings.clock.startswith("sandbox:")


def _door(settings: Settings, name: str) -> str:
    """The public address under which a gateway calls us, without ``/status`` or ``/inbound``."""
    return f"{settings.public_url.rstrip('/')}/receipts/{name}"


def _twilio(config: GatewayConfig, settings: Settings) -> Gateway | None:
    account, token = settings.twilio_account, settings.twilio_token
    sender = config.sender or settings.twilio_from
    if not (account and token and sender):
        return None
    lines = Lines(account, token.get_secret_value(), settings.gateway_timeout)
    door = _door(settings, config.name)
    if config.channel is Channel.voice:
        return TwilioVoice(lines, sender, door, name=config.name, countries=config.countries,
                           never=config.row.never, carries=config.limits)
    return TwilioSms(lines, sender, f"{door}/status", name=config.name,
                     countries=config.countries, carries=config.limits)


def _smtp(config: GatewayConfig, settings: Settings) -> Gateway | None:
    if settings.smtp_url is None:
        return None
    return SmtpMail(settings.smtp_url.get_secret_value(), settings.mail_from,
                    settings.gateway_timeout, back=addresses(settings), name=config.name,
                    carries=config.limits)


def _aliyun(config: GatewayConfig, settings: Settings) -> Gateway | None:
    shared = _filed(config, settings)
    return AliyunSms(**shared) if shared else None


def _tencent(config: GatewayConfig, settings: Settings) -> Gateway | None:
    shared, secret = _filed(config, settings), secret_of(settings, config.name)
    if not (shared and secret):
        return None
    return TencentSms(**shared, application=config.sender or "", region=secret.path or REGION)


def _filed(config: GatewayConfig, settings: Settings) -> dict[str, Any] | None:
    secret = secret_of(settings, config.name)
    return None if secret is None else {
        "name": config.name, "countries": config.serves, "carries": config.limits,
        "base": secret.base, "key": Key(secret.login, secret.password),
        "signature": config.signature or "", "timeout": settings.gateway_timeout,
        "hook": partial(hook_word, settings, config.name)}


MAKERS: Mapping[str, Callable[[GatewayConfig, Settings], Gateway | None]] = {
    "smtp": _smtp,
    "twilio": _twilio,
    "aliyun": _aliyun,
    "tencent": _tencent,
    "twilio_voice": _twilio,
}
"""By kind; each returns None without its credentials."""


def _sandbox_lines(settings: Settings) -> Lines | None:
    if settings.sandbox_url is None:
        return None
    return Lines(sandbox_account.ACCOUNT, sandbox_account.TOKEN, settings.gateway_timeout,
                 settings.sandbox_url.rstrip("/"))


def _played_sms(settings: Settings) -> Gateway | None:
    lines = _sandbox_lines(settings)
    return None if lines is None else TwilioSms(
        lines, sandbox_account.SENDER, f"{_door(settings, 'twilio')}/status", sandbox=True)


def _played_voice(settings: Settings) -> Gateway | None:
    lines = _sandbox_lines(settings)
    return None if lines is None else TwilioVoice(
        lines, sandbox_account.SENDER, _door(settings, "twilio-voice"), sandbox=True,
        never=KINDS["twilio_voice"].never)


def _played_mail(settings: Settings) -> Gateway | None:
    if settings.sandbox_url is None or settings.sandbox_smtp_port is None:
        return None
    host = urlsplit(settings.sandbox_url).hostname or "127.0.0.1"
    return SmtpMail(f"smtp://{host}:{settings.sandbox_smtp_port}", settings.mail_from,
                    settings.gateway_timeout, sandbox=True)


PLAYED: Mapping[Channel, Callable[[Settings], Gateway | None]] = {
    Channel.sms: _played_sms,
    Channel.email: _played_mail,
    Channel.voice: _played_voice,
}
"""What the sandbox plays."""
