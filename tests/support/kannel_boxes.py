"""Kannel's bearerbox and smsbox with its fake SMSC behind them: free ports, one folder."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes

FAKE = "/usr/lib/kannel/test/fakesmsc"
LOGIN, PASSWORD = "fenghuo", "boxes-of-a-test"
_CONF = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = {password}
smsbox-port = {box}
smsbox-interface = 127.0.0.1
dlr-storage = internal
log-level = 1

group = smsc
smsc = fake
smsc-id = FAKE
port = {smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {send}
sendsms-interface = 127.0.0.1
http-request-retry = 3
http-queue-delay = 1

group = sendsms-user
username = {login}
password = {password}
concatenation = true
max-messages = 10

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "{inbound}"
"""
_GOT = re.compile(r"Got message \d+: <(\S+) (\S+) (?:udh (\S+) )?(text|data|ucs-2) (.*)>$",
                  re.MULTILINE | re.ASCII)


@dataclass
class Boxes:
    """Where smsbox listens, and the three processes by their names."""

    home: Path
    ports: dict[str, int]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def secret(self) -> str:
        return f"http://{LOGIN}:{PASSWORD}@127.0.0.1:{self.ports['send']}/"

    def start(self) -> None:
        """Start what does not run, each once the one before it listens."""
        for name, command, port in (
                ("bearerbox", ["/usr/sbin/bearerbox", "kannel.conf"], "smsc"),
                ("smsbox", ["/usr/sbin/smsbox", "kannel.conf"], "send"),
                ("smsc", [FAKE, "-H", "127.0.0.1", "-r", str(self.ports["smsc"])], None)):
            if name in self.running and self.running[name].poll() is None:
                continue
            with (self.home / f"{name}.out").open("ab") as out:
                self.running[name] = subprocess.Popen(
                    command, cwd=self.home, stdin=subprocess.PIPE, stdout=out, stderr=out)
            if port:
                self.wait(lambda at=self.ports[port]: _listens(at))  # type: ignore[misc]

    def kill(self, name: str) -> None:
        self.running[name].kill()
        self.running[name].communicate()

    def say(self, line: str) -> None:
        """A telephone sends a text: ``from to text words``."""
        line_in = self.running["smsc"].stdin
        assert line_in is not None
        line_in.write(line.encode() + b"\n")
        line_in.flush()

    def parts(self) -> list[tuple[str, str, str]]:
        """What the SMSC was handed, part by part: from, to, text."""
        log = (self.home / "smsc.out").read_bytes().decode("latin-1")
        found = []
        for sender, to, head, kind, text in _GOT.findall(log):
            raw = unquote_to_bytes(text.replace("+", " ") if kind != "text" else text)
            wide = kind != "text" and (kind == "ucs-2" or bool(head))
            raw = raw if kind != "text" else text.encode("latin-1")
            found.append((sender, to, raw.decode("utf-16-be" if wide else "utf-8")))
        return found

    def wait(self, for_this: Callable[[], object], seconds: float = 15.0) -> None:
        """Until something is so; fails with what the boxes said."""
        until = time.monotonic() + seconds
        while not for_this():
            assert time.monotonic() < until, "\n".join(
                path.read_text("latin-1")[-1500:] for path in self.home.glob("*.out"))
            time.sleep(0.05)

    def stop(self) -> None:
        for one in self.running.values():
            if one.poll() is None:
                one.kill()
            one.communicate()


@contextmanager
def kannel_boxes(inbound: str) -> Iterator[Boxes]:
    """All three at work; ``inbound`` is the address that replies are brought to."""
    home = Path(tempfile.mkdtemp(prefix="fenghuo-kannel-"))
    doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(4)]
    ports = dict(zip(("admin", "box", "smsc", "send"),
                     (int(door.getsockname()[1]) for door in doors), strict=True))
    for door in doors:
        door.close()
    (home / "kannel.conf").write_text(_CONF.format(
        **ports, login=LOGIN, password=PASSWORD, inbound=inbound))
    made = Boxes(home, ports)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(home, ignore_errors=True)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
