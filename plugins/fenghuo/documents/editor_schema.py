"""The JSON Schema of a file, for editors: what they see before a value becomes a string here.

An editor types YAML by itself: ``50`` is a number to it, ``yes`` a word or a truth value, ``11E02``
a number. Each is taken where the house would take what is written. Dialect: JSON Schema draft-07,
which the YAML language server knows best; https://json-schema.org/draft-07
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

DIALECT = "http://json-schema.org/draft-07/schema#"
_DECIMAL = r"^-?[0-9]{1,12}(\.[0-9]{1,9})?$"

_BOUNDS = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}
"""Bounds that pydantic leaves as it calls them."""

Schema = dict[str, Any]
Help = Mapping[str, Mapping[str, str]]
"""What a field is, in plain words, by model and field."""


def editor_schema(model: type[BaseModel], title: str, help_: Help) -> Schema:
    """The schema of a file of this model, each field with its help."""
    made = _seen(model.model_json_schema())
    for name, known in {model.__name__: made, **made.get("$defs", {})}.items():
        for field, text in help_.get(name, {}).items():
            known["properties"][field] = _described(known["properties"][field], text)
    return {"$schema": DIALECT, "title": title, **made}


def printed(schema: Schema) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def _described(schema: Schema, text: str) -> Schema:
    # beside a $ref draft-07 reads nothing else
    return {"allOf": [schema], "description": text} if "$ref" in schema else (
        schema | {"description": text})


def _plain(text: str) -> str:
    """A docstring as an editor shows it."""
    return " ".join(text.replace("``", "`").split())


def _seen(schema: Any) -> Any:
    """A part of a schema as an editor must see it; defaults are said in the help."""
    if isinstance(schema, list):
        return [_seen(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "properties" in schema or "$defs" in schema:
        schema = schema | {part: {name: _seen(each) for name, each in schema[part].items()}
                           for part in ("properties", "$defs") if part in schema}
        schema["description"] = _plain(schema.get("description", ""))
        return {name: value for name, value in schema.items() if name != "title"}
    found = {name: value if name in ("enum", "const", "examples", "required") else _seen(value)
             for name, value in schema.items() if name not in ("default", "title")}
    if {"type": "null"} in found.get("anyOf", []):  # nothing written is no null to the house
        choices = [each for each in found.pop("anyOf") if each != {"type": "null"}]
        return choices[0] | found if len(choices) == 1 else {"anyOf": choices} | found
    found = {_BOUNDS.get(name, name): value for name, value in found.items()
             if name not in _BOUNDS or found.get("type") in ("number", "integer")}
    if "description" in found:
        found["description"] = _plain(found["description"])
    if found.get("type") in ("number", "integer"):
        return {"anyOf": [found, {"type": "string", "pattern": _DECIMAL}]}
    if set(found.get("enum", ())) == {"yes", "no"}:
        return found | {"enum": ["yes", "no", True, False]}
    if found.get("type") == "string" and "enum" not in found and "const" not in found:
        pattern = re.compile(found.get("pattern", ""))
        also = ["number"] * bool(pattern.search("7")) + ["boolean"] * bool(pattern.search("true"))
        return found | ({"type": ["string", *also]} if also else {})
    if "patternProperties" in found:
        return found | {"additionalProperties": False}
    return found
