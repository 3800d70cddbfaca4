"""What drifted between two calibrations."""

import json
from itertools import pairwise
from math import inf, isinf
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from ibm_quantum_backends import Backends
from ibm_quantum_backends.calibration import Calibration, Change
from ibm_quantum_backends.errors import InvalidInputError
from ibm_quantum_backends.recording import SANDBOX, Recording

from .devices import HOSTILE, Device, devices, entry, nduv, real, rich


def drifted(change: Any) -> tuple[Change, ...]:
    device = rich()
    change(device.properties)
    return rich().from_json().diff(device.from_json())


def test_nothing_drifts_from_itself() -> None:
    assert rich().from_json().diff(rich().from_json()) == ()
    assert real("boston").diff(real("boston")) == ()
    assert drifted(lambda p: p.update(last_update_date="2026-04-18T00:00:00Z", backend_version="2")) == ()


def test_each_kind_of_value() -> None:
    def change(properties: dict[str, Any]) -> None:
        properties["qubits"][1][0]["value"] = 202
        properties["qubits"][2][2]["value"] = 15
        properties["qubits"][0][4]["value"] = 0.0125
        properties["gates"][1]["parameters"][0]["value"] = 0.001
        properties["gates"][1]["parameters"][1]["value"] = 136.0
        properties["general"][3]["value"] = 0.45

    assert drifted(change) == (
        Change("frequency", None, (2,), 5e9, 15e9, "Hz", 3.0),
        Change("t1", None, (1,), 101 / 1e6, 202 / 1e6, "s", 2.0),
        Change("gate_error", "cz", (1, 0), 0.002, 0.001, "", 2.0),
        Change("gate_length", "cz", (1, 0), 68 / 1e9, 136 / 1e9, "s", 2.0),
        Change("layer_fidelity", "lf_3", (), 0.9, 0.45, "", 2.0),
        Change("readout_error", None, (0,), 0.01, 0.0125, "", 1.25),
    )


@pytest.mark.parametrize(
    ("before", "after", "size"),
    [
        (1, 2, 2.0),
        (2, 1, 2.0),
        (-1, -4, 4.0),
        (-4, -1, 4.0),
        (-1, 1, inf),
        (1, -1, inf),
        (0, 1, inf),
        (1, 0, inf),
        (1e-300, 1e300, inf),
        (1, 1.0000000000000002, 1.0000000000000002),
    ],
)
def test_size(before: float, after: float, size: float) -> None:
    one, other = rich(), rich()
    for device, value in ((one, before), (other, after)):
        device.properties["qubits"][0] = [nduv("anharmonicity", value, "Hz")]
    (change,) = one.from_json().diff(other.from_json())
    assert change == Change("anharmonicity", None, (0,), before, after, "Hz", size)


def test_what_came_and_what_went() -> None:
    def change(properties: dict[str, Any]) -> None:
        properties["gates"].pop(0)
        properties["gates"].append(entry("ecr", [0, 1], nduv("gate_error", 0.5), nduv("leakage", 0.1)))
        properties["qubits"][0].pop(0)
        properties["qubits"][0].append(nduv("T3", 1, "ms"))
        properties["general"][2]["name"] = "lf_4"

    found = drifted(change)
    assert all(isinf(each.size) for each in found)
    assert {(each.quantity, each.of, each.qubits, each.before, each.after) for each in found} == {
        ("gate_error", "cz", (0, 1), 0.002, None),
        ("gate_length", "cz", (0, 1), 68 / 1e9, None),
        ("gate_error", "ecr", (0, 1), None, 0.5),
        ("leakage", "ecr", (0, 1), None, 0.1),
        ("t1", None, (0,), 100 / 1e6, None),
        ("T3", None, (0,), None, 1e-3),
        ("layer_fidelity", "lf_2", (), 0.98, None),
        ("layer_fidelity", "lf_4", (), None, 0.98),
    }


def test_values_of_pairs_drift_too() -> None:
    found = drifted(lambda p: p["general"][0].update(value=0.004))
    assert [(each.before, each.after, each.unit, each.size) for each in found] == [(2e6, 4e6, "Hz", 2.0)]


def test_another_spelling_of_a_unit_is_no_drift() -> None:
    def change(properties: dict[str, Any]) -> None:
        for values in properties["qubits"]:
            values[0] |= {"unit": "\N{GREEK SMALL LETTER MU}s"}
            values[2] |= {"value": 5000, "unit": "MHz"}

    assert drifted(change) == ()


def test_of_another_device() -> None:
    with pytest.raises(InvalidInputError, match="expected a calibration of ibmq_manila, found ibmq_lima"):
        real("manila").diff(real("lima"))
    device = rich()
    device.configuration["backend_name"] = device.properties["backend_name"] = HOSTILE
    for one, other in ((rich(), device), (device, rich())):
        with pytest.raises(InvalidInputError) as caught:
            one.from_json().diff(other.from_json())
        assert str(caught.value).isprintable()


def test_of_what_is_no_calibration() -> None:
    with pytest.raises(InvalidInputError):
        real("manila").diff("ibmq_manila")  # type: ignore[arg-type]


def check(one: Calibration, other: Calibration) -> tuple[Change, ...]:
    """Sorted, symmetric, of every value that differs, and of none that does not."""
    found, back = one.diff(other), other.diff(one)
    assert [each.size for each in found] == sorted((each.size for each in found), reverse=True)
    assert all(each.size >= 1 for each in found)
    key = lambda each: (each.quantity, each.of is None, each.of or "", each.qubits)  # noqa: E731
    assert sorted(found, key=key) == sorted(
        (each._replace(before=each.after, after=each.before) for each in back), key=key
    )
    assert len({key(each) for each in found}) == len(found)
    expected = 0
    quantities = {**one.qubits, **other.qubits}
    for name in quantities:
        empty = (None,) * one.num_qubits
        columns = one.qubits.get(name, empty), other.qubits.get(name, empty)
        expected += sum(before != after for before, after in zip(*columns, strict=True))
    assert sum(each.of is None and each.quantity in quantities for each in found) == expected
    rows = [
        {
            (name, key): value
            for name, column in each.gates.items()
            if name not in ("gate", "qubits")
            for key, value in zip(zip(each.gates["gate"], each.gates["qubits"], strict=True), column, strict=True)
        }
        for each in (one, other)
    ]
    gates = sum(rows[0].get(place) != rows[1].get(place) for place in {**rows[0], **rows[1]})
    assert sum(each.of is not None and each.qubits != () for each in found) == gates
    return found


def test_the_three_dates_of_sherbrooke() -> None:
    with Backends.sandbox() as backends:
        configuration = backends.configuration("ibm_sherbrooke")
        dates = ("2024-01-01", "2025-01-01", "2026-01-01")
        calibrations = [
            Calibration(configuration, backends.properties("ibm_sherbrooke", updated_before=date)) for date in dates
        ]
    assert [each.last_update_date.year for each in calibrations] == [2023, 2024, 2025]
    for one, other in pairwise(calibrations):
        found = check(one, other)
        assert len(found) > 1000
        assert {each.unit for each in found} == {"s", "Hz", ""}
        for each in found:
            if each.of is None or each.quantity[:5] == "gate_":
                units = {"t1": "s", "t2": "s", "readout_length": "s", "gate_length": "s"}
                hertz = each.quantity in ("frequency", "anharmonicity", "jq", "zz")
                assert each.unit == ("Hz" if hertz else units.get(each.quantity, ""))
            if each.quantity == "t1":
                (qubit,) = each.qubits
                assert (each.before, each.after) == (one.t1(qubit), other.t1(qubit))
            if each.quantity == "gate_error" and each.after is not None and each.of is not None:
                assert each.after == other.gate_error(each.of, each.qubits)
    assert check(calibrations[0], calibrations[2])[0].size == inf


def test_documents_of_a_recording() -> None:
    recording = Recording(SANDBOX)
    bodies = [
        recording.body(item)
        for item in recording.entries
        if item.name == "ibm_sherbrooke" and item.operation == "get_backend_properties"
    ]
    assert len({json.loads(body)["last_update_date"] for body in bodies}) == 3


@settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],  # a loaded machine takes its time
)
@given(devices(max_qubits=8), devices(max_qubits=8))
def test_generated_devices(one: Device, other: Device) -> None:
    # The same configuration with the properties of both, as far as they name the same qubits.
    count = min(len(one.properties["qubits"]), len(other.properties["qubits"]))
    calibrations = []
    for device in (one, other):
        device.configuration.update(backend_name="same", n_qubits=count, coupling_map=[], gates=[])
        device.properties.update(backend_name="same", qubits=device.properties["qubits"][:count])
        kept = [item for item in device.properties["gates"] if max(item["qubits"]) < count]
        device.properties["gates"] = kept
        calibrations.append(device.from_json())
    check(*calibrations)
