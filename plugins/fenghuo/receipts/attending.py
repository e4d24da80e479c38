"""What the house does by itself with what came in: short replies, alarms of what waits."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Connection, Engine

from fenghuo import alarms
from fenghuo.alarms import AlarmKind
from fenghuo.notices import heard
from fenghuo.receipts import inbox
from fenghuo.receipts.replying import Messages, reply
from fenghuo.store.engine import reading, writing

if TYPE_CHECKING:
    from fenghuo.contacts import Contacts


class Edition(Messages, Protocol):
    """What attending needs of an edition."""

    @property
    def contacts(self) -> Contacts: ...


def attend(engine: Engine, edition: Edition, now: datetime) -> tuple[int, datetime | None]:
    """Reply, and look after the inbox and wrong contacts; what was done, and when to look again.

    Twice at one instant, the second does nothing.
    """
    did = reply(engine, edition, now)
    changed, again = inbox.watch(engine, now)
    with reading(engine) as connection:
        over = _righted(connection, edition.contacts)
    if over:
        with writing(engine) as connection:
            for person in over:
                changed += alarms.recover(connection, AlarmKind.contact_wrong, person, now)
    return did + changed, again


def _righted(connection: Connection, contacts: Contacts) -> list[str]:
    """Persons whose wrong places another now holds, or whose warnings are over."""
    raised = [one.subject for one in alarms.open_alarms(connection, AlarmKind.contact_wrong)
              if "answered 4" in one.detail]
    if not raised:
        return []
    still = {person for site, person in heard.wrong_contacts(connection)
             if any(place == site for place, _ in contacts.posts_of(person))}
    return [person for person in raised if person not in still]
