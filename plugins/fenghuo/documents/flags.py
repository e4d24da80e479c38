"""``yes`` and ``no``: the only two words for a thing that is or is not."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema


def yes_no(value: Any) -> Any:
    """``yes`` or ``no``, nothing that YAML dialects read differently."""
    if value in ("yes", "no"):
        return value == "yes"
    if isinstance(value, bool):  # of Python; every word of a file is a text
        return value
    raise ValueError("yes or no")


Flag = Annotated[bool, BeforeValidator(yes_no), WithJsonSchema({"enum": ["yes", "no"]})]
