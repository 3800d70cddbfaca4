"""Connections of the asynchronous client that are closed where a task is cancelled during the TLS handshake.

httpcore closes them after an error only, and would leave them to the garbage collector.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
from httpcore._backends.anyio import AnyIOBackend, AnyIOStream

__all__ = ["Backend"]


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
        return _Stream(await super().connect_tcp(host, port, timeout, local_address, socket_options))


class _Stream(AnyIOStream):
    def __init__(self, stream: Any) -> None:
        super().__init__(stream._stream)

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            return _Stream(await super().start_tls(ssl_context, server_hostname, timeout))
        except asyncio.CancelledError:
            await self.aclose()
            raise
