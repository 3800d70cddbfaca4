"""JSON of which nothing is known yet."""

from __future__ import annotations

from typing import Any

__all__ = ["as_object"]


def as_object(value: object) -> dict[str, Any] | None:
    """The value, if it is a JSON object."""
    return value if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType]
