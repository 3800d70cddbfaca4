"""The exchange of an API key for a token at IAM, as a request and what its answer says. Nothing here sends anything.

Source: https://cloud.ibm.com/apidocs/iam-identity-token-api.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from .errors import AuthenticationError, CredentialsError, DecodeError
from .responses import decode_json, status_error
from .secret import Secret, check_secret

if TYPE_CHECKING:
    import httpx

__all__ = ["Token", "exchange_request", "later", "read_token"]

_GRANT = "urn:ibm:params:oauth:grant-type:apikey"
_AGAIN = 30.0  # seconds
_EARLY = 0.2  # a token is renewed when this part of its life is left: it still serves if that fails


class Token(NamedTuple):
    """A bearer token; the times are of `time.monotonic()`."""

    value: Secret
    renew_at: float
    expires_at: float


def later(token: Token) -> Token:
    """A token whose renewal failed: it is tried again after a while, not by each call that would wait for it."""
    return token._replace(renew_at=time.monotonic() + _AGAIN)


class _SecretBytes(bytes):
    def __repr__(self) -> str:
        return "b'***'"


def exchange_request(api_key: Secret, iam_url: str) -> dict[str, Any]:
    """The request for a token."""
    return {
        "method": "POST",
        "url": f"{iam_url}/identity/token",
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
        "content": _SecretBytes(urlencode({"grant_type": _GRANT, "apikey": api_key}).encode()),
    }


def read_token(response: httpx.Response) -> Token:
    """The token in IAM's answer; it lives by this machine's monotonic clock, whatever the date.

    Raises:
        AuthenticationError: IAM rejects the key.
        APIStatusError: Another error status.
        DecodeError: An answer without a token; its body is not kept.
    """
    if response.status_code != 200:
        rejected = AuthenticationError if response.status_code == 400 else None
        raise status_error(response, kind=rejected)
    try:
        answer = decode_json(response)
        value = check_secret("access_token", answer.get("access_token"))
    except (DecodeError, CredentialsError):
        answer, value = {}, None
    if value is None:
        raise DecodeError("$.access_token: expected a token in the answer of IAM", path="$.access_token", body=b"")
    seconds = answer.get("expires_in")
    life = min(seconds, 86400) if isinstance(seconds, int) and seconds > 0 else 3600
    return Token(value, time.monotonic() + life * (1 - _EARLY), time.monotonic() + life)
