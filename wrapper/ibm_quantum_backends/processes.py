"""One object for each process: locks and connections do not outlive a fork."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["PerProcess"]

_T = TypeVar("_T")


class PerProcess(Generic[_T]):
    """Makes an object at once, and another in each process that comes of a fork.

    There a lock may be held by a thread that is no more, and a connection is the parent's too.
    """

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make = make
        self._made = os.getpid(), make()

    def get(self) -> _T:
        process, made = self._made
        if process != (here := os.getpid()):
            made = self._make()
            self._made = here, made
        return made
