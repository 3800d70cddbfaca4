"""Changes that somebody has looked at and accepts until a day: a file such as `accepted.yaml`."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..documents import one_line
from ..errors import InvalidInputError, MissingExtraError
from .changes import Change

__all__ = ["Accepted", "apply", "read"]

_FIELDS = {  # what each is, and its pattern
    "fingerprint": ("16 digits 0-9 and a-f", r"[0-9a-f]{16}"),
    "reason": ("a text", r"(?s:.*\S.*)"),
    "date": ("a day such as 2026-03-15", r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "expiry": ("a day such as 2026-03-15, not before date", r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
}


@dataclass(frozen=True)
class Accepted:
    """An entry: the fingerprint of a change, why it is accepted, since when, to which day; and where that stands."""

    fingerprint: str
    reason: str
    date: datetime.date
    expiry: datetime.date
    file: str
    line: int


def read(path: str | os.PathLike[str]) -> tuple[Accepted, ...]:
    """Read a list of entries, each with `fingerprint`, `reason`, `date` and `expiry` (days such as 2026-03-15).

    Raises:
        InvalidInputError: The file cannot be read or an entry is malformed; one line with file and line number.
        MissingExtraError: PyYAML is not there.
    """
    try:
        import yaml  # noqa: PLC0415 (an optional dependency)
    except ImportError:
        raise MissingExtraError("Reading accepted changes", extra="drift") from None
    name = os.fspath(path)
    try:
        # The nodes, not their values: a fingerprint of digits alone stays text, and each has its line.
        root: Any = yaml.compose(Path(path).read_text("utf-8"), Loader=yaml.SafeLoader)
    except (OSError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"{name}: expected a YAML file: {one_line(error):.200}") from None
    if root and root.id != "sequence":
        raise InvalidInputError(f"{name}: expected a list of entries, found a {root.id}")
    entries: dict[str, Accepted] = {}
    for node in root.value if root else ():
        entry = _entry(name, node)
        if other := entries.get(entry.fingerprint):
            raise InvalidInputError(f"{name}:{entry.line}: expected a new fingerprint, found that of line {other.line}")
        entries[entry.fingerprint] = entry
    return tuple(entries.values())


def _entry(name: str, node: Any) -> Accepted:
    line = node.start_mark.line + 1
    pairs = [(str(key.value), value) for key, value in node.value] if node.id == "mapping" else []
    if sorted(key for key, _ in pairs) != sorted(_FIELDS):
        found = ", ".join(key for key, _ in pairs) or f"a {node.id}"
        raise InvalidInputError(f"{name}:{line}: expected the fields {', '.join(_FIELDS)}, found {found!r:.99}")
    fields: dict[str, Any] = {}
    for field, (expected, pattern) in _FIELDS.items():
        value = dict(pairs)[field]
        text = value.value if value.id == "scalar" else ""
        try:
            if not re.fullmatch(pattern, text):
                raise ValueError
            fields[field] = datetime.date.fromisoformat(text) if field in ("date", "expiry") else text
            if field == "expiry" and fields["expiry"] < fields["date"]:
                raise ValueError
        except ValueError:
            place = f"{name}:{value.start_mark.line + 1}: {field}"
            raise InvalidInputError(f"{place}: expected {expected}, found {text or 'a ' + value.id!r:.99}") from None
    return Accepted(**fields, file=name, line=line)


def apply(
    changes: Iterable[Change], accepted: Sequence[Accepted], today: datetime.date, *, complete: bool = True
) -> tuple[tuple[Change, ...], tuple[tuple[Change, Accepted], ...], tuple[Change, ...]]:
    """Divide changes by what is accepted.

    Args:
        changes: What the checks found.
        accepted: The entries.
        today: The day that it is.
        complete: Whether every check ran; where not, an entry that matches nothing may be about one of the others.

    Returns:
        The changes that stay open; the accepted ones with their entries; findings: an `accepted-entry-expired` accepts
        nothing any more, an `accepted-entry-unmatched` is about no change.
    """
    changes = tuple(changes)
    entries = {entry.fingerprint: entry for entry in accepted if entry.expiry >= today}
    taken = tuple((change, entries[change.fingerprint]) for change in changes if change.fingerprint in entries)
    left = tuple(change for change in changes if change.fingerprint not in entries)
    found = {change.fingerprint for change in changes}
    expired = [entry for entry in accepted if entry.fingerprint in found and entry.expiry < today]
    unmatched = [entry for entry in accepted if entry.fingerprint not in found and complete]
    findings = [_finding("expired", entry, f"expired on {entry.expiry}: {entry.reason}") for entry in expired]
    findings += [_finding("unmatched", entry, f"about no change: {entry.reason}") for entry in unmatched]
    return left, taken, tuple(findings)


def _finding(what: str, entry: Accepted, note: str) -> Change:
    place: dict[str, Any] = {"pointer": f"#/{entry.fingerprint}", "file": entry.file, "line": entry.line}
    judged: dict[str, Any] = {"wire": "non-breaking", "source": "none", "effect_here": "none", "check": "accepted"}
    return Change(kind=f"accepted-entry-{what}", note=note, **judged, **place)
