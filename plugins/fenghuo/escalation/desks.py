"""The cities' duty desks told directly, when the steps that would have told them are silent."""

from __future__ import annotations

from collections.abc import Sequence

from fenghuo.channels import Accepted, Gateway, Outgoing, of_channel
from fenghuo.clock import machine_now
from fenghuo.contacts import Contacts
from fenghuo.notices.keys import notice_id
from fenghuo.words import Channel


def tell_desks(contacts: Contacts, gateways: Sequence[Gateway], subject: str,
               text: str) -> None:
    """By every channel a desk has. Raises OSError when no gateway took it: ask again."""
    desks = {person for (place, post), person in contacts.posts.items()
             if place.startswith("city:") and post == "duty"}
    taken = False
    for person in filter(None, map(contacts.person, sorted(desks))):
        for channel, address in ((Channel.sms, person.phone), (Channel.email, person.email)):
            key = notice_id("sentinel", channel, address, f"{subject}:{machine_now():.0f}")
            message = Outgoing(key, channel, address, subject, text, person.person,
                               person.language)
            taken |= any(address and gateway.serves(address)
                         and isinstance(gateway.submit(message), Accepted)
                         for gateway in of_channel(gateways, channel))
    if not taken:
        raise OSError("no gateway took the sentinel's alarm")
