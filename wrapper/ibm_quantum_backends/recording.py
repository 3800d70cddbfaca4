"""Recordings (docs/recordings.md): folders of the API's own answers, and httpx transports that write and read them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import ssl
import threading
import zlib
from collections.abc import Mapping
from contextlib import aclosing, closing
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path, PureWindowsPath
from typing import Any, TypeAlias

import httpx

from .errors import RecordingError

__all__ = ["SANDBOX", "Entry", "Record", "Recording", "Replay", "Writer", "origin", "unpack", "write_whole"]

SANDBOX = Path(__file__).parent / "sandbox"  # the recording that ships with the package

_INDEX = "index.json"
_LIST = "list_backends"
_PROPERTIES = "get_backend_properties"
_DATED = (_PROPERTIES, 200)  # of these there is one for each date
_OPERATIONS = (_LIST, "get_backend_configuration", _PROPERTIES, "get_backend_status", "get_backend_defaults")
# The query parameter that selects another document. `updated_before` selects among documents by their dates.
_SELECTORS = {_LIST: "fields", "get_backend_configuration": "calibration_id", _PROPERTIES: "calibration_id"}
_PATH = re.compile(r"/v1/backends(?:/(.+)/(configuration|properties|status|defaults))?")
_FIELDS = {"operation": str, "query": dict, "date": str, "status": int, "file": str}
_KINDS: dict[Any, str] = {str: "a string", int: "a whole number", dict: "an object", list: "a list"}
# What may stand in a file name as it is, on file systems that do not tell upper from lower case too.
_PLAIN = re.compile("[a-z0-9_][a-z0-9_-]{0,99}")
_GZIP_HEADER = bytes.fromhex("1f8b08000000000002ff")  # gzip writes another under other versions of Python
_WRITING = threading.Lock()  # of the module: several transports may write to one folder
_Question: TypeAlias = tuple[str, str | None, dict[str, str]]


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
        where = os.path.join(self.path, _INDEX)
        try:
            index: dict[str, Any] = _check(json.loads(Path(where).read_bytes()), dict, where)
        except FileNotFoundError:
            raise RecordingError(f"{self.path}: expected a recording, found no {_INDEX}") from None
        except (OSError, ValueError, RecursionError) as error:
            raise RecordingError(f"{where}: expected readable JSON: {error}") from None
        if index.get("format") != 1:
            raise RecordingError(f"{where}: format: expected 1, found {index.get('format')!r}")
        self.api_version: str = _check(index.get("api_version"), str, f"{where}: api_version")
        self.document_version: str = _check(index.get("document_version"), str, f"{where}: document_version")
        self.region: str = _check(index.get("region"), str, f"{where}: region")
        rows: list[Any] = _check(index.get("entries"), list, f"{where}: entries")
        self.entries = tuple(_entry(row, f"{where}: entries[{i}]") for i, row in enumerate(rows))
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
        except OSError as error:
            raise RecordingError(f"{file}: expected a whole gzip file: {error}") from None
        raise RecordingError(f"{file}: expected a file in {self.path}, found a link out of it")

    def properties_of(self, name: str) -> list[Entry]:
        """The current properties of a backend as they were recorded, oldest first; none of a calibration_id."""
        asked: tuple[Any, ...] = (_PROPERTIES, name, {}, 200)
        return [entry for entry in self._ranked if (entry.operation, entry.name, entry.query, entry.status) == asked]

    def answer(self, path: str, query: Mapping[str, str]) -> tuple[int, bytes]:
        """What the API would answer to a GET, by the rules of docs/recordings.md: HTTP status and body.

        Args:
            path: The URL's path from `/v1/` on, percent-decoded.
            query: The query; all but `fields`, `updated_before` and `calibration_id` is ignored.

        Raises:
            RecordingError: The file with the answer is missing or damaged.
        """
        asked = f"{path} {sorted(query.items())}"
        question = _question(path, query)
        if question is None:
            return _error(404, 404, "Not found.", "Check the path of the request.", asked)
        operation, name, _ = question
        found = [entry for entry in self._ranked if (entry.operation, entry.name, entry.query) == question]
        if operation == _LIST:
            found = found or [entry for entry in self._ranked if entry.operation == _LIST and not entry.query]
        if operation == _PROPERTIES and "updated_before" in query:
            before = _utc(query["updated_before"])
            if before is None:
                return _error(400, 1208, "updated_before is not a date-time.", "Send an ISO 8601 date-time.", asked)
            found = [entry for entry in found if entry.status == 404 or datetime.fromisoformat(entry.date) < before]
        if found:
            return found[-1].status, self.body(found[-1])
        if name is not None and name not in self.names:
            return _error(404, 1007, "Backend not found.", "Verify the name of the backend.", asked)
        return _error(404, 1009, "Required backend information not found.", "This recording does not hold it.", asked)


class Writer:
    """Writes documents into a recording folder; one that exists is added to, by several threads if need be.

    Args:
        path: The folder; created where it does not exist.

    Raises:
        RecordingError: The folder cannot be used: not a recording and not empty, damaged, or not writable.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._folder = Path(path)
        self._read: tuple[tuple[int, ...], dict[str, Entry]] | None = None  # an index that was read, and which one
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if any(self._folder.iterdir()):
                Recording(self._folder)
        except OSError as error:
            raise RecordingError(f"{self._folder}: expected a folder to record to: {error}") from None

    def add(
        self,
        operation: str,
        name: str | None,
        body: bytes,
        *,
        date: datetime,
        query: Mapping[str, str] = {},
        status: int = 200,
        synthetic: bool = False,
        before: datetime | None = None,
        api_version: str = "",
        region: str = "",
        level: int = 9,
    ) -> None:
        """Write one document, in place of the one that answered the same question before, if any.

        Properties of another `date` are another document. Body and index are replaced, each at once.

        Args:
            operation, name, date, query, status, synthetic, before: As of `Entry`; a naive date is UTC. Of two
                `before` of one document the later one stays.
            body: The document, JSON.
            api_version, region: Of the request, for the index.
            level: How hard to compress, from 1 (a seventh of the time) to 9 (the smallest file).

        Raises:
            RecordingError: There is no such entry, or the folder holds a damaged index, or cannot be written to.
        """
        from .raw import DOCUMENT_VERSION  # noqa: PLC0415 (reading a recording needs no model)

        until = before.isoformat() if before else None
        row = asdict(Entry(operation, name, dict(query), date.isoformat(), status, "new", synthetic, until))
        entry = _entry(row, f"{self._folder}: new entry")
        key = _file_name(entry)
        content = _GZIP_HEADER + zlib.compress(body, level, wbits=31)[len(_GZIP_HEADER) :]
        with _WRITING:
            entries = self._entries()
            # An entry that is replaced keeps its file, whatever wrote it, and how long it is known to have held.
            old = entries.get(key, replace(entry, file=key))
            known = max(filter(None, (entry.before, old.before)), key=datetime.fromisoformat, default=None)
            entries[key] = replace(entry, file=old.file, before=known)
            ordered = sorted(
                entries.values(), key=lambda old: (old.name or "", old.operation, sorted(old.query.items()), old.date)
            )
            index = {
                "format": 1,
                "api_version": api_version,
                "document_version": DOCUMENT_VERSION,
                "region": region,
                "entries": [_row(each) for each in ordered],
            }
            try:
                write_whole(self._folder / old.file, content)
                write_whole(self._folder / _INDEX, (json.dumps(index, indent=2) + "\n").encode())
                self._read = _which(self._folder / _INDEX), entries
            except OSError as error:
                raise RecordingError(f"{self._folder}: expected a folder to record to: {error}") from None

    def _entries(self) -> dict[str, Entry]:
        """The entries of the index as it is now, by the file names that new ones would have."""
        index = self._folder / _INDEX
        if not index.exists():
            return {}
        if self._read is None or self._read[0] != _which(index):
            self._read = _which(index), {_file_name(old): old for old in Recording(self._folder).entries}
        return self._read[1]


class Record(Writer, httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that passes requests on and keeps the Backends API's answers in a recording folder.

    Kept are complete JSON answers with status 200 or 404 to the five GETs, and of a request only its path,
    query, API version and region. A folder that holds a recording is added to.

    Args:
        path: The folder; created where it does not exist.
        transport: What sends the requests; closed with this one. None: as httpx itself would send them, with
            the proxies and certificates of the environment.
        verify: TLS where `transport` is None: whether to verify, a file or folder of certificates, a context.
        proxy: URL of the proxy where `transport` is None.

    Raises:
        RecordingError: The folder cannot be used: not a recording and not empty, damaged, or not writable.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = None,
        verify: bool | str | ssl.SSLContext = True,
        proxy: str | None = None,
    ) -> None:
        from .connections import client_options, open_client  # noqa: PLC0415 (reading a recording needs neither)

        # Clients, as bare transports do not see the environment's proxies. They add nothing to a request that is built.
        options = client_options({"verify": verify, "proxy": proxy}, transport)
        self._client = open_client(httpx.Client, options)
        self._async_client = open_client(httpx.AsyncClient, options)
        super().__init__(path)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        deadline: Any = request.extensions.get("deadline")  # of this package's client, which gets no chunks
        chunks: list[bytes] = []
        with closing(self._client.send(request, stream=True, auth=httpx.Auth())) as response:
            for chunk in response.iter_raw():
                chunks.append(chunk)
                if deadline is not None:
                    deadline.remaining()
        return self._keep(request, response, b"".join(chunks))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        async with aclosing(await self._async_client.send(request, stream=True, auth=httpx.Auth())) as response:
            chunks = [chunk async for chunk in response.aiter_raw()]
        return self._keep(request, response, b"".join(chunks))

    def close(self) -> None:
        self._client.close()

    async def aclose(self) -> None:
        await self._async_client.aclose()

    def _keep(self, request: httpx.Request, response: httpx.Response, raw: bytes) -> httpx.Response:
        status, headers = response.status_code, response.headers
        question = _question(*_asked(request))
        if question is not None and status in (200, 404):
            self._add(question, httpx.Response(status, headers=headers, content=raw, request=request))
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(raw), extensions=response.extensions)

    def _add(self, question: _Question, response: httpx.Response) -> None:
        from .documents import as_object  # noqa: PLC0415 (reading a recording does not need it)
        from .responses import status_error  # noqa: PLC0415

        operation, name, query = question
        request, status, body = response.request, response.status_code, response.content
        try:
            document = as_object(json.loads(body)) or {}
        except (ValueError, RecursionError):
            return  # an edge proxy's page, or a body of unannounced length that was cut off
        codes = [str(item.code) for item in status_error(response).errors] if status == 404 else []
        if "1279" in codes or (status == 404 and "updated_before" in request.url.params):
            return  # a wrong instance, or a date too early: neither says that there is no such document
        # Properties without a date are kept too: recordings serve to find answers that are not as they should be.
        own = _utc(str(document.get("last_update_date"))) if (operation, status) == _DATED else None
        date = own or datetime.now(UTC).replace(microsecond=0)
        self.add(operation, name, body, date=date, query=query, status=status, **origin(request))


class Replay(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that answers from the recording at `path`, 404 to what is not a GET, and never touches the network.

    Raises:
        RecordingError: The folder is not a recording.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.recording = Recording(path)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        status, body = self.recording.answer(*_asked(request))
        # As a stream: a response made of `content` counts as read, and Record could not read it.
        return httpx.Response(status, headers={"Content-Type": "application/json"}, stream=httpx.ByteStream(body))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


def _check(value: Any, kind: type, where: str) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise RecordingError(f"{where}: expected {_KINDS[kind]}, found {value!r:.60}")
    return value


def _entry(value: object, where: str) -> Entry:
    row: dict[str, Any] = {"name": None, "synthetic": False, "before": None, **_check(value, dict, where)}
    is_list = row.get("operation") == _LIST
    for key, kind in (_FIELDS if is_list else {**_FIELDS, "name": str}).items():
        _check(row.get(key), kind, f"{where}: {key}")
    for key, text in row["query"].items():
        _check(text, str, f"{where}: query: {key}")
    date: Any = _utc(row["date"])
    before = None if row["before"] is None else _utc(_check(row["before"], str, f"{where}: before"))
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


def _which(file: Path) -> tuple[int, ...]:
    """What tells a file from the one that another writer put in its place."""
    stat = file.stat()
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def origin(request: httpx.Request) -> dict[str, Any]:
    """API version and region of a request, as `Writer.add` takes them; empty where it does not say."""
    crn = request.headers.get("Service-CRN", "").split(":")
    return {"api_version": request.headers.get("IBM-API-Version", ""), "region": crn[5] if len(crn) > 5 else ""}


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


def _row(entry: Entry) -> dict[str, Any]:
    """An entry as the index has it: without what is only there for some."""
    optional = {"synthetic": False, "before": None}
    return {name: value for name, value in asdict(entry).items() if name not in optional or value != optional[name]}


def _text(date: datetime) -> str:
    return date.isoformat().replace("+00:00", "Z")


def _file_name(entry: Entry) -> str:
    """The file of a new entry, which also tells it from the others."""
    parts = [entry.operation.removeprefix("get_backend_").removesuffix("_backends")]
    if (entry.operation, entry.status) == _DATED:
        parts.append(re.sub("[-:]", "", entry.date))
    file = "-".join([*parts, *map(_plain, entry.query.values())]) + ".json.gz"
    return file if entry.name is None else f"{_plain(entry.name)}/{file}"


def _plain(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else f"sha256-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _utc(text: str) -> datetime | None:
    try:
        date = datetime.fromisoformat(text)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _asked(request: httpx.Request) -> tuple[str, dict[str, str]]:
    """Path and query as `Recording.answer` takes them; the path is empty where it is not a GET."""
    path = request.url.path
    return path[max(path.find("/v1/backends"), 0) :] if request.method == "GET" else "", dict(request.url.params)


def _question(path: str, query: Mapping[str, str]) -> _Question | None:
    """Operation, name of the backend, and the query that selects a document; None for anything but the five."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    operation = f"get_backend_{match[2]}" if match[2] else _LIST
    return operation, match[1], {key: query[key] for key in query if key == _SELECTORS.get(operation)}


def _error(status: int, code: int, message: str, solution: str, asked: str) -> tuple[int, bytes]:
    more = "https://quantum.cloud.ibm.com/docs/errors"  # the registry that the codes are of
    item = {"code": code, "message": message, "solution": solution, "more_info": more}
    trace = hashlib.sha256(f"{code} {asked}".encode()).hexdigest()[:32]
    return status, json.dumps({"errors": [item], "trace": trace}).encode()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file all or nothing; what was there stays until the new content is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
