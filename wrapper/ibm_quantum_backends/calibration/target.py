"""A calibration as the target that Qiskit transpiles and schedules for; docs/target.md has where each value comes from.

Qiskit is imported on the first call.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from itertools import chain
from math import pi, remainder
from typing import TYPE_CHECKING, Any, Literal

from ..documents import one_line
from ..errors import InvalidInputError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qiskit.transpiler import Target  # pyright: ignore[reportMissingTypeStubs]

    from .calibration import Calibration
    from .columns import Columns
    from .layout import Layout

__all__ = ["fold_rzz", "make_target", "register_fold_rzz"]

_Entries = dict[tuple[int, ...], Any]  # of one instruction: its InstructionProperties, None where nothing is known

_NOT_GATES = ("measure", "reset", "delay")
_VIRTUAL = ("rz", "p", "u1", "delay")  # a change of frame, or idling: a parameter, but no pulse that depends on it
_RZZ_BOUNDS = (0.0, pi / 2)  # the angles that devices calibrate
_NOTHING = 1e-12  # radians


def make_target(
    calibration: Calibration,
    *,
    fractional_gates: bool,
    control_flow: bool,
    faulty: Literal["drop", "keep"],
    clip_t2: bool,
) -> Target:
    """The device's instructions with their errors and durations (seconds), its qubits' T1, T2 (seconds) and frequencies
    (hertz), its clock and timing constraints.

    Args:
        fractional_gates: Whether gates whose pulse depends on a parameter, such as `rx` and `rzz`, are among them.
        control_flow: Whether `if_else` and the like are among them, where the device has them.
        faulty: `drop` leaves out what stands in `faulty_gates` and all that acts on a qubit of `faulty_qubits`, and
            ties every instruction to qubits, so that no circuit is laid out there; `keep` leaves everything in.
        clip_t2: Whether a T2 above 2 * T1, which is unphysical and which noise models refuse, becomes 2 * T1.

    Raises:
        InvalidInputError: `faulty` is neither, or a gate has an entry on qubits that it cannot act on.
        MissingExtraError: Qiskit is not installed.
    """
    if faulty not in ("drop", "keep"):
        raise InvalidInputError(f"faulty: expected 'drop' or 'keep', found {faulty!r:.40}")
    transpiler = _qiskit("transpiler")
    layout, columns = calibration.layout, calibration._columns  # pyright: ignore[reportPrivateUsage]
    operations = _operations(layout, columns, fractional_gates)
    entries = _entries(layout, columns, operations)
    if faulty == "drop":
        _drop_faulty(calibration, operations, entries)
    t1, t2 = columns.qubits["t1"], columns.qubits["t2"]
    if clip_t2:
        t2 = tuple(b if a is None or b is None else min(b, 2 * a) for a, b in zip(t1, t2, strict=True))
    target: Any = transpiler.Target(
        num_qubits=layout.num_qubits,
        dt=layout.dt,
        qubit_properties=[*map(_qiskit("providers").QubitProperties, t1, t2, columns.qubits["frequency"])],
        **layout.timing_constraints,
    )
    for name, found in entries.items():
        _check_places(layout, name, operations[name].num_qubits, found)
        bounds = [_RZZ_BOUNDS] if name == "rzz" else None
        target.add_instruction(operations[name], found or None, name, angle_bounds=bounds)  # None: on any qubits
    if "rzz" in entries:
        register_fold_rzz()
    if control_flow:
        known = {*layout.basis_gates, *(layout.supported_instructions or ())}
        for name, operation in _standard()[1].items():
            if name in known and name not in entries:
                target.add_instruction(operation, name=name)
    return target


def _qiskit(module: str) -> Any:
    """One of Qiskit's modules, whose type hints are partial.

    Raises:
        MissingExtraError: Qiskit is not installed.
    """
    try:
        return import_module(f"qiskit.{module}")
    except ImportError as error:
        raise MissingExtraError("A target of Qiskit", extra="qiskit") from error


def _operations(layout: Layout, columns: Columns, fractional_gates: bool) -> dict[str, Any]:
    """Qiskit's gate or instruction for each that the device has, control flow apart, by name.

    A gate that Qiskit does not know is an opaque one, where the configuration defines it.
    """
    circuit = _qiskit("circuit")
    gates, _ = _standard()
    operations: dict[str, Any] = {}
    for name in (*layout.basis_gates, *_not_gates(layout)):
        if name in gates:
            if fractional_gates or not gates[name].params or name in _VIRTUAL:
                operations[name] = gates[name]
        elif name in layout.gates:
            parameters, places = layout.gates[name]
            widths = [*map(len, places)] or [len(qubits) for gate, qubits in columns.keys if gate == name]
            if widths:
                operations[name] = circuit.Gate(name, widths[0], [*map(circuit.Parameter, parameters)])
    for name, (num_qubits, num_clbits, parameters) in layout.signatures.items():
        operations[name] = circuit.Instruction(name, num_qubits, num_clbits, [*map(circuit.Parameter, parameters)])
    return operations


def _not_gates(layout: Layout) -> list[str]:
    return [name for name in layout.supported_instructions or _NOT_GATES if name in _NOT_GATES]


def _entries(layout: Layout, columns: Columns, operations: Iterable[str]) -> dict[str, _Entries]:
    """Where each operation is, and its properties there; empty where it is tied to no qubits."""
    # Qiskit replaces properties and never changes them, so equal ones are one object: a quarter as many are made.
    make: Any = cache(_qiskit("transpiler").InstructionProperties)
    entries: dict[str, _Entries] = {
        name: dict.fromkeys(layout.gates[name].coupling_map if name in layout.gates else ()) for name in operations
    }
    values = zip(columns.keys, columns.gates["gate_length"], columns.gates["gate_error"], strict=True)
    for (name, qubits), length, error in values:
        if name in entries:
            entries[name][qubits] = make(length, error)
    every = [(qubit,) for qubit in range(layout.num_qubits)]
    if "measure" in entries:
        readout = map(make, columns.qubits["readout_length"], columns.qubits["readout_error"])
        entries["measure"] = dict(zip(every, readout, strict=True))
    for name in _not_gates(layout):
        entries[name] = entries[name] or dict.fromkeys(every)
    return entries


def _check_places(layout: Layout, name: str, num_qubits: int, places: Iterable[tuple[int, ...]]) -> None:
    on = {*chain.from_iterable(places)}
    if {*map(len, places)} - {num_qubits} or (on and not (min(on) >= 0 and max(on) < layout.num_qubits)):
        wrong = (p for p in places if len(p) != num_qubits or not all(0 <= qubit < layout.num_qubits for qubit in p))
        raise InvalidInputError(
            f"{one_line(layout.backend_name)}: {one_line(name)}: expected entries on {num_qubits} of the qubits 0 to "
            f"{layout.num_qubits - 1}, found one on {[*next(wrong)]!r:.60}"
        )


def _drop_faulty(calibration: Calibration, operations: Mapping[str, Any], entries: dict[str, _Entries]) -> None:
    """Take the entries away that do not work, and an operation that none is left of.

    Qiskit would take an operation without entries for one that works: at optimization levels 0 and 1 a circuit with it
    is laid out on any qubits.
    """
    layout = calibration.layout
    # What is tied to no qubits would act on the faulty ones too, or, of two qubits, on those that are not coupled.
    everywhere = {1: [(qubit,) for qubit in range(layout.num_qubits)], 2: layout.coupling_map}
    for name, found in entries.items():
        if not found:
            found.update(dict.fromkeys(everywhere.get(operations[name].num_qubits, ())))
    tied = [name for name, found in entries.items() if found]
    for name, qubits in calibration.faulty_gates:
        entries.get(name, {}).pop(qubits, None)
    lost = calibration.faulty_qubits.keys()
    # Between pairs circuits need gates on one qubit; where one of them does not work, no pair may be laid out.
    alone = {on[0] for name, on in calibration.faulty_gates if len(on) == 1 and name in layout.basis_gates} | lost
    for name in tied:
        out = alone if operations[name].num_qubits > 1 else lost
        if out:
            entries[name] = {on: value for on, value in entries[name].items() if out.isdisjoint(on)}
        if not entries[name]:
            del entries[name]


@cache
def _standard() -> tuple[dict[str, Any], dict[str, Any]]:
    """Qiskit's gates and other instructions, and its classes of control flow, by name."""
    controlflow = _qiskit("circuit.controlflow")
    flow = {
        "if_else": controlflow.IfElseOp,
        "for_loop": controlflow.ForLoopOp,
        "while_loop": controlflow.WhileLoopOp,
        "switch_case": controlflow.SwitchCaseOp,
        "break_loop": controlflow.BreakLoopOp,
        "continue_loop": controlflow.ContinueLoopOp,
        "box": controlflow.BoxOp,
    }
    return _qiskit("circuit.library").get_standard_gate_name_mapping(), flow


def fold_rzz(angles: list[float], qubits: list[int]) -> Any:
    """A `DAGCircuit` equal to RZZ(angle), global phase included, whose own RZZ has an angle from 0 to pi/2.

    As RZZ(a + b) = RZZ(a) RZZ(b), the angle is split into k * pi, k whole, and a rest from -pi/2 to pi/2. With
    RZZ(pi) = -i ZZ and Z = i RZ(pi), RZZ(k * pi) is a phase of -k * pi/2 and, for odd k, an RZ(pi) on both qubits and
    a phase of pi. X on one qubit turns ZZ into -ZZ, thus the rest's sign.

    Args:
        angles: The angle, in radians.
        qubits: Not used; Qiskit says here which ones the gate acts on.
    """
    library = _qiskit("circuit.library")
    rest = remainder(angles[0], pi)
    turns = round((angles[0] - rest) / pi)
    dag: Any = _qiskit("dagcircuit").DAGCircuit()
    pair = first, second = [_qiskit("circuit").Qubit() for _ in range(2)]
    dag.add_qubits(pair)
    dag.global_phase = -turns % 4 * pi / 2
    if turns % 2:
        dag.global_phase += pi
        dag.apply_operation_back(library.RZGate(pi), [first])
        dag.apply_operation_back(library.RZGate(pi), [second])
    if rest < -_NOTHING:
        dag.apply_operation_back(library.XGate(), [first])
    if abs(rest) > _NOTHING:
        dag.apply_operation_back(library.RZZGate(abs(rest)), pair)
    if rest < -_NOTHING:
        dag.apply_operation_back(library.XGate(), [first])
    return dag


def register_fold_rzz() -> None:
    """Let Qiskit fold the angles of `rzz`, unless someone, such as qiskit-ibm-runtime, has done so before."""
    registry = _qiskit("transpiler.passes.utils.wrap_angles").WRAP_ANGLE_REGISTRY  # where Qiskit 2.3 has it too
    try:
        registry.substitute_angle_bounds("rzz", [-1.0], [0, 1])
    except KeyError:
        registry.add_wrapper("rzz", fold_rzz)
