"""Mails that came back: each kept once, understood, and acted upon in one transaction.

A report of the mail system is a receipt of its notice. A person's reply counts when it came to
the address that only the mail itself names, or quotes the code, and from where we had written to;
anything less certain waits for a human. What was read is marked in the transaction that kept it,
so that a death in between reads the same mail again and finds it known.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from fenghuo import alarms, ledger
from fenghuo.channels import imap_mailbox
from fenghuo.channels.imap_mailbox import MailboxUnreachable, Raw, Unread
from fenghuo.channels.mail_addresses import Addresses, addresses
from fenghuo.channels.registry import in_scenario
from fenghuo.notices import heard
from fenghuo.outbox import deliveries
from fenghuo.receipts import mail_reading
from fenghuo.receipts.answers import Said
from fenghuo.receipts.hearing import Heard, hear, understand
from fenghuo.receipts.incoming import DRILL, codes_of
from fenghuo.receipts.mail_reading import Mail, Sort
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Answer, Reason, mask

NAME = "imap"
AT_ONCE = 50
_UNREACHED = alarms.AlarmKind.mailbox_unreachable
_ACTIONS = {"failed": "failed", "delivered": "delivered", "relayed": "sent", "expanded": "sent"}
"""Actions of RFC 3464 as the receipts' words: a relay is no delivery, a delay is no end."""


def collect(engine: Engine, settings: Settings, now: datetime) -> int:
    """Read what is new in the house's mailbox; returns how many mails were kept or acted on.

    A mailbox that cannot be read is an alarm, never an error. ``now`` is the city's instant.
    """
    back = addresses(settings)
    if back is None or settings.imap_url is None or in_scenario(settings):
        return 0
    with reading(engine) as connection:
        row = connection.execute(select(t.mailbox).where(t.mailbox.c.name == NAME)).one_or_none()
    try:
        new = imap_mailbox.unread(
            settings.imap_url.get_secret_value(), settings.gateway_timeout,
            row.validity if row else None, row.seen if row else 0, AT_ONCE)
    except MailboxUnreachable as error:
        with writing(engine) as connection:
            alarms.raise_alarm(connection, _UNREACHED, NAME, str(error), now)
        return 0
    with reading(engine) as connection:
        bad = bool(alarms.open_alarms(connection, _UNREACHED))
    if bad:
        with writing(engine) as connection:
            alarms.recover(connection, _UNREACHED, NAME, now)
    return sum(_keep(engine, back, new, raw, now) for raw in new.mails)


def _keep(engine: Engine, back: Addresses, new: Unread, raw: Raw, now: datetime) -> int:
    with writing(engine) as connection:
        kept = receive(connection, back, raw, now) is not Reason.replayed
        m = t.mailbox.c
        values = {"validity": new.validity, "seen": raw.uid, "at": now}
        known = connection.execute(
            update(t.mailbox).where(m.name == NAME).values(**values)).rowcount
        if not known:
            connection.execute(insert(t.mailbox).values(name=NAME, **values))
    return int(kept)


def receive(connection: Connection, back: Addresses, raw: Raw, now: datetime) -> Reason:
    """Keep one mail and let it act; what became of it (``replayed``: it was known)."""
    digest = hashlib.sha256(raw.content).hexdigest()
    c = t.inbound.c
    if connection.scalar(select(c.id).where(c.gateway == NAME, c.provider_id == digest)):
        return Reason.replayed
    mail = mail_reading.read(raw.content)
    named = back.read(mail.to)
    notice = _notice(connection, named[1] if named else None, mail)
    if not raw.whole:
        mail = replace(mail, text=f"({len(raw.content)} bytes and more)")
    reason, said, drill = _judged(connection, mail, notice, bool(named and named[0] == "a"), now)
    person = notice.person if notice is not None else None
    # what no person wrote is dealt with here: nobody has to read it
    handled = {"handled": now, "handled_by": "house"} if mail.sort is not Sort.reply else {}
    kept = connection.execute(insert(t.inbound).values(
        gateway=NAME, provider_id=digest, address=mail.sender, body=mail.text, at=now,
        person=person, reason=reason, **handled).returning(c.id)).scalar_one()
    done = Heard(reason)
    if reason is Reason.bounced and notice is not None:
        _report(connection, mail, notice, now)
    elif reason is Reason.answer_accepted and person is not None:
        done = hear(connection, person, said, "email", kept, now, drill=drill)
        connection.execute(update(t.inbound).where(c.id == kept).values(reason=done.reason))
    elif said.answer is Answer.help and person is not None:
        heard.call_for_help(connection, person, (), now)
    ledger.append(connection, "inbound.received", f"inbound:{kept}", {
        "gateway": NAME, "mail": digest, "from": mask(mail.sender), "person": person,
        "notice": notice.id if notice is not None else None, "sort": mail.sort.value,
        "reason": done.reason.value, "action": mail.action,
        "answer": said.answer.value if said.answer else None, "number": said.number,
        "obligations": list(done.obligations), "alarms": list(done.alarms)}, now)
    return done.reason


def _judged(connection: Connection, mail: Mail, notice: Any, theirs: bool,
            now: datetime) -> tuple[Reason, Said, bool | None]:
    """What may be done with a mail, what it says, and whether its code is a drill's.

    ``theirs``: it came to the address that only their mail named.
    """
    nothing = Said()
    if mail.sort is Sort.report:
        return Reason.bounced, nothing, None
    if mail.sort is Sort.automatic:
        return Reason.out_of_office, nothing, None
    if notice is None or notice.person is None:
        return Reason.unknown_number, nothing, None
    own = {word: purpose for word, (person, purpose, _) in codes_of(connection, now).items()
           if person == notice.person}
    said = understand(connection, notice.person, mail.text, own, now)
    # a mail answers what it replies to: an exercise's mail answers the exercise
    drill = own.get(said.code or notice.code or "", "warning") == DRILL
    if said.wrong:
        return Reason.wrong_code, said, drill
    if said.answer is None:
        return Reason.unclear, said, drill
    if mail.sender != notice.address.lower() or not (theirs or said.code):
        return Reason.probable, said, drill
    return Reason.answer_accepted, said, drill


def _notice(connection: Connection, key: str | None, mail: Mail) -> Any:
    """The notice a mail speaks of: by the address it came to, else by what it refers to."""
    n = t.notice.c
    columns = select(n.id, n.person, n.address, n.provider_id, n.code)
    if key is not None:
        return connection.execute(columns.where(n.id == key)).one_or_none()
    if mail.sort is Sort.report or not mail.answers:  # a forged report could stop a good address
        return None
    return connection.execute(columns.where(
        n.gateway == "smtp", n.provider_id.in_(mail.answers))
        .order_by(n.created.desc()).limit(1)).one_or_none()


def _report(connection: Connection, mail: Mail, notice: Any, now: datetime) -> None:
    word = _ACTIONS.get(mail.action or "")
    if word is not None:
        deliveries.keep(connection, "smtp", notice.provider_id or notice.id, word,
                        mail.error if word == "failed" else None, notice.id, now)
