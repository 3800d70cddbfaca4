"""A calibration as two frames of pandas (extra `pandas`; importing this without it is a `MissingExtraError`)."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import MissingExtraError
from .units import SI_UNITS

try:
    import numpy as np
    import pandas as pd
except ModuleNotFoundError as error:
    raise MissingExtraError("A calibration as frames", extra="pandas") from error

if TYPE_CHECKING:
    from datetime import datetime

    from .calibration import Calibration

__all__ = ["Frames", "check_parquet", "make_frames", "make_series_frame"]

_TEXT = pd.StringDtype()


class Frames(NamedTuple):
    """A calibration in two tables; units are SI, and stand in `attrs["units"]` by column, empty for plain numbers.

    `attrs` also holds `backend_name` and `last_update_date` (ISO 8601, UTC), and goes to Parquet and back with the
    frame. A value that the document does not have is NaN.

    Attributes:
        qubits: A row a qubit; the index `qubit` counts from 0. Columns: `t1`, `t2`, `readout_length` (s), `frequency`,
            `anharmonicity` (Hz), `readout_error`, `prob_meas0_prep1`, `prob_meas1_prep0` (chances) and what else
            `Calibration.qubits` has, as float64; `faulty`, the reason as text where the qubit does not work, else NA.
        gates: A row a gate entry, in the document's order. Columns: `gate` (text), `qubits` (tuples of int, in the
            gate's order; a list of int64 in Parquet, which pandas reads back as arrays), `gate_error` (a chance),
            `gate_length` (s) and what else `Calibration.gates` has, as float64; `faulty`, as of the qubits.
    """

    qubits: pd.DataFrame
    gates: pd.DataFrame


def make_frames(calibration: Calibration) -> Frames:
    """Both frames of a calibration."""
    gates = {**calibration.gates}
    names, places = gates.pop("gate"), gates.pop("qubits")
    numbers = range(calibration.num_qubits)
    index = pd.RangeIndex(len(numbers), name="qubit")
    keys = zip(names, places, strict=True)
    return Frames(
        _frame(calibration, {}, calibration.qubits, map(calibration.faulty_qubits.get, numbers), index),
        _frame(
            calibration,
            {"gate": pd.array(names, dtype=_TEXT), "qubits": pd.Series(places, dtype="object")},
            gates,
            map(calibration.faulty_gates.get, keys),
            pd.RangeIndex(len(names)),
        ),
    )


def _frame(calibration: Calibration, first: Any, columns: Any, faulty: Any, index: pd.Index[int]) -> pd.DataFrame:
    numbers = {name: np.array(column, dtype=np.float64) for name, column in columns.items()}
    frame = pd.DataFrame({**first, **numbers, "faulty": pd.array([*faulty], dtype=_TEXT)}, index=index)
    frame.attrs = {
        "backend_name": calibration.backend_name,
        "last_update_date": calibration.last_update_date.isoformat(),
        "units": {name: SI_UNITS[name] for name in numbers if name in SI_UNITS},
    }
    return frame


def check_parquet() -> None:
    """Raise, before anything is done, where nothing can write Parquet.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """
    try:
        import_module("pyarrow")
    except ModuleNotFoundError as error:
        raise MissingExtraError("Parquet", extra="pandas") from error


def make_series_frame(times: list[datetime], rows: list[dict[Any, float | None]]) -> pd.DataFrame:
    """A row for each time, a column for each key of any row; NaN where a row has no value."""
    return pd.DataFrame(rows, index=pd.DatetimeIndex([*times], name="time"), dtype=float)
