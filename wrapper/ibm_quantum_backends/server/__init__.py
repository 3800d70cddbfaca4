"""A local server that answers from a recording over real HTTP, as strictly as the API does.

It is for this package's tests, for your own, and for trying a program in any language without an account. It needs
the extra `server`; importing this module without it is a `MissingExtraError`.
"""

import shlex
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from ..errors import InvalidInputError, MissingExtraError
from ..recording import Recording

try:
    import uvicorn

    from .app import DEFAULT_API_KEY, DEFAULT_INSTANCE, create_app
    from .faults import Fault, Request
except ModuleNotFoundError as error:
    if (error.name or "").split(".")[0] not in ("starlette", "uvicorn"):
        raise
    raise MissingExtraError("The local server", extra="server") from error

__all__ = ["DEFAULT_API_KEY", "DEFAULT_INSTANCE", "Fault", "Request", "Server", "create_app", "serve"]


class _Uvicorn(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Otherwise it waits for whoever still waits for a delayed answer.
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)


class Server:
    """The server in a thread, on loopback unless told otherwise: `with Server(recording) as server: ...`.

    Args:
        recording: What the five endpoints answer from.
        port: 0 takes a free one.
        host: Address to listen on.
        api_key: The one key that the token exchange takes.
        instance: CRN of the one instance, or names and CRNs of several.
        faults: What is to go wrong; see `Fault`.
        token_lifetime: Seconds that a token is good for.
        clock_offset: Seconds by which the server's clock is ahead, in tokens, `Date` and dates of `Retry-After`.
        keep: How many requests are kept in `requests`.

    Attributes:
        requests: The newest requests, in the order in which they came in.
        faults: What is still to go wrong; append to it at any time. A fault that is used up leaves the list.
        port: The port, known inside the `with` block.

    Raises:
        InvalidInputError: An empty key, no CRN, no port; on entry, an address that is taken or not there.
    """

    def __init__(
        self,
        recording: Recording,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        api_key: str = DEFAULT_API_KEY,
        instance: str | Mapping[str, str] = DEFAULT_INSTANCE,
        faults: Sequence[Fault] = (),
        token_lifetime: float = 3600,
        clock_offset: float = 0,
        keep: int = 10_000,
    ) -> None:
        if not 0 <= port <= 65535:
            raise InvalidInputError(f"the port must be from 0 to 65535, not {port}")
        self.requests: list[Request] = []
        self.faults = list(faults)
        self.host = host
        self.port = port
        self._api_key = api_key
        self._crn = instance if isinstance(instance, str) else next(iter(instance.values()), "")
        self._app = create_app(
            recording,
            api_key=api_key,
            instance=instance,
            token_lifetime=token_lifetime,
            clock_offset=clock_offset,
            faults=self.faults,
            requests=self.requests,
            keep=keep,
        )
        self._dates = clock_offset == 0  # else the application does

    @property
    def iam_url(self) -> str:
        """What to give as `iam_url` or `IAM_URL`; IBM Cloud's other services answer there too."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def base_url(self) -> str:
        """What to give as `base_url`."""
        return f"{self.iam_url}/api"

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that point a program here, to the first of several instances.

        The last two are for qiskit-ibm-runtime alone (seen with 0.51): it makes the API's host out of
        `QISKIT_IBM_URL`, except where that holds "experimental", here as the user name, which goes nowhere.
        """
        return {
            "QISKIT_IBM_TOKEN": self._api_key,
            "QISKIT_IBM_INSTANCE": self._crn,
            "IAM_URL": self.iam_url,
            "GLOBAL_SEARCH_URL": self.iam_url,
            "GLOBAL_CATALOG_URL": f"{self.base_url}/v1",
            "QISKIT_IBM_URL": self.base_url.replace("://", "://experimental@") + "/v1",
        }

    def __enter__(self) -> Self:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            with socket.create_server((self.host, self.port), family=family) as bound:
                # asyncio sends small packets at once only where the socket names its protocol; else answers wait 40 ms.
                listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, bound.detach())
        except OSError as error:
            raise InvalidInputError(f"cannot listen on {self.host} port {self.port}: {error}") from error
        self.port = listener.getsockname()[1]
        # The program's own logging is left as it is; uvicorn's warnings and errors go there.
        options: dict[str, Any] = {"http": "h11", "ws": "none", "loop": "asyncio", "lifespan": "off"}
        config = uvicorn.Config(self._app, **options, date_header=self._dates, log_config=None, log_level="warning")
        self._uvicorn = _Uvicorn(config)
        self._thread = threading.Thread(target=self._uvicorn.run, args=([listener],), daemon=True)
        self._thread.start()
        while not self._uvicorn.started and self._thread.is_alive():
            time.sleep(0.005)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._uvicorn.should_exit = True
        self._thread.join()

    def wait(self) -> None:
        """Block until interrupted."""
        while self._thread.is_alive():
            self._thread.join(1)


def serve(
    recording: Recording,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    api_key: str = DEFAULT_API_KEY,
    instance: str | Mapping[str, str] = DEFAULT_INSTANCE,
    echo: Callable[[str], object] = print,
) -> None:
    """Serve until interrupted; for the command line. Arguments are those of `Server`, beside one.

    Args:
        echo: Takes the lines to show, once the server answers: shell commands and comments.

    Raises:
        InvalidInputError: As for `Server`.
        KeyboardInterrupt: When interrupted, after everything is closed.
    """
    with Server(recording, host=host, port=port, api_key=api_key, instance=instance, keep=0) as server:
        for name, value in server.environment.items():
            note = "  # for qiskit-ibm-runtime only" if name in ("GLOBAL_CATALOG_URL", "QISKIT_IBM_URL") else ""
            echo(f"export {name}={shlex.quote(value)}{note}")
        echo(f"# base URL: {server.base_url}")
        server.wait()
