"""A line to PostgreSQL that breaks inside a COMMIT: before the server has it, or before its word.

It reads just enough of the protocol (PostgreSQL, chapter "Message Formats") to know a COMMIT of a
transaction that may write, and the server's word that it is done.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
COMMITTED = b"C\x00\x00\x00\x0bCOMMIT\x00"
ONLY_READS = b"READ ONLY"


@dataclass
class BreakingLine:
    """``cut(n, done)`` breaks it once, at the n-th COMMIT from now: ``done`` tells whether the
    server gets it. ``url`` is the database by way of it."""

    url: str
    target: tuple[str, int]
    broke: bool = False
    _left: int = 0
    _done: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def cut(self, nth: int, done: bool) -> None:
        with self._lock:
            self._left, self._done, self.broke = nth, done, False

    def serve(self, door: socket.socket) -> None:
        while True:
            try:
                client = door.accept()[0]
            except OSError:
                return
            _Call(self, client, socket.create_connection(self.target))

    def breaks(self) -> bool:
        """Whether this COMMIT is the one."""
        with self._lock:
            self._left -= 1
            self.broke = self.broke or self._left == 0
            return self._left == 0


class _Call:
    """One connection: a thread each way, until either side or the line is gone."""

    def __init__(self, line: BreakingLine, client: socket.socket, server: socket.socket) -> None:
        self.line, self.client, self.server = line, client, server
        self.only_reads = self.deaf = False
        for pump in (self._up, self._down):
            threading.Thread(target=pump, daemon=True).start()

    def _up(self) -> None:
        while heard := _heard(self.client):
            self.only_reads = self.only_reads or ONLY_READS in heard
            if COMMIT in heard:
                if not self.only_reads and self.line.breaks():
                    if not self.line._done:
                        break
                    self.deaf = True
                self.only_reads = False
            with suppress(OSError):
                self.server.sendall(heard)
        self._hang_up()

    def _down(self) -> None:
        while heard := _heard(self.server):
            if self.deaf and COMMITTED in heard:
                break
            with suppress(OSError):
                self.client.sendall(heard)
        self._hang_up()

    def _hang_up(self) -> None:
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def _heard(end: socket.socket) -> bytes:
    try:
        return end.recv(1 << 16)
    except OSError:
        return b""


@contextmanager
def breaking_line(url: str) -> Iterator[BreakingLine]:
    """A line to the PostgreSQL database of this URL."""
    parts = urlsplit(url)
    assert parts.hostname and parts.port
    with socket.create_server(("127.0.0.1", 0)) as door:
        via = url.replace(f":{parts.port}/", f":{door.getsockname()[1]}/")
        line = BreakingLine(via, (parts.hostname, parts.port))
        serving = threading.Thread(target=line.serve, args=(door,), daemon=True)
        serving.start()
        yield line
        door.shutdown(socket.SHUT_RDWR)
        serving.join()
