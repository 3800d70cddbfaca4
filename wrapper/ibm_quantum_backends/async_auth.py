"""As auth.py, for asyncio."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

import httpx

from .async_flights import AsyncFlight
from .auth import KEPT, authorize, patience
from .deadlines import Deadline
from .errors import BackendsError
from .iam import Token, exchange_request, later, read_token
from .secret import Secret

if TYPE_CHECKING:
    from .async_transport import AsyncSender

__all__ = ["AsyncKeyAuth"]

_logger = logging.getLogger(__name__)


class AsyncKeyAuth(httpx.Auth):
    """As `KeyAuth`, for tasks."""

    def __init__(self, api_key: Secret, iam_url: str, sender: AsyncSender) -> None:
        self._request = exchange_request(api_key, iam_url)
        self._sender = sender
        self._tokens: AsyncFlight[Token] = AsyncFlight()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        deadline: Deadline = request.extensions["deadline"]
        token = self._tokens.value
        if token is None or time.monotonic() >= token.expires_at:
            token = await self._renew(token, deadline)
        elif time.monotonic() >= token.renew_at:
            token = await self._renew_early(token, deadline)
        authorize(request, token.value)
        if (yield request).status_code == 401:
            authorize(request, (await self._renew(token, deadline)).value)
            yield request

    async def _renew(self, stale: Token | None, deadline: Deadline) -> Token:
        return await self._tokens.renew(stale, deadline, lambda: self._exchange(deadline))

    async def _renew_early(self, token: Token, deadline: Deadline) -> Token:
        limit = patience(deadline)
        try:
            await limit.run(self._tokens.try_renew(lambda: self._exchange(limit, retries=0)))
        except BackendsError as error:
            _logger.warning(KEPT, error)
            if self._tokens.value is token:
                self._tokens.value = later(token)
        return self._tokens.value or token

    async def _exchange(self, deadline: Deadline, retries: int | None = None) -> Token:
        return read_token(await self._sender.exchange(self._request, deadline, retries=retries))
