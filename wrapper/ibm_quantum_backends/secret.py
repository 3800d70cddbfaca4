"""Strings that nobody may see."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeVar
from urllib.parse import parse_qs, quote_plus

import httpx

from .errors import CredentialsError

__all__ = ["Secret", "check_secret", "hide", "is_masked", "mask", "secrets_of"]

_T = TypeVar("_T")
_SHORTEST = 7  # characters: what is shorter is a word that stands for a secret, as in tests, and may stand anywhere


class Secret(str):
    """A string that no repr shows and no pickle holds."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError("credentials cannot be pickled: make the client where it is used")


def hide(value: _T) -> _T | Secret:
    """A string as a Secret, anything else as it is; for variables that a traceback may show."""
    return Secret(value) if isinstance(value, str) else value


def check_secret(name: str, value: object) -> Secret:
    """A key or token that can be sent, as a Secret.

    Raises:
        CredentialsError: Not a string, empty, or with characters that no header can hold; the value is not shown.
    """
    value = hide(value)
    if not isinstance(value, Secret) or not value:
        raise CredentialsError(f"{name}: expected a string that is not empty")
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise CredentialsError(f"{name}: expected printable ASCII without spaces (a line end at its end, perhaps?)")
    return value


def secrets_of(request: httpx.Request) -> list[Secret]:
    """The bearer token in a request, empty where it has none, then the API key if it asks for a token, then the token
    that was refused before."""
    _, _, token = request.headers.get("Authorization", "").rpartition(" ")
    form = b""
    if request.headers.get("Content-Type") == "application/x-www-form-urlencoded":
        form = b"".join(request.stream) if isinstance(request.stream, httpx.ByteStream) else b""
    keys = parse_qs(form.decode(errors="replace")).get("apikey", [])
    return [*map(Secret, (token, *keys, *request.extensions.get("refused", ())))]


def mask(text: str, secrets: Iterable[str]) -> str:
    """A text without the secrets, should a server or proxy show what it was sent."""
    for secret in filter(is_masked, secrets):
        escaped = json.dumps(secret)[1:-1]
        for form in (secret, quote_plus(secret), escaped, escaped.replace("/", "\\/")):
            text = text.replace(form, "***")
    return text


def is_masked(secret: str) -> bool:
    """Whether `mask` looks for a secret."""
    return len(secret) >= _SHORTEST
