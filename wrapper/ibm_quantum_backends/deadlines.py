"""Time limits: one deadline over a call, and the limits of each attempt within it."""

from __future__ import annotations

import math
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from typing import TypeVar

from .errors import APIConnectionError, APITimeoutError, BackendsError, InvalidInputError

__all__ = ["LONGEST", "Deadline", "Running", "shut_down"]

_T = TypeVar("_T")
LONGEST = 2e6  # seconds, 23 days: sockets take 2**31 milliseconds


def shut_down(connection: socket.socket) -> None:
    """Let whoever waits for a connection find it at its end; not its TLS, whose state stays whole."""
    with suppress(OSError):  # it is closed already
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Waiting:
    """What a call waits for, so that another thread or task can end it."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.wake: Callable[[], object] | None = None


class Deadline:
    """When a call must be over, retries, sleeping and token exchange included.

    Args:
        seconds: From now on; None is never.
        part_of: The call's own deadline, where this one is for a part of the call.

    Raises:
        InvalidInputError: Not more than 0.
    """

    def __init__(self, seconds: float | None, *, part_of: Deadline | None = None) -> None:
        if seconds is not None and not (isinstance(seconds, (int, float)) and seconds > 0):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"deadline: expected seconds above 0, found {seconds!r}")
        self.seconds = math.inf if seconds is None or seconds > LONGEST else seconds
        self.at = time.monotonic() + self.seconds
        self._waiting: _Waiting = part_of._waiting if part_of else _Waiting()

    def remaining(self) -> float:
        """Seconds left, infinity where there is no deadline.

        Raises:
            APITimeoutError: None are left.
            APIConnectionError: The call was ended.
        """
        left = self.at - time.monotonic()
        if left <= 0 or self.is_ended():
            raise self.error()
        return left

    def is_over(self) -> bool:
        """Whether no time is left."""
        return self.is_ended() or time.monotonic() >= self.at

    def is_ended(self) -> bool:
        """Whether the call was ended before its time."""
        return self._waiting.ended.is_set()

    def error(self) -> BackendsError:
        """What to raise when it is over."""
        if self.is_ended():
            return APIConnectionError("the call was ended: its client was closed, or its fleet interrupted")
        return APITimeoutError(f"no complete answer within the deadline of {self.seconds:g} s")

    def exceeds(self, other: Deadline) -> bool:
        """Whether it leaves notably more time than another."""
        return self.seconds > other.seconds or self.at > other.at + 1 or other.is_ended()

    def narrow(self, timeout: dict[str, float | None]) -> dict[str, float | None]:
        """Let no limit of an attempt go beyond what is left; gives the same dict back."""
        timeout.update({name: self.limit(old) for name, old in timeout.items()})
        return timeout

    def limit(self, seconds: float | None) -> float | None:
        """The seconds, but not more than are left; None is without limit."""
        left = self.remaining()
        return min(seconds, left) if seconds is not None else None if left == math.inf else left

    def acquire(self, lock: threading.Lock | threading.Semaphore) -> None:
        """Take a lock in time."""
        if not lock.acquire(timeout=min(self.remaining(), threading.TIMEOUT_MAX)):
            raise self.error()

    def sleep(self, seconds: float) -> None:
        """Wait, unless the call is ended."""
        if self._waiting.ended.wait(seconds):
            raise self.error()

    @contextmanager
    def waiting_for(self, connection: socket.socket | None) -> Generator[None]:
        """While the call waits for a connection: ending the call ends the wait."""
        if connection is not None:
            self._waiting.wake = lambda: shut_down(connection)
        try:
            if self.is_ended():  # before `wake` was set
                self.end()
            yield
        finally:
            self._waiting.wake = None

    async def run(self, work: Awaitable[_T]) -> _T:
        """What comes of a work, in time."""
        import asyncio  # noqa: PLC0415 (a sixth of the synchronous client's start)

        outermost = self._waiting.wake is None
        limit = asyncio.timeout(None if self.seconds == math.inf else self.at - time.monotonic())
        try:
            async with limit:
                if outermost:
                    self._waiting.wake = lambda: limit.reschedule(0)
                return await work
        except TimeoutError:
            if not limit.expired():  # of an event hook, say
                raise
        finally:
            if outermost:
                self._waiting.wake = None
        raise self.error()

    def end(self) -> None:
        """End the call now, whatever it waits for; an asynchronous one in its own loop."""
        self._waiting.ended.set()
        if wake := self._waiting.wake:
            with suppress(RuntimeError):  # the wait is over already
                wake()


class Running:
    """The calls of a client or of a fleet that are running, and what ends them all."""

    def __init__(self) -> None:
        self._calls: set[Deadline] = set()
        self._is_over = False

    @contextmanager
    def run(self, deadline: Deadline) -> Generator[None]:
        """A call, by its deadline."""
        self._calls.add(deadline)
        try:
            if self._is_over:
                deadline.end()
            yield
        finally:
            self._calls.discard(deadline)

    def end(self) -> None:
        """End all of them, and those that come."""
        self._is_over = True
        for deadline in tuple(self._calls):
            deadline.end()

    def wait(self, seconds: float) -> None:
        """Until all are over, but not longer."""
        limit = time.monotonic() + seconds
        while self._calls and time.monotonic() < limit:
            time.sleep(0.001)
