"""What drifted from one calibration to another."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import NamedTuple

from .columns import Columns
from .units import SI_UNITS

__all__ = ["Change", "Place", "diff", "each_value"]


class Change(NamedTuple):
    """One value that drifted.

    Attributes:
        quantity: A column, such as `t1` or `gate_error`; `jq` or `zz`; or `layer_fidelity`.
        of: The gate, or the name of a layer fidelity, such as `lf_100`; None for a qubit's or a pair's own values.
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


Place = tuple[str, str | None, tuple[int, ...]]  # of a value: quantity, of, and qubits, as of Change


def diff(old: Mapping[Place, float | None], new: Mapping[Place, float | None]) -> tuple[Change, ...]:
    """Every value that differs, the largest change first."""
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


def each_value(columns: Columns) -> dict[Place, float | None]:
    """Each value of the qubits and of the gates."""
    qubits: dict[Place, float | None] = {
        (n, None, (q,)): value for n, column in columns.qubits.items() for q, value in enumerate(column)
    }
    gates: dict[Place, float | None] = {
        (name, *key): value
        for name, column in columns.gates.items()
        for key, value in zip(columns.keys, column, strict=True)
    }
    return {**qubits, **gates}
