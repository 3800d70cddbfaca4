"""Strings that nobody may see."""

from __future__ import annotations

from typing import Any, TypeVar

from .errors import CredentialsError

__all__ = ["Secret", "check_secret", "hide"]

_T = TypeVar("_T")


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
