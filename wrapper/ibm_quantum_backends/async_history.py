"""A history that is still to be fetched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .calibration import Calibration, History

__all__ = ["AsyncHistory"]


class AsyncHistory:
    """What `AsyncBackends.history` gives: `await` it for the History, or iterate over its calibrations at once."""

    def __init__(self, fetch: Callable[[], Awaitable[History]]) -> None:
        self._fetch = fetch

    def __await__(self) -> Generator[Any, Any, History]:
        return self._fetch().__await__()

    async def __aiter__(self) -> AsyncIterator[Calibration]:
        for calibration in await self:
            yield calibration
