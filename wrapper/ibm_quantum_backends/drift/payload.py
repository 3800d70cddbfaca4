"""Responses against the document: where they do not fit, folded by JSON path, and what of it they never show."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from ..documents import as_object, printable
from ..errors import InvalidInputError, MissingExtraError
from ..recording import write_whole
from .openapi import PACKAGED, Document, load, members
from .places import Place

__all__ = ["BASELINE", "Deviation", "PayloadCheck", "Unseen", "compare_baseline", "read_baseline", "write_baseline"]

BASELINE = PACKAGED["upstream"].with_name("baseline.json")  # how real responses are known to deviate from `upstream`

# The worst first; then what only a validator sees, such as lengths and patterns.
_ORDER = ("not-json", "type", "missing-required", "enum", "oneOf", "anyOf", "format", "unknown-field")
_ENCODER = json.JSONEncoder(ensure_ascii=False)
_SECRET_NAMES = re.compile(r"(?i)(?:api_?key|token|secret|passw|credential|authorization|private_?key)")
_SECRETS = re.compile(
    r"(?i:bearer)\s+\S+"
    r"|-----BEGIN.*"
    r"|eyJ[\w-]+\.[\w.-]+"  # JSON Web Token
    r"|crn:[^\s\"',]+"
    r"|\ba/\w+"  # account
    r"|[\w.+-]+@[\w.-]+\w"
    r"|(?=[\w+/-]*\d)(?=[\w+/-]*[A-Za-z])[\w+/-]{24,}=*|\b[A-Za-z]{28,}\b"  # API key, identifier
)


@dataclass(kw_only=True)
class Deviation:
    """One way in which the responses of an operation do not fit the document.

    Attributes:
        operation, schema: operationId, and name of the response's schema.
        json_path: Where, such as `$.gates[*].qubits[*]`; `.*` is any key of a map.
        finding: The JSON Schema keyword (`type`, `pattern`, ...), `missing-required`, `unknown-field` or `not-json`.
        count, documents: How many values, in how many documents.
        example: The first of them, as one short line without secrets; of what is missing, the document's name.
        found: Of a `type` finding, the JSON types that were there, counted.
        first_seen, last_seen: Dates of the documents, their own `last_update_date` where they have one.
    """

    operation: str
    schema: str
    json_path: str
    finding: str
    count: int = 0
    documents: int = 0
    example: str = ""
    found: dict[str, int] = field(default_factory=dict[str, int])
    first_seen: str | None = None
    last_seen: str | None = None

    @property
    def breaking(self) -> bool:
        """Whether a reader that trusts the document fails, and not only a validator."""
        return self.finding in _ORDER[:-1]

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same deviation as another."""
        return self.operation, self.json_path, self.finding

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON, with its `class`."""
        return {**asdict(self), "class": "breaking" if self.breaking else "non-breaking"}


class Unseen(NamedTuple):
    """A field that the document declares, or a value that it lists for one, and no response had."""

    operation: str
    json_path: str
    value: Any = None


class PayloadCheck:
    """Collects how responses deviate from the document; it can be the `watch` of a client. Safe between threads.

    Its attributes are `document`, and `documents`: how many were checked, by operation.

    Args:
        against: `effective` (the document with this package's corrections), `upstream` (as IBM has it), or another.

    Raises:
        InvalidInputError: No such document.
        MissingExtraError: jsonschema-rs or PyYAML is not there.
    """

    def __init__(self, against: str | os.PathLike[str] | Document = "effective") -> None:
        self.document = against if isinstance(against, Document) else load(against)
        try:
            import jsonschema_rs  # noqa: F401, PLC0415  # pyright: ignore[reportUnusedImport]
        except ImportError:
            raise MissingExtraError("Checking responses", extra="drift") from None
        self.documents: Counter[str] = Counter()
        self._responses = {each.name: _response(self.document, each.value) for each in self.document.operations()}
        self._places: dict[str, Place] = {}
        self._rows: dict[tuple[str, str, str], Deviation] = {}
        self._seen: set[tuple[str, str, Any]] = set()
        self._lock = threading.Lock()

    def __call__(self, operation: str, body: bytes) -> None:
        """As `add`, on the date of today."""
        self.add(operation, body, datetime.now(UTC))

    def add(self, operation: str, body: bytes, date: datetime | None = None, name: str | None = None) -> None:
        """Check one response, whatever it holds.

        Args:
            operation: operationId.
            body: As the API sent it, without content encoding.
            date: Of the response, where it does not say so itself.
            name: To tell the document by, such as its file's.

        Raises:
            InvalidInputError: The document has no such operation.
        """
        place = self._place(operation)
        try:
            value = json.loads(body.decode(), parse_constant=_refuse)
            found, seen = place.judge(value)
        except (ValueError, RecursionError):
            value, seen = body[:200].decode(errors="replace"), set[tuple[str, Any]]()
            found = [("$", "not-json", value, 1)]
        day, fresh = _day(value, date), set[str]()
        with self._lock:
            self.documents[operation] += 1
            self._seen.update((operation, *each) for each in seen)
            for path, finding, example, count in found:
                path = _told_path(path) if finding == "unknown-field" else path  # noqa: PLW2901
                key = operation, path, finding
                if (row := self._rows.get(key)) is None:
                    text = (name or "") if finding == "missing-required" else example
                    text = "***" if _SECRET_NAMES.search(path.rpartition(".")[2]) else text
                    row = Deviation(
                        operation=operation,
                        schema=self._responses[operation][0],
                        json_path=path,
                        finding=finding,
                        example=_line(text),
                    )
                    self._rows[key] = row
                row.count += count
                row.documents += f"{path} {finding}" not in fresh
                fresh.add(f"{path} {finding}")
                if finding == "type":
                    kind = _TYPES[type(example)]
                    row.found[kind] = row.found.get(kind, 0) + count
                row.first_seen, row.last_seen = _span(row.first_seen, row.last_seen, day)

    def findings(self) -> list[Deviation]:
        """What was found so far, the worst first."""
        with self._lock:
            rows = [replace(row, found=dict(sorted(row.found.items()))) for row in self._rows.values()]
        return sorted(rows, key=_rank)

    def coverage(self) -> list[Unseen]:
        """What the document declares and no response had, of the operations of which any was checked."""
        with self._lock:
            operations, seen = sorted(self.documents), set(self._seen)
        declared = ((operation, *each) for operation in operations for each in self._place(operation).declared())
        return [Unseen(*each) for each in declared if each not in seen]

    def _place(self, operation: str) -> Place:
        if operation not in self._responses:
            there = ", ".join(self._responses)
            raise InvalidInputError(f"operation: expected one of {there}, found {operation!r:.80}")
        with self._lock:
            if operation not in self._places:
                self._places[operation] = Place.root(self.document, self._responses[operation][1])
            return self._places[operation]


_TYPES = {type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string"} | {
    list: "array",
    dict: "object",
}


def _response(document: Document, operation: dict[str, Any]) -> tuple[str, Any]:
    """Name and content of the schema of an operation's success; without one, anything is right."""
    answers = members(operation.get("responses"))
    answer = next((answers[status] for status in ("200", "2XX", "default") if status in answers), None)
    content = members(members(document.resolve("#", answer)[1]).get("content"))
    media = next((as_object(media) for kind, media in content.items() if "json" in kind), None) or {}
    schema: Any = media.get("schema", {})
    named = members(schema)
    return str(named.get("$ref", named.get("title", ""))).rpartition("/")[2], schema


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _day(value: Any, date: datetime | None) -> str | None:
    own = members(value).get("last_update_date")
    for text in (own, date and date.isoformat()):
        try:
            day = datetime.fromisoformat(text) if isinstance(text, str) else None
            if day is not None:
                return (day.astimezone(UTC) if day.tzinfo else day).date().isoformat()
        except (ValueError, OverflowError):
            continue
    return None


def _span(first: str | None, last: str | None, day: str | None) -> tuple[str | None, str | None]:
    return (first, last) if day is None else (min(first or day, day), max(last or day, day))


def _line(value: Any) -> str:
    """A value as one short line that can be shown anywhere: printable, without secrets."""
    try:  # no more than is shown: the value may have millions
        text = value if isinstance(value, str) else "".join(islice(_ENCODER.iterencode(value), 200))
    except (ValueError, RecursionError):
        text = "..."
    text = _SECRETS.sub("***", " ".join(text.split()))
    text = printable(text)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _told_path(path: str) -> str:
    """The path of a field that nobody declared, whose name may be anything."""
    plain = re.search(r"\.[a-z_]+(?:[0-9]+[a-z_]*){0,2}$", path) and not re.search(r"\.[a-z0-9]{24,}$", path)
    return path if plain else _SECRETS.sub("***", path)[:200]


def _rank(row: Deviation) -> tuple[int, int, str, str, str]:
    return _ORDER.index(row.finding) if row.finding in _ORDER else len(_ORDER), -row.count, *row.key


def write_baseline(path: str | os.PathLike[str], check: PayloadCheck) -> None:
    """Write what was found as known; what the file says of operations of which nothing was checked is kept.

    Args:
        path: The file; where there is one, its `source` (whence the responses are) is kept too.
        check: What was found.

    Raises:
        InvalidInputError: The file is no baseline, or one of another document.
    """
    data, digest = check.document.data, hashlib.sha256(check.document.text.encode()).hexdigest()
    version = str(members(data.get("info")).get("version"))
    old: Mapping[str, Any] = read_baseline(path) if os.path.exists(path) else {"rows": []}
    kept = [row for row in old["rows"] if row["operation"] not in check.documents]
    if kept and old["document"]["sha256"] != digest:
        raise InvalidInputError(f"{os.fspath(path)}: expected a baseline of {check.document.name}, found another's")
    rows = [*kept, *(row.to_dict() for row in check.findings())]
    baseline = {
        "format": 1,
        "document": {"version": version, "sha256": digest},
        "source": old.get("source", ""),
        "rows": sorted(rows, key=_key),
    }
    write_whole(
        Path(path), (json.dumps(baseline, indent=1, ensure_ascii=False) + "\n").encode(errors="backslashreplace")
    )


def read_baseline(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The content of a baseline.

    Raises:
        InvalidInputError: No file, or it is no baseline of format 1.
    """
    try:
        baseline = members(json.loads(Path(path).read_bytes()))
        found = f"format {baseline.get('format')!r:.40}"
        texts = [baseline["document"]["sha256"], *(text for row in baseline["rows"] for text in _key(row))]
        if baseline.get("format") == 1 and all(isinstance(text, str) for text in texts):
            return baseline
    except OSError as error:
        found = str(error.strerror)
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        found = f"{type(error).__name__}: {error!s:.80}"
    raise InvalidInputError(f"{os.fspath(path)}: expected a baseline of format 1, found {found}")


def compare_baseline(
    rows: Iterable[Deviation], baseline: Mapping[str, Any], operations: Collection[str]
) -> tuple[list[Deviation], list[Deviation], list[dict[str, Any]]]:
    """The deviations that a baseline knows and those that are new; and its rows that no longer show.

    Args:
        rows: What was found.
        baseline: Of `read_baseline`.
        operations: Those of which any response was checked; of others nothing can vanish.
    """
    rows, known = list(rows), {_key(row) for row in baseline["rows"]}
    found = {row.key for row in rows}
    vanished = [row for row in baseline["rows"] if row["operation"] in operations and _key(row) not in found]
    return [row for row in rows if row.key in known], [row for row in rows if row.key not in known], vanished


def _key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["operation"], row["json_path"], row["finding"]
