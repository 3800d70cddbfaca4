"""The hand-written layer has a size budget: growth is a decision, and this file is where it is made.

The core's lines are counted as they are, those of the package without the blank ones. Drift detection is a layer of its
own and has a budget of its own: a comparison of documents that is right about OpenAPI does not fit beside the client.
"""

from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "wrapper" / "ibm_quantum_backends"
CORE = ("async_client", "auth", "client", "credentials", "errors", "regions", "transport")


def lines(*files: Path, blank: bool = True) -> int:
    return sum(blank or bool(line.strip()) for file in files for line in file.read_text().splitlines())


def test_core() -> None:
    assert lines(*(PACKAGE / f"{name}.py" for name in CORE)) < 1000


@pytest.mark.parametrize(("drift", "most"), [(False, 4000), (True, 3750)])
def test_package(drift: bool, most: int) -> None:
    raw, part = PACKAGE / "raw", PACKAGE / "drift"
    files = (file for file in PACKAGE.rglob("*.py") if raw not in file.parents and (part in file.parents) is drift)
    assert lines(*files, blank=False) < most
