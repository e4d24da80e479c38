"""The services of ``docker-compose.yml`` as plain processes see them.

Only what the file uses is read: an image or a command, an environment, what a service waits for,
its health check, whether it is started again. Interpolation after the Compose specification:
``${NAME}``, ``${NAME:-default}``, ``${NAME:?why}`` and ``$$``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from fenghuo.words import FenghuoError

_VARIABLE = re.compile(r"\$(?:(\$)|\{([A-Z0-9_]+)(?:(:-|:\?)([^}]*))?\})")


class BadCompose(FenghuoError):
    """The file asks for something that is not set, or waits in a circle."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service: ``command`` empty for one that its image brings (PostgreSQL).

    ``after`` maps the services it waits for to the condition; ``check`` is the health check as a
    command, empty for none; ``again`` says that it is started anew when it ends.
    """

    name: str
    image: str
    command: tuple[str, ...]
    environment: dict[str, str]
    after: dict[str, str]
    check: tuple[str, ...]
    again: bool


def services(path: Path, variables: Mapping[str, str]) -> list[Service]:
    """Every service, each after those it waits for. Raises BadCompose, OSError."""
    document = YAML(typ="safe").load(path.read_text())
    made = {name: _service(name, body, variables) for name, body in document["services"].items()}
    try:
        order = list(TopologicalSorter({name: one.after for name, one in made.items()})
                     .static_order())
    except CycleError as error:
        raise BadCompose(f"{path}: services wait in a circle: {error.args[1]}") from error
    if missing := [name for name in order if name not in made]:
        raise BadCompose(f"{path}: found no service {missing[0]}, expected one")
    return [made[name] for name in order]


def interpolate(text: str, variables: Mapping[str, str]) -> str:
    """A value with its variables. Raises BadCompose for one that must be set and is not."""
    def value(found: re.Match[str]) -> str:
        dollar, name, kind, words = found.groups()
        if dollar:
            return "$"
        known = variables.get(name, "")
        if known or kind is None:
            return known
        if kind == ":-":
            return str(words)
        raise BadCompose(f"{name} is not set: {words}")

    return _VARIABLE.sub(value, text)


def _service(name: str, body: Mapping[str, Any], variables: Mapping[str, str]) -> Service:
    environment = {}
    for key, given in body.get("environment", {}).items():
        if given is not None:
            environment[key] = interpolate(str(given), variables)
        elif variables.get(key):  # passed through, or not there at all
            environment[key] = variables[key]
    after = {other: wait["condition"] for other, wait in body.get("depends_on", {}).items()}
    test = body.get("healthcheck", {}).get("test", ["NONE"])

    def words(given: list[str]) -> tuple[str, ...]:
        return tuple(interpolate(word, variables) for word in given)

    return Service(name, body["image"], words(body.get("command", [])), environment, after,
                   words(test[1:]), body.get("restart") == "always")
