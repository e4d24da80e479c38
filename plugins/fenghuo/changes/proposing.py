"""拟: rules as somebody would have them, over the edition in force, kept as a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from fenghuo import ledger
from fenghuo.acts.refusing import NotPossible, named
from fenghuo.agreements.differences import differences
from fenghuo.agreements.reading import FOLDER, read_one
from fenghuo.changes import drafts, proofs
from fenghuo.changes.drafts import RULES, TESTS
from fenghuo.editions import files_on_disk
from fenghuo.settings import Settings
from fenghuo.store import editions as kept
from fenghuo.store.engine import writing
from fenghuo.words import Refused, masked

LARGEST = 5_000_000
"""Bytes of all the files of a draft."""


def propose(engine: Engine, settings: Settings, files: Mapping[str, bytes], *, by: str, note: str,
            now: datetime, whole: bool = False) -> int:
    """Keep a draft and return its number; nothing is checked yet (``examine`` does).

    ``files`` by path (``rules/agreements/flood.yaml``) stand in place of those in force, or
    with ``whole`` are all the rules there shall be. Tests (``rules/tests/…``) come from the disk
    where none are given. Raises NotPossible where nothing would change.
    """
    by = named(by, note)
    strange = sorted(path for path in files if not path.startswith(RULES))
    if strange:
        raise NotPossible(f"found {strange[0]}, expected files under {RULES}: contacts change "
                          "without a draft")
    tests = proofs.on_disk(settings.path(settings.rules))
    with writing(engine) as connection:
        base = drafts.in_force(connection)
        old = {path: content for path, content in kept.files_of(connection, base).items()
               if path.startswith(RULES)}
        new = dict(files) if whole else {**old, **tests, **files}
        if whole and not any(path.startswith(TESTS) for path in new):
            new |= tests
        if drafts.rules_of(new) == drafts.rules_of(old):
            raise NotPossible("found the rules that are in force, expected a change")
        if sum(map(len, new.values())) > LARGEST:
            raise NotPossible(f"found more than {LARGEST} bytes of rules")
        digest = kept.digest_of(new)
        key = drafts.store(connection, new, base=base, digest=digest, proposed_by=by,
                           proposed=now, note=masked(note))
        ledger.append(connection, "draft.proposed", f"draft:{key}", {
            "by": by, "note": masked(note), "base": base, "digest": digest,
            "files": differing(old, new)}, now)
    return key


def differing(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[str]:
    """The paths of rules that differ, sorted; tests left out."""
    was, will = drafts.rules_of(old), drafts.rules_of(new)
    return sorted(path for path in was.keys() | will.keys() if was.get(path) != will.get(path))


def told(old: Mapping[str, bytes], new: Mapping[str, bytes], language: str = "en") -> list[str]:
    """What differs between two sets of rules, in sentences; nothing for files with faults."""
    said = []
    for path in (one for one in differing(old, new) if one.startswith(FOLDER)):
        try:
            before, after = ([read_one(path, files[path])] if path in files else []
                             for files in (old, new))
        except Refused:
            continue
        said += differences(before, after, language)
    return said


def to_write(connection: Connection, draft_id: int, folder: Path) -> dict[Path, bytes]:
    """What of a draft a folder does not have, by where it goes.

    Raises NotPossible where an agreement or a table of the folder has edits of its own that would
    be lost. Files of ``rules/tests/`` are in no edition: what they were before is not known, and
    they become the draft's.
    """
    row, found = drafts.of(connection, draft_id), {}
    new, base = drafts.files_of(connection, draft_id), kept.files_of(connection, row.base)
    lost = []
    for path, content in new.items():
        target = folder / path.removeprefix(RULES)
        there = target.read_bytes() if target.is_file() else None
        if there == content:
            continue
        if there is not None and path in base and there != base[path]:
            lost.append(str(target))
        found[target] = content
    if lost:
        raise NotPossible(f"{', '.join(lost)}: found edits that draft {draft_id} does not have, "
                          "expected the text before it: keep them elsewhere first")
    return found


def gathered(paths: list[Path], connection: Connection) -> tuple[dict[str, bytes], bool]:
    """What was typed: one folder (all rules), or files that stand for those of the same name.

    Returns the files by path and whether they are all. Raises NotPossible for a name that no
    file in force has, or several have; Refused for a folder that cannot be read.
    """
    if len(paths) == 1 and paths[0].is_dir():
        found = files_on_disk(paths[0], paths[0] / "no contacts") | proofs.on_disk(paths[0])
        return found, True
    known = [path for path in kept.paths_of(connection, drafts.in_force(connection))
             if path.startswith(RULES)]
    files: dict[str, bytes] = {}
    for path in paths:
        same = [one for one in known if one.rpartition("/")[2] == path.name]
        if len(same) != 1:
            raise NotPossible(f"found {path}, expected a folder, or a file named as one of the "
                              "rules in force")
        files[same[0]] = path.read_bytes()
    return files, False
