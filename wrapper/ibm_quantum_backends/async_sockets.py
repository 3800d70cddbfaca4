"""Connections of the asynchronous client that are closed with their task, and fail as those of the other client.

httpcore leaves a connection to the garbage collector where its task is cancelled during the TLS handshake, lets some
errors through as they are (of TLS after the handshake, of names and ports that there cannot be), and drops reasons.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any

import httpcore
from httpcore._backends.anyio import AnyIOBackend, AnyIOStream

__all__ = ["Backend"]


@contextmanager
def _failing_as(kind: type[httpcore.NetworkError]) -> Generator[None]:
    try:
        yield
    except (httpcore.NetworkError, OSError, UnicodeError, OverflowError, ExceptionGroup) as error:
        reason: BaseException = error
        while cause := reason.__cause__ or (None if str(reason) else reason.__context__):
            reason = cause
        raise kind(reason) from error


class Backend(AnyIOBackend):
    """For `connections.open_client`."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        with _failing_as(httpcore.ConnectError):
            return _Stream(await super().connect_tcp(host, port, timeout, local_address, socket_options))


class _Stream(AnyIOStream):
    def __init__(self, stream: Any) -> None:
        super().__init__(stream._stream)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _failing_as(httpcore.ReadError):
            return await super().read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with _failing_as(httpcore.WriteError):
            await super().write(buffer, timeout)

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            with _failing_as(httpcore.ConnectError):
                return _Stream(await super().start_tls(ssl_context, server_hostname, timeout))
        except asyncio.CancelledError:
            await self.aclose()
            raise
