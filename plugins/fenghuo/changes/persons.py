"""Who may do what to a draft. A person is known by id or by name; both are one person.

Names come from the contacts or from the console's sign-in. Less sensitive rules, and the word
against a freeze, are for leaders only: who holds a ``leader`` post at that hour, or whom the
setting ``FENGHUO_SIGNERS`` names.
"""

from __future__ import annotations

from fenghuo.acts.refusing import NotPossible
from fenghuo.contacts import Contacts
from fenghuo.settings import Settings

LEADER = "leader"


def one_person(name: str, contacts: Contacts) -> str:
    """A name in the one spelling by which it is compared."""
    people = contacts.people
    named = people["person"][people["name"] == name.strip()]
    return (str(named.iloc[0]) if len(named) == 1 else name.strip()).casefold()


def another(by: str, than: dict[str, str | None], contacts: Contacts, does: str) -> None:
    """Raises NotPossible where ``by`` is one of the others, given by what they did."""
    for did, other in than.items():
        if other is not None and one_person(by, contacts) == one_person(other, contacts):
            raise NotPossible(f"{other} {did} it: expected another person to {does} it")


def leads(by: str, settings: Settings, contacts: Contacts) -> bool:
    """Whether somebody may sign for less sensitive rules."""
    leaders = {holder for (_, post), holder in contacts.posts.items() if post == LEADER}
    return one_person(by, contacts) in {
        one_person(name, contacts) for name in (*leaders, *settings.signers)}


def leading(by: str, settings: Settings, contacts: Contacts, does: str) -> None:
    """Raises NotPossible for anybody who may not."""
    if not leads(by, settings, contacts):
        raise NotPossible(f"found {by}, expected a leader to {does}: who holds a post "
                          f"{LEADER!r} in contacts, or is named in FENGHUO_SIGNERS")
