"""The backend as Qiskit's own functions take it."""

import copy
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.providers import BackendV2
from qiskit.transpiler import generate_preset_pass_manager

from ibm_quantum_backends import Backends
from ibm_quantum_backends.calibration import Calibration
from ibm_quantum_backends.calibration.backend import CalibratedBackend
from ibm_quantum_backends.errors import BackendsError, InvalidInputError

from .devices import real, rich
from .test_target import differences, line, unsupported, with_rzz


def test_what_it_says_of_the_device() -> None:
    calibration = real("boston")
    backend = calibration.to_backend()
    assert isinstance(backend, BackendV2)
    assert backend.calibration is calibration
    assert (backend.name, backend.backend_version) == (calibration.backend_name, calibration.backend_version)
    assert backend.description == repr(calibration)[1:-1]
    assert (backend.num_qubits, backend.max_circuits, backend.dt) == (156, None, calibration.dt)
    assert backend.online_date is None
    assert backend.qubit_properties(7).t1 == calibration.t1(7)
    assert backend.instruction_durations.get("cz", (0, 1), "s") == calibration.gate_length("cz", (0, 1))
    assert {*map(tuple, backend.coupling_map.get_edges())} == {*map(tuple, backend.target["cz"])}
    assert repr(backend) == f"<CalibratedBackend of {calibration!r}>"


@pytest.mark.parametrize(
    "options", [{}, {"faulty": "keep"}, {"fractional_gates": False}, {"control_flow": False}, {"clip_t2": True}]
)
def test_its_target_is_the_calibrations(options: Any) -> None:
    calibration = Calibration.from_json(*with_rzz("boston"))
    target = calibration.to_target(**options)
    assert [*differences(calibration.to_backend(**options).target, target)] == []
    assert not options or [*differences(calibration.to_target(), target)] != []


def test_a_bad_option() -> None:
    with pytest.raises(InvalidInputError, match="faulty"):
        CalibratedBackend(rich().from_json(), faulty="no")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["ibm_boston", "ibm_sherbrooke", "ibmq_manila"])
def test_transpiling_offline(name: str) -> None:
    with Backends.sandbox() as backends:
        backend = backends.calibration(name).to_backend()
    circuit = line(4)
    for level in (0, 1, 2, 3):
        found = transpile(circuit, backend, optimization_level=level, seed_transpiler=1)
        assert unsupported(found, backend.target) == []
        manager = generate_preset_pass_manager(backend=backend, optimization_level=level, seed_transpiler=1)
        assert unsupported(manager.run(circuit), backend.target) == []


def test_it_runs_nothing() -> None:
    with pytest.raises(BackendsError, match=r"ibm_rich .* runs nothing: .*qiskit-ibm-runtime.*AerSimulator"):
        rich().from_json().to_backend().run(QuantumCircuit(1), shots=1)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda backend: pickle.loads(pickle.dumps(backend))])
def test_copies(copied: Any) -> None:
    backend = Calibration.from_json(*with_rzz("boston")).to_backend(faulty="keep")
    other = copied(backend)
    assert (other.name, other.calibration) == (backend.name, backend.calibration)
    assert [*differences(other.target, backend.target)] == []
    assert unsupported(transpile(line(3), other), other.target) == []


ELSEWHERE = """
import pickle, sys
from qiskit.transpiler.passes.utils.wrap_angles import WRAP_ANGLE_REGISTRY
with open(sys.argv[1], "rb") as file:
    backend = pickle.load(file)
assert "qiskit_ibm_runtime" not in sys.modules
print(dict(WRAP_ANGLE_REGISTRY.substitute_angle_bounds("rzz", [-1.0], [0, 1]).count_ops()))
"""


def test_a_backend_folds_in_another_process(tmp_path: Path) -> None:
    path = tmp_path / "backend"
    path.write_bytes(pickle.dumps(Calibration.from_json(*with_rzz("boston")).to_backend()))
    told = subprocess.check_output([sys.executable, "-c", ELSEWHERE, path], text=True)
    assert told.strip() == "{'x': 2, 'rzz': 1}"
