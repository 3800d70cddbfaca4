"""As transport.py, for asyncio."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import httpx
from httpx_retries import aretry_request

from .connections import client_options, open_client
from .deadlines import Deadline, Running
from .log import ASYNC_HOOKS
from .loops import PerLoop
from .retries import DeadlineRetry
from .transport import IN_FLIGHT, check_open, settle

__all__ = ["AsyncSender"]


class _Pool(NamedTuple):
    client: httpx.AsyncClient
    slots: asyncio.Semaphore
    running: Running


class AsyncSender:
    """Sends requests through one `httpx.AsyncClient` for each event loop; arguments as `Sender`."""

    def __init__(self, settings: dict[str, Any], retries: int, transport: httpx.AsyncBaseTransport | None) -> None:
        options = client_options(settings, transport, ASYNC_HOOKS)
        unused = [open_client(httpx.AsyncClient, options)]  # settings that cannot be right are found now

        def open_pool() -> _Pool:
            try:  # at once: another thread's loop may be at it
                client = unused.pop()
            except IndexError:
                client = open_client(httpx.AsyncClient, options)
            return _Pool(client, asyncio.Semaphore(IN_FLIGHT), Running())

        self._pools = PerLoop(open_pool)
        self._retries = retries

    async def send(self, request: dict[str, Any], deadline: Deadline, auth: httpx.Auth) -> httpx.Response:
        """As `Sender.send`."""
        _, slots, running = self._pools.get()

        async def turn() -> httpx.Response:
            with running.run(deadline):
                async with slots:
                    return await self.exchange(request, deadline, auth=auth)

        return await deadline.run(turn())

    async def exchange(
        self, request: dict[str, Any], deadline: Deadline, *, retries: int | None = None, auth: httpx.Auth | None = None
    ) -> httpx.Response:
        """As `Sender.exchange`."""
        client = self._pools.get().client
        check_open(client)
        timeout = deadline.narrow(client.timeout.as_dict())
        extensions = {"timeout": timeout, "deadline": deadline}
        policy = DeadlineRetry(request, self._retries if retries is None else retries, deadline, timeout)
        try:
            return await aretry_request(client, **request, extensions=extensions, retry=policy, auth=auth)
        except Exception as error:
            outcome = settle(error, request, deadline)
        if isinstance(outcome, httpx.Response):
            return outcome
        raise outcome  # outside of the except clause, as in Sender.exchange

    async def aclose(self) -> None:
        """Close this loop's connections; calls that are running in it end with an error."""
        client, _, running = self._pools.get()
        running.end()
        await client.aclose()
