import asyncio
import contextlib
import gzip
import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import certifi
import httpx
import pytest

import ibm_quantum_backends
from ibm_quantum_backends.deadlines import Deadline
from ibm_quantum_backends.errors import InvalidInputError, RecordingError
from ibm_quantum_backends.recording import Entry, Record, Recording, Replay, Writer
from ibm_quantum_backends.sockets import keep_to

SANDBOX = Path(ibm_quantum_backends.__file__).parent / "sandbox"
HEADERS = {
    "Authorization": "Bearer top-secret-token",
    "Service-CRN": "crn:v1:bluemix:public:quantum-computing:eu-de:a/secret-account:secret-instance::",
    "IBM-API-Version": "2026-03-15",
}
BOSTON = "/v1/backends/ibm_boston"
FIVE = [
    "/v1/backends",
    f"{BOSTON}/configuration",
    f"{BOSTON}/properties",
    f"{BOSTON}/status",
    f"{BOSTON}/defaults",
]


class Reply(NamedTuple):
    body: bytes
    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})
    cut: int = 0  # bytes that are announced and not sent
    pause: float = 0  # seconds after each byte


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Api"

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))
        reply = self.server.replies.get(self.path, Reply(b'{"errors": []}', 500))
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if "Connection" in reply.headers:
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(reply.body) + reply.cut))
        self.end_headers()
        if reply.pause:
            with contextlib.suppress(ConnectionError):  # the client has given up, which is what is tested
                for byte in reply.body:
                    self.wfile.write(bytes([byte]))
                    time.sleep(reply.pause)
        else:
            self.wfile.write(reply.body)
        if reply.cut or reply.pause:
            self.close_connection = True

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


class Api(ThreadingHTTPServer):
    """Answers with `replies`, by path and query, and notes what it was asked."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies: dict[str, Reply] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


Get = Callable[..., httpx.Response]


def sync_get(transport: Any, url: str, method: str = "GET") -> httpx.Response:
    with httpx.Client(transport=transport, headers=HEADERS) as client:
        return client.request(method, url)


def async_get(transport: Any, url: str, method: str = "GET") -> httpx.Response:
    async def get() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, headers=HEADERS) as client:
            return await client.request(method, url)

    return asyncio.run(get())


@pytest.fixture(params=[sync_get, async_get])
def get(request: pytest.FixtureRequest) -> Get:
    function: Get = request.param
    return function


def index(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "index.json").read_text())
    return content


def tree(folder: Path) -> dict[str, bytes]:
    """The files of a recording; what its writers have for themselves begins with a dot."""
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("[!.]*") if f.is_file()}


def dated(date: str) -> bytes:
    return json.dumps({"last_update_date": date}).encode()


# Recording


def test_round_trip(api: Api, get: Get, tmp_path: Path) -> None:
    sandbox = Recording(SANDBOX)
    for path in FIVE:
        status, body = sandbox.answer(path, {})
        api.replies["/api" + path] = Reply(body, status)
    folder = tmp_path / "new" / "recording"
    for path in FIVE:
        response = get(Record(folder), f"{api.url}/api{path}")
        assert (response.status_code, response.content) == sandbox.answer(path, {})
        assert len(index(folder)["entries"]) == FIVE.index(path) + 1
    for path in FIVE:
        response = get(Replay(folder), f"https://elsewhere.invalid/api{path}")
        assert (response.status_code, response.content) == sandbox.answer(path, {})
        assert response.headers["Content-Type"] == "application/json"
    recording = Recording(folder)
    assert (recording.api_version, recording.region) == ("2026-03-15", "eu-de")
    assert recording.names == ("ibm_boston",)
    assert [(e.operation, e.name, e.query, e.status, e.file) for e in recording.entries] == [
        ("list_backends", None, {}, 200, "list.json.gz"),
        ("get_backend_configuration", "ibm_boston", {}, 200, "ibm_boston/configuration.json.gz"),
        ("get_backend_defaults", "ibm_boston", {}, 404, "ibm_boston/defaults.json.gz"),
        ("get_backend_properties", "ibm_boston", {}, 200, "ibm_boston/properties-20260417T101924Z.json.gz"),
        ("get_backend_status", "ibm_boston", {}, 200, "ibm_boston/status.json.gz"),
    ]
    assert recording.entries[3].date == "2026-04-17T10:19:24Z"
    written = b"".join(gzip.decompress(b) if f.endswith(".gz") else b for f, b in tree(folder).items())
    assert b"secret" not in written
    # No time of packing, so that the same answer gives the same file.
    assert {content[4:8] for name, content in tree(folder).items() if name.endswith(".gz")} == {bytes(4)}
    assert set(tree(folder)) == {e.file for e in recording.entries} | {"index.json"}


def test_the_body_is_kept_decoded(api: Api, get: Get, tmp_path: Path) -> None:
    packed = gzip.compress(dated("2024-05-27T15:19:05-03:00"))
    api.replies[f"{BOSTON}/properties"] = Reply(packed, headers={"Content-Encoding": "gzip", "X-Request-Id": "7"})
    response = get(Record(tmp_path), f"{api.url}{BOSTON}/properties")
    assert response.content == dated("2024-05-27T15:19:05-03:00")
    assert response.headers["X-Request-Id"] == "7"
    assert response.elapsed.total_seconds() > 0
    (entry,) = Recording(tmp_path).entries
    assert Recording(tmp_path).body(entry) == response.content
    assert entry.date == "2024-05-27T18:19:05Z"


WRONG_INSTANCE = b'{"errors": [{"code": 1279, "message": "Instance not found."}], "trace": "t"}'


@pytest.mark.parametrize(
    ("path", "reply", "method"),
    [
        ("/identity/token", Reply(b'{"access_token": "secret"}'), "POST"),
        ("/v1/backends", Reply(b"{}"), "POST"),
        ("/v1/jobs", Reply(b"{}"), "GET"),
        (f"{BOSTON}/reservations", Reply(b"{}"), "GET"),
        (f"{BOSTON}/status", Reply(b"{}", 401), "GET"),
        (f"{BOSTON}/status", Reply(b"{}", 503), "GET"),
        (f"{BOSTON}/status", Reply(b"", 302, {"Location": "/v1/backends"}), "GET"),
        (f"{BOSTON}/status", Reply(b""), "GET"),
        (f"{BOSTON}/status", Reply(b"<html>not here</html>", 404), "GET"),
        (f"{BOSTON}/status", Reply(b'{"state": true, "sta', headers={"Connection": "close"}), "GET"),
        (f"{BOSTON}/status", Reply(WRONG_INSTANCE, 404), "GET"),
        (f"{BOSTON}/properties?updated_before=2020-01-01T00%3A00%3A00Z", Reply(b"{}", 404), "GET"),
    ],
)
def test_other_answers_pass_and_are_not_kept(
    *, api: Api, get: Get, tmp_path: Path, path: str, reply: Reply, method: str
) -> None:
    api.replies[path] = reply
    response = get(Record(tmp_path), api.url + path, method)
    assert (response.status_code, response.content) == (reply.status, reply.body)
    assert [seen for seen, _ in api.seen] == [path]
    assert tree(tmp_path) == {}


def test_a_body_that_is_cut_off_is_an_error_and_not_kept(api: Api, get: Get, tmp_path: Path) -> None:
    api.replies[f"{BOSTON}/status"] = Reply(b'{"state": true}', cut=1)
    with pytest.raises(httpx.RemoteProtocolError):
        get(Record(tmp_path), f"{api.url}{BOSTON}/status")
    assert tree(tmp_path) == {}


def test_a_wrong_instance_does_not_replace_what_is_recorded(api: Api, tmp_path: Path) -> None:
    api.replies["/v1/backends"] = Reply(b'{"devices": []}')
    sync_get(Record(tmp_path), f"{api.url}/v1/backends")
    before = tree(tmp_path)
    api.replies["/v1/backends"] = Reply(WRONG_INSTANCE, 404)
    sync_get(Record(tmp_path), f"{api.url}/v1/backends")
    assert tree(tmp_path) == before


def test_the_same_again_replaces_and_another_date_adds(api: Api, tmp_path: Path) -> None:
    url, path = f"{api.url}{BOSTON}/properties", f"{BOSTON}/properties"
    before = "?updated_before=2024-01-01T00%3A00%3A00Z"
    api.replies[path] = Reply(dated("2024-02-02T00:00:00Z"))
    sync_get(Record(tmp_path), url)
    # The same document, found another way, with its date spelt in another way.
    api.replies[path + before] = Reply(dated("2024-02-02T01:00:00+01:00"))
    sync_get(Record(tmp_path), url + before)
    assert [e.query for e in Recording(tmp_path).entries] == [{}]
    assert Recording(tmp_path).answer(path, {}) == (200, dated("2024-02-02T01:00:00+01:00"))
    api.replies[path + before] = Reply(dated("2023-12-31T00:00:00Z"))
    sync_get(Record(tmp_path), url + before)
    assert [e.date for e in Recording(tmp_path).entries] == ["2023-12-31T00:00:00Z", "2024-02-02T00:00:00Z"]
    assert len(tree(tmp_path)) == 3


def test_a_refusal_is_recorded_and_replaced(api: Api, tmp_path: Path) -> None:
    for reply in (Reply(b'{"errors": []}', 404), Reply(b'{"buffer": 10}')):
        api.replies[f"{BOSTON}/defaults"] = reply
        sync_get(Record(tmp_path), f"{api.url}{BOSTON}/defaults")
        assert Recording(tmp_path).answer(f"{BOSTON}/defaults", {}) == (reply.status, reply.body)
        assert Recording(tmp_path).names == (("ibm_boston",) if reply.status == 200 else ())


def test_of_refusals_the_last_stays(tmp_path: Path) -> None:
    for month in (1, 2):
        Record(tmp_path).add("get_backend_properties", "a", b"{}", date=datetime(2024, month, 1), status=404)
    assert [entry.date for entry in Recording(tmp_path).entries] == ["2024-02-01T00:00:00Z"]


def test_properties_without_a_date_are_kept(api: Api, tmp_path: Path) -> None:
    api.replies[f"{BOSTON}/properties"] = Reply(b'{"last_update_date": "yesterday"}')
    sync_get(Record(tmp_path), f"{api.url}{BOSTON}/properties")
    assert Recording(tmp_path).answer(f"{BOSTON}/properties", {}) == (
        200,
        b'{"last_update_date": "yesterday"}',
    )


def test_query_parameters_that_select_a_document_are_part_of_it(api: Api, tmp_path: Path) -> None:
    for query in ("", "?fields=wait_time_seconds", "?fields=A%2FB&page=2"):
        api.replies[f"/v1/backends{query}"] = Reply(json.dumps({"devices": [], "asked": query}).encode())
        sync_get(Record(tmp_path), f"{api.url}/v1/backends{query}")
    assert [(e.query, e.file) for e in Recording(tmp_path).entries] == [
        ({}, "list.json.gz"),
        ({"fields": "A/B"}, f"list-sha256-{hashlib.sha256(b'A/B').hexdigest()[:16]}.json.gz"),
        ({"fields": "wait_time_seconds"}, "list-wait_time_seconds.json.gz"),
    ]


@pytest.mark.parametrize(
    "name", ["%2E%2E", "a%2F..%2Fb", "IBM_Boston", "index.json", "b%C3%B6rse", "con%3A", "x" * 400]
)
def test_names_that_are_not_plain_stay_in_the_folder(api: Api, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "recording"
    url = httpx.URL(api.url).copy_with(raw_path=f"/v1/backends/{name}/status".encode())
    api.replies[f"/v1/backends/{name}/status"] = Reply(b'{"state": true}')
    with httpx.Client(transport=Record(folder)) as client:
        client.send(httpx.Request("GET", url))
    assert [f.relative_to(tmp_path).parts[0] for f in tmp_path.rglob("*.gz")] == ["recording"]
    (entry,) = Recording(folder).entries
    assert entry.file.startswith("sha256-") and entry.file.endswith("/status.json.gz")
    with httpx.Client(transport=Replay(folder)) as client:
        assert client.send(httpx.Request("GET", url)).content == b'{"state": true}'


def test_the_index_is_whole_at_every_moment(api: Api, tmp_path: Path) -> None:
    names = [f"backend_{i}" for i in range(40)]
    for name in names:
        api.replies[f"/v1/backends/{name}/status"] = Reply(b'{"state": true}')
    record, other = Record(tmp_path), Record(tmp_path)
    done = threading.Event()
    reads: list[int] = []

    def read() -> None:
        while not done.is_set():
            if (tmp_path / "index.json").exists():
                recording = Recording(tmp_path)
                reads.append(sum(len(recording.body(entry)) for entry in recording.entries))

    with (
        httpx.Client(transport=record) as one,
        httpx.Client(transport=other) as two,
        ThreadPoolExecutor(9) as pool,
    ):
        reading = pool.submit(read)
        urls = [f"{api.url}/v1/backends/{name}/status" for name in names]
        asked = [pool.submit(client.get, url) for client, url in zip([one, two] * 20, urls, strict=True)]
        for future in asked:
            future.result()
            assert index(tmp_path)["entries"]
        done.set()
        reading.result()
    assert Recording(tmp_path).names == tuple(sorted(names))
    assert reads == sorted(reads)


def test_tasks_record_together(api: Api, tmp_path: Path) -> None:
    paths = [f"/v1/backends/backend_{i}/status" for i in range(30)]
    api.replies.update({path: Reply(b'{"state": true}') for path in paths})

    async def run() -> None:
        async with httpx.AsyncClient(transport=Record(tmp_path)) as client:
            await asyncio.gather(*(client.get(api.url + path) for path in paths))

    asyncio.run(run())
    assert len(Recording(tmp_path).entries) == 30


def test_an_interrupted_write_leaves_the_old_index(tmp_path: Path) -> None:
    record = Record(tmp_path)
    record.add("get_backend_status", "a", b"{}", date=datetime(2024, 1, 1))
    before = tree(tmp_path)
    (tmp_path / "b").write_bytes(b"a file where a folder has to be")
    with pytest.raises(RecordingError, match="expected a folder to record to"):
        record.add("get_backend_status", "b", b"{}", date=datetime(2024, 1, 1))
    (tmp_path / "b").unlink()
    assert tree(tmp_path) == before


def test_a_replaced_entry_keeps_the_file_that_another_writer_gave_it(api: Api, tmp_path: Path) -> None:
    folder = sample(tmp_path)
    changed = (folder / "index.json").read_text().replace("a/status.json.gz", "deep/down/s.gz")
    (folder / "index.json").write_text(changed)
    api.replies["/v1/backends/a/status"] = Reply(b'{"state": false}')
    sync_get(Record(folder), f"{api.url}/v1/backends/a/status")
    assert gzip.decompress((folder / "deep" / "down" / "s.gz").read_bytes()) == b'{"state": false}'


def test_record_refuses_what_is_no_recording(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(RecordingError, match=r"expected a recording, found no index\.json"):
        Record(tmp_path)
    with pytest.raises(RecordingError, match="expected a folder to record to"):
        Record(tmp_path / "thesis.txt")
    (tmp_path / "index.json").write_text('{"format": 2}')
    with pytest.raises(RecordingError, match="format: expected 1, found 2"):
        Record(tmp_path)
    assert set(tree(tmp_path)) == {"thesis.txt", "index.json"}


def test_add_refuses_what_no_reader_would_take(tmp_path: Path) -> None:
    record = Record(tmp_path)
    with pytest.raises(RecordingError, match="operation: expected one of list_backends"):
        record.add("get_jobs", "a", b"{}", date=datetime(2024, 1, 1))
    with pytest.raises(RecordingError, match="status: expected 200 or 404, found 500"):
        record.add("get_backend_status", "a", b"{}", date=datetime(2024, 1, 1), status=500)
    assert tree(tmp_path) == {}


# Record sends as httpx would


def test_the_request_is_sent_as_it_is(api: Api, get: Get, tmp_path: Path) -> None:
    for path in ("/v1/backends", "/v1/jobs"):
        api.replies[path] = Reply(b"{}", headers={"Set-Cookie": "session=1"})
    base = api.url.replace("http://", "http://user:password@")
    url = f"{base}/v1/backends"
    plain = httpx.HTTPTransport() if get is sync_get else httpx.AsyncHTTPTransport()
    get(plain, url)
    record = Record(tmp_path)
    with httpx.Client(transport=record) as client:
        for _ in range(2):
            request = httpx.Request("GET", f"{base}/v1/jobs", headers={"Authorization": "Bearer mine"})
            assert client.send(request, auth=httpx.Auth()).status_code == 200
    get(Record(tmp_path), url)
    assert api.seen[0] == api.seen[3]
    assert [headers for path, headers in api.seen if path == "/v1/jobs"] == [
        {"Host": api.url[7:], "Authorization": "Bearer mine"}
    ] * 2


def test_the_timeout_is_the_request_s_own(api: Api, tmp_path: Path) -> None:
    class Noting(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            timeouts.append(request.extensions["timeout"])
            return super().handle_request(request)

    timeouts: list[dict[str, float]] = []
    api.replies["/v1/backends"] = Reply(b"{}")
    with httpx.Client(transport=Record(tmp_path, transport=Noting()), timeout=77) as client:
        client.get(f"{api.url}/v1/backends", timeout=httpx.Timeout(9, read=8))
    assert timeouts == [{"connect": 9, "read": 8, "write": 9, "pool": 9}]


@pytest.mark.parametrize("path", ["/v1/backends", "/v1/jobs"])
def test_the_deadline_of_the_client_holds_while_a_body_comes(api: Api, tmp_path: Path, path: str) -> None:
    api.replies[path] = Reply(b'{"devices": []}', pause=0.05)
    with httpx.Client(transport=Record(tmp_path)) as client, keep_to(Deadline(0.1)), pytest.raises(httpx.ReadTimeout):
        client.get(api.url + path)
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("by_argument", [True, False])
def test_proxies(api: Api, get: Get, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_argument: bool) -> None:
    for name in ("ALL_PROXY", "NO_PROXY", "no_proxy", "http_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1" if by_argument else api.url)
    url = "http://quantum.invalid/api/v1/backends"
    api.replies[url] = Reply(b'{"devices": []}')
    assert get(Record(tmp_path, proxy=api.url if by_argument else None), url).status_code == 200
    assert [path for path, _ in api.seen] == [url]


def test_verify_takes_a_file_a_folder_and_a_flag(api: Api, tmp_path: Path) -> None:
    api.replies["/v1/backends"] = Reply(b"{}")
    certificates = certifi.where()
    for verify in (certificates, str(Path(certificates).parent), False):
        assert sync_get(Record(tmp_path, verify=verify), f"{api.url}/v1/backends").status_code == 200
    with pytest.raises(InvalidInputError, match="verify: expected certificates"):
        sync_get(Record(tmp_path, verify=str(tmp_path / "none.pem")), f"{api.url}/v1/backends")


def test_the_given_transport_is_used_and_closed(api: Api, get: Get, tmp_path: Path) -> None:
    api.replies["/v1/backends"] = Reply(b"{}")
    closed: list[bool] = []

    class Inner(httpx.HTTPTransport):
        def close(self) -> None:
            closed.append(True)
            super().close()

    class AsyncInner(httpx.AsyncHTTPTransport):
        async def aclose(self) -> None:
            closed.append(True)
            await super().aclose()

    inner = Inner() if get is sync_get else AsyncInner()
    # A proxy that nobody could reach: a given transport has its own.
    record = Record(tmp_path, transport=inner, proxy="http://127.0.0.1:1")
    assert get(record, f"{api.url}/v1/backends").status_code == 200
    assert len(Recording(tmp_path).entries) == 1
    assert closed == [True]


# Answers


def sample(folder: Path) -> Path:
    record = Record(folder)

    def add(operation: str, name: str | None, body: str, date: str, **options: Any) -> None:
        moment = datetime.fromisoformat(date)
        record.add(operation, name, json.dumps(body).encode(), date=moment, region="us-east", **options)

    add("list_backends", None, "plain", "2024-01-01")
    add("list_backends", None, "waiting", "2024-01-01", query={"fields": "wait_time_seconds"})
    add("get_backend_configuration", "a", "now", "2024-01-01")
    add("get_backend_configuration", "a", "pinned", "2024-01-01", query={"calibration_id": "c1"})
    add("get_backend_properties", "a", "none", "2025-01-01", status=404)
    for date in ("2024-06-01T00:00:00+02:00", "2023-01-01T00:00:00", "2024-01-01T00:00:00.5Z"):
        add("get_backend_properties", "a", date, date)
    add("get_backend_properties", "a", "pinned", "2024-12-01", query={"calibration_id": "c1"})
    add("get_backend_properties", "b", "no properties", "2024-01-01", status=404)
    add("get_backend_status", "a", "up", "2024-01-01")
    add("get_backend_status", "b", "up", "2024-01-01")
    add("get_backend_defaults", "a", "no defaults", "2024-01-01", status=404)
    return folder


@pytest.mark.parametrize(
    ("path", "query", "status", "body"),
    [
        ("", {}, 200, "plain"),
        ("", {"fields": "wait_time_seconds"}, 200, "waiting"),
        ("", {"fields": "wait_time_seconds", "page": "2", "calibration_id": "c1"}, 200, "waiting"),
        ("", {"fields": "price"}, 200, "plain"),
        ("/a/configuration", {}, 200, "now"),
        ("/a/configuration", {"updated_before": "nonsense", "x": "y"}, 200, "now"),
        ("/a/configuration", {"calibration_id": "c1"}, 200, "pinned"),
        ("/a/configuration", {"calibration_id": "c2"}, 404, 1009),
        ("/a/status", {"calibration_id": "c2", "fields": "x"}, 200, "up"),
        ("/a/defaults", {}, 404, "no defaults"),
        ("/a/properties", {}, 200, "2024-06-01T00:00:00+02:00"),
        ("/a/properties", {"updated_before": "2030-01-01"}, 200, "2024-06-01T00:00:00+02:00"),
        (
            "/a/properties",
            {"updated_before": "2024-05-31T22:00:00.000001Z"},
            200,
            "2024-06-01T00:00:00+02:00",
        ),
        ("/a/properties", {"updated_before": "2024-05-31T22:00:00Z"}, 200, "2024-01-01T00:00:00.5Z"),
        ("/a/properties", {"updated_before": "2024-05-31T22:00:00"}, 200, "2024-01-01T00:00:00.5Z"),
        ("/a/properties", {"updated_before": "2024-06-01T00:00:00+02:00"}, 200, "2024-01-01T00:00:00.5Z"),
        ("/a/properties", {"updated_before": "2024-01-01T00:00:00.5"}, 200, "2023-01-01T00:00:00"),
        ("/a/properties", {"updated_before": "2023-01-01T00:00:00Z"}, 404, "none"),
        ("/a/properties", {"updated_before": "last week"}, 400, 1208),
        ("/a/properties", {"updated_before": ""}, 400, 1208),
        ("/a/properties", {"updated_before": "0001-01-01T00:00:00+10:00"}, 400, 1208),
        ("/a/properties", {"calibration_id": "c1"}, 200, "pinned"),
        ("/a/properties", {"calibration_id": "c1", "updated_before": "2024-12-01T00:00:00Z"}, 404, 1009),
        ("/a/properties", {"calibration_id": "c1", "updated_before": "2024-12-01T00:00:01Z"}, 200, "pinned"),
        ("/a/properties", {"calibration_id": "c2"}, 404, 1009),
        ("/b/properties", {}, 404, "no properties"),
        ("/b/configuration", {}, 404, 1009),
        ("/c/configuration", {}, 404, 1007),
        ("/c/properties", {"updated_before": "2024-01-01"}, 404, 1007),
        ("/a", {}, 404, 404),
        ("/", {}, 404, 404),
        ("/a/status/", {}, 404, 404),
        ("//status", {}, 404, 404),
    ],
)
def test_answers(tmp_path: Path, path: str, query: dict[str, str], status: int, body: str | int) -> None:
    found, content = Recording(sample(tmp_path)).answer(f"/v1/backends{path}", query)
    assert found == status
    if isinstance(body, str):
        assert json.loads(content) == body
    else:
        error = json.loads(content)
        assert [item["code"] for item in error["errors"]] == [body]
        assert set(error["errors"][0]) == {"code", "message", "solution", "more_info"}
        assert len(error["trace"]) == 32


def test_an_error_s_trace_tells_questions_apart_and_is_the_same_each_time(tmp_path: Path) -> None:
    recording = Recording(sample(tmp_path))
    traces = [json.loads(recording.answer(f"/v1/backends/{name}/status", {})[1])["trace"] for name in ("x", "y", "x")]
    assert traces[0] == traces[2] != traces[1]


def test_a_recording_without_a_list_has_none(tmp_path: Path) -> None:
    Record(tmp_path).add("get_backend_status", "a", b"{}", date=datetime(2024, 1, 1))
    status, body = Recording(tmp_path).answer("/v1/backends", {})
    assert (status, json.loads(body)["errors"][0]["code"]) == (404, 1009)


def test_replay_answers_nothing_else(tmp_path: Path, get: Get) -> None:
    replay = Replay(sample(tmp_path))
    for method, url in (
        ("POST", "https://iam.cloud.ibm.com/identity/token"),
        ("POST", "https://quantum.cloud.ibm.com/api/v1/backends"),
        ("GET", "https://quantum.cloud.ibm.com/api/v2/backends"),
    ):
        response = get(replay, url, method)
        assert (response.status_code, response.json()["errors"][0]["code"]) == (404, 404)


# Damaged recordings


def test_the_sample_is_whole(tmp_path: Path) -> None:
    recording = Recording(sample(tmp_path))
    assert (recording.path, recording.names) == (str(tmp_path), ("a", "b"))
    assert all(recording.body(entry) for entry in recording.entries)
    assert recording.entries[0] == Entry("list_backends", None, {}, "2024-01-01T00:00:00Z", 200, "list.json.gz")


def test_no_index(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(RecordingError, match=r"expected a recording, found no index\.json"):
            Recording(folder)


@pytest.mark.parametrize("text", ["", "{", "\x00", '"' + "[" * 10 + "\\ud8", "[" * 100_000])
def test_an_index_that_is_no_json(tmp_path: Path, text: str) -> None:
    (tmp_path / "index.json").write_text(text)
    with pytest.raises(RecordingError, match="expected readable JSON"):
        Recording(tmp_path)


def test_an_index_whose_query_steers_a_terminal(tmp_path: Path) -> None:
    folder = sample(tmp_path)
    content = index(folder)
    content["entries"][0]["query"] = {"\x1b[2J": None}
    (folder / "index.json").write_text(json.dumps(content))
    with pytest.raises(RecordingError, match=r"query: .*: expected a string, found None") as caught:
        Recording(folder)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("format", 2, "format: expected 1, found 2"),
        ("format", None, "format: expected 1, found None"),
        ("format", "x" * 5000, "format: expected 1, found 'x{59}$"),
        ("api_version", 20260315, "api_version: expected a string, found 20260315"),
        ("document_version", None, "document_version: expected a string, found None"),
        ("region", [], r"region: expected a string, found \[\]"),
        ("entries", {}, "entries: expected a list, found {}"),
        ("entries", ["list"], r"entries\[0\]: expected an object, found 'list'"),
    ],
)
def test_an_index_with_a_wrong_field(tmp_path: Path, key: str, value: object, message: str) -> None:
    folder = sample(tmp_path)
    (folder / "index.json").write_text(json.dumps(index(folder) | {key: value}))
    with pytest.raises(RecordingError, match=message):
        Recording(folder)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("operation", "list_jobs", "operation: expected one of list_backends, .*, found 'list_jobs'"),
        ("operation", None, "operation: expected a string"),
        ("operation", "list_backends", "name: expected null, found 'b'"),
        ("name", None, "name: expected a string, found None"),
        ("name", "", "name: expected a backend's name, found ''"),
        ("query", None, "query: expected an object"),
        ("query", {"calibration_id": 7}, "query: calibration_id: expected a string, found 7"),
        ("date", "yesterday", "date: expected ISO 8601, found 'yesterday'"),
        ("date", 2024, "date: expected a string"),
        ("status", "200", "status: expected a whole number, found '200'"),
        ("status", True, "status: expected a whole number, found True"),
        ("status", 500, "status: expected 200 or 404, found 500"),
        ("synthetic", "yes", "synthetic: expected true or false, found 'yes'"),
        ("synthetic", 1, "synthetic: expected true or false, found 1"),
        ("file", None, "file: expected a string"),
        ("file", "", "file: expected a path in the folder"),
        ("file", "../list.json.gz", "file: expected a path in the folder"),
        ("file", "a/../../list.json.gz", "file: expected a path in the folder"),
        ("file", "/etc/passwd", "file: expected a path in the folder"),
        ("file", "..\\list.json.gz", "file: expected a path in the folder"),
        ("file", "C:list.json.gz", "file: expected a path in the folder"),
        ("file", "\\\\host\\share\\list.json.gz", "file: expected a path in the folder"),
    ],
)
def test_an_entry_with_a_wrong_field(tmp_path: Path, key: str, value: object, message: str) -> None:
    folder = sample(tmp_path)
    content = index(folder)
    content["entries"][-1][key] = value
    (folder / "index.json").write_text(json.dumps(content))
    with pytest.raises(RecordingError, match=rf"entries\[{len(content['entries']) - 1}\]: {message}"):
        Recording(folder)


def test_names_that_no_file_can_have(tmp_path: Path) -> None:
    folder = sample(tmp_path)
    for file in ("\ud800.json.gz", "a\x00b.json.gz"):
        content = index(folder)
        for entry in content["entries"]:
            entry["file"] = file
        (folder / "index.json").write_text(json.dumps(content))
        with pytest.raises(RecordingError, match="expected a whole gzip file"):
            Recording(folder).answer("/v1/backends", {})
    assert Recording(folder).answer("/v1/backends/\ud800/status", {})[0] == 404


def test_fields_that_are_not_known_yet_do_no_harm(tmp_path: Path) -> None:
    folder = sample(tmp_path)
    content = index(folder) | {"recorded_by": "somebody"}
    content["entries"][0]["etag"] = "7"
    (folder / "index.json").write_text(json.dumps(content))
    assert Recording(folder).answer("/v1/backends", {}) == (200, b'"plain"')


@pytest.mark.parametrize("damage", ["missing", "cut", "flipped", "plain", "link"])
def test_a_damaged_body(tmp_path: Path, damage: str) -> None:
    folder = sample(tmp_path / "recording")
    file = folder / "a" / "status.json.gz"
    content = file.read_bytes()
    file.unlink()
    if damage == "link":
        (tmp_path / "secret.gz").write_bytes(content)
        file.symlink_to(tmp_path / "secret.gz")
    elif damage != "missing":
        changed = {"cut": content[:-9], "flipped": content[:-5] + b"#" + content[-4:], "plain": b'"up"'}
        file.write_bytes(changed[damage])
    recording = Recording(folder)
    assert recording.answer("/v1/backends", {}) == (200, b'"plain"')
    with pytest.raises(RecordingError, match=r"status\.json\.gz: expected a"):
        recording.answer("/v1/backends/a/status", {})


def test_importing_brings_in_little_more_than_httpx() -> None:
    code = (
        "import sys, httpx; before = set(sys.modules); import ibm_quantum_backends.recording;"
        "print(*sorted(set(sys.modules) - before))"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    # Where httpx has found rich, dataclasses is there already.
    assert set(run.stdout.split()) - {"dataclasses"} == {
        "ibm_quantum_backends",
        "ibm_quantum_backends.documents",
        "ibm_quantum_backends.errors",
        "ibm_quantum_backends.recording",
    }


def test_two_writers_see_each_other_s_entries(tmp_path: Path) -> None:
    one, other = Writer(tmp_path), Writer(tmp_path)
    dates = [datetime(2025, 1, day, tzinfo=UTC) for day in range(1, 9)]
    for writer, date in zip([one, other] * 4, dates, strict=True):
        writer.add("get_backend_properties", "a", b"{}", date=date)
    assert [entry.date for entry in Recording(tmp_path).entries] == [f"2025-01-0{day}T00:00:00Z" for day in range(1, 9)]


def test_how_long_properties_are_known_to_have_held(tmp_path: Path) -> None:
    date = datetime(2025, 1, 1, tzinfo=UTC)
    writer = Writer(tmp_path)

    def known(before: datetime | None) -> str | None:
        writer.add("get_backend_properties", "a", b"{}", date=date, before=before)
        (entry,) = Recording(tmp_path).entries
        return entry.before

    assert known(None) is None and "before" not in (tmp_path / "index.json").read_text()
    assert known(date + timedelta(hours=5)) == "2025-01-01T05:00:00Z"
    assert known(date + timedelta(hours=5, microseconds=1)) == "2025-01-01T05:00:00.000001Z"
    assert known(date + timedelta(hours=5)) == "2025-01-01T05:00:00.000001Z"
    assert known(None) == "2025-01-01T05:00:00.000001Z"


@pytest.mark.parametrize("before", ["yesterday", 5])
def test_a_before_that_is_no_date(before: object, tmp_path: Path) -> None:
    Writer(tmp_path).add("get_backend_properties", "a", b"{}", date=datetime(2025, 1, 1, tzinfo=UTC))
    index = json.loads((tmp_path / "index.json").read_text())
    index["entries"][0]["before"] = before
    (tmp_path / "index.json").write_text(json.dumps(index))
    with pytest.raises(RecordingError, match=r"entries\[0\]: before: expected"):
        Recording(tmp_path)


def test_compressed(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    body = json.dumps([*range(5000)]).encode()
    sizes = []
    for level in (1, 9):
        writer.add("get_backend_status", "a", body, date=datetime(2025, 1, 1, tzinfo=UTC), level=level)
        recording = Recording(tmp_path)
        compressed = recording.compressed(recording.entries[0])
        assert gzip.decompress(compressed) == recording.body(recording.entries[0]) == body
        sizes.append(len(compressed))
    assert sizes[0] > sizes[1]
