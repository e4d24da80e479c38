"""E-mail by SMTP, with the standard library.

Format: RFC 5321/5322, ``Auto-Submitted`` by RFC 3834. SMTP cannot be asked what it took, so
every attempt carries the same Message-ID and readers can merge a doubled mail. With a mailbox
to read, each mail has its own address for reports (VERP) and for replies, and asks for a report
of its delivery (RFC 3461) where the server offers that. Refused: an address or subject that would
break a header, and a password over an open line.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from fenghuo.channels.base import (
    Accepted,
    Ambiguous,
    Gateway,
    Outcome,
    Outgoing,
    Rejected,
)
from fenghuo.channels.kinds import Entry, Kind
from fenghuo.channels.mail_addresses import Addresses, addresses
from fenghuo.clock import machine_now
from fenghuo.settings import Settings
from fenghuo.words import Channel

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_CONFIRM = {"zh": "点此确认：", "en": "Confirm here: "}


@dataclass(slots=True)
class SmtpMail(Gateway):
    """The gateway. ``url`` is ``smtp://user:password@host:port`` or ``smtps://…``."""

    url: str = field(repr=False)
    sender: str
    timeout: float
    back: Addresses | None = field(default=None, repr=False)
    name: str = field(default="smtp", kw_only=True)
    channel: Channel = field(default=Channel.email, kw_only=True)

    def submit(self, outgoing: Outgoing) -> Outcome:
        try:
            message = self.compose(outgoing)
        except ValueError as error:  # a line break in a header
            return Rejected("content", True, f"header refused: {error}")
        try:
            server = self._connect()
        except smtplib.SMTPAuthenticationError as error:
            return Rejected("setup", False, f"SMTP {error.smtp_code}")
        except _PlainPassword:
            return Rejected("setup", False, "a password, but no TLS to carry it")
        except (OSError, smtplib.SMTPException) as error:
            return Rejected("unreachable", False, type(error).__name__)
        try:
            return self._hand_over(server, outgoing, message)
        finally:
            _leave(server)

    def compose(self, outgoing: Outgoing) -> EmailMessage:
        """The mail; equal for every attempt but for its Date. Raises ValueError."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender
        message["To"] = outgoing.address
        message["Subject"] = outgoing.subject
        message["Message-ID"] = self._message_id(outgoing)
        message["Date"] = format_datetime(datetime.fromtimestamp(machine_now(), UTC))
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        if self.back and (reply := self.back.make("a", outgoing.id)):
            message["Reply-To"] = reply
        message["Importance"] = "high"
        text = outgoing.text
        if outgoing.confirm_url:
            text += f"\n\n{_CONFIRM.get(outgoing.language, _CONFIRM['zh'])}{outgoing.confirm_url}\n"
        message.set_content(text, cte="base64")
        return message

    def _message_id(self, outgoing: Outgoing) -> str:
        return f"<{outgoing.id}@{self.sender.rpartition('@')[2].strip('>') or 'localhost'}>"

    def _connect(self) -> smtplib.SMTP:
        at = urlsplit(self.url)
        host, context = at.hostname or "localhost", ssl.create_default_context()
        server: smtplib.SMTP
        if at.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, at.port or 465, timeout=self.timeout, context=context)
        else:
            server = smtplib.SMTP(host, at.port or 25, timeout=self.timeout)
        try:
            server.ehlo_or_helo_if_needed()
            if at.scheme != "smtps" and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif at.scheme != "smtps" and at.username and host not in _LOOPBACK:
                raise _PlainPassword
            if at.username:
                server.login(unquote(at.username), unquote(at.password or ""))
        except BaseException:
            _leave(server)
            raise
        return server

    def _hand_over(self, server: smtplib.SMTP, outgoing: Outgoing,
                   message: EmailMessage) -> Outcome:
        report = self.back.make("b", outgoing.id) if self.back else None
        asks = ["NOTIFY=SUCCESS,FAILURE"] if report and server.has_extn("dsn") else []
        try:
            code, _ = server.mail(report or self.sender)
            if code != 250:
                return Rejected("setup" if code >= 500 else "busy", False, f"MAIL FROM {code}")
            code, said = server.rcpt(outgoing.address, asks)
            if code not in (250, 251):
                # a relay that is denied, or a policy, says nothing of the mailbox
                ours = code == 554 or b"5.7." in said
                reason = "busy" if code < 500 else "unknown" if ours else "address"
                return Rejected(reason, code >= 500, f"RCPT TO {code}")
        except (OSError, smtplib.SMTPException) as error:  # nothing was handed over yet
            return Rejected("unreachable", False, type(error).__name__)
        try:
            code, _ = server.data(message.as_bytes())
        except smtplib.SMTPDataError as error:
            code = error.smtp_code
        except (OSError, smtplib.SMTPException) as error:  # perhaps after the final dot
            return Ambiguous(type(error).__name__)
        if code == 250:
            return Accepted(str(message["Message-ID"]).strip())
        if code < 0:
            return Ambiguous(f"DATA {code}")
        return Rejected("content" if code >= 500 else "busy", code >= 500, f"DATA {code}")


class _PlainPassword(Exception):
    """A password would go over an open line."""


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye if the line still stands, and close it in any case."""
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _make(entry: Entry, settings: Settings) -> SmtpMail | None:
    if settings.smtp_url is None:
        return None
    return SmtpMail(settings.smtp_url.get_secret_value(), settings.mail_from,
                    settings.gateway_timeout, back=addresses(settings), name=entry.name,
                    carries=entry.carries)


KIND = Kind(Channel.email, _make)
