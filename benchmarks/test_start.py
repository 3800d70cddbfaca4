"""Whole processes, in an environment that holds the base dependencies alone."""

import subprocess
from collections.abc import Callable
from types import SimpleNamespace

import pytest

ROUNDS = 60
SANDBOX = "from ibm_quantum_backends import Backends; Backends.sandbox()"
CODE = {
    "bare interpreter": "pass",
    "import httpx": "import httpx",
    "import ibm_quantum_backends": "import ibm_quantum_backends",
    "Backends.sandbox()": SANDBOX,
    "sandbox and first list()": f"{SANDBOX}.list()",
}


@pytest.mark.parametrize(
    ("ours", "reference", "target"),
    [
        ("import ibm_quantum_backends", "bare interpreter", 1.25),
        ("Backends.sandbox()", "import httpx", 1.2),
        ("sandbox and first list()", "import httpx", 1.5),
    ],
)
def test_process(ratio: Callable[..., None], plain: SimpleNamespace, ours: str, reference: str, target: float) -> None:
    def run(name: str) -> None:
        subprocess.run([plain.env_exe, "-c", CODE[name]], check=True, cwd=plain.env_dir)

    what = f"{ours} / {reference}"
    ratio(what, lambda: run(ours), lambda: run(reference), target=target, rounds=ROUNDS)
