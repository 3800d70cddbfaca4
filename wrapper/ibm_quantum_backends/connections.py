"""Making a client of httpx: its certificates, its proxies, and what every request says of itself."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, TypeVar

import httpx

from . import __version__, async_sockets, sockets
from .errors import InvalidInputError

__all__ = ["client_options", "open_client"]

# One client serves several hosts: what one sets, with what it was sent in it, would go to the others.
_NO_COOKIES = CookieJar(DefaultCookiePolicy(allowed_domains=()))
_Client = TypeVar("_Client", httpx.Client, httpx.AsyncClient)


def client_options(
    settings: dict[str, Any], transport: object, hooks: Mapping[str, Callable[[Any], object]] = {}
) -> dict[str, Any]:
    """Arguments that `httpx.Client` and `httpx.AsyncClient` share.

    Args:
        settings: `verify`, `proxy`, and what else httpx takes, such as `timeout`.
        transport: What to send through in place of the network; it connects as it is made to.
        hooks: Event hooks of httpx that go before those of the settings.

    Raises:
        InvalidInputError: The certificates cannot be read.
    """
    agent = {"User-Agent": f"ibm-quantum-backends/{__version__}", "Accept": "application/json"}
    options = {**settings, "headers": agent, "cookies": _NO_COOKIES, "follow_redirects": False, "transport": transport}
    given = settings.get("event_hooks", {})
    options["event_hooks"] = {kind: [hook, *given.get(kind, ())] for kind, hook in hooks.items()}
    if transport is not None:
        return {**options, "verify": True, "proxy": None}
    verify: Any = str(settings["verify"]) if isinstance(settings["verify"], Path) else settings["verify"]
    if not isinstance(verify, (bool, str, ssl.SSLContext)):
        raise InvalidInputError(f"verify: expected a bool, a path or an ssl.SSLContext, found {verify!r:.80}")
    try:
        if isinstance(verify, (bool, ssl.SSLContext)):
            verify = httpx.create_ssl_context(verify)
        elif os.path.isdir(verify):  # httpx deprecates a path
            verify = ssl.create_default_context(capath=verify)
        else:
            verify = ssl.create_default_context(cafile=verify)
    except OSError as error:
        reason = error.strerror or type(error).__name__
    else:
        if str(proxy := settings["proxy"]).lower().startswith("https:"):
            options["proxy"] = httpx.Proxy(proxy, ssl_context=verify)
        return {**options, "verify": verify}
    source = verify if isinstance(verify, str) else "SSL_CERT_FILE or SSL_CERT_DIR of the environment"
    raise InvalidInputError(f"verify: expected certificates in PEM form ({source}): {reason}")


def _keep_location(response: httpx.Response) -> None:
    """Keep where a redirect leads from httpx, whose error about one that is no URL quotes it, whatever is in it."""
    if response.has_redirect_location:
        response.extensions["location"] = response.headers.pop("Location")


async def _keep_location_async(response: httpx.Response) -> None:
    _keep_location(response)


def open_client(kind: Callable[..., _Client], options: dict[str, Any]) -> _Client:
    """A client of httpx whose connections end with the calls that they are for.

    httpcore takes what makes them, but httpx has no argument for it: it is put where httpcore keeps it, and tests with
    servers that are slow, or say nothing, fail should that be elsewhere.

    Raises:
        InvalidInputError: A proxy that cannot be one; its URL, which may hold a password, is not shown.
    """
    try:
        client = kind(**options)
        is_sync = isinstance(client, httpx.Client)
        hooks = client.event_hooks
        hooks["response"].append(_keep_location if is_sync else _keep_location_async)
        client.event_hooks = hooks
        backend = sockets.Backend() if is_sync else async_sockets.Backend()
        inside: Any = client
        for transport in (inside._transport, *inside._mounts.values()):
            if isinstance(transport, (httpx.HTTPTransport, httpx.AsyncHTTPTransport)):
                pool: Any = transport
                pool._pool._network_backend = backend
        return client
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        missing = isinstance(error, ImportError)
    told = "a SOCKS proxy needs the package socksio" if missing else "expected URLs such as http://host:port"
    raise InvalidInputError(f"proxy, or HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY of the environment: {told}")
