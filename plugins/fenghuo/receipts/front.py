"""What every public route shares: settings, city clock, database, and manners under trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import requests
from fastapi.responses import Response
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import OperationalError

from fenghuo import ledger
from fenghuo.channels import Gateway, named
from fenghuo.channels.registry import gateways as standard
from fenghuo.channels.standing import standing
from fenghuo.channels.tokens import link_key
from fenghuo.clock import Clock, clock_of
from fenghuo.receipts.limits import Brake
from fenghuo.receipts.refusals import Refusals
from fenghuo.settings import Settings
from fenghuo.store.engine import DatabaseMissing, engine, make_engine, reading, writing

RETRY_AFTER = "5"


@dataclass
class Front:
    """The public part of the house. ``patience``: seconds a request waits for a lock, well below
    the provider's own 15."""

    settings: Settings
    patience: float = 5.0
    brake: Brake = field(default_factory=Brake)
    refusals: Refusals = field(default_factory=Refusals)
    _known: tuple[Gateway, ...] | None = None

    @cached_property
    def clock(self) -> Clock:
        """The city clock."""
        return clock_of(self.settings.clock)

    @cached_property
    def engine(self) -> Engine:
        """An engine of its own, less patient than the steps'. Raises DatabaseMissing."""
        engine(self.settings.url)  # refuses a database that is not there
        made = make_engine(self.settings.url)
        if made.dialect.name == "sqlite":
            @event.listens_for(made, "connect")
            def _impatient(connection: Any, _record: Any) -> None:
                connection.execute(f"PRAGMA busy_timeout={int(self.patience * 1000)}")
        return made

    def gateway(self, name: str) -> Gateway | None:
        """One whose webhooks may come. While the database is gone, as it last said: a forgery is
        told from a true word without it. Raises its error for a name that only it could know."""
        try:
            with self.reading() as connection:
                self._known = standing(connection, self.settings)
        except (OperationalError, DatabaseMissing):
            found = named(self._known or standard(self.settings), name)
            if found is None and self._known is None:
                raise
            return found
        return named(self._known, name)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A short transaction that gives up on a lock in time."""
        with writing(self.engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SET LOCAL lock_timeout = {int(self.patience * 1000)}"))
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view."""
        with reading(self.engine) as connection:
            yield connection

    def enter(self, kind: str, subject: str, facts: dict[str, Any]) -> None:
        """One entry of the ledger, of now."""
        now = self.clock.now()
        with self.writing() as connection:
            ledger.append(connection, kind, subject, facts, now)

    def close(self) -> None:
        """Give its connections back, if it ever had any."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    @property
    def key(self) -> bytes | None:
        """The key of signed links."""
        return link_key(self.settings)

    def guarded(self, act: Callable[[], Response]) -> Response:
        """Do it, or say "come again" when the database or the city clock cannot answer now."""
        try:
            return act()
        except (OperationalError, DatabaseMissing, requests.RequestException):
            return Response("busy, come again", 503, {"Retry-After": RETRY_AFTER},
                            media_type="text/plain")
