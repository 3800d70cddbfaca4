"""When a version of the API ends, by the API's own answer to `GET /v1/versions`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

__all__ = ["read_versions"]

_ENDS = re.compile("sunset|deprecat|(^|_)ends?(_|$)|endDate|eol|expir|retire|remov|until", re.IGNORECASE)
_WARN = 180  # days before the end


def read_versions(answer: Any, version: str, today: date) -> dict[str, Any]:
    """What the answer says of the end of a version.

    No source tells the form of the answer. Understood are objects that have the version as a value or as a key, and
    beside or below it a date, or one whose key says that it is an end.

    Args:
        answer: Any JSON.
        version: Such as `2026-03-15`.
        today: On which a warning counts the days that are left.

    Returns:
        `version`, `ends` (a date by key), and `told`: a line for people, which says what was not understood.
    """
    ends = dict(sorted(_ends(answer, version, below=False), key=lambda end: end[1]))
    if not ends:
        return {"version": version, "ends": {}, "told": f"no end of {version} found in {json.dumps(answer):.80}"}
    left = (date.fromisoformat(next(iter(ends.values()))) - today).days
    told = f"{version}: {', '.join(f'{key} {day}' for key, day in ends.items())}"
    if left < _WARN:
        told = f"warning: {told} ({f'in {left} days' if left >= 0 else f'{-left} days ago'})"
    return {"version": version, "ends": ends, "told": told}


def _ends(value: Any, version: str, *, below: bool) -> Iterator[tuple[str, str]]:
    """Keys and days; `below`: the value stands below the version's name."""
    if isinstance(value, list):
        for item in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _ends(item, version, below=below)
    elif isinstance(value, dict):
        beside = version in [*value.values()]  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        for key, item in value.items():  # pyright: ignore[reportUnknownVariableType]
            name = str(key)  # pyright: ignore[reportUnknownArgumentType]
            if name == version and _is_day(item):
                yield "ends", item[:10]  # pyright: ignore[reportUnknownVariableType]
            elif (beside or below) and _ENDS.search(name) and _is_day(item):
                yield name, item[:10]  # pyright: ignore[reportUnknownVariableType]
            else:
                yield from _ends(item, version, below=below or name == version)


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value[:10]))
    except ValueError:
        return False
