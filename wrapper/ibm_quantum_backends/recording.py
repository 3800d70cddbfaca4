"""Recordings (docs/recordings.md): folders of the API's own answers, and an httpx transport that answers from one."""

from __future__ import annotations

import hashlib
import json
import os
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any, TypeAlias

import httpx

from .documents import printable
from .errors import RecordingError

if TYPE_CHECKING:
    from .recorder import Record, Writer

__all__ = [
    "INDEX",
    "SANDBOX",
    "Entry",
    "Question",
    "Record",
    "Recording",
    "Replay",
    "Writer",
    "asked",
    "question",
    "read_entry",
    "unpack",
    "utc",
    "write_whole",
]

SANDBOX = Path(__file__).parent / "sandbox"  # the recording that ships with the package
INDEX = "index.json"
Question: TypeAlias = tuple[str, str | None, dict[str, str]]

_LIST = "list_backends"
_PROPERTIES = "get_backend_properties"
_OPERATIONS = (_LIST, "get_backend_configuration", _PROPERTIES, "get_backend_status", "get_backend_defaults")
# The query parameter that selects another document. `updated_before` selects among documents by their dates.
_SELECTORS = {_LIST: "fields", "get_backend_configuration": "calibration_id", _PROPERTIES: "calibration_id"}
_PATH = re.compile(r"/v1/backends(?:/(.+)/(configuration|properties|status|defaults))?")
_FIELDS = {"operation": str, "query": dict, "date": str, "status": int, "file": str}
_KINDS: dict[Any, str] = {str: "a string", int: "a whole number", dict: "an object", list: "a list"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer in a recording; docs/recordings.md describes its fields.

    `name` is None for the list; `date` is ISO 8601, UTC; `file` is relative to the folder, with `/`;
    `synthetic` marks a document that somebody derived and no API ever sent; `before` is the latest `updated_before`
    (ISO 8601, UTC) that these properties are known to be the API's answer to.
    """

    operation: str
    name: str | None
    query: Mapping[str, str]
    date: str
    status: int
    file: str
    synthetic: bool = False
    before: str | None = None


class Recording:
    """A recording folder, read only, as it was when it was opened; bodies are read when they are asked for.

    Its attributes are `path`, the fields of `index.json`, and `names`: the backends of which it has a document.

    Args:
        path: The folder that holds `index.json`.

    Raises:
        RecordingError: No `index.json`, or it is not one of format 1.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        where = os.path.join(self.path, INDEX)
        try:
            index: dict[str, Any] = _check(json.loads(Path(where).read_bytes()), dict, where)
        except FileNotFoundError:
            raise RecordingError(f"{self.path}: expected a recording, found no {INDEX}") from None
        except (OSError, ValueError, RecursionError) as error:
            raise RecordingError(f"{where}: expected readable JSON: {error}") from None
        if index.get("format") != 1:
            raise RecordingError(f"{where}: format: expected 1, found {index.get('format')!r:.60}")
        self.api_version: str = _check(index.get("api_version"), str, f"{where}: api_version")
        self.document_version: str = _check(index.get("document_version"), str, f"{where}: document_version")
        self.region: str = _check(index.get("region"), str, f"{where}: region")
        rows: list[Any] = _check(index.get("entries"), list, f"{where}: entries")
        self.entries = tuple(read_entry(row, f"{where}: entries[{i}]") for i, row in enumerate(rows))
        self.names = tuple(sorted({entry.name for entry in self.entries if entry.name and entry.status == 200}))
        # The last one answers: a document before a refusal, the newest before an older one.
        self._ranked = sorted(self.entries, key=lambda entry: (entry.status == 200, datetime.fromisoformat(entry.date)))

    def body(self, entry: Entry) -> bytes:
        """The body of one entry, as the API sent it.

        Raises:
            RecordingError: The file is missing, damaged, or a link out of the folder.
        """
        compressed = self.compressed(entry)
        try:
            return unpack(compressed)
        except RecordingError as error:
            raise RecordingError(f"{Path(self.path, entry.file)}: {error}") from None

    def compressed(self, entry: Entry) -> bytes:
        """The file of one entry: its body, gzip.

        Raises:
            RecordingError: The file is missing, or a link out of the folder.
        """
        file = Path(self.path, entry.file)
        try:
            if file.resolve().is_relative_to(Path(self.path).resolve()):
                return file.read_bytes()
        except (OSError, ValueError) as error:  # the latter of a name that no file can have
            raise RecordingError(f"{file}: expected a whole gzip file: {error}") from None
        raise RecordingError(f"{file}: expected a file in {self.path}, found a link out of it")

    def properties_of(self, name: str) -> list[Entry]:
        """The current properties of a backend as they were recorded, oldest first; none of a calibration_id."""
        key: tuple[Any, ...] = (_PROPERTIES, name, {}, 200)
        return [entry for entry in self._ranked if (entry.operation, entry.name, entry.query, entry.status) == key]

    def answer(self, path: str, query: Mapping[str, str]) -> tuple[int, bytes]:
        """What the API would answer to a GET, by the rules of docs/recordings.md: HTTP status and body.

        Args:
            path: The URL's path from `/v1/` on, percent-decoded.
            query: The query; all but `fields`, `updated_before` and `calibration_id` is ignored.

        Raises:
            RecordingError: The file with the answer is missing or damaged.
        """
        found = self.find(path, query)
        return (found.status, self.body(found)) if isinstance(found, Entry) else found

    def find(self, path: str, query: Mapping[str, str]) -> Entry | tuple[int, bytes]:
        """The entry that answers as of `answer`; where there is none, HTTP status and body of a refusal."""
        told = f"{path} {sorted(query.items())}"
        sought = question(path, query)
        if sought is None:
            return _error(404, 404, "Not found.", "Check the path of the request.", told)
        operation, name, _ = sought
        found = [entry for entry in self._ranked if (entry.operation, entry.name, entry.query) == sought]
        if operation == _LIST:
            found = found or [entry for entry in self._ranked if entry.operation == _LIST and not entry.query]
        if operation == _PROPERTIES and "updated_before" in query:
            before = utc(query["updated_before"])
            if before is None:
                return _error(400, 1208, "updated_before is not a date-time.", "Send an ISO 8601 date-time.", told)
            found = [entry for entry in found if entry.status == 404 or datetime.fromisoformat(entry.date) < before]
        if found:
            return found[-1]
        if name is not None and name not in self.names:
            return _error(404, 1007, "Backend not found.", "Verify the name of the backend.", told)
        return _error(404, 1009, "Required backend information not found.", "This recording does not hold it.", told)


class Replay(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that answers from the recording at `path`, 404 to what is not a GET, and never touches the network.

    Raises:
        RecordingError: The folder is not a recording.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.recording = Recording(path)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        found = self.recording.find(*asked(request))
        if isinstance(found, Entry):
            status, body, synthetic = found.status, self.recording.body(found), found.synthetic
        else:
            (status, body), synthetic = found, True
        # As a stream: a response made of `content` counts as read, and Record could not read it.
        stream, headers = httpx.ByteStream(body), {"Content-Type": "application/json"}
        return httpx.Response(status, headers=headers, stream=stream, extensions={"synthetic": synthetic})

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


def _check(value: Any, kind: type, where: str) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise RecordingError(f"{where}: expected {_KINDS[kind]}, found {value!r:.60}")
    return value


def read_entry(value: object, where: str) -> Entry:
    """An entry of an index, checked; `where` is how an error names it."""
    row: dict[str, Any] = {"name": None, "synthetic": False, "before": None, **_check(value, dict, where)}
    is_list = row.get("operation") == _LIST
    for key, kind in (_FIELDS if is_list else {**_FIELDS, "name": str}).items():
        _check(row.get(key), kind, f"{where}: {key}")
    for key, text in row["query"].items():
        _check(text, str, f"{where}: query: {printable(key)}")
    date: Any = utc(row["date"])
    before = None if row["before"] is None else utc(_check(row["before"], str, f"{where}: before"))
    # By Windows' rules everywhere: they cover the others', and recordings are carried about.
    file = PureWindowsPath(row["file"])
    for key, expected, holds in (
        ("operation", f"one of {', '.join(_OPERATIONS)}", row["operation"] in _OPERATIONS),
        ("name", "null" if is_list else "a backend's name", row["name"] is None if is_list else row["name"]),
        ("date", "ISO 8601", date),
        ("status", "200 or 404", row["status"] in (200, 404)),
        ("file", "a path in the folder", file.name and not file.anchor and ".." not in file.parts),
        ("synthetic", "true or false", isinstance(row["synthetic"], bool)),
        ("before", "ISO 8601", row["before"] is None or before),
    ):
        if not holds:
            raise RecordingError(f"{where}: {key}: expected {expected}, found {row[key]!r:.60}")
    row["date"], row["before"] = _text(date), before and _text(before)
    return Entry(**{field.name: row[field.name] for field in fields(Entry)})


def unpack(compressed: bytes) -> bytes:
    """The body in a file of a recording.

    Raises:
        RecordingError: It is damaged.
    """
    import gzip  # noqa: PLC0415 (a recording is opened more often than it is read)

    try:
        return gzip.decompress(compressed)
    except (OSError, EOFError, zlib.error) as error:
        raise RecordingError(f"expected a whole gzip file: {error}") from None


def _text(date: datetime) -> str:
    return date.isoformat().replace("+00:00", "Z")


def utc(text: str) -> datetime | None:
    """A date in UTC, which it is in where it names no zone; None where it is none."""
    try:
        date = datetime.fromisoformat(text)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def asked(request: httpx.Request) -> tuple[str, dict[str, str]]:
    """Path and query as `Recording.answer` takes them; the path is empty where it is not a GET."""
    path = request.url.path
    return path[max(path.find("/v1/backends"), 0) :] if request.method == "GET" else "", dict(request.url.params)


def question(path: str, query: Mapping[str, str]) -> Question | None:
    """Operation, name of the backend, and the query that selects a document; None for anything but the five."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    operation = f"get_backend_{match[2]}" if match[2] else _LIST
    return operation, match[1], {key: query[key] for key in query if key == _SELECTORS.get(operation)}


def _error(status: int, code: int, message: str, solution: str, told: str) -> tuple[int, bytes]:
    more = "https://quantum.cloud.ibm.com/docs/errors"  # the registry that the codes are of
    item = {"code": code, "message": message, "solution": solution, "more_info": more}
    trace = hashlib.sha256(f"{code} {told}".encode(errors="replace")).hexdigest()[:32]
    return status, json.dumps({"errors": [item], "trace": trace}).encode()


def write_whole(path: Path, content: bytes, temporary: Path | None = None) -> None:
    """Write a file all or nothing; what was there stays until the new content is complete.

    Args:
        path: The file; folders are made as need be.
        content: Of the file.
        temporary: Where the content is while it is not complete; beside the file where None.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary or path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)  # it might be a link to elsewhere
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def __getattr__(name: str) -> object:
    if name not in ("Record", "Writer"):  # which reading a recording does not need
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import recorder  # noqa: PLC0415

    return getattr(recorder, name)
