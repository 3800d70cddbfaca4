"""What drifted from one calibration to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import inf
from typing import NamedTuple

from .columns import Columns
from .layer_fidelity import LayerFidelity
from .units import SI_UNITS

__all__ = ["Change", "diff"]


class Change(NamedTuple):
    """One value that drifted.

    Attributes:
        quantity: A column, such as `t1` or `gate_error`; or `layer_fidelity` or `general`.
        of: The gate, or the name of a general value; None for a qubit's own values.
        qubits: Whose value it is, in the gate's order.
        before, after: The values in `unit`; None where there was or is none.
        unit: `s`, `Hz`, or empty.
        size: How far apart they are, as a factor of 1 or more: twice as large and half as large are both 2; infinite
            where a value came, went, or is or was 0.
    """

    quantity: str
    of: str | None
    qubits: tuple[int, ...]
    before: float | None
    after: float | None
    unit: str
    size: float


_Place = tuple[str, str | None, tuple[int, ...]]


def diff(
    before: Columns, after: Columns, chains: tuple[Iterable[LayerFidelity], Iterable[LayerFidelity]]
) -> tuple[Change, ...]:
    """Every value that differs, the largest change first."""
    old, new = ({**_values(part), **_fidelities(of)} for part, of in zip((before, after), chains, strict=True))
    changes = [
        Change(*place, then, now, SI_UNITS.get(place[0], ""), _size(then, now))
        for place in {**old, **new}
        if (then := old.get(place)) != (now := new.get(place))
    ]
    return tuple(sorted(changes, key=lambda change: -change.size))


def _size(before: float | None, after: float | None) -> float:
    if not before or not after or (before < 0) != (after < 0):
        return inf
    return max(before / after, after / before)


def _values(columns: Columns) -> Mapping[_Place, float | None]:
    return dict(_each(columns))


def _each(columns: Columns) -> Iterator[tuple[_Place, float | None]]:
    for name, column in columns.qubits.items():
        for qubit, value in enumerate(column):
            yield (name, None, (qubit,)), value
    for name, column in columns.gates.items():
        for (gate, qubits), value in zip(columns.keys, column, strict=True):
            yield (name, gate, qubits), value


def _fidelities(chains: Iterable[LayerFidelity]) -> Mapping[_Place, float | None]:
    # By length: the best chain of a length may lie elsewhere on the device the next day, and is still the best.
    return {("layer_fidelity", f"lf_{chain.num_qubits}", ()): chain.layer_fidelity for chain in chains}
