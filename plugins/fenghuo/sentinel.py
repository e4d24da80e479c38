"""``python -m fenghuo.sentinel``, the same as ``fenghuo sentinel``: the watchman's process.

It stands for months beside everything else, so it is small: the way to the duty desks, with the
edition and the gateways, is loaded only when it has something to tell.
"""

from __future__ import annotations

import signal
from functools import partial
from threading import Event

from fenghuo.alarms.sentinel import Sentinel
from fenghuo.clock import clock_of
from fenghuo.settings import Settings
from fenghuo.store.engine import engine


def main() -> None:
    """Stand guard until SIGINT or SIGTERM."""
    settings, stop = Settings(), Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    Sentinel(lambda: engine(settings.url), partial(tell, settings),
             clock_of(settings.clock).now).run(stop)


def tell(settings: Settings, subject: str, text: str) -> None:
    """Loudly here, and to the duty desks without the steps, which are silent."""
    from fenghuo.pipeline import House, tell_duty

    print(f"{subject}: {text}", flush=True)
    tell_duty(House.open(settings), subject, text)


if __name__ == "__main__":
    main()
