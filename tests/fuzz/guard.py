"""How many examples there are, and the ends that time and memory have for each of them."""

import faulthandler
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.database import DirectoryBasedExampleDatabase

__all__ = ["EXAMPLES", "fuzzed", "limited"]

# Documents for each of the three main targets: of `nox -s fuzz`; elsewhere as many as take a minute in all.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES") or 0)
_SECONDS = 20  # of processor time: a busy machine makes none of it
_ROOM = 4 << 30  # bytes beyond what there is before


def fuzzed(ordinary: int, share: float = 1.0) -> Callable[[Any], Any]:
    """Hypothesis' settings of a test.

    Args:
        ordinary: Examples in an ordinary run, the same ones each time.
        share: Of EXAMPLES, which are new ones each time; what failed is kept and tried first.
    """
    count = max(1, int(EXAMPLES * share)) if EXAMPLES else ordinary
    database = DirectoryBasedExampleDatabase(".hypothesis/examples") if EXAMPLES else None
    # A seed is large and drawn at once, and a damaged one that is whole takes long: neither is a mistake of a strategy.
    slow = [HealthCheck.too_slow]
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=not EXAMPLES,
        database=database,
        print_blob=True,
        suppress_health_check=slow,
        # What fails in an ordinary run is told as it is: to make it small may take an hour.
        phases=tuple(Phase) if EXAMPLES else (Phase.explicit, Phase.generate),
    )


class _Hang(BaseException):
    """No Exception, which what is tested might catch."""


def _hang(*_: object) -> None:
    raise _Hang


@contextmanager
def limited() -> Iterator[None]:
    """Fail where what is done takes 20 seconds of processor time, or 4 GB of memory.

    Where the system has no such clock, or C code does not let go, all threads are shown after five minutes and the
    process ends.
    """
    faulthandler.dump_traceback_later(300, exit=True)
    timed = hasattr(signal, "setitimer")
    try:
        if timed:
            before = signal.signal(signal.SIGPROF, _hang)
            signal.setitimer(signal.ITIMER_PROF, _SECONDS)
        try:
            with _memory():
                yield
        finally:
            if timed:
                signal.setitimer(signal.ITIMER_PROF, 0)
                signal.signal(signal.SIGPROF, before)
    except _Hang:
        raise AssertionError(f"still at work after {_SECONDS} seconds of processor time") from None
    finally:
        faulthandler.cancel_dump_traceback_later()


@contextmanager
def _memory() -> Iterator[None]:
    if sys.platform != "linux":  # elsewhere the limit is not kept, or there is none
        yield
        return
    import resource  # noqa: PLC0415 (there is none on Windows)

    with open("/proc/self/statm", "rb") as file:
        there = int(file.read().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (there + _ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
