"""Single flight: what several callers need at the same time is got once, and shared."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Generic, TypeVar

from .deadlines import Deadline
from .errors import BackendsError
from .processes import PerProcess

__all__ = ["BaseFlight", "Flight"]

_T = TypeVar("_T")


class BaseFlight(Generic[_T]):
    """Callers that come while one is at work wait for it, and share what it comes to.

    Attributes:
        value: The newest; None where there is none yet.
    """

    def __init__(self) -> None:
        self.value: _T | None = None
        self.landings = 0
        self._failure: tuple[BackendsError, Deadline] | None = None  # of the last one

    def shared(self, stale: _T | None, landings: int, deadline: Deadline) -> _T | None:
        """What came while this caller waited; None where it must go itself."""
        if self.value is not stale:
            return self.value
        if self.landings != landings and self._failure is not None:
            error, limit = self._failure
            if not deadline.exceeds(limit):  # more time may come to something else
                raise copy.copy(error)
        return None

    @contextmanager
    def landing(self, deadline: Deadline) -> Generator[None]:
        """Keep what the work below comes to, for those who wait."""
        failure = None
        try:
            yield
        except BackendsError as error:
            failure = copy.copy(error), deadline  # a copy has no traceback, which would keep the caller's frames
            raise
        finally:
            self.landings += 1
            self._failure = failure


class Flight(BaseFlight[_T]):
    """For threads."""

    def __init__(self) -> None:
        super().__init__()
        self._locks = PerProcess(threading.Lock)

    def renew(self, stale: _T | None, deadline: Deadline, work: Callable[[], _T]) -> _T:
        """A value other than the stale one.

        Raises:
            BackendsError: What the work came to, this caller's or the one's for which it waited.
        """
        landings = self.landings
        lock = self._locks.get()
        deadline.acquire(lock)
        try:
            value = self.shared(stale, landings, deadline)
            if value is None:
                with self.landing(deadline):
                    value = self.value = work()
            return value
        finally:
            lock.release()

    def try_renew(self, work: Callable[[], _T]) -> None:
        """Renew the value, unless somebody is at it."""
        lock = self._locks.get()
        if lock.acquire(blocking=False):
            try:
                self.value = work()
            finally:
                lock.release()
