"""Bearer tokens: given ones, and those for which an API key is exchanged at IAM, one exchange at a time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import httpx

from .deadlines import Deadline
from .errors import BackendsError, CredentialsError
from .flights import Flight
from .iam import Token, exchange_request, later, read_token
from .secret import Secret, check_secret, hide, secrets_of

if TYPE_CHECKING:
    from .transport import Sender

__all__ = ["KEPT", "KeyAuth", "TokenAuth", "authorize", "patience"]

_logger = logging.getLogger(__name__)
_PATIENCE = 5.0  # seconds that a call waits for an early renewal, but not more than half of its own
KEPT = "the token could not be renewed and is used until it ends: %s"


def authorize(request: httpx.Request, token: Secret) -> None:
    """Put a token into a request; one that it was refused with stays known as a secret, should the answer show it."""
    request.extensions["refused"] = [*filter(None, secrets_of(request))]
    request.headers["Authorization"] = f"Bearer {token}"
    request.extensions["deadline"].narrow(request.extensions["timeout"])  # getting the token took time


def patience(deadline: Deadline) -> Deadline:
    """How long a call waits for an early renewal."""
    return Deadline(min(_PATIENCE, deadline.remaining() / 2), part_of=deadline)


class TokenAuth(httpx.Auth):
    """Sends a bearer token; one that a function gives is asked for again, once, after a 401."""

    def __init__(self, token: str | Callable[[], str]) -> None:
        self._token = token if callable(token) else check_secret("token", token)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        authorize(request, self._get())
        if (yield request).status_code == 401 and callable(self._token):
            authorize(request, self._get())
            yield request

    def _get(self) -> Secret:
        if isinstance(self._token, Secret):
            return self._token
        try:
            token = hide(self._token())
        except Exception as error:
            raise CredentialsError(f"token(): expected a token, found {type(error).__name__}") from error
        return check_secret("token()", token)


class KeyAuth(httpx.Auth):
    """Exchanges an API key for a token, at the first request, before the token ends, and once after a 401.

    Those who need a token at the same time wait for one exchange and share what it comes to. A token that still serves
    stays in use while it is renewed, and where that fails.

    Args:
        api_key: IBM Cloud API key.
        iam_url: What comes before `/identity/token`.
        sender: Sends the exchange, with the proxies, certificates and retries of the API's requests.
    """

    def __init__(self, api_key: Secret, iam_url: str, sender: Sender) -> None:
        self._request = exchange_request(api_key, iam_url)
        self._sender = sender
        self._tokens: Flight[Token] = Flight()

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        deadline: Deadline = request.extensions["deadline"]
        token = self._tokens.value
        if token is None or time.monotonic() >= token.expires_at:
            token = self._renew(token, deadline)
        elif time.monotonic() >= token.renew_at:
            token = self._renew_early(token, deadline)
        authorize(request, token.value)
        if (yield request).status_code == 401:
            authorize(request, self._renew(token, deadline).value)
            yield request

    def _renew(self, stale: Token | None, deadline: Deadline) -> Token:
        return self._tokens.renew(stale, deadline, lambda: self._exchange(deadline))

    def _renew_early(self, token: Token, deadline: Deadline) -> Token:
        limit = patience(deadline)
        try:
            self._tokens.try_renew(lambda: self._exchange(limit, retries=0))
        except BackendsError as error:
            _logger.warning(KEPT, error)
            if self._tokens.value is token:
                self._tokens.value = later(token)
        return self._tokens.value or token

    def _exchange(self, deadline: Deadline, retries: int | None = None) -> Token:
        return read_token(self._sender.exchange(self._request, deadline, retries=retries))
