"""Build the sandbox recording from released wheels of qiskit-ibm-runtime: `nox -s sandbox`.

The wheels are taken from the folder given as argument or in RUNTIME_WHEELS, else downloaded with pip (`--download
FOLDER` does that alone, for the tests). They
give the same bytes each time. The sandbox's README.md tells what is taken over and what is derived.
"""

import hashlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from ibm_quantum_backends.recording import Record, Recording

SANDBOX = Path(__file__).parent / "ibm_quantum_backends" / "sandbox"

API_VERSION = "2026-03-15"
REGION = "us-east"

# sha256 of the wheels on PyPI.
WHEELS = {
    "0.20.0": "2dfca03a25e2d508e860b39f9df907c034be8f9a297717d4c2f61613b5c41172",
    "0.34.0": "a082c7ae53cf771c28ed2d8748a86990bada1ab4742c171d49918a8948a910bd",
    "0.40.0": "09cc25ec496de9dc7f54c4085506563ae711a10fca50d689aa1eb43380fb9511",
    "0.51.0": "eb3fd3dbf09e7a066106fc557bb4beb8a3cbf3cbc40623c8e9647db00ed7c28c",
}
LICENCE = "qiskit_ibm_runtime-0.51.0.dist-info/licenses/LICENSE.txt"

# Jobs in the queue: invented.
QUEUES = {"ibm_boston": 0, "ibm_sherbrooke": 3, "ibmq_manila": 12}
# Seconds that a job in the queue takes: invented.
WAITS = {"average": 60, "p50": 45, "p95": 180}


class Document(NamedTuple):
    """A document that is taken over as it is."""

    release: str
    name: str
    kind: str
    sha256: str


DOCUMENTS = (
    Document("0.51.0", "ibm_boston", "conf", "5baa349fa970748be98961431be90f2910969a7310b66a9132de99cad793af30"),
    Document("0.51.0", "ibm_boston", "props", "7b01268dcd423c94bbed2b6d5550ee40a96122603974cde3c46d1aedb28c481d"),
    Document("0.51.0", "ibm_sherbrooke", "conf", "8e8f2caa2cbf63738f2b8de4b2ed273ef3d70e250e227a62e4294fcacccd3110"),
    Document("0.20.0", "ibm_sherbrooke", "props", "d0f492e3c18d2f060d91ba76bb1d79fd96973922213f5f88bb3e067d700e06b7"),
    Document("0.34.0", "ibm_sherbrooke", "props", "f829dfacb62b819e61c872518e0fb818ca46a41310a378ed1faddd17f3ac3f6a"),
    Document("0.51.0", "ibm_sherbrooke", "props", "544c882d5df1fa23861808cce72af051ce4e962560f4f33f803b7335334c1a15"),
    Document("0.40.0", "ibm_sherbrooke", "defs", "5349f837e09353aed8c51085351e38696eff7aafa86e71a15da0188ea143e777"),
    Document("0.51.0", "ibmq_manila", "conf", "f73e604ae003fb189cfdb35f7bafa818707cb8b80ff590fb07aa0ae032b636d9"),
    Document("0.51.0", "ibmq_manila", "props", "5c1e0fe721a8e2fc00584007740db1b3d14cdf0c03cd033369187d4d4e2b1c24"),
    Document("0.40.0", "ibmq_manila", "defs", "37d320a54a396c04a5cb2c0574556997e4138586b5c4aacbdc84b09e51d084ed"),
)
OPERATIONS = {"conf": "get_backend_configuration", "props": "get_backend_properties", "defs": "get_backend_defaults"}


def main(arguments: list[str]) -> None:
    """Build the recording in a temporary folder, and put it in the place of the old one."""
    if arguments[:1] == ["--download"]:
        _download(Path(arguments[1]))
        return
    folder = arguments[0] if arguments else os.environ.get("RUNTIME_WHEELS")
    with tempfile.TemporaryDirectory() as temporary:
        built = Path(temporary, "sandbox")
        build(Path(folder) if folder else _download(Path(temporary, "wheels")), built)
        for old in SANDBOX.rglob("*.json.gz"):
            old.unlink()
        shutil.copytree(built, SANDBOX, dirs_exist_ok=True)
    size = sum(file.stat().st_size for file in SANDBOX.rglob("*") if file.is_file())
    print(f"{SANDBOX}: {len(Recording(SANDBOX).entries)} entries, {size:,} bytes")


def build(wheels: Path, target: Path) -> None:
    """Write the recording and the data's licence into an empty folder."""
    archives = {release: _wheel(wheels, release, digest) for release, digest in WHEELS.items()}
    bodies = [(document, _read(archives[document.release], document)) for document in DOCUMENTS]
    # Of a device's properties the newest, which come last in DOCUMENTS, stay.
    contents = {(document.kind, document.name): json.loads(body) for document, body in bodies}
    # No other document has a date of its own, so they get that of the device's newest properties.
    dates = {name: _date(contents["props", name]) for name in QUEUES}

    add = partial(Record(target).add, api_version=API_VERSION, region=REGION)
    for document, body in bodies:
        date = _date(json.loads(body)) if document.kind == "props" else dates[document.name]
        add(OPERATIONS[document.kind], document.name, body, date=date)

    def derive(operation: str, name: str | None, document: object, date: datetime, **query: str) -> None:
        add(operation, name, json.dumps(document).encode(), date=date, query=query, synthetic=True)

    devices = [device(contents["conf", name], contents["props", name]) for name in QUEUES]
    derive("list_backends", None, {"devices": devices}, max(dates.values()))
    for row in devices:
        row["wait_time_seconds"] = {key: seconds * row["queue_length"] for key, seconds in WAITS.items()}
    derive("list_backends", None, {"devices": devices}, max(dates.values()), fields="wait_time_seconds")
    for name, date in dates.items():
        version = contents["conf", name]["backend_version"]
        active = {"state": True, "status": "active", "message": "", "length_queue": QUEUES[name]}
        derive("get_backend_status", name, {**active, "backend_version": version}, date)
        status, refusal = Recording(target).answer(f"/v1/backends/{name}/defaults", {})
        if status == 404:
            add("get_backend_defaults", name, refusal, date=date, status=status, synthetic=True)
    (target / ".lock").unlink()  # of the recorder, and no part of the package
    (target / "LICENSE.txt").write_bytes(archives["0.51.0"].read(LICENCE))


def device(configuration: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    """A row of the list, in the shape of the document's BackendsResponse."""
    name = configuration["backend_name"]
    clops = configuration["clops_h"]
    processor = configuration["processor_type"]
    return {
        "name": name,
        "status": {"name": "online"},
        "is_simulator": configuration["simulator"],
        "qubits": configuration["n_qubits"],
        "clops": {"type": "hardware", "value": clops} if isinstance(clops, int) else None,
        "processor_type": {key: str(value) for key, value in processor.items()},
        "queue_length": QUEUES[name],
        "performance_metrics": performance_metrics(configuration["basis_gates"], properties),
    }


def performance_metrics(basis_gates: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    """Best and median error of the two-qubit basis gate, median readout error, and error per layered gate.

    An error of 1 marks a gate that does not work, so it counts in none of them. The error per layered gate is
    1 - LF**(1/(n - 1)), with LF the layer fidelity of the longest chain of n qubits, whose layers hold n - 1
    gates: McKay et al., "Benchmarking Quantum Processor Performance at Scale", arXiv:2311.05933.
    """
    gates = [
        (parameter["value"], gate["gate"], gate["qubits"])
        for gate in properties["gates"]
        if gate["gate"] in basis_gates and len(gate["qubits"]) == 2
        for parameter in gate["parameters"]
        if parameter["name"] == "gate_error" and parameter["value"] < 1
    ]
    readout = [
        parameter["value"]
        for qubit in properties["qubits"]
        for parameter in qubit
        if parameter["name"] == "readout_error" and parameter["value"] < 1
    ]
    best, gate, qubits = min(gates, key=lambda row: row[0])
    metrics: dict[str, Any] = {
        "two_q_error_best": {"value": best, "gate": gate, "qubits": qubits, "unit": ""},
        "two_q_error_median": {"value": statistics.median(row[0] for row in gates), "unit": ""},
        "readout_error_median": {"value": statistics.median(readout), "unit": ""},
    }
    chains = {
        int(match[1]): item["value"]
        for item in properties["general"]
        if (match := re.fullmatch(r"lf_(\d+)", item["name"]))
    }
    if chains:
        n = max(chains)
        # Rounded, because the last digit of a power differs between machines.
        metrics["two_q_error_layered"] = {"value": round(1 - chains[n] ** (1 / (n - 1)), 9), "unit": ""}
    return metrics


def _download(target: Path) -> Path:
    for release in WHEELS:
        if list(target.glob(f"*-{release}-*.whl")):
            continue
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*command, "--dest", str(target), f"qiskit-ibm-runtime=={release}"], check=True)
    return target


def _wheel(folder: Path, release: str, digest: str) -> zipfile.ZipFile:
    path = folder / f"qiskit_ibm_runtime-{release}-py3-none-any.whl"
    if not path.is_file():
        sys.exit(f"{path}: expected a wheel, found none")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != digest:
        sys.exit(f"{path}: expected sha256 {digest}, found {found}")
    return zipfile.ZipFile(path)


def _read(wheel: zipfile.ZipFile, document: Document) -> bytes:
    short = document.name.split("_")[1]
    return wheel.read(f"qiskit_ibm_runtime/fake_provider/backends/{short}/{document.kind}_{short}.json")


def _date(properties: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(properties["last_update_date"])


if __name__ == "__main__":
    main(sys.argv[1:])
