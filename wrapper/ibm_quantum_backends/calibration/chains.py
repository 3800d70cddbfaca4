"""The best line and the best connected region of n qubits: those with the least error.

Method: the qubits are taken in an order in which few are open at a time, which means that they have neighbours still to
come. For each link there are two ways, without it and with it. Partial solutions that agree in how their open qubits
hang together, and in their number of qubits, can go on in the same ways: the cheapest stands for all of them. Such a
state is dropped where even the cheapest qubits left cannot make it better than the best found so far. A state is a
line, or several to be joined; for regions, trees. Costs are -log(1 - error), and so their sum is what is minimised.

What is exact: as long as no more states arise than are kept, the result is the best of all. So it is on the devices of
5 to 65 qubits, for most n on heavy-hex devices of 127 to 156 qubits, and for lines of a few qubits anywhere.

What is not: beyond, the best states of each number of qubits are kept, and the result is good without proof of being
the best. That is so for most n on square lattices of 120 qubits, for some heavy-hex devices of 156 and for dense graphs
of more than about 10 qubits. A line may be missed though there is one, and a line may be worse than a part of a longer
one. A region is the best of this search, of greedy growth from the 12 best qubits, and of the chain, and so never worse
than the chain. More than 253 qubits open at a time, which no known lattice has, are beyond the method.

Measured as loss of fidelity: cut down to 30 states kept, none on devices of 16 and 27 qubits (seven devices, every
second n); cut down to 10, on average 0.6 % for chains and 0.5 % for regions, at most 9 %. As it is, against eight times
as many states: on three square lattices of 120 qubits (n from 10 to 110) on average 0.7 % and at most 4 % for chains,
0.1 % and 0.5 % for regions; on three heavy-hex devices of 156 qubits (n from 30 to 120) none.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Mapping
from itertools import accumulate, islice
from typing import NamedTuple

from ..errors import InvalidInputError

__all__ = ["Choice", "best_chain", "best_region"]

# Bounds the states that a sweep keeps, and so its time: a count and no clock, so that results are reproducible. It is
# divided by the links and a power of the open qubits, found by trial to take about as long on either kind of lattice.
_EFFORT = 6_000_000_000
# What an end that cannot go on counts in choosing what to keep, in mean links: found by trial on square lattices,
# where without it long lines are missed.
_END = 3.0
# Labels of a qubit with both its links in a line, and of the part that a link joins.
_FULL, _NEW = 255, 254

_Pair = tuple[int, int]
_Links = list[_Pair]
# By labels and number of qubits: the least cost, and its links as bits in the order of the sweep.
_States = dict[bytes, dict[int, tuple[float, int]]]


class Choice(NamedTuple):
    """Connected qubits.

    Attributes:
        qubits: Of a chain in the order of the line, the smaller end first; of a region in ascending order.
        fidelity: Product of 1 - readout error over the qubits and of 1 - two-qubit error over the n - 1 links.
    """

    qubits: tuple[int, ...]
    fidelity: float


class _Graph(NamedTuple):
    """Costs, which are -log(1 - error), and neighbours; all in ascending order, so that no result hangs on dicts."""

    nodes: dict[int, float]
    links: dict[_Pair, float]
    near: dict[int, list[int]]

    def cost(self, links: _Links) -> float:
        return math.fsum([*map(self.nodes.__getitem__, _members(links)), *map(self.links.__getitem__, links)])


class _Found(NamedTuple):
    """The best links (None: none below the limit), the longest seen in qubits, and whether all states were kept."""

    links: _Links | None
    longest: int
    exact: bool


def best_chain(qubits: Mapping[int, float], pairs: Mapping[tuple[int, int], float], n: int) -> Choice:
    """The line of n qubits, each coupled to the next, with the highest fidelity that the search finds.

    Args:
        qubits: Readout error by working qubit, from 0 to below 1.
        pairs: Two-qubit error by working pair, the smaller qubit first; pairs with other qubits are left out.
        n: Length in qubits.

    Raises:
        InvalidInputError: n is no whole number from 1 on, or no line of n qubits was found.
    """
    graph = _graph(qubits, pairs, n)
    if n == 1:
        return _best_qubit(graph)
    found = _sweep(graph, n, tree=False)
    if found.links is None:
        longest = _sweep(graph, n, tree=False, bounded=False).longest
        proof = "and there is none" if found.exact else "which is no proof that there is none"
        raise InvalidInputError(
            f"n: expected the length of a line of working qubits, found {n}; "
            f"the longest line that was found has {longest} qubits, {proof} of {n}"
        )
    near: dict[int, list[int]] = {}
    for first, second in found.links:
        near.setdefault(first, []).append(second)
        near.setdefault(second, []).append(first)
    line = [min(qubit for qubit, others in near.items() if len(others) == 1)]
    while len(line) < n:
        line.append(next(qubit for qubit in near[line[-1]] if qubit not in line[-2:]))
    return Choice(tuple(line), math.exp(-graph.cost(found.links)))


def best_region(qubits: Mapping[int, float], pairs: Mapping[tuple[int, int], float], n: int) -> Choice:
    """The n connected qubits with the highest fidelity that the search finds, by their best spanning tree.

    Args:
        qubits: Readout error by working qubit, from 0 to below 1.
        pairs: Two-qubit error by working pair, the smaller qubit first; pairs with other qubits are left out.
        n: Size in qubits.

    Raises:
        InvalidInputError: n is no whole number from 1 on, or more than are connected.
    """
    graph = _graph(qubits, pairs, n)
    if n == 1:
        return _best_qubit(graph)
    starts = sorted(graph.nodes, key=graph.nodes.__getitem__)
    grown = (_span(graph, members) for start in starts if len(members := _grow(graph, start, n)) == n)
    links = min(islice(grown, 12), key=graph.cost)
    found = _sweep(graph, n, tree=True, limit=graph.cost(links))
    candidates = [links, found.links or links]
    if not found.exact:  # else no line is better
        candidates.append(_sweep(graph, n, tree=False).links or links)
    spanned = [_span(graph, _members(links)) for links in candidates]
    links = min(spanned, key=graph.cost)
    return Choice(tuple(sorted(_members(links))), math.exp(-graph.cost(links)))


def _graph(qubits: Mapping[int, float], pairs: Mapping[_Pair, float], n: int) -> _Graph:
    nodes = {qubit: -math.log1p(-qubits[qubit]) for qubit in sorted(qubits)}
    links = {pair: -math.log1p(-pairs[pair]) for pair in sorted(pairs) if pair[0] in nodes and pair[1] in nodes}
    near: dict[int, list[int]] = {qubit: [] for qubit in nodes}
    for first, second in links:
        near[first].append(second)
        near[second].append(first)
    graph = _Graph(nodes, links, near)
    if not isinstance(n, int) or isinstance(n, bool) or n < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"n: expected a whole number from 1 on, found {n!r:.80}")
    left, largest = set(nodes), 0
    while left:
        part = _grow(graph, min(left), len(left))
        left -= part
        largest = max(largest, len(part))
    if n > largest:
        raise InvalidInputError(f"n: expected at most {largest}, the most working qubits that are connected, found {n}")
    return graph


def _best_qubit(graph: _Graph) -> Choice:
    best = min(graph.nodes, key=graph.nodes.__getitem__)
    return Choice((best,), math.exp(-graph.nodes[best]))


def _members(links: Iterable[_Pair]) -> set[int]:
    return {qubit for pair in links for qubit in pair}


def _grow(graph: _Graph, start: int, n: int) -> set[int]:
    """Up to n connected qubits: from the start, always the cheapest neighbour with its link."""
    members: set[int] = set()
    heap = [(0.0, start)]
    while heap and len(members) < n:
        qubit = heapq.heappop(heap)[1]
        if qubit not in members:
            members.add(qubit)
            for other in graph.near[qubit]:
                if other not in members:
                    cost = graph.nodes[other] + graph.links[min(qubit, other), max(qubit, other)]
                    heapq.heappush(heap, (cost, other))
    return members


def _span(graph: _Graph, members: set[int]) -> _Links:
    """The best spanning tree of connected qubits, by Kruskal's algorithm."""
    trees = {qubit: {qubit} for qubit in members}
    links: _Links = []
    for pair in sorted(filter(members.issuperset, graph.links), key=graph.links.__getitem__):
        if trees[pair[0]] is not trees[pair[1]]:
            links.append(pair)
            trees[pair[0]] |= trees[pair[1]]
            trees |= dict.fromkeys(trees[pair[1]], trees[pair[0]])
    return links


def _order(graph: _Graph, start: int) -> tuple[float, int, list[int]]:
    """All qubits so that few are open at a time, which are those with neighbours to come; first what the sweep costs.

    Returns:
        The cost, to compare orders by; the most qubits open at a time; the order.
    """
    left = {qubit: len(others) for qubit, others in graph.near.items()}  # neighbours still to come
    ages: dict[int, int] = {}
    reach, opened, peak, cost = {start}, 0, 0, 0.0

    def rank(qubit: int) -> tuple[int, int, int]:
        past = [other for other in graph.near[qubit] if other in ages]
        closed = sum(left[other] == 1 for other in past)
        return (left[qubit] > 0) - closed, min((ages[other] for other in past), default=0), qubit

    while len(ages) < len(left):
        qubit = min(reach or left.keys() - ages.keys(), key=rank)
        peak = max(peak, opened + 1)
        opened += rank(qubit)[0]
        cost += 2.5**opened
        ages[qubit] = len(ages)
        for other in graph.near[qubit]:
            left[other] -= 1
        reach = (reach | {*graph.near[qubit]}) - ages.keys()
    return cost, peak, list(ages)


def _sweep(graph: _Graph, n: int, *, tree: bool, limit: float = math.inf, bounded: bool = True) -> _Found:
    """The best tree or line of n >= 2 qubits that costs less than the limit.

    Args:
        graph: Where to look.
        n: Size in qubits.
        tree: Whether a qubit may have more than two links.
        limit: What the cost must be below.
        bounded: Whether to drop states that cannot become the best; without, `longest` counts all sizes up to n.
    """
    starts = sorted(graph.nodes, key=lambda qubit: len(graph.near[qubit]))[:12]
    _, peak, order = min(_order(graph, start) for start in starts)
    kept = _EFFORT // (max(1, len(graph.links)) * peak**5)
    place = {qubit: index for index, qubit in enumerate(order)}
    closing: dict[int, list[int]] = {}
    cheapest: dict[int, float] = {}  # what a further qubit costs at least: itself and one link
    for qubit, others in graph.near.items():
        closing.setdefault(max(place[other] for other in (qubit, *others)), []).append(qubit)
        least = min((graph.links[min(qubit, other), max(qubit, other)] for other in others), default=math.inf)
        cheapest[qubit] = graph.nodes[qubit] + least
    states: _States = {bytes(peak): {0: (0.0, 0)}}
    slots: dict[int, int] = {}  # where an open qubit's label stands
    used: _Links = []
    best, longest, exact = 0, 1, True
    for index, qubit in enumerate(order):
        slots[qubit] = min({*range(peak)} - {*slots.values()})
        rest = [*accumulate(sorted(cheapest.values()), initial=0.0), *[math.inf] * n] if bounded else [0.0] * (n + 1)
        for other in (other for other in graph.near[qubit] if place[other] < index):
            pair = min(qubit, other), max(qubit, other)
            bit = 1 << len(used)
            used.append(pair)
            here, there = slots[qubit], slots[other]
            # A state that has taken the link cannot take it again, and so new states may stand among those to come.
            for labels, partials in list(states.items()):
                joined = _join(labels, here, there, tree=tree)
                if joined is None:
                    continue
                after, single = joined
                gain = (not labels[here]) + (not labels[there])
                cost = graph.links[pair]
                cost += 0.0 if labels[here] else graph.nodes[qubit]
                cost += 0.0 if labels[there] else graph.nodes[other]
                target = states.get(after, {})
                for count, (before, links) in partials.items():
                    size, total = count + gain, before + cost
                    if size > n or total + rest[n - size] >= limit:
                        continue
                    longest = max(longest, size if single else 0)
                    if single and size == n:
                        limit, best = total, links | bit
                    elif size not in target or total < target[size][0]:
                        target[size] = total, links | bit
                if target and after:
                    states[after] = target
        for closed in closing.get(index, ()):
            del cheapest[closed]
            states = _close(states, slots.pop(closed), tree=tree)
        if sum(map(len, states.values())) > kept:
            exact = False
            states = _best_states(
                states, kept, 0.0 if tree else _END * math.fsum(graph.links.values()) / len(graph.links)
            )
    return _Found([pair for at, pair in enumerate(used) if best >> at & 1] or None, longest, exact)


def _join(labels: bytes, here: int, there: int, *, tree: bool) -> tuple[bytes, bool] | None:
    """The labels with a link more, empty where it leaves none to go on from, and whether all links hang together.

    The label of an open qubit is 0 without links, else one more than the first place of its connected part.
    """
    first, second = labels[here], labels[there]
    if _FULL in (first, second) or (first and first == second):
        return None
    after = bytearray(labels)
    for label in filter(None, (first, second)):
        after = after.replace(bytes((label,)), bytes((_NEW,)))
    after[here] = _FULL if first and not tree else _NEW
    after[there] = _FULL if second and not tree else _NEW
    single = after.count(0) + after.count(_FULL) + after.count(_NEW) == len(after)
    at = after.find(_NEW)
    if at < 0:
        return (b"", True) if single else None
    return bytes(after.replace(bytes((_NEW,)), bytes((at + 1,)))), single


def _close(states: _States, slot: int, *, tree: bool) -> _States:
    """The states without a qubit that has no neighbour to come."""
    left: _States = {}
    for labels, partials in states.items():
        after = bytearray(labels)
        after[slot] = 0
        if (label := labels[slot]) not in (0, _FULL):
            at = after.find(label)
            if at < 0 or (not tree and _dead_ends(after) > 2):
                continue
            after = after.replace(bytes((label,)), bytes((at + 1,)))
        target = left.setdefault(bytes(after), partials)
        if target is not partials:
            for count, partial in partials.items():
                target[count] = min(partial, target.get(count, partial))
    return left


def _dead_ends(labels: bytes | bytearray) -> int:
    """Ends of lines that cannot go on: a part of which only one end is open has one."""
    return sum(labels.count(label) == 1 for label in {*labels} - {0, _FULL})


def _best_states(states: _States, kept: int, penalty: float) -> _States:
    """About so many states, the best of each number of qubits."""
    by_count: dict[int, list[tuple[float, bytes, tuple[float, int]]]] = {}
    for labels, partials in states.items():
        extra = penalty and penalty * _dead_ends(labels)
        for count, partial in partials.items():
            by_count.setdefault(count, []).append((partial[0] + extra, labels, partial))
    left: _States = {}
    for count, ranked in by_count.items():
        for _, labels, partial in heapq.nsmallest(kept // len(by_count) + 1, ranked):
            left.setdefault(labels, {})[count] = partial
    return left
