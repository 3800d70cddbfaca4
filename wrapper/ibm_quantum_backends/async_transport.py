"""As transport.py, for asyncio."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import httpx
from httpx_retries import aretry_request

from .deadlines import Deadline
from .loops import PerLoop
from .retries import DeadlineRetry, GiveUpError
from .transport import IN_FLIGHT, connection_error

__all__ = ["AsyncSender"]


class AsyncSender:
    """Sends requests through one `httpx.AsyncClient`; arguments as `Sender`."""

    def __init__(self, options: dict[str, Any], retries: int, transport: httpx.AsyncBaseTransport | None) -> None:
        self._client = httpx.AsyncClient(**options, transport=transport)
        self._retries = retries
        self._slots = PerLoop(lambda: asyncio.Semaphore(IN_FLIGHT))

    async def send(self, request: dict[str, Any], deadline: Deadline, auth: httpx.Auth) -> httpx.Response:
        """As `Sender.send`."""
        try:
            async with asyncio.timeout(_seconds(deadline)), self._slots.get():
                return await self.exchange(request, deadline, auth=auth)
        except TimeoutError:
            pass
        raise deadline.error()

    async def exchange(
        self, request: dict[str, Any], deadline: Deadline, *, retries: int | None = None, auth: httpx.Auth | None = None
    ) -> httpx.Response:
        """As `Sender.exchange`."""
        timeout = deadline.limit(self._client.timeout.as_dict())
        extensions = {"timeout": timeout, "deadline": deadline}
        policy = DeadlineRetry(self._retries if retries is None else retries, deadline, timeout)
        outcome: httpx.Response | Exception
        try:
            return await aretry_request(self._client, **request, extensions=extensions, retry=policy, auth=auth)
        except GiveUpError as stop:
            outcome = stop.outcome
        except httpx.HTTPError as error:
            outcome = error
        if isinstance(outcome, httpx.Response):
            return outcome
        raise connection_error(outcome, request)  # outside of the except clause, as in Sender.exchange

    async def aclose(self) -> None:
        await self._client.aclose()


def _seconds(deadline: Deadline) -> float | None:
    return None if deadline.seconds == math.inf else deadline.remaining()
