"""The values of a properties document as columns, in SI units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ..dates import as_utc
from ..errors import DecodeError
from .units import ALL, HERTZ, NUMBER, SECONDS, Scale

if TYPE_CHECKING:
    from ..raw.models import BackendProperties, GateProperties
    from .shapes import GateProperties as ShapeOfGate
    from .shapes import Properties

__all__ = ["Columns", "Key", "check_finite", "read_columns", "read_gates", "read_qubits"]

Key = tuple[str, tuple[int, ...]]  # a gate and the qubits that it acts on, in its order
_Column = list[float | None]
_Read = dict[str, tuple[float | None, ...]]

# By the document's name: the column, and the units that it may have. What is not here keeps its name.
_QUBIT_COLUMNS: dict[str, tuple[str, Scale]] = {
    "T1": ("t1", SECONDS),
    "T2": ("t2", SECONDS),
    "frequency": ("frequency", HERTZ),
    "anharmonicity": ("anharmonicity", HERTZ),
    "readout_error": ("readout_error", NUMBER),
    "prob_meas0_prep1": ("prob_meas0_prep1", NUMBER),
    "prob_meas1_prep0": ("prob_meas1_prep0", NUMBER),
    "readout_length": ("readout_length", SECONDS),
    "operational": ("operational", NUMBER),
}
_GATE_COLUMNS: dict[str, tuple[str, Scale]] = {
    "gate_error": ("gate_error", NUMBER),
    "gate_length": ("gate_length", SECONDS),
    "operational": ("operational", NUMBER),
}
# Names that mean something else in columns, frames and graphs.
_TAKEN = {"t1", "t2", "gate", "qubit", "qubits", "faulty", "pos", "error", "length", "jq", "zz", "last_update_date"}
_GENERAL: dict[str, Scale] = {"jq": HERTZ, "zz": HERTZ, "lf": NUMBER}
_ALWAYS_QUBITS = ("T1", "T2", "frequency", "anharmonicity", "readout_error", "readout_length")
_ALWAYS_GATES = ("gate_error", "gate_length")


class _Value(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def value(self) -> float: ...


class Columns(NamedTuple):
    """Everything that is asked for of a properties document, and no reference to it.

    `qubits` has one value a qubit in each column, `gates` one value an entry, besides `gate` and `qubits`; `rows` says
    which entry. `left_out` says what has no place here, and why.
    """

    backend_name: str
    backend_version: str
    last_update_date: datetime
    num_qubits: int
    qubits: dict[str, tuple[float | None, ...]]
    keys: tuple[Key, ...]
    gates: dict[str, tuple[float | None, ...]]
    rows: dict[Key, int]
    general: dict[str, float]
    qubit_lists: dict[str, tuple[int, ...]]
    left_out: tuple[str, ...]


class _Table:
    """Columns of one length."""

    def __init__(self, known: dict[str, tuple[str, Scale]], always: Iterable[str], length: int) -> None:
        self.columns: dict[str, _Column] = {}
        self.left_out: dict[str, None] = {}
        self._known = known
        self._length = length
        self._cells: dict[str, tuple[_Column, Scale]] = {}
        for name in always:
            self._open(name)

    def _open(self, name: str) -> tuple[_Column, Scale]:
        column, scale = self._known.get(name, (name, ALL))
        columns = self.columns
        if name not in self._known and name in _TAKEN:
            self.left_out[f"{name}: a column of this name holds something else"] = None
            columns = {}
        cell = self._cells[name] = columns.setdefault(column, [None] * self._length), scale
        return cell

    def fill(self, rows: Iterable[tuple[int, Iterable[_Value]]], place: str) -> None:
        """Set the values of each row; this loop runs five thousand times for a large device, so it is short."""
        cells = self._cells
        for row, values in rows:
            for value in values:
                name = value.name
                try:
                    column, scale = cells[name] if name in cells else self._open(name)
                    divisor, factor = scale[value.unit]
                    column[row] = value.value / divisor * factor
                except OverflowError:
                    raise _too_large(name, place) from None
                except KeyError:
                    if name in self._known:
                        raise _unknown_unit(value, cells[name][1], place) from None
                    # A quantity of tomorrow in a unit of tomorrow must not cost the others.
                    self.left_out[f"{name}: its unit {value.unit!r:.20} is none of {_units(ALL)}"] = None

    def done(self) -> dict[str, tuple[float | None, ...]]:
        return {name: tuple(column) for name, column in self.columns.items()}


def _too_large(name: str, place: str) -> DecodeError:
    path = f"{place}.value"
    return DecodeError(f"{path}: {name}: expected a finite number, found one beyond all bounds", path=path, body=b"")


def _units(scale: Scale) -> str:
    return ", ".join(repr(unit) for unit in scale)


def _unknown_unit(value: _Value, scale: Scale, place: str) -> DecodeError:
    path = f"{place}.unit"
    told = f"{path}: {value.name}: expected one of {_units(scale)}, found {value.unit!r:.40}"
    return DecodeError(told, path=path, body=b"")


def read_qubits(qubits: Sequence[Iterable[_Value]]) -> tuple[_Read, list[str]]:
    """The columns of the qubits, and what was left out."""
    table = _Table(_QUBIT_COLUMNS, _ALWAYS_QUBITS, len(qubits))
    table.fill(enumerate(qubits), "$.qubits[*][*]")
    return table.done(), [*table.left_out]


def read_gates(entries: Sequence[GateProperties | ShapeOfGate], count: int) -> tuple[dict[Key, int], _Read, list[str]]:
    """The rows of the gate entries of a device of `count` qubits, their columns, and what was left out."""
    order = [(entry.gate, tuple(entry.qubits)) for entry in entries]
    rows = dict(zip(order, range(len(order)), strict=True))
    if len(rows) < len(order):
        rows = dict(zip(rows, range(len(rows)), strict=True))
    named = {*chain.from_iterable([on for _, on in rows])}
    if named and not (min(named) >= 0 and max(named) < count):
        wrong = next(i for i, (_, on) in enumerate(order) if not all(0 <= qubit < count for qubit in on))
        path = f"$.gates[{wrong}].qubits"
        told = f"{path}: expected qubits from 0 to {count - 1}, found {[*order[wrong][1]]!r:.60}"
        raise DecodeError(told, path=path, body=b"")
    table = _Table(_GATE_COLUMNS, _ALWAYS_GATES, len(rows))
    places = range(len(order)) if len(rows) == len(order) else map(rows.__getitem__, order)
    table.fill(zip(places, [entry.parameters for entry in entries], strict=True), "$.gates[*].parameters[*]")
    return rows, table.done(), [*table.left_out]


def read_columns(properties: Properties | BackendProperties) -> Columns:
    """The columns of a properties document, decoded either way.

    A value that stands twice is the last one, as in the official client.

    Raises:
        DecodeError: A unit that the quantity cannot have, a qubit that there is not, or a value that is not finite;
            `body` is empty.
    """
    count = len(properties.qubits)
    qubits, left_out = read_qubits(properties.qubits)
    rows, gates, others = read_gates(properties.gates, count)
    left_out += others
    general: dict[str, float] = {}
    for item in properties.general:
        scale = _GENERAL.get(item.name.partition("_")[0], ALL)
        try:
            divisor, factor = scale[item.unit]
        except KeyError:
            if scale is not ALL:
                raise _unknown_unit(item, scale, "$.general[*]") from None
            left_out.append(f"{item.name}: its unit {item.unit!r:.20} is none of {_units(ALL)}")
            continue
        try:
            general[item.name] = item.value / divisor * factor
        except OverflowError:
            raise _too_large(item.name, "$.general[*]") from None
    return Columns(
        properties.backend_name,
        properties.backend_version,
        _utc(properties.last_update_date),
        count,
        qubits,
        tuple(rows),
        gates,
        rows,
        general,
        _qubit_lists(properties.general_qlists, count),
        tuple(left_out),
    )


def check_finite(columns: Columns) -> None:
    """Raise for a value that is not finite; JSON proper has none, Python's reads and writes some.

    Raises:
        DecodeError: As said.
    """
    tables: dict[str, dict[str, tuple[float | None, ...]]] = {"qubits": columns.qubits, "gates": columns.gates}
    tables["general"] = {name: (value,) for name, value in columns.general.items()}
    for table, named in tables.items():
        for name, column in named.items():
            if isfinite(sum(filter(None, column))):
                continue
            for row, value in enumerate(column):
                if value is not None and not isfinite(value):
                    path = f"$.{table}" if table == "general" else f"$.{table}[{row}]"
                    raise DecodeError(f"{path}: {name}: expected a finite number, found {value}", path=path, body=b"")


def _qubit_lists(value: Any, count: int) -> dict[str, tuple[int, ...]]:
    """The lists of qubits that the device has; what is mistyped, and kept by the models as it is, counts as absent."""
    lists: list[Any] = value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType]
    fit = [item for item in lists if hasattr(item, "qubits") and all(0 <= qubit < count for qubit in item.qubits)]
    return {item.name: tuple(item.qubits) for item in fit}


def _utc(date: datetime) -> datetime:
    try:
        return as_utc(date)
    except OverflowError:
        path = "$.last_update_date"
        raise DecodeError(f"{path}: expected a date of the calendar, found {date}", path=path, body=b"") from None
