# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
"""What the models and endpoints share: UNSET, Response, and the parsers of JSON values."""

import datetime
from collections.abc import Callable, MutableMapping
from enum import Enum
from functools import lru_cache
from typing import Any, Generic, Literal, TypeVar, cast
from urllib.parse import quote
from uuid import UUID

from attrs import define

from .errors import ModelError

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


class Unset:
    """The type of UNSET, the value of an optional field that is absent; there is one instance."""

    def __new__(cls) -> "Unset":
        unset: Unset | None = globals().get("UNSET")
        return super().__new__(cls) if unset is None else unset

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"  # the module's own object, for copy, deepcopy and pickle


UNSET: Unset = Unset()


@define
class Response(Generic[T]):
    """An answer: `parsed` is None where the body fits none of the declared models."""

    status_code: int
    content: bytes
    headers: MutableMapping[str, str]
    parsed: T | None


def segment(value: object) -> str:
    """One segment of a path; dots alone would be a step up, so they are escaped too."""
    quoted = quote(str(value), safe="")
    return quoted if quoted.strip(".") else quoted.replace(".", "%2E")


@lru_cache(4096)  # a calibration has few dates, each a hundred times
def date_time(value: Any) -> datetime.datetime:
    text = string(value)
    return datetime.datetime.fromisoformat(
        f"{text[:-1]}Z" if text.endswith("z") else text
    )  # RFC 3339 has `z` too


def string(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ModelError("string", value)


def integer(value: object) -> int:
    if type(value) is int:
        return value
    if (
        isinstance(value, float) and value.is_integer()
    ):  # 5.0 is an integer to JSON Schema
        return int(value)
    raise ModelError("integer", value)


def number(value: object) -> float:
    if type(value) is float or type(value) is int:
        return value
    raise ModelError("number", value)


def boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ModelError("boolean", value)


def null(value: object) -> None:
    if value is not None:
        raise ModelError("null", value)


def array(value: object) -> list[Any]:
    if isinstance(value, list):
        return cast("list[object]", value)
    raise ModelError("array", value)


def member(enum: type[E], value: object) -> E:
    """A member of an enumeration; one that is not declared is added to it."""
    try:
        return enum(value)
    except (TypeError, ValueError):
        raise ModelError(
            "string" if issubclass(enum, str) else "integer", value
        ) from None


def first_of(value: Any, *parsers: Callable[[Any], object]) -> object:
    """What the first parser makes that takes the value."""
    misfits: list[str] = []
    for parse in parsers:
        try:
            return parse(value)
        except ModelError as error:
            if error.at is not value:  # of the right kind, with a misfit further down
                raise
            misfits.append(error.expected)
        except (TypeError, ValueError) as error:
            misfits.append(f"a value that can be read ({error!s:.80})")
    raise ModelError(" or ".join(misfits), value)


def keep(value: Any, *parsers: Callable[[Any], T]) -> T:
    """What the first parser makes that takes the value, else the value itself: no optional field fails a document."""
    if value is not UNSET and value is not None:
        for parse in parsers:
            try:
                return parse(value)
            except (TypeError, ValueError):
                pass
    return cast(T, value)


def plain(value: Any, within: int = 0) -> Any:
    """The JSON value of a model, of a list of models, or of what stands in their place."""
    if (
        isinstance(value, list) and within < 9
    ):  # deeper than any schema: raw, as it came, however deep
        return [plain(item, within + 1) for item in cast("list[object]", value)]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value.to_dict() if hasattr(value, "to_dict") else value


def short(model: Any) -> str:
    """A model in a line: what is long is counted, what is absent left out. Of a large device it would be a million characters."""
    fields = (
        (name, getattr(model, name))
        for name in model.__slots__
        if not name.startswith("_")
    )
    shown = ", ".join(
        f"{name}={_brief(value)}" for name, value in fields if value is not UNSET
    )
    return f"{type(model).__name__}({shown})"


def _brief(value: Any) -> str:
    if isinstance(value, (list, dict)) and len(cast("list[object]", value)) > 5:
        return f"<{len(cast('list[object]', value))} items>"
    try:
        told = repr(value)
    except RecursionError:
        told = "..."
    return told if len(told) <= 200 else f"{told[:200]}..."


__all__ = ["UNSET", "Response", "Unset"]
