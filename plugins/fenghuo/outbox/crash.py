"""Named places where the process can be made to die or stand still, for the tests of both.

``FENGHUO_CRASH=<point>`` ends the process there as SIGKILL would: nothing is flushed or freed.
``FENGHUO_STOP=<point>`` stops it there until SIGCONT, as a machine that sleeps would.
"""

from __future__ import annotations

import os
import signal

POINTS = ("before_claim", "after_claim", "after_accept", "after_record")


def point(name: str) -> None:
    """Die or stop here if the environment names this point."""
    if os.environ.get("FENGHUO_CRASH") == name:
        os._exit(9)
    if os.environ.get("FENGHUO_STOP") == name:
        os.kill(os.getpid(), signal.SIGSTOP)
