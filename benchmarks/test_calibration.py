"""Calibrations of a 156-qubit device: decoding, Qiskit's target, and a year of them as one table."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from figures import Figures

from ibm_quantum_backends import Backends, Calibration
from ibm_quantum_backends.recording import Recording, Writer

FIRST = datetime(2025, 1, 1, 12, tzinfo=UTC)
YEAR = 365


@pytest.fixture(scope="module")
def documents(sandbox: Recording) -> tuple[bytes, bytes]:
    path = "/v1/backends/ibm_boston"
    return sandbox.answer(f"{path}/configuration", {})[1], sandbox.answer(f"{path}/properties", {})[1]


def official_properties(body: bytes) -> Any:
    from qiskit_ibm_runtime.utils.backend_decoder import properties_from_server_data  # noqa: PLC0415

    return properties_from_server_data(json.loads(body), use_fractional_gates=None)


def official_target(configuration: bytes, properties: bytes) -> Any:
    from qiskit_ibm_runtime.utils.backend_converter import convert_to_target  # noqa: PLC0415
    from qiskit_ibm_runtime.utils.backend_decoder import configuration_from_server_data  # noqa: PLC0415

    decoded = configuration_from_server_data(json.loads(configuration), use_fractional_gates=None)
    return convert_to_target(decoded, official_properties(properties))


def test_from_json(ratio: Callable[..., None], documents: tuple[bytes, bytes]) -> None:
    ours, reference = (lambda: Calibration.from_json(*documents)), (lambda: json.loads(documents[1]))
    ratio("Calibration.from_json / json.loads", ours, reference, target=0.75, rounds=200)


def test_to_target(ratio: Callable[..., None], documents: tuple[bytes, bytes]) -> None:
    ours, reference = (lambda: Calibration.from_json(*documents).to_target()), (lambda: official_target(*documents))
    ratio("to_target() from bytes / qiskit-ibm-runtime", ours, reference, target=1 / 20, rounds=20)


@pytest.fixture(scope="module")
def year(documents: tuple[bytes, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of 365 properties documents of the device, one a day."""
    folder = tmp_path_factory.mktemp("year")
    writer = Writer(folder)
    writer.add("get_backend_configuration", "ibm_boston", documents[0], date=FIRST)
    own = json.loads(documents[1])["last_update_date"]
    old = f'"last_update_date": "{own}"'.encode()
    assert old in documents[1]
    for date in (FIRST + timedelta(days=day) for day in range(YEAR)):
        body = documents[1].replace(old, f'"last_update_date": "{date.isoformat()}"'.encode())
        writer.add("get_backend_properties", "ibm_boston", body, date=date, level=6)
    return folder


def table(folder: Path, days: int, metric: str) -> Any:
    with Backends.replay(folder) as backends:
        start = FIRST + timedelta(hours=1)
        return backends.history("ibm_boston", start, start + timedelta(days=days - 1)).to_pandas(metric)


@pytest.mark.parametrize("metric", ["t1", "cz_error"])
def test_a_year(ratio: Callable[..., None], documents: tuple[bytes, bytes], year: Path, metric: str) -> None:
    assert table(year, YEAR, metric).shape[0] == YEAR
    some = 20  # and not a year of them, which takes the reference three minutes

    def official() -> None:
        for _ in range(some):
            official_properties(documents[1])

    what = f"{metric} of recorded documents as a table / qiskit-ibm-runtime"
    ratio(what, lambda: table(year, some, metric), official, target=1 / 30, rounds=3)


PEAK = """
import resource, sys
from datetime import datetime, timedelta
from ibm_quantum_backends import Backends
days, start = int(sys.argv[2]), datetime.fromisoformat("2025-01-01T13:00Z")
with Backends.replay(sys.argv[1]) as backends:
    history = backends.history("ibm_boston", start, start + timedelta(days=days - 1))
    assert history.to_pandas("t1").shape == (days, 156)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory(figures: Figures, year: Path) -> None:
    peaks = [int(subprocess.check_output([sys.executable, "-c", PEAK, str(year), str(n)])) for n in (10, YEAR)]
    figures.count("peak memory of 365 documents / of 10", peaks[1] / peaks[0], target=1.1, unit="")
