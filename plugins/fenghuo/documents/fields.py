"""Which fields a pydantic model has at a path of its file."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel


def fields_at(model: type[BaseModel], path: tuple[str | int, ...]) -> tuple[str, ...]:
    """The names of the fields at a path; none where no model stands there."""
    inside = False  # a list or mapping whose index or key comes next
    for part in path:
        if inside:
            inside = False
            continue
        if part not in model.model_fields:
            return ()
        annotation = model.model_fields[str(part)].annotation
        found = _model(annotation)
        if found is None:
            return ()
        inside = found is not annotation and _contained(annotation)
        model = found
    return tuple(model.model_fields)


def _model(annotation: Any) -> type[BaseModel] | None:
    """The one model that an annotation is about: ``Rule`` of ``tuple[Rule, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model(each) for each in get_args(annotation))
    return next((each for each in found if each is not None), None)


def _contained(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) in (tuple, list, dict)
