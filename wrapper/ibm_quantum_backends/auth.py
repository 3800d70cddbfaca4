"""Bearer tokens: given ones, and those for which an API key is exchanged at IAM, one exchange at a time."""

from __future__ import annotations

import asyncio
import copy
import logging
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any, NamedTuple
from urllib.parse import urlencode

import httpx

from .credentials import Secret, check_secret
from .deadlines import Deadline
from .errors import AuthenticationError, BackendsError, CredentialsError, DecodeError
from .responses import decode_json, status_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .async_transport import AsyncSender
    from .transport import Sender

__all__ = ["AsyncKeyAuth", "KeyAuth", "TokenAuth"]

_logger = logging.getLogger(__name__)
_GRANT = "urn:ibm:params:oauth:grant-type:apikey"
# A token is renewed when this part of its life is left: it still serves if that fails.
_EARLY = 0.2


class TokenAuth(httpx.Auth):
    """Sends a bearer token; one that a function gives is asked for again, once, after a 401."""

    def __init__(self, token: str | Callable[[], str]) -> None:
        if not callable(token):
            token = check_secret("token", token)
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not callable(self._token):
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request
            return
        request.headers["Authorization"] = f"Bearer {check_secret('token()', self._token())}"
        if (yield request).status_code == 401:
            request.headers["Authorization"] = f"Bearer {check_secret('token()', self._token())}"
            yield request


class _Token(NamedTuple):
    value: Secret
    renew_at: float
    expires_at: float


class _SecretBytes(bytes):
    def __repr__(self) -> str:
        return "b'***'"


def _exchange_request(api_key: Secret, iam_url: str) -> dict[str, Any]:
    """The request for a token. Source: https://cloud.ibm.com/apidocs/iam-identity-token-api."""
    return {
        "method": "POST",
        "url": f"{iam_url}/identity/token",
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
        "content": _SecretBytes(urlencode({"grant_type": _GRANT, "apikey": api_key}).encode()),
    }


def _read_token(response: httpx.Response, api_key: Secret) -> _Token:
    """The token in IAM's answer; it lives by this machine's monotonic clock, whatever the date.

    Raises:
        AuthenticationError: IAM rejects the key.
        APIStatusError: Another error status.
        DecodeError: An answer without a token; its body is not kept.
    """
    if response.status_code != 200:
        rejected = AuthenticationError if response.status_code == 400 else None
        raise status_error(response, kind=rejected, secret=api_key)
    try:
        answer = decode_json(response)
        value = check_secret("access_token", answer.get("access_token"))
    except (DecodeError, CredentialsError):
        answer, value = {}, None
    if value is None:
        raise DecodeError("$.access_token: expected a token in the answer of IAM", path="$.access_token", body=b"")
    seconds = answer.get("expires_in")
    life = float(seconds) if isinstance(seconds, int) and seconds > 0 else 3600.0
    return _Token(value, time.monotonic() + life * (1 - _EARLY), time.monotonic() + life)


class _KeyAuth(httpx.Auth):
    """What is known of the key's tokens."""

    def __init__(self, api_key: Secret, iam_url: str) -> None:
        self._api_key = api_key
        self._request = _exchange_request(api_key, iam_url)
        self._token: _Token | None = None
        self._flights = 0  # exchanges that came to an end
        self._failure: BackendsError | None = None  # of the last one

    def _is_settled(self, stale: _Token | None, flights: int) -> bool:
        """Whether another's exchange, for which this caller waited, gave what is needed; raises as that one did."""
        if self._token is not stale:
            return True
        if self._flights != flights and self._failure is not None:
            raise copy.copy(self._failure)
        return False

    def _land(self, outcome: _Token | BackendsError | None) -> None:
        self._flights += 1
        # A copy has no traceback, which would keep the frames of the first caller.
        self._failure = copy.copy(outcome) if isinstance(outcome, BackendsError) else None
        if isinstance(outcome, _Token):
            self._token = outcome

    def _is_early(self) -> bool:
        return self._token is not None and self._token.renew_at <= time.monotonic() < self._token.expires_at

    def _serves(self) -> bool:
        return self._token is not None and time.monotonic() < self._token.expires_at


def _authorize(request: httpx.Request, token: _Token | None) -> None:
    assert token is not None
    request.headers["Authorization"] = f"Bearer {token.value}"


class KeyAuth(_KeyAuth):
    """Exchanges an API key for a token, at the first request, before the token ends, and once after a 401.

    Threads that need a token at the same time wait for one exchange and share what it comes to. A token that still
    serves stays in use while it is renewed, and where that fails.

    Args:
        api_key: IBM Cloud API key.
        iam_url: What comes before `/identity/token`.
        sender: Sends the exchange, with the proxies, certificates and retries of the API's requests.
    """

    def __init__(self, api_key: Secret, iam_url: str, sender: Sender) -> None:
        super().__init__(api_key, iam_url)
        self._sender = sender
        self._lock = threading.Lock()

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        deadline: Deadline = request.extensions["deadline"]
        if self._is_early():
            self._renew_early(deadline)
        elif not self._serves():
            self._renew(self._token, deadline)
        token = self._token
        _authorize(request, token)
        if (yield request).status_code == 401:
            self._renew(token, deadline)
            _authorize(request, self._token)
            yield request

    def _renew_early(self, deadline: Deadline) -> None:
        if self._lock.acquire(blocking=False):  # else another is at it
            try:
                self._exchange(deadline, retries=0)
            except BackendsError as error:
                _logger.warning("the token could not be renewed and is used until it ends: %s", error)
            finally:
                self._lock.release()

    def _renew(self, stale: _Token | None, deadline: Deadline) -> None:
        flights = self._flights
        if not self._lock.acquire(timeout=min(deadline.remaining(), threading.TIMEOUT_MAX)):
            raise deadline.error()
        try:
            if not self._is_settled(stale, flights):
                self._exchange(deadline)
        finally:
            self._lock.release()

    def _exchange(self, deadline: Deadline, retries: int | None = None) -> None:
        outcome: _Token | BackendsError | None = None
        try:
            response = self._sender.exchange(self._request, deadline, retries=retries)
            outcome = _read_token(response, self._api_key)
        except BackendsError as error:
            outcome = error
            raise
        finally:
            self._land(outcome)


class AsyncKeyAuth(_KeyAuth):
    """As `KeyAuth`, for tasks."""

    def __init__(self, api_key: Secret, iam_url: str, sender: AsyncSender) -> None:
        from .loops import PerLoop  # noqa: PLC0415

        super().__init__(api_key, iam_url)
        self._sender = sender
        self._locks = PerLoop(asyncio.Lock)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        deadline: Deadline = request.extensions["deadline"]
        if self._is_early():
            await self._renew_early(deadline)
        elif not self._serves():
            await self._renew(self._token, deadline)
        token = self._token
        _authorize(request, token)
        if (yield request).status_code == 401:
            await self._renew(token, deadline)
            _authorize(request, self._token)
            yield request

    async def _renew_early(self, deadline: Deadline) -> None:
        lock = self._locks.get()
        if not lock.locked():
            async with lock:
                try:
                    await self._exchange(deadline, retries=0)
                except BackendsError as error:
                    _logger.warning("the token could not be renewed and is used until it ends: %s", error)

    async def _renew(self, stale: _Token | None, deadline: Deadline) -> None:
        flights = self._flights
        async with self._locks.get():
            if not self._is_settled(stale, flights):
                await self._exchange(deadline)

    async def _exchange(self, deadline: Deadline, retries: int | None = None) -> None:
        outcome: _Token | BackendsError | None = None
        try:
            response = await self._sender.exchange(self._request, deadline, retries=retries)
            outcome = _read_token(response, self._api_key)
        except BackendsError as error:
            outcome = error
            raise
        finally:
            self._land(outcome)
