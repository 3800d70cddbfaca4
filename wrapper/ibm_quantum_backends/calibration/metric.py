"""One quantity of a properties document, without decoding the rest of it: what a year of documents as a table takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ..errors import BackendsError
from .calibration import Calibration
from .columns import Key, read_gates, read_qubits
from .layout import Layout
from .shapes import GateProperties, Nduv

__all__ = ["read_metric"]


class _Qubits(msgspec.Struct, gc=False):
    qubits: list[tuple[Nduv, ...]]


class _Gates(msgspec.Struct, gc=False):
    gates: list[GateProperties]


_QUBITS = msgspec.json.Decoder(_Qubits)
_GATES = msgspec.json.Decoder(_Gates)


def read_metric(layout: Layout, body: bytes, metric: str) -> dict[Any, float | None]:
    """The values of a metric by qubit, or by the qubits of a gate entry, such as `0-1`: a row of `History.to_pandas`.

    Raises:
        BackendsError: As `Calibration.of_layout`, where this part of the document cannot be used.
    """
    try:
        qubits, _ = read_qubits(_QUBITS.decode(body).qubits)
        if len(qubits["t1"]) == layout.num_qubits:
            if metric in qubits:
                return dict(enumerate(qubits[metric]))
            gate = metric.rpartition("_")[0]
            entries = [entry for entry in _GATES.decode(body).gates if entry.gate == gate]
            rows, gates, _ = read_gates(entries, layout.num_qubits)
            return _of_gate(metric, rows, gates)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, BackendsError):
        pass
    calibration = Calibration.of_layout(layout, body)  # the tolerant way, or the error that says what is wrong
    if metric in calibration.qubits:
        return dict(enumerate(calibration.qubits[metric]))
    columns = calibration.gates
    return _of_gate(metric, zip(columns["gate"], columns["qubits"], strict=True), columns)


def _of_gate(metric: str, keys: Iterable[Key], columns: Mapping[str, Sequence[Any]]) -> dict[Any, float | None]:
    """By the qubits of each entry of the metric's gate; empty where there is no such gate or column."""
    gate, _, kind = metric.rpartition("_")
    column = columns.get(f"gate_{kind}", ())
    return {"-".join(map(str, on)): value for (name, on), value in zip(keys, column, strict=False) if name == gate}
