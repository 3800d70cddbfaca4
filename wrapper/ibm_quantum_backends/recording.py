"""Recordings: folders of the API's own answers, and the httpx transports that write and answer from them.

The format is described in docs/recordings.md.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import ssl
import threading
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path, PureWindowsPath
from typing import TypeVar, cast
from urllib.parse import unquote

import httpx

from .errors import RecordingError

__all__ = ["Entry", "Record", "Recording", "Replay"]

_T = TypeVar("_T")

_FORMAT = 1
_INDEX = "index.json"
_LIST = "list_backends"
_PROPERTIES = "get_backend_properties"
_PATH = re.compile(r"/v1/backends(?:/(.+)/(configuration|properties|status|defaults))?")
# The query parameters that select another document. `updated_before` selects among documents by their dates.
_SELECTORS = {
    _LIST: ("fields",),
    "get_backend_configuration": ("calibration_id",),
    _PROPERTIES: ("calibration_id",),
    "get_backend_status": (),
    "get_backend_defaults": (),
}
_KINDS: Mapping[type[object], str] = {
    str: "a string",
    int: "a whole number",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}
# What may stand in a file name as it is, on file systems that do not tell upper from lower case too.
_PLAIN = re.compile(r"[a-z0-9_][a-z0-9_-]{0,99}")
# One lock for the module: several transports may write to one folder.
_WRITING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer in a recording.

    Attributes:
        operation: The document's `operationId`, such as `get_backend_properties`.
        name: The backend's name; None for the list.
        query: The query parameters that select this document: `fields` or `calibration_id`.
        date: ISO 8601, UTC: a properties document's own `last_update_date`, else the time of the answer.
        status: 200 or 404.
        file: The gzip file that holds the body, relative to the folder, with `/`.
        synthetic: Whether somebody derived the document, where no API ever sent it.
    """

    operation: str
    name: str | None
    query: Mapping[str, str]
    date: str
    status: int
    file: str
    synthetic: bool = False


class Recording:
    """A recording folder, read only, as it was when it was opened; bodies are read when they are asked for.

    Args:
        path: The folder that holds `index.json`.

    Raises:
        RecordingError: No `index.json`, or it is not one of format 1.
    """

    path: str
    api_version: str
    document_version: str
    region: str
    entries: tuple[Entry, ...]
    names: tuple[str, ...]

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        where = os.path.join(self.path, _INDEX)
        try:
            with open(where, encoding="utf-8") as file:
                content: object = json.load(file)
        except FileNotFoundError:
            raise RecordingError(f"{self.path}: expected a recording, found no {_INDEX}") from None
        except (OSError, ValueError, RecursionError) as error:
            raise RecordingError(f"{where}: expected readable JSON: {error}") from None
        index = cast("dict[str, object]", _check(content, dict, where))
        if index.get("format") != _FORMAT:
            raise RecordingError(f"{where}: format: expected {_FORMAT}, found {index.get('format')!r}")
        self.api_version = _field(index, "api_version", str, where)
        self.document_version = _field(index, "document_version", str, where)
        self.region = _field(index, "region", str, where)
        rows = cast("list[object]", _field(index, "entries", list, where))
        self.entries = tuple(_entry(row, f"{where}: entries[{i}]") for i, row in enumerate(rows))
        self.names = tuple(sorted({e.name for e in self.entries if e.name is not None and e.status == 200}))
        self._found: dict[tuple[str, str | None], list[tuple[datetime, Entry]]] = {}
        for entry in self.entries:
            self._found.setdefault((entry.operation, entry.name), []).append((_utc(entry.date), entry))
        for dated in self._found.values():
            # The last one answers: a document before a refusal, the newest before an older one.
            dated.sort(key=lambda pair: (pair[1].status == 200, pair[0]))
        self._body = lru_cache(maxsize=16)(self._read)

    def body(self, entry: Entry) -> bytes:
        """The body of one entry, as the API sent it.

        Raises:
            RecordingError: The file is missing, damaged, or a link out of the folder.
        """
        return self._body(entry.file)

    def _read(self, name: str) -> bytes:
        import gzip  # noqa: PLC0415 (a recording is opened more often than it is read)

        file = Path(self.path, name)
        try:
            if not file.resolve().is_relative_to(Path(self.path).resolve()):
                raise RecordingError(f"{file}: expected a file in {self.path}, found a link out of it")
            return gzip.decompress(file.read_bytes())
        except (OSError, EOFError, zlib.error) as error:
            raise RecordingError(f"{file}: expected a whole gzip file: {error}") from None

    def answer(self, path: str, query: Mapping[str, str]) -> tuple[int, bytes]:
        """What the API would answer to a GET.

        Properties are the newest document strictly before `updated_before`; a calibration is found only by
        the `calibration_id` with which it was recorded; a list that was not recorded with the same `fields`
        is the plain one.

        Args:
            path: The URL's path from `/v1/` on, percent-decoded.
            query: The query; all but `fields`, `updated_before` and `calibration_id` is ignored.

        Returns:
            The HTTP status, and the body, JSON.

        Raises:
            RecordingError: The file with the answer is missing or damaged.
        """
        asked = f"{path} {sorted(query.items())}"
        question = _operation(path)
        if question is None:
            return _error(404, 404, "Not found.", "Check the path of the request.", asked)
        operation, name = question
        dated = self._found.get(question, [])
        wanted = {key: query[key] for key in _SELECTORS[operation] if key in query}
        found = [pair for pair in dated if pair[1].query == wanted]
        if operation == _LIST:
            found = found or [pair for pair in dated if not pair[1].query]
        # The codes are of IBM's registry, https://quantum.cloud.ibm.com/docs/errors.
        if operation == _PROPERTIES and "updated_before" in query:
            try:
                before = _utc(query["updated_before"])
            except ValueError:
                message = "Request validation of query failed, because: updated_before is not a date-time."
                return _error(400, 1208, message, "Send an ISO 8601 date-time.", asked)
            found = [(date, entry) for date, entry in found if date < before or entry.status == 404]
        if found:
            entry = found[-1][1]
            return entry.status, self.body(entry)
        if name is None or name in self.names:
            message = "Required backend information not found."
            return _error(404, 1009, message, "This recording does not hold it.", asked)
        return _error(404, 1007, "Backend not found.", "Verify the name of the backend.", asked)


class Record(httpx.BaseTransport, httpx.AsyncBaseTransport):
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
        self._folder = Path(path)
        self._transport = transport
        self._verify = verify
        self._proxy = proxy if transport is None else None
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        self._async_client: httpx.AsyncClient | None = None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh = not any(self._folder.iterdir())
        except OSError as error:
            raise RecordingError(f"{self._folder}: expected a folder to record to: {error}") from None
        if not fresh:
            Recording(self._folder)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, and keep the answer if it is one to keep."""
        response = self._sync_sender().send(request, stream=True, auth=httpx.Auth(), follow_redirects=False)
        if not _is_kept(request, response):
            return response
        try:
            raw = b"".join(response.iter_raw())
        finally:
            response.close()
        return self._keep(request, response, raw)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, and keep the answer if it is one to keep."""
        sender = self._async_sender()
        response = await sender.send(request, stream=True, auth=httpx.Auth(), follow_redirects=False)
        if not _is_kept(request, response):
            return response
        try:
            raw = b"".join([chunk async for chunk in response.aiter_raw()])
        finally:
            await response.aclose()
        return self._keep(request, response, raw)

    def close(self) -> None:
        """Close what sends the requests of synchronous clients."""
        if self._client is not None:
            self._client.close()

    async def aclose(self) -> None:
        """Close what sends the requests of asynchronous clients."""
        if self._async_client is not None:
            await self._async_client.aclose()

    # A bare httpx.HTTPTransport does not see the environment's proxies, so a client sends. It adds nothing to
    # the request: a client merges its own things into a request that it builds, and this one is built.

    def _sync_sender(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                transport = cast("httpx.BaseTransport | None", self._transport)
                self._client = httpx.Client(transport=transport, verify=_verify(self._verify), proxy=self._proxy)
            return self._client

    def _async_sender(self) -> httpx.AsyncClient:
        with self._lock:
            if self._async_client is None:
                transport = cast("httpx.AsyncBaseTransport | None", self._transport)
                self._async_client = httpx.AsyncClient(
                    transport=transport, verify=_verify(self._verify), proxy=self._proxy
                )
            return self._async_client

    def _keep(self, request: httpx.Request, response: httpx.Response, raw: bytes) -> httpx.Response:
        status, headers = response.status_code, response.headers
        self._add_answer(request, status, httpx.Response(status, headers=headers, content=raw).content)
        stream = httpx.ByteStream(raw)
        return httpx.Response(status, headers=headers, stream=stream, extensions=response.extensions)

    def _add_answer(self, request: httpx.Request, status: int, body: bytes) -> None:
        path, query = _asked(request.url)
        operation, name = cast("tuple[str, str | None]", _operation(path))
        try:
            content: object = json.loads(body)
        except (ValueError, RecursionError):
            return  # an edge proxy's page, or a body of unannounced length that was cut off
        document = cast("dict[str, object]", content if isinstance(content, dict) else {})
        if status == 404 and ("updated_before" in query or _is_wrong_instance(document)):
            return  # neither says that there is no such document
        date = datetime.now(UTC).replace(microsecond=0)
        if operation == _PROPERTIES and status == 200:
            # Kept with any date or none: recordings serve to find answers that are not as they should be.
            with suppress(ValueError):
                date = _utc(str(document.get("last_update_date")))
        crn = request.headers.get("Service-CRN", "").split(":")
        self.add(
            operation,
            name,
            body,
            query={key: query[key] for key in _SELECTORS[operation] if key in query},
            date=date,
            status=status,
            api_version=request.headers.get("IBM-API-Version", ""),
            region=crn[5] if len(crn) > 5 else "",
        )

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
        api_version: str = "",
        region: str = "",
    ) -> None:
        """Write one document, in place of the one that answered the same question before, if any.

        Properties of another `date` are another document. Body and index are replaced, each at once.

        Args:
            operation: The `operationId`.
            name: The backend's name; None for the list.
            body: The document, JSON.
            date: As `Entry.date`; naive is UTC.
            query: As `Entry.query`.
            status: 200 or 404.
            synthetic: As `Entry.synthetic`.
            api_version: `IBM-API-Version` of the request.
            region: Region of the instance.

        Raises:
            RecordingError: The folder holds a damaged index, or cannot be written to.
        """
        from .raw import DOCUMENT_VERSION  # noqa: PLC0415 (reading a recording needs no model)

        moment = _utc(date.isoformat())
        text = moment.isoformat().replace("+00:00", "Z")
        with _WRITING:
            entries: dict[object, Entry] = {}
            if (self._folder / _INDEX).exists():
                entries = {_key(old): old for old in Recording(self._folder).entries}
            entry = Entry(operation, name, dict(query), text, status, "", synthetic)
            key = _key(entry)
            # An entry that is replaced keeps its file, whatever wrote it.
            entry = replace(entry, file=entries[key].file if key in entries else _file_name(entry, moment))
            entries[key] = _entry(_row(entry), f"{self._folder}: new entry")
            index = {
                "format": _FORMAT,
                "api_version": api_version,
                "document_version": DOCUMENT_VERSION,
                "region": region,
                "entries": [_row(old) for old in sorted(entries.values(), key=_order)],
            }
            try:
                _put(self._folder / entry.file, _gzip(body))
                _put(self._folder / _INDEX, (json.dumps(index, indent=2) + "\n").encode())
            except OSError as error:
                raise RecordingError(f"{self._folder}: expected a folder to record to: {error}") from None


class Replay(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that answers from a recording and never touches the network.

    Args:
        path: The recording's folder.

    Raises:
        RecordingError: The folder is not a recording.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.recording = Recording(path)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as `Recording.answer` does; other requests than the five GETs get a 404."""
        path, query = _asked(request.url)
        status, body = self.recording.answer(path if request.method == "GET" else "", query)
        return httpx.Response(status, headers={"Content-Type": "application/json"}, content=body)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as `Recording.answer` does; other requests than the five GETs get a 404."""
        return self.handle_request(request)


def _check(value: object, kind: type[_T], where: str) -> _T:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise RecordingError(f"{where}: expected {_KINDS[kind]}, found {value!r:.60}")
    return value


def _field(row: Mapping[str, object], key: str, kind: type[_T], where: str) -> _T:
    return _check(row.get(key), kind, f"{where}: {key}")


def _entry(value: object, where: str) -> Entry:
    row = cast("dict[str, object]", _check(value, dict, where))
    operation = _field(row, "operation", str, where)
    if operation not in _SELECTORS:
        raise RecordingError(f"{where}: operation: expected one of {', '.join(_SELECTORS)}, found {operation!r}")
    name = None if operation == _LIST else _field(row, "name", str, where)
    if row.get("name") != name or name == "":
        expected = "null" if operation == _LIST else "a backend's name"
        raise RecordingError(f"{where}: name: expected {expected}, found {row.get('name')!r}")
    query = cast("dict[str, object]", _field(row, "query", dict, where))
    date = _field(row, "date", str, where)
    try:
        _utc(date)
    except ValueError:
        raise RecordingError(f"{where}: date: expected ISO 8601, found {date!r}") from None
    status = _field(row, "status", int, where)
    if status not in (200, 404):
        raise RecordingError(f"{where}: status: expected 200 or 404, found {status}")
    file = _field(row, "file", str, where)
    # By Windows' rules everywhere: they cover the others', and recordings are carried about.
    parts = PureWindowsPath(file)
    if not parts.name or parts.anchor or ".." in parts.parts:
        raise RecordingError(f"{where}: file: expected a path in the folder, found {file!r}")
    return Entry(
        operation,
        name,
        {key: _field(query, key, str, f"{where}: query") for key in query},
        date,
        status,
        file,
        _check(row.get("synthetic", False), bool, f"{where}: synthetic"),
    )


def _row(entry: Entry) -> dict[str, object]:
    row = asdict(entry)
    return row if entry.synthetic else {key: row[key] for key in row if key != "synthetic"}


def _key(entry: Entry) -> tuple[object, ...]:
    dated = entry.operation == _PROPERTIES and entry.status == 200
    query = tuple(sorted(entry.query.items()))
    return (entry.operation, entry.name, query, _utc(entry.date) if dated else None)


def _order(entry: Entry) -> tuple[object, ...]:
    return (entry.name or "", entry.operation, sorted(entry.query.items()), entry.date, entry.status)


def _file_name(entry: Entry, moment: datetime) -> str:
    parts = [entry.operation.removeprefix("get_backend_").removesuffix("_backends")]
    if entry.operation == _PROPERTIES and entry.status == 200:
        fraction = f".{moment.microsecond:06}" if moment.microsecond else ""
        parts.append(f"{moment:%Y%m%dT%H%M%S}{fraction}Z")
    parts += [_plain(value) for value in entry.query.values()]
    file = "-".join(parts) + ".json.gz"
    return file if entry.name is None else f"{_plain(entry.name)}/{file}"


def _plain(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else f"sha256-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _utc(text: str) -> datetime:
    date = datetime.fromisoformat(text)
    try:
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(error)) from None


def _asked(url: httpx.URL) -> tuple[str, dict[str, str]]:
    path = unquote(url.raw_path.split(b"?")[0].decode("ascii"))
    return path[max(path.find("/v1/backends"), 0) :], dict(url.params)


def _operation(path: str) -> tuple[str, str | None] | None:
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    return (f"get_backend_{match[2]}", match[1]) if match[2] else (_LIST, None)


def _is_kept(request: httpx.Request, response: httpx.Response) -> bool:
    if request.method != "GET" or response.status_code not in (200, 404):
        return False
    return _operation(_asked(request.url)[0]) is not None


def _is_wrong_instance(document: Mapping[str, object]) -> bool:
    errors = document.get("errors")
    items = cast("list[object]", errors if isinstance(errors, list) else [])
    return any(str(cast("dict[str, object]", i).get("code")) == "1279" for i in items if isinstance(i, dict))


def _error(status: int, code: int, message: str, solution: str, asked: str) -> tuple[int, bytes]:
    item = {
        "code": code,
        "message": message,
        "solution": solution,
        "more_info": "https://quantum.cloud.ibm.com/docs/errors",
    }
    trace = hashlib.sha256(f"{code} {asked}".encode(errors="replace")).hexdigest()[:32]
    return status, json.dumps({"errors": [item], "trace": trace}).encode()


def _verify(verify: bool | str | ssl.SSLContext) -> bool | ssl.SSLContext:
    if not isinstance(verify, str):
        return verify
    # httpx does the same, and warns of it.
    folder = os.path.isdir(verify)
    return ssl.create_default_context(cafile=None if folder else verify, capath=verify if folder else None)


def _gzip(body: bytes) -> bytes:
    # gzip.compress writes another header under other versions of Python.
    import gzip  # noqa: PLC0415
    import io  # noqa: PLC0415

    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write(body)
    return buffer.getvalue()


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
