"""Contacts: places to protect, people who answer for them, and the district tree.

``contacts.read(files)`` reads ``contacts/{sites,people,posts,districts,area}.csv`` of one edition,
and its ``roster.csv`` if there is one.
"""

from fenghuo.contacts.model import OFFICE_POSTS, OFFICES, SITE_POSTS, Contacts, Person
from fenghuo.contacts.reading import read
from fenghuo.contacts.roster import Shift, running_out

__all__ = ["OFFICES", "OFFICE_POSTS", "SITE_POSTS", "Contacts", "Person", "Shift", "read",
           "running_out"]
