"""One writer of a folder at a time, among all threads and processes: a lock that ends with whoever holds it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["locked"]

_LOCK = ".lock"

_PATIENCE = 60.0  # seconds: a writer holds the lock for some milliseconds, unless it is stopped

if sys.platform == "win32":
    import msvcrt

    def _try(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

    def _give(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _give(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)  # closing is not enough where a fork has the file open too


def _take(file: int) -> None:
    limit = time.monotonic() + _PATIENCE
    while True:
        try:
            return _try(file)
        except (BlockingIOError, PermissionError):  # somebody has it
            if time.monotonic() > limit:
                raise TimeoutError(f"another writer has held {_LOCK} for {_PATIENCE:g} s") from None
            time.sleep(0.001)


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """Wait until nobody else writes to a folder, and keep it so.

    The file is opened anew each time. So threads exclude each other too, and a fork inherits no lock of a thread.

    Raises:
        OSError: The folder cannot be written to, its file system has no locks, or another writer does not end.
    """
    file = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _take(file)
        try:
            yield
        finally:
            _give(file)
    finally:
        os.close(file)
