"""The hand-written layer has a size budget: growth is a decision, and this file is where it is made."""

from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "wrapper" / "ibm_quantum_backends"
CORE = ("async_client", "auth", "client", "credentials", "errors", "regions", "transport")


def lines(*files: Path) -> int:
    return sum(len(file.read_text().splitlines()) for file in files)


def test_core() -> None:
    assert lines(*(PACKAGE / f"{name}.py" for name in CORE)) < 1000


def test_package() -> None:
    raw = PACKAGE / "raw"
    assert lines(*(file for file in PACKAGE.rglob("*.py") if raw not in file.parents)) < 4000
