"""Named places where the process can be made to die or stand still, for the tests of both.

``FENGHUO_CRASH=<point>`` kills the process there with SIGKILL: nothing is flushed or freed.
``FENGHUO_STOP=<point>`` stops it there until SIGCONT, as a machine that sleeps would.
"""

from __future__ import annotations

import os
import signal

SENDING = ("before_claim", "after_claim", "after_accept", "after_record")
"""Those of a dispatch. Beside them ``before_decided`` (the commit of ``assess``),
``before_lapsed`` and ``after_lapsed`` (that of an approval nobody answered), ``before_sealed`` and
``after_sealed`` (that of a checkpoint), ``before_in_place`` (a file)."""


def point(name: str) -> None:
    """Die or stop here if the environment names this point."""
    if os.environ.get("FENGHUO_CRASH") == name:
        os.kill(os.getpid(), signal.SIGKILL)
    if os.environ.get("FENGHUO_STOP") == name:
        os.kill(os.getpid(), signal.SIGSTOP)
