"""Contacts: places to protect, people who answer for them, and the district tree.

``contacts.read(files)`` reads ``contacts/{sites,people,posts,districts}.csv`` of one edition.
"""

from fenghuo.contacts.model import OFFICE_POSTS, OFFICES, SITE_POSTS, Contacts, Person
from fenghuo.contacts.reading import read

__all__ = ["OFFICES", "OFFICE_POSTS", "SITE_POSTS", "Contacts", "Person", "read"]
