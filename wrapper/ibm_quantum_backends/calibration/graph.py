"""A calibration as a graph of networkx (extra `graph`; importing this without it is a `MissingExtraError`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import MissingExtraError
from .units import SI_UNITS

try:
    from networkx import DiGraph
except ModuleNotFoundError as error:
    raise MissingExtraError("A calibration as a graph", extra="graph") from error

if TYPE_CHECKING:
    from .calibration import Calibration

__all__ = ["make_graph"]


def make_graph(calibration: Calibration) -> DiGraph[int]:
    """The device as a directed graph; values are in SI units, and None where the document has none.

    None and not left out: networkx takes a weight that is left out for 1, and an edge whose weight is None for one
    that cannot be passed.

    Returns:
        Nodes: every qubit, with all of `Calibration.qubits` under the same names; `faulty`, the reason as text where it
        does not work, else None; `pos`, its column and row (which count downwards), where the device has coordinates.

        Edges: every ordered pair of the coupling map and of a two-qubit gate entry, with the values of that direction
        alone, flat so that they can be weights: of a gate `cz` its `cz_error`, `cz_length` and what else the entry has.
        All edges have the names of all gates. `faulty` says which of the edge's gates do not work and why, or is None.
        `jq` and `zz` are the pair's, the same in both directions.

        The graph: `backend_name`, `last_update_date` (ISO 8601, UTC) and `units` (by attribute, empty for plain
        numbers).
    """
    entries: dict[tuple[int, ...], dict[str, Any]] = {pair: {} for pair in calibration.coupling_map}
    reasons: dict[tuple[int, ...], list[str]] = {}
    columns = {**calibration.gates}
    names, places = columns.pop("gate"), columns.pop("qubits")
    units = {name: SI_UNITS.get(name, "") for name in (*calibration.qubits, "jq", "zz")}
    for row, (gate, pair) in enumerate(zip(names, places, strict=True)):
        if len(pair) != 2:
            continue
        values = entries.setdefault(pair, {})
        for column, value in columns.items():
            name = f"{gate}_{column.removeprefix('gate_')}"
            values[name] = value[row]
            units.setdefault(name, SI_UNITS.get(column, ""))
        if reason := calibration.faulty_gates.get((gate, pair)):
            reasons.setdefault(pair, []).append(f"{gate}: {reason}")

    graph: DiGraph[int] = DiGraph(
        backend_name=calibration.backend_name,
        last_update_date=calibration.last_update_date.isoformat(),
        units=units,
    )
    qubits, coords = calibration.qubits, calibration.coords
    for qubit, of_qubit in enumerate(zip(*qubits.values(), strict=True)):
        place = {"pos": coords[qubit]} if coords else {}
        values = dict(zip(qubits, of_qubit, strict=True))
        graph.add_node(qubit, **values, faulty=calibration.faulty_qubits.get(qubit), **place)
    of_pairs = calibration.pair_values()
    absent = dict.fromkeys(name for name in units if name not in qubits)
    for (one, two), values in entries.items():
        pair = min(one, two), max(one, two)
        both = {name: of_pair.get(pair) for name, of_pair in of_pairs.items()}
        faulty = "; ".join(reasons.get((one, two), ())) or None
        graph.add_edge(one, two, **{**absent, **values, **both, "faulty": faulty})
    return graph
