"""The mailbox that replies and reports come back to, read by IMAP with imap-tools.

Only looked at, never changed: mails stay and are not marked, what was read is known by UID
(RFC 9051), and a UIDVALIDITY that changes means that every UID must be looked at anew. Refused: a
password over an open line to another machine. Too long a mail comes as its headers only.
"""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from fenghuo.words import FenghuoError

LARGEST = 1_000_000
"""Bytes of a mail that are fetched."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class MailboxUnreachable(FenghuoError):
    """The mailbox could not be read; ``permanent`` when asking again cannot help."""

    permanent = False


@dataclass(frozen=True, slots=True)
class Raw:
    """One mail as it lies there; ``whole`` False: its headers only, it is too long."""

    uid: int
    content: bytes
    whole: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """What is new: ``validity`` of the UIDs, and the mails in the order of their arrival."""

    validity: int
    mails: tuple[Raw, ...]


def unread(url: str, timeout: float, validity: int | None, seen: int, most: int) -> Unread:
    """The mails after UID ``seen`` (all, when ``validity`` is no longer true), at most ``most``.

    Raises MailboxUnreachable for whatever the network or the server does.
    """
    at = urlsplit(url)
    folder = unquote(at.path.strip("/")) or "INBOX"
    try:
        with _opened(url, timeout) as box:
            box.folder.set(folder, readonly=True)
            now = int(box.folder.status(folder, ["UIDVALIDITY"])["UIDVALIDITY"])
            first = 1 if now != validity else seen + 1
            # "9:*" names the last mail even when it is below 9
            uids = sorted(uid for uid in map(int, box.uids(f"UID {first}:*")) if uid >= first)
            return Unread(now, tuple(_fetch(box, uid) for uid in uids[:most]))
    except (OSError, imaplib.IMAP4.error, ImapToolsError, ValueError, KeyError,
            AttributeError, TypeError) as error:
        raise MailboxUnreachable(f"the mailbox: {type(error).__name__}") from error


@contextmanager
def _opened(url: str, timeout: float) -> Iterator[BaseMailBox]:
    at = urlsplit(url)
    host, context = at.hostname or "localhost", ssl.create_default_context()
    box: BaseMailBox
    if at.scheme == "imaps":
        box = MailBox(host, at.port or 993, timeout=timeout, ssl_context=context)
    elif host in _LOOPBACK:
        box = MailBoxUnencrypted(host, at.port or 143, timeout=timeout)
    else:
        box = MailBoxStartTls(host, at.port or 143, timeout=timeout, ssl_context=context)
    try:
        box.login(unquote(at.username or ""), unquote(at.password or ""), initial_folder=None)
        yield box
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            box.client.logout()


def _fetch(box: BaseMailBox, uid: int) -> Raw:
    _, found = box.client.uid("FETCH", str(uid), "(RFC822.SIZE)")
    size = int(bytes(found[0]).split(b"RFC822.SIZE")[1].split()[0].rstrip(b")"))
    whole = size <= LARGEST
    what = "(BODY.PEEK[])" if whole else f"(BODY.PEEK[HEADER]<0.{LARGEST}>)"
    _, parts = box.client.uid("FETCH", str(uid), what)
    content = next(bytes(part[1]) for part in parts if isinstance(part, tuple))
    return Raw(uid, content, whole)
