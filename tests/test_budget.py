"""The hand-written layer has a size budget: growth is a decision, and this file is where it is made.

The core's lines are counted as they are, those of the whole package without the blank ones.
"""

from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "wrapper" / "ibm_quantum_backends"
CORE = ("async_client", "auth", "client", "credentials", "errors", "regions", "transport")


def lines(*files: Path, blank: bool = True) -> int:
    return sum(blank or bool(line.strip()) for file in files for line in file.read_text().splitlines())


def test_core() -> None:
    assert lines(*(PACKAGE / f"{name}.py" for name in CORE)) < 1000


def test_package() -> None:
    raw = PACKAGE / "raw"
    assert lines(*(file for file in PACKAGE.rglob("*.py") if raw not in file.parents), blank=False) < 4000
