"""The synchronous client."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

import httpx

from . import calls, selection
from .auth import KeyAuth, TokenAuth
from .calibration_calls import CalibrationCalls
from .calls import Call
from .deadlines import Deadline, Running
from .errors import BackendsError
from .flights import Flight
from .instances import Instance, read_instances, search_request
from .responses import decode_json
from .settings import Settings
from .transport import Sender

if TYPE_CHECKING:
    from .raw.models import BackendConfiguration, BackendDefaults, BackendProperties, BackendStatus, Device

    Devices = list[Device]  # inside the class, `list` is a method
    Instances = list[Instance]

__all__ = ["Backends"]

_T = TypeVar("_T")
_K = TypeVar("_K")


class Backends(CalibrationCalls):
    __doc__ = CalibrationCalls.__doc__

    def _open(self, settings: Settings, transport: httpx.BaseTransport | None) -> None:
        self._sender = Sender(settings.client, settings.retries, transport)
        self._found: Flight[str] = Flight()
        if settings.api_key is not None:
            self._auth: httpx.Auth = KeyAuth(settings.api_key, settings.iam_url, self._sender)
        else:
            token = settings.token
            self._auth = token if isinstance(token, httpx.Auth) else TokenAuth(token or "")

    def list(self, *, wait_times: bool = False, deadline: float | None = None) -> Devices:
        """All backends of the instance, in one request.

        A backend whose entry does not fit its model is left out, and logged as a warning.

        Args:
            wait_times: Whether to ask for `wait_time_seconds` (seconds) too.
            deadline: Seconds for the whole call, in place of the client's.
        """
        return self._do(calls.list_backends(self._version, wait_times=wait_times), deadline)

    def select(
        self,
        *,
        min_qubits: int | None = None,
        processor: str | None = None,
        operational: bool | None = True,
        simulator: bool | None = False,
        order: str = "queue_length",
        deadline: float | None = None,
    ) -> Devices:
        """The backends that pass every filter, in ascending order, in one request.

        Args:
            min_qubits: At least so many qubits.
            processor: A family such as `Heron`, or with revision such as `Heron r2`.
            operational: Whether the status is `online`; None takes any.
            simulator: Whether it is a simulator; None takes any.
            order: `queue_length`, `name`, `qubits`, `two_q_error_best`, `two_q_error_median`, `two_q_error_layered` or
                `readout_error_median`; ties by name, backends without the figure last.

        Raises:
            InvalidInputError: An order that there is not; nothing is sent.
        """
        filters = selection.Filters(min_qubits, processor, operational, simulator, order).check()
        return filters.select(self.list(deadline=deadline))

    def least_busy(
        self,
        *,
        min_qubits: int | None = None,
        processor: str | None = None,
        operational: bool | None = True,
        simulator: bool | None = False,
        deadline: float | None = None,
    ) -> Device:
        """The backend with the shortest queue that passes every filter of `select`, in one request.

        Raises:
            NoBackendError: None passes.
        """
        filters = selection.Filters(min_qubits, processor, operational, simulator, "queue_length").check()
        return filters.first(self.list(deadline=deadline))

    def configuration(
        self, name: str, *, calibration_id: str | None = None, deadline: float | None = None
    ) -> BackendConfiguration:
        """The configuration of a backend: qubits, gates, coupling map, timing.

        Args:
            name: Such as `ibm_boston`.
            calibration_id: Of this calibration, in place of the current one.

        Raises:
            NotFoundError: No such backend.
        """
        return self._do(calls.configuration(self._version, name, calibration_id=calibration_id), deadline)

    def properties(
        self,
        name: str,
        *,
        updated_before: datetime | date | str | None = None,
        calibration_id: str | None = None,
        deadline: float | None = None,
    ) -> BackendProperties:
        """The calibrated properties of a backend: T1, T2, errors and lengths, each with unit and date.

        Args:
            name: Such as `ibm_boston`.
            updated_before: The newest before this time, in place of the current ones: a datetime, a date (its first
                moment), or a string (ISO 8601, an age such as `2d`, or what python-dateutil reads). Without a zone it
                is local time.
            calibration_id: Of this calibration, in place of the current one.

        Raises:
            InvalidInputError: A string that cannot be read, is ambiguous, or lies in the future; nothing is sent.
            NotFoundError: No such backend, or nothing before that time.
        """
        call = calls.properties(self._version, name, updated_before=updated_before, calibration_id=calibration_id)
        return self._do(call, deadline)

    def status(self, name: str, *, deadline: float | None = None) -> BackendStatus:
        """The live status of a backend: whether it works, and the length of its queue.

        Raises:
            NotFoundError: No such backend.
        """
        return self._do(calls.status(self._version, name), deadline)

    def defaults(self, name: str, *, deadline: float | None = None) -> BackendDefaults:
        """The default pulse settings of a backend, as a document without declared fields.

        Raises:
            NotFoundError: No such backend, or one without defaults, as the newest are.
        """
        return self._do(calls.defaults(self._version, name), deadline)

    def fleet(
        self,
        what: str | Iterable[str] = ("configuration",),
        *,
        names: Iterable[str] | None = None,
        concurrency: int = 8,
        deadline: float | None = None,
    ) -> dict[str, dict[str, Any]]:
        """Documents of many backends at once, one request each.

        Args:
            what: Any of `configuration`, `properties`, `status`, `defaults`.
            names: The backends; None is all of the list, for one request more.
            concurrency: How many requests at once.
            deadline: Seconds for each request, in place of the client's.

        Returns:
            By name and kind, the model, or the `BackendsError` that this request came to.
        """
        kinds, limit = calls.check_fleet(what, concurrency)
        if names is None:
            jobs: dict[tuple[str, str], Any] = calls.fleet_of_list(self._version, kinds, self.list(deadline=deadline))
        else:
            jobs = {**calls.fleet(self._version, kinds, names)}
        return calls.by_name(self._gather(self._do, jobs, limit, deadline))

    def instances(self, *, deadline: float | None = None) -> Instances:
        """The account's instances of IBM Quantum's service, in every region."""
        return self._search(self._deadline(deadline))

    def list_all(
        self, *, wait_times: bool = False, concurrency: int = 8, deadline: float | None = None
    ) -> dict[Instance, Devices | BackendsError]:
        """All backends of all instances, in every region or the client's `region`, one request each.

        Args:
            wait_times: As in `list`.
            concurrency: How many requests at once.
            deadline: Seconds for each request, in place of the client's.

        Returns:
            By instance, its list, or the `BackendsError` that this request came to.
        """
        _, limit = calls.check_fleet("status", concurrency)
        call = calls.list_backends(self._version, wait_times=wait_times)
        jobs = self._in_region(self.instances(deadline=deadline))
        return self._gather(lambda crn, own: self._do(call, own, crn), jobs, limit, deadline)

    def close(self) -> None:
        """Close all connections; calls of other threads that are running end with an `APIConnectionError`."""
        self._sender.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _do(self, call: Call[_T], seconds: float | Deadline | None, crn: str | None = None) -> _T:
        deadline = self._deadline(seconds)
        request = self._address(call, crn or self._crn or self._find_instance(deadline))
        return self._decode(call, self._sender.send(request, deadline, self._auth))

    def _gather(
        self, do: Callable[[Any, Deadline], _T], jobs: Mapping[_K, Any], limit: int, seconds: float | None
    ) -> dict[_K, _T | BackendsError]:
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 (nothing else needs it)

        self._deadline(seconds)  # one that cannot be right is found before anything is sent
        running = Running()

        def attempt(job: Any) -> _T | BackendsError:
            if isinstance(job, BackendsError):
                return job
            try:
                deadline = self._deadline(seconds)
                with running.run(deadline):
                    return do(job, deadline)
            except BackendsError as error:
                return error
            except BaseException:  # what `watch` raised; it is seen when the results before it are there
                running.end()
                raise

        with ThreadPoolExecutor(max_workers=limit) as pool:
            try:
                return dict(zip(jobs, pool.map(attempt, jobs.values()), strict=True))
            except BaseException:  # an interrupt, or what `watch` raised
                pool.shutdown(wait=False, cancel_futures=True)
                running.end()
                raise

    def _find_instance(self, deadline: Deadline) -> str:
        return self._found.renew(None, deadline, lambda: self._choose(self._search(deadline)))

    def _search(self, deadline: Deadline) -> Instances:
        found: Instances = []
        cursor: str | None = ""
        while cursor is not None:
            request = search_request(self._settings.search_url, cursor)
            answer = self._sender.send(request, deadline, self._auth)
            page, cursor = read_instances(decode_json(answer, array="items", of="crn"))
            found += page
        return found
