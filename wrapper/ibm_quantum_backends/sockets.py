"""Connections of the synchronous client that keep to the deadline of the call, and break off with it.

The limits of httpx hold between two bytes, and for each address of a host: for a server that sends a byte now and then,
and for a host of many addresses that do not answer, a call would wait far beyond its deadline.
"""

from __future__ import annotations

import errno
import math
import os
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Generator, Iterable
from contextlib import ExitStack, closing, contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore
from httpcore._backends.sync import SyncStream

from .deadlines import Deadline, shut_down
from .errors import BackendsError

__all__ = ["Backend", "keep_to"]

_STEP = 0.1  # seconds
_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def keep_to(deadline: Deadline) -> Generator[None]:
    """What this thread sends and receives keeps to the deadline."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


class Backend(httpcore.SyncBackend):
    """For `connections.open_client`."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, OverflowError) as error:
            raise httpcore.ConnectError(error) from error
        failure: Exception = httpcore.ConnectError("the host has no address")
        for family, kind, protocol, _, address in found:
            limit = _limited(timeout)
            try:
                with ExitStack() as unless_connected:
                    connection = unless_connected.enter_context(socket.socket(family, kind, protocol))
                    for option in (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), *(socket_options or ()):
                        connection.setsockopt(*option)
                    if local_address is not None:
                        connection.bind((local_address, 0))
                    _connect(connection, address, limit)
                    unless_connected.pop_all()
                return _Stream(SyncStream(connection))
            except TimeoutError as error:
                failure = httpcore.ConnectTimeout(error)
            except OSError as error:
                failure = httpcore.ConnectError(error)
        raise failure


def _connect(connection: socket.socket, address: Any, seconds: float | None) -> None:
    """Connect in time, in steps: only on Linux can another thread end a connection that is being made."""
    connection.setblocking(False)
    code = connection.connect_ex(address)
    if code in (errno.EINPROGRESS, errno.EWOULDBLOCK):
        limit = math.inf if seconds is None else time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_WRITE)
            while not selector.select(max(0, min(_STEP, limit - time.monotonic()))):
                _limited(None)  # which raises where the call was ended
                if time.monotonic() >= limit:
                    raise TimeoutError("timed out")
        code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))


@contextmanager
def _waiting(connection: socket.socket, *, nested: bool = False) -> Generator[None]:
    """While this thread waits for a connection: ending its call ends the wait."""
    deadline = _deadline.get()
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


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, nested: bool = False) -> None:
        self._stream = stream
        self._nested = nested

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _waiting(self._socket(), nested=self._nested):
            return self._stream.read(max_bytes, _limited(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with _waiting(self._socket(), nested=self._nested):
            self._stream.write(buffer, _limited(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        connection = self._socket()
        if isinstance(connection, ssl.SSLSocket):  # by way of a proxy that speaks TLS itself
            with _waiting(connection, nested=True):
                return _Stream(self._stream.start_tls(ssl_context, server_hostname, _limited(timeout)), nested=True)
        with ExitStack() as unless_secured:
            unless_secured.enter_context(closing(self))
            limit = _limited(timeout)
            try:
                # Apart from the handshake: to wrap a socket makes another of it, which is what can be ended and closed.
                secured = ssl_context.wrap_socket(
                    connection, server_hostname=server_hostname, do_handshake_on_connect=False
                )
                unless_secured.enter_context(secured)
                secured.settimeout(limit)
                with _waiting(secured):
                    secured.do_handshake()
            except TimeoutError as error:
                raise httpcore.ConnectTimeout(error) from error
            except OSError as error:
                raise httpcore.ConnectError(error) from error
            unless_secured.pop_all()
        return _Stream(SyncStream(secured))

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _socket(self) -> Any:
        return self._stream.get_extra_info("socket")


def _limited(seconds: float | None) -> float | None:
    deadline = _deadline.get()
    try:
        return seconds if deadline is None else deadline.limit(seconds)
    except BackendsError:
        pass
    # As httpcore would: what is raised here passes frames whose variables hold what is sent.
    raise httpcore.ReadTimeout("the deadline is over")
