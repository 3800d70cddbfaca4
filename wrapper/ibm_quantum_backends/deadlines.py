"""Time limits: one deadline over a call, and the limits of each attempt within it."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping

from .errors import APITimeoutError, InvalidInputError

__all__ = ["Deadline"]


class Deadline:
    """When a call must be over, retries, sleeping and token exchange included.

    Args:
        seconds: From now on; None is never.

    Raises:
        InvalidInputError: Not more than 0.
    """

    def __init__(self, seconds: float | None) -> None:
        if seconds is not None and not seconds > 0:
            raise InvalidInputError(f"deadline: expected seconds above 0, found {seconds!r}")
        self.seconds = math.inf if seconds is None else seconds
        self.at = time.monotonic() + self.seconds

    def remaining(self) -> float:
        """Seconds left, infinity where there is no deadline.

        Raises:
            APITimeoutError: None are left.
        """
        if (left := self.at - time.monotonic()) <= 0:
            raise self.error()
        return left

    def error(self) -> APITimeoutError:
        """What to raise when time is up."""
        return APITimeoutError(f"no complete answer within the deadline of {self.seconds:g} s")

    def limit(self, timeout: Mapping[str, float | None]) -> dict[str, float | None]:
        """The limits of one attempt: none goes beyond what is left."""
        left = self.remaining()
        if left == math.inf:
            return dict(timeout)
        return {name: left if seconds is None else min(seconds, left) for name, seconds in timeout.items()}
