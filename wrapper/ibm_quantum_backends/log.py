"""What the package's logger says of each request: method, path, status, time, attempt and request id, and no header."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx

from .documents import printable
from .responses import request_id
from .secret import mask, secrets_of

__all__ = ["ASYNC_HOOKS", "HOOKS", "log_failure"]

_logger = logging.getLogger(__package__)


def _begin(request: httpx.Request) -> None:
    request.extensions["began"] = time.monotonic()


def _end(response: httpx.Response) -> None:
    response.extensions.pop("reason_phrase", None)  # a server's own words, which a traceback would show as variables
    if _logger.isEnabledFor(logging.DEBUG):
        request = response.request
        named = mask(request_id(response.headers) or "-", secrets_of(request))
        values = {
            **_named(request.method, request.url, getattr(request.extensions.get("retry"), "attempts_made", 0) + 1),
            "status": response.status_code,
            "seconds": time.monotonic() - request.extensions["began"],
            "request_id": printable(named)[:100],
        }
        told = "%(method)s %(path)s: %(status)d in %(seconds).3f s, attempt %(attempt)d, request id %(request_id)s"
        _logger.debug(told, values, extra=values)


async def _begin_async(request: httpx.Request) -> None:
    _begin(request)


async def _end_async(response: httpx.Response) -> None:
    _end(response)


# What httpx calls before it sends a request, and as soon as the head of the answer is there.
HOOKS: Mapping[str, Callable[[Any], None]] = {"request": _begin, "response": _end}
ASYNC_HOOKS: Mapping[str, Callable[[Any], Awaitable[None]]] = {"request": _begin_async, "response": _end_async}


def log_failure(request: dict[str, Any], attempt: int, outcome: httpx.Response | Exception, wait: float) -> None:
    """What an attempt came to, and in how many seconds the next one follows."""
    told = str(outcome.status_code) if isinstance(outcome, httpx.Response) else type(outcome).__name__
    values = {**_named(request["method"].upper(), httpx.URL(request["url"]), attempt), "outcome": told, "wait": wait}
    text = "%(method)s %(path)s: attempt %(attempt)d came to %(outcome)s, the next follows in %(wait).2f s"
    _logger.info(text, values, extra=values)


def _named(method: str, url: httpx.URL, attempt: int) -> dict[str, Any]:
    return {"method": method, "path": printable(url.path), "attempt": attempt}
