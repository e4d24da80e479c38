"""The files of an edition as they lie on disk."""

from __future__ import annotations

from pathlib import Path

from fenghuo.editions.placing import READY
from fenghuo.words import Refusal, Refused

SUFFIXES = (".yaml", ".yml", ".csv", ".j2")
"""What could be meant as a rule or a contact; a file in the wrong place is then refused by name."""
SIZE_CAP = 32 * 1024 * 1024
"""Bytes of the largest file that is read at all; each reader has its own cap, which is smaller."""

_BESIDE = ("rules/tests/", "rules/stories/")

State = tuple[int, int, int]
"""Inode, bytes and time of change of a file: another one is another file."""


def files_on_disk(rules: Path, contacts: Path) -> dict[str, bytes]:
    """The bytes by path (``rules/…``, ``contacts/…``), wherever the two folders really are.

    Hidden files, editors' backups, the rules' own tests and stories are left out; what an import
    has ready counts as put in place. A folder that is missing gives no files. Raises OSError for a
    file that cannot be read; Refused with every link that leads out of its folder, every file that
    is too large, and every one that was written while the folders were read.
    """
    paths = _listed(rules, contacts)
    before = _states(paths)
    refusals = [Refusal(key, "1:1", f"{size} bytes", f"at most {SIZE_CAP} bytes")
                for key, (_, size, _) in before.items() if size > SIZE_CAP]
    if refusals:
        raise Refused(refusals)
    try:
        found = {key: path.read_bytes() for key, path in paths.items()}
        after = _states(_listed(rules, contacts))
    except FileNotFoundError as gone:
        raise Refused([Refusal(Path(gone.filename).name, "1:1", "a file that went while it was "
                               "read", "one that stays")]) from gone
    refusals = [Refusal(key, "1:1", "a file that changed while it was read", "one that is whole")
                for key in sorted(before.keys() | after.keys())
                if before.get(key) != after.get(key) or len(found[key]) != before[key][1]]
    if refusals:
        raise Refused(refusals)
    return found


def _listed(rules: Path, contacts: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    refusals: list[Refusal] = []
    for name, root in (("rules", rules), ("contacts", contacts)):
        home = root.resolve()
        for path in sorted(root.rglob("*")):
            inside = path.relative_to(root)
            key = f"{name}/{inside.as_posix()}"
            if any(part.startswith(".") for part in inside.parts) or key.startswith(_BESIDE):
                continue
            folder = path.is_dir()
            if (folder or path.suffix in SUFFIXES) and not path.resolve().is_relative_to(home):
                refusals.append(Refusal(key, "1:1", "a link out of its folder",
                                        "a file of its own"))
            elif path.suffix in SUFFIXES and path.is_file():
                found[key] = path
    found |= {f"contacts/{path.name}": path for path in sorted((contacts / READY).glob("*.csv"))
              if path.is_file()}
    if refusals:
        raise Refused(refusals)
    return found


def _states(paths: dict[str, Path]) -> dict[str, State]:
    states = {key: path.stat() for key, path in paths.items()}
    return {key: (one.st_ino, one.st_size, one.st_mtime_ns) for key, one in states.items()}
