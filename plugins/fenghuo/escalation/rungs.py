"""One rung of a ladder: whom it means for an obligation, and by what they can be reached.

A channel that does not exist for the person (voice to a number that no gateway of ours rings)
and the call list itself become a numbered task on an office's call list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fenghuo.agreements.schema import LadderRung
from fenghuo.contacts import Contacts, Person
from fenghuo.notices.owed import ADDRESS
from fenghuo.words import Channel, Reason


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a rung points. ``address`` empty: a person must dial (``office``'s call list).

    ``reason``: rung (told), no_channel (dialled instead), post_vacant (nobody: climb on).
    """

    place: str
    post: str
    person: Person | None
    channel: Channel
    address: str
    office: str
    reason: Reason

    @property
    def site(self) -> bool:
        """Whether somebody of the site itself is meant, whose answer counts for it."""
        return ":" not in self.place


def aim(rung: LadderRung, place: str, contacts: Contacts,
        rings: Callable[[str], bool] = lambda phone: False) -> Aim:
    """What a rung means for an obligation of ``place``; ``rings`` tells whether a gateway places
    calls to a number."""
    scope, _, post = rung.to.partition(".")
    target = place if scope == "site" else office_of(place, scope, contacts)
    listed = target if scope != "site" else office_of(place, "county", contacts)
    person = contacts.holder(target, post)
    if rung.by == Channel.call_list:
        return Aim(target, post, person, rung.by, "", listed, Reason.rung)
    if person is None:
        return Aim(target, post, None, rung.by, "", listed, Reason.post_vacant)
    if rung.by == Channel.voice:
        address = person.phone if rings(person.phone) else ""
    else:
        address = getattr(person, ADDRESS[rung.by]) if rung.by in ADDRESS else ""
    reason = Reason.rung if address else Reason.no_channel
    return Aim(target, post, person, rung.by, address, listed, reason)


def office_of(place: str, scope: str, contacts: Contacts) -> str:
    """The county or city office over a site, or over an office."""
    kind, _, code = place.partition(":")
    if not code:
        return contacts.office_of(place, scope)
    return f"city:{code[:4]}00" if scope == "city" else f"{kind}:{code}"
