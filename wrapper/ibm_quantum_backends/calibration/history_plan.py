"""Which documents a history needs and does not have yet; both clients ask for what it names."""

from __future__ import annotations

import os
import shutil
import weakref
from bisect import bisect_right
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import msgspec

from .. import calls
from ..calls import Call
from ..dates import as_utc, times_between
from ..errors import BackendsError, DecodeError, NotFoundError
from ..recorder import Writer, origin
from ..recording import Recording
from ..responses import body_of
from .decoding import decode_layout
from .history import History

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from datetime import date

    import httpx

__all__ = ["HistoryPlan"]

_CONFIGURATION = "get_backend_configuration"
_PROPERTIES = "get_backend_properties"
_LEVEL = 6  # of compression: a third of the time of the highest, and a tenth more on the disk


class _Dated(msgspec.Struct):
    last_update_date: datetime


_DATED = msgspec.json.Decoder(_Dated)


class _Temporary:
    """A folder that goes when this does; tempfile's own says so with a warning."""

    def __init__(self) -> None:
        self.path = mkdtemp(prefix="history-")
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


class HistoryPlan:
    """The requests of one history, from the newest time back.

    A document that answers one time answers every earlier one down to its own date, so these are not asked for. Where
    each time turns out to have a document of its own, more are asked for at once, up to `concurrency`; as soon as one
    has not, it goes on one by one. What an earlier run recorded as known is not asked for at all.

    Args:
        version: Of the API.
        name, start, stop, every, into, concurrency, executor: As of `Backends.history`.
        replayed: The recording that the client answers from, if it does: then it holds all that can be known.
        secrets: What no document may hold, beside what the requests hold.

    Raises:
        InvalidInputError: An argument that cannot be right; nothing was sent.
        RecordingError: `into` cannot be written to.
    """

    def __init__(
        self,
        version: str,
        name: str,
        start: datetime | date | str,
        stop: datetime | date | str | None,
        every: str | timedelta,
        *,
        into: str | os.PathLike[str] | None,
        concurrency: int,
        executor: Executor | None,
        replayed: Recording | None,
        secrets: tuple[str, ...] = (),
    ) -> None:
        _, self._most = calls.check_fleet("properties", concurrency)
        self._configuration: Call[Any] = calls.configuration(version, name, calibration_id=None)
        self.times = times_between(start, stop, every)
        self._version, self._name, self._executor = version, name, executor
        self._secrets = secrets
        self._width = 1
        self._replayed = replayed if into is None else None
        self._temporary: _Temporary | None = None
        self._writer: Writer | None = None
        self._open: list[datetime] = []
        if self._replayed is None:
            if into is None:
                self._temporary = _Temporary()
                into = self._temporary.path
            self._writer = Writer(into)
            self._open = self._unknown(self._writer.found)
        self._folder = into or ""
        self._body: bytes | None = None

    def _unknown(self, recording: Recording | None) -> list[datetime]:
        """The times, in ascending order, that a recording does not know the document of."""
        if recording is None:
            return [*self.times]
        known = [
            (datetime.fromisoformat(entry.date), datetime.fromisoformat(entry.before))
            for entry in recording.properties_of(self._name)
            if entry.before and os.path.exists(os.path.join(recording.path, entry.file))
        ]
        return [time for time in self.times if not any(date < time <= before for date, before in known)]

    def jobs(self) -> Mapping[datetime | None, Call[Any]]:
        """What to ask for now, by time, and the configuration by None; empty where nothing is left to ask."""
        jobs: dict[datetime | None, Call[Any]] = {}
        if self._body is None:
            jobs[None] = self._configuration._replace(decode=self._keep_configuration)
        for time in self._open[-self._width :]:
            call: Call[Any] = calls.properties(self._version, self._name, updated_before=time, calibration_id=None)
            jobs[time] = call._replace(decode=partial(self._keep_properties, time))
        return jobs

    def settle(self, results: Mapping[datetime | None, Any]) -> None:
        """Take what the jobs came to: of a configuration its body, of properties their date, or an error.

        Raises:
            BackendsError: The first error; what came before it is kept.
        """
        dates = {time: result for time, result in results.items() if time is not None}
        errors = [result for result in results.values() if isinstance(result, BackendsError)]
        before = len(self._open)
        for time, result in dates.items():
            if isinstance(result, NotFoundError):  # nothing before it, so nothing before earlier ones
                errors.remove(result)
                del self._open[: bisect_right(self._open, time)]
            elif not isinstance(result, BackendsError):
                # At least this time, should the answer not be older than it was asked to be.
                last = bisect_right(self._open, time)
                del self._open[min(bisect_right(self._open, result), last - 1) : last]
        if errors:
            raise errors[0]
        self._body = results.get(None, self._body)
        each_its_own = before - len(self._open) == len(dates) == len({*dates.values()})
        self._width = min(2 * self._width, self._most) if each_its_own else 1

    def history(self) -> History:
        """The history, once nothing is left to ask."""
        assert self._body is not None, "the configuration comes with the first jobs"
        recording = self._replayed or Recording(self._folder)
        return History(recording, self._name, self._body, self.times, executor=self._executor, keep=self._temporary)

    def _keep_configuration(self, response: httpx.Response) -> bytes:
        body = body_of(response)
        decode_layout(body)  # nothing is kept that a later run could not use
        self._add(_CONFIGURATION, response, body, datetime.now(UTC).replace(microsecond=0))
        return body

    def _keep_properties(self, time: datetime, response: httpx.Response) -> datetime:
        body = body_of(response)
        try:
            date = as_utc(_DATED.decode(body).last_update_date)
        except (msgspec.ValidationError, OverflowError) as error:
            told, path = f"expected a date-time: {error!s:.80}", "$.last_update_date"
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            told, path = f"expected a JSON object: {error!s:.80}", "$"
        else:
            self._add(_PROPERTIES, response, body, date, before=time if date < time else None)
            return date
        raise DecodeError(f"{path}: {told}", path=path, body=body)

    def _add(
        self, operation: str, response: httpx.Response, body: bytes, date: datetime, *, before: datetime | None = None
    ) -> None:
        if self._writer is not None:
            told = origin(response, self._secrets)
            self._writer.add(operation, self._name, body, date=date, before=before, level=_LEVEL, **told)
