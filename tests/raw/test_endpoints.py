"""The raw client on its own: each endpoint, sync and async, over HTTP, and the client that carries it."""

import asyncio
import copy
import datetime
import json
import pickle
import socket
import ssl
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import exposed
from wire import Connection, Listener, answering

import ibm_quantum_backends
from ibm_quantum_backends.raw import AuthenticatedClient, Client
from ibm_quantum_backends.raw.api.backends import (
    get_backend_configuration,
    get_backend_defaults,
    get_backend_properties,
    get_backend_status,
    list_backends,
)
from ibm_quantum_backends.raw.models import (
    BackendConfiguration,
    BackendDefaults,
    BackendProperties,
    BackendsResponse,
    BackendStatus,
    ErrorResponse,
    ListBackendsFields,
)
from ibm_quantum_backends.raw.types import Response
from ibm_quantum_backends.recording import Recording
from ibm_quantum_backends.server import DEFAULT_API_KEY, DEFAULT_INSTANCE, Fault, Server

ENDPOINTS: dict[Any, tuple[type, str]] = {
    list_backends: (BackendsResponse, "/api/v1/backends"),
    get_backend_configuration: (BackendConfiguration, "/api/v1/backends/ibmq_manila/configuration"),
    get_backend_defaults: (BackendDefaults, "/api/v1/backends/ibmq_manila/defaults"),
    get_backend_properties: (BackendProperties, "/api/v1/backends/ibmq_manila/properties"),
    get_backend_status: (BackendStatus, "/api/v1/backends/ibmq_manila/status"),
}
ERROR = (
    b'{"errors": [{"code": 1201, "message": "m", "solution": "s", "more_info": "i", "new": 1}], "trace": "t", "x": 2}'
)
TOKEN = "a-token-that-nobody-may-see"
CERTIFICATES = ssl.create_default_context()  # read once: each httpx client would take 20 ms for it

both = pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
each = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.__name__.split(".")[-1])


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    with Server(Recording(Path(ibm_quantum_backends.__file__).parent / "sandbox")) as server:
        yield server


@pytest.fixture
def server(shared: Server) -> Iterator[Server]:
    shared.requests.clear()
    yield shared
    shared.faults.clear()


@pytest.fixture(scope="module")
def token(shared: Server) -> str:
    form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": DEFAULT_API_KEY}
    token: str = httpx.post(f"{shared.iam_url}/identity/token", data=form, trust_env=False).json()["access_token"]
    return token


@pytest.fixture
def client(server: Server, token: str) -> Iterator[AuthenticatedClient]:
    headers = {"Service-CRN": DEFAULT_INSTANCE}
    made = AuthenticatedClient(
        server.base_url, token=token, headers=headers, verify_ssl=CERTIFICATES, httpx_args={"trust_env": False}
    )
    yield made
    made.get_httpx_client().close()


def call(endpoint: Any, client: Client, *, is_async: bool, name: str = "ibmq_manila", **query: Any) -> Any:
    """The detailed answer; the plain function is called too, and gives its parsed body."""
    answer: Response[Any]
    place = () if endpoint is list_backends else (name,)
    if not is_async:
        parsed = endpoint.sync(*place, client=client, **query)
        answer = endpoint.sync_detailed(*place, client=client, **query)
    else:

        async def calls() -> tuple[Any, Any]:
            async with client.with_headers({}) as own:  # an httpx client belongs to the loop of its first call
                plain = await endpoint.asyncio(*place, client=own, **query)
                return plain, await endpoint.asyncio_detailed(*place, client=own, **query)

        parsed, answer = asyncio.run(calls())
    if isinstance(parsed, ErrorResponse) and isinstance(answer.parsed, ErrorResponse):
        parsed.trace = answer.parsed.trace  # each request has its own
    assert parsed == answer.parsed
    assert type(answer.status_code) is int
    return answer


# What is sent and what comes back


@each
@both
def test_every_endpoint(client: AuthenticatedClient, server: Server, token: str, endpoint: Any, is_async: bool) -> None:
    model, path = ENDPOINTS[endpoint]
    answer = call(endpoint, client, is_async=is_async)
    assert (answer.status_code, type(answer.parsed)) == (200, model)
    assert answer.parsed.to_dict().keys() == json.loads(answer.content).keys()
    assert answer.headers["Content-Type"] == "application/json"
    for request in server.requests:
        assert (request.method, request.path, request.query, request.body) == ("GET", path, {}, b"")
        assert request.headers["authorization"] == f"Bearer {token}"
        assert request.headers["service-crn"] == DEFAULT_INSTANCE
        assert request.headers["ibm-api-version"] == "2026-03-15"
    assert len(server.requests) == 2


@both
def test_another_version_of_the_api(client: AuthenticatedClient, server: Server, is_async: bool) -> None:
    call(list_backends, client, is_async=is_async, ibm_api_version="2026-02-15")
    assert [request.headers["ibm-api-version"] for request in server.requests] == ["2026-02-15"] * 2


@both
def test_queries(client: AuthenticatedClient, server: Server, is_async: bool) -> None:
    before = datetime.datetime(2024, 5, 27, 18, 19, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    query = {"updated_before": before, "calibration_id": "a b&c=d"}
    call(get_backend_properties, client, is_async=is_async, name="ibm_sherbrooke", **query)
    call(list_backends, client, is_async=is_async, fields=ListBackendsFields.WAIT_TIME_SECONDS)
    call(list_backends, client, is_async=is_async, fields=ListBackendsFields("new"))
    assert [request.query for request in server.requests[::2]] == [
        {"updated_before": "2024-05-27T18:19:05+02:00", "calibration_id": "a b&c=d"},
        {"fields": "wait_time_seconds"},
        {"fields": "new"},
    ]


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        ("a/b", "a%2Fb"),
        ("../../identity/token", "..%2F..%2Fidentity%2Ftoken"),
        (".", "%2E"),
        ("..", "%2E%2E"),
        ("a..b", "a..b"),
        ("a?b#c", "a%3Fb%23c"),
        ("100%41", "100%2541"),
        ("a b\n", "a%20b%0A"),
        ("µ", "%C2%B5"),
        ("", ""),
    ],
)
@both
def test_a_name_stays_in_its_segment(
    client: AuthenticatedClient, server: Server, name: str, segment: str, is_async: bool
) -> None:
    assert call(get_backend_status, client, name=name, is_async=is_async).status_code == 404
    assert {request.path for request in server.requests} == {f"/api/v1/backends/{segment}/status"}


# Answers that do not fit


@each
@both
@pytest.mark.parametrize(
    "answered",
    [
        (403, b"<html><h1>Access denied</h1></html>"),
        (401, b"{}"),
        (401, b""),
        (404, b"[]"),
        (404, b'{"errors": {}}'),
        (429, b'{"errors": ["slow down"]}'),
        (500, b"null"),
        (503, ERROR[:-20]),
        (520, b"\xff\xfe"),
        (204, b""),
        (207, b'{"devices": []}'),
        (302, b""),
        (200, b""),
        (200, b"<html></html>"),
        (200, b"[]"),
        (200, b"null"),
        (200, b'{"devices": [{"name": "a"'),
        (200, b"[" * 100_000),
        (200, b"5" * 5_000),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_no_answer_raises(
    client: AuthenticatedClient, server: Server, endpoint: Any, is_async: bool, answered: tuple[int, bytes]
) -> None:
    status, body = answered
    server.faults.append(Fault(status=status, body=body, content_type="text/html", times=None))
    answer = call(endpoint, client, is_async=is_async)
    assert (answer.status_code, answer.content, answer.parsed) == (status, body, None)
    assert answer.headers["Content-Type"].startswith("text/html")


@each
@both
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418, 429, 499, 500, 503, 520, 599])
def test_every_error_status_is_declared(
    client: AuthenticatedClient, server: Server, endpoint: Any, is_async: bool, status: int
) -> None:
    server.faults.append(Fault(status=status, body=ERROR, times=None))
    answer = call(endpoint, client, is_async=is_async)
    assert (answer.status_code, answer.content, type(answer.parsed)) == (status, ERROR, ErrorResponse)
    assert answer.parsed.to_dict() == json.loads(ERROR)
    (item,) = answer.parsed.errors
    assert (item.code, item.message, item.solution, item.more_info, item["new"]) == (1201, "m", "s", "i", 1)


@pytest.mark.parametrize("endpoint", [each for each in ENDPOINTS if each is not get_backend_defaults])
def test_a_model_that_does_not_fit_keeps_the_content(
    client: AuthenticatedClient, server: Server, endpoint: Any
) -> None:
    server.faults.append(Fault(body=b'{"length_queue": "many"}', times=None))
    answer = call(endpoint, client, is_async=False)
    assert (answer.status_code, answer.content, answer.parsed) == (200, b'{"length_queue": "many"}', None)


@both
def test_no_answer_at_all_is_httpx_s_error(client: AuthenticatedClient, server: Server, is_async: bool) -> None:
    for fault in (Fault(drop=True, times=None), Fault(truncate=True, times=None)):
        server.faults[:] = [fault]
        with pytest.raises(httpx.RemoteProtocolError):
            call(list_backends, client, is_async=is_async)


# The client


def test_nothing_shows_a_secret() -> None:
    secrets = {"headers": {"X-Key": TOKEN}, "cookies": {"session": TOKEN}, "httpx_args": {"auth": ("me", TOKEN)}}
    for client in (
        AuthenticatedClient("https://example.invalid", token=TOKEN, **secrets),
        AuthenticatedClient("https://example.invalid", token="x", **secrets).with_headers({"Other": TOKEN}),
        Client("https://example.invalid", **secrets).with_cookies({"other": TOKEN}),
    ):
        assert client.get_httpx_client()
        for shown in (repr(client), str(client), f"{client}", repr([client])):
            assert shown.startswith(("AuthenticatedClient(", "Client(", "["))
            assert TOKEN not in shown
        client.get_httpx_client().close()


@both
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_takes_no_credentials_along(server: Server, status: int, is_async: bool) -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as other:
        server.faults[:] = [Fault(status=status, headers={"Location": f"{other.url}/elsewhere"}, times=None)]
        made = AuthenticatedClient(
            server.base_url,
            token=TOKEN,
            headers={"Service-CRN": DEFAULT_INSTANCE},
            cookies={"session": "a-secret-cookie"},
            follow_redirects=True,
            httpx_args={"trust_env": False, "headers": {"X-Further": "a-secret-header"}},
        )
        assert call(list_backends, made, is_async=is_async).status_code == 200
        made.get_httpx_client().close()
        assert other.accepted == 2
        for secret in (TOKEN, DEFAULT_INSTANCE, "a-secret-cookie", "a-secret-header"):
            assert secret.encode() not in other.seen
            assert secret in str(server.requests[-1].headers)
        # On the same host they go along.
        server.faults[:] = [Fault(status=status, headers={"Location": "/api/v1/backends/ibmq_manila/status"})]
        made = AuthenticatedClient(server.base_url, token=TOKEN, follow_redirects=True, httpx_args={"trust_env": False})
        call(list_backends, made, is_async=is_async)
        made.get_httpx_client().close()
        assert server.requests[-1].headers["authorization"] == f"Bearer {TOKEN}"


def test_a_client_cannot_be_pickled(client: AuthenticatedClient) -> None:
    for made in (client, Client("https://example.invalid", headers={"Authorization": TOKEN})):
        for way in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="holds credentials and cannot be pickled"):
                way(made)


@both
def test_no_traceback_shows_a_secret(is_async: bool) -> None:
    def reset(listener: Listener, connection: Connection) -> None:
        time.sleep(0.1)  # meanwhile the client is still sending
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    secrets = {"token": TOKEN, "headers": {"Service-CRN": "crn:a:secret"}, "cookies": {"session": "a-secret-cookie"}}
    large = {"X-Large": "x" * 5_000_000}
    with Listener(reset) as server:
        clients = [
            AuthenticatedClient(server.url, httpx_args={"trust_env": False}, **secrets),
            AuthenticatedClient(server.url, httpx_args={"trust_env": False}, **secrets).with_headers(large),
            AuthenticatedClient("https://127.0.0.1:1", verify_ssl=CERTIFICATES, **secrets),
            AuthenticatedClient(f"https://127.0.0.1:{server.port}", httpx_args={"verify": CERTIFICATES}, **secrets),
            AuthenticatedClient(server.url, httpx_args={"mounts": {5: None}}, **secrets),
        ]
        for made in clients:
            with pytest.raises((httpx.HTTPError, AttributeError, TypeError)) as caught:
                call(list_backends, made, is_async=is_async)
            for secret in (TOKEN, "crn:a:secret", "a-secret-cookie"):
                assert secret not in exposed(caught.value)


def test_a_derived_client_leaves_the_first_as_it_was(client: AuthenticatedClient, server: Server, token: str) -> None:
    first = client.get_httpx_client()
    derived = client.with_headers({"X-New": "1"}).with_cookies({"c": "2"}).with_timeout(httpx.Timeout(7))
    assert derived is not client
    assert type(derived) is AuthenticatedClient
    assert derived.get_httpx_client() is not first
    assert derived.get_httpx_client().timeout == httpx.Timeout(7)
    for used in (derived, client):
        call(get_backend_status, used, is_async=False)
    derived.get_httpx_client().close()
    new, old = (request.headers for request in server.requests[::2])
    assert (new["x-new"], new["cookie"], new["authorization"]) == ("1", "c=2", f"Bearer {token}")
    assert "x-new" not in old
    assert "cookie" not in old
    assert client.get_httpx_client() is first


@pytest.mark.parametrize(("prefix", "name", "sent"), [("", "X-Auth", TOKEN), ("Token", "X-Auth", f"Token {TOKEN}")])
def test_where_the_token_goes(server: Server, prefix: str, name: str, sent: str) -> None:
    arguments = {"trust_env": False}
    with AuthenticatedClient(
        server.base_url, token=TOKEN, prefix=prefix, auth_header_name=name, httpx_args=arguments
    ) as client:
        assert call(list_backends, client, is_async=False).status_code == 401
    assert [request.headers[name.lower()] for request in server.requests] == [sent] * 2
    assert "authorization" not in server.requests[0].headers


def test_an_httpx_client_of_one_s_own(server: Server, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Service-CRN": DEFAULT_INSTANCE}
    with httpx.Client(base_url=server.base_url, headers=headers, trust_env=False) as own:
        client = AuthenticatedClient("https://example.invalid", token="unused").set_httpx_client(own)
        assert call(get_backend_status, client, is_async=False).status_code == 200

    async def main() -> int:
        async with httpx.AsyncClient(base_url=server.base_url, headers=headers, trust_env=False) as own:
            client = AuthenticatedClient("https://example.invalid", token="unused").set_async_httpx_client(own)
            return (await get_backend_status.asyncio_detailed("ibmq_manila", client=client)).status_code

    assert asyncio.run(main()) == 200


ALONE = """
import asyncio, importlib, pkgutil, sys

ALLOWED = {"httpx", "httpcore", "h11", "certifi", "idna", "anyio", "sniffio", "attr", "attrs", "typing_extensions"}

class Blocker:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names or top in ALLOWED or name == "ibm_quantum_backends":
            return None
        if name.startswith("ibm_quantum_backends.raw"):
            return None
        raise ModuleNotFoundError(f"{name} is blocked", name=name)

sys.meta_path.insert(0, Blocker())
base_url, token, crn = sys.argv[1:]
import ibm_quantum_backends.raw as raw

for module in pkgutil.walk_packages(raw.__path__, raw.__name__ + "."):
    importlib.import_module(module.name)
    print(module.name, file=sys.stderr)
for name in raw.models.__all__:
    getattr(raw.models, name)
from ibm_quantum_backends.raw.api.backends import list_backends

client = raw.AuthenticatedClient(base_url, token=token, headers={"Service-CRN": crn}, httpx_args={"trust_env": False})
with client:
    print(len(list_backends.sync(client=client).devices))
async def main():
    async with client:
        print(len((await list_backends.asyncio(client=client)).devices))
asyncio.run(main())
for name in ("dateutil", "ibm_quantum_backends.client"):
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        print(error)
"""


def test_raw_needs_httpx_and_attrs_alone(server: Server, token: str) -> None:
    arguments = [sys.executable, "-W", "error", "-c", ALONE, server.base_url, token, DEFAULT_INSTANCE]
    found = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert found.stdout == "3\n3\ndateutil is blocked\nibm_quantum_backends.client is blocked\n"
    assert len(found.stderr.split()) > 40
