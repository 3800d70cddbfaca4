"""Layer fidelities: their chains, and the error per layered gate."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ibm_quantum_backends.calibration.layer_fidelity import LayerFidelity, read_layer_fidelities

from .devices import nduv, real, real_bytes, real_names, rich


def test_real_devices() -> None:
    chains = without = 0
    for name in real_names():
        properties = json.loads(real_bytes(name)[1])
        values = {item["name"]: item["value"] for item in properties["general"] if item["name"].startswith("lf_")}
        lists = {item["name"]: item["qubits"] for item in properties.get("general_qlists", ())}
        found = real(name).layer_fidelity()
        assert [f"lf_{chain.num_qubits}" for chain in found] == sorted(values, key=lambda name: int(name[3:])), name
        for chain in found:
            n, value = chain.num_qubits, chain.layer_fidelity
            assert value == values[f"lf_{n}"]
            assert (1 - chain.eplg) ** (n - 1) == pytest.approx(value, rel=1e-9)
            assert 0 <= chain.eplg < 1 or value == 0
            qubits = lists.get(f"lf_{n}")
            assert chain.qubits == (None if qubits is None else tuple(qubits))
            assert qubits is None or len(qubits) == len({*qubits}) == n
            without += chain.qubits is None
        chains += len(found)
    assert (chains, without) == (1846, 98)


@pytest.mark.parametrize("name", ["kyoto", "osaka"])
def test_devices_that_name_one_chain_only(name: str) -> None:
    found = real(name).layer_fidelity()
    assert [chain.num_qubits for chain in found] == [*range(2, 101, 2)]
    assert [chain.num_qubits for chain in found if chain.qubits is not None] == [100]


def test_a_chain_is_a_line_on_the_device() -> None:
    for name in ("boston", "sherbrooke", "nighthawk"):
        coupled = {frozenset(pair) for pair in real(name).coupling_map}
        for chain in real(name).layer_fidelity():
            assert chain.qubits is not None
            assert all(frozenset(pair) in coupled for pair in pairwise(chain.qubits))


def test_the_formula() -> None:
    assert read_layer_fidelities({"lf_3": 0.81}, {"lf_3": (4, 2, 7)}) == (
        LayerFidelity(3, (4, 2, 7), 0.81, pytest.approx(0.1, rel=1e-12)),
    )
    two, five = read_layer_fidelities({"lf_5": 0.5, "lf_2": 0.98}, {})
    assert two == (2, None, 0.98, 1 - 0.98)
    assert five.eplg == 1 - 0.5**0.25
    assert read_layer_fidelities({"lf_4": 1}, {})[0].eplg == 0
    assert read_layer_fidelities({"lf_4": 0}, {})[0].eplg == 1
    assert read_layer_fidelities({"lf_1": 0.5}, {"lf_1": (3,)}) == (LayerFidelity(1, (3,), 0.5, None),)


@pytest.mark.parametrize(
    "name",
    [*("lf", "lf_", "LF_4", "lf_x", "lf_4x", "xlf_4", "lf_-4", "lf_4.0", "lf_4 ", "lf_4\n", "lf__4", "eplg_4")],
    ids=ascii,
)
def test_other_names_are_no_chains(name: str) -> None:
    assert read_layer_fidelities({name: 0.5}, {name: (0, 1, 2, 3)}) == ()


def test_qubits_that_do_not_fit_are_not_said() -> None:
    for qubits in ((), (0,), (0, 1, 2, 3)):
        assert read_layer_fidelities({"lf_3": 0.5}, {"lf_3": qubits})[0].qubits is None
    assert read_layer_fidelities({"lf_3": 0.5}, {"lf_4": (0, 1, 2, 3)})[0].qubits is None


def test_qubits_that_are_none_of_the_device_s_are_not_said() -> None:
    for qubits in ([1, 3], [-1, 0]):
        device = rich()
        device.properties["general_qlists"][0]["qubits"] = qubits
        assert device.from_json().layer_fidelity()[0].qubits is None


@pytest.mark.parametrize("value", [-0.1, 1.1, 5])
def test_a_fidelity_that_is_none_is_left_out_and_told(value: float) -> None:
    device = rich()
    device.properties["general"][2]["value"] = value
    calibration = device.from_json()
    assert [chain.num_qubits for chain in calibration.layer_fidelity()] == [3]
    assert [line for line in calibration.warnings() if "lf_2" in line]


def test_two_spellings_of_a_length() -> None:
    device = rich()
    device.properties["general"] += [nduv("lf_02", 0.98), nduv("lf_003", 0.9)]
    found = device.from_json().layer_fidelity()
    assert {chain.num_qubits for chain in found} == {2, 3}
    assert [chain for chain in found if chain.qubits is not None] == [
        *(chain for chain in rich().from_json().layer_fidelity()),
    ]


values = st.dictionaries(st.integers(1, 200).map("lf_{}".format), st.floats(0, 1), max_size=8)


@given(values, st.sets(st.integers(1, 200).map("lf_{}".format)))
def test_any_values(general: dict[str, float], listed: set[str]) -> None:
    lists = {name: tuple(range(int(name[3:]))) for name in listed}
    found = read_layer_fidelities({**general, "jq_01": 0.5}, lists)
    assert {f"lf_{chain.num_qubits}": chain.layer_fidelity for chain in found} == general
    assert [chain.num_qubits for chain in found] == sorted(int(name[3:]) for name in general)
    for chain in found:
        assert chain.qubits == lists.get(f"lf_{chain.num_qubits}")
        if chain.num_qubits > 1:
            assert chain.eplg == pytest.approx(1 - chain.layer_fidelity ** (1 / (chain.num_qubits - 1)))


def test_a_document_without_any() -> None:
    device = rich()
    device.properties.update(general=[], general_qlists=[{"name": "lf_2", "qubits": [0, 1]}])
    assert device.from_json().layer_fidelity() == ()
