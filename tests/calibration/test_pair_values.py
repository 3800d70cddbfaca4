"""Values of pairs, whose names have no mark between the two qubits."""

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ibm_quantum_backends.calibration.pair_values import read_pair_values

from .devices import HOSTILE, nduv, real, real_bytes, real_names, rich


def test_all_real_values() -> None:
    count = 0
    for name in real_names():
        calibration = real(name)
        general = json.loads(real_bytes(name)[1])["general"]
        stated = {item["name"]: item["value"] * 1e9 for item in general if item["name"][:3] in ("jq_", "zz_")}
        assert {item["unit"] for item in general if item["name"] in stated} <= {"GHz"}
        coupled = {frozenset(pair) for pair in calibration.coupling_map}
        found = calibration.pair_values()
        for values in found.values():
            for first, second in values:
                assert first < second
                assert frozenset((first, second)) in coupled
        decoded = {f"{kind}_{a}{b}": value for kind, values in found.items() for (a, b), value in values.items()}
        assert decoded == stated
        assert not [line for line in calibration.warnings() if "pair" in line]
        count += len(decoded)
    assert count == 7774


def test_a_value_in_hertz() -> None:
    assert rich().from_json().pair_values() == {"jq": {(0, 1): 2e6}, "zz": {(1, 2): -1e5}}
    assert real("manila").pair_values()["jq"].keys() == {(0, 1), (1, 2), (2, 3), (3, 4)}
    device = rich()
    device.properties["general"] = []
    assert device.from_json().pair_values() == {}


ON_THE_MAP = frozenset({(0, 1), (1, 11), (11, 12), (1, 2), (10, 11), (1, 110), (12, 13)})


@pytest.mark.parametrize(
    ("digits", "pair"),
    [
        ("01", (0, 1)),
        ("12", (1, 2)),
        ("1011", (10, 11)),
        ("1112", (11, 12)),
        ("1213", (12, 13)),
        ("111", (1, 11)),
        ("1110", None),  # 11 and 10 the wrong way round, 1 and 110: one of them is on the map
        ("21", None),
        ("10", None),
        ("001", None),
        ("011", None),
        ("02", None),
        ("1", None),
        ("99", None),
    ],
)
def test_the_one_pair_that_fits(digits: str, pair: tuple[int, int] | None) -> None:
    pair = (1, 110) if digits == "1110" else pair
    values, unread = read_pair_values({f"zz_{digits}": 5.0}, ON_THE_MAP)
    assert values == ({} if pair is None else {"zz": {pair: 5.0}})
    assert unread == (() if pair else (f"zz_{digits}",))


def test_devices_of_thousands_of_qubits() -> None:
    values, unread = read_pair_values({"jq_10002000": 5.0}, {(1000, 2000), (100, 2000)})
    assert (values, unread) == ({"jq": {(1000, 2000): 5.0}}, ())


def test_what_is_ambiguous_is_not_guessed() -> None:
    values, unread = read_pair_values({"jq_1112": 5.0, "zz_1112": 1.0, "jq_12": 2.0}, {(11, 12), (1, 112), (1, 2)})
    assert (values, unread) == ({"jq": {(1, 2): 2.0}}, ("jq_1112", "zz_1112"))


def test_what_is_not_read_is_told() -> None:
    device = rich()
    device.properties["general"] += [nduv("jq_02", 1, "GHz"), nduv("zz_10", 1, "GHz"), nduv("jq_012", 1, "GHz")]
    calibration = device.from_json()
    assert calibration.pair_values() == rich().from_json().pair_values()
    assert [line.split(":")[0] for line in calibration.warnings()] == ["jq_02", "zz_10", "jq_012"]


@pytest.mark.parametrize(
    "name", ["jq", "jq_", "jq_x", "jq_0_1", "jq-01", "JQ_01", "ljq_01", "jq_01 ", "jq_01\n", HOSTILE]
)
def test_other_names_are_no_pairs(name: str) -> None:
    assert read_pair_values({name: 1.0}, {(0, 1)}) == ({}, ())


def test_a_qubit_coupled_with_itself_is_no_pair() -> None:
    device = rich()
    device.configuration["coupling_map"] = [[0, 0], [0, 1], [1, 1]]
    device.properties["general"] = [nduv("jq_00", 1, "GHz"), nduv("jq_11", 1, "GHz"), nduv("jq_01", 1, "GHz")]
    calibration = device.from_json()
    assert calibration.pair_values() == {"jq": {(0, 1): 1e9}}
    assert [line.split(":")[0] for line in calibration.warnings()] == ["jq_00", "jq_11"]


qubits = st.integers(0, 160)
pairs = st.sets(st.tuples(qubits, qubits).filter(lambda pair: pair[0] < pair[1]), max_size=60)


@settings(max_examples=200, deadline=None)
@given(pairs, st.sampled_from(("jq", "zz")))
def test_encoded_pairs_are_decoded(on_the_map: set[tuple[int, int]], kind: str) -> None:
    names = Counter(f"{kind}_{first}{second}" for first, second in on_the_map)
    general = {f"{kind}_{first}{second}": float(first * 1000 + second) for first, second in on_the_map}
    values, unread = read_pair_values(general, on_the_map)
    assert {*unread} == {name for name, count in names.items() if count > 1}
    assert values.get(kind, {}) == {
        pair: float(pair[0] * 1000 + pair[1]) for pair in on_the_map if names[f"{kind}_{pair[0]}{pair[1]}"] == 1
    }


@given(st.text("0123456789", max_size=8), pairs)
def test_no_pair_is_invented(digits: str, on_the_map: set[tuple[int, int]]) -> None:
    values, unread = read_pair_values({f"jq_{digits}": 1.0}, on_the_map)
    fitting = [pair for pair in on_the_map if f"{pair[0]}{pair[1]}" == digits]
    assert [*values.get("jq", {})] == (fitting if len(fitting) == 1 else [])
    assert len(unread) == (len(fitting) != 1 and digits != "")
