"""Sending one request to a complete answer, whatever it says, within a deadline."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import httpx

from .connections import client_options, open_client
from .deadlines import Deadline
from .errors import APIConnectionError, APITimeoutError, BackendsError, DecodeError

__all__ = ["IN_FLIGHT", "Sender", "StopError", "check_open", "connection_error", "settle"]

# More requests at once would wait for a connection, and time out there: the pool has 100, and a token exchange needs
# one beside those of the requests that wait for it.
IN_FLIGHT = 64


def check_open(client: httpx.Client | httpx.AsyncClient) -> None:
    """Raise if the client has been closed."""
    if client.is_closed:
        raise APIConnectionError("the client is closed: make another")


def connection_error(error: Exception, request: dict[str, Any], deadline: Deadline) -> BackendsError:
    """The error that stands for no complete answer; it holds nothing of httpx, whose requests hold credentials."""
    line = f"{request['method'].upper()} {request['url']}"
    if isinstance(error, httpx.TimeoutException):
        if deadline.is_over():
            return deadline.error()
        return APITimeoutError(f"no complete answer in time ({line}: {type(error).__name__})")
    if isinstance(error, httpx.DecodingError):
        return DecodeError(f"$: the body is not what its Content-Encoding says ({line})", path="$", body=b"")
    if isinstance(error, httpx.LocalProtocolError):  # its text would quote a header
        return APIConnectionError(f"the request cannot be sent as it is ({line})")
    return APIConnectionError(f"{str(error) or type(error).__name__} ({line})")


class StopError(httpx.HTTPError):
    """No further attempt is made, or should this be the last: what it came to stands."""

    def __init__(self, outcome: httpx.Response | Exception) -> None:
        super().__init__("no further attempt")
        self.outcome = outcome


def settle(error: Exception, request: dict[str, Any], deadline: Deadline) -> httpx.Response | BackendsError:
    """What the attempts came to: an answer that is to be read as it is, or the error for none."""
    outcome = error.outcome if isinstance(error, StopError) else error
    return outcome if isinstance(outcome, httpx.Response) else connection_error(outcome, request, deadline)


class _LimitedStream(httpx.SyncByteStream):
    """A body that is read no longer than the deadline: a server that sends a byte at a time meets no other limit."""

    def __init__(self, stream: httpx.SyncByteStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            yield chunk
            self._deadline.remaining()

    def close(self) -> None:
        self._stream.close()


def _limit_body(response: httpx.Response) -> None:
    stream = response.stream
    assert isinstance(stream, httpx.SyncByteStream)
    response.stream = _LimitedStream(stream, response.request.extensions["deadline"])


class Sender:
    """Sends requests through one `httpx.Client`.

    Args:
        settings: As for `client_options`.
        retries: How many attempts may follow the first.
        transport: What to send through in place of the network.
    """

    def __init__(self, settings: dict[str, Any], retries: int, transport: httpx.BaseTransport | None) -> None:
        options = {**client_options(settings, transport), "event_hooks": {"response": [_limit_body]}}
        self._client = open_client(httpx.Client, options)
        self._retries = retries
        self._slots = threading.BoundedSemaphore(IN_FLIGHT)

    def send(self, request: dict[str, Any], deadline: Deadline, auth: httpx.Auth) -> httpx.Response:
        """A complete answer with any status.

        Args:
            request: Arguments of `httpx.Client.request`, the URL absolute.
            deadline: Of the call.
            auth: What adds the credentials.

        Raises:
            APIConnectionError: No complete answer came.
            DecodeError: The body cannot be decompressed.
        """
        deadline.acquire(self._slots)
        try:
            return self.exchange(request, deadline, auth=auth)
        finally:
            self._slots.release()

    def exchange(
        self, request: dict[str, Any], deadline: Deadline, *, retries: int | None = None, auth: httpx.Auth | None = None
    ) -> httpx.Response:
        """As `send`, and does not wait for a slot: its caller may hold one."""
        check_open(self._client)
        retries = self._retries if retries is None else retries
        timeout = self._client.timeout.as_dict()
        deadline.narrow(timeout)
        extensions = {"timeout": timeout, "deadline": deadline}
        try:
            if retries == 0:
                return self._client.send(self._client.build_request(**request, extensions=extensions), auth=auth)
            from httpx_retries import retry_request  # noqa: PLC0415 (the sandbox's start does not need it)

            from .retries import DeadlineRetry  # noqa: PLC0415

            policy = DeadlineRetry(retries, deadline, timeout)
            return retry_request(self._client, **request, extensions=extensions, retry=policy, auth=auth)
        except httpx.HTTPError as error:
            outcome = settle(error, request, deadline)
        if isinstance(outcome, httpx.Response):
            return outcome
        raise outcome  # outside of the except clause: the context would hold the request, and that the credentials

    def close(self) -> None:
        self._client.close()
