"""Connections of the synchronous client that keep to the deadline of the call, and break off with it.

The limits of httpx hold between two bytes, and for each address of a host: for a server that sends a byte now and then,
and for a host of many addresses that do not answer, a call would wait far beyond its deadline.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

from .deadlines import Deadline, shut_down
from .errors import BackendsError

__all__ = ["keep_to", "limit_connections"]

_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def keep_to(deadline: Deadline) -> Generator[None]:
    """What this thread sends and receives keeps to the deadline."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


def limit_connections(client: httpx.Client) -> None:
    """Make a client's connections keep to deadlines.

    httpcore takes a network backend, but httpx has no argument for it: it is put where httpcore keeps it, and a test
    with a server that sends a byte at a time fails should that be elsewhere.
    """
    inside: Any = client
    for transport in (inside._transport, *inside._mounts.values()):
        if isinstance(transport, httpx.HTTPTransport):
            pool: Any = transport
            pool._pool._network_backend = _Backend()


class _Backend(httpcore.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        options = [*(socket_options or ())]
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(error) from error
        failure: Exception = httpcore.ConnectError("the host has no address")
        for *_, address in found:
            try:
                stream = super().connect_tcp(str(address[0]), port, _limited(timeout), local_address, options)
                return _Stream(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, nested: bool = False) -> None:
        self._stream = stream
        self._nested = nested

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with self._waiting(self._nested):
            return self._stream.read(max_bytes, _limited(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with self._waiting(self._nested):
            self._stream.write(buffer, _limited(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        nested = isinstance(self._socket(), ssl.SSLSocket)  # by way of a proxy that speaks TLS itself
        with self._waiting(nested):
            return _Stream(self._stream.start_tls(ssl_context, server_hostname, _limited(timeout)), nested)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _socket(self) -> Any:
        return self._stream.get_extra_info("socket")

    @contextmanager
    def _waiting(self, nested: bool) -> Generator[None]:
        deadline, connection = _deadline.get(), self._socket()
        if deadline is None or deadline.is_over():  # which `_limited` tells
            yield
            return
        # httpcore's TLS within TLS waits for each of many bytes by itself: only from outside can it be ended.
        watch = None
        if nested:
            watch = threading.Timer(min(deadline.remaining(), threading.TIMEOUT_MAX), shut_down, [connection])
            watch.start()
        try:
            with deadline.waiting_for(connection):
                yield
        finally:
            if watch is not None:
                watch.cancel()


def _limited(seconds: float | None) -> float | None:
    deadline = _deadline.get()
    try:
        return seconds if deadline is None else deadline.limit(seconds)
    except BackendsError:
        pass
    # As httpcore would: what is raised here passes frames whose variables hold what is sent.
    raise httpcore.ReadTimeout("the deadline is over")
