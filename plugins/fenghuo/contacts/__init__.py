"""Contacts: places to protect, people who answer for them, and the district tree.

``contacts.read(files)`` reads ``contacts/{sites,people,posts,districts,area}.csv`` of one edition,
and its ``roster.csv`` if there is one. Names are loaded at first use: who only asks which addresses
are out of use needs no tables.
"""

from typing import TYPE_CHECKING

from fenghuo.words.lazily import lazily

if TYPE_CHECKING:
    from fenghuo.contacts.model import OFFICE_POSTS, OFFICES, SITE_POSTS, Contacts, Person
    from fenghuo.contacts.reading import read
    from fenghuo.contacts.roster import Shift, running_out

__getattr__ = lazily(__name__, {
    **dict.fromkeys(("OFFICES", "OFFICE_POSTS", "SITE_POSTS", "Contacts", "Person"), "model"),
    "Shift": "roster", "read": "reading", "running_out": "roster"})

__all__ = ["OFFICES", "OFFICE_POSTS", "SITE_POSTS", "Contacts", "Person", "Shift", "read",
           "running_out"]
