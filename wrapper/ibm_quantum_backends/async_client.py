"""The client for asyncio: the same methods, arguments, results and errors as `Backends`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

import httpx

from . import calls, selection
from .async_auth import AsyncKeyAuth
from .async_flights import AsyncFlight
from .async_transport import AsyncSender
from .auth import TokenAuth
from .calibration_calls import AsyncCalibrationCalls
from .calls import Call
from .deadlines import Deadline
from .errors import BackendsError
from .instances import Instance, read_instances, search_request
from .responses import decode_json
from .settings import Settings

if TYPE_CHECKING:
    from .raw.models import BackendConfiguration, BackendDefaults, BackendProperties, BackendStatus, Device

    Devices = list[Device]  # inside the class, `list` is a method
    Instances = list[Instance]

__all__ = ["AsyncBackends"]

_T = TypeVar("_T")
_K = TypeVar("_K")


class AsyncBackends(AsyncCalibrationCalls):
    __doc__ = AsyncCalibrationCalls.__doc__

    def _open(self, settings: Settings, transport: httpx.AsyncBaseTransport | None) -> None:
        self._sender = AsyncSender(settings.client, settings.retries, transport)
        self._found: AsyncFlight[str] = AsyncFlight()
        if settings.api_key is not None:
            self._auth: httpx.Auth = AsyncKeyAuth(settings.api_key, settings.iam_url, self._sender)
        else:
            token = settings.token
            self._auth = token if isinstance(token, httpx.Auth) else TokenAuth(token or "")

    async def list(self, *, wait_times: bool = False, deadline: float | None = None) -> Devices:
        """As `Backends.list`."""
        return await self._do(calls.list_backends(self._version, wait_times=wait_times), deadline)

    async def select(
        self,
        *,
        min_qubits: int | None = None,
        processor: str | None = None,
        operational: bool | None = True,
        simulator: bool | None = False,
        order: str = "queue_length",
        deadline: float | None = None,
    ) -> Devices:
        """As `Backends.select`."""
        filters = selection.Filters(min_qubits, processor, operational, simulator, order).check()
        return filters.select(await self.list(deadline=deadline))

    async def least_busy(
        self,
        *,
        min_qubits: int | None = None,
        processor: str | None = None,
        operational: bool | None = True,
        simulator: bool | None = False,
        deadline: float | None = None,
    ) -> Device:
        """As `Backends.least_busy`."""
        filters = selection.Filters(min_qubits, processor, operational, simulator, "queue_length").check()
        return filters.first(await self.list(deadline=deadline))

    async def configuration(
        self, name: str, *, calibration_id: str | None = None, deadline: float | None = None
    ) -> BackendConfiguration:
        """As `Backends.configuration`."""
        return await self._do(calls.configuration(self._version, name, calibration_id=calibration_id), deadline)

    async def properties(
        self,
        name: str,
        *,
        updated_before: datetime | date | str | None = None,
        calibration_id: str | None = None,
        deadline: float | None = None,
    ) -> BackendProperties:
        """As `Backends.properties`."""
        call = calls.properties(self._version, name, updated_before=updated_before, calibration_id=calibration_id)
        return await self._do(call, deadline)

    async def status(self, name: str, *, deadline: float | None = None) -> BackendStatus:
        """As `Backends.status`."""
        return await self._do(calls.status(self._version, name), deadline)

    async def defaults(self, name: str, *, deadline: float | None = None) -> BackendDefaults:
        """As `Backends.defaults`."""
        return await self._do(calls.defaults(self._version, name), deadline)

    async def fleet(
        self,
        what: str | Iterable[str] = ("configuration",),
        *,
        names: Iterable[str] | None = None,
        concurrency: int = 8,
        deadline: float | None = None,
    ) -> dict[str, dict[str, Any]]:
        """As `Backends.fleet`."""
        kinds, limit = calls.check_fleet(what, concurrency)
        if names is None:
            jobs: dict[tuple[str, str], Any] = calls.fleet_of_list(
                self._version, kinds, await self.list(deadline=deadline)
            )
        else:
            jobs = {**calls.fleet(self._version, kinds, names)}
        return calls.by_name(await self._gather(self._do, jobs, limit, deadline))

    async def instances(self, *, deadline: float | None = None) -> Instances:
        """As `Backends.instances`."""
        return await self._search(self._deadline(deadline))

    async def list_all(
        self, *, wait_times: bool = False, concurrency: int = 8, deadline: float | None = None
    ) -> dict[Instance, Devices | BackendsError]:
        """As `Backends.list_all`."""
        _, limit = calls.check_fleet("status", concurrency)
        call = calls.list_backends(self._version, wait_times=wait_times)
        jobs = self._in_region(await self.instances(deadline=deadline))
        return await self._gather(lambda crn, own: self._do(call, own, crn), jobs, limit, deadline)

    async def aclose(self) -> None:
        """Close all connections of the running event loop; another loop has its own.

        Calls that are running in it end with an `APIConnectionError`.
        """
        await self._sender.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.aclose()

    async def _do(self, call: Call[_T], seconds: float | Deadline | None, crn: str | None = None) -> _T:
        deadline = self._deadline(seconds)
        request = self._address(call, crn or self._crn or await self._find_instance(deadline))
        return self._decode(call, await self._sender.send(request, deadline, self._auth))

    async def _gather(
        self, do: Callable[[Any, Deadline], Awaitable[_T]], jobs: Mapping[_K, Any], limit: int, seconds: float | None
    ) -> dict[_K, _T | BackendsError]:
        self._deadline(seconds)  # one that cannot be right is found before anything is sent
        slots = asyncio.Semaphore(limit)

        async def attempt(job: Any) -> _T | BackendsError:
            if isinstance(job, BackendsError):
                return job
            async with slots:
                try:
                    return await do(job, self._deadline(seconds))
                except BackendsError as error:
                    return error

        try:
            async with asyncio.TaskGroup() as group:
                tasks = {key: group.create_task(attempt(job)) for key, job in jobs.items()}
        except BaseExceptionGroup as failures:  # what `watch` raised
            raise failures.exceptions[0] from None
        return {key: task.result() for key, task in tasks.items()}

    async def _find_instance(self, deadline: Deadline) -> str:
        async def find() -> str:
            return self._choose(await self._search(deadline))

        return await deadline.run(self._found.renew(None, deadline, find))

    async def _search(self, deadline: Deadline) -> Instances:
        found: Instances = []
        cursor: str | None = ""
        while cursor is not None:
            request = search_request(self._settings.search_url, cursor)
            answer = await self._sender.send(request, deadline, self._auth)
            page, cursor = read_instances(decode_json(answer, array="items", of="crn"))
            found += page
        return found
