"""Writing recordings (docs/recordings.md), and an httpx transport that writes down what it passes on."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import ssl
import zlib
from bisect import bisect_left
from collections.abc import Generator, Iterable, Mapping
from contextlib import aclosing, closing, contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from .connections import client_options, open_client
from .documents import as_object
from .errors import RecordingError
from .folder_lock import locked
from .loops import PerLoop
from .processes import PerProcess
from .raw import DOCUMENT_VERSION
from .recording import INDEX, Entry, Question, Recording, asked, question, read_entry, utc, write_whole
from .responses import status_error
from .scrubbing import credentials, scrub
from .secret import secrets_of
from .transport import check_open

__all__ = ["MARKER", "Record", "Writer", "origin"]

_DATED = ("get_backend_properties", 200)  # of these there is one for each date
# What may stand in a file name as it is, on file systems that do not tell upper from lower case too.
_PLAIN = re.compile("(?!sha256-)[a-z0-9_][a-z0-9_-]{0,99}")
_GZIP_HEADER = bytes.fromhex("1f8b08000000000002ff")  # gzip writes another under other versions of Python
MARKER = ".unfinished"
_TEMPORARY = ".new"  # one name: who holds the lock writes alone, and what a killed writer left goes with the next write
_LONGEST_RUN = timedelta(days=1)


class _Index:
    """The entries of an index in its order, each with its text: only a new one is formatted and put in its place."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries: dict[str, Entry] = {}  # by the file names that new ones would have
        self._places: list[tuple[Any, ...]] = []
        self._rows: list[bytes] = []
        for entry in sorted(entries, key=_place):
            self.put(_file_name(entry), entry)

    def put(self, key: str, entry: Entry) -> None:
        old = self.entries.get(key)
        if old is not None:
            at = bisect_left(self._places, _place(old))
            del self._places[at], self._rows[at]
        self.entries[key] = entry
        at = bisect_left(self._places, _place(entry))
        self._places.insert(at, _place(entry))
        self._rows.insert(at, ("\n" + json.dumps(_row(entry), indent=2)).replace("\n", "\n    ").encode())

    def content(self, api_version: str, region: str) -> bytes:
        """The file, formatted as json.dumps would."""
        head = {"format": 1, "api_version": api_version, "document_version": DOCUMENT_VERSION, "region": region}
        start = json.dumps({**head, "entries": []}, indent=2).removesuffix("]\n}").encode()
        return b"".join((start, b",".join(self._rows), b"\n  ]\n}\n" if self._rows else b"]\n}\n"))


class Writer:
    """Writes documents into a recording folder; one that exists is added to, by several processes if need be.

    `found` is the recording that was there before; None where the folder was empty.

    Args:
        path: The folder; created where it does not exist.

    Raises:
        RecordingError: The folder cannot be used: not a recording and not empty, damaged, or not writable.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._folder = Path(path)
        self._running = False
        self.found: Recording | None = None
        self._index: tuple[tuple[int, ...] | None, _Index] | None = None  # as it was read or written, and which file
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # What a writer leaves that is killed before its first index has a dot.
            if not all(file.name.startswith(".") for file in self._folder.iterdir()):
                which = _which(self._folder / INDEX)
                self.found = Recording(self._folder)
                self._index = which, _Index(self.found.entries)
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
        hide: Iterable[str] = (),
    ) -> None:
        """Write one document, in place of the one that answered the same question before, if any.

        Properties of another `date` are another document. Body and index are replaced, each at once. In the body `***`
        stands for CRNs, JWTs, account scopes, and what is to be hidden.

        Args:
            operation, name, date, query, status, synthetic, before: As of `Entry`; a naive date is UTC. Of two
                `before` of one document the later one stays.
            body: The document, JSON.
            api_version, region: Of the request, for the index.
            hide: Secrets to take out of the body, from 8 characters on.
            level: How hard to compress, from 1 (a seventh of the time) to 9 (the smallest file).

        Raises:
            RecordingError: There is no such entry, or its name or query holds a secret; or the folder holds a damaged
                index, cannot be written to, or is on a file system without locks.
        """
        if _tells((operation, name, dict(query)), hide):
            raise RecordingError(f"{self._folder}: new entry: expected a name and a query without credentials")
        until = before.isoformat() if before else None
        new = Entry(operation, name, dict(query), date.isoformat(), status, "new", synthetic, until)
        entry = read_entry(_row(new), f"{self._folder}: new entry")
        key = _file_name(entry)
        content = _GZIP_HEADER + zlib.compress(scrub(body, hide), level, wbits=31)[len(_GZIP_HEADER) :]
        with self._locked():
            index = self._load(api_version, region)
            # An entry that is replaced keeps its file, whatever wrote it, and how long it is known to have held.
            old = index.entries.get(key, replace(entry, file=key))
            known = max(filter(None, (entry.before, old.before)), key=datetime.fromisoformat, default=None)
            # But for a refusal, or what follows one: until the index is replaced, it says what the status is.
            file = old.file if old.status == status else key if old.file != key else f"{key[:-8]}.{status}.json.gz"
            entry = replace(entry, file=file, before=known)
            self._write(file, content)
            if self._running:
                with open(self._folder / MARKER, "a") as marker:
                    marker.write("\n" + _line(entry))
            index.put(key, entry)
            self._write(INDEX, index.content(api_version, region))
            self._index = _which(self._folder / INDEX), index

    def begin(self) -> tuple[datetime | None, list[Entry]]:
        """Begin a run, or go on with one that was broken off and began less than a day ago.

        Until `end`, the folder notes what this writer adds.

        Returns:
            When the run began that this one goes on with, and what has been recorded since; None where it is a new one.
        """
        marker, now = self._folder / MARKER, datetime.now(UTC)
        with self._locked():
            self._running = True
            began, *lines = (marker.read_text(errors="replace") if marker.exists() else "").split("\n")
            start = utc(began)
            if start is None or not timedelta() <= now - start < _LONGEST_RUN:
                self._write(MARKER, now.isoformat().encode())
                return None, []
            entries, noted = Recording(self._folder).entries if lines else (), {*lines}
            return start, [entry for entry in entries if _line(entry) in noted]

    def end(self) -> None:
        """End the run: the next one is a new one."""
        with self._locked():
            self._running = False
            (self._folder / MARKER).unlink(missing_ok=True)

    @contextmanager
    def _locked(self) -> Generator[None]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with locked(self._folder):
                yield
        except OSError as error:
            raise RecordingError(f"{self._folder}: expected a folder to record to: {error}") from None

    def _load(self, api_version: str, region: str) -> _Index:
        """The index as it is now; the first one comes before the first body, so that no body is without one."""
        which, known = _which(self._folder / INDEX), self._index
        self._index = None  # until what is to come is written
        if which is None:
            index = _Index(())
            self._write(INDEX, index.content(api_version, region))
            return index
        return known[1] if known and known[0] == which else _Index(Recording(self._folder).entries)

    def _write(self, file: str, content: bytes) -> None:
        write_whole(self._folder / file, content, self._folder / _TEMPORARY)


class Record(Writer, httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that passes requests on and keeps the Backends API's answers in a recording folder.

    Kept are complete JSON answers with status 200 or 404 to the five GETs, and of a request only its path,
    query, API version and region; the request's token, CRN and ids are taken out of the answer, as is the API key that
    was exchanged by way of this transport. A folder that holds a recording is added to.

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
        # Clients, as bare transports do not see the environment's proxies. They add nothing to a request that is built.
        options = client_options({"verify": verify, "proxy": proxy}, transport)
        self._keys: set[str] = set()
        self._clients = PerProcess(lambda: open_client(httpx.Client, options))
        self._async_clients = PerLoop(lambda: open_client(httpx.AsyncClient, options))
        super().__init__(path)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        check_open(client := self._clients.get())
        with closing(client.send(request, stream=True, auth=httpx.Auth())) as response:
            raw = b"".join(response.iter_raw())
        return self._keep(request, response, raw)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        check_open(client := self._async_clients.get())
        async with aclosing(await client.send(request, stream=True, auth=httpx.Auth())) as response:
            chunks = [chunk async for chunk in response.aiter_raw()]
        # In a thread: another writer may hold the folder.
        return await asyncio.to_thread(self._keep, request, response, b"".join(chunks))

    def close(self) -> None:
        self._clients.get().close()

    async def aclose(self) -> None:
        await self._async_clients.get().aclose()

    def _keep(self, request: httpx.Request, response: httpx.Response, raw: bytes) -> httpx.Response:
        status, headers = response.status_code, response.headers
        extensions = response.extensions
        self._keys.update(secrets_of(request)[1:])
        sought = question(*asked(request))
        if sought is not None and status in (200, 404):
            answer = httpx.Response(status, headers=headers, content=raw, request=request, extensions=extensions)
            self._add(sought, answer)
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(raw), extensions=extensions)

    def _add(self, sought: Question, response: httpx.Response) -> None:
        operation, name, query = sought
        request, status, body = response.request, response.status_code, response.content
        try:
            document = as_object(json.loads(body)) or {}
        except (ValueError, RecursionError):
            return  # an edge proxy's page, or a body of unannounced length that was cut off
        codes = [str(item.code) for item in status_error(response).errors] if status == 404 else []
        if "1279" in codes or (status == 404 and "updated_before" in request.url.params):
            return  # a wrong instance, or a date too early: neither says that there is no such document
        # Properties without a date are kept too: recordings serve to find answers that are not as they should be.
        own = utc(str(document.get("last_update_date"))) if (operation, status) == _DATED else None
        date = own or datetime.now(UTC).replace(microsecond=0)
        told = origin(response, self._keys)
        if not _tells(sought, told["hide"]):  # what nobody may read cannot be asked for again either
            self.add(operation, name, body, date=date, query=query, status=status, **told)


def origin(response: httpx.Response, secrets: Iterable[str]) -> dict[str, Any]:
    """Where an answer comes from, and what to hide, as `Writer.add` takes it; what its request leaves open is empty."""
    request = response.request
    crn = request.headers.get("Service-CRN", "").split(":")
    return {
        "api_version": request.headers.get("IBM-API-Version", ""),
        "region": crn[5] if len(crn) > 5 else "",
        "hide": (*credentials(request), *secrets),
        "synthetic": bool(response.extensions.get("synthetic")),
    }


def _tells(sought: Question, secrets: Iterable[str]) -> bool:
    """Whether a question holds what nobody may read."""
    text = json.dumps(sought).encode()
    return scrub(text, secrets) != text


def _which(file: Path) -> tuple[int, ...] | None:
    """What tells a file from the one that another writer put in its place; None where there is none."""
    try:
        stat = file.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _place(entry: Entry) -> tuple[Any, ...]:
    return entry.name or "", entry.operation, sorted(entry.query.items()), entry.date, entry.file


def _row(entry: Entry) -> dict[str, Any]:
    """An entry as the index has it: without what is only there for some."""
    optional = {"synthetic": False, "before": None}
    row = {field.name: getattr(entry, field.name) for field in fields(entry)}
    return {name: value for name, value in row.items() if name not in optional or value != optional[name]}


def _line(entry: Entry) -> str:
    return json.dumps(_row(entry))


def _file_name(entry: Entry) -> str:
    """The file of a new entry, which also tells it from the others."""
    parts = [entry.operation.removeprefix("get_backend_").removesuffix("_backends")]
    if (entry.operation, entry.status) == _DATED:
        parts.append(re.sub("[-:]", "", entry.date))
    file = "-".join([*parts, *map(_plain, entry.query.values())]) + ".json.gz"
    return file if entry.name is None else f"{_plain(entry.name)}/{file}"


def _plain(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    return f"sha256-{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()[:16]}"
