"""What several test modules share: a clean environment, the local server, and one way to call both clients."""

import asyncio
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest

import ibm_quantum_backends
from ibm_quantum_backends import AsyncBackends, Backends
from ibm_quantum_backends.cli import main
from ibm_quantum_backends.recording import Recording
from ibm_quantum_backends.server import DEFAULT_API_KEY, DEFAULT_INSTANCE, Server

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
VARIABLES = (
    *("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE", "QISKIT_IBM_CHANNEL", "QISKIT_IBM_URL"),
    *("IAM_URL", "GLOBAL_SEARCH_URL", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *PROXIES,
    *(name.lower() for name in PROXIES),
)
SANDBOX = Path(ibm_quantum_backends.__file__).parent / "sandbox"
Kind = Literal["sync", "async"]


class Blocking:
    """`AsyncBackends` whose methods wait for their result, so that one test serves both clients."""

    def __init__(self, **options: Any) -> None:
        self.client = AsyncBackends(**options)
        self._runner = asyncio.Runner()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.client, name)

        async def call(*args: Any, **options: Any) -> Any:
            return await method(*args, **options)

        return lambda *args, **options: self._runner.run(call(*args, **options))

    def __enter__(self) -> "Blocking":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._runner.run(self.client.aclose())
        self._runner.close()


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No credentials, proxies or certificates of whoever runs the tests."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[Server]:
    with Server(Recording(SANDBOX)) as server:
        yield server


@pytest.fixture
def api(sandbox_server: Server, clean_environment: None) -> Iterator[Server]:
    """The local server, as new."""
    sandbox_server.requests.clear()
    sandbox_server.faults.clear()
    yield sandbox_server
    sandbox_server.faults.clear()


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> Kind:
    """Which client: the test runs with each."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def make(kind: Kind, clean_environment: None) -> Iterator[Callable[..., Any]]:
    """Makes clients of that kind, with any arguments."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context((Backends if kind == "sync" else Blocking)(**options))


@pytest.fixture
def connect(make: Callable[..., Any], api: Server) -> Callable[..., Any]:
    """Makes clients of that kind, of the local server."""

    def connected(**options: Any) -> Any:
        hosts = {"base_url": api.base_url, "iam_url": api.iam_url}
        key = {} if options.keys() & {"token", "account"} else {"api_key": DEFAULT_API_KEY}
        return make(**{"instance": DEFAULT_INSTANCE, **hosts, **key, **options})

    return connected


class Outcome(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def qbackends(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line in this process, with these arguments."""

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["qbackends", *map(str, arguments)])
        capsys.readouterr()
        code = main()
        return Outcome(code, *capsys.readouterr())

    return run


def asked(server: Server, part: str = "/api/") -> int:
    """How many requests the server got whose path has this part: to the API, where none is named."""
    return sum(part in request.path for request in server.requests)


def exposed(error: BaseException) -> str:
    """All that an error shows to who looks: its words and fields, those of what it came of, and the variables of every
    frame that they passed, but for the tests' own."""
    parts: list[object] = []
    chain: list[BaseException | None] = [error]
    while chain:
        if (link := chain.pop()) is None:
            continue
        parts += [str(link), link, link.args, vars(link)]
        chain += [link.__cause__, link.__context__]
        for frame, _ in traceback.walk_tb(link.__traceback__):
            if Path(__file__).parent not in Path(frame.f_code.co_filename).parents:
                parts += frame.f_locals.items()
    return "\n".join(map(repr, parts))
