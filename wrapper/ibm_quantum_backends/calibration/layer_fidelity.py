"""Layer fidelities of chains, and the error per layered gate that follows from them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["LayerFidelity", "read_layer_fidelities"]

_NAME = re.compile(r"lf_([1-9][0-9]{0,5})")


class LayerFidelity(NamedTuple):
    """The layer fidelity of a chain.

    Attributes:
        num_qubits: Length of the chain.
        qubits: The chain in order; None where the document does not say.
        layer_fidelity: Process fidelity of layers in which every neighbouring pair of the chain has one two-qubit
            gate; between 0 and 1.
        eplg: Error per layered gate, 1 - LF ** (1 / (n - 1)), as the layers hold n - 1 two-qubit gates; None for a
            single qubit. Source: McKay et al., "Benchmarking Quantum Processor Performance at Scale",
            arXiv:2311.05933.
    """

    num_qubits: int
    qubits: tuple[int, ...] | None
    layer_fidelity: float
    eplg: float | None


def read_layer_fidelities(
    general: Mapping[str, float], qubit_lists: Mapping[str, tuple[int, ...]]
) -> tuple[LayerFidelity, ...]:
    """The chains of a properties document, shortest first.

    Args:
        general: Values by name, of which those are taken whose name is `lf_` and a number of qubits.
        qubit_lists: The document's `general_qlists`, by name.
    """
    found: list[LayerFidelity] = []
    for name, value in general.items():
        match = _NAME.fullmatch(name)
        if match is None or not 0 <= value <= 1:
            continue
        n = int(match[1])
        qubits = qubit_lists.get(name)
        fits = qubits is not None and len(qubits) == n
        eplg = 1 - value ** (1 / (n - 1)) if n > 1 else None
        found.append(LayerFidelity(n, qubits if fits else None, value, eplg))
    return tuple(sorted(found))
