"""One invented payload of each format, as its issuer writes it.

A module is named as the format and has ``SAMPLE`` (bytes), ``CONFIG`` (its feed) and ``RECEIVED``
(aware UTC, soon after the sample was made). What holds of every format is tested over all of
them: test_bad_input_of_every_format.py, test_any_bytes.py.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def every() -> dict[str, ModuleType]:
    """The samples by format."""
    return {one.name: import_module(f"{__name__}.{one.name}") for one in iter_modules(__path__)}
