# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
"""Where requests go and what goes with each of them."""

import ssl
from typing import Any, NoReturn, Self

import httpx
from attrs import define, evolve, field

_ANYWHERE = frozenset(
    (
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    )
)


@define
class Client:
    """Settings of the httpx clients that the endpoints use.

    Attributes:
        base_url: What comes before the paths of the document.
        cookies: Sent with every request.
        headers: Sent with every request.
        timeout: Of each request; httpx's own where None.
        verify_ssl: As `verify` of httpx.
        follow_redirects: As in httpx. A redirect to another host takes none of the headers and cookies along.
        httpx_args: Further arguments of `httpx.Client` and `httpx.AsyncClient`.
    """

    _base_url: str = field(alias="base_url")
    _cookies: dict[str, str] = field(
        factory=dict[str, str], kw_only=True, alias="cookies", repr=False
    )
    _headers: dict[str, str] = field(
        factory=dict[str, str], kw_only=True, alias="headers", repr=False
    )
    _timeout: httpx.Timeout | None = field(default=None, kw_only=True, alias="timeout")
    _verify_ssl: str | bool | ssl.SSLContext = field(
        default=True, kw_only=True, alias="verify_ssl"
    )
    _follow_redirects: bool = field(
        default=False, kw_only=True, alias="follow_redirects"
    )
    _httpx_args: dict[str, Any] = field(
        factory=dict[str, Any], kw_only=True, alias="httpx_args", repr=False
    )
    _client: httpx.Client | None = field(default=None, init=False, repr=False, eq=False)
    _async_client: httpx.AsyncClient | None = field(
        default=None, init=False, repr=False, eq=False
    )

    def with_headers(self, headers: dict[str, str]) -> Self:
        """A new client with further headers."""
        return evolve(self, headers={**self._headers, **headers})

    def with_cookies(self, cookies: dict[str, str]) -> Self:
        """A new client with further cookies."""
        return evolve(self, cookies={**self._cookies, **cookies})

    def with_timeout(self, timeout: httpx.Timeout) -> Self:
        """A new client with another timeout."""
        return evolve(self, timeout=timeout)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds credentials and cannot be pickled: make it where it is used"
        )

    def _own_headers(self) -> dict[str, str]:
        return self._headers

    def _arguments(self, hook: Any) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "base_url": self._base_url,
            "verify": self._verify_ssl,
            "follow_redirects": self._follow_redirects,
            **self._httpx_args,
        }
        if self._timeout is not None:
            arguments["timeout"] = self._timeout
        hooks: dict[str, Any] = {**arguments.get("event_hooks", {})}
        return {
            **arguments,
            "event_hooks": {**hooks, "request": [hook, *hooks.get("request", ())]},
        }

    def _keep_home(self, request: httpx.Request) -> None:
        home = httpx.URL(self._base_url)
        if (request.url.scheme, request.url.host, request.url.port) != (
            home.scheme,
            home.host,
            home.port,
        ):
            for name in {*request.headers} - _ANYWHERE:
                del request.headers[name]

    async def _keep_home_async(self, request: httpx.Request) -> None:
        self._keep_home(request)

    def _opened(self, client: Any) -> Any:
        client.headers.update(
            self._own_headers()
        )  # not as an argument: a traceback of what fails above would show them
        client.cookies.update(self._cookies)
        return client

    def set_httpx_client(self, client: httpx.Client) -> Self:
        """Use this httpx client, whose own settings then hold."""
        self._client = client
        return self

    def get_httpx_client(self) -> httpx.Client:
        """The httpx client of the sync functions, made on first use."""
        if self._client is None:
            self._client = self._opened(
                httpx.Client(**self._arguments(self._keep_home))
            )
        return self._client

    def send(self, request: dict[str, Any]) -> httpx.Response:
        """Send a request of these keyword arguments.

        Raises:
            httpx.HTTPError: No answer came. It has no cause: the variables of its frames would show the headers.
        """
        try:
            return self.get_httpx_client().request(**request)
        except httpx.HTTPError as error:
            failure = error
        failure.__cause__ = failure.__context__ = None
        raise failure

    def __enter__(self) -> Self:
        self.get_httpx_client().__enter__()
        return self

    def __exit__(self, *exc_info: Any) -> None:
        self.get_httpx_client().__exit__(*exc_info)

    def set_async_httpx_client(self, async_client: httpx.AsyncClient) -> Self:
        """Use this httpx client, whose own settings then hold."""
        self._async_client = async_client
        return self

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """The httpx client of the async functions, made on first use."""
        if self._async_client is None:
            self._async_client = self._opened(
                httpx.AsyncClient(**self._arguments(self._keep_home_async))
            )
        return self._async_client

    async def asend(self, request: dict[str, Any]) -> httpx.Response:
        """As `send`."""
        try:
            return await self.get_async_httpx_client().request(**request)
        except httpx.HTTPError as error:
            failure = error
        failure.__cause__ = failure.__context__ = None
        raise failure

    async def __aenter__(self) -> Self:
        await self.get_async_httpx_client().__aenter__()
        return self

    async def __aexit__(self, *exc_info: Any) -> None:
        await self.get_async_httpx_client().__aexit__(*exc_info)


@define
class AuthenticatedClient(Client):
    """A client that sends a token.

    Attributes:
        token: Sent as `<auth_header_name>: <prefix> <token>`.
        prefix: What comes before the token; nothing where empty.
        auth_header_name: Name of the header.
    """

    token: str = field(repr=False)
    prefix: str = "Bearer"
    auth_header_name: str = "Authorization"

    def _own_headers(self) -> dict[str, str]:
        token = f"{self.prefix} {self.token}" if self.prefix else self.token
        return {**self._headers, self.auth_header_name: token}
