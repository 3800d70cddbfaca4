"""Which qubits and gates do not work, and why."""

from __future__ import annotations

from .columns import Columns, Key

__all__ = ["faulty_gates", "faulty_qubits"]

_COIN = 0.5  # a readout error from which on an outcome says no more than the toss of a coin


def _number(value: float) -> str:
    return f"{value:.4g}"


def faulty_gates(columns: Columns) -> dict[Key, str]:
    """The gate entries that do not work, with the reason: `gate_error` is 1 or more, or `operational` is 0."""
    reasons: dict[Key, str] = {}
    error = columns.gates["gate_error"]
    operational = columns.gates.get("operational")
    for row, key in enumerate(columns.keys):
        value = error[row]
        if operational is not None and operational[row] == 0:
            reasons[key] = "operational is 0"
        elif value is not None and value >= 1:
            reasons[key] = f"gate_error is {_number(value)}"
    return reasons


def faulty_qubits(columns: Columns, gates: dict[Key, str]) -> dict[int, str]:
    """The qubits that do not work, with the reason.

    `operational` is 0; or the readout does not work: its error is 0.5 or more, which is no better than the toss of a
    coin, or its gate entry `measure` is among the faulty `gates`.
    """
    reasons: dict[int, str] = {}
    operational = columns.qubits.get("operational", ())
    reasons.update({qubit: "operational is 0" for qubit, value in enumerate(operational) if value == 0})
    for qubit, value in enumerate(columns.qubits["readout_error"]):
        if value is not None and value >= _COIN:
            reasons.setdefault(qubit, f"readout_error is {_number(value)}")
        elif ("measure", (qubit,)) in gates:
            reasons.setdefault(qubit, f"measure: {gates['measure', (qubit,)]}")
    return dict(sorted(reasons.items()))
