"""The arguments of a client: what is refused before anything is sent, and what is made of the rest."""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import SANDBOX, asked, exposed

from ibm_quantum_backends import Backends
from ibm_quantum_backends.errors import CredentialsError, InvalidInputError
from ibm_quantum_backends.recording import Recording
from ibm_quantum_backends.server import DEFAULT_INSTANCE, Server

KEY = "the-key-that-nobody-may-see"
EU = DEFAULT_INSTANCE.replace("us-east", "eu-de")
ELSEWHERE = DEFAULT_INSTANCE.replace("us-east", "us-south")

pytestmark = pytest.mark.usefixtures("clean_environment")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"token": "t"}, "one of api_key, token and account"),
        ({"account": "a"}, "one of api_key, token and account"),
        ({"instance": "crn:v1:x"}, "instance: expected crn:v1"),
        ({"instance": ""}, "instance: expected crn:v1"),
        ({"instance": ELSEWHERE}, "expected one of us-east, eu-de, found 'us-south'"),
        ({"region": "us-south"}, "expected one of us-east, eu-de, found 'us-south'"),
        *[
            ({name: url}, f"{name}: expected")
            for name in ("base_url", "iam_url")
            for url in (
                *("http://quantum.cloud.ibm.com/api", "http://127.example.com/api", "http://localhost.example.com"),
                *("http://127.0.0.1.nip.io", "http://0.0.0.0/api", "http://[::2]/api", "ftp://localhost", "localhost"),
                *("https://", "https:///api", "//host/api", "not a URL", "https://host:99999/api", "https://[::1"),
                *("https://user:word@host/api", "https://user@host", "https://host/api?x=1", "https://host/#x"),
                *("https://ho st/api", "https://host\n/api", "https://999.1.1.1/", f"https://{'a' * 64}.example"),
                *("https://a..example/api", "https://host\\@other/api"),
            )
        ],
        *[({"timeout": value}, "timeout: expected seconds above 0") for value in (0, -1, float("nan"), 3e6)],
        *[
            ({"timeout": httpx.Timeout(5, read=v)}, "timeout: expected seconds")
            for v in (0, -1, float("nan"), 3e6, "x")
        ],
        *[({"deadline": value}, "deadline: expected seconds above 0") for value in (0, -1, float("nan"))],
        ({"retries": -1}, "retries: expected 0 or more"),
        *[
            ({"api_version": v}, "api_version: expected a date")
            for v in ("", "v1", "20260315", "2026-3-15", "2026-13-01")
        ],
        ({"api_version": "2026-03-15\r\nX: y"}, "api_version: expected a date"),
        *[({"proxy": p}, "proxy: expected") for p in ("host:1", "ftp://user:word@host", "http://user:word@host:99999")],
        ({"verify": "/nowhere.pem"}, r"verify: expected certificates .*/nowhere.pem"),
        ({"verify": __file__}, "verify: expected certificates"),
        *[
            ({"verify": value}, "verify: expected a bool, a path or an ssl.SSLContext")
            for value in (0, None, b"ca.pem")
        ],
        (
            {"transport": httpx.MockTransport(lambda _: httpx.Response(200)), "proxy": "http://host:1"},
            "beside a transport",
        ),
    ],
)
def test_refused(options: dict[str, Any], told: str, make: Callable[..., Any]) -> None:
    with pytest.raises(InvalidInputError, match=told) as caught:
        make(**{"api_key": KEY, **options})
    assert "\n" not in str(caught.value)
    assert KEY not in exposed(caught.value)
    assert "word@" not in str(caught.value)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("value", ["ftp://user:word@host", "socks5://user:word@host:1", "http://user:word@host:x"])
def test_proxies_of_the_environment_that_are_none(
    variable: str, value: str, make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidInputError, match="HTTPS_PROXY") as caught:
        make(api_key=KEY, instance=DEFAULT_INSTANCE)
    assert "word" not in str(caught.value)
    assert caught.value.__context__ is None


def test_certificates_of_the_environment_that_are_none(
    make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere.pem")
    with pytest.raises(InvalidInputError, match=r"SSL_CERT_FILE .*No such file"):
        make(api_key=KEY, instance=DEFAULT_INSTANCE)


@pytest.mark.parametrize("key", ["", f"{KEY}\n", f" {KEY}"])
@pytest.mark.parametrize("name", ["api_key", "token"])
def test_secrets_that_cannot_be_sent(key: str, name: str, make: Callable[..., Any]) -> None:
    with pytest.raises(CredentialsError, match=f"^{name}: expected"):
        make(**{name: key}, instance=DEFAULT_INSTANCE)


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({}, "https://quantum.cloud.ibm.com/api"),
        ({"instance": EU}, "https://eu-de.quantum.cloud.ibm.com/api"),
        ({"region": "eu-de"}, "https://eu-de.quantum.cloud.ibm.com/api"),
        ({"private_endpoint": True}, "https://private.us-east.quantum.cloud.ibm.com/api"),
        ({"private_endpoint": True, "instance": EU}, "https://private.eu-de.quantum.cloud.ibm.com/api"),
        ({"base_url": "https://host/api/"}, "https://host/api"),
        ({"base_url": "https://host/api/v1/", "region": "eu-de"}, "https://host/api"),
        ({"base_url": "http://localhost:8000/api"}, "http://localhost:8000/api"),
        ({"base_url": "http://[::1]:8000/api"}, "http://[::1]:8000/api"),
        ({"base_url": "http://127.8.9.1/api"}, "http://127.8.9.1/api"),
        ({"base_url": "https://host/api", "instance": ELSEWHERE}, "https://host/api"),
    ],
)
def test_where_the_api_is(options: dict[str, Any], url: str) -> None:
    sent: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.url)
        return httpx.Response(200, json={"devices": []})

    options = {"token": "t", "instance": DEFAULT_INSTANCE, "transport": httpx.MockTransport(answer), **options}
    with Backends(**options) as client:
        assert client.list() == []
    assert sent == [f"{url}/v1/backends"]


@pytest.mark.parametrize(
    ("options", "variables", "hosts"),
    [
        ({}, {}, ["iam.cloud.ibm.com", "api.global-search-tagging.cloud.ibm.com"]),
        (
            {"private_endpoint": True},
            {},
            ["private.iam.cloud.ibm.com", "api.private.global-search-tagging.cloud.ibm.com"],
        ),
        ({}, {"IAM_URL": "https://iam.test"}, ["iam.test", "api.global-search-tagging.cloud.ibm.com"]),
        (
            {"iam_url": "https://my.test"},
            {"IAM_URL": "https://iam.test"},
            ["my.test", "api.global-search-tagging.cloud.ibm.com"],
        ),
        ({"iam_url": "https://my.test/identity/token"}, {"GLOBAL_SEARCH_URL": "https://s.test"}, ["my.test", "s.test"]),
    ],
)
def test_where_the_services_are(
    options: dict[str, Any], variables: dict[str, str], hosts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.url)
        if request.url.path == "/identity/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 3600})
        return httpx.Response(200, json={"items": []})

    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with Backends(api_key=KEY, transport=httpx.MockTransport(answer), **options) as client:
        assert client.instances() == []
    assert [url.host for url in sent] == hosts


def test_an_accounts_region_is_a_preference(tmp_path: Path, make: Callable[..., Any]) -> None:
    file = tmp_path / "accounts.json"
    file.write_text(f'{{"a": {{"channel": "ibm_cloud", "token": "{KEY}", "region": "us-east", "instance": "{EU}"}}}}')
    client = make(account="a", account_file=file)
    settings = getattr(client, "client", client)._settings
    assert settings.base_url_of(EU) == "https://eu-de.quantum.cloud.ibm.com/api"
    assert KEY not in repr(settings)


def test_the_environment_does_not_matter_to_a_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IAM_URL", "QISKIT_IBM_TOKEN", "HTTPS_PROXY", "SSL_CERT_FILE", "QISKIT_IBM_CHANNEL"):
        monkeypatch.setenv(name, "not\nright")
    with Backends.sandbox() as client:
        assert len(client.list()) == 3


@pytest.mark.parametrize("token", ["fixed", lambda: "fixed"])
def test_repr_shows_no_secret(token: Any, make: Callable[..., Any]) -> None:
    client = make(token=token, instance="my instance", proxy="http://user:word@localhost:1")
    client = getattr(client, "client", client)
    shown = f"{client!r} {client._settings!r} {client._auth!r} {client._sender!r} {vars(client)} {vars(client._auth)}"
    assert repr(client) == f"<{type(client).__name__} of instance (to be found out)>"
    assert "fixed" not in shown
    assert "word" not in shown


def test_own_context_and_timeout(api: Server, connect: Callable[..., Any]) -> None:
    client = connect(verify=ssl.create_default_context(), timeout=httpx.Timeout(5, read=10))
    assert len(client.list(deadline=30)) == 3
    assert asked(api) == 1


def test_a_local_server_given_as_argument_goes_before_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLOBAL_SEARCH_URL", "http://127.0.0.1:2")
    with (
        Server(Recording(SANDBOX)) as server,
        Backends(api_key="sandbox", base_url=server.base_url, iam_url=server.iam_url) as client,
    ):
        assert len(client.list()) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        *({"timeout": "x"}, {"timeout": None}, {"deadline": "x"}, {"retries": "3"}, {"retries": -1}),
        *({"api_version": 5}, {"instance": 5}),
        *({"base_url": 5}, {"base_url": b"https://host"}, {"iam_url": 5}, {"proxy": 5}),
        *({"event_hooks": 5}, {"event_hooks": {"request": print}}),
    ],
)
def test_arguments_of_another_type(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError, match=next(iter(wrong))):
        Backends(**{"api_key": "k", **wrong})


@pytest.mark.parametrize(
    ("method", "wrong"),
    [
        ("select", {"min_qubits": "100"}),
        ("select", {"processor": 5}),
        ("least_busy", {"min_qubits": "100"}),
        ("least_busy", {"processor": 5}),
        ("fleet", {"concurrency": "8"}),
        ("fleet", {"names": 5}),
        ("fleet", {"what": 5}),
    ],
)
def test_arguments_of_calls_of_another_type(method: str, wrong: dict[str, Any]) -> None:
    with Backends.sandbox() as client, pytest.raises(InvalidInputError, match=next(iter(wrong))):
        getattr(client, method)(**wrong)
