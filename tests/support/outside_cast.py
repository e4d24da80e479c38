"""The dispatcher as a process of its own, before a provider that counts at the outside."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from fenghuo.clock import machine_now

RUN = """
import os
from datetime import UTC, datetime
from fenghuo.channels import gateways
from fenghuo.clock import FixedClock
from fenghuo.outbox import dispatch
from fenghuo.settings import Settings
from fenghuo.store.engine import engine
settings = Settings()
report = dispatch(engine(settings.url), gateways(settings), settings,
                  FixedClock(datetime.fromisoformat(os.environ["AT"])))
print(report.did)
"""


@dataclass
class Outside:
    """How it is started: its environment."""

    environment: dict[str, str]

    def start(self, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", RUN], env=self.environment | more,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, **more: str) -> tuple[int, str]:
        process = self.start(**more)
        out, err = process.communicate(timeout=60)
        assert process.returncode in (0, 9), err
        return process.returncode, out.strip()

    def until_quiet(self) -> None:
        deadline = machine_now() + 60
        while self.run()[1] != "0":
            assert machine_now() < deadline, "the outbox does not come to rest"
