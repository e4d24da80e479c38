"""Checkpoints as C2SP tlog-checkpoint signed notes, and the public key that opens them.

Only the standard library and ``cryptography``. Refused: a note of another log, a signature
that is missing or wrong.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Key:
    """A log's public key; ``name`` is the log's origin."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that name the key in a note (C2SP signed-note)."""
        return hashlib.sha256(self.name.encode() + b"\n\x01" + self.public).digest()[:4]

    @property
    def line(self) -> str:
        """The key as it is handed on: ``origin+key id+base64(0x01 || key)``."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([1]) + self.public).decode()}"

    @classmethod
    def read(cls, line: str) -> Key:
        """The key of a line. Raises ValueError."""
        parts = line.strip().split("+", 2)
        raw = base64.b64decode(parts[2], validate=True) if len(parts) == 3 else b""
        if len(raw) != 33 or raw[0] != 1:
            raise ValueError(f"public key: found {line.strip()[:80]!r}, expected "
                             "origin+key id+base64 of an Ed25519 key")
        key = cls(parts[0], raw[1:])
        if key.id.hex() != parts[1]:
            raise ValueError(f"public key: found key id {parts[1]}, expected {key.id.hex()}")
        return key


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head whose signature was good."""

    size: int
    root: bytes


def open_note(note: str, key: Key) -> Checkpoint:
    """The checkpoint of a note signed by ``key``. Raises ValueError for any other note."""
    text, gap, signatures = note.partition("\n\n")
    text += "\n"
    lines = text.split("\n")
    if not gap or len(lines) < 4 or lines[0] != key.name or not lines[1].isdecimal():
        raise ValueError(f"checkpoint: found {note[:60]!r}, expected a note of {key.name}")
    for line in signatures.splitlines():
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        if dash != "—" or name != key.name:
            continue
        signature = base64.b64decode(encoded, validate=True)
        if signature[:4] != key.id:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature[4:], text.encode())
        except InvalidSignature:
            break
        return Checkpoint(int(lines[1]), base64.b64decode(lines[2], validate=True))
    raise ValueError(f"checkpoint of size {lines[1]}: no good signature by {key.name}")
