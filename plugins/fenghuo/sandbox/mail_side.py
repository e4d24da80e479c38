"""The sandbox's SMTP server: takes every mail, shows it in the log, delivers nothing."""

from __future__ import annotations

import asyncio
import re
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP, Envelope, Session

from fenghuo.sandbox.world import World


class Postbox:
    """aiosmtpd's handler over a world."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail; its text part, subject and Message-ID go into the log."""
        fault = next((found for address in envelope.rcpt_tos
                      if (found := self.world.strike("mail", address)) is not None), None)
        if fault is None or fault.takes:
            self._take(envelope)
        if fault is not None and fault.kind == "mail_451":
            return "451 4.3.0 try again later"
        if fault is not None and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "250 2.0.0 taken by the sandbox"

    def _take(self, envelope: Envelope) -> None:
        content = envelope.original_content or b""
        mail = message_from_bytes(content, policy=policy.default)
        text = mail.get_body(("plain", "html"))
        # A long Message-ID comes back folded, so only what stands between the brackets counts.
        identity = re.search(r"<[^<>\s]+>", str(mail["Message-ID"] or ""))
        self.world.clock.touch()
        self.world.record("mail", **{
            "from": envelope.mail_from, "to": list(envelope.rcpt_tos),
            "subject": str(mail["Subject"] or ""),
            "message_id": identity[0] if identity else None,
            "headers": {name: str(value) for name, value in mail.items()},
            "body": text.get_content() if text is not None else ""})


async def listen(world: World, port: int) -> asyncio.Server:
    """Open the SMTP server on loopback; port 0 takes a free one."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: SMTP(Postbox(world), hostname="sandbox.invalid", enable_SMTPUTF8=True, loop=loop),
        "127.0.0.1", port)
