"""Sending: retries, time limits, proxies, certificates, and what comes of answers that are none."""

import asyncio
import gzip
import json
import os
import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from conftest import Kind, asked, exposed
from wire import Connection, Listener, answering, dripping, proxy, relay

from ibm_quantum_backends import AsyncBackends, Backends
from ibm_quantum_backends.deadlines import Deadline
from ibm_quantum_backends.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    BackendsError,
    BadRequestError,
    DecodeError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from ibm_quantum_backends.retries import DeadlineRetry
from ibm_quantum_backends.server import DEFAULT_INSTANCE, Fault, Server

RETRIED = (429, 500, 502, 503, 504, 520, 521, 522, 523, 524)
CUT_OFF = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
WRONG_GZIP = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The jitter of the backoff is at its least, and that is nothing."""
    monkeypatch.setattr("random.uniform", lambda low, high: 0)


@pytest.mark.parametrize("status", RETRIED)
def test_statuses_that_are_retried(status: int, connect: Callable[..., Any], api: Server) -> None:
    api.faults.append(Fault(status=status, retry_after="0", path="/api/", times=3))
    assert len(connect().list()) == 3
    assert asked(api) == 4


@pytest.mark.parametrize("status", RETRIED)
def test_statuses_that_last(status: int, connect: Callable[..., Any], api: Server) -> None:
    api.faults.append(Fault(status=status, retry_after="0", path="/api/", times=None))
    with pytest.raises(RateLimitError if status == 429 else ServerError, match="This fault was asked for") as caught:
        connect(retries=2).list()
    assert (caught.value.status_code, caught.value.retry_after) == (status, 0)
    assert asked(api) == 3


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 418, 501, 505, 302])
def test_statuses_that_are_not_retried(status: int, connect: Callable[..., Any], api: Server) -> None:
    api.faults.append(Fault(status=status, retry_after="0", path="/api/"))
    with pytest.raises(APIStatusError) as caught:
        connect().list()
    assert (caught.value.status_code, asked(api)) == (status, 1)


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(drop=True), APIConnectionError),
        (Fault(truncate=True), APIConnectionError),
        (Fault(body=b"{}", headers={"Content-Encoding": "gzip"}), DecodeError),
        (
            Fault(body=gzip.compress(b"{}", mtime=0)[:-8] + b"12345678", headers={"Content-Encoding": "gzip"}),
            DecodeError,
        ),
        (Fault(delay=60), APITimeoutError),
    ],
)
def test_no_complete_answer(fault: Fault, error: type[BackendsError], connect: Callable[..., Any], api: Server) -> None:
    client = connect(retries=2, timeout=0.15)
    client.list()
    api.requests.clear()
    api.faults.append(Fault(**{**vars(fault), "path": "/api/", "times": 2}))
    assert len(client.list()) == 3
    assert asked(api) == 3
    api.faults.append(Fault(**{**vars(fault), "path": "/api/", "times": None}))
    with pytest.raises(error, match=r"GET http://127.0.0.1:\d+/api/v1/backends") as caught:
        client.list()
    assert type(caught.value) is error
    assert asked(api) == 6
    assert caught.value.__context__ is None


def test_the_real_backoff(connect: Callable[..., Any], api: Server) -> None:
    api.faults.append(Fault(status=503, path="/api/"))
    before = time.monotonic()
    assert len(connect().list()) == 3
    assert time.monotonic() - before >= 0.25
    policy = DeadlineRetry({}, 9, Deadline(None), {})
    longest = []
    for limit in (0.5, 1, 2, 4, 8, 8, 8):
        pauses = [policy.increment().backoff_strategy()]
        pauses += [policy.backoff_strategy() for _ in range(99)]
        assert min(pauses) >= limit / 2
        assert max(pauses) <= limit
        assert len(set(pauses)) > 50
        longest.append(max(pauses))
    assert longest == sorted(longest, key=lambda pause: min(pause, 4.1))


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_honoured(form: str, connect: Callable[..., Any], api: Server) -> None:
    client = connect()
    client.list()
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)  # whole seconds: 1 to 2 from now
    api.faults.append(Fault(status=429, retry_after="1" if form == "seconds" else date, path="/api/"))
    before = time.monotonic()
    assert len(client.list()) == 3
    assert time.monotonic() - before >= 0.9


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_beyond_the_deadline(form: str, connect: Callable[..., Any], api: Server) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    value = "3600" if form == "seconds" else date
    api.faults.append(Fault(status=429, retry_after=value, path="/api/", times=None))
    with pytest.raises(RateLimitError, match="This fault") as caught:
        connect().list()
    assert 3500 < (caught.value.retry_after or 0) <= 3602  # the server's Date is of the last second
    assert asked(api) == 1
    with pytest.raises(RateLimitError):
        connect(deadline=None).list(deadline=1000)


@pytest.mark.parametrize("value", ["99999999999999999999", "9" * 400])
def test_retry_after_beyond_all_time(value: str, connect: Callable[..., Any], api: Server) -> None:
    api.faults.append(Fault(status=429, retry_after=value, path="/api/", times=None))
    with pytest.raises(RateLimitError):
        connect(deadline=None).list()
    assert asked(api) == 1


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Head: ", b"x"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1000000\r\n\r\n"
            + gzip.compress(b"", mtime=0)[:10],
            b"",
        ),
    ],
)
def test_a_slow_answer_meets_the_deadline(head: bytes, drop: bytes, make: Callable[..., Any]) -> None:
    with dripping(head, drop, 0.05) as server:
        client = make(token="t", instance=DEFAULT_INSTANCE, base_url=server.url, deadline=0.5)
        with pytest.raises(APITimeoutError):
            client.list()
        assert server.accepted == 1


def test_the_deadline_covers_sleeping(connect: Callable[..., Any], api: Server) -> None:
    api.faults.append(Fault(status=503, path="/api/", times=None))
    with pytest.raises(ServerError):
        connect(retries=100, deadline=0.6).list()
    assert asked(api) < 4


def test_the_deadline_covers_the_exchange(connect: Callable[..., Any], api: Server) -> None:
    api.faults.append(Fault(delay=60, path="/identity/token"))
    with pytest.raises(APITimeoutError):
        connect(deadline=0.3).list()
    assert asked(api) == 0
    # What the exchange took is not there for the API's answer.
    api.faults[:] = [Fault(delay=0.6, path="/identity/token"), Fault(delay=60, path="/api/", times=None)]
    before = time.monotonic()
    with pytest.raises(APITimeoutError):
        connect(deadline=0.9, retries=0).list()
    assert time.monotonic() - before < 1.4


def test_the_deadline_covers_an_exchange_that_is_retried(connect: Callable[..., Any], api: Server) -> None:
    api.faults += [Fault(status=503, retry_after="1", path="/identity/token"), Fault(delay=60, path="/identity/token")]
    before = time.monotonic()
    with pytest.raises(APITimeoutError):
        connect(deadline=1.2).list()
    assert time.monotonic() - before < 1.9


def test_the_deadline_covers_finding_the_instance(connect: Callable[..., Any], api: Server) -> None:
    api.faults.append(Fault(delay=60, path="/v3/resources/search"))
    with pytest.raises(APITimeoutError):
        connect(instance=None, deadline=0.3).list()


def test_a_calls_own_deadline(connect: Callable[..., Any], api: Server) -> None:
    client = connect(deadline=60)
    api.faults.append(Fault(delay=60, path="/api/", times=None))
    for call in (
        client.list,
        client.select,
        client.least_busy,
        *(lambda name=name, **options: getattr(client, name)("ibm_boston", **options) for name in DOCUMENTS),
    ):
        with pytest.raises(APITimeoutError):
            call(deadline=0.1)
    with pytest.raises(APITimeoutError):
        client.list(deadline=0.0001)
    found = client.fleet(names=["ibm_boston"], deadline=0.1)
    assert isinstance(found["ibm_boston"]["configuration"], APITimeoutError)
    api.faults.clear()
    assert len(client.list()) == 3
    with pytest.raises(ValueError, match="deadline: expected seconds above 0"):
        client.list(deadline=0)


DOCUMENTS = ("configuration", "properties", "status", "defaults")


def test_nobody_listens(make: Callable[..., Any], no_pauses: None) -> None:
    with answering(b"") as gone:
        pass
    client = make(token="t", instance=DEFAULT_INSTANCE, base_url=gone.url)
    with pytest.raises(APIConnectionError, match=r"GET http://127.0.0.1"):
        client.list()


def test_a_reset_connection(make: Callable[..., Any], no_pauses: None) -> None:
    def reset(listener: Listener, connection: Connection) -> None:
        listener.receive_head(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with Listener(reset) as server:
        client = make(token="t", instance=DEFAULT_INSTANCE, base_url=server.url)
        with pytest.raises(APIConnectionError, match=r"^\S.* \(GET http"):
            client.list()
        assert server.accepted == 4


def test_a_closed_client_says_so() -> None:
    client = Backends.sandbox()
    client.close()
    with pytest.raises(APIConnectionError, match="the client is closed"):
        client.list()

    async def closed() -> None:
        client = AsyncBackends.sandbox()
        await client.aclose()
        with pytest.raises(APIConnectionError, match="the client is closed"):
            await client.list()

    asyncio.run(closed())


# What stands for an answer, and is none, or none that is worth anything.
ANSWERS = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "no status": b"HTTP/1.1 \r\n\r\n",
    "status 99": b"HTTP/1.1 99 No\r\n\r\n",
    "status 999": b"HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n",
    "HTTP/3": b"HTTP/3.0 200 OK\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "length -1": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "no chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "cut off": CUT_OFF,
    "wrong gzip": WRONG_GZIP,
    "wrong deflate": WRONG_GZIP.replace(b"gzip", b"deflate"),
    "unknown coding": WRONG_GZIP.replace(b"gzip", b"zip"),
    "wrong charset": b"HTTP/1.1 200 OK\r\nContent-Type: text/json; charset=none\r\nContent-Length: 2\r\n\r\n[]",
    "a head for ever": b"HTTP/1.1 200 OK\r\n" + b"A: " + b"b" * 300_000,
    "bytes in the head": b"HTTP/1.1 403 \xff\r\nX-Request-Id: \xff\r\nRetry-After: \xff\r\nContent-Length: 0\r\n\r\n",
    "elsewhere, no URL": b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n",
    "elsewhere, a file": b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
    "elsewhere, nowhere": b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
    "switching": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    "no content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "empty": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "no end": b"HTTP/1.1 200 OK\r\n\r\n[",
    "cookies": b"HTTP/1.1 403 No\r\nSet-Cookie: a=\xff; Domain=\r\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_nothing_but_our_errors_gets_through(answer: bytes, make: Callable[..., Any]) -> None:
    with answering(answer) as server:
        hosts = {"base_url": server.url, "iam_url": server.url}
        for credentials in ({"token": "t"}, {"api_key": "k"}):
            client = make(instance=DEFAULT_INSTANCE, retries=1, deadline=5, **hosts, **credentials)
            for call in (client.list, lambda client=client: client.properties("a"), client.instances):
                with pytest.raises(BackendsError) as caught:
                    call()
                assert caught.value.__context__ is caught.value.__cause__ is None
                assert "\n" not in str(caught.value)
                assert len(str(caught.value)) < 500
        assert server.accepted >= 6


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(status=403, body=b"<html>Access denied</html>", content_type="text/html"), PermissionDeniedError),
        (Fault(status=400, body=b""), BadRequestError),
        (Fault(status=404, body=b"[]"), NotFoundError),
        (Fault(body=b""), DecodeError),
        (Fault(body=b"<html></html>", content_type="text/html"), DecodeError),
        (Fault(body=b"[]"), DecodeError),
        (Fault(body=b"{}"), DecodeError),
        (Fault(status=204, body=b""), APIStatusError),
    ],
)
def test_an_error_is_never_an_empty_list(
    fault: Fault, error: type[BackendsError], connect: Callable[..., Any], api: Server
) -> None:
    client = connect(retries=0)
    for call in (client.list, client.select, client.least_busy, client.fleet, lambda: client.properties("ibm_boston")):
        api.faults.append(Fault(**{**vars(fault), "path": "/api/"}))
        with pytest.raises(error):
            call()


@pytest.mark.parametrize("body", [b"", b"<html></html>", b'{"devices": [', b"[]"])
def test_a_body_that_is_no_whole_object_is_asked_for_again(
    body: bytes, connect: Callable[..., Any], api: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.uniform", lambda low, high: 0)
    client = connect(retries=2)
    api.faults.append(Fault(body=body, path="/api/"))
    assert len(client.list()) == 3
    assert asked(api) == 2
    api.faults.append(Fault(body=body, path="/api/", times=None))
    with pytest.raises(DecodeError) as caught:
        client.list()
    assert caught.value.body == body
    assert asked(api) == 5


def test_a_listed_name_that_cannot_be_asked_for(connect: Callable[..., Any], api: Server) -> None:
    client = connect()
    devices = [device.to_dict() for device in client.list()]
    odd = json.dumps({"devices": [devices[0], {**devices[1], "name": "a b"}]}).encode()
    api.faults.append(Fault(body=odd, path="/api/v1/backends"))
    found = client.fleet("status")
    assert isinstance(found["a b"]["status"], BackendsError)
    assert found["ibm_boston"]["status"].length_queue == 0


def test_redirects_are_not_followed(connect: Callable[..., Any], api: Server) -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as other:
        for status in (301, 302, 303, 307, 308):
            api.faults.append(Fault(status=status, headers={"Location": f"{other.url}/api/v1/backends"}, path="/api/"))
            with pytest.raises(APIStatusError, match=f"^{status} ") as caught:
                connect().list()
            assert caught.value.headers["location"].startswith(other.url)
        assert other.accepted == 0


AUTHORITY = trustme.CA(organization_name="ibm-quantum-backends", organization_unit_name="tests")
HASHED = "9bbee56a.0"  # the file in which OpenSSL looks for that name: openssl x509 -subject_hash
# TLS contexts are costly, and these are all alike.
SERVING = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
AUTHORITY.issue_cert("127.0.0.1", "api.test", "iam.test").configure_cert(SERVING)


@pytest.fixture
def secure(api: Server) -> Iterator[Listener]:
    """The local server, by TLS, with a certificate of an authority that nobody knows."""
    with relay(api.port, SERVING) as listener:
        yield listener


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    file = tmp_path / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(file)
    return file


def over_tls(make: Callable[..., Any], listener: Listener, **options: Any) -> Any:
    hosts = {"base_url": f"{listener.url}/api", "iam_url": listener.url}
    return make(**{"api_key": "sandbox", "instance": DEFAULT_INSTANCE, **hosts, **options})


def test_a_fault_of_tls_after_the_handshake(make: Callable[..., Any], certificates: Path) -> None:
    def serve(listener: Listener, connection: Connection) -> None:
        listener.receive_head(connection)
        with socket.socket(fileno=os.dup(connection.fileno())) as bare:
            bare.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")

    with Listener(serve, SERVING) as listener:
        client = over_tls(make, listener, token="t", api_key=None, verify=certificates, retries=1)
        with pytest.raises(APIConnectionError, match="SSL"):
            client.list()
        assert listener.accepted == 2
        found = client.fleet(names=["a", "b"])
    assert {type(each) for of_name in found.values() for each in of_name.values()} == {APIConnectionError}


@pytest.mark.parametrize("proxy", ["http://a..b:3128", f"http://{'a' * 64}.example:1", "http://127.0.0.1:99999"])
def test_a_proxy_that_cannot_be_one(proxy: str, connect: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    with pytest.raises(APIConnectionError):
        connect(retries=0).list()


def test_the_reason_is_told(make: Callable[..., Any]) -> None:
    with pytest.raises(APIConnectionError, match=r"\[Errno \d+\] Conn"):
        make(token="t", instance=DEFAULT_INSTANCE, base_url="http://127.0.0.1:1", retries=0).list()


@pytest.mark.parametrize(
    "way", ["file", "path", "folder", "context", "off", "SSL_CERT_FILE", "SSL_CERT_DIR", "account"]
)
def test_certificates_hold_for_api_and_exchange(  # noqa: PLR0917 (fixtures)
    way: str,
    make: Callable[..., Any],
    api: Server,
    secure: Listener,
    certificates: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context = ssl.create_default_context(cafile=str(certificates))
    folder = certificates.parent / "certificates"
    folder.mkdir()
    (folder / HASHED).write_bytes(certificates.read_bytes())
    saved = certificates.parent / "accounts.json"
    saved.write_text(
        f'{{"a": {{"channel": "ibm_cloud", "token": "sandbox", "instance": "{DEFAULT_INSTANCE}", '
        f'"verify": "{certificates}"}}}}'
    )
    options: dict[str, Any] = {
        "file": {"verify": str(certificates)},
        "path": {"verify": certificates},
        "folder": {"verify": str(folder)},
        "context": {"verify": context},
        "off": {"verify": False},
        "account": {"api_key": None, "account": "a", "account_file": saved},
    }.get(way, {})
    if way.startswith("SSL"):
        monkeypatch.setenv(way, str(certificates if way == "SSL_CERT_FILE" else folder))
    assert len(over_tls(make, secure, **options).list()) == 3
    assert (asked(api, "/identity/token"), asked(api)) == (1, 1)


def test_a_bad_certificate_is_an_error_without_retries(
    make: Callable[..., Any], api: Server, secure: Listener, certificates: Path
) -> None:
    for options in ({}, {"token": "t", "api_key": None}):
        accepted = secure.accepted
        with pytest.raises(APIConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
            over_tls(make, secure, **options).list()
        assert secure.accepted == accepted + 1
    assert api.requests == []
    # The certificate is good, but another host's.
    client = over_tls(make, secure, verify=str(certificates), base_url=f"https://localhost:{secure.port}/api")
    with pytest.raises(APIConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
        client.list()
    assert asked(api) == 0


@pytest.fixture
def forward(api: Server) -> Iterator[Listener]:
    """A proxy to the local server."""
    with proxy(api.port) as listener:
        yield listener


@pytest.fixture
def tunnel(secure: Listener) -> Iterator[Listener]:
    """A proxy to the local server's TLS."""
    with proxy(secure.port) as listener:
        yield listener


def save_proxy(folder: Path, url: str) -> dict[str, Any]:
    file = folder / "accounts.json"
    file.write_text(
        f'{{"a": {{"channel": "ibm_cloud", "token": "sandbox", "instance": "{DEFAULT_INSTANCE}", '
        f'"proxies": {{"urls": {{"https": "{url}"}}}}}}}}'
    )
    return {"api_key": None, "account": "a", "account_file": file}


@pytest.mark.parametrize("way", ["proxy=", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "account"])
def test_proxies_hold_for_api_and_exchange(  # noqa: PLR0917 (fixtures)
    way: str,
    make: Callable[..., Any],
    api: Server,
    tunnel: Listener,
    certificates: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = tunnel.url.replace("://", "://user:word@")
    options = {"proxy=": {"proxy": url}, "account": save_proxy(tmp_path, url)}.get(way, {})
    if "PROXY" in way.upper() and not options:
        monkeypatch.setenv(way, url)
    hosts = {"base_url": "https://api.test/api", "iam_url": "https://iam.test"}
    client = over_tls(make, tunnel, verify=str(certificates), **hosts, **options)
    assert len(client.list()) == 3
    assert (asked(api, "/identity/token"), asked(api)) == (1, 1)
    assert {r.headers["host"] for r in api.requests} == {"api.test", "iam.test"}
    heads = bytes(tunnel.seen)
    assert heads.count(b"CONNECT ") == heads.count(b"Proxy-Authorization: Basic ") == 2
    assert b"CONNECT api.test:443 " in heads
    assert b"CONNECT iam.test:443 " in heads
    assert b"sandbox" not in heads  # the key, and the instance, are inside of TLS


def test_http_proxy_and_no_proxy(
    connect: Callable[..., Any], api: Server, forward: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", forward.url)
    assert len(connect().list()) == 3
    assert b"POST http://127.0.0.1" in forward.seen
    assert b"GET http://127.0.0.1" in forward.seen
    forward.seen.clear()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert len(connect().list()) == 3
    assert forward.seen == b""
    assert len(connect(proxy=forward.url).list()) == 3  # an argument goes before the environment
    assert forward.seen


def test_tls_within_tls_keeps_to_the_deadline(
    make: Callable[..., Any], certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drip(listener: Listener, connection: Connection) -> None:
        listener.receive_head(connection)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        listener.receive(connection)
        connection.sendall(b"\x16\x03\x03\x40\x00")  # the handshake goes on for 16 kB
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)

    monkeypatch.setattr("certifi.where", lambda: str(certificates))  # what httpcore trusts of a proxy
    with Listener(drip, SERVING) as proxy:
        url, trust = "https://api.test/api", str(certificates)
        client = make(token="t", instance=DEFAULT_INSTANCE, base_url=url, proxy=proxy.url, verify=trust)
        before = time.monotonic()
        with pytest.raises(APITimeoutError):
            client.list(deadline=0.7)
        assert time.monotonic() - before < 10
        assert proxy.accepted == 1


def test_a_proxy_that_refuses(make: Callable[..., Any], no_pauses: None) -> None:
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with answering(refusal) as refusing:
        client = make(api_key="sandbox", instance=DEFAULT_INSTANCE, proxy=refusing.url.replace("://", "://user:word@"))
        with pytest.raises(APIConnectionError, match="407") as caught:
            client.list()
        assert "word" not in str(caught.value)
        assert refusing.accepted == 1
    echo = refusal.replace(b"Proxy Authentication Required", b"no dXNlcjp3b3Jk, user:word")
    with answering(echo) as refusing:
        client = make(api_key="sandbox", instance=DEFAULT_INSTANCE, proxy=refusing.url.replace("://", "://user:word@"))
        with pytest.raises(APIConnectionError, match=r"^407 Proxy Authentication Required \(POST ") as caught:
            client.list()
        assert "user:word" not in exposed(caught.value)
        assert "dXNlcjp3b3Jk" not in exposed(caught.value)


def test_two_loops_after_one_another(api: Server, clean_environment: None) -> None:
    client = AsyncBackends(
        api_key="sandbox", instance=DEFAULT_INSTANCE, base_url=api.base_url, iam_url=api.iam_url, retries=0
    )

    async def twice() -> int:
        async with client:
            return len(await client.list()) + len(await client.list())

    assert [asyncio.run(twice()) for _ in range(3)] == [6, 6, 6]
    assert asked(api, "/identity/token") == 1


def test_a_cancelled_call_leaves_the_client_as_it_was(api: Server, clean_environment: None) -> None:
    async def main() -> None:
        async with AsyncBackends(
            api_key="sandbox", instance=DEFAULT_INSTANCE, base_url=api.base_url, iam_url=api.iam_url
        ) as client:
            for path in ("/identity/token", "/api/"):
                api.requests.clear()
                api.faults.append(Fault(delay=60, path=path))
                tasks = [asyncio.create_task(client.list()) for _ in range(5)]
                while not asked(api, path):
                    await asyncio.sleep(0.01)
                tasks[0].cancel()
                results = await asyncio.gather(*tasks, return_exceptions=True)
                assert isinstance(results[0], asyncio.CancelledError)
                api.faults.clear()
                assert len(await client.list()) == 3

    asyncio.run(asyncio.wait_for(main(), 30))


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_transport_of_ones_own(kind: Kind, make: Callable[..., Any]) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"devices": []})

    client = make(token="t", instance=DEFAULT_INSTANCE, transport=httpx.MockTransport(answer), verify="/nowhere")
    assert client.list() == []
    assert sent[0].headers["user-agent"].startswith("ibm-quantum-backends/")
