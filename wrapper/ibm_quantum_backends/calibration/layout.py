"""What a configuration says of a device: its qubits, couplings, gates and clock."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from ..errors import DecodeError

if TYPE_CHECKING:
    from ..raw.models import BackendConfiguration
    from .shapes import Configuration

__all__ = ["Gate", "Layout", "Signature", "read_layout"]

_LARGEST = sys.float_info.max
_MOST_SAMPLES = 2**31 - 1  # which any scheduler can count, and no clock of a device reaches in a second
_ALIGNMENTS = ("granularity", "min_length", "pulse_alignment", "acquire_alignment")


class Gate(NamedTuple):
    """A gate of the configuration: names of its parameters, and the qubits that it is defined on."""

    parameters: tuple[str, ...]
    coupling_map: tuple[tuple[int, ...], ...]


class Signature(NamedTuple):
    """An instruction beyond the gates, such as `measure_2`."""

    num_qubits: int
    num_clbits: int
    parameters: tuple[str, ...]


class Layout(NamedTuple):
    """The parts of a configuration that transpiling, scheduling and drawing need; `dt` in seconds.

    What is None or empty is absent in the document.
    """

    backend_name: str
    backend_version: str
    num_qubits: int
    basis_gates: tuple[str, ...]
    coupling_map: tuple[tuple[int, ...], ...]
    gates: Mapping[str, Gate]
    dt: float | None
    coords: tuple[tuple[float, ...], ...] | None
    timing_constraints: Mapping[str, int]
    supported_instructions: tuple[str, ...] | None
    signatures: Mapping[str, Signature]
    processor: str | None
    simulator: bool


def read_layout(configuration: Configuration | BackendConfiguration) -> Layout:
    """The layout of a configuration, decoded either way; an optional part that cannot be counts as absent.

    Raises:
        DecodeError: The coupling map names a qubit that there is not; `body` is empty.
    """
    count = configuration.n_qubits
    coupling_map = _rows(configuration.coupling_map) or ()
    wrong = next((i for i, pair in enumerate(coupling_map) if not _is_pair(pair, count)), None)
    if wrong is not None:
        path = f"$.coupling_map[{wrong}]"
        told = f"{path}: expected two qubits from 0 to {count - 1!s:.40}, found {[*coupling_map[wrong]]!r:.60}"
        raise DecodeError(told, path=path, body=b"")
    dt = _number(configuration.dt)
    timing = configuration.timing_constraints
    processor = configuration.processor_type
    family, revision = (getattr(processor, part, None) for part in ("family", "revision"))
    return Layout(
        configuration.backend_name,
        configuration.backend_version,
        count,
        tuple(configuration.basis_gates),
        coupling_map,
        {gate.name: Gate(_texts(gate.parameters) or (), _places(gate.coupling_map)) for gate in configuration.gates},
        None if dt is None else dt * 1e-9,  # as the official client has it, to the last digit
        _coords(configuration.coords, count),
        {
            name: value
            for name in _ALIGNMENTS
            if type(value := getattr(timing, name, None)) is int and 0 <= value <= _MOST_SAMPLES
        },
        _texts(configuration.supported_instructions),
        {
            item.name: Signature(item.num_qubits, item.num_clbits, _texts(item.parameters) or ())
            for item in _list(configuration.instruction_signatures)
            if hasattr(item, "num_qubits") and 0 <= item.num_qubits <= count and item.num_clbits >= 0
        },
        f"{family} r{revision}" if family and revision is not None else family,
        configuration.simulator is True,
    )


def _is_pair(pair: tuple[int, ...], count: int) -> bool:
    return len(pair) == 2 and 0 <= pair[0] < count and 0 <= pair[1] < count


def _list(value: Any) -> Sequence[Any]:
    return cast("Sequence[Any]", value) if isinstance(value, (list, tuple)) else ()


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if -_LARGEST <= value <= _LARGEST else None  # and no NaN


def _texts(value: Any) -> tuple[str, ...] | None:
    return tuple(map(str, _list(value))) if isinstance(value, (list, tuple)) else None


def _rows(value: Any) -> tuple[tuple[int, ...], ...] | None:
    """An array of arrays as tuples; None where it is anything else."""
    if isinstance(value, tuple):  # of a shape, whose rows are checked
        return cast("tuple[tuple[int, ...], ...]", value)
    rows = _list(value)
    return tuple(map(tuple, rows)) if rows and all(isinstance(row, (list, tuple)) for row in rows) else None


def _places(value: Any) -> tuple[tuple[int, ...], ...]:
    """A gate's coupling map; none where it holds anything but whole numbers."""
    rows = _rows(value) or ()
    if isinstance(value, tuple):
        return rows
    whole = all(type(qubit) in (int, float) and qubit % 1 == 0 for qubit in chain(*rows))
    return tuple(tuple(map(int, row)) for row in rows) if whole else ()


def _coords(value: Any, count: int) -> tuple[tuple[float, ...], ...] | None:
    rows = _rows(value)
    fit = rows and len(rows) == count and {2} == {*map(len, rows)} and None not in map(_number, chain(*rows))
    return tuple((float(column), float(row)) for column, row in rows) if rows and fit else None
