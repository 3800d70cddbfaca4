"""One object for each event loop: asyncio's locks, and connections, belong to the loop in which they are used."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["PerLoop"]

_T = TypeVar("_T")


class PerLoop(Generic[_T]):
    """Makes an object for each running loop, once; those of closed loops are forgotten."""

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make = make
        self._made: dict[asyncio.AbstractEventLoop, _T] = {}

    def get(self) -> _T:
        loop = asyncio.get_running_loop()
        if loop not in self._made:
            for old in [old for old in tuple(self._made) if old.is_closed()]:
                self._made.pop(old, None)
            self._made[loop] = self._make()
        return self._made[loop]
