"""One writer of a folder at a time, among all threads and processes: a lock that ends with whoever holds it."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["locked"]

_LOCK = ".lock"

if sys.platform == "win32":
    import msvcrt
    import time

    def _take(file: int) -> None:
        while True:
            try:
                return msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            except PermissionError:  # somebody has it
                time.sleep(0.01)

    def _give(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _give(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)  # closing is not enough where a fork has the file open too


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """Wait until nobody else writes to a folder, and keep it so.

    The file is opened anew each time. So threads exclude each other too, and a fork inherits no lock of a thread.

    Raises:
        OSError: The folder cannot be written to, or its file system has no locks.
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
