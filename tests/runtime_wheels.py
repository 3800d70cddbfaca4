"""Documents of real devices, from the wheels of qiskit-ibm-runtime in the folder that RUNTIME_WHEELS names."""

import os
import re
import zipfile
from functools import cache
from pathlib import Path

import pytest


@cache
def real_documents(kind: str, release: str = "0.51.0") -> dict[str, bytes]:
    """The wheel's documents of one kind by file name; the test is skipped where there are no wheels.

    Args:
        kind: `conf`, `props` or `defs`.
        release: Release of qiskit-ibm-runtime.
    """
    folder = os.environ.get("RUNTIME_WHEELS")
    if not folder:
        pytest.skip("RUNTIME_WHEELS names no folder with the wheels")
    with zipfile.ZipFile(Path(folder) / f"qiskit_ibm_runtime-{release}-py3-none-any.whl") as wheel:
        return {
            Path(name).name: wheel.read(name) for name in wheel.namelist() if re.search(rf"/{kind}_\w+\.json$", name)
        }
