"""The call pack: one file to go on with by telephone and paper when everything here dies.

While an orange or red warning is in force it is written every ten minutes and at each new
revision, whole or not at all; when none is, it is removed, because it holds telephone numbers
(mode 0600). It needs nothing but a browser. One that cannot be written is an alarm.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from sqlalchemy import Engine

from fenghuo.alarms import AlarmKind, raise_alarm, recover
from fenghuo.escalation import pack_rows
from fenghuo.notices import wording
from fenghuo.notices.announcing import EditionLike
from fenghuo.settings import Settings
from fenghuo.store.engine import reading, writing
from fenghuo.store.whole import whole

EVERY = timedelta(minutes=10)
SUBJECT = "call_pack"
_HEAD = re.compile(r"<!-- fenghuo call pack (\S+) revision (\d+) -->")


def look(engine: Engine, edition: EditionLike, settings: Settings,
         now: datetime) -> dict[str, int]:
    """Write, leave or remove the pack at a city instant; what was written, raised, recovered."""
    path = settings.path(settings.call_pack)
    with reading(engine) as connection:
        revision = pack_rows.alert(connection)
        if revision is not None and not _due(path, revision, now):
            return {}
        page = None if revision is None else _page(
            pack_rows.lines(connection, edition.contacts, now), edition, revision, settings, now)
    try:
        _replace(path, page)
    except OSError as error:
        with writing(engine) as connection:
            raised = raise_alarm(connection, AlarmKind.call_pack_unwritten, SUBJECT,
                                 f"{path}: {error.strerror}", now)
        return {"raised": raised} if raised else {}
    with writing(engine) as connection:
        back = recover(connection, AlarmKind.call_pack_unwritten, SUBJECT, now)
    return {word: count for word, count in (("packed", page is not None), ("recovered", back))
            if count}


def _due(path: Path, revision: int, now: datetime) -> bool:
    """Whether the file is of an older revision, ten minutes old, or not ours to read."""
    try:
        with path.open(encoding="utf-8") as file:
            head = _HEAD.match(file.readline())
    except (OSError, ValueError):
        return True
    if head is None or int(head[2]) != revision:
        return True
    return not timedelta(0) <= now - datetime.fromisoformat(head[1]) < EVERY


def _replace(path: Path, page: str | None) -> None:
    """Put the file there whole, readable by its owner alone; None takes it away."""
    if page is None:
        path.unlink(missing_ok=True)
        return
    with whole(path, 0o600) as file:
        file.write(page)


def _page(lines: list[pack_rows.Line], edition: EditionLike, revision: int, settings: Settings,
          now: datetime) -> str:
    return _template().render(
        head=f"<!-- fenghuo call pack {now.isoformat()} revision {revision} -->",
        at=f"{now.astimezone(settings.zone):%Y-%m-%d %H:%M}", lines=lines,
        desks=pack_rows.desks(edition.contacts),
        signed=all(one.signed for one in edition.agreements),
        clock=lambda instant: wording.clock(instant, settings.zone, now),
        late=lambda line: int((now - line.due).total_seconds()) // 60 if line.due else 0,
        handling=wording.HANDLING["zh"])


@lru_cache
def _template() -> Template:
    folder = Path(__file__).parent / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=True, trim_blocks=True,
                       lstrip_blocks=True, undefined=StrictUndefined).get_template("call_pack.html")
