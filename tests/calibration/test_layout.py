"""What a configuration says of a device, by the fast way and the tolerant one."""

import json
from typing import Any

import pytest
from qiskit_ibm_runtime.models import QasmBackendConfiguration

from ibm_quantum_backends.calibration.decoding import decode_layout
from ibm_quantum_backends.calibration.layout import Gate, Signature, read_layout
from ibm_quantum_backends.raw.models import BackendConfiguration

from .devices import Device, real, real_bytes, real_names, rich

ALIGNMENTS = ("granularity", "min_length", "pulse_alignment", "acquire_alignment")


def layouts(device: Device) -> list[Any]:
    body = device.bytes()[0]
    return [decode_layout(body), read_layout(BackendConfiguration.from_dict(json.loads(body)))]


def test_all_of_a_configuration() -> None:
    for layout in layouts(rich()):
        assert layout.gates == {
            "cz": Gate((), ((0, 1), (1, 0), (1, 2), (2, 1))),
            "rz": Gate(("theta",), ((0,), (1,), (2,))),
            "sx": Gate((), ((0,), (1,), (2,))),
            "id": Gate((), ()),
        }
        assert layout.timing_constraints == dict(zip(ALIGNMENTS, (4, 16, 1, 8), strict=True))
        assert layout.supported_instructions == ("cz", "measure", "reset", "delay", "if_else")
        assert layout.signatures == {"measure_2": Signature(1, 1, ("a",))}
        assert (layout.processor, layout.simulator, layout.dt) == ("Heron r3", False, 0.5e-9)
        assert layout.coords == ((0, 0), (1, 0), (2, 0))
        assert layout.basis_gates == ("cz", "rz", "sx", "id")


def test_real_configurations() -> None:
    signatures = 0
    for name in real_names():
        document = json.loads(real_bytes(name)[0])
        layout = real(name).layout
        assert {*layout.gates} == {gate["name"] for gate in document["gates"]}
        for gate in document["gates"]:
            assert layout.gates[gate["name"]].parameters == tuple(gate["parameters"] or ())
            assert layout.gates[gate["name"]].coupling_map == tuple(map(tuple, gate.get("coupling_map") or ()))
        timing = document.get("timing_constraints") or {}
        assert layout.timing_constraints == {key: timing[key] for key in ALIGNMENTS if key in timing}
        supported = document.get("supported_instructions")
        assert layout.supported_instructions == (None if supported is None else tuple(supported))
        assert {*layout.signatures} == {item["name"] for item in document.get("instruction_signatures") or ()}
        assert layout.simulator is document.get("simulator", False)
        signatures += len(layout.signatures)
        for pair in layout.coupling_map:
            assert len(pair) == 2
    assert signatures > 0


OPTIONAL = (
    *("coords", "dt", "instruction_signatures", "processor_type", "simulator"),
    *("supported_instructions", "timing_constraints"),
)
ABSENT = {
    "coords": ("coords", None),
    "dt": ("dt", None),
    "instruction_signatures": ("signatures", {}),
    "processor_type": ("processor", None),
    "simulator": ("simulator", False),
    "supported_instructions": ("supported_instructions", None),
    "timing_constraints": ("timing_constraints", {}),
}


@pytest.mark.parametrize("field", OPTIONAL)
@pytest.mark.parametrize(
    "value", ["absent", None, "x", 7.5, [], {}, [None], [[None]], [{"name": 1}], {"x": 1}], ids=repr
)
def test_optional_fields_that_are_absent_null_or_mistyped(field: str, value: Any) -> None:
    device = rich()
    if value == "absent":
        del device.configuration[field]
    else:
        device.configuration[field] = value
    fast, slow = layouts(device)
    assert fast == slow
    name, absent = ABSENT[field]
    found = getattr(fast, name)
    sound = (field == "dt" and value == 7.5) or (field == "supported_instructions" and isinstance(value, list))
    assert (found == absent) is not sound
    others = {part: getattr(fast, part) for part in fast._fields if part != name}
    assert others == {part: getattr(layouts(rich())[0], part) for part in others}


@pytest.mark.parametrize(
    ("coords", "found"),
    [
        ([[0.5, 0], [1, 0], [2, -3]], ((0.5, 0), (1, 0), (2, -3))),
        ([[0, 0], [1, 0]], None),
        ([[0, 0], [1, 0], [2, 0], [3, 0]], None),
        ([[0, 0, 0], [1, 0, 0], [2, 0, 0]], None),
        ([[0, 0], [1, 0], [2]], None),
        ([[0, 0], [1, 0], [2, "x"]], None),
        ([[0, 0], [1, 0], [2, True]], None),
        ([[0, 0], [1, 0], 2], None),
    ],
)
def test_coords_are_two_numbers_for_each_qubit(coords: Any, found: Any) -> None:
    device = rich()
    device.configuration["coords"] = coords
    assert [layout.coords for layout in layouts(device)] == [found, found]
    assert device.from_json().coords == found


@pytest.mark.parametrize(
    ("processor", "found"),
    [
        ({"family": "Heron", "revision": 3}, "Heron r3"),
        ({"family": "Heron", "revision": "3"}, "Heron r3"),
        ({"family": "Falcon", "revision": 5.11}, "Falcon r5.11"),
        ({"family": "Falcon", "revision": "5.11", "segment": "L"}, "Falcon r5.11"),
        ({"family": "Falcon", "revision": 0}, "Falcon r0"),
        ({"family": "Falcon"}, None),
        ({"revision": 1}, None),
    ],
)
def test_processor(processor: Any, found: str | None) -> None:
    device = rich()
    device.configuration["processor_type"] = processor
    assert [layout.processor for layout in layouts(device)] == [found, found]


def test_timing_constraints_are_whole_numbers() -> None:
    device = rich()
    device.configuration["timing_constraints"] = {
        **{"granularity": 4, "min_length": "16", "acquire_alignment": None, "pulse_alignment": 2},
        "another": 3,
    }
    for layout in layouts(device):
        assert layout.timing_constraints == {"granularity": 4, "pulse_alignment": 2}


@pytest.mark.parametrize("value", [-1, 2**31, 2**64, 10**30, True])
def test_parts_that_no_device_has_count_as_absent(value: int) -> None:
    device = rich()
    device.configuration["timing_constraints"]["min_length"] = value
    item = device.configuration["instruction_signatures"][0]
    device.configuration["instruction_signatures"] += [{**item, "name": "other", "num_qubits": value + 3 * (value > 0)}]
    for layout in layouts(device):
        assert layout.timing_constraints == {"granularity": 4, "pulse_alignment": 1, "acquire_alignment": 8}
        assert {*layout.signatures} == {"measure_2"}
    assert device.from_json().to_target().min_length == 1


@pytest.mark.parametrize("value", [None, "x", 5, [5], ["x"]], ids=repr)
def test_a_gate_whose_coupling_map_is_mistyped_is_on_no_named_qubits(value: Any) -> None:
    device = rich()
    device.configuration["gates"][0]["coupling_map"] = value
    fast, slow = layouts(device)
    assert fast == slow
    assert fast.gates["cz"] == Gate((), ())


def test_no_coupling_map() -> None:
    for value in (None, []):
        device = rich()
        device.configuration["coupling_map"] = value
        assert [layout.coupling_map for layout in layouts(device)] == [(), ()]
        assert device.from_json().coupling_map == ()


def test_signatures_that_do_not_fit_are_left_out() -> None:
    device = rich()
    good = {"name": "measure_3", "num_qubits": 2, "num_clbits": 1}
    device.configuration["instruction_signatures"] = [good, {**good, "name": "x", "parameters": [1, "b"]}]
    fast, slow = layouts(device)
    assert fast == slow
    assert fast.signatures == {"measure_3": Signature(2, 1, ()), "x": Signature(2, 1, ("1", "b"))}


@pytest.mark.parametrize("nanoseconds", [0.1, 0.2, 0.9, 5, 4.0])
def test_the_clock_is_the_official_client_s_to_the_last_digit(nanoseconds: float) -> None:
    device = rich()
    device.configuration["dt"] = nanoseconds
    official = QasmBackendConfiguration.from_dict(real_configuration() | {"dt": nanoseconds})
    assert [layout.dt for layout in layouts(device)] == [official.dt, official.dt]


def real_configuration() -> dict[str, Any]:
    return json.loads(real_bytes("manila")[0])  # type: ignore[no-any-return]
