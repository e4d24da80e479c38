"""The gateways of the house as it stands: the newest edition's list, and whose credentials are set.

Every step and every door asks here, so that a gateway entered in the file, or a text that one has
approved, serves from the next minute on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, or_, select

from fenghuo.channels.base import Gateway
from fenghuo.channels.config import PATH, read
from fenghuo.channels.registry import gateways
from fenghuo.notices import texts
from fenghuo.notices.filed import FILINGS, Filed
from fenghuo.settings import Settings
from fenghuo.store import editions
from fenghuo.store.tables import blob, edition_file

_KEPT = 8


class _Of(NamedTuple):
    """Whose gateways: of a house and its edition, None before the first."""

    settings: Settings
    edition: str | None


_made: dict[_Of, tuple[Gateway, ...]] = {}


def standing(connection: Connection, settings: Settings) -> tuple[Gateway, ...]:
    """The gateways in their order of trial; the standard ones before the first edition."""
    key = _Of(settings, editions.newest(connection))
    if key not in _made:  # one gateway object a process keeps its connections from step to step
        made = _make(settings, _files(connection, key.edition))
        if len(_made) >= _KEPT:
            _made.clear()
        _made[key] = made
    return _made[key]


def _files(connection: Connection, edition: str | None) -> dict[str, bytes]:
    f = edition_file.c
    return {path: bytes(content) for path, content in connection.execute(
        select(f.path, blob.c.content).join(blob, blob.c.digest == f.blob)
        .where(f.edition == edition, or_(f.path.in_((PATH, FILINGS)),
                                         f.path.startswith(texts.FOLDER))))}


def _make(settings: Settings, files: Mapping[str, bytes]) -> tuple[Gateway, ...]:
    configs = read(files)
    sends_filed = any(one.limits.templates for one in configs.values())
    return gateways(settings, configs, _approved(files) if sends_filed else None)


def _approved(files: Mapping[str, bytes]) -> Mapping[str, Mapping[str, tuple[Filed, ...]]]:
    """The filed texts by gateway; read where one needs them, since that loads tables."""
    from fenghuo.notices import filings

    written = texts.of({path: content.decode("utf-8-sig") for path, content in files.items()
                        if path.startswith(texts.FOLDER)})
    return filings.approved(filings.read(files), written)
