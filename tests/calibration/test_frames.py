"""The frames of real devices against their documents, and their way through Parquet."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from runtime_wheels import real_documents

from ibm_quantum_backends.calibration import Calibration
from ibm_quantum_backends.calibration.frames import Frames

SCALES = {"us": 1e-6, "µs": 1e-6, "ns": 1e-9, "GHz": 1e9, "": 1.0}
COLUMNS = {"T1": "t1", "T2": "t2"}
DEVICES = ["boston", "sherbrooke", "brussels", "armonk", "almaden", "kyoto", "manila"]


def read(device: str) -> Calibration:
    return Calibration.from_json(
        real_documents("conf")[f"conf_{device}.json"], real_documents("props")[f"props_{device}.json"]
    )


def document(device: str) -> dict:
    return json.loads(real_documents("props")[f"props_{device}.json"])


@pytest.mark.parametrize("device", DEVICES)
def test_every_value_of_the_document_is_in_its_cell(device: str) -> None:
    qubits, gates = read(device).to_pandas()
    properties = document(device)
    cells = 0
    for qubit, items in enumerate(properties["qubits"]):
        for item in items:
            value = qubits.loc[qubit, COLUMNS.get(item["name"], item["name"])]
            assert value == pytest.approx(item["value"] * SCALES[item["unit"]], rel=1e-12)
            cells += 1
    assert cells == qubits.drop(columns="faulty").count().sum()
    assert len(gates) == len(properties["gates"])
    cells = 0
    for row, entry in zip(gates.itertuples(), properties["gates"], strict=True):
        assert (row.gate, row.qubits) == (entry["gate"], tuple(entry["qubits"]))
        for item in entry["parameters"]:
            assert getattr(row, item["name"]) == pytest.approx(item["value"] * SCALES[item["unit"]], rel=1e-12)
            cells += 1
    assert cells == gates.drop(columns=["gate", "qubits", "faulty"]).count().sum()


def test_types_units_and_origin() -> None:
    qubits, gates = read("boston").to_pandas()
    assert isinstance(qubits.index, pd.RangeIndex)
    assert (qubits.index.name, len(qubits)) == ("qubit", 156)
    assert {str(qubits[name].dtype) for name in qubits.columns.drop("faulty")} == {"float64"}
    assert math.isnan(qubits.frequency[0])
    assert all(type(one) is tuple and type(one[0]) is int for one in gates.qubits)
    assert qubits.attrs["units"] == {
        **dict.fromkeys(("t1", "t2", "readout_length"), "s"),
        **dict.fromkeys(("frequency", "anharmonicity"), "Hz"),
        **dict.fromkeys(("readout_error", "prob_meas0_prep1", "prob_meas1_prep0"), ""),
    }
    assert gates.attrs["units"] == {"gate_error": "", "gate_length": "s"}
    for frame in (qubits, gates):
        assert frame.attrs["backend_name"] == "ibm_boston"
        assert pd.Timestamp(frame.attrs["last_update_date"]) == pd.Timestamp("2026-04-17T12:19:24+02:00")


@pytest.mark.parametrize("device", ["boston", "brussels", "manila"])
def test_faulty_is_the_reason(device: str) -> None:
    calibration = read(device)
    qubits, gates = calibration.to_pandas()
    assert qubits.faulty.dropna().to_dict() == calibration.faulty_qubits
    broken = gates[gates.faulty.notna()]
    found = dict(zip(zip(broken.gate, broken.qubits, strict=True), broken.faulty, strict=True))
    assert found == calibration.faulty_gates
    assert str(qubits.faulty.dtype) == str(gates.faulty.dtype) == "string"  # where all work, too


def test_of_all_devices() -> None:
    made = 0
    for name, configuration in real_documents("conf").items():
        properties = real_documents("props").get(name.replace("conf_", "props_"))
        if properties is None:
            continue
        calibration = Calibration.from_json(configuration, properties)
        qubits, gates = calibration.to_pandas()
        assert len(qubits) == calibration.num_qubits
        assert [*gates.gate] == [*calibration.gates["gate"]]
        made += 1
    assert made == 68


@pytest.mark.parametrize("device", ["boston", "sherbrooke", "brussels", "manila"])
def test_through_parquet_and_back(device: str, tmp_path: Path) -> None:
    frames = read(device).to_pandas()
    for name, frame in frames._asdict().items():
        frame.to_parquet(tmp_path / name)
        back = pd.read_parquet(tmp_path / name)
        assert back.attrs == frame.attrs
        if name == "gates":
            assert str(pd.read_parquet(tmp_path / name, dtype_backend="pyarrow").qubits.dtype).startswith("list<")
            back["qubits"] = [tuple(map(int, one)) for one in back.qubits]
        pd.testing.assert_frame_equal(back, frame)


def test_frames_of_several_dates_go_together() -> None:
    first, second = (read(device).to_pandas() for device in ("boston", "brussels"))
    both = pd.concat([first.gates, second.gates], keys=["boston", "brussels"], names=["backend"])
    medians = both[both.faulty.isna()].groupby(["backend", "gate"]).gate_error.median()
    assert medians["boston", "cz"] == read("boston").medians()["cz_error"]
    assert medians["brussels", "ecr"] == read("brussels").medians()["ecr_error"]


def test_a_device_without_gates() -> None:
    empty = document("manila") | {"gates": []}
    configuration = real_documents("conf")["conf_manila.json"]
    frames = Calibration.from_json(configuration, json.dumps(empty).encode()).to_pandas()
    assert isinstance(frames, Frames)
    assert [*frames.gates.columns] == ["gate", "qubits", "gate_error", "gate_length", "faulty"]
    assert len(frames.gates) == 0


def test_without_pandas() -> None:
    code = """
import sys
sys.modules["pandas"] = None
from ibm_quantum_backends import Backends
from ibm_quantum_backends.calibration import Calibration
from ibm_quantum_backends.errors import MissingExtraError
with Backends.sandbox() as backends:
    one = Calibration(backends.configuration("ibmq_manila"), backends.properties("ibmq_manila"))
try:
    one.to_pandas()
except MissingExtraError as error:
    print(error.extra)
"""
    assert subprocess.check_output([sys.executable, "-W", "error", "-c", code], text=True) == "pandas\n"
