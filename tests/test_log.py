"""What the package's logger says of requests, and the hooks of httpx that it leaves to others."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from conftest import Kind, asked
from wire import Connection, Listener

from ibm_quantum_backends.errors import InvalidInputError, PermissionDeniedError
from ibm_quantum_backends.server import DEFAULT_INSTANCE, Fault, Server

PACKAGE = "ibm_quantum_backends"
TOKEN = "a-token-that-nobody-may-see"


def told(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name.split(".")[0] == PACKAGE]


def test_one_record_for_each_answer(connect: Callable[..., Any], api: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, PACKAGE)
    client = connect()
    client.properties("ibmq_manila", calibration_id=None)
    exchange, answer = told(caplog)
    assert (exchange.method, exchange.path, exchange.status) == ("POST", "/identity/token", 200)  # type: ignore[attr-defined]
    values = vars(answer)
    assert (answer.name, answer.levelname) == (PACKAGE, "DEBUG")
    assert (values["method"], values["path"]) == ("GET", "/api/v1/backends/ibmq_manila/properties")
    assert (values["status"], values["attempt"]) == (200, 1)
    assert 0 < values["seconds"] < 60
    assert len(values["request_id"]) == 36
    assert answer.getMessage() == (
        f"GET /api/v1/backends/ibmq_manila/properties: 200 in {values['seconds']:.3f} s, attempt 1, "
        f"request id {values['request_id']}"
    )


def test_attempts(connect: Callable[..., Any], api: Server, caplog: pytest.LogCaptureFixture) -> None:
    client = connect(timeout=1)
    client.list()
    caplog.set_level(logging.DEBUG, PACKAGE)
    api.faults += [
        Fault(status=503, retry_after="0", path="/api/"),
        Fault(drop=True, path="/api/"),
        Fault(status=401, path="/api/"),
    ]
    assert len(client.list()) == 3
    shown = [(record.levelname, record.getMessage()) for record in told(caplog)]
    path = "/api/v1/backends"
    expected = [
        ("DEBUG", f"GET {path}: 503 in "),
        ("INFO", f"GET {path}: attempt 1 came to 503, the next follows in 0.00 s"),
        ("INFO", f"GET {path}: attempt 2 came to RemoteProtocolError, the next follows in "),
        ("DEBUG", f"GET {path}: 401 in "),
        ("DEBUG", "POST /identity/token: 200 in "),
        ("DEBUG", f"GET {path}: 200 in "),
    ]
    assert len(shown) == len(expected)
    for (level, text), (wanted, start) in zip(shown, expected, strict=True):
        assert (level, text[: len(start)]) == (wanted, start)
    assert [vars(record)["attempt"] for record in told(caplog)] == [1, 1, 2, 3, 1, 3]


def test_nothing_by_default(connect: Callable[..., Any], api: Server, caplog: pytest.LogCaptureFixture) -> None:
    connect().list()
    assert told(caplog) == []


def test_no_header_even_if_the_server_sends_the_token_back(
    make: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    def echo(listener: Listener, connection: Connection) -> None:
        head = listener.receive_head(connection)
        (token,) = [line for line in head.split(b"\r\n") if line.startswith(b"Authorization")]
        id_ = token.removeprefix(b"Authorization: Bearer ")
        connection.sendall(b"HTTP/1.1 403 No\r\nX-Request-Id: %s \x1b[31m\r\nContent-Length: 0\r\n\r\n" % id_)

    caplog.set_level(logging.DEBUG, PACKAGE)
    with Listener(echo) as server:
        client = make(token=TOKEN, instance=DEFAULT_INSTANCE, base_url=server.url, retries=0)
        with pytest.raises(PermissionDeniedError) as caught:
            client.list()
        assert TOKEN.encode() in server.seen
    (record,) = told(caplog)
    assert vars(record)["request_id"].startswith("*** ")
    assert record.getMessage().isprintable()
    assert TOKEN not in f"{vars(record)} {record.getMessage()} {vars(caught.value)}"


def test_hooks_of_httpx_are_the_users(kind: Kind, connect: Callable[..., Any], api: Server) -> None:
    seen: list[str] = []

    def request(request: Any) -> None:
        seen.append(f"{request.method} {request.url.path}")

    def response(response: Any) -> None:
        seen.append(f"{response.status_code}")

    async def later_request(each: Any) -> None:
        request(each)

    async def later_response(each: Any) -> None:
        response(each)

    hooks: Any = {"request": [request], "response": (response,)}
    if kind == "async":
        hooks = {"request": [later_request], "response": (later_response,)}
    api.faults.append(Fault(status=503, retry_after="0", path="/api/"))
    connect(event_hooks=hooks).list()
    once = "GET /api/v1/backends"
    assert seen == ["POST /identity/token", "200", once, "503", once, "200"]
    with pytest.raises(InvalidInputError, match=r"event_hooks: expected lists of functions for request .*answer"):
        connect(event_hooks={"answer": [print]})


@pytest.mark.parametrize("error", [LookupError, TimeoutError])
def test_what_a_hook_raises_the_call_raises(
    error: type[Exception], kind: Kind, connect: Callable[..., Any], api: Server
) -> None:
    def stop(_: Any) -> None:
        raise error("not now")

    async def later(each: Any) -> None:
        stop(each)

    client = connect(event_hooks={"request": [stop if kind == "sync" else later]})
    with pytest.raises(error, match="not now"):
        client.list()
    assert asked(api, "") == 0
