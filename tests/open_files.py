"""What this process has open, for tests that nothing is left."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress


def sockets() -> int:
    """How many sockets are open."""
    found = 0
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # closed meanwhile
            found += os.readlink(f"/proc/self/fd/{name}").startswith("socket:")
    return found


def open_things() -> Counter[str]:
    """How many files, sockets and threads there are."""
    files = len(os.listdir("/dev/fd")) if os.path.isdir("/dev/fd") else 0  # Windows has no such folder
    return Counter(files=files, threads=threading.active_count())


def settles(count: Callable[[], int], expected: int, seconds: float = 10) -> bool:
    """Whether a count comes down to what it should be, before long: the server closes its ends a little later."""
    limit = time.monotonic() + seconds
    while count() > expected and time.monotonic() < limit:
        time.sleep(0.01)
    return count() <= expected
