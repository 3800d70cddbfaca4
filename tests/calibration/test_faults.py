"""What does not work, and why."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from ibm_quantum_backends.calibration import Calibration
from ibm_quantum_backends.raw.models import BackendConfiguration, BackendProperties

from .devices import Device, devices, entry, nduv, real, real_bytes, real_names, rich


def recounted(properties: dict[str, Any]) -> tuple[set[Any], set[int]]:
    """The rules again, on the document; values of the last entry and parameter of a name count."""
    gates: dict[Any, dict[str, Any]] = {}
    for item in properties["gates"]:
        found = gates.setdefault((item["gate"], tuple(item["qubits"])), {})
        found |= {value["name"]: value["value"] for value in item["parameters"]}
    faulty = {
        key
        for key, values in gates.items()
        if values.get("gate_error", 0) >= 1 or ("operational" in values and not values["operational"])
    }
    qubits = set()
    for qubit, items in enumerate(properties["qubits"]):
        values = {value["name"]: value["value"] for value in items}
        broken = "operational" in values and not values["operational"]
        if broken or values.get("readout_error", 0) >= 0.5 or ("measure", (qubit,)) in faulty:
            qubits.add(qubit)
    return faulty, qubits


def test_real_devices_recounted() -> None:
    gates = qubits = 0
    for name in real_names():
        calibration = real(name)
        expected = recounted(json.loads(real_bytes(name)[1]))
        assert ({*calibration.faulty_gates}, {*calibration.faulty_qubits}) == expected, name
        assert [*calibration.faulty_qubits] == sorted(calibration.faulty_qubits)
        gates, qubits = gates + len(expected[0]), qubits + len(expected[1])
        for (gate, on), reason in calibration.faulty_gates.items():
            assert reason == f"gate_error is {calibration.gate_error(gate, on):.4g}"
    assert len(real("cusco").faulty_qubits) == 27
    assert len(real("kyoto").faulty_gates) == 144
    assert (gates, qubits) == (1049, 32)


@settings(max_examples=120, deadline=None, database=None, derandomize=True)
@given(devices())
def test_generated_devices_recounted(device: Device) -> None:
    calibration = device.from_json()
    assert ({*calibration.faulty_gates}, {*calibration.faulty_qubits}) == recounted(device.properties)


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ([nduv("gate_error", 1)], "gate_error is 1"),
        ([nduv("gate_error", 1.0)], "gate_error is 1"),
        ([nduv("gate_error", 12.34567)], "gate_error is 12.35"),
        ([nduv("gate_error", 0.9999999)], None),
        ([nduv("gate_error", 0)], None),
        ([nduv("gate_error", -1)], None),
        ([nduv("gate_length", 1, "s")], None),
        ([], None),
        ([nduv("operational", 0)], "operational is 0"),
        ([nduv("operational", 0.0), nduv("gate_error", 0.1)], "operational is 0"),
        ([nduv("operational", 0), nduv("gate_error", 1)], "operational is 0"),
        ([nduv("operational", 1)], None),
        ([nduv("operational", 1), nduv("gate_error", 1)], "gate_error is 1"),
    ],
)
def test_a_gate(parameters: list[Any], reason: str | None) -> None:
    device = rich()
    device.properties["gates"][1]["parameters"] = parameters
    calibration = device.from_json()
    assert dict(calibration.faulty_gates) == ({} if reason is None else {("cz", (1, 0)): reason})
    assert calibration.faulty_qubits == {}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([nduv("readout_error", 0.5)], "readout_error is 0.5"),
        ([nduv("readout_error", 1)], "readout_error is 1"),
        ([nduv("readout_error", 0.4999)], None),
        ([nduv("readout_error", 0)], None),
        ([], None),
        ([nduv("operational", 0)], "operational is 0"),
        ([nduv("operational", 0.0), nduv("readout_error", 0.7)], "operational is 0"),
        ([nduv("operational", 1), nduv("readout_error", 0.7)], "readout_error is 0.7"),
        ([nduv("operational", 1), nduv("readout_error", 0.1)], None),
        ([nduv("prob_meas0_prep1", 1)], None),
    ],
)
def test_a_qubit(values: list[Any], reason: str | None) -> None:
    device = rich()
    device.properties["qubits"][1] = values
    calibration = device.from_json()
    assert dict(calibration.faulty_qubits) == ({} if reason is None else {1: reason})
    assert calibration.faulty_gates == {}


@pytest.mark.parametrize(
    ("parameter", "reason"),
    [(nduv("gate_error", 1), "measure: gate_error is 1"), (nduv("operational", 0), "measure: operational is 0")],
)
def test_a_measure_that_does_not_work(parameter: Any, reason: str) -> None:
    device = rich()
    measure = [item for item in device.properties["gates"] if item["gate"] == "measure"]
    measure[2]["parameters"] = [parameter]
    calibration = device.from_json()
    assert dict(calibration.faulty_qubits) == {2: reason}
    assert dict(calibration.faulty_gates) == {("measure", (2,)): reason.removeprefix("measure: ")}
    device.properties["qubits"][2].append(nduv("readout_error", 0.6))
    assert dict(device.from_json().faulty_qubits) == {2: "readout_error is 0.6"}
    device.properties["qubits"][2].append(nduv("operational", 0))
    assert dict(device.from_json().faulty_qubits) == {2: "operational is 0"}


def test_qubits_are_in_order() -> None:
    device = rich()
    device.properties["qubits"][2].append(nduv("operational", 0))
    device.properties["qubits"][0].append(nduv("readout_error", 0.9))
    assert [*device.from_json().faulty_qubits] == [0, 2]


def test_a_measure_of_several_qubits_says_nothing_of_one() -> None:
    device = rich()
    device.properties["gates"].append(entry("measure", [0, 1], nduv("gate_error", 1)))
    calibration = device.from_json()
    assert [*calibration.faulty_gates] == [("measure", (0, 1))]
    assert calibration.faulty_qubits == {}


def test_operational_false_is_0_in_models() -> None:
    device = rich()
    document = BackendProperties.from_dict(device.properties)
    (value,) = (value for value in document.qubits[1] if value.name == "operational")
    value.value = False
    calibration = Calibration(BackendConfiguration.from_dict(device.configuration), document)
    assert dict(calibration.faulty_qubits) == {1: "operational is 0"}


@pytest.mark.parametrize("value", [False, 0, 0.0])
def test_operational_false_in_json(value: object) -> None:
    """The document declares a number; the official client takes false too."""
    device = rich()
    device.properties["qubits"][1].append(nduv("operational", value))
    device.properties["gates"][0]["parameters"].append(nduv("operational", value))
    first = device.properties["gates"][0]
    calibration = device.from_json()
    assert dict(calibration.faulty_qubits) == {1: "operational is 0"}
    assert calibration.faulty_gates[first["gate"], tuple(first["qubits"])] == "operational is 0"
