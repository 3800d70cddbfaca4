"""Time limits: one deadline over a call, and the limits of each attempt within it."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Awaitable, MutableMapping
from typing import TypeVar

from .errors import APITimeoutError, InvalidInputError

__all__ = ["Deadline"]

_T = TypeVar("_T")
_LONGEST = 1e9  # seconds: sockets take hardly more


class Deadline:
    """When a call must be over, retries, sleeping and token exchange included.

    Args:
        seconds: From now on; None is never.

    Raises:
        InvalidInputError: Not more than 0.
    """

    def __init__(self, seconds: float | None) -> None:
        if seconds is not None and not (isinstance(seconds, (int, float)) and seconds > 0):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"deadline: expected seconds above 0, found {seconds!r}")
        self.seconds = math.inf if seconds is None or seconds > _LONGEST else seconds
        self.at = time.monotonic() + self.seconds

    def remaining(self) -> float:
        """Seconds left, infinity where there is no deadline.

        Raises:
            APITimeoutError: None are left.
        """
        if (left := self.at - time.monotonic()) <= 0:
            raise self.error()
        return left

    def is_over(self) -> bool:
        """Whether no time is left."""
        return time.monotonic() >= self.at

    def error(self) -> APITimeoutError:
        """What to raise when time is up."""
        return APITimeoutError(f"no complete answer within the deadline of {self.seconds:g} s")

    def exceeds(self, other: Deadline) -> bool:
        """Whether it leaves notably more time than another."""
        return self.seconds > other.seconds or self.at > other.at + 1

    def narrow(self, timeout: MutableMapping[str, float | None]) -> None:
        """Let no limit of an attempt go beyond what is left."""
        if (left := self.remaining()) < math.inf:
            timeout.update({name: left if old is None else min(old, left) for name, old in timeout.items()})

    def acquire(self, lock: threading.Lock | threading.Semaphore) -> None:
        """Take a lock in time."""
        if not lock.acquire(timeout=min(self.remaining(), threading.TIMEOUT_MAX)):
            raise self.error()

    async def run(self, work: Awaitable[_T]) -> _T:
        """What comes of a work, in time."""
        import asyncio  # noqa: PLC0415 (a sixth of the synchronous client's start)

        try:
            async with asyncio.timeout(None if self.seconds == math.inf else self.at - time.monotonic()):
                return await work
        except TimeoutError:
            pass
        raise self.error()
