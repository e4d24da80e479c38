"""A step as a process of its own, before a provider that counts at the outside."""

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

STEP = """
import os
from datetime import datetime
from fenghuo import pipeline
from fenghuo.house import House
from fenghuo.clock import FixedClock
from fenghuo.settings import Settings
from fenghuo.store.engine import engine
settings = Settings()
at = FixedClock(datetime.fromisoformat(os.environ["AT"]))
step = getattr(pipeline, os.environ["STEP"])
print(step(House(settings, engine(settings.url), at)).did)
"""

SEAL = """
import os
from datetime import datetime
from fenghuo import ledger
from fenghuo.settings import Settings
from fenghuo.store.engine import engine
settings = Settings()
print(ledger.seal(engine(settings.url), settings, datetime.fromisoformat(os.environ["AT"])))
"""


@dataclass
class Outside:
    """How it is started: its environment."""

    environment: dict[str, str]

    def start(self, script: str = RUN, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", script], env=self.environment | more,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, script: str = RUN, **more: str) -> tuple[int, str]:
        """Run the dispatcher to its end, or to its death: -9."""
        process = self.start(script, **more)
        out, err = process.communicate(timeout=120)
        assert process.returncode in (0, -9), err
        return process.returncode, out.strip()

    def step(self, name: str, **more: str) -> int:
        """Run a step under its lease, as a task does; the exit code."""
        return self.run(STEP, STEP=name, **more)[0]

    def until_quiet(self) -> None:
        deadline = machine_now() + 120
        while self.run()[1] != "0":
            assert machine_now() < deadline, "the outbox does not come to rest"
