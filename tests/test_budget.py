"""The hand-written layer has a size budget: growth is a decision, and this file is where it is made.

The core's lines are counted as they are, those of the package without the blank ones. Drift detection, calibration and
recordings, with their commands, are layers of their own with budgets of their own. Beside the client there is no room
for a comparison of documents that is right about OpenAPI, for a target, a map, a history and a search for chains, or
for a writer that may be killed and lets no secret through. The last hundred of the client's are for connections that
end with their call in each phase, for both clients.
"""

from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "wrapper" / "ibm_quantum_backends"
CORE = ("async_client", "auth", "client", "credentials", "errors", "regions", "transport")


def lines(*files: Path, blank: bool = True) -> int:
    return sum(blank or bool(line.strip()) for file in files for line in file.read_text().splitlines())


def test_core() -> None:
    assert lines(*(PACKAGE / f"{name}.py" for name in CORE)) < 1000


CALIBRATION = ("calibration/*.py", "calibration_calls.py", "async_history.py", "cli/calibration*.py", "cli/history.py")
RECORDINGS = ("recording.py", "recorder.py", "scrubbing.py", "folder_lock.py", "cli/record.py")


@pytest.mark.parametrize(
    ("layer", "most"), [("client", 3800), ("drift", 3750), ("calibration", 3300), ("recordings", 720)]
)
def test_package(layer: str, most: int) -> None:
    layers = {
        "drift": {*(PACKAGE / "drift").rglob("*.py")},
        "calibration": {file for pattern in CALIBRATION for file in PACKAGE.glob(pattern)},
        "recordings": {PACKAGE / name for name in RECORDINGS},
    }
    written = {file for file in PACKAGE.rglob("*.py") if PACKAGE / "raw" not in file.parents}
    layers["client"] = written.difference(*layers.values())
    assert lines(*layers[layer], blank=False) < most
