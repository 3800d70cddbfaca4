"""How a change is told in one line, and in which line of which file it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..documents import one_line
from .changes import Change
from .openapi import PACKAGED, Document, members, steps

__all__ = ["locate", "shown", "spot", "summary"]


def shown(value: Any, limit: int = 1000) -> str:
    """The text of a JSON value in one line, short, without what would steer a terminal."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = one_line(text)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def summary(change: Change, documents: tuple[Document, ...] = ()) -> str:
    """Where it is: before → after (the operations that it reaches)."""
    reach = ", ".join(change.operations) if len(change.operations) < 3 else f"{len(change.operations)} operations"
    told = ": ".join(filter(None, (_place(change, documents), _values(change.before, change.after))))
    return shown(f"{told} ({reach})" if reach else told)


def _place(change: Change, documents: tuple[Document, ...]) -> str:
    if change.json_path:
        return change.json_path[0] + (f" (+{len(change.json_path) - 1})" if change.json_path[1:] else "")
    if change.file or not change.pointer.startswith("#/paths/"):
        return f"{change.file} {change.pointer}" if change.file else change.pointer
    names = steps(change.pointer)
    if documents and "parameters" in names[:-1]:  # its name: its place in the list tells nobody anything
        last = names.index("parameters") + 1
        document, pointer = locate(change, documents)
        pointer = "/".join(pointer.split("/")[: last + 2])
        parameter = members(document.resolve(pointer, document.at(pointer))[1])
        names[last] = str(parameter.get("name", names[last]))
    return " ".join(names[1:])


def _values(before: Any, after: Any) -> str:
    values: list[Any] = [before, after]
    if all(isinstance(value, list) for value in values):
        edits = [f"-{shown(item, 60)}" for item in before if item not in after]
        edits += [f"+{shown(item, 60)}" for item in after if item not in before]
        if edits:
            return shown(" ".join(edits), 150)
    told = ["nothing" if value is None else shown(value, 60) for value in values]
    return "" if before is None and after is None else " → ".join(told)


def locate(change: Change, documents: tuple[Document, ...]) -> tuple[Document, str]:
    """The document that shows a change, and where in it: the base, unless only the revision has it."""
    places = [(documents[0], change.pointer), (documents[-1], change.revision_pointer or change.pointer)]
    if change.before is None and change.after is not None:  # new: in the base, something else may have that place
        places.reverse()
    return next((place for place in places if place[0].at(place[1]) is not None), places[0])


def spot(change: Change, documents: tuple[Document, ...]) -> tuple[str, int] | None:
    """File and line of a change; with `/`, and relative if it is below the current folder."""
    if change.file:
        name, line = change.file, change.line or 1
    elif documents:
        document, pointer = locate(change, documents)
        name, line = document.name, document.line(pointer)
    else:
        return None
    if "://" in name:
        return name, line
    path, here = Path(PACKAGED.get(name, name)).resolve(), Path.cwd().resolve()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix(), line
