"""Tokens: one exchange for all who need one, renewals, and a key that only IAM sees."""

import asyncio
import logging
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from conftest import SANDBOX, Blocking, Kind, asked, exposed
from wire import Connection, Listener, answering, relay

from ibm_quantum_backends import AsyncBackends, Backends, BackendsError, auth
from ibm_quantum_backends import iam as iam_module
from ibm_quantum_backends.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    CredentialsError,
    DecodeError,
    PermissionDeniedError,
    ServerError,
)
from ibm_quantum_backends.recording import Record, Recording
from ibm_quantum_backends.server import DEFAULT_INSTANCE, Fault, Server

IAM = "/identity/token"
KEY = "the+key/that-only~IAM-may-see=="
FORMS = (KEY, "the%2Bkey%2Fthat-only~IAM-may-see%3D%3D")


def together(kind: Kind, count: int, server: Server, **options: Any) -> list[Any]:
    """What as many calls at once, on one client that starts cold, come to."""
    options = {
        "api_key": "sandbox",
        "instance": DEFAULT_INSTANCE,
        "base_url": server.base_url,
        "iam_url": server.iam_url,
        **options,
    }
    if kind == "async":

        async def gather() -> list[Any]:
            async with AsyncBackends(**options) as client:
                calls = (client.status("ibm_boston") for _ in range(count))
                return await asyncio.gather(*calls, return_exceptions=True)

        return asyncio.run(gather())
    barrier = threading.Barrier(count)

    def call(client: Backends) -> Any:
        barrier.wait()
        try:
            return client.status("ibm_boston")
        except BackendsError as error:
            return error

    with Backends(**options) as client, ThreadPoolExecutor(count) as pool:
        return list(pool.map(call, [client] * count))


@pytest.mark.parametrize(("kind", "count"), [("sync", 64), ("async", 256)])
def test_one_exchange_for_all_who_start_cold(kind: Kind, count: int, api: Server) -> None:
    api.faults.append(Fault(delay=0.2, path=IAM))
    assert {result.backend_version for result in together(kind, count, api)} != set()
    assert (asked(api, IAM), asked(api)) == (1, count)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(status=400, body=b'{"errorCode": "BXNIM0415E", "errorMessage": "No such key."}'), AuthenticationError),
        (Fault(status=401), AuthenticationError),
        (Fault(status=500), ServerError),
        (Fault(drop=True), APIConnectionError),
        (Fault(truncate=True), APIConnectionError),
        (Fault(body=b"<html>"), DecodeError),
        (Fault(body=b'{"access_token": ""}'), DecodeError),
        (Fault(body=b'{"access_token": "a\\nb"}'), DecodeError),
        (Fault(body=b"[]"), DecodeError),
    ],
)
def test_a_failed_exchange_is_shared_and_delays_nothing(
    fault: Fault, error: type[BackendsError], kind: Kind, api: Server, connect: Callable[..., Any]
) -> None:
    slow = Fault(**{**vars(fault), "delay": 0.1, "path": IAM})
    api.faults.append(slow)
    results = together(kind, 16, api, retries=0)
    assert {type(result) for result in results} == {error}
    assert len({str(result) for result in results}) == 1
    assert (asked(api, IAM), asked(api)) == (1, 0)
    # And the next one does not wait for anything: it exchanges anew.
    client = connect(retries=0)
    api.faults.append(Fault(**{**vars(fault), "path": IAM}))
    with pytest.raises(error):
        client.list()
    assert len(client.list()) == 3
    assert asked(api, IAM) == 3


def test_a_rejected_key_is_not_tried_again(connect: Callable[..., Any], api: Server) -> None:
    with pytest.raises(AuthenticationError, match=r"400 Bad Request \(POST .*BXNIM0415E") as caught:
        connect(api_key="wrong").list()
    assert caught.value.status_code == 400
    assert caught.value.errors[0].code == "BXNIM0415E"
    assert (asked(api, IAM), asked(api)) == (1, 0)


def test_an_exchange_is_retried(connect: Callable[..., Any], api: Server) -> None:
    api.faults.append(Fault(status=503, retry_after="0", path=IAM, times=2))
    assert len(connect().list()) == 3
    assert (asked(api, IAM), asked(api)) == (3, 1)


def test_more_time_is_worth_another_exchange(kind: Kind, connect: Callable[..., Any], api: Server) -> None:
    api.faults.append(Fault(delay=2, path=IAM))
    client = connect()
    if kind == "async":

        async def both() -> list[Any]:
            short = client.client.list(deadline=0.3)
            return await asyncio.gather(short, client.client.list(), return_exceptions=True)

        hasty, patient = client._runner.run(both())
    else:
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(client.list, deadline=0.3)
            while not asked(api, IAM):
                time.sleep(0.01)
            second = pool.submit(client.list)
            hasty, patient = first.exception(), second.result()
    assert isinstance(hasty, APITimeoutError)
    assert len(patient) == 3
    assert asked(api, IAM) == 2


def test_who_waits_for_another_has_a_deadline(api: Server, clean_environment: None) -> None:
    api.faults.append(Fault(delay=1.5, path=IAM))
    options = {"api_key": "sandbox", "instance": DEFAULT_INSTANCE, "base_url": api.base_url, "iam_url": api.iam_url}
    with Backends(**options) as client, ThreadPoolExecutor(1) as pool:  # type: ignore[arg-type]
        patient = pool.submit(client.list)
        while not asked(api, IAM):
            time.sleep(0.01)
        with pytest.raises(APITimeoutError, match=r"deadline of 0\.2 s"):
            client.list(deadline=0.2)
        assert not patient.done()
        assert len(patient.result()) == 3
    assert asked(api, IAM) == 1


@pytest.mark.usefixtures("clean_environment")
def test_a_token_is_renewed_before_it_ends() -> None:
    with Server(Recording(SANDBOX), token_lifetime=2) as server:
        hosts = {"base_url": server.base_url, "iam_url": server.iam_url}
        with (
            Backends(api_key="sandbox", instance=DEFAULT_INSTANCE, **hosts) as first,  # type: ignore[arg-type]
            Blocking(api_key="sandbox", instance=DEFAULT_INSTANCE, **hosts) as second,
        ):
            for client in (first, second) * 2:
                client.list()
            assert asked(server, IAM) == 2
            time.sleep(1.65)
            for client in (first, second):
                client.list()
            assert asked(server, IAM) == 4
            assert asked(server) == 6  # nothing met a 401


@pytest.mark.parametrize(
    "fault",
    [
        *(Fault(status=status, retry_after="0") for status in (400, 401, 403, 429, 500, 503)),
        *(Fault(drop=True), Fault(truncate=True), Fault(body=b"<html>"), Fault(delay=60)),
    ],
)
def test_a_failed_early_renewal_keeps_the_token(
    fault: Fault,
    connect: Callable[..., Any],
    api: Server,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(iam_module, "_EARLY", 1.0)  # every moment is early
    monkeypatch.setattr(iam_module, "_AGAIN", 0)
    monkeypatch.setattr(auth, "_PATIENCE", 0.3)
    client = connect()
    client.list()
    api.faults.append(Fault(**{**vars(fault), "path": IAM}))
    with caplog.at_level(logging.WARNING, "ibm_quantum_backends"):
        assert len(client.list(deadline=4)) == 3
    assert (asked(api, IAM), asked(api)) == (2, 2)
    assert "is used until it ends" in caplog.text
    client.list()
    assert asked(api, IAM) == 3
    tokens = [request.headers["authorization"] for request in api.requests if "/api/" in request.path]
    assert tokens[0] == tokens[1] != tokens[2]


def test_401_renews_once_and_retries_once(connect: Callable[..., Any], api: Server) -> None:
    client = connect()
    client.list()
    api.faults.append(Fault(status=401, path="/api/"))
    assert len(client.list()) == 3
    assert (asked(api, IAM), asked(api)) == (2, 3)


def test_401_for_ever(connect: Callable[..., Any], api: Server) -> None:
    api.faults.append(Fault(status=401, path="/api/", times=None))
    with pytest.raises(AuthenticationError):
        connect().list()
    assert (asked(api, IAM), asked(api)) == (2, 2)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_401_for_many_renews_once(kind: Kind, api: Server) -> None:
    api.faults.append(Fault(status=401, path="/api/", times=8, delay=0.3))
    results = together(kind, 8, api)
    assert not [result for result in results if isinstance(result, Exception)]
    assert (asked(api, IAM), asked(api)) == (2, 16)


def test_a_given_token_is_not_renewed(connect: Callable[..., Any], api: Server) -> None:
    with pytest.raises(AuthenticationError, match=r"^401 Unauthorized"):
        connect(token="stale").list()
    assert (asked(api, IAM), asked(api)) == (0, 1)
    assert api.requests[-1].headers["authorization"] == "Bearer stale"


def test_a_function_is_asked_again_after_a_401(connect: Callable[..., Any], api: Server) -> None:
    tokens = iter(["stale", _token(api), "not needed"])
    client = connect(token=lambda: next(tokens))
    assert len(client.list()) == 3
    assert asked(api) == 2
    with pytest.raises(AuthenticationError):
        connect(token=lambda: "stale").list()
    assert asked(api) == 4


def test_a_token_that_was_refused_is_in_no_error(connect: Callable[..., Any], api: Server) -> None:
    first, second = "the-first-token", "the-second-token"
    tokens = iter([first, second])
    body = f'{{"errors": [{{"code": 1, "message": "neither {first} nor {second}"}}]}}'.encode()
    api.faults.extend([Fault(status=401, path="/api/"), Fault(status=403, body=body, path="/api/")])
    with pytest.raises(PermissionDeniedError, match=r"neither \*\*\* nor \*\*\*") as caught:
        connect(token=lambda: next(tokens)).list()
    assert first not in exposed(caught.value)
    assert second not in exposed(caught.value)


@pytest.mark.parametrize("token", ["", "a secret\n", None, 5])
def test_a_function_that_gives_no_token(token: Any, connect: Callable[..., Any], api: Server) -> None:
    with pytest.raises(CredentialsError, match=r"^token\(\): expected") as caught:
        connect(token=lambda: token).list()
    assert "a secret" not in exposed(caught.value)
    assert asked(api) == 0


def test_a_function_that_fails(connect: Callable[..., Any]) -> None:
    def fail() -> str:
        raise OSError("the vault is closed")

    with pytest.raises(CredentialsError, match=r"^token\(\): expected a token, found OSError") as caught:
        connect(token=fail).list()
    assert str(caught.value.__cause__) == "the vault is closed"


def test_an_authentication_of_httpx(connect: Callable[..., Any], api: Server) -> None:
    class Own(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
            request.headers["Authorization"] = f"Bearer {token}"
            yield request

    token = _token(api)
    assert len(connect(token=Own()).list()) == 3


def _token(server: Server) -> str:
    form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": "sandbox"}
    token: str = httpx.post(f"{server.iam_url}{IAM}", data=form, trust_env=False).json()["access_token"]
    return token


def test_a_renewal_that_failed_is_not_tried_again_at_once(
    connect: Callable[..., Any], api: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(iam_module, "_EARLY", 1.0)
    client = connect()
    client.list()
    api.faults.append(Fault(status=503, path=IAM, times=None))
    for _ in range(3):  # each would wait for IAM
        client.list()
    assert asked(api, IAM) == 2


WHERE = {
    "a password": "http://login:{}/",
    "no host": "http://\N{LATIN SMALL LETTER E WITH ACUTE}..{}/",
    "without end": "/" + "a" * 65_520,
    "elsewhere": "https://{}.example/",
}


@pytest.mark.parametrize("place", [IAM, "/api/"])
@pytest.mark.parametrize("location", WHERE.values(), ids=WHERE.keys())
def test_a_redirect_that_leads_nowhere_is_told_without_secrets(
    location: str, place: str, make: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    secret, asked_for = "my-own-key" if place == IAM else "my-own-token", 0

    def serve(listener: Listener, connection: Connection) -> None:
        nonlocal asked_for
        head = listener.receive_head(connection)
        if IAM.encode() in head and place != IAM:
            body = b'{"access_token": "my-own-token", "expires_in": 3600}'
            return connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        asked_for += 1
        where = location.format(secret).encode("latin-1")
        connection.sendall(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: %s\r\n\r\n" % where)

    with Listener(serve) as server, caplog.at_level(logging.DEBUG, "ibm_quantum_backends"):
        client = make(api_key="my-own-key", instance=DEFAULT_INSTANCE, base_url=f"{server.url}/api", iam_url=server.url)
        with pytest.raises(APIStatusError, match=r"^302 Found") as caught:
            client.list()
    shown = exposed(caught.value) + caplog.text
    assert "my-own-key" not in shown and "my-own-token" not in shown
    assert caught.value.headers["location"] == location.format("***")
    assert asked_for == 1


@pytest.fixture(scope="module")
def wires() -> Iterator[tuple[Server, Listener, Listener]]:
    with Server(Recording(SANDBOX), api_key=KEY) as server, relay(server.port) as iam, relay(server.port) as api:
        yield server, iam, api


@pytest.fixture
def split(wires: tuple[Server, Listener, Listener]) -> tuple[Server, Listener, Listener]:
    """A server that takes KEY, and the wires to it: the one to IAM, the one to the API."""
    for log in (wires[0].requests, wires[0].faults, wires[1].seen, wires[2].seen):
        log.clear()
    return wires


ELSEWHERE = {"Location": "{api}/api/v1/backends"}
FAULTS: dict[str, list[Fault]] = {
    "none": [],
    "API 401": [Fault(status=401, path="/api/", times=None)],
    "API 403, a page": [Fault(status=403, body=b"<html>", content_type="text/html", path="/api/")],
    "API drop": [Fault(drop=True, path="/api/", times=None)],
    "API cut off": [Fault(truncate=True, path="/api/", times=None)],
    "API late": [Fault(delay=60, path="/api/", times=None)],
    "API no JSON": [Fault(body=b"{", path="/api/", times=None)],
    "API elsewhere": [Fault(status=307, headers={"Location": "http://127.0.0.1:1/"}, path="/api/")],
    "IAM 400": [Fault(status=400, path=IAM)],
    "IAM 400, an echo": [
        Fault(status=400, path=IAM, body=f'{{"errorCode": "E", "errorMessage": "{FORMS[0]} {FORMS[1]}"}}'.encode())
    ],
    "IAM 500": [Fault(status=500, retry_after="0", path=IAM, times=None)],
    "IAM 500, an echo": [Fault(status=500, body=FORMS[1].encode(), retry_after="0", path=IAM, times=None)],
    "IAM echo for a token": [Fault(body=f'{{"token": "{KEY}"}}'.encode(), path=IAM, times=None)],
    "IAM drop": [Fault(drop=True, path=IAM, times=None)],
    "IAM cut off": [Fault(truncate=True, path=IAM, times=None)],
    "IAM late": [Fault(delay=60, path=IAM, times=None)],
    "IAM elsewhere": [Fault(status=307, headers=ELSEWHERE, path=IAM)],
    "IAM wrong gzip": [Fault(body=b"{}", headers={"Content-Encoding": "gzip"}, path=IAM, times=None)],
}


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS.keys())
def test_only_iam_sees_the_key(
    faults: list[Fault],
    split: tuple[Server, Listener, Listener],
    make: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, iam, api = split
    for fault in faults:
        headers = {name: value.format(api=api.url) for name, value in fault.headers.items()}
        server.faults.append(Fault(**{**vars(fault), "headers": headers}))
    monkeypatch.setattr("random.uniform", lambda low, high: 0)
    client = make(
        api_key=KEY, instance=DEFAULT_INSTANCE, base_url=f"{api.url}/api", iam_url=iam.url, retries=2, deadline=0.3
    )
    caplog.set_level(logging.DEBUG)
    errors = []
    for call in (client.list, lambda: client.properties("ibmq_manila"), client.list_all):
        try:
            call()
        except BackendsError as error:
            errors.append(error)
    assert bool(errors) == bool(faults)
    found = client.fleet(names=["ibmq_manila"])
    errors += [error for error in found["ibmq_manila"].values() if isinstance(error, BackendsError)]
    secrets = [*FORMS, *(r.headers.get("authorization", "").removeprefix("Bearer ") for r in server.requests)]
    assert FORMS[1].encode() in iam.seen
    for form in FORMS:
        assert form.encode() not in api.seen
    shown = [caplog.text, *(f"{record.__dict__}" for record in caplog.records)]
    shown += [f"{client!r} {vars(client)} {vars(client._auth)}" if isinstance(client, Backends) else repr(client)]
    for error in errors:
        assert error.__cause__ is error.__context__ is None
        twin = pickle.loads(pickle.dumps(error))
        assert (type(twin), str(twin)) == (type(error), str(error))
        shown += [exposed(error), repr(pickle.dumps(error))]
    for secret in filter(None, secrets):
        assert [text for text in shown if secret in text] == []


def test_no_recording_holds_a_secret(split: tuple[Server, Listener, Listener], tmp_path: Any) -> None:
    server, iam, api = split
    options = {"base_url": f"{api.url}/api", "iam_url": iam.url, "instance": DEFAULT_INSTANCE}
    with Backends(api_key=KEY, transport=Record(tmp_path), **options) as client:  # type: ignore[arg-type]
        client.fleet(["configuration", "status"])
    tokens = [r.headers.get("authorization", "").removeprefix("Bearer ") for r in server.requests]
    written = [Recording(tmp_path).body(entry) for entry in Recording(tmp_path).entries]
    written += [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 7
    for secret in filter(None, [*FORMS, *tokens]):
        assert [content for content in written if secret.encode() in content] == []


ECHOES = {
    "status line": b"HTTP/1.1 %s\r\n\r\n",
    "reason": b"HTTP/1.1 400 %s\r\nContent-Length: 0\r\n\r\n",
    "header": b"HTTP/1.1 200 OK\r\n%s\r\n\r\n",
    "chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n",
    "type": b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: 2\r\n\r\n[]",
    "devices": b'HTTP/1.1 200 OK\r\n\r\n{"devices": [{"name": "%s"}], "access_token": ""}',
    "document": b'HTTP/1.1 200 OK\r\n\r\n{"backend_name": ["%s"], "n_qubits": "%s"}',
    "page": b"HTTP/1.1 200 OK\r\n\r\n<%s>",
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES.keys())
def test_no_error_tells_what_a_server_sends_back(
    echo: bytes, make: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    def serve(listener: Listener, connection: Connection) -> None:
        sent = listener.receive_head(connection)
        while b"POST" in sent and b"apikey" not in sent:
            sent += listener.receive(connection)
        secret = next((form for form in (FORMS[1], FORMS[0], "a-bearer/token+x") if form.encode() in sent), "")
        connection.sendall(echo.replace(b"%s", secret.encode()))

    caplog.set_level(logging.DEBUG, "ibm_quantum_backends")
    with Listener(serve) as server:
        hosts = {"base_url": server.url, "iam_url": server.url, "instance": DEFAULT_INSTANCE}
        for credentials in ({"token": "a-bearer/token+x"}, {"api_key": KEY}):
            client = make(**hosts, **credentials, retries=0)
            for call in (client.list, lambda c=client: c.properties("a"), lambda c=client: c.calibration("a")):
                with pytest.raises(BackendsError) as caught:
                    call()
                for secret in ("a-bearer/token+x", *FORMS):
                    for shown in (exposed(caught.value), repr(pickle.dumps(caught.value)), caplog.text):
                        assert secret not in shown
        assert b"a-bearer/token+x" in server.seen
        assert FORMS[1].encode() in server.seen


def test_no_cookie_is_kept(make: Callable[..., Any]) -> None:
    answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: %d\r\n\r\n%s"
    body = b'{"access_token": "a-bearer-token", "devices": []}'
    with answering(answer % (len(body), body)) as server:
        client = make(api_key=KEY, instance=DEFAULT_INSTANCE, base_url=server.url, iam_url=server.url)
        assert client.list() == client.list() == []
        assert server.accepted == 3
        assert b"ookie" not in server.seen


def test_a_client_cannot_be_pickled(make: Callable[..., Any]) -> None:
    client = make(api_key=KEY, instance=DEFAULT_INSTANCE)
    client = getattr(client, "client", client)
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(client)
    with pytest.raises(TypeError):
        pickle.dumps(client._settings)


@pytest.mark.parametrize("expires_in", ["3600", "-1", "0", "null", "true", '"soon"', "1e400", "9" * 4000])
def test_any_lifetime_is_taken(expires_in: str, make: Callable[..., Any], api: Server) -> None:
    body = f'{{"access_token": "{_token(api)}", "expires_in": {expires_in}}}'.encode()
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)) as iam:
        client = make(api_key="sandbox", instance=DEFAULT_INSTANCE, base_url=api.base_url, iam_url=iam.url)
        assert len(client.list()) == 3
