"""As flights.py, for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from .deadlines import Deadline
from .flights import BaseFlight
from .loops import PerLoop

__all__ = ["AsyncFlight"]

_T = TypeVar("_T")


class AsyncFlight(BaseFlight[_T]):
    """As `Flight`, for tasks."""

    def __init__(self) -> None:
        super().__init__()
        self._locks = PerLoop(asyncio.Lock)

    async def renew(self, stale: _T | None, deadline: Deadline, work: Callable[[], Awaitable[_T]]) -> _T:
        """As `Flight.renew`."""
        landings = self.landings
        async with self._locks.get():
            value = self.shared(stale, landings, deadline)
            if value is None:
                with self.landing(deadline):
                    value = self.value = await work()
            return value

    async def try_renew(self, work: Callable[[], Awaitable[_T]]) -> None:
        """As `Flight.try_renew`."""
        if not (lock := self._locks.get()).locked():
            async with lock:
                self.value = await work()
