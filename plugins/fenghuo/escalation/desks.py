"""The cities' duty desks told directly, when the steps that would have told them are silent."""

from __future__ import annotations

from collections.abc import Mapping

from fenghuo.channels.base import Accepted, Gateway, Outgoing
from fenghuo.clock import machine_now
from fenghuo.contacts import Contacts
from fenghuo.notices.keys import notice_id
from fenghuo.words import Channel


def tell_desks(contacts: Contacts, gateways: Mapping[Channel, Gateway], subject: str,
               text: str) -> None:
    """By every channel a desk has. Raises OSError when no gateway took it: ask again."""
    desks = {person for (place, post), person in contacts.posts.items()
             if place.startswith("city:") and post == "duty"}
    taken = False
    for person in filter(None, map(contacts.person, sorted(desks))):
        for channel, address in ((Channel.sms, person.phone), (Channel.email, person.email)):
            if not address or channel not in gateways:
                continue
            key = notice_id("sentinel", channel, address, f"{subject}:{machine_now():.0f}")
            answer = gateways[channel].submit(
                Outgoing(key, channel, address, subject, text, person.person, person.language))
            taken = taken or isinstance(answer, Accepted)
    if not taken:
        raise OSError("no gateway took the sentinel's alarm")
