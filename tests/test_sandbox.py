import gzip
import hashlib
import json
import os
import runpy
import statistics
from pathlib import Path
from typing import Any

import pytest

import ibm_quantum_backends
from ibm_quantum_backends.recording import Recording

FOLDER = Path(ibm_quantum_backends.__file__).parent / "sandbox"
SCRIPT = runpy.run_path(str(Path(__file__).parents[1] / "wrapper" / "make_sandbox.py"))
SANDBOX = Recording(FOLDER)


def get(path: str, **query: str) -> Any:
    status, body = SANDBOX.answer(f"/v1/backends{path}", query)
    return json.loads(body) if status == 200 else status


def test_the_documents_are_those_of_the_wheels() -> None:
    real = [entry for entry in SANDBOX.entries if not entry.synthetic]
    found = {hashlib.sha256(SANDBOX.body(entry)).hexdigest(): (entry.operation, entry.name) for entry in real}
    pinned = {d.sha256: (SCRIPT["OPERATIONS"][d.kind], d.name) for d in SCRIPT["DOCUMENTS"]}
    assert found == pinned
    assert len(real) == len(pinned) == 10


def test_what_is_derived_is_marked() -> None:
    assert [(e.operation, e.name, e.query, e.status) for e in SANDBOX.entries if e.synthetic] == [
        ("list_backends", None, {}, 200),
        ("list_backends", None, {"fields": "wait_time_seconds"}, 200),
        ("get_backend_defaults", "ibm_boston", {}, 404),
        ("get_backend_status", "ibm_boston", {}, 200),
        ("get_backend_status", "ibm_sherbrooke", {}, 200),
        ("get_backend_status", "ibmq_manila", {}, 200),
    ]


def test_the_three_devices() -> None:
    assert SANDBOX.names == ("ibm_boston", "ibm_sherbrooke", "ibmq_manila")
    assert (SANDBOX.region, SANDBOX.api_version) == ("us-east", "2026-03-15")
    sizes = {name: get(f"/{name}/configuration")["n_qubits"] for name in SANDBOX.names}
    assert sizes == {"ibm_boston": 156, "ibm_sherbrooke": 127, "ibmq_manila": 5}
    assert get("/ibm_boston/defaults") == 404
    assert get("/ibm_sherbrooke/defaults")["qubit_freq_est"]
    assert get("/ibmq_manila/defaults")["qubit_freq_est"]


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("2026-12-31", "2025-02-26T14:43:10-05:00"),
        ("2025-02-26T19:43:10Z", "2024-05-27T15:19:05-03:00"),
        ("2024-05-27T18:19:05Z", "2023-01-03T09:44:26-05:00"),
    ],
)
def test_sherbrooke_s_three_dates(before: str, found: str) -> None:
    assert get("/ibm_sherbrooke/properties", updated_before=before)["last_update_date"] == found
    assert get("/ibm_sherbrooke/properties", updated_before="2023-01-03T14:44:26Z") == 404


def test_list_and_status_agree() -> None:
    rows = get("")["devices"]
    assert [(row["name"], row["queue_length"]) for row in rows] == [
        ("ibm_boston", 0),
        ("ibm_sherbrooke", 3),
        ("ibmq_manila", 12),
    ]
    for row in rows:
        configuration, status = get(f"/{row['name']}/configuration"), get(f"/{row['name']}/status")
        assert row["status"] == {"name": "online"}
        assert status["length_queue"] == row["queue_length"]
        assert status["backend_version"] == configuration["backend_version"]
        assert status["state"] is True
        assert (row["qubits"], row["is_simulator"]) == (configuration["n_qubits"], False)
        assert row["processor_type"]["family"] == configuration["processor_type"]["family"]
        assert isinstance(row["processor_type"]["revision"], str)
    assert [row["clops"] for row in rows] == [
        {"type": "hardware", "value": 340000},
        {"type": "hardware", "value": 30000},
        None,
    ]


def test_waiting_times_only_where_they_are_asked_for() -> None:
    plain, waiting = get("")["devices"], get("", fields="wait_time_seconds")["devices"]
    times = [row.pop("wait_time_seconds") for row in waiting]
    assert waiting == plain
    assert times == [
        {"average": 0, "p50": 0, "p95": 0},
        {"average": 180, "p50": 135, "p95": 540},
        {"average": 720, "p50": 540, "p95": 2160},
    ]


@pytest.mark.parametrize(
    ("name", "gate", "lf"),
    [("ibm_boston", "cz", "lf_100"), ("ibm_sherbrooke", "ecr", "lf_100"), ("ibmq_manila", "cx", None)],
)
def test_performance_metrics_are_those_of_the_properties(name: str, gate: str, lf: str | None) -> None:
    (metrics,) = (row["performance_metrics"] for row in get("")["devices"] if row["name"] == name)
    properties = get(f"/{name}/properties")
    errors = {
        tuple(item["qubits"]): {p["name"]: p["value"] for p in item["parameters"]}["gate_error"]
        for item in properties["gates"]
        if item["gate"] == gate
    }
    working = {qubits: error for qubits, error in errors.items() if error < 1}
    best = metrics["two_q_error_best"]
    assert (best["gate"], best["unit"]) == (gate, "")
    assert best["value"] == working[tuple(best["qubits"])] == min(working.values())
    assert metrics["two_q_error_median"]["value"] == statistics.median(working.values())
    readout = [p["value"] for qubit in properties["qubits"] for p in qubit if p["name"] == "readout_error"]
    assert metrics["readout_error_median"]["value"] == statistics.median(readout)
    assert ("two_q_error_layered" in metrics) is (lf is not None)
    if lf:
        fidelity = {item["name"]: item["value"] for item in properties["general"]}[lf]
        # The error per layered gate, taken 99 times, is the layer fidelity again.
        assert (1 - metrics["two_q_error_layered"]["value"]) ** 99 == pytest.approx(fidelity, rel=1e-6)


def test_metrics_leave_out_gates_that_do_not_work() -> None:
    def gate(name: str, qubits: list[int], error: float) -> dict[str, Any]:
        return {"gate": name, "qubits": qubits, "parameters": [{"name": "gate_error", "value": error}]}

    properties = {
        "gates": [
            gate("cz", [0, 1], 1),
            gate("cz", [1, 2], 0.25),
            gate("rzz", [1, 2], 0.1),
            gate("x", [0], 0),
        ],
        "qubits": [[{"name": "readout_error", "value": value}] for value in (0.5, 1, 0.25)],
        "general": [],
    }
    assert SCRIPT["performance_metrics"](["cz", "x"], properties) == {
        "two_q_error_best": {"value": 0.25, "gate": "cz", "qubits": [1, 2], "unit": ""},
        "two_q_error_median": {"value": 0.25, "unit": ""},
        "readout_error_median": {"value": 0.375, "unit": ""},
    }


def test_the_folder_is_small_complete_and_has_its_licence() -> None:
    files = {str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*") if file.is_file()}
    assert files == {e.file for e in SANDBOX.entries} | {"index.json", "README.md", "LICENSE.txt"}
    assert sum((FOLDER / file).stat().st_size for file in files) < 400_000
    assert "Apache License" in (FOLDER / "LICENSE.txt").read_text()
    readme = (FOLDER / "README.md").read_text()
    for release in SCRIPT["WHEELS"]:
        assert release in readme


def test_the_script_gives_the_same_again(tmp_path: Path) -> None:
    wheels = os.environ.get("RUNTIME_WHEELS")
    if not wheels:
        pytest.skip("RUNTIME_WHEELS names no folder with the wheels")
    for built in (tmp_path / "one", tmp_path / "two"):
        SCRIPT["build"](Path(wheels), built)
    names = [str(file.relative_to(tmp_path / "one")) for file in (tmp_path / "one").rglob("*.*")]
    assert len(names) == len(SANDBOX.entries) + 2
    for name in names:
        one = (tmp_path / "one" / name).read_bytes()
        assert one == (tmp_path / "two" / name).read_bytes()
        committed = (FOLDER / name).read_bytes()
        if name.endswith(".gz"):  # another zlib may pack the same document into other bytes
            one, committed = gzip.decompress(one), gzip.decompress(committed)
        assert one == committed, name


def test_the_script_takes_no_other_wheels(tmp_path: Path) -> None:
    wheels, built = tmp_path / "wheels", tmp_path / "built"
    wheels.mkdir()
    with pytest.raises(SystemExit, match="expected a wheel, found none"):
        SCRIPT["build"](wheels, built)
    for release in SCRIPT["WHEELS"]:
        (wheels / f"qiskit_ibm_runtime-{release}-py3-none-any.whl").write_bytes(b"PK")
    with pytest.raises(SystemExit, match=r"expected sha256 2dfca03a.*, found "):
        SCRIPT["build"](wheels, built)
    assert not built.exists()
