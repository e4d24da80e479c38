"""People of the small city texting back, at given minutes after noon."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from warning_cast import CONTACTS, Town, book

from fenghuo.channels import Inbound
from fenghuo.receipts import incoming
from fenghuo.store import tables as t
from fenghuo.store.engine import writing
from fenghuo.words import Reason

_SIDS = count(1)
TAISHAN = ("440781000000",)


def says(town: Town, person: str, body: str, at: datetime, address: str | None = None) -> Reason:
    """A text by a person (or from another telephone); what became of it."""
    known = town.edition.contacts.person(person)
    assert known is not None
    message = Inbound(f"SM{next(_SIDS):032x}", address or known.phone, body, None)
    with writing(town.engine) as connection:
        return incoming.receive(connection, "twilio", message, at)


def inbound(town: Town) -> list[dict[str, object]]:
    """What came in, oldest first."""
    return town.rows(t.inbound)


def keeper_of_three(engine: object) -> Town:
    """A city in which 李安 is safety officer of pond, tanks and wharf."""
    posts = CONTACTS["posts"].replace(
        "tanks,safety_officer,chen", "tanks,safety_officer,li").replace(
        "wharf,safety_officer,", "wharf,safety_officer,li")
    return Town(engine, book(posts=posts))  # type: ignore[arg-type]
