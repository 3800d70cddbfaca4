"""137 real documents against the API's document, and the whole of `nox -s drift`."""

import json
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PROJECT
from figures import Figures

from ibm_quantum_backends.drift.payload import PayloadCheck

KINDS = {"conf": "get_backend_configuration", "props": "get_backend_properties"}


@pytest.fixture(scope="module")
def answers() -> list[tuple[str, bytes]]:
    """The 68 configurations and 69 properties documents of qiskit-ibm-runtime 0.51."""
    folder = os.environ.get("RUNTIME_WHEELS")
    if not folder:
        pytest.skip("RUNTIME_WHEELS names no folder with the wheel of qiskit-ibm-runtime 0.51.0")
    with zipfile.ZipFile(Path(folder, "qiskit_ibm_runtime-0.51.0-py3-none-any.whl")) as wheel:
        found = ((re.search(r"/(conf|props)_\w+\.json$", name), name) for name in wheel.namelist())
        return [(KINDS[kind[1]], wheel.read(name)) for kind, name in found if kind]


@pytest.mark.parametrize(("against", "target"), [("effective", 3), ("upstream", 6)])
def test_documents(
    ratio: Callable[..., None], figures: Figures, answers: list[tuple[str, bytes]], against: str, target: float
) -> None:
    def check() -> None:
        check = PayloadCheck(against)
        for operation, body in answers:
            check.add(operation, body)

    def loads() -> None:
        for _, body in answers:
            json.loads(body)

    start = time.perf_counter()
    check()
    figures.count(f"137 documents against {against}", time.perf_counter() - start, target=target, unit="s")
    ratio(f"137 documents against {against} / json.loads", check, loads, target=target, rounds=9)


def test_all_four_checks(figures: Figures) -> None:
    start = time.perf_counter()
    done = subprocess.run([sys.executable, str(PROJECT / "openapi" / "in_step.py")], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
    figures.count("all four drift checks", time.perf_counter() - start, target=30, unit="s")
