"""The shipped contacts, to be changed, and what is said of those that are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from fenghuo import contacts
from fenghuo.words import Refused

GOOD = {f"contacts/{path.name}": path.read_bytes()
        for path in (Path(__file__).parents[2] / "contacts").glob("*.csv")}


def refusals(files: dict[str, bytes]) -> list[str]:
    """Every fault of these files."""
    with pytest.raises(Refused) as caught:
        contacts.read(files)
    return [str(refusal) for refusal in caught.value.refusals]
