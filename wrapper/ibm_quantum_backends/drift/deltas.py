"""One difference between two documents, before it is known where it is reached from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from .changes import WireClass
from .openapi import child

__all__ = ["DOCS", "Delta", "Place", "both", "docs"]

# A pointer; or one in each document, None where it is not there.
Place: TypeAlias = "str | tuple[str | None, str | None]"

DOCS = ("description", "summary", "example", "examples", "deprecated")


@dataclass(frozen=True)
class Delta:
    """A difference; `before` and `after` are JSON text, so that it can be a key. The fields are those of `Change`."""

    kind: str
    wire: WireClass
    pointer: str
    revision_pointer: str | None
    before: str
    after: str
    note: str

    @classmethod
    def of(
        cls, kind: str, wire: WireClass, place: Place, *, values: tuple[Any, Any] = (None, None), note: str = ""
    ) -> Delta:
        """A difference of a kind at a place, with the values before and after."""
        pointer, other = (place, None) if isinstance(place, str) else place
        pointer, other = (other, None) if pointer is None else (pointer, other)
        before, after = (json.dumps(value, sort_keys=True) for value in values)
        return cls(kind, wire, pointer or "#", other if other != pointer else None, before, after, note)


def docs(
    old: Mapping[str, Any], new: Mapping[str, Any], place: Callable[[str], Place], keywords: Iterable[str] = DOCS
) -> Iterator[Delta]:
    """What is only said differently; white space and an empty text say nothing.

    Args:
        old, new: What says it.
        place: Where a keyword of them stands.
        keywords: Those to compare.
    """
    for keyword in keywords:
        values = old.get(keyword), new.get(keyword)
        told = [" ".join(value.split()) if isinstance(value, str) else value for value in values]
        if (told[0] or None) != (told[1] or None):
            kind = "example" if keyword == "examples" else keyword
            yield Delta.of(f"{kind}-changed", "docs-only", place(keyword), values=values)


def both(one: str, other: str) -> Callable[[str], Place]:
    """The place of a keyword below two pointers, for `docs`."""
    return lambda keyword: (child(one, keyword), child(other, keyword))
