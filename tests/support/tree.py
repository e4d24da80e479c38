"""A house as a tree of processes that can be killed whole: sandbox, public part, steps."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).parents[2]
PATIENCE = 240.0


@dataclass
class Tree:
    """Processes of one house under ``home``; all state is on the disk there."""

    home: Path
    scenario: Path
    ports: dict[str, int]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    EXPIRED: ClassVar[type[Exception]] = subprocess.TimeoutExpired

    def environment(self, crash: str = "") -> dict[str, str]:
        url = f"http://127.0.0.1:{self.ports['sandbox']}"
        return {
            **os.environ, "PYTHONPATH": str(ROOT / "plugins"), "FENGHUO_HOME": str(self.home),
            "FENGHUO_RULES": str(ROOT / "rules"), "FENGHUO_CONTACTS": str(ROOT / "contacts"),
            "FENGHUO_PUBLIC_URL": f"http://127.0.0.1:{self.ports['receipts']}/fenghuo",
            "FENGHUO_CLOCK": f"sandbox:{url}", "FENGHUO_SANDBOX_URL": url,
            "FENGHUO_SANDBOX_SMTP_PORT": str(self.ports["smtp"]),
            "FENGHUO_SANDBOX_FEEDS": "1", "FENGHUO_LEASE_SECONDS": "4",
            "FENGHUO_LEASE_MARGIN": "1", "FENGHUO_GATEWAY_TIMEOUT": "2",
            "FENGHUO_LOOKUP_DELAYS": "[0.3, 0.6, 1.2]", "FENGHUO_CRASH": crash}

    def start(self, crash: str = "") -> None:
        """Every process, after a kill as well: each finds its state where it lies."""
        ports = self.ports
        self._start("sandbox", ["fenghuo.sandbox.command", "--scenario", str(self.scenario),
                                "--port", str(ports["sandbox"]), "--smtp-port", str(ports["smtp"]),
                                "--log", str(self.log)])
        self._answers(f"http://127.0.0.1:{ports['sandbox']}/clock")
        self._start("receipts", ["fenghuo.cli", "receipts", "--port", str(ports["receipts"])])
        self._answers(f"http://127.0.0.1:{ports['receipts']}/fenghuo/healthz")
        self._start("steps", ["fenghuo.sandbox.drive"], crash)

    def kill(self) -> None:
        """SIGKILL the whole tree at once."""
        for process in self.running.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        for process in self.running.values():
            process.wait()
        self.running.clear()

    def finish(self, seconds: float = PATIENCE) -> int:
        """Wait for the steps to end; their exit code."""
        return self.running["steps"].wait(timeout=seconds)

    @property
    def log(self) -> Path:
        """What the outside saw."""
        return self.home / "var" / "sandbox.jsonl"

    def told(self) -> str:
        """What the processes said, for a failure's message."""
        return "\n".join(f"{path.name}: {path.read_text()[-3000:]}"
                         for path in sorted(self.home.glob("*.out")))

    def _start(self, name: str, module: list[str], crash: str = "") -> None:
        with (self.home / f"{name}.out").open("ab") as out:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", *module], env=self.environment(crash), stdout=out,
                stderr=out, stdin=subprocess.DEVNULL, start_new_session=True)

    def _answers(self, url: str) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(url, timeout=2) as answer:
                    json.load(answer)
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"{url} does not answer\n{self.told()}")
