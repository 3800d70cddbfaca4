"""What both clients have for calibrations."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from . import calls
from .async_history import AsyncHistory
from .base_client import BaseClient
from .calls import Call
from .deadlines import Deadline
from .errors import BackendsError

if TYPE_CHECKING:
    import os
    from concurrent.futures import Executor

    from .calibration import Calibration, History

__all__ = ["AsyncCalibrationCalls", "CalibrationCalls"]

_T = TypeVar("_T")
_K = TypeVar("_K")


class CalibrationCalls(BaseClient[httpx.BaseTransport]):
    __doc__ = BaseClient.__doc__

    @abstractmethod
    def _do(self, call: Call[_T], seconds: float | Deadline | None, crn: str | None = None) -> _T: ...

    @abstractmethod
    def _gather(
        self, do: Callable[[Any, Deadline], _T], jobs: Mapping[_K, Any], limit: int, seconds: float | None
    ) -> dict[_K, _T | BackendsError]: ...

    def calibration(
        self,
        name: str,
        *,
        updated_before: datetime | date | str | None = None,
        calibration_id: str | None = None,
        deadline: float | None = None,
    ) -> Calibration:
        """Configuration and properties of a backend as one view in SI units, in two requests at once.

        Args:
            name: Such as `ibm_boston`.
            updated_before: The newest properties before this time, as of `properties`; the configuration is the
                current one.
            calibration_id: Of this calibration, in place of the current one.

        Raises:
            InvalidInputError: As `properties`; or the backend is a simulator, which has none.
            NotFoundError: No such backend, or no properties before that time.
        """
        jobs = calls.calibration(self._version, name, updated_before=updated_before, calibration_id=calibration_id)
        return calls.read_calibration(self._gather(self._do, jobs, len(jobs), deadline))

    def history(
        self,
        name: str,
        start: datetime | date | str,
        stop: datetime | date | str | None = None,
        every: str | timedelta = "1d",
        *,
        into: str | os.PathLike[str] | None = None,
        concurrency: int = 8,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> History:
        """The calibration of a backend at each of several times, oldest first.

        The documents are fetched at once, each only once, and kept on the disk; they are decoded as they are used.

        Args:
            name: Such as `ibm_boston`.
            start, stop: The first time and, if a step meets it, the last; as `updated_before` of `properties`. A
                `stop` of None is the present.
            every: A step such as `1d`, `6h`, `1mo`, `weekly`, or a timedelta; steps are `dateutil.rrule`'s.
            into: Folder of a recording to keep the documents in, created if need be. A history that was broken off goes
                on there, and one that is longer asks only for what is new. None: a temporary folder.
            concurrency: How many requests at once.
            executor: Any `concurrent.futures.Executor`, such as Dask's, to decode and tabulate with. Requests stay
                here, and no secret is handed to it.
            deadline: Seconds for each request, in place of the client's.

        Raises:
            InvalidInputError: A time or step that cannot be right; nothing is sent.
            NotFoundError: No such backend.
            RecordingError: `into` cannot be written to.
        """
        plan = self._plan(name, start, stop, every, into=into, concurrency=concurrency, executor=executor)
        while jobs := plan.jobs():
            plan.settle(self._gather(self._do, jobs, concurrency, deadline))
        return plan.history()


class AsyncCalibrationCalls(BaseClient[httpx.AsyncBaseTransport]):
    __doc__ = BaseClient.__doc__

    @abstractmethod
    async def _do(self, call: Call[_T], seconds: float | Deadline | None, crn: str | None = None) -> _T: ...

    @abstractmethod
    async def _gather(
        self,
        do: Callable[[Any, Deadline], Awaitable[_T]],
        jobs: Mapping[_K, Any],
        limit: int,
        seconds: float | None,
    ) -> dict[_K, _T | BackendsError]: ...

    async def calibration(
        self,
        name: str,
        *,
        updated_before: datetime | date | str | None = None,
        calibration_id: str | None = None,
        deadline: float | None = None,
    ) -> Calibration:
        """As `Backends.calibration`."""
        jobs = calls.calibration(self._version, name, updated_before=updated_before, calibration_id=calibration_id)
        return calls.read_calibration(await self._gather(self._do, jobs, len(jobs), deadline))

    def history(
        self,
        name: str,
        start: datetime | date | str,
        stop: datetime | date | str | None = None,
        every: str | timedelta = "1d",
        *,
        into: str | os.PathLike[str] | None = None,
        concurrency: int = 8,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> AsyncHistory:
        """As `Backends.history`: `await` gives the History, `async for` its calibrations."""

        async def fetch() -> History:
            plan = self._plan(name, start, stop, every, into=into, concurrency=concurrency, executor=executor)
            while jobs := plan.jobs():
                plan.settle(await self._gather(self._do, jobs, concurrency, deadline))
            return plan.history()

        return AsyncHistory(fetch)
