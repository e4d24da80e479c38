"""``python -m bench.receiver PORT JOURNAL``: a receiver of POSTs fast enough not to be the limit.

Every POST it takes is a line ``instant<TAB>body`` of JOURNAL, written before it is answered: what
the outside saw, also of senders and receivers that were killed. It answers as the SMS provider
does (201 with a sid), or 429 beyond ``--per-second``, after ``--latency`` seconds. With ``--each``
it works on one at a time for so many seconds, while others wait. ``GET`` lists what went to the
address ``To``, as the provider lists texts. After ``--out-after`` of them it says 503 to
everything until SIGUSR1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import uvloop


class Journal:
    """What was taken, on disk and by address."""

    def __init__(self, path: Path, per_second: float, each: float,
                 out_after: int | None) -> None:
        self.taken: dict[str, list[dict[str, str]]] = defaultdict(list)
        self._each, self._free_at = each, 0.0
        self.out, self._left_till_out = False, out_after
        self._rate, self._left, self._at = per_second, per_second, time.time()
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        for line in path.read_bytes().splitlines():
            self._keep(line.partition(b"\t")[2])

    def turn(self) -> float:
        """Seconds until the next request is worked on."""
        now = time.time()
        begins = max(now, self._free_at)
        self._free_at = begins + self._each
        return begins - now

    def take(self, body: bytes) -> dict[str, str] | None:
        """Write one down; None beyond what it takes a second."""
        now = time.time()
        if self._rate:
            self._left = min(self._rate, self._left + (now - self._at) * self._rate)
            self._at = now
            if self._left < 1:
                return None
            self._left -= 1
        if self._left_till_out is not None:
            self._left_till_out -= 1
            self.out = self._left_till_out == 0
        os.write(self._file, f"{now:.6f}\t".encode() + body.replace(b"\n", b" ") + b"\n")
        return self._keep(body)

    def _keep(self, body: bytes) -> dict[str, str]:
        form = dict(parse_qsl(body.decode())) if b"To=" in body else {}
        made = {"sid": "SM" + uuid.uuid4().hex, "status": "queued", "to": form.get("To", ""),
                "body": form.get("Body", ""), "direction": "outbound-api"}
        self.taken[made["to"]].append(made)
        return made


class Door(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as much of it as our senders speak."""

    def __init__(self, journal: Journal, latency: float) -> None:
        self._journal, self._latency, self._got = journal, latency, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        while (end := self._got.find(b"\r\n\r\n")) >= 0:
            head = self._got[:end].lower()
            _, _, rest = head.partition(b"\r\ncontent-length:")
            size = int(rest.partition(b"\r\n")[0]) if rest else 0
            if len(self._got) < end + 4 + size:
                return
            verb, path = self._got[:end].split(b" ", 2)[:2]
            body, self._got = self._got[end + 4:end + 4 + size], self._got[end + 4 + size:]
            self._later(self._journal.turn(), self._serve, verb, path, body)

    def _serve(self, verb: bytes, path: bytes, body: bytes) -> None:
        self._later(self._latency, self._say, (
            _answer(b"503 Service Unavailable", {}) if self._journal.out
            else self._post(body) if verb == b"POST" else self._get(path)))

    def _later(self, seconds: float, act: Callable[..., None], *given: bytes) -> None:
        if seconds > 0:
            asyncio.get_running_loop().call_later(seconds, act, *given)
        else:
            act(*given)

    def _say(self, answer: bytes) -> None:
        self._transport.write(answer)  # type: ignore[attr-defined]

    def _post(self, body: bytes) -> bytes:
        made = self._journal.take(body)
        return (_answer(b"201 Created", made) if made
                else _answer(b"429 Too Many Requests", {"code": 20429, "message": "slower"}))

    def _get(self, path: bytes) -> bytes:
        asked = dict(parse_qsl(urlsplit(path).query.decode()))
        return _answer(b"200 OK", {"messages": self._journal.taken.get(asked.get("To", ""), []),
                                   "next_page_uri": None})


def _answer(status: bytes, said: object) -> bytes:
    body = json.dumps(said).encode()
    return (b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
            % (status, len(body), body))


async def serve(port: int, journal: Journal, latency: float) -> None:
    """Until it is killed."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, setattr, journal, "out", False)
    server = await loop.create_server(lambda: Door(journal, latency), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("journal", type=Path)
    parser.add_argument("--per-second", type=float, default=0.0)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--each", type=float, default=0.0)
    parser.add_argument("--out-after", type=int)
    chosen = parser.parse_args()
    uvloop.run(serve(chosen.port, Journal(chosen.journal, chosen.per_second, chosen.each,
                                          chosen.out_after), chosen.latency))
