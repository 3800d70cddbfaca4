"""JSON and text of which nothing is known yet."""

from __future__ import annotations

from typing import Any

__all__ = ["as_object", "one_line", "printable"]


def as_object(value: object) -> dict[str, Any] | None:
    """The value, if it is a JSON object."""
    return value if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType]


def printable(text: str) -> str:
    """The text without what would steer a terminal."""
    return "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in text)


def one_line(value: object) -> str:
    """The text of a value in one line, printable, and no longer than anyone reads."""
    text = printable(" ".join(str(value).split()))
    return text if len(text) <= 1000 else f"{text[:997]}..."
