"""``python -m fenghuo.sentinel``, the same as ``fenghuo sentinel``: the watchman's process.

It stands for months beside everything else, so it is small: the way to the duty desks, with the
edition and the gateways, is loaded only when it has something to tell.
"""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from functools import partial
from threading import Event

from fenghuo.alarms.sentinel import Sentinel
from fenghuo.clock import clock_of, machine_now
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
    from fenghuo import editions
    from fenghuo.channels.standing import standing
    from fenghuo.escalation.desks import tell_desks
    from fenghuo.store.engine import reading

    print(f"{subject}: {text}", flush=True)
    try:
        now = clock_of(settings.clock).now()
    except OSError:  # the city clock is gone too: by the machine's, somebody is on duty
        now = datetime.fromtimestamp(machine_now(), UTC)
    with reading(engine(settings.url)) as connection:
        contacts = editions.load(connection, now).contacts
        gateways = standing(connection, settings)
    tell_desks(contacts, gateways, subject, text)


if __name__ == "__main__":
    main()
