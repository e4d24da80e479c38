"""Plain numbers: what every reader of YAML reads the same.

No exponent, no NaN, no infinity, no digits but 0 to 9, and no leading zero: ``010`` is eight to
some readers and ten to others.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,9})?")
_COUNT = re.compile(r"0|[1-9][0-9]{0,8}")


def number_of(value: Any) -> Any:
    """A plain decimal of a string; what is no string is left to its type."""
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value):
            raise ValueError("a plain decimal number such as 50 or 4.5")
        return float(value)
    return value


def count_of(value: Any) -> Any:
    """A whole number from 0 of a string; what is no string is left to its type."""
    if isinstance(value, str):
        if not _COUNT.fullmatch(value):
            raise ValueError("a whole number such as 2")
        return int(value)
    return value


Number = Annotated[float, BeforeValidator(number_of)]
Count = Annotated[int, BeforeValidator(count_of)]
