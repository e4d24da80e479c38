"""What a witness kept: checkpoints that left the house, to hold a log against later.

Only the standard library and ``cryptography``. A witness's file is whatever checkpoints came to
lie in: a copy of the checkpoints file, of any age; a note by itself; an e-mail as it was saved.
Notes of another log are passed over, a file without one of ours is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

from fenghuo.ledger.notes import Key, open_note


def heads(content: bytes, key: Key) -> dict[int, set[bytes]]:
    """The signed roots in a witness's file, by the size of their tree.

    Raises ValueError for a note whose signature is bad, and where there is none at all.
    """
    found: dict[int, set[bytes]] = {}
    for text in _texts(content):
        for note in _notes(text, key.name):
            head = open_note(note, key)
            found.setdefault(head.size, set()).add(head.root)
    if not found:
        raise ValueError(f"found no checkpoint of {key.name}, expected a copy of the checkpoints "
                         "file, a note, or a saved e-mail that holds one")
    return found


def _texts(content: bytes) -> Iterator[str]:
    """The file itself, the notes of a checkpoints file, the parts of an e-mail."""
    yield content.decode("utf-8", "replace")
    for line in content.splitlines():
        if line.startswith(b"{"):
            try:
                yield str(json.loads(line)["note"])
            except (ValueError, KeyError, TypeError, RecursionError):
                continue  # cut off: the others count
    mail = message_from_bytes(content, EmailMessage, policy=policy.default)
    for part in mail.walk():
        if part.get_content_maintype() == "text" and part.get("content-transfer-encoding"):
            yield str(part.get_content())


def _notes(text: str, origin: str) -> Iterator[str]:
    """Every note of this log in a text, as it was signed: mail adds blanks and carriage returns,
    and puts ``> `` before what it quotes."""
    lines = [re.sub(r"^(?:> ?)+", "", line).strip() for line in text.splitlines()]
    for at, line in enumerate(lines[:-4]):
        if line == origin and lines[at + 1].isdecimal() and not lines[at + 3]:
            yield "\n".join(lines[at:at + 5]) + "\n"
