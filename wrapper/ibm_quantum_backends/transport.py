"""Sending one request to a complete answer, whatever it says, within a deadline."""

from __future__ import annotations

import re
import threading
from typing import Any, NamedTuple

import httpx

from .connections import client_options, open_client
from .deadlines import Deadline, Running
from .documents import one_line
from .errors import APIConnectionError, APITimeoutError, BackendsError, DecodeError
from .log import HOOKS
from .processes import PerProcess
from .responses import status_text
from .sockets import keep_to

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
    if deadline.is_over():
        return deadline.error()
    if isinstance(error, httpx.TimeoutException):
        return APITimeoutError(f"no complete answer in time ({line}: {type(error).__name__})")
    if isinstance(error, httpx.DecodingError):
        return DecodeError(f"$: the body is not what its Content-Encoding says ({line})", path="$", body=b"")
    if isinstance(error, httpx.LocalProtocolError):  # its text would quote a header
        return APIConnectionError(f"the request cannot be sent as it is ({line})")
    told = str(error) or type(error).__name__
    if isinstance(error, httpx.ProxyError):  # in a proxy's own words, which might be what it was sent
        told = re.sub(r"(\d{3}) .*", lambda found: status_text(int(found[1])), told)
    told = told.partition(": bytearray(")[0]  # h11 quotes what the server sent
    return APIConnectionError(f"{one_line(told)} ({line})")


class StopError(httpx.HTTPError):
    """No further attempt is made, or should this be the last: what it came to stands."""

    def __init__(self, outcome: httpx.Response | Exception) -> None:
        super().__init__("no further attempt")
        self.outcome = outcome


def settle(error: Exception, request: dict[str, Any], deadline: Deadline) -> httpx.Response | BackendsError:
    """What the attempts came to: an answer that is to be read as it is, or the error for none; it raises all else."""
    if not (isinstance(error, httpx.HTTPError) or deadline.is_ended()):
        raise error
    outcome = error.outcome if isinstance(error, StopError) else error
    return outcome if isinstance(outcome, httpx.Response) else connection_error(outcome, request, deadline)


class _Pool(NamedTuple):
    client: httpx.Client
    slots: threading.BoundedSemaphore
    running: Running


class Sender:
    """Sends requests through one `httpx.Client`, and another in a process that was forked.

    Args:
        settings: As for `client_options`.
        retries: How many attempts may follow the first.
        transport: What to send through in place of the network.
    """

    def __init__(self, settings: dict[str, Any], retries: int, transport: httpx.BaseTransport | None) -> None:
        options = client_options(settings, transport, HOOKS)

        def open_pool() -> _Pool:
            return _Pool(open_client(httpx.Client, options), threading.BoundedSemaphore(IN_FLIGHT), Running())

        self._pools = PerProcess(open_pool)
        self._retries = retries

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
        pool = self._pools.get()
        deadline.acquire(pool.slots)
        try:
            with pool.running.run(deadline):
                return self.exchange(request, deadline, auth=auth)
        finally:
            pool.slots.release()

    def exchange(
        self, request: dict[str, Any], deadline: Deadline, *, retries: int | None = None, auth: httpx.Auth | None = None
    ) -> httpx.Response:
        """As `send`, and does not wait for a slot: its caller may hold one."""
        client = self._pools.get().client
        check_open(client)
        retries = self._retries if retries is None else retries
        timeout = deadline.narrow(client.timeout.as_dict())
        extensions = {"timeout": timeout, "deadline": deadline}
        try:
            with keep_to(deadline):
                if retries == 0:
                    return client.send(client.build_request(**request, extensions=extensions), auth=auth)
                from httpx_retries import retry_request  # noqa: PLC0415 (the sandbox's start does not need it)

                from .retries import DeadlineRetry  # noqa: PLC0415

                policy = DeadlineRetry(request, retries, deadline, timeout)
                return retry_request(client, **request, extensions=extensions, retry=policy, auth=auth)
        except Exception as error:
            outcome = settle(error, request, deadline)
        if isinstance(outcome, httpx.Response):
            return outcome
        raise outcome  # outside of the except clause: the context would hold the request, and that the credentials

    def close(self) -> None:
        """Close all connections; calls that are running end with an error."""
        client, _, running = self._pools.get()
        running.end()
        running.wait(1)  # until each has left its connection
        client.close()
