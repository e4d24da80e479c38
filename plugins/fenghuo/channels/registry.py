"""Which gateways this house has, by the edition's list and by whose credentials are set.

Refused: real gateways while a scenario runs. A city clock or feeds that come from the sandbox
mean an invented danger, and nobody outside may ever be told of it, credentials or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from fenghuo.channels import sandbox_account, wecom_robot
from fenghuo.channels.base import Gateway
from fenghuo.channels.config import STANDARD, GatewayConfig
from fenghuo.channels.doors import Door
from fenghuo.channels.filed_sms import FiledSms
from fenghuo.channels.smtp import SmtpMail
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
        gateway for gateway in (one.row.make(one.entry, settings) for one in configs.values())
        if gateway is not None)
    for gateway in real:
        if isinstance(gateway, FiledSms):
            gateway.filed = (filed or {}).get(gateway.name, {})
    served = {gateway.channel for gateway in real}
    played = [make(settings) for channel, make in PLAYED.items() if channel not in served]
    if Channel.chat not in served:  # each group has a robot of its own
        played += [wecom_robot.played(name, settings) for name, one in configs.items()
                   if one.channel is Channel.chat]
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


def _sandbox_lines(settings: Settings) -> Lines | None:
    if settings.sandbox_url is None:
        return None
    return Lines(sandbox_account.ACCOUNT, sandbox_account.TOKEN, settings.gateway_timeout,
                 settings.sandbox_url.rstrip("/"))


def _played_sms(settings: Settings) -> Gateway | None:
    lines = _sandbox_lines(settings)
    return None if lines is None else TwilioSms(
        lines, sandbox_account.SENDER, f"{Door(settings, 'twilio').address}/status", sandbox=True)


def _played_voice(settings: Settings) -> Gateway | None:
    lines = _sandbox_lines(settings)
    return None if lines is None else TwilioVoice(
        lines, sandbox_account.SENDER, Door(settings, "twilio-voice").address, sandbox=True)


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
