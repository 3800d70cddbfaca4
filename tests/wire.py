"""Servers on bare sockets, for what no HTTP server does: proxies, TLS of one's own, answers that are none."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

Connection = socket.socket


class Listener:
    """Accepts connections on loopback and serves each in a thread, until the `with` block ends.

    Attributes:
        port: Where it listens.
        seen: Bytes that came in, as far as `receive` read them.
        accepted: How many connections came.
    """

    def __init__(self, serve: "Callable[[Listener, Connection], None]", context: ssl.SSLContext | None = None) -> None:
        self.seen = bytearray()
        self.accepted = 0
        self._serve = serve
        self._context = context
        self._open: list[Connection] = []
        self._threads: list[threading.Thread] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]

    @property
    def url(self) -> str:
        return f"{'http' if self._context is None else 'https'}://127.0.0.1:{self.port}"

    def receive(self, connection: Connection) -> bytes:
        """What comes next; empty where nothing will."""
        with contextlib.suppress(OSError):
            data = connection.recv(65536)
            self.seen += data
            return data
        return b""

    def receive_head(self, connection: Connection) -> bytes:
        """The head of a request, and what came along."""
        head = b""
        while b"\r\n\r\n" not in head:
            data = self.receive(connection)
            if not data:
                return b""
            head += data
        return head

    def __enter__(self) -> Self:
        thread = threading.Thread(target=self._accept)
        self._threads.append(thread)
        thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.accepted += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=self._run, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _run(self, connection: Connection) -> None:
        self._open.append(connection)
        with connection, contextlib.suppress(OSError):
            if self._context is None:
                self._serve(self, connection)
                return
            with self._context.wrap_socket(connection, server_side=True) as secured:
                self._open.append(secured)
                self._serve(self, secured)


def pipe(listener: Listener, connection: Connection, port: int, first: bytes = b"") -> None:
    """Carry bytes between a connection and a port of this machine until either ends."""
    with socket.create_connection(("127.0.0.1", port)) as upstream:
        upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        upstream.sendall(first)

        def back() -> None:
            with contextlib.suppress(OSError):
                while data := upstream.recv(65536):
                    connection.sendall(data)
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_WR)

        thread = threading.Thread(target=back)
        thread.start()
        with contextlib.suppress(OSError):
            while data := listener.receive(connection):
                upstream.sendall(data)
        with contextlib.suppress(OSError):
            upstream.shutdown(socket.SHUT_RDWR)
        thread.join()


def relay(port: int, context: ssl.SSLContext | None = None) -> Listener:
    """What carries connections to a port; with a context, the TLS before a server that has none."""
    return Listener(lambda listener, connection: pipe(listener, connection, port), context)


def proxy(port: int) -> Listener:
    """An HTTP proxy, by whose lights every host is at one port; `seen` tells which hosts were asked for."""

    def serve(listener: Listener, connection: Connection) -> None:
        head = listener.receive_head(connection)
        if head.startswith(b"CONNECT "):
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            head = b""
        pipe(listener, connection, port, head)

    return Listener(serve)


def answering(*answers: bytes) -> Listener:
    """Sends the answers as they stand, one to each connection, the last one to all further, and closes."""
    left = list(answers)

    def serve(listener: Listener, connection: Connection) -> None:
        if listener.receive_head(connection):
            connection.sendall(left.pop(0) if len(left) > 1 else left[0])

    return Listener(serve)


def dripping(head: bytes, drop: bytes, pause: float) -> Listener:
    """Sends a head, and then bytes, with pauses, for as long as anybody listens."""

    def serve(listener: Listener, connection: Connection) -> None:
        listener.receive_head(connection)
        connection.sendall(head)
        while True:
            connection.sendall(drop)
            time.sleep(pause)

    return Listener(serve)
