"""The local server, asked over loopback by httpx and by bare sockets."""

import base64
import gc
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

import ibm_quantum_backends
from ibm_quantum_backends.errors import InvalidInputError
from ibm_quantum_backends.recording import Recording
from ibm_quantum_backends.server import DEFAULT_API_KEY, DEFAULT_INSTANCE, Fault, Request, Server, serve

GRANT_TYPE = "urn:ibm:params:oauth:grant-type:apikey"
ELSEWHERE = "crn:v1:bluemix:public:quantum-computing:eu-de:a/sandbox:other::"


@pytest.fixture(scope="module")
def recording() -> Recording:
    return Recording(Path(ibm_quantum_backends.__file__).parent / "sandbox")


@pytest.fixture(scope="module")
def shared(recording: Recording) -> Iterator[Server]:
    with Server(recording) as server:
        yield server


@pytest.fixture
def server(shared: Server) -> Server:
    shared.requests.clear()
    shared.faults.clear()
    return shared


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.base_url, headers=headers(server), trust_env=False) as client:
        yield client
    server.faults.clear()


def exchange(server: Server, *, grant_type: str = GRANT_TYPE, apikey: str = DEFAULT_API_KEY) -> httpx.Response:
    form = {"grant_type": grant_type, "apikey": apikey}
    return httpx.post(f"{server.iam_url}/identity/token", data=form, trust_env=False)


def headers(server: Server, instance: str = DEFAULT_INSTANCE) -> dict[str, str]:
    token = exchange(server).json()["access_token"]
    return {"Authorization": f"Bearer {token}", "Service-CRN": instance, "IBM-API-Version": "2026-03-15"}


def refusal(response: httpx.Response) -> tuple[int, int]:
    """Status and code of an error, whose body has the API's form."""
    body = response.json()
    assert set(body) == {"errors", "trace"}
    (error,) = body["errors"]
    assert set(error) == {"code", "message", "solution", "more_info"}
    return response.status_code, error["code"]


def raw(server: Server, request: bytes) -> bytes:
    """All bytes that come back until the server closes the connection."""
    with socket.create_connection((server.host, server.port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


# What is served


@pytest.mark.parametrize("document", ["configuration", "properties", "status", "defaults"])
def test_documents_are_those_of_the_recording(client: httpx.Client, recording: Recording, document: str) -> None:
    for name in recording.names:
        path = f"/v1/backends/{name}/{document}"
        response = client.get(path)
        assert (response.status_code, response.content) == recording.answer(path, {})
        assert response.headers["Content-Type"] == "application/json"


def test_list(client: httpx.Client, recording: Recording) -> None:
    plain = client.get("/v1/backends")
    waiting = client.get("/v1/backends", params={"fields": "wait_time_seconds"})
    assert plain.content == recording.answer("/v1/backends", {})[1]
    assert waiting.content == recording.answer("/v1/backends", {"fields": "wait_time_seconds"})[1]
    assert waiting.content != plain.content


@pytest.mark.parametrize(
    ("before", "date"),
    [
        ("2025-01-01T00:00:00Z", "2024-05-27"),
        ("2024-05-27T00:00:00+00:00", "2023-01-03"),
        ("2030-01-01", "2025-02-26"),
    ],
)
def test_updated_before(client: httpx.Client, before: str, date: str) -> None:
    query = {"updated_before": before, "no_such_parameter": "1"}
    response = client.get("/v1/backends/ibm_sherbrooke/properties", params=query)
    assert response.json()["last_update_date"].startswith(date)


def test_updated_before_that_is_no_date_or_too_early(client: httpx.Client) -> None:
    path = "/v1/backends/ibm_sherbrooke/properties"
    assert refusal(client.get(path, params={"updated_before": "yesterday"}))[0] == 400
    assert refusal(client.get(path, params={"updated_before": "2020-01-01"}))[0] == 404


def test_gzip_only_for_those_who_take_it(client: httpx.Client) -> None:
    path = "/v1/backends/ibm_boston/configuration"
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"])
    assert packed.content == plain.content


def test_every_answer_has_its_own_request_id(client: httpx.Client, server: Server) -> None:
    server.faults.append(Fault(status=500))
    answers = [client.get("/v1/backends"), client.get("/v1/backends"), client.get("/v1/no"), exchange(server)]
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == 4
    assert answers[0].json()["trace"] == answers[0].headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ibm%5Fboston/status", (200, None)),
        ("ibm%255Fboston/status", (404, 1007)),
        ("ibm_boston%2Fstatus", (404, 404)),
        ("nobody%2Fibm_boston/status", (404, 1007)),
    ],
)
def test_names_are_decoded_once_and_stay_in_their_segment(
    client: httpx.Client, name: str, expected: tuple[int, int | None]
) -> None:
    response = client.get(f"/v1/backends/{name}")
    assert response.status_code == expected[0]
    assert expected[1] is None or refusal(response) == expected


@pytest.mark.parametrize("path", ["/v1/backends/", "/v1/backends/ibm_boston", "/v2/backends", "/backends"])
def test_unknown_path(client: httpx.Client, path: str) -> None:
    assert refusal(client.get(path)) == (404, 404)


def test_other_methods(client: httpx.Client, server: Server) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert refusal(client.request(method, "/v1/backends")) == (405, 405)
        assert refusal(client.request(method, "/v1/backends/ibm_boston/status")) == (405, 405)
    assert refusal(client.get(f"{server.iam_url}/identity/token")) == (405, 405)


def test_target_that_names_the_host(server: Server) -> None:
    with httpx.Client(proxy=server.iam_url, trust_env=False) as client:
        response = client.get("http://quantum.cloud.ibm.com/api/v1/backends", headers=headers(server))
    assert response.status_code == 200
    assert server.requests[-1].path == "/api/v1/backends"


# What is refused


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer x", "apikey sandbox", "Basic Yng6Yng="])
def test_bearer(client: httpx.Client, server: Server, authorization: str | None) -> None:
    del client.headers["Authorization"]
    if authorization is not None:
        client.headers["Authorization"] = authorization
    assert refusal(client.get("/v1/backends")) == (401, 1200)
    assert refusal(client.get("/v1/backends/ibm_boston/status")) == (401, 1200)
    assert refusal(client.post(f"{server.iam_url}/v3/resources/search", json={})) == (401, 1200)


def test_token_under_another_scheme(client: httpx.Client) -> None:
    scheme, token = client.headers["Authorization"].split()
    assert client.get("/v1/backends", headers={"Authorization": f"{scheme.upper()} {token}"}).status_code == 200
    assert refusal(client.get("/v1/backends", headers={"Authorization": f"apikey {token}"})) == (401, 1200)


def test_token_that_has_expired(recording: Recording) -> None:
    with Server(recording, token_lifetime=0) as server:
        answer = httpx.get(f"{server.base_url}/v1/backends", headers=headers(server), trust_env=False)
        exchange(server)
        assert len(server._app.routes[0].endpoint.__self__.good_until) == 1  # type: ignore[attr-defined]
    assert refusal(answer) == (401, 1200)


@pytest.mark.parametrize("crn", [None, "", "sandbox", DEFAULT_INSTANCE[:-1], ELSEWHERE])
def test_instance(client: httpx.Client, crn: str | None) -> None:
    del client.headers["Service-CRN"]
    if crn is not None:
        client.headers["Service-CRN"] = crn
    assert refusal(client.get("/v1/backends")) == (404, 1279)
    assert refusal(client.get("/v1/backends/ibm_boston/status")) == (404, 1279)


@pytest.mark.parametrize("version", [None, "", "2025-04-30", "2024-01-01", "20260315", "2026-02-30", "latest"])
def test_api_version(client: httpx.Client, version: str | None) -> None:
    del client.headers["IBM-API-Version"]
    if version is not None:
        client.headers["IBM-API-Version"] = version
    assert refusal(client.get("/v1/backends")) == (400, 1208)
    for good in ("2025-05-01", "2026-04-15", "2031-12-31"):
        assert client.get("/v1/backends", headers={"IBM-API-Version": good}).status_code == 200


# IBM Cloud


def test_token(server: Server) -> None:
    answer = exchange(server).json()
    assert set(answer) == {
        "access_token",
        "refresh_token",
        "token_type",
        "expires_in",
        "expiration",
        "scope",
    }
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 3600
    assert answer["access_token"].count(".") == 2
    assert exchange(server).json()["access_token"] != answer["access_token"]


@pytest.mark.parametrize(
    ("grant_type", "apikey", "code"),
    [
        (GRANT_TYPE, "wrong", "BXNIM0415E"),
        (GRANT_TYPE, "", "BXNIM0109E"),
        ("", "sandbox", "BXNIM0109E"),
        ("password", "sandbox", "BXNIM0106E"),
    ],
)
def test_token_refused(server: Server, grant_type: str, apikey: str, code: str) -> None:
    answer = exchange(server, grant_type=grant_type, apikey=apikey)
    assert answer.status_code == 400
    assert set(answer.json()) == {"errorCode", "errorMessage", "errorDetails", "context"}
    assert answer.json()["errorCode"] == code
    assert answer.json()["context"]["requestId"] == answer.headers["X-Request-Id"]


def test_instances_are_found_page_by_page(recording: Recording) -> None:
    instances = {"first": DEFAULT_INSTANCE, "second": ELSEWHERE}
    asked = {"query": "service_name:quantum-computing", "fields": ["name", "doc.extensions", "region"]}
    with (
        Server(recording, instance=instances) as server,
        httpx.Client(base_url=server.iam_url, headers=headers(server), trust_env=False) as client,
    ):
        pages = [client.post("/v3/resources/search?limit=1", json=asked).json()]
        while "search_cursor" in pages[-1]:
            cursor = {"search_cursor": pages[-1]["search_cursor"]}
            pages.append(client.post("/v3/resources/search?limit=1", json=cursor).json())
        other = client.post("/v3/resources/search", json={"query": "service_name:kms"}).json()
        full = client.post("/v3/resources/search", json={"query": "*", "fields": ["*"]}).json()
        plan = client.get(f"/api/v1/{full['items'][0]['service_plan_unique_id']}").json()
        for instance in instances.values():
            answer = client.get("/api/v1/backends", headers={"Service-CRN": instance})
            assert answer.status_code == 200
    assert [len(page["items"]) for page in pages] == [1, 1, 0]
    assert [item for page in pages for item in page["items"]] == [
        {"crn": crn, "name": name, "region": crn.split(":")[5], "doc": {"extensions": {"backends": ["ANY"]}}}
        for name, crn in instances.items()
    ]
    assert other["items"] == []
    assert "search_cursor" not in full
    assert plan["overview_ui"]["en"]["display_name"] == "Open"


@pytest.mark.parametrize("body", ["", "[]", '{"search_cursor": "x"}', '{"fields": 1}'])
def test_search_that_cannot_be_read(client: httpx.Client, server: Server, body: str) -> None:
    assert refusal(client.post(f"{server.iam_url}/v3/resources/search", content=body)) == (400, 1208)


# What is logged


def test_requests(client: httpx.Client, server: Server) -> None:
    client.get("/v1/backends/ibm%5Fboston/properties?updated_before=2020-01-01T00%3A00%3A00%2B00%3A00")
    asked = server.requests[-1]
    assert isinstance(asked, Request)
    assert (asked.method, asked.path) == ("GET", "/api/v1/backends/ibm%5Fboston/properties")
    assert asked.query == {"updated_before": "2020-01-01T00:00:00+00:00"}
    assert asked.headers["service-crn"] == DEFAULT_INSTANCE
    exchange(server, apikey="wrong")
    assert b"apikey=wrong" in server.requests[-1].body


def test_requests_of_many_threads(client: httpx.Client, server: Server) -> None:
    server.requests.clear()
    server.faults.append(Fault(status=503, times=5))
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(client.get("/v1/backends").status_code)) for _ in range(32)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] * 27 + [503] * 5
    assert len(server.requests) == 32


def test_the_newest_requests_are_kept(recording: Recording) -> None:
    with Server(recording, keep=3) as server, httpx.Client(base_url=server.base_url, trust_env=False) as client:
        for index in range(5):
            client.get(f"/{index}")
        assert [request.path for request in server.requests] == ["/api/2", "/api/3", "/api/4"]
        client.get("/5", headers={"X-Other": "1"})
        first, second, third = (request.headers for request in server.requests)
    assert first is second
    assert third == {**first, "x-other": "1"}


# What goes wrong on request


def test_fault_with_a_status(client: httpx.Client, server: Server) -> None:
    server.faults.append(Fault(status=429, retry_after="7", headers={"X-Extra": "1"}))
    answer = client.get("/v1/backends")
    assert refusal(answer) == (429, 429)
    assert (answer.headers["Retry-After"], answer.headers["X-Extra"]) == ("7", "1")
    assert server.faults == []
    assert client.get("/v1/backends").status_code == 200


def test_fault_with_a_body(client: httpx.Client, server: Server) -> None:
    page = b"<html>Forbidden</html>"
    server.faults.append(Fault(status=403, body=page, content_type="text/html"))
    answer = client.get("/v1/backends")
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (403, page, "text/html")
    server.faults.append(Fault(body=b""))
    assert (client.get("/v1/backends").status_code, server.faults) == (200, [])


def test_fault_that_only_adds_headers(client: httpx.Client, server: Server, recording: Recording) -> None:
    server.faults.append(Fault(headers={"Deprecation": "@1"}))
    answer = client.get("/v1/backends")
    assert answer.headers["Deprecation"] == "@1"
    assert answer.content == recording.answer("/v1/backends", {})[1]


def test_fault_counts_and_paths(client: httpx.Client, server: Server) -> None:
    server.faults += [Fault(status=500, times=2, path="/status"), Fault(status=502, times=None, path="token")]
    assert client.get("/v1/backends").status_code == 200
    statuses = [client.get("/v1/backends/ibm_boston/status").status_code for _ in range(3)]
    assert statuses == [500, 500, 200]
    assert [exchange(server).status_code for _ in range(3)] == [502, 502, 502]
    assert server.faults == [Fault(status=502, times=None, path="token")]


def test_fault_drop(client: httpx.Client, server: Server) -> None:
    server.faults.append(Fault(drop=True))
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        client.get("/v1/backends")
    server.faults.append(Fault(drop=True))
    assert raw(server, b"GET /api/v1/backends HTTP/1.1\r\nHost: x\r\n\r\n") == b""
    assert client.get("/v1/backends").status_code == 200


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_fault_truncate(client: httpx.Client, server: Server, encoding: str) -> None:
    path = "/v1/backends/ibm_boston/configuration"
    client.headers["Accept-Encoding"] = encoding
    whole = client.get(path)
    with client.stream("GET", path) as response:
        whole_bytes = b"".join(response.iter_raw())
    server.faults += [Fault(truncate=True)] * 2
    with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):
        client.get(path)
    lines = "".join(f"{name}: {value}\r\n" for name, value in client.headers.items())
    target = urlsplit(f"{server.base_url}{path}").path
    head, _, body = raw(server, f"GET {target} HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode()).partition(b"\r\n\r\n")
    assert f"content-length: {whole.headers['Content-Length']}".encode() in head.lower()
    assert len(body) == len(whole_bytes) // 2
    assert whole_bytes[8:].startswith(body[8:])  # before that, gzip tells the time


def test_fault_truncate_of_a_body_that_was_given(client: httpx.Client, server: Server) -> None:
    server.faults.append(Fault(status=500, body=b"12345678", truncate=True))
    with pytest.raises(httpx.RemoteProtocolError, match="received 4 bytes, expected 8"):
        client.get("/v1/backends")


@pytest.mark.parametrize(("fault", "seen"), [(Fault(reset=True), b""), (Fault(reset=True, truncate=True), b"HTTP/1.1")])
def test_fault_reset(fault: Fault, seen: bytes, client: httpx.Client, server: Server) -> None:
    server.faults += [fault, fault]
    with pytest.raises(httpx.ReadError, match="reset by peer"):
        client.get("/v1/backends")
    with socket.create_connection((server.host, server.port), timeout=10) as connection:
        connection.sendall(b"GET /identity/token HTTP/1.1\r\nHost: x\r\n\r\n")
        data = b""
        with pytest.raises(ConnectionResetError):
            while True:
                data += connection.recv(65536)
    assert data[: len(b"HTTP/1.1")] == seen
    assert client.get("/v1/backends").status_code == 200


@pytest.mark.parametrize(("length", "body"), [(3, b"123"), (8, b"12345678")])
def test_fault_length(length: int, body: bytes, client: httpx.Client, server: Server) -> None:
    server.faults.append(Fault(body=b"12345678", length=length, headers={"Connection": "close"}))
    answer = client.get("/v1/backends")
    assert (answer.content, answer.headers["Content-Length"]) == (body, str(length))


def test_fault_length_that_is_more(client: httpx.Client, server: Server) -> None:
    server.faults.append(Fault(status=500, body=b"12345678", length=9, headers={"Connection": "close"}))
    with pytest.raises(httpx.RemoteProtocolError, match="received 8 bytes, expected 9"):
        client.get("/v1/backends")


@pytest.mark.parametrize("fault", [Fault(body=b"123", drip=0.001), Fault(status=204, drip=0.001)])
def test_fault_drip(fault: Fault, server: Server) -> None:
    server.faults.append(fault)
    pieces = []
    with socket.create_connection((server.host, server.port), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        while data := connection.recv(65536):
            pieces.append(data)
    head, _, body = b"".join(pieces).partition(b"\r\n\r\n")
    assert (head.split()[1], body) == (b"%d" % (fault.status or 200), fault.body or b"")
    assert len(pieces) > len(head) / 2  # a busy machine may see some bytes at once


def test_fault_drip_of_a_real_answer(client: httpx.Client, server: Server, recording: Recording) -> None:
    path = "/v1/backends/ibm_boston/status"
    server.faults.append(Fault(drip=0.0001))
    assert client.get(path).content == recording.answer(path, {})[1]
    assert client.get(path).status_code == 200


def test_fault_drip_to_somebody_who_leaves(recording: Recording, caplog: pytest.LogCaptureFixture) -> None:
    with Server(recording, faults=[Fault(drip=0.05)]) as server, pytest.raises(httpx.ReadTimeout):
        httpx.get(server.base_url, timeout=0.01, trust_env=False)
    assert caplog.text == ""


def test_fault_delay(client: httpx.Client, server: Server) -> None:
    server.faults += [Fault(delay=3600), Fault(delay=0.01)]
    with pytest.raises(httpx.ReadTimeout):
        client.get("/v1/backends", timeout=0.2)
    assert client.get("/v1/backends").status_code == 200


@pytest.mark.parametrize(
    "fault",
    [
        lambda: Fault(status=99),
        lambda: Fault(status=600),
        lambda: Fault(times=0),
        lambda: Fault(delay=-1),
        lambda: Fault(drip=-1),
        lambda: Fault(length=-1),
    ],
)
def test_fault_that_cannot_be(fault: type[Fault]) -> None:
    with pytest.raises(InvalidInputError):
        fault()


# What time it is there


@pytest.mark.parametrize("offset", [0, 86400, -86400])
def test_clock(offset: float, recording: Recording) -> None:
    with Server(recording, clock_offset=offset) as server:
        answer = exchange(server)
        answered = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        token = answer.json()
        part = token["access_token"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        assert len(answer.headers.get_list("Date")) == 1
        assert abs(answered - time.time() - offset) < 60
        assert abs(claims["iat"] - answered) < 60
        assert claims["exp"] == token["expiration"] == claims["iat"] + token["expires_in"]
        fields = headers(server)
        server.faults.append(Fault(status=429, retry_after=timedelta(hours=1)))
        limited = httpx.get(f"{server.base_url}/v1/backends", headers=fields, trust_env=False)
        later = parsedate_to_datetime(limited.headers["Retry-After"]) - parsedate_to_datetime(limited.headers["Date"])
        assert abs(later - timedelta(hours=1)) < timedelta(seconds=60)
        assert httpx.get(f"{server.base_url}/v1/backends", headers=fields, trust_env=False).status_code == 200


# How it starts and ends


def test_it_ends_while_somebody_waits(recording: Recording) -> None:
    errors: list[Exception] = []

    def ask(url: str) -> None:
        try:
            httpx.get(url, timeout=60, trust_env=False)
        except httpx.HTTPError as error:
            errors.append(error)

    arrived = threading.Event()
    before = set(threading.enumerate())
    with Server(recording, faults=[Fault(delay=3600)]) as server:
        thread = threading.Thread(target=ask, args=(f"{server.base_url}/v1/backends",))
        thread.start()
        while not server.requests:
            arrived.wait(0.01)
        idle = socket.create_connection((server.host, server.port))
    thread.join()
    idle.close()
    assert isinstance(errors[0], httpx.RemoteProtocolError)
    assert set(threading.enumerate()) == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port))


def test_address(recording: Recording, server: Server) -> None:
    assert server.host == "127.0.0.1"
    assert server.base_url == f"http://127.0.0.1:{server.port}/api"
    taken = f"127.0.0.1 port {server.port}"
    with pytest.raises(InvalidInputError, match=taken), Server(recording, port=server.port):
        pass
    with pytest.raises(InvalidInputError, match="65535"):
        Server(recording, port=65536)
    with Server(recording, host="0.0.0.0") as everywhere:
        assert everywhere.iam_url == f"http://127.0.0.1:{everywhere.port}"
        assert exchange(everywhere).status_code == 200


@pytest.mark.parametrize("instance", ["", "sandbox", "crn:v1:bluemix", {"a": "b"}])
def test_instance_that_is_no_crn(recording: Recording, instance: str | dict[str, str]) -> None:
    with pytest.raises(InvalidInputError, match="must be a CRN"):
        Server(recording, instance=instance)


def test_empty_key(recording: Recording) -> None:
    with pytest.raises(InvalidInputError, match="key"):
        Server(recording, api_key="")


def test_serve(recording: Recording) -> None:
    lines: list[str] = []
    statuses: list[int] = []
    kept: list[object] = []

    def interrupt() -> None:
        shown = dict(line.removeprefix("export ").split("=", 1) for line in lines[:-1])
        base_url = lines[-1].removeprefix("# base URL: ")
        form = {"grant_type": GRANT_TYPE, "apikey": shown["QISKIT_IBM_TOKEN"]}
        token = httpx.post(f"{shown['IAM_URL']}/identity/token", data=form, trust_env=False).json()["access_token"]
        fields = {"Authorization": f"Bearer {token}", "IBM-API-Version": "2026-03-15"}
        fields["Service-CRN"] = shown["QISKIT_IBM_INSTANCE"]
        statuses.append(httpx.get(f"{base_url}/v1/backends?only=here", headers=fields, trust_env=False).status_code)
        kept.extend(thing for thing in gc.get_objects() if type(thing) is Request and "only" in thing.query)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    def echo(line: str) -> None:
        lines.append(line)
        if line.startswith("# base URL"):
            threading.Thread(target=interrupt).start()

    with pytest.raises(KeyboardInterrupt):
        serve(recording, port=0, api_key="other", instance=ELSEWHERE, echo=echo)
    assert (statuses, kept) == ([200], [])
    only_official = [line for line in lines if line.endswith("# for qiskit-ibm-runtime only")]
    assert [line.split("=")[0] for line in only_official] == ["export GLOBAL_CATALOG_URL", "export QISKIT_IBM_URL"]


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_missing_extra(missing: str) -> None:
    code = f"""
import sys
import ibm_quantum_backends.recording
assert not {{"starlette", "uvicorn"}} & set(sys.modules)
sys.modules[{missing!r}] = None
from ibm_quantum_backends.errors import MissingExtraError
try:
    import ibm_quantum_backends.server
except MissingExtraError as error:
    print(error.extra, error)
"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.startswith("server ")
    assert "ibm-quantum-backends[server]" in shown


@pytest.mark.parametrize("status", [204, 304])
def test_a_fault_without_a_body(recording: Recording, status: int, capfd: pytest.CaptureFixture[str]) -> None:
    with Server(recording, faults=[Fault(status=status, path="/backends")]) as server:
        assert httpx.get(f"{server.base_url}/v1/backends", trust_env=False).status_code == status
    assert capfd.readouterr().err == ""
