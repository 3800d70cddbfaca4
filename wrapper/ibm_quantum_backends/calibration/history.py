"""The calibrations of a device over time."""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cached_property, partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from ..documents import one_line
from ..errors import BackendsError, InvalidInputError, RecordingError
from ..recording import Entry, Recording, unpack, write_whole
from .calibration import Calibration
from .decoding import decode_layout
from .layout import Layout
from .metric import read_metric

if TYPE_CHECKING:
    import os
    from concurrent.futures import Executor, Future

    from matplotlib.figure import Figure
    from pandas import DataFrame

__all__ = ["History"]

_T = TypeVar("_T")
_IN_HAND = 32  # documents that an executor has at once: enough for any, and no more in memory however many there are
_logger = logging.getLogger(__name__)


class History:
    """A device's calibration at each of several times, as far as there was one; iterating gives them in order.

    The documents are on the disk, and are decoded when they are asked for, one after another: how many there are does
    not matter to the memory. Two times between which nothing was calibrated give the same object.

    Attributes:
        name: Of the backend.
        times: All that was asked for, ascending, UTC.
        failures: By time, why a document could not be used; filled while documents are read, logged as a warning.

    Args:
        recording: Where the documents are.
        configuration: The device's, as the API sends it.
        executor: What decodes and tabulates, such as a process pool's, Dask's or MPI's; None is the caller itself. It
            gets a document and the device's layout, and nothing else.
        keep: What must live as long as this does, such as a temporary folder.

    Raises:
        DecodeError: The configuration does not fit its model.
    """

    def __init__(
        self,
        recording: Recording,
        name: str,
        configuration: bytes,
        times: Sequence[datetime],
        *,
        executor: Executor | None = None,
        keep: object = None,
    ) -> None:
        self.name = name
        self.times = tuple(times)
        self.failures: dict[datetime, BackendsError] = {}
        self._recording, self._executor, self._keep = recording, executor, keep
        self._layout = decode_layout(configuration)

    @cached_property
    def _documents(self) -> list[tuple[Entry, list[datetime]]]:
        """Each document that is needed, with the times that it holds for."""
        entries = self._recording.properties_of(self.name)
        dates = [datetime.fromisoformat(entry.date) for entry in entries]
        held = ((bisect_left(dates, time) - 1, time) for time in self.times)
        groups = groupby((pair for pair in held if pair[0] >= 0), key=lambda pair: pair[0])
        return [(entries[number], [time for _, time in pairs]) for number, pairs in groups]

    @property
    def missing(self) -> tuple[datetime, ...]:
        """The times before which there was no calibration."""
        there = {time for _, times in self._documents for time in times}
        return tuple(time for time in self.times if time not in there)

    def __len__(self) -> int:
        return len(self.times) - len(self.missing)

    def __repr__(self) -> str:
        count = len(self._documents)
        return f"<History {one_line(self.name)}: {len(self.times)} times from {self.times[0]}, {count} documents>"

    def __iter__(self) -> Iterator[Calibration]:
        return (calibration for _, calibration in self.items())

    def items(self) -> Iterator[tuple[datetime, Calibration]]:
        """Each time with its calibration."""
        for times, calibration in self._each(_calibration):
            for time in times:
                yield time, calibration

    def _each(self, work: Callable[..., _T], *args: Any) -> Iterator[tuple[list[datetime], _T]]:
        """What `work` makes of each document, in order, with the times that it holds for."""
        waiting: deque[tuple[list[datetime], Callable[[], _T]]] = deque()
        for entry, times in self._documents:
            waiting.append((times, self._start(work, entry, *args)))
            if self._executor is None or len(waiting) == _IN_HAND:
                yield from self._finish(*waiting.popleft())
        while waiting:
            yield from self._finish(*waiting.popleft())

    def _start(self, work: Callable[..., _T], entry: Entry, *args: Any) -> Callable[[], _T]:
        try:
            compressed = self._recording.compressed(entry)
        except RecordingError as error:
            return partial(_raise, error)
        if self._executor is None:
            return partial(work, self._layout, compressed, *args)
        future: Future[_T] = self._executor.submit(work, self._layout, compressed, *args)
        return future.result

    def _finish(self, times: list[datetime], result: Callable[[], _T]) -> Iterator[tuple[list[datetime], _T]]:
        try:
            yield times, result()
        except BackendsError as error:
            _logger.warning("%s at %s is left out: %s", one_line(self.name), times[0].isoformat(), one_line(error))
            self.failures.update(dict.fromkeys(times, error))

    def to_pandas(self, metric: str) -> DataFrame:
        """One value over time: a row for each time, a column for each qubit or gate entry (extra `pandas`).

        Args:
            metric: A column of `Calibration.qubits`, such as `t1`; or an error or length of a gate by the name that it
                has in `Calibration.medians`, such as `cz_error`. Units as there: s, Hz, or none.

        Returns:
            Index `time`, UTC. Columns are qubits, or the qubits of a gate entry such as `0-1`. Where there was no value
            it is NaN.

        Raises:
            InvalidInputError: No document has such a value.
        """
        from .frames import make_series_frame  # noqa: PLC0415 (an extra)

        times: list[datetime] = []
        rows: list[dict[Any, float | None]] = []
        for held, row in self._each(_row, metric):
            times += held
            rows += [row] * len(held)
        if not any(rows):
            pairs = (pair for e, t in self._documents[-1:] for pair in self._finish(t, self._start(_calibration, e)))
            last = next((newest for _, newest in pairs), None)
            there = (
                one_line(", ".join(sorted({*last.qubits, *last.medians()})))
                if last
                else "nothing, as there is no document"
            )
            raise InvalidInputError(f"metric: expected one of {there}; found {metric!r:.40}")
        return make_series_frame(times, rows)

    def to_parquet(self, folder: str | os.PathLike[str]) -> None:
        """A Parquet dataset of all values (extra `pandas`), partitioned by backend and date.

        Below the folder, `qubits` and `gates` are each a dataset, of the columns of `Calibration.to_pandas` and
        `last_update_date`, such as `qubits/backend=ibm_boston/date=2026-04-17/000000.parquet` for a history's time of
        midnight, UTC. Written again it is replaced, so that a history that goes on can be written to the same folder.

        Raises:
            OSError: The folder cannot be written to.
        """
        from .frames import check_parquet  # noqa: PLC0415 (an extra)

        check_parquet()
        for times, tables in self._each(_parquet):
            for table, content in tables.items():
                for time in times:
                    place = Path(
                        folder, table, f"backend={self.name}", f"date={time:%Y-%m-%d}", f"{time:%H%M%S}.parquet"
                    )
                    write_whole(place, content)

    def plot(self, metric: str) -> Figure:
        """A metric over time (extras `plot` and `pandas`); as `to_pandas`."""
        from .plot_history import plot_history  # noqa: PLC0415

        return plot_history(self.to_pandas(metric), metric=metric, name=self.name)


def _raise(error: Exception) -> NoReturn:
    raise error


# What an executor runs, so at the top of the module.


def _calibration(layout: Layout, compressed: bytes) -> Calibration:
    return Calibration.of_layout(layout, unpack(compressed))


def _row(layout: Layout, compressed: bytes, metric: str) -> dict[Any, float | None]:
    return read_metric(layout, unpack(compressed), metric)


def _parquet(layout: Layout, compressed: bytes) -> dict[str, bytes]:
    calibration = _calibration(layout, compressed)
    date = calibration.last_update_date
    tables = calibration.to_pandas()._asdict().items()
    return {name: table.assign(last_update_date=date).to_parquet() for name, table in tables}
