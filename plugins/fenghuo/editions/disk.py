"""The files of an edition as they lie on disk."""

from __future__ import annotations

from pathlib import Path

SUFFIXES = (".yaml", ".yml", ".csv", ".j2")
"""What could be meant as a rule or a contact; a file in the wrong place is then refused by name."""

_TESTS = "rules/tests/"


def files_on_disk(rules: Path, contacts: Path) -> dict[str, bytes]:
    """The bytes by path (``rules/…``, ``contacts/…``), wherever the two folders really are.

    Hidden files, editors' backups and the rules' own tests are left out. A folder that is
    missing gives no files. Raises OSError for a file that cannot be read.
    """
    found: dict[str, bytes] = {}
    for name, root in (("rules", rules), ("contacts", contacts)):
        for path in sorted(root.rglob("*")):
            inside = path.relative_to(root)
            key = f"{name}/{inside.as_posix()}"
            hidden = any(part.startswith(".") for part in inside.parts)
            if path.suffix in SUFFIXES and not hidden and not key.startswith(_TESTS) \
                    and path.is_file():
                found[key] = path.read_bytes()
    return found
