"""Where the qubits of a device are drawn."""

from __future__ import annotations

from cmath import exp, phase
from collections.abc import Collection, Iterable
from math import dist, inf, prod, radians
from typing import TYPE_CHECKING

from ..errors import MissingExtraError

if TYPE_CHECKING:
    from .calibration import Calibration

__all__ = ["device_positions", "spacing"]

Position = tuple[float, float]
_MARGIN = 0.1  # in the layout's own unit, in which it is 2 wide or high


def device_positions(calibration: Calibration) -> tuple[Position, ...]:
    """Column and row of each qubit, row 0 at the top.

    They are the device's own, which are column and row on all 30 of the known devices that have some, though the API's
    documentation says row and column. Where there are none, or two qubits have the same, or they are so uneven that no
    picture could show them, the couplings are laid out by `layout`.

    Raises:
        MissingExtraError: A layout is needed, and networkx or scipy is not there.
    """
    count, coords = calibration.num_qubits, calibration.coords
    if coords and len({*coords}) == count:
        extent = max(max(axis) - min(axis) for axis in zip(*coords, strict=True))
        if extent <= max(20, 2 * count) * spacing(coords) < inf:
            return coords
    return layout(count, sorted({(min(pair), max(pair)) for pair in calibration.coupling_map if len({*pair}) == 2}))


def spacing(positions: Collection[Position]) -> float:
    """The smallest distance between two positions; 1 where there is but one."""
    order = sorted(positions)
    found = inf
    for i, one in enumerate(order):
        for other in order[i + 1 :]:
            if other[0] - one[0] >= found:
                break
            found = min(found, dist(one, other))
    return found if len(order) > 1 else 1.0


def layout(count: int, pairs: Collection[tuple[int, int]]) -> tuple[Position, ...]:
    """Positions by the number of couplings between two qubits (Kamada and Kawai), the same ones each time.

    It starts from a drawing without crossings where there is one. Then it is turned so that couplings of a qubit with
    the next one lie level, which are the rows of a device that is numbered row by row, or else so that it takes the
    smallest rectangle where that is smaller by a tenth. Qubit 0 is on the left, and the last rows are below. What is
    higher than wide is laid on its side, unless most couplings are those of rows.

    Args:
        count: Number of qubits.
        pairs: Coupled qubits, in an order that is always the same.
    """
    try:
        import networkx as nx  # noqa: PLC0415 (most devices have coordinates)
        import scipy as _  # noqa: F401, PLC0415  # pyright: ignore[reportMissingTypeStubs] (networkx would ask late)
    except ModuleNotFoundError as error:
        raise MissingExtraError("Drawing", extra="plot") from error
    if count == 1:
        return ((0.0, 0.0),)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(pairs)
    try:
        start = nx.planar_layout(graph)
    except nx.NetworkXException:
        start = nx.circular_layout(graph)
    lengths = dict(nx.all_pairs_shortest_path_length(graph))
    apart = count**0.5  # of qubits that no coupling connects
    steps = {one: {other: lengths[one].get(other, apart) for other in graph} for one in graph}
    found = nx.kamada_kawai_layout(graph, dist=steps, pos=start)
    places = [complex(*found[qubit]) for qubit in range(count)]

    ways = [places[b] - places[a] for a, b in pairs if b == a + 1] or [places[-1] - places[0]]
    turn = exp(-0.5j * phase(sum(way * way for way in ways)))  # squared, as to the left is as good as to the right
    turns = {degrees: turn * exp(1j * radians(degrees)) for degrees in range(90)}
    areas = {degrees: prod(_extent(place * turns[degrees] for place in places)) for degrees in turns}
    best = min(turns, key=lambda degrees: round(areas[degrees] * (1.1 if degrees else 1), 6))
    middle = sum(places) / count
    places = [(place - middle) * turns[best] for place in places]
    width, height = _extent(places)
    if height > 1.2 * width and 2 * len(ways) < len(pairs):
        places = [complex(place.imag, place.real) for place in places]
    right = -1 if places[0].real > 0 else 1
    down = -1 if sum(qubit * place.imag for qubit, place in enumerate(places)) < 0 else 1
    level = [(right * place.real, down * place.imag) for place in places]
    between = sorted(dist(level[a], level[b]) for a, b in pairs) or [spacing(level)]
    unit = between[len(between) // 2]
    return tuple((round(x / unit, 4) + 0.0, round(y / unit, 4) + 0.0) for x, y in level)


def _extent(places: Iterable[complex]) -> tuple[float, float]:
    """Width and height, with a margin so that a line has an area too."""
    across, down = zip(*((place.real, place.imag) for place in places), strict=True)
    return max(across) - min(across) + _MARGIN, max(down) - min(down) + _MARGIN
