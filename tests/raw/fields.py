"""What the models' type hints say about the JSON that they take."""

import datetime
import enum
import sys
import types
from collections.abc import Iterator
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs

from ibm_quantum_backends.raw import models
from ibm_quantum_backends.raw.types import Unset

ALL: list[Any] = [model for model in (getattr(models, name) for name in models.__all__) if attrs.has(model)]
_KINDS = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
    datetime.datetime: "string",
}


@cache
def fields(model: type, *, required: bool) -> dict[str, tuple[str, Any]]:
    """JSON name, and type hint, of the required or the optional fields, by attribute."""
    hints = get_type_hints(model, vars(sys.modules[model.__module__]))
    return {
        field.name: (field.name.rstrip("_"), hints[field.name])
        for field in attrs.fields(model)
        if field.init and (Unset not in options(hints[field.name])) is required
    }


def options(hint: Any) -> list[Any]:
    """The members of a union, or the type alone."""
    return list(get_args(hint)) if get_origin(hint) in (types.UnionType, Union) else [hint]


def kinds(hint: Any) -> set[str]:
    """The JSON kinds that fit a type, whatever is inside."""
    return {_kind(option) for option in options(hint) if option is not Unset}


def _kind(hint: Any) -> str:
    if get_origin(hint) is list:
        return "array"
    if attrs.has(hint):
        return "object"
    return "string" if issubclass(hint, enum.StrEnum) else _KINDS[hint]


def kind(value: Any) -> str:
    """The JSON kind of a value."""
    return {list: "array", dict: "object"}.get(type(value)) or _KINDS[type(value)]


def sample(hint: Any) -> Any:
    """A JSON value that fits a type, with nothing that could be left out."""
    hint = options(hint)[0]
    if get_origin(hint) is list:
        return [sample(get_args(hint)[0])]
    if attrs.has(hint):
        return {name: sample(each) for name, each in fields(hint, required=True).values()}
    if hint is Any:
        return {"of": ["any", "kind"]}
    if issubclass(hint, enum.Enum):
        return next(iter(hint)).value
    return {str: "x", bool: True, int: 1, float: 0.5, type(None): None, datetime.datetime: "2026-01-02T03:04:05Z"}[hint]


def required_places(document: Any, hint: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Path and type of each value that a model cannot do without, the document's own root left out."""
    if path:
        yield path, hint
    for option in options(hint):
        if get_origin(option) is list and isinstance(document, list):
            for index, item in enumerate(document):
                yield from required_places(item, get_args(option)[0], (*path, index))
        elif attrs.has(option) and isinstance(document, dict):
            for name, each in fields(option, required=True).values():
                yield from required_places(document[name], each, (*path, name))
