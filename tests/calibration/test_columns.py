"""Values in SI units: those of the official client, to the last digit, in every document and every spelling."""

import json
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from qiskit.utils.units import apply_prefix
from qiskit_ibm_runtime.models import BackendProperties as OfficialProperties
from qiskit_ibm_runtime.models.exceptions import BackendPropertyError
from qiskit_ibm_runtime.utils.backend_decoder import properties_from_server_data
from runtime_wheels import real_documents

from ibm_quantum_backends.calibration import Calibration
from ibm_quantum_backends.calibration.columns import check_finite, read_columns
from ibm_quantum_backends.calibration.units import ALL, HERTZ, SECONDS, SI_UNITS
from ibm_quantum_backends.errors import DecodeError
from ibm_quantum_backends.raw.models import BackendProperties

from .devices import FREQUENCIES, HOSTILE, TIMES, Device, devices, entry, nduv, real, real_bytes, real_names, rich

MICRO = {
    *("almaden", "burlington", "cambridge", "cambridge_alt", "essex", "johannesburg", "london", "poughkeepsie"),
    *("rochester", "singapore"),
}
COLUMNS = {"t1": "T1", "t2": "T2", "frequency": "frequency", "anharmonicity": "anharmonicity"} | {
    name: name for name in ("readout_error", "readout_length", "prob_meas0_prep1", "prob_meas1_prep0", "operational")
}


def of_official(ask: Callable[..., float], *arguments: Any) -> float | None:
    try:
        return ask(*arguments)
    except BackendPropertyError:
        return None


def same(mine: float | None, theirs: float | None) -> bool:
    """Equal to the last bit."""
    return mine is theirs is None or (mine is not None and theirs is not None and mine.hex() == float(theirs).hex())


def devices_of_all_properties() -> list[tuple[str, bytes, Calibration]]:
    documents = real_documents("props")
    found = [(name, documents[f"props_{name}.json"], real(name)) for name in real_names()]
    other = documents["props_cambridge_alt.json"]
    return [*found, ("cambridge_alt", other, Calibration.from_json(real_bytes("cambridge")[0], other))]


def test_every_value_is_the_official_client_s() -> None:
    counts: Counter[str] = Counter()
    for name, body, calibration in devices_of_all_properties():
        official: OfficialProperties = properties_from_server_data(json.loads(body), use_fractional_gates=None)
        assert len(official.qubits) == calibration.num_qubits
        for ask in ("t1", "t2", "frequency", "readout_error", "readout_length"):
            mine, theirs = getattr(calibration, ask), getattr(official, ask)
            for qubit in range(calibration.num_qubits):
                value = mine(qubit)
                assert same(value, of_official(theirs, qubit)), (name, ask, qubit)
                counts[ask] += value is not None
        for gate in official.gates:
            for ask in ("gate_error", "gate_length"):
                value = getattr(calibration, ask)(gate.gate, tuple(gate.qubits))
                assert same(value, of_official(getattr(official, ask), gate.gate, gate.qubits)), (name, ask, gate.gate)
                counts[ask] += value is not None
        assert len(calibration.gates["gate"]) == len(official.gates)
    assert counts["gate_length"] == 30637
    assert counts["gate_error"] == 27300
    assert (counts["t1"], counts["t2"]) == (3471 + 204, 3471 + 204)
    assert (counts["readout_error"], counts["readout_length"], counts["frequency"]) == (3676, 3472, 2247)


def test_the_documents_that_say_micro_with_its_sign() -> None:
    counts: Counter[str] = Counter()
    found = set()
    for name, body, calibration in devices_of_all_properties():
        for qubit, values in enumerate(json.loads(body)["qubits"]):
            for value in values:
                if value["unit"] == "\N{MICRO SIGN}s":
                    found.add(name)
                    counts[value["name"]] += 1
                    seconds = getattr(calibration, value["name"].lower())(qubit)
                    assert seconds == value["value"] / 1e6
                    assert 1e-6 < seconds < 1e-3
    assert found == MICRO
    assert counts == {"T1": 204, "T2": 204}


@pytest.mark.parametrize("unit", TIMES)
def test_times_in_every_spelling(unit: str) -> None:
    device = rich()
    device.properties["qubits"][0][0] = nduv("T1", 123.456, unit)
    device.properties["gates"][0]["parameters"][1] = nduv("gate_length", 123.456, unit)
    factor = {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9, "ps": 1e12}.get(unit, 1e6)
    for calibration in (device.from_json(), device.from_models()):
        assert calibration.t1(0) == calibration.gate_length("cz", (0, 1)) == 123.456 / factor


@pytest.mark.parametrize("unit", FREQUENCIES)
def test_frequencies_in_every_spelling(unit: str) -> None:
    device = rich()
    device.properties["qubits"][0][2:4] = [nduv("frequency", 4.971852852405576, unit), nduv("anharmonicity", -3, unit)]
    factor = {"Hz": 1, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9, "THz": 1e12}[unit]
    for calibration in (device.from_json(), device.from_models()):
        assert calibration.frequency(0) == 4.971852852405576 * factor
        assert calibration.anharmonicity(0) == -3 * factor


def test_there_are_no_other_units() -> None:
    assert ({*SECONDS}, {*HERTZ}, {*ALL}) == ({*TIMES}, {*FREQUENCIES}, {*TIMES, *FREQUENCIES, ""})
    assert {*SI_UNITS.values()} == {"s", "Hz", ""}
    assert {name for name, unit in SI_UNITS.items() if unit} == {
        *("t1", "t2", "readout_length", "gate_length"),
        *("frequency", "anharmonicity", "jq", "zz"),
    }


@pytest.mark.parametrize(
    ("quantity", "unit"),
    [
        ("T1", "GHz"),
        ("T1", ""),
        ("T2", "Us"),
        ("T1", "\N{KELVIN SIGN}s"),
        ("frequency", "ns"),
        ("readout_error", "%"),
        ("readout_length", "Hz"),
    ],
)
def test_a_unit_that_a_quantity_cannot_have(quantity: str, unit: str) -> None:
    device = rich()
    values = device.properties["qubits"][1]
    values[0] = nduv(quantity, 1, unit)
    for make in (device.from_json, device.from_models):
        with pytest.raises(DecodeError) as caught:
            make()
        told = str(caught.value)
        assert caught.value.path.startswith("$.qubits[")
        assert caught.value.path.endswith("].unit")
        assert f"{quantity}: expected one of " in told
        assert told.endswith(f"found {unit!r}")
        assert ("'us'" in told) is (quantity in ("T1", "T2", "readout_length"))
    assert caught.value.body == b""
    device.properties["qubits"][1] = []
    device.properties["gates"][0]["parameters"][1]["unit"] = HOSTILE
    with pytest.raises(DecodeError) as caught:
        device.from_json()
    assert caught.value.path.startswith("$.gates[")
    assert str(caught.value).isprintable()


def test_a_quantity_of_tomorrow_is_a_column() -> None:
    device = rich()
    device.properties["qubits"][1] += [nduv("T3", 5, "ms"), nduv("leakage", 0.25)]
    device.properties["gates"][2]["parameters"].append(nduv("leakage", 7, "GHz"))
    calibration = device.from_json()
    assert calibration.qubits["T3"] == (None, 5e-3, None)
    assert calibration.qubits["leakage"] == (None, 0.25, None)
    assert calibration.gates["leakage"] == (None, None, 7e9) + (None,) * (len(calibration.gates["gate"]) - 3)
    assert calibration.warnings() == ()


def test_a_unit_of_tomorrow_costs_the_others_nothing() -> None:
    device = rich()
    device.properties["qubits"][1].insert(0, nduv("leakage", 5, "parsec"))
    device.properties["qubits"][2].insert(0, nduv("leakage", 5, "ms"))
    device.properties["gates"][2]["parameters"].insert(0, nduv("drift", 7, "knot"))
    device.properties["general"].insert(0, nduv("mood", 7, "smile"))
    calibration = device.from_json()
    assert calibration == device.from_models()
    assert calibration.qubits["leakage"] == (None, None, 5e-3)
    assert [line.split(":")[0] for line in calibration.warnings()] == ["leakage", "drift", "mood"]
    assert [calibration.t1(qubit) for qubit in range(3)] == [rich().from_json().t1(qubit) for qubit in range(3)]
    assert calibration.gate_error("cz", (1, 2)) == 0.002
    assert [chain.num_qubits for chain in calibration.layer_fidelity()] == [2, 3]


def test_a_quantity_of_tomorrow_takes_no_column_s_place() -> None:
    plain = rich().from_json()
    device = rich()
    for values in device.properties["qubits"]:
        values += [nduv("t1", 5, "GHz"), nduv("t2", 5)]
    for item in device.properties["gates"]:
        item["parameters"] += [nduv("gate", 1), nduv("qubits", 2)]
    calibration = device.from_json()
    assert [calibration.t1(qubit) for qubit in range(3)] == [plain.t1(qubit) for qubit in range(3)]
    assert [calibration.t2(qubit) for qubit in range(3)] == [plain.t2(qubit) for qubit in range(3)]
    assert calibration.gates["gate"] == plain.gates["gate"]
    assert calibration.gates["qubits"] == plain.gates["qubits"]


def test_what_stands_twice_is_the_last() -> None:
    device = rich()
    device.properties["qubits"][0] += [nduv("T1", 7, "ms"), nduv("T1", 3, "ms")]
    device.properties["gates"].insert(3, entry("cz", [0, 1], nduv("gate_error", 0.5), nduv("gate_length", 1, "us")))
    device.properties["general"].append(nduv("lf_2", 0.5))
    calibration = device.from_json()
    official = properties_from_server_data(json.loads(device.bytes()[1]), use_fractional_gates=None)
    assert calibration.t1(0) == official.t1(0) == 3e-3
    assert calibration.gate_error("cz", (0, 1)) == official.gate_error("cz", [0, 1]) == 0.5
    assert calibration.gate_length("cz", (0, 1)) == official.gate_length("cz", [0, 1]) == 1e-6
    assert calibration.gate_error("cz", (1, 2)) == official.gate_error("cz", [1, 2]) == 0.002
    assert calibration.gate_length("sx", 2) == official.gate_length("sx", 2)
    assert len(calibration.gates["gate"]) == len(rich().from_json().gates["gate"])
    assert [(chain.num_qubits, chain.layer_fidelity) for chain in calibration.layer_fidelity()] == [(2, 0.5), (3, 0.9)]


def test_columns_are_there_without_values() -> None:
    device = rich()
    device.properties.update(qubits=[[], [], []], gates=[], general=[])
    calibration = device.from_json()
    assert dict(calibration.gates) == {"gate": (), "qubits": (), "gate_error": (), "gate_length": ()}
    assert [*calibration.qubits] == ["t1", "t2", "frequency", "anharmonicity", "readout_error", "readout_length"]
    assert {*calibration.qubits.values()} == {(None, None, None)}
    assert calibration.medians() == {}


@settings(max_examples=120, deadline=None, database=None, derandomize=True)
@given(devices())
def test_generated_values_are_those_of_qiskit_s_units(device: Device) -> None:
    def official(value: dict[str, Any]) -> float:
        unit = value["unit"].replace("\N{GREEK SMALL LETTER MU}", "u")  # which the official client does not know
        if unit == "Hz":  # nor this one, as H is no prefix
            return float(value["value"])
        return apply_prefix(value["value"], unit)

    calibration = device.from_json()
    for qubit, values in enumerate(device.properties["qubits"]):
        last = {item["name"]: official(item) for item in values if item["unit"] in ALL}
        for column, name in COLUMNS.items():
            if column in calibration.qubits:
                assert same(calibration.qubits[column][qubit], last.get(name)), (column, qubit)
            else:
                assert name not in last
        for name in last.keys() - COLUMNS.values():
            assert same(calibration.qubits[name][qubit], last[name])
    expected: dict[tuple[str, tuple[int, ...]], dict[str, float | None]] = {}
    for item in device.properties["gates"]:
        found = expected.setdefault((item["gate"], tuple(item["qubits"])), {})
        found |= {value["name"]: official(value) for value in item["parameters"] if value["unit"] in ALL}
    assert [*zip(calibration.gates["gate"], calibration.gates["qubits"], strict=True)] == [*expected]
    for row, found in enumerate(expected.values()):
        for name, column in calibration.gates.items():
            if name not in ("gate", "qubits"):
                assert same(column[row], found.get(name))


@pytest.mark.parametrize("place", ["qubits", "gates", "general"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_finite_is_named(place: str, value: float) -> None:
    device = rich()
    row: Any = device.properties[place][1]
    row = row["parameters"] if place == "gates" else row
    (row if isinstance(row, dict) else row[0])["value"] = value
    columns = read_columns(BackendProperties.from_dict(device.properties))
    with pytest.raises(DecodeError, match="expected a finite number, found") as caught:
        check_finite(columns)
    assert caught.value.path == {"qubits": "$.qubits[1]", "gates": "$.gates[1]", "general": "$.general"}[place]
    assert {"qubits": "t1", "gates": "gate_error", "general": "zz_12"}[place] in str(caught.value)


def test_errors_are_single_printable_lines() -> None:
    device = rich()
    device.properties["qubits"][1].append(nduv(HOSTILE, float("inf")))
    with pytest.raises(DecodeError, match="expected a finite number") as caught:
        device.from_json()
    assert str(caught.value).isprintable()


def test_dates_are_in_utc() -> None:
    device = rich()
    device.properties["last_update_date"] = "2024-05-27T15:27:54-03:00"
    assert device.from_json().last_update_date.isoformat() == "2024-05-27T18:27:54+00:00"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of the process cannot be set")
def test_dates_without_a_zone_are_utc_wherever_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    device = rich()
    device.properties["last_update_date"] = "2024-05-27T15:27:54"
    monkeypatch.setenv("TZ", "XXX-9")
    time.tzset()
    try:
        assert device.from_json().last_update_date.isoformat() == "2024-05-27T15:27:54+00:00"
    finally:
        monkeypatch.undo()
        time.tzset()
