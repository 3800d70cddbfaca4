"""When to send a request again, and after how long: a policy for httpx-retries that keeps to one deadline."""

from __future__ import annotations

import asyncio
import math
import random
import threading
from typing import Any

import httpx
from httpx_retries import Retry

from .deadlines import Deadline
from .log import log_failure
from .responses import retry_after
from .transport import StopError

__all__ = ["DeadlineRetry"]

# Answers after which the same request may succeed; 520 to 524 are an edge proxy's.
_STATUSES = frozenset({429, 500, 502, 503, 504, *range(520, 525)})


class _BrokenBodyError(StopError):
    """A 200 whose body does not end as JSON objects do: cut off where no length was announced, or a proxy's page."""


_FAILURES = (
    httpx.TimeoutException,
    httpx.NetworkError,
    httpx.RemoteProtocolError,
    httpx.DecodingError,
    _BrokenBodyError,
)


def _check_body(response: httpx.Response) -> None:
    if response.status_code == 200 and not response.content.rstrip().endswith(b"}"):
        raise _BrokenBodyError(response)


class DeadlineRetry(Retry):
    """The policy of one call.

    Args:
        request: Arguments of `httpx.Client.request`, for the log.
        retries: How many attempts may follow the first.
        deadline: Of the call; no sleep goes beyond it.
        timeout: The `timeout` extension of the request; narrowed before each attempt to what is left.
    """

    def __init__(
        self, request: dict[str, Any], retries: int, deadline: Deadline, timeout: dict[str, float | None]
    ) -> None:
        super().__init__(
            retries, ("GET", "POST"), _STATUSES, _FAILURES, max_backoff_wait=math.inf, validate_response=_check_body
        )
        self.attempts_made: int = 0
        self._request = request
        self._deadline = deadline
        self._timeout = timeout

    def increment(self) -> DeadlineRetry:
        self.attempts_made += 1
        return self

    def is_retryable_exception(self, exception: Exception) -> bool:
        # A certificate does not get better by asking again.
        return super().is_retryable_exception(exception) and "CERTIFICATE_VERIFY_FAILED" not in str(exception)

    def backoff_strategy(self) -> float:
        return min(8.0, 0.5 * 2.0 ** (self.attempts_made - 1)) * random.uniform(0.5, 1)

    def sleep(self, response: httpx.Response | Exception) -> None:
        self._deadline.sleep(self._wait(response))
        self._deadline.narrow(self._timeout)

    async def asleep(self, response: httpx.Response | Exception) -> None:
        await asyncio.sleep(self._wait(response))
        self._deadline.narrow(self._timeout)

    def _wait(self, outcome: httpx.Response | Exception) -> float:
        asked = retry_after(outcome.headers) if isinstance(outcome, httpx.Response) else None
        seconds = self.backoff_strategy() if asked is None else asked
        if seconds >= min(self._deadline.remaining(), threading.TIMEOUT_MAX):
            raise StopError(outcome)  # the next attempt would begin after the deadline
        log_failure(self._request, self.attempts_made, outcome, seconds)
        return seconds
