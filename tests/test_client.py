"""Both clients against the local server: what they send, and what comes back."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from conftest import Blocking, Kind, asked
from wire import Connection, Listener

from ibm_quantum_backends import AsyncBackends, Backends
from ibm_quantum_backends.errors import (
    APIConnectionError,
    InvalidInputError,
    NoBackendError,
    NotFoundError,
    RecordingError,
    ServerError,
)
from ibm_quantum_backends.server import DEFAULT_INSTANCE, Fault, Server

NAMES = ["ibm_boston", "ibm_sherbrooke", "ibmq_manila"]
KINDS = ("configuration", "properties", "status", "defaults")


def paths(server: Server) -> list[str]:
    return [request.path.removeprefix("/api/v1/backends") for request in server.requests if "/api/" in request.path]


def test_list_select_and_least_busy_send_one_request_each(connect: Callable[..., Any], api: Server) -> None:
    client = connect()
    assert [device.name for device in client.list()] == NAMES
    assert paths(api) == [""]
    assert [device.name for device in client.select(min_qubits=100, order="qubits")] == ["ibm_sherbrooke", "ibm_boston"]
    assert client.least_busy(processor="Eagle").name == "ibm_sherbrooke"
    assert paths(api) == ["", "", ""]
    assert asked(api, "") == 4  # and the exchange


def test_what_a_request_says(connect: Callable[..., Any], api: Server) -> None:
    client = connect()
    assert client.list(wait_times=True)[0].wait_time_seconds
    request = api.requests[-1]
    assert (request.method, request.query) == ("GET", {"fields": "wait_time_seconds"})
    assert request.headers["service-crn"] == DEFAULT_INSTANCE
    assert request.headers["ibm-api-version"] == "2026-03-15"
    assert request.headers["authorization"].startswith("Bearer ey")
    assert request.headers["accept"] == "application/json"
    connect(api_version="2025-05-01").list()
    assert api.requests[-1].headers["ibm-api-version"] == "2025-05-01"


def test_each_document(connect: Callable[..., Any], api: Server) -> None:
    client = connect()
    assert client.configuration("ibm_boston").n_qubits == 156
    assert client.properties("ibm_sherbrooke").backend_name == "ibm_sherbrooke"
    assert client.status("ibmq_manila").backend_version
    assert client.defaults("ibmq_manila").to_dict()["qubit_freq_est"]
    assert paths(api) == [
        "/ibm_boston/configuration",
        "/ibm_sherbrooke/properties",
        "/ibmq_manila/status",
        "/ibmq_manila/defaults",
    ]


@pytest.mark.parametrize("kind_of", KINDS)
def test_no_such_backend(kind_of: str, connect: Callable[..., Any]) -> None:
    with pytest.raises(NotFoundError, match=r"^404 Not Found .*ibm_nowhere") as caught:
        getattr(connect(), kind_of)("ibm_nowhere")
    assert caught.value.errors[0].code
    assert caught.value.trace
    assert caught.value.request_id


def test_history(connect: Callable[..., Any], api: Server) -> None:
    client = connect()
    moments: list[Any] = [
        datetime(2024, 1, 1, tzinfo=UTC),
        date(2024, 1, 1),
        "2024-01-01T00:00Z",
        "1 January 2024 0:00 UTC",
    ]
    for moment in moments:
        found = client.properties("ibm_sherbrooke", updated_before=moment)
        assert found.last_update_date.year == 2023
        sent = datetime.fromisoformat(api.requests[-1].query["updated_before"])
        assert sent.utcoffset() is not None
    assert api.requests[-1].query["updated_before"] == "2024-01-01T00:00:00+00:00"
    with pytest.raises(NotFoundError):
        client.properties("ibm_sherbrooke", updated_before="2001-01-01")


def test_calibration_id(connect: Callable[..., Any], api: Server) -> None:
    for ask in (connect().configuration, connect().properties):
        with pytest.raises(NotFoundError):
            ask("ibm_boston", calibration_id="an id/&")
        assert api.requests[-1].query == {"calibration_id": "an id/&"}


BAD_NAMES = [
    *(
        "",
        ".",
        "..",
        "...",
        "a/b",
        "/",
        "a?b",
        "a#b",
        "%2e%2e",
        "..\\x",
        "a b",
        "a\nb",
        "a\0",
        "ibm_é",
        "\u2024\u2024",
        "\uff0f",
    ),
    *("\ud800", "a" * 501, "a;b=c/..", None, 5, b"ibm_boston", ["ibm_boston"]),
]


@pytest.mark.parametrize("name", BAD_NAMES, ids=repr)
def test_names_that_are_none(name: Any, connect: Callable[..., Any], api: Server) -> None:
    client = connect()
    for kind_of in KINDS:
        with pytest.raises(InvalidInputError, match=r"^backend: expected"):
            getattr(client, kind_of)(name)
    if isinstance(name, str | None):
        with pytest.raises(InvalidInputError, match=r"^backend: expected"):
            client.fleet(names=["ibm_boston", name])
    assert api.requests == []


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.properties("ibm_boston", updated_before="03/04/2025"),
        lambda client: client.properties("ibm_boston", updated_before="2099-01-01"),
        lambda client: client.properties("ibm_boston", updated_before="some day"),
        lambda client: client.properties("ibm_boston", calibration_id=""),
        lambda client: client.configuration("ibm_boston", calibration_id="\ud800"),
        lambda client: client.configuration("ibm_boston", calibration_id="x" * 101),
        lambda client: client.select(order="age"),
        lambda client: client.fleet("pulses"),
        lambda client: client.fleet(()),
        lambda client: client.fleet(concurrency=0),
        lambda client: client.fleet(names="ibm_boston"),
        lambda client: client.list_all(concurrency=0),
        lambda client: client.list(deadline=-1),
    ],
)
def test_bad_input_is_an_error_before_anything_is_sent(
    call: Callable[[Any], object], connect: Callable[..., Any], api: Server
) -> None:
    with pytest.raises(InvalidInputError, match=r": expected|^expected"):
        call(connect())
    assert api.requests == []


def test_no_backend_passes(connect: Callable[..., Any], api: Server) -> None:
    with pytest.raises(NoBackendError, match="min_qubits=1000"):
        connect().least_busy(min_qubits=1000)
    assert connect().select(min_qubits=1000) == []


@pytest.mark.parametrize("what", [("configuration",), "status", KINDS])
def test_fleet_sends_one_request_a_document(what: Any, connect: Callable[..., Any], api: Server) -> None:
    kinds = (what,) if isinstance(what, str) else what
    client = connect()
    found = client.fleet(what, names=iter([*NAMES, "ibm_boston"]))
    assert sorted(paths(api)) == sorted(f"/{name}/{kind_of}" for name in NAMES for kind_of in kinds)
    assert list(found) == NAMES
    assert all(list(documents) == list(kinds) for documents in found.values())
    api.requests.clear()
    assert list(client.fleet(what)) == NAMES
    assert len(paths(api)) == len(NAMES) * len(kinds) + 1
    assert client.fleet(what, names=[]) == {}


def test_fleet_keeps_a_failure_beside_the_others(connect: Callable[..., Any], api: Server) -> None:
    api.faults.append(Fault(status=500, path="/ibm_sherbrooke/configuration", times=None))
    api.faults.append(Fault(drop=True, path="/ibm_boston/status", times=None))
    found = connect(retries=0).fleet(("configuration", "status"), names=[*NAMES, "ibm_nowhere"])
    kinds = {name: [type(document).__name__ for document in documents.values()] for name, documents in found.items()}
    assert kinds == {
        "ibm_boston": ["BackendConfiguration", "APIConnectionError"],
        "ibm_sherbrooke": ["ServerError", "BackendStatus"],
        "ibmq_manila": ["BackendConfiguration", "BackendStatus"],
        "ibm_nowhere": ["NotFoundError", "NotFoundError"],
    }
    assert isinstance(found["ibm_sherbrooke"]["configuration"], ServerError)
    assert isinstance(found["ibm_boston"]["status"], APIConnectionError)


class Counting:
    """A server that tells how many requests were in flight at once."""

    def __init__(self, answer: bytes, pause: float) -> None:
        self.most = self._now = 0
        self._lock = threading.Lock()
        self._answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer)
        self._pause = pause

    def __call__(self, listener: Listener, connection: Connection) -> None:
        while listener.receive_head(connection):
            with self._lock:
                self._now += 1
                self.most = max(self.most, self._now)
            time.sleep(self._pause)
            with self._lock:
                self._now -= 1
            connection.sendall(self._answer)


@pytest.mark.parametrize(("concurrency", "most"), [(1, 1), (4, 4), (500, 64)])
def test_concurrency_is_bounded(concurrency: int, most: int, make: Callable[..., Any]) -> None:
    count = Counting(b'{"backend_name": "a"}', 0.01 * most)
    with Listener(count) as server:
        client = make(token="t", instance=DEFAULT_INSTANCE, base_url=server.url)
        names = [f"ibm_{i}" for i in range(max(12, 2 * most))]
        found = client.fleet("defaults", names=names, concurrency=concurrency)
        assert [documents["defaults"].to_dict() for documents in found.values()] == [{"backend_name": "a"}] * len(names)
        assert count.most == most


def test_a_thousand_tasks(api: Server, clean_environment: None) -> None:
    async def main() -> list[Any]:
        async with AsyncBackends(
            api_key="sandbox", instance=None, base_url=api.base_url, iam_url=api.iam_url, retries=0
        ) as client:
            return await asyncio.gather(*(client.status("ibmq_manila") for _ in range(1000)))

    assert len(asyncio.run(main())) == 1000
    assert (asked(api, "/identity/token"), asked(api, "/v3/resources/search"), asked(api)) == (1, 1, 1000)


def test_64_threads(api: Server, clean_environment: None) -> None:
    with (
        Backends(api_key="sandbox", base_url=api.base_url, iam_url=api.iam_url, retries=0) as client,
        ThreadPoolExecutor(64) as pool,
    ):
        found = list(pool.map(lambda _: client.status("ibmq_manila").backend_version, range(256)))
    assert len(found) == 256
    assert (asked(api, "/identity/token"), asked(api, "/v3/resources/search"), asked(api)) == (1, 1, 256)


@pytest.mark.parametrize("names", [["ibm_boston"], ["ibm_boston", "ibm_nowhere"]])
def test_a_token_that_fails_is_kept_in_the_fleet(names: Iterable[str], connect: Callable[..., Any]) -> None:
    def fail() -> str:
        raise OSError

    found = connect(token=fail).fleet(names=names)
    assert {type(documents["configuration"]).__name__ for documents in found.values()} == {"CredentialsError"}


def test_sandbox_and_replay(kind: Kind, clean_environment: None, tmp_path: Any) -> None:
    if kind == "sync":
        with Backends.sandbox() as client:
            assert client.least_busy().name == "ibm_boston"
            assert [*client.fleet()] == NAMES
    else:

        async def main() -> None:
            async with AsyncBackends.sandbox() as client:
                assert (await client.least_busy()).name == "ibm_boston"
                assert [*await client.fleet()] == NAMES

        asyncio.run(main())
    with pytest.raises(RecordingError):
        (Backends if kind == "sync" else AsyncBackends).replay(tmp_path)


def test_one_bad_device_and_unknown_values(connect: Callable[..., Any], api: Server) -> None:
    good = connect().list()[0].to_dict()
    good["status"]["name"] = "resting"
    good["new"] = {"field": 1}
    api.faults.append(Fault(body=json.dumps({"devices": [{"name": 5}, good]}).encode(), path="/api/"))
    (device,) = connect().list()
    assert device.to_dict() == good
    api.faults.append(Fault(body=json.dumps({"devices": [{"name": 5}, good]}).encode(), path="/api/"))
    with pytest.raises(NoBackendError):
        connect().least_busy()


def test_blocking_is_the_asynchronous_client(kind: Kind, connect: Callable[..., Any]) -> None:
    client = connect()
    assert isinstance(client, Backends if kind == "sync" else Blocking)
