"""The log's signing key: one line in a file of mode 0600, the public line beside it as ``.pub``.

The lines are C2SP signed-note keys (``PRIVATE+KEY+origin+key id+base64(0x01 || seed)``), which
carry the log's origin with them. Refused: a key file that others can read, and a new key for a
log that was already signed with another. The key is never logged.
"""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fenghuo.ledger.notes import Key
from fenghuo.settings import Settings
from fenghuo.words import FenghuoError

_MARK = "PRIVATE+KEY+"


class KeyUnusable(FenghuoError):
    """The signing key is missing, open to others, or no key."""


@dataclass(frozen=True, slots=True)
class Signer:
    """The private half; its text form never shows it."""

    key: Key
    _private: Ed25519PrivateKey = field(repr=False)

    def note(self, size: int, root: bytes) -> str:
        """The signed checkpoint of a tree; the same tree always gives the same note."""
        text = f"{self.key.name}\n{size}\n{base64.b64encode(root).decode()}\n"
        signature = base64.b64encode(self.key.id + self._private.sign(text.encode())).decode()
        return f"{text}\n— {self.key.name} {signature}\n"


def public_path(settings: Settings) -> Path:
    """Where the public line is kept."""
    path = settings.path(settings.signing_key)
    return path.with_name(path.name + ".pub")


def public_key(settings: Settings) -> Key:
    """The house's public key. Raises KeyUnusable before the first key was made."""
    path = public_path(settings)
    try:
        return Key.read(path.read_text())
    except (OSError, ValueError) as error:
        raise KeyUnusable(f"{path}: found {error}, expected the ledger's public key") from error


def signer(settings: Settings, make: bool) -> Signer:
    """The house's signer; makes the key when there is none and ``make`` allows it."""
    path = settings.path(settings.signing_key)
    if make and not path.exists():
        _make(path, f"{urlsplit(settings.public_url).hostname or 'fenghuo'}/ledger")
    try:
        mode = path.stat().st_mode & 0o777
        line = path.read_text().strip()
    except OSError as error:
        raise KeyUnusable(f"{path}: found {error.strerror}, expected the key that signed this "
                          "ledger; restore it from where it is kept") from error
    if mode & 0o077:
        raise KeyUnusable(f"{path}: found mode {mode:04o}, expected 0600")
    made = _signer(path, line)
    public = public_path(settings)
    if not public.exists():
        public.write_text(made.key.line + "\n")
    return made


def _signer(path: Path, line: str) -> Signer:
    try:
        name, _id, encoded = line.removeprefix(_MARK).split("+", 2)
        private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(encoded)[1:])
    except ValueError:  # never chained: its text could show the key
        raise KeyUnusable(f"{path}: found no key line, expected {_MARK}…") from None
    return Signer(Key(name, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)),
                  private)


def _make(path: Path, origin: str) -> None:
    """Write a new key whole or not at all; of two makers the first wins."""
    seed = secrets.token_bytes(32)
    private = Ed25519PrivateKey.from_private_bytes(seed)
    key = Key(origin, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    line = f"{_MARK}{origin}+{key.id.hex()}+{base64.b64encode(bytes([1]) + seed).decode()}\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
