"""STOP and START: a person who wants no more texts, or takes that back.

The words are those that Twilio takes for an opt-out and an opt-in
(https://www.twilio.com/docs/messaging/guides/opt-out) and those the mainland's platforms ask for.
A text counts only where it is such a word and nothing else; ``yes`` is one only for somebody who
had opted out. Anything longer (不要再发) waits for a human, unless the provider says what it made
of it: an account may have keywords of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from fenghuo.channels import Inbound
from fenghuo.contacts import addresses
from fenghuo.receipts import spellings
from fenghuo.words import Channel, Reason

STOP = frozenset("stop stopall unsubscribe cancel end quit optout revoke td t 退订 拒收".split())
START = frozenset("start unstop 订阅 恢复订阅 取消退订".split())
_YES = "yes"
_MARKS = " .。!！\"'“”"


def turn(connection: Connection, message: Inbound, people: Sequence[str],
         now: datetime) -> Reason | None:
    """Let a text that came in stop or resume what goes to its number; None where it is neither.

    ``people`` are those we told there; a stranger's STOP stops nothing. Any text proves that its
    number exists.
    """
    if message.notice is not None or not people:  # a key pressed in a call
        return None
    number, sms = message.address, Channel.sms.value
    addresses.put_back(connection, sms, number, "a text from it", now, (Reason.bad_address,))
    word = spellings.plain(message.body).strip(_MARKS)
    if message.turned == "stop" or (word in STOP and message.turned is None):
        addresses.put_out(connection, sms, number, Reason.opted_out, now, person=people[0],
                          error=word if word in STOP else "an opt-out by the provider's word")
        return Reason.opted_out
    resumed = message.turned == "start" or word in START
    if resumed or word == _YES:
        back = addresses.put_back(connection, sms, number, "START", now, (Reason.opted_out,))
        return Reason.opted_in if back or resumed else None
    return None
