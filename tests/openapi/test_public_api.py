"""The public API against the last tag, and the wrapper against the raw client, on copies with seeded breaks."""

import shutil
import subprocess
from pathlib import Path

import public_api
import pytest

PROJECT = Path(__file__).parents[2]
RAW = f"{public_api.RAW}/models/gate_properties.py"
CLIENT = "wrapper/ibm_quantum_backends/client.py"


def git(project: Path, *arguments: str) -> None:
    who = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    subprocess.run(["git", *who, *arguments], cwd=project, check=True, capture_output=True)


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, (file, old)
    file.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    ignore = shutil.ignore_patterns("__pycache__", "sandbox")
    for name in ("wrapper", "generated"):
        shutil.copytree(PROJECT / name, tmp_path / name, symlinks=True, ignore=ignore)
    return tmp_path


@pytest.fixture
def repository(project: Path) -> Path:
    git(project, "init", "--quiet")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message=release")
    return project


def test_breaks_since_the_last_tag_are_found(repository: Path) -> None:
    git(repository, "tag", "v0.1.0")
    assert public_api.run(repository) == ([], {})
    edit(repository / CLIENT, "def status(", "def state(")
    edit(repository / CLIENT, "*, wait_times: bool", "*, times: bool")
    edit(repository / RAW, "qubits: list[int]", "qubits: list[str]")
    changes, not_run = public_api.run(repository)
    assert not_run == {}
    assert {change.check for change in changes} == {"wrapper"}
    assert {change.source for change in changes if change.kind != "model-not-covered"} == {"breaking"}
    found = {(change.kind, str(change.before).partition(":")[0], change.file) for change in changes}
    assert ("generated-type-changed", "models.gate_properties.GateProperties.qubits", RAW) in found
    assert ("public-api-object-removed", "ibm_quantum_backends.client.Backends.status", CLIENT) in found
    assert any(kind == "public-api-parameter-removed" and "Backends.list" in name for kind, name, _ in found)


def test_without_a_tag_it_says_that_it_did_not_run(repository: Path) -> None:
    changes, not_run = public_api.run(repository)
    assert changes == []
    assert not_run.keys() == {"raw client", "public API"}
    assert all(reason.startswith("no release to compare with: ") for reason in not_run.values())


def test_without_git_it_says_that_it_did_not_run(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(project))
    assert public_api.run(project)[1] == dict.fromkeys(("raw client", "public API"), "git is not installed")


def test_what_the_wrapper_does_not_cover_is_found(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def found() -> set[tuple[str, object]]:
        return {(change.kind, change.before) for change in public_api.uncovered(project)}

    assert found() == set()
    monkeypatch.setattr(public_api, "NOT_COVERED", {"ErrorResponse": "", "gone": "", "list_backends": ""})
    wrong = {("wrong-entry-of-not-covered", "gone"), ("wrong-entry-of-not-covered", "list_backends")}
    assert found() == {("model-not-covered", "BackendsResponse"), *wrong}
    edit(project / "wrapper/ibm_quantum_backends/calls.py", "import get_backend_status as", "import list_backends as")
    edit(project / CLIENT, "-> BackendDefaults:", "-> object:")
    assert found() > {("operation-not-covered", "get_backend_status"), ("model-not-covered", "BackendDefaults")}
