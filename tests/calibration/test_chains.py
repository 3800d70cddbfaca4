"""The best lines and regions, against every one that there is on small devices, and on real devices."""

import json
import math
import random
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from runtime_wheels import real_documents

from ibm_quantum_backends.calibration import chains
from ibm_quantum_backends.calibration.chains import Choice, best_chain, best_region
from ibm_quantum_backends.errors import InvalidInputError

Qubits = dict[int, float]
Pairs = dict[tuple[int, int], float]
Best = Callable[[Qubits, Pairs, int], Choice]


def lattice(rows: int, columns: int, seed: int = 1) -> tuple[Qubits, Pairs]:
    """A square lattice with errors drawn by seed."""
    draw = random.Random(seed).random
    qubits = {qubit: 0.05 * draw() for qubit in range(rows * columns)}
    across = [(qubit, qubit + 1) for qubit in qubits if (qubit + 1) % columns]
    down = [(qubit, qubit + columns) for qubit in qubits if qubit + columns in qubits]
    return qubits, {pair: 0.03 * draw() for pair in across + down}


def device(name: str) -> tuple[Qubits, Pairs, list[int]]:
    """Readout errors, two-qubit errors and the published line of 100 qubits of a real device."""
    document = json.loads(real_documents("props")[f"props_{name}.json"])
    qubits = {
        qubit: value["value"]
        for qubit, values in enumerate(document["qubits"])
        for value in values
        if value["name"] == "readout_error" and value["value"] < 1
    }
    pairs: Pairs = {}
    for gate in document["gates"]:
        first, second, *_ = *sorted(gate["qubits"]), -1, -1
        for value in gate["parameters"]:
            if gate["gate"] in ("cz", "cx", "ecr") and value["name"] == "gate_error" and value["value"] < 1:
                pairs[first, second] = min(value["value"], pairs.get((first, second), 1.0))
    published = {entry["name"]: entry["qubits"] for entry in document.get("general_qlists") or ()}
    return qubits, pairs, published.get("lf_100", [])


def chain_fidelity(qubits: Mapping[int, float], pairs: Mapping[tuple[int, int], float], line: tuple[int, ...]) -> float:
    """The figure by its definition; the line must use each qubit once, and working pairs alone."""
    assert len({*line}) == len(line)
    steps = pairwise(line)
    links = [pairs[min(step), max(step)] for step in steps]
    return math.prod(1 - error for error in [*(qubits[qubit] for qubit in line), *links])


def region_fidelity(
    qubits: Mapping[int, float], pairs: Mapping[tuple[int, int], float], region: tuple[int, ...]
) -> float:
    """The figure by its definition, by Prim's algorithm; 0 where the region is not connected."""
    fidelity, inside = math.prod(1 - qubits[qubit] for qubit in region), {region[0]}
    while len(inside) < len(region):
        edge = [pair for pair in pairs if len(inside & {*pair}) == 1 and {*pair} <= {*region}]
        if not edge:
            return 0.0
        pair = min(edge, key=pairs.__getitem__)
        fidelity *= 1 - pairs[pair]
        inside |= {*pair}
    return fidelity


def every_line(pairs: Mapping[tuple[int, int], float], line: tuple[int, ...], n: int) -> Iterator[tuple[int, ...]]:
    """All lines of n qubits that begin with the line."""
    if len(line) == n:
        yield line
        return
    for first, second in pairs:
        for here, there in ((first, second), (second, first)):
            if here == line[-1] and there not in line:
                yield from every_line(pairs, (*line, there), n)


def best_by_trying_all(qubits: Qubits, pairs: Pairs, n: int) -> tuple[float, float]:
    """Fidelity of the best line and the best region, 0 where there is none."""
    lines = (line for start in qubits for line in every_line(pairs, (start,), n))
    line = max((chain_fidelity(qubits, pairs, line) for line in lines), default=0.0)
    return line, max(region_fidelity(qubits, pairs, region) for region in combinations(sorted(qubits), n))


def check_choices(qubits: Qubits, pairs: Pairs, n: int) -> tuple[float, float]:
    """The fidelities of both choices (0 for a line that is not found), each checked against its definition."""
    region = best_region(qubits, pairs, n)
    assert region.qubits == tuple(sorted(region.qubits)) and len({*region.qubits}) == n
    assert region.fidelity == pytest.approx(region_fidelity(qubits, pairs, region.qubits), rel=1e-12)
    try:
        chain = best_chain(qubits, pairs, n)
    except InvalidInputError:
        return 0.0, region.fidelity
    assert len(chain.qubits) == n and chain.qubits[0] <= chain.qubits[-1]
    assert chain.fidelity == pytest.approx(chain_fidelity(qubits, pairs, chain.qubits), rel=1e-12)
    assert region.fidelity >= chain.fidelity * (1 - 1e-12)
    return chain.fidelity, region.fidelity


@st.composite
def small_devices(draw: st.DrawFn, most: int, degree: int) -> tuple[Qubits, Pairs]:
    """Connected devices, by numbers that are neither dense nor in order."""
    count = draw(st.integers(2, most))
    names = draw(st.permutations(range(0, 3 * count, 3)))
    error = st.floats(0, 0.5) | st.sampled_from([0.0, 0.01, 0.999])
    degrees = dict.fromkeys(names, 0)
    pairs: Pairs = {}

    def couple(first: int, second: int) -> None:
        pair = min(first, second), max(first, second)
        if pair not in pairs and max(degrees[first], degrees[second]) < degree:
            pairs[pair] = draw(error)
            degrees[first] += 1
            degrees[second] += 1

    for at in range(1, count):
        couple(draw(st.sampled_from([name for name in names[:at] if degrees[name] < degree])), names[at])
    for pair in draw(st.lists(st.sampled_from([*combinations(names, 2)]), max_size=2 * count)):
        couple(*pair)
    return {name: draw(error) for name in names}, pairs


@settings(max_examples=150, deadline=None)
@given(small_devices(most=7, degree=6) | small_devices(most=10, degree=4), st.data())
def test_on_a_small_device_the_choices_are_the_best_of_all(
    given_device: tuple[Qubits, Pairs], data: st.DataObject
) -> None:
    qubits, pairs = given_device
    n = data.draw(st.integers(1, len(qubits)))
    assert check_choices(qubits, pairs, n) == pytest.approx(best_by_trying_all(qubits, pairs, n), rel=1e-12)


@pytest.mark.parametrize("n", [2, 5, 9, 12])
def test_a_lattice_of_twelve_qubits_has_the_best_of_all(n: int) -> None:
    qubits, pairs = lattice(3, 4)
    assert check_choices(qubits, pairs, n) == pytest.approx(best_by_trying_all(qubits, pairs, n), rel=1e-12)


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("athens", (1, 3, 5)),
        ("yorktown", (2, 4, 5)),
        ("jakarta", (2, 4, 5, 6, 7)),
        ("guadalupe", (2, 6, 9, 12, 15, 16)),
        ("hanoi", (2, 4, 25)),
    ],
)
def test_on_a_small_real_device_the_choices_are_the_best_of_all(name: str, sizes: tuple[int, ...]) -> None:
    qubits, pairs, _ = device(name)
    for n in sizes:
        assert check_choices(qubits, pairs, n) == pytest.approx(best_by_trying_all(qubits, pairs, n), rel=1e-12)


@pytest.mark.parametrize("n", [6, 12, 18, 21])
def test_on_27_qubits_the_chain_is_the_best_of_all_lines(n: int) -> None:
    qubits, pairs, _ = device("hanoi")
    lines = (line for start in qubits for line in every_line(pairs, (start,), n))
    best = max(chain_fidelity(qubits, pairs, line) for line in lines)
    assert best_chain(qubits, pairs, n).fidelity == pytest.approx(best, rel=1e-12)


@pytest.mark.parametrize("name", ["boston", "pittsburgh", "aachen", "kingston", "marrakesh"])
def test_a_chain_of_100_is_as_good_as_the_published_one(name: str) -> None:
    qubits, pairs, published = device(name)
    steps = [(min(step), max(step)) for step in pairwise(published)]
    assert len({*published}) == 100
    theirs = 0.0  # where it uses what does not work
    if {*published} <= qubits.keys() and {*steps} <= pairs.keys():
        theirs = chain_fidelity(qubits, pairs, (*published,))
    ours, _ = check_choices(qubits, pairs, 100)
    assert ours >= theirs and ours > 0


@pytest.mark.parametrize("n", [20, 110, 120])
@pytest.mark.parametrize("name", ["boston", "miami"])
def test_long_lines_of_real_devices_are_found(name: str, n: int) -> None:
    qubits, pairs, _ = device(name)
    chain, _ = check_choices(qubits, pairs, n)
    assert chain > 0


@pytest.mark.parametrize(("n", "seed"), [(10, 1), (60, 1), (80, 2), (95, 3), (105, 2), (115, 3), (120, 1)])
def test_lines_through_a_square_lattice_are_found(n: int, seed: int) -> None:
    chain, _ = check_choices(*lattice(12, 10, seed), n)
    assert chain > 0


@pytest.mark.parametrize(("n", "seed"), [(3, 1), (14, 1), (6, 6), (8, 32), (10, 18), (12, 49)])
def test_a_narrow_search_is_right_in_what_it_says_and_takes_no_region_worse_than_its_chain(
    monkeypatch: pytest.MonkeyPatch, n: int, seed: int
) -> None:
    qubits, pairs = lattice(4, 4, seed)
    exact = check_choices(qubits, pairs, n)
    monkeypatch.setattr(chains, "_EFFORT", 0)
    narrow = check_choices(qubits, pairs, n)
    assert 0 < narrow[1] <= exact[1] * (1 + 1e-12) and narrow[0] <= exact[0] * (1 + 1e-12)


@pytest.mark.parametrize("best", [best_chain, best_region])
@pytest.mark.parametrize("n", [1, 4, 9])
def test_the_order_of_the_input_changes_nothing(best: Best, n: int) -> None:
    qubits, pairs = dict.fromkeys(range(9), 0.01), dict.fromkeys(lattice(3, 3)[1], 0.02)  # all is a tie
    shuffled = random.Random(n)
    wanted = best(qubits, pairs, n)
    for _ in range(5):
        turned = dict(shuffled.sample([*qubits.items()], 9)), dict(shuffled.sample([*pairs.items()], len(pairs)))
        assert best(*turned, n) == wanted


@pytest.mark.parametrize("best", [best_chain, best_region])
def test_pairs_with_other_qubits_are_left_out(best: Best) -> None:
    qubits, pairs = {0: 0.1, 1: 0.1, 2: 0.1}, {(0, 1): 0.1, (1, 2): 0.2, (2, 3): 0.0, (0, 4): 0.0}
    assert best(qubits, pairs, 2).qubits == (0, 1)
    with pytest.raises(InvalidInputError, match=r"^n: expected at most 3, .* found 4$"):
        best(qubits, pairs, 4)


@pytest.mark.parametrize("best", [best_chain, best_region])
@pytest.mark.parametrize("n", [0, -1, True, 2.0, "3", None])
def test_a_size_that_is_no_whole_number_is_refused(best: Best, n: int) -> None:
    with pytest.raises(InvalidInputError, match=r"^n: expected a whole number from 1 on, found "):
        best({0: 0.1, 1: 0.1}, {(0, 1): 0.1}, n)


def test_no_working_qubit_and_no_working_pair() -> None:
    with pytest.raises(InvalidInputError, match=r"expected at most 0, .* found 1$"):
        best_chain({}, {}, 1)
    assert best_chain({3: 0.5, 7: 0.25}, {}, 1) == best_region({3: 0.5, 7: 0.25}, {}, 1) == ((7,), 0.75)
    with pytest.raises(InvalidInputError, match=r"expected at most 1, .* found 2$"):
        best_region({3: 0.5, 7: 0.25}, {}, 2)


def test_a_line_that_there_is_not_is_told_with_the_longest_that_there_is() -> None:
    legs = [(0, 1), (0, 2), (2, 3), (0, 4), (4, 5), (0, 6), (6, 7), (7, 8)]
    star = dict.fromkeys(range(9), 0.1), dict.fromkeys(legs, 0.1)
    for n in (7, 9):
        told = rf"^n: expected .* found {n}; the longest .* has 6 qubits, and there is none of {n}$"
        with pytest.raises(InvalidInputError, match=told):
            best_chain(*star, n)


def test_a_search_that_left_states_out_says_that_it_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "_EFFORT", 0)
    qubits, pairs = lattice(3, 3)
    comb = {pair: error for pair, error in pairs.items() if pair[0] < 3 or pair[1] - pair[0] == 3}
    with pytest.raises(InvalidInputError, match=r"found 8; the longest .* no proof that there is none of 8$"):
        best_chain(qubits, comb, 8)


def test_the_better_of_two_parts_is_taken() -> None:
    qubits = {0: 0.2, 1: 0.2, 2: 0.2, 10: 0.1, 11: 0.1, 12: 0.1}
    pairs = {(0, 1): 0.0, (1, 2): 0.0, (10, 11): 0.05, (11, 12): 0.05}
    assert best_chain(qubits, pairs, 3).qubits == best_region(qubits, pairs, 3).qubits == (10, 11, 12)
