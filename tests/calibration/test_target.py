"""Targets: the official client's on every real device, what is faulty, and Qiskit's own passes on them."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from math import inf, isclose, pi
from typing import Any

import pytest
from hypothesis import given, settings
from qiskit import QuantumCircuit, transpile
from qiskit.circuit.library import QFTGate
from qiskit.converters import dag_to_circuit
from qiskit.quantum_info import Operator, Statevector
from qiskit.transpiler import InstructionProperties, PassManager, Target
from qiskit.transpiler.exceptions import TranspilerError
from qiskit.transpiler.passes import ALAPScheduleAnalysis, PadDelay
from qiskit_ibm_runtime.models.exceptions import BackendPropertyError
from qiskit_ibm_runtime.utils.backend_converter import convert_to_target
from qiskit_ibm_runtime.utils.backend_decoder import configuration_from_server_data, properties_from_server_data

from ibm_quantum_backends.calibration import Calibration
from ibm_quantum_backends.calibration.target import fold_rzz
from ibm_quantum_backends.errors import InvalidInputError

from .devices import Device, devices, entry, nduv, real, real_bytes, real_names, rich

LEVELS = (0, 1, 2, 3)
FRACTIONAL = (True, False)
TRANSPILED = ("armonk", "manila", "hanoi", "sherbrooke", "torino", "boston")  # 1, 5, 27, 127, 133 and 156 qubits


def decoded(configuration: bytes, properties: bytes, fractional: bool | None = True) -> tuple[Any, Any]:
    """The official client's models, from which its decoders took the fractional gates where told so."""
    return (
        configuration_from_server_data(json.loads(configuration), use_fractional_gates=fractional),
        properties_from_server_data(json.loads(properties), use_fractional_gates=fractional),
    )


def official(configuration: bytes, properties: bytes, **options: bool) -> Target:
    """The official client's target."""
    return convert_to_target(*decoded(configuration, properties), **{"filter_faulty": False, **options})


def close(one: float | None, other: float | None) -> bool:
    return one is other if one is None or other is None else isclose(one, other, rel_tol=1e-12)


def differences(ours: Target, theirs: Target) -> Iterator[object]:
    """All in which two targets differ."""
    for what in ("num_qubits", "granularity", "min_length", "pulse_alignment", "acquire_alignment"):
        if getattr(ours, what) != getattr(theirs, what):
            yield what, getattr(ours, what), getattr(theirs, what)
    if not close(ours.dt, theirs.dt):
        yield "dt", ours.dt, theirs.dt
    for qubit, (one, other) in enumerate(zip(ours.qubit_properties, theirs.qubit_properties, strict=True)):
        for what in ("t1", "t2", "frequency"):
            if not close(getattr(one, what), getattr(other, what)):
                yield qubit, what, one, other
    yield from {*ours.operation_names} ^ {*theirs.operation_names}
    for name in {*ours.operation_names} & {*theirs.operation_names}:
        yield from ((name, what) for what in instruction_differences(ours, theirs, name))


def instruction_differences(ours: Target, theirs: Target, name: str) -> Iterator[object]:
    one, other = (target.operation_from_name(name) for target in (ours, theirs))
    if isinstance(other, type):
        if one is not other:
            yield one, other
    else:
        for what in ("name", "num_qubits", "num_clbits"):
            if getattr(one, what) != getattr(other, what):
                yield what
        if type(one) is not type(other) or [*map(str, one.params)] != [*map(str, other.params)]:
            yield one, other
    if ours.gate_has_angle_bounds(name) != theirs.gate_has_angle_bounds(name):
        yield "angle bounds"
    if ours[name].keys() != theirs[name].keys():
        yield "qubits"
    for qubits, here in ours[name].items():
        there = theirs[name].get(qubits)
        if here is None or there is None:
            if here is not there:
                yield qubits, here, there
        elif not (close(here.error, there.error) and close(here.duration, there.duration)):
            yield qubits, here, there


def test_every_real_device_has_the_official_target() -> None:
    for name in real_names():
        ours = {
            fractional: real(name).to_target(fractional_gates=fractional, faulty="keep") for fractional in FRACTIONAL
        }
        for decode in (True, False, None):
            configuration, properties = decoded(*real_bytes(name), decode)
            for fractional in FRACTIONAL if decode is None else (decode,):
                theirs = convert_to_target(
                    configuration, properties, include_fractional_gates=fractional, filter_faulty=False
                )
                assert [*differences(ours[fractional], theirs)] == [], (name, fractional, decode)
    assert len(real_names()) == 68


def test_without_control_flow() -> None:
    theirs = official(*real_bytes("sherbrooke"), include_control_flow=False)
    ours = real("sherbrooke").to_target(control_flow=False, faulty="keep")
    assert [*differences(ours, theirs)] == []
    assert {"if_else", "for_loop", "switch_case"} <= {*real("sherbrooke").to_target().operation_names}


def manila() -> Device:
    """A small device whose documents are to be changed."""
    configuration, properties = map(json.loads, real_bytes("manila"))
    return Device(configuration, properties)


def with_rzz(name: str) -> tuple[bytes, bytes]:
    """A device whose properties have `rx` and `rzz`, with both among its basis gates."""
    configuration, properties = real_bytes(name)
    told = json.loads(configuration)
    told["basis_gates"] += ["rx", "rzz"]
    return json.dumps(told).encode(), properties


def test_rzz_and_rx_where_the_configuration_has_them() -> None:
    documents = with_rzz("boston")
    ours = Calibration.from_json(*documents).to_target(faulty="keep")
    assert [*differences(ours, official(*documents))] == []
    assert (len(ours["rzz"]), len(ours["rx"])) == (352, 156)
    assert ours.gate_has_angle_bounds("rzz")
    assert ours.supported_angle_bound("rzz", [pi / 2])
    assert not ours.supported_angle_bound("rzz", [pi / 2 + 1e-9])
    assert not ours.supported_angle_bound("rzz", [-1e-9])
    assert "rzz" not in Calibration.from_json(*documents).to_target(fractional_gates=False)


def change(device: Device, where: str, value: Any) -> None:
    device.configuration[where] = value


def no_values(device: Device) -> None:
    device.properties["qubits"][1] = []


def gate_without_places(device: Device) -> None:
    device.configuration["basis_gates"].append("swoop")
    device.configuration["gates"].append({"name": "swoop", "parameters": ["angle"], "qasm_def": None})
    device.properties["gates"].append(entry("swoop", [1, 2], nduv("gate_error", 0.25), nduv("gate_length", 1, "us")))


# What the official client does not take, with its error; docs/target.md lists them.
REFUSED: dict[str, tuple[Callable[[Device], None], type[Exception]]] = {
    "no values of a qubit": (no_values, BackendPropertyError),
    "timing_constraints null": (lambda device: change(device, "timing_constraints", None), TypeError),
    "instruction_signatures null": (lambda device: change(device, "instruction_signatures", None), TypeError),
    "supported_instructions null": (lambda device: change(device, "supported_instructions", None), AttributeError),
    "a new gate without coupling map": (gate_without_places, TranspilerError),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_official_client_refuses(case: str) -> None:
    edit, error = REFUSED[case]
    device = manila()
    usual = device.from_json().to_target(faulty="keep")
    assert [*differences(usual, official(*device.bytes()))] == []
    edit(device)
    with pytest.raises(error):
        convert_to_target(*decoded(*device.bytes(), fractional=False))
    target = device.from_json().to_target(fractional_gates=False, faulty="keep")
    left = {
        "no values of a qubit": lambda: (target.qubit_properties[1].t1, target["measure"][1,].error) == (None, None),
        "timing_constraints null": lambda: (target.granularity, target.min_length) == (1, 1),
        "instruction_signatures null": lambda: "if_else" in target,
        "supported_instructions null": lambda: {"measure", "reset", "delay"} <= {*target.operation_names},
        "a new gate without coupling map": lambda: target["swoop"][1, 2].error == 0.25,
    }
    assert left[case]()
    assert target.qubit_properties[2].t1 == usual.qubit_properties[2].t1
    assert target["cx"].keys() == usual["cx"].keys()


def test_loops_can_be_left_and_boxes_stay() -> None:
    device = manila()
    device.configuration["supported_instructions"] += ["break_loop", "continue_loop", "box"]
    with pytest.warns(RuntimeWarning, match="No gate definition for box"):
        theirs = official(*device.bytes())
    target = device.from_json().to_target()
    assert {*target.operation_names} - {*theirs.operation_names} == {"break_loop", "continue_loop", "box"}
    circuit = QuantumCircuit(2, 2)
    with circuit.for_loop(range(3)):
        circuit.h(0)
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.break_loop()
    with pytest.raises(TranspilerError, match="break_loop"):
        transpile(circuit, target=theirs)
    assert unsupported(transpile(circuit, target=target), target) == []


def test_an_unknown_basis_gate_without_definition_is_left_out() -> None:
    device = manila()
    device.configuration["basis_gates"].append("swoop")
    with pytest.warns(RuntimeWarning, match="swoop"):
        theirs = official(*device.bytes())
    assert [*differences(device.from_json().to_target(faulty="keep"), theirs)] == []


@settings(max_examples=60, deadline=None)
@given(devices())
def test_any_device(device: Device) -> None:
    gates = {item["name"] for item in device.configuration["gates"]}
    signatures = device.configuration.get("instruction_signatures") or []
    signatures[:] = [item for item in signatures if item["name"] not in gates]  # they contradict each other
    calibration = device.from_json()
    kept, dropped = (calibration.to_target(faulty=faulty) for faulty in ("keep", "drop"))
    readout = [*zip(calibration.qubits["readout_length"], calibration.qubits["readout_error"], strict=True)]
    keys = zip(calibration.gates["gate"], calibration.gates["qubits"], strict=True)
    lengths = dict(zip(keys, calibration.gates["gate_length"], strict=True))
    for name in kept.operation_names:
        for qubits, properties in kept[name].items() if name not in ("if_else", "measure") else ():
            assert (None if properties is None else properties.duration) == lengths.get((name, qubits))
        if name in dropped:
            assert dropped[name].keys() <= kept[name].keys() or kept[name].keys() == {None}
    if "measure" in kept:
        assert [(found.duration, found.error) for found in kept["measure"].values()] == readout
    assert_works(calibration, dropped)


# Around what is faulty.


def assert_works(calibration: Calibration, target: Target) -> None:
    """Nothing in the target is faulty, and nothing has no places left."""
    for name in target.operation_names:
        places = target.qargs_for_operation_name(name)
        if not isinstance(target.operation_from_name(name), type):
            assert places != {}.keys()
            if target.operation_from_name(name).num_qubits == 1:
                assert places is not None
        for qubits in places or ():
            assert (name, qubits) not in calibration.faulty_gates
            assert calibration.faulty_qubits.keys().isdisjoint(qubits)


def test_nothing_faulty_in_any_real_device() -> None:
    for name in real_names():
        calibration = real(name)
        kept, dropped = (calibration.to_target(faulty=faulty) for faulty in ("keep", "drop"))
        assert_works(calibration, dropped)
        gone = {gate for gate, _ in calibration.faulty_gates}
        for gate in kept.operation_names:
            if kept[gate].keys() == {None}:
                continue
            left = dropped.get(gate, {})
            for qubits, properties in left.items():
                before = kept[gate][qubits]
                assert (properties and (properties.duration, properties.error)) == (
                    before and (before.duration, before.error)
                )
            if not calibration.faulty_qubits and gate not in gone:
                lost = kept[gate].keys() - left.keys()
                broken = {on[0] for name, on in calibration.faulty_gates if len(on) == 1}
                assert all(len(on) == 2 and not broken.isdisjoint(on) for on in lost)


def test_official_filter_keeps_errors_of_one() -> None:
    theirs = official(*real_bytes("boston"), filter_faulty=True)
    assert theirs["sx"][146,].error == theirs["cz"][84, 85].error == 1
    ours = real("boston").to_target()
    assert (146,) not in ours["sx"]
    assert (84, 85) not in ours["cz"]


def test_a_qubit_without_its_gates_leaves_the_coupling_map() -> None:
    calibration = real("boston")
    assert calibration.gate_error("cz", (145, 146)) == pytest.approx(0.0635, rel=0.01)  # of no use
    target = calibration.to_target()
    edges = {*map(tuple, target.build_coupling_map().get_edges())}
    kept = {*map(tuple, calibration.to_target(faulty="keep").build_coupling_map().get_edges())}
    assert kept - edges == {(84, 85), (85, 84), (145, 146), (146, 145), (146, 147), (147, 146)}
    assert (146,) in target["measure"]
    circuit = line(156)
    with pytest.raises(TranspilerError):
        transpile(circuit, target=target, seed_transpiler=1)
    used = transpile(line(150), target=target, seed_transpiler=1, optimization_level=1)
    assert unsupported(used, target) == []
    assert 146 not in {used.find_bit(qubit).index for item in used.data for qubit in item.qubits}


def test_nothing_acts_on_faulty_qubits() -> None:
    for name, qubit in (("kingston", 146), ("sherbrooke", 84)):
        target = real(name).to_target()
        for gate in target.operation_names:
            assert not any(qubit in qubits for qubits in target[gate] if qubits is not None), (name, gate)
        kept = real(name).to_target(faulty="keep")
        assert {gate for gate in kept.operation_names if (qubit,) in kept[gate]} >= {"sx", "measure", "delay", "reset"}
    assert (145,) in real("kingston").to_target()["measure_2"]


def test_a_device_without_a_working_pair() -> None:
    calibration = real("kyoto")
    assert len(calibration.faulty_gates) == 144
    target = calibration.to_target()
    assert "ecr" not in target
    for level, told in zip(
        LEVELS, ("Unable to translate", "Unable to translate", "too large", "too large"), strict=True
    ):
        with pytest.raises(TranspilerError, match=told):
            transpile(line(2), target=target, optimization_level=level)
    assert unsupported(transpile(line(1), target=target), target) == []


def test_what_is_tied_to_no_qubits_is_tied_to_working_ones() -> None:
    device = rich()
    device.configuration["basis_gates"] += ["cx", "rx", "ccx"]
    device.properties["qubits"][0].append(nduv("operational", 0))
    kept, dropped = (device.from_json().to_target(faulty=faulty) for faulty in ("keep", "drop"))
    for gate in ("cx", "rx", "measure_2", "ccx"):
        assert kept.qargs_for_operation_name(gate) is None
    assert dropped["cx"] == {(1, 2): None, (2, 1): None}
    assert dropped["rx"] == dropped["measure_2"] == {(1,): None, (2,): None}
    assert dropped["delay"] == {(1,): None, (2,): None}
    assert dropped.qargs_for_operation_name("ccx") is None


def test_t2_is_clipped_on_request_alone() -> None:
    calibration = real("boston")
    above = {q for q in range(156) if (calibration.t2(q) or 0) > 2 * (calibration.t1(q) or inf)}
    assert above
    plain, clipped = (calibration.to_target(clip_t2=clip).qubit_properties for clip in (False, True))
    for qubit in range(156):
        t1, t2 = calibration.t1(qubit), calibration.t2(qubit)
        assert (plain[qubit].t1, plain[qubit].t2) == (t1, t2)
        assert (clipped[qubit].t1, clipped[qubit].t2) == (t1, 2 * t1 if t1 and qubit in above else t2)


def test_equal_properties_are_replaced_one_by_one() -> None:
    target = real("boston").to_target()
    before = target["rz"][1,]
    assert target["rz"][0,] is before
    target.update_instruction_properties("rz", (0,), InstructionProperties(1e-3, 0.5))
    assert (target["rz"][0,].duration, target["rz"][0,].error) == (1e-3, 0.5)
    assert target["rz"][1,] is before
    assert (before.duration, before.error) == (0, 0)
    changed = target.durations()
    assert (changed.get("rz", 0, "s"), changed.get("rz", 1, "s")) == (1e-3, 0)


# Folding.


@pytest.mark.parametrize("turn", range(-9, 10))
def test_a_folded_rzz_is_the_same_operator(turn: int) -> None:
    for part in (0, 1e-13, 1e-6, 0.1, 0.5, 1, pi / 2 - 1e-9, pi / 2, pi / 2 + 1e-9, 2, 3, pi - 1e-9, pi - 1e-13):
        angle = turn * pi + part
        circuit = QuantumCircuit(2)
        circuit.rzz(angle, 0, 1)
        folded = dag_to_circuit(fold_rzz([angle], [0, 1]))
        assert Operator(folded) == Operator(circuit), angle
        inside = [item.operation.params[0] for item in folded.data if item.operation.name == "rzz"]
        assert all(0 <= value <= pi / 2 for value in inside)
        assert len(inside) == (abs(part) > 1e-12 and abs(part - pi) > 1e-12)
        assert {item.operation.name for item in folded.data} <= {"rz", "x", "rzz"}


FOLDING = """
import sys
from qiskit import QuantumCircuit, transpile
from qiskit.transpiler import passes
from qiskit.transpiler.passes.utils.wrap_angles import WRAP_ANGLE_REGISTRY
from qiskit.dagcircuit import DAGCircuit
from ibm_quantum_backends.calibration import Calibration
configuration, properties = (open(path, "rb").read() for path in sys.argv[1:3])
if sys.argv[3:]:
    theirs = DAGCircuit()
    WRAP_ANGLE_REGISTRY.add_wrapper("rzz", lambda angles, qubits: theirs)
target = Calibration.from_json(configuration, properties).to_target()
folded = WRAP_ANGLE_REGISTRY.substitute_angle_bounds("rzz", [-1.0], [0, 1])
assert "qiskit_ibm_runtime" not in sys.modules
print(dict(folded.count_ops()))
"""


@pytest.mark.parametrize(("taken", "told"), [((), "{'x': 2, 'rzz': 1}"), (("taken",), "{}")])
def test_folding_is_registered_where_nobody_has(tmp_path: Any, taken: tuple[str, ...], told: str) -> None:
    paths = [tmp_path / name for name in ("configuration.json", "properties.json")]
    for path, document in zip(paths, with_rzz("boston"), strict=True):
        path.write_bytes(document)
    assert subprocess.check_output([sys.executable, "-c", FOLDING, *paths, *taken], text=True).strip() == told


def test_angles_out_of_bounds_are_transpiled() -> None:
    target = Calibration.from_json(*with_rzz("boston")).to_target()
    for angle in (-7, -pi, -2, -0.3, 0, 0.3, pi / 2, 2, pi, 4, 2 * pi, 9, 100):
        circuit = QuantumCircuit(2)
        circuit.rzz(angle, 0, 1)
        for level in LEVELS:
            found = transpile(circuit, target=target, optimization_level=level, initial_layout=[0, 1])
            assert unsupported(found, target) == []
            assert Operator(small(found, [0, 1])) == Operator(circuit)


# Transpiling and scheduling.


def line(count: int) -> QuantumCircuit:
    """The GHZ state, measured."""
    circuit = QuantumCircuit(count, count)
    circuit.h(0)
    for qubit in range(count - 1):
        circuit.cx(qubit, qubit + 1)
    circuit.measure(range(count), range(count))
    return circuit


def fourier(count: int) -> QuantumCircuit:
    """The Fourier transform of a state that has no symmetry, measured."""
    circuit = QuantumCircuit(count, count)
    for qubit in range(count):
        circuit.ry(0.3 + 0.4 * qubit, qubit)
    circuit.append(QFTGate(count), range(count))
    circuit.measure(range(count), range(count))
    return circuit


def unsupported(circuit: QuantumCircuit, target: Target, places: Any = None) -> list[object]:
    """The instructions of a circuit that the target does not have, those inside of control flow included."""
    wrong: list[object] = []
    for item in circuit.data:
        name, qubits = item.operation.name, [circuit.find_bit(qubit).index for qubit in item.qubits]
        on = tuple(qubits if places is None else (places[qubit] for qubit in qubits))
        for block in getattr(item.operation, "blocks", ()):
            wrong += unsupported(block, target, on)
        if name in ("barrier", "break_loop", "continue_loop") or hasattr(item.operation, "blocks"):
            wrong += [] if name == "barrier" or name in target else [name]
        elif not target.instruction_supported(name, on, parameters=[*item.operation.params]):
            wrong.append((name, on, item.operation.params))
    return wrong


def small(circuit: QuantumCircuit, qubits: list[int]) -> QuantumCircuit:
    """The circuit on some of its qubits, without measurements."""
    found = QuantumCircuit(len(qubits), global_phase=circuit.global_phase)
    for item in circuit.data:
        if item.operation.name not in ("measure", "barrier"):
            found.append(item.operation, [qubits.index(circuit.find_bit(qubit).index) for qubit in item.qubits])
    return found


def outcomes(circuit: QuantumCircuit) -> dict[str, float]:
    """The chance of each outcome."""
    measured = {
        circuit.find_bit(item.clbits[0]).index: circuit.find_bit(item.qubits[0]).index
        for item in circuit.data
        if item.operation.name == "measure"
    }
    used = {circuit.find_bit(qubit).index for item in circuit.data for qubit in item.qubits}
    qubits = [measured[bit] for bit in sorted(measured)]
    qubits += sorted(used - {*qubits})
    found: dict[str, float] = Statevector(small(circuit, qubits)).probabilities_dict([*range(len(measured))], 9)
    return found


@pytest.mark.parametrize("name", TRANSPILED)
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("make", [line, fourier])
def test_transpiled_circuits_use_the_target_and_mean_the_same(
    name: str, level: int, make: Callable[[int], QuantumCircuit]
) -> None:
    target = real(name).to_target()
    circuit = make(min(4, real(name).num_qubits))
    found = transpile(circuit, target=target, optimization_level=level, seed_transpiler=1)
    assert unsupported(found, target) == []
    expected = Statevector(small(circuit, [*range(circuit.num_qubits)])).probabilities_dict(decimals=9)
    result = outcomes(found)
    for outcome in expected | result:
        assert isclose(expected.get(outcome, 0), result.get(outcome, 0), abs_tol=1e-6)


@pytest.mark.parametrize("name", ["hanoi", "sherbrooke", "torino", "boston"])
def test_control_flow_is_transpiled(name: str) -> None:
    target = real(name).to_target()
    circuit = QuantumCircuit(3, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.cx(1, 2)
    circuit.measure(2, 1)
    for level in LEVELS:
        found = transpile(circuit, target=target, optimization_level=level, seed_transpiler=1)
        assert unsupported(found, target) == []
    with pytest.raises(TranspilerError, match="if_else"):
        transpile(circuit, target=real(name).to_target(control_flow=False))


@pytest.mark.parametrize("name", ["boston", "sherbrooke", "manila"])
def test_schedules_have_the_measured_durations(name: str) -> None:
    calibration = real(name)
    target = calibration.to_target()
    durations = target.durations()
    assert durations.dt == calibration.dt
    for (gate, qubits), duration in calibration.durations().items():
        if gate in target and qubits in target[gate]:
            assert durations.get(gate, qubits, "s") == duration.seconds
            if gate != "rz":
                assert durations.get(gate, qubits, "dt") == duration.dt
    circuit = transpile(line(2), target=target, seed_transpiler=1)
    schedule = PassManager([ALAPScheduleAnalysis(durations), PadDelay(durations=durations)])
    found = schedule.run(circuit)
    ends: dict[int, int] = {}
    for item in found.data:
        on = tuple(found.find_bit(qubit).index for qubit in item.qubits)
        operation = item.operation
        length = operation.duration if operation.name == "delay" else durations.get(operation.name, on, "dt")
        assert {ends.get(qubit, 0) for qubit in on} == {ends.get(on[0], 0)}  # no gap is left that is no delay
        ends |= dict.fromkeys(on, ends.get(on[0], 0) + length)
    used = {circuit.find_bit(qubit).index for item in circuit.data for qubit in item.qubits}
    assert {ends[qubit] for qubit in used} == {found.estimate_duration(target, "dt")}
    assert "delay" in found.count_ops()


# Bad input, and Qiskit itself.


@pytest.mark.parametrize("faulty", ["", "Drop", None, 1, True])
def test_faulty_is_one_of_two(faulty: Any) -> None:
    with pytest.raises(InvalidInputError, match="faulty: expected 'drop' or 'keep', found "):
        rich().from_json().to_target(faulty=faulty)


@pytest.mark.parametrize(
    ("gate", "place", "found"),
    [
        ("cz", [0], "2 of the qubits 0 to 2, found one on [0]"),
        ("sx", [3], "1 of the qubits 0 to 2, found one on [3]"),
        ("sx", [-1], "1 of the qubits 0 to 2, found one on [-1]"),
        ("rz", [0, 1], "1 of the qubits 0 to 2, found one on [0, 1]"),
    ],
)
def test_entries_on_qubits_that_do_not_fit(gate: str, place: list[int], found: str) -> None:
    device = rich()
    defined = next(item for item in device.configuration["gates"] if item["name"] == gate)
    defined["coupling_map"] = [*defined["coupling_map"], place]
    with pytest.raises(ValueError) as raised:
        device.from_json().to_target()
    assert str(raised.value).startswith(f"ibm_rich: {gate}: expected entries on ")
    assert found in str(raised.value)


IMPORTS = """
import sys
{before}
from ibm_quantum_backends import Backends
from ibm_quantum_backends.errors import InvalidInputError, MissingExtraError
import ibm_quantum_backends.calibration.target
with Backends.sandbox() as backends:
    calibration = backends.calibration("ibmq_manila")
calibration.durations(), calibration.medians(), calibration.best_chain(3), calibration.warnings()
try:
    calibration.to_target(faulty="no")
except InvalidInputError:
    assert not [name for name in sys.modules if name.startswith("qiskit.")]
for action in (calibration.to_target, calibration.to_backend, lambda: __import__({backend!r})):
    try:
        action()
    except MissingExtraError as error:
        print(error, error.extra)
"""


@pytest.mark.parametrize(("before", "errors"), [("sys.modules['qiskit'] = None", 3), ("", 0)])
def test_qiskit_is_imported_when_asked_for(before: str, errors: int) -> None:
    code = IMPORTS.format(before=before, backend="ibm_quantum_backends.calibration.backend")
    told = subprocess.check_output([sys.executable, "-c", code], text=True).splitlines()
    assert len(told) == errors
    for line_ in told:
        assert line_.endswith("needs optional packages: pip install 'ibm-quantum-backends[qiskit]' qiskit")
