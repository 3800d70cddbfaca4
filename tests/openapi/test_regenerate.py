"""generated/ is what openapi/ produces, and whatever is not so is found and named."""

import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .project_copy import Copy

RAW = Path("ibm_quantum_backends/raw")


@pytest.fixture
def run(project: Copy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run the command on the copy: exit code and what it prints."""

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["regenerate.py", *arguments])
        code = project.regenerate.main()
        out, err = capsys.readouterr()
        return code, out + err

    return run


@pytest.fixture(scope="session")
def held() -> dict[Path, bytes]:
    """What generated/ holds, which test_the_same_bytes shows to be what is produced."""
    folder = Path(__file__).parents[2] / "generated"
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_same_bytes(
    project: Copy, held: dict[Path, bytes], monkeypatch: pytest.MonkeyPatch, run: Callable[..., Any]
) -> None:
    shutil.rmtree(project.generated)
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    code, printed = run()
    assert code == 0
    assert printed.count(": added\n") == len(held)
    assert {path: (project.generated / path).read_bytes() for path in held} == held
    monkeypatch.setenv("PYTHONHASHSEED", "2")
    assert run("--check") == (0, f"generated/ is what openapi/ produces ({len(held)} files)\n")


def test_what_is_not_generated_is_named(
    project: Copy, held: dict[Path, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    project.replace(f"generated/{RAW}/models/device.py", "class Device:", "class Device:  # edited")
    (project.generated / RAW / "types.py").unlink()
    (project.generated / RAW / "stray.txt").touch()
    (project.generated / "__pycache__").mkdir()
    (project.generated / "__pycache__" / "any.pyc").touch()
    assert project.regenerate.check(held) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"generated/{RAW}/models/device.py: differs",
        f"generated/{RAW}/stray.txt: untracked",
        f"generated/{RAW}/types.py: missing",
        "run `nox -s regenerate`",
    ]
    project.regenerate.write(held)
    assert capsys.readouterr().out.splitlines() == [
        f"generated/{RAW}/models/device.py: changed",
        f"generated/{RAW}/stray.txt: removed",
        f"generated/{RAW}/types.py: added",
        "files changed: 3; `git diff generated/` shows how",
    ]
    assert project.regenerate.check(held) == 0
    capsys.readouterr()
    project.regenerate.write(held)
    assert capsys.readouterr().out == "nothing changed\n"


def test_one_line_of_the_overlay_is_read_as_a_diff(project: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    project.replace("openapi/overlay.yaml", "description: Number of pulse channels\n", "description: How many\n")
    made = project.regenerate.produce()
    assert project.regenerate.check(made) == 1
    assert capsys.readouterr().out.splitlines() == [
        "openapi/overlay.yaml: changed since generated/ was made",
        f"generated/{RAW}/_spec/effective.yaml: differs",
        f"generated/{RAW}/_spec/overlay.yaml: differs",
        f"generated/{RAW}/models/backend_configuration.py: differs",
        "run `nox -s regenerate`",
    ]
    project.regenerate.write(made)
    printed = capsys.readouterr().out
    changed = [re.sub(" +", " ", line) for line in printed.splitlines() if re.match(r"[-+] ", line)]
    assert changed == ["- description: Number of pulse channels", "+ description: How many"]
    assert f"generated/{RAW}/models/backend_configuration.py: changed\n" in printed
    assert project.regenerate.check(made) == 0


def test_an_edited_template_is_noticed(project: Copy, run: Callable[..., Any]) -> None:
    project.replace("openapi/templates/str_enum.py.jinja", "Known values;", "Values;")
    code, printed = run("--check")
    assert code == 1
    assert re.findall(r"/models/(\w+)\.py: differs", printed) == [
        "backend_clops_type",
        "device_clops_type",
        "device_status_name",
        "list_backends_fields",
    ]


def test_an_edited_document_is_refused(project: Copy, run: Callable[..., Any]) -> None:
    project.replace("openapi/backends.yaml", "title: Qiskit Runtime Backends API", "title: Ours")
    for arguments in ((), ("--check",)):
        code, printed = run(*arguments)
        assert code == 2
        assert re.fullmatch(
            r"error: openapi/backends\.yaml: expected sha256 b70213ff\w+ \(openapi/source\.toml\), found \w{64}; .*\n",
            printed,
        )


def test_a_document_that_is_no_yaml(project: Copy, run: Callable[..., Any]) -> None:
    (project.openapi / "backends.yaml").write_bytes(bad := b"a: [")
    source = (project.openapi / "source.toml").read_text()
    (project.openapi / "source.toml").write_text(re.sub(r"\b\w{64}\b", hashlib.sha256(bad).hexdigest(), source))
    code, printed = run()
    assert code == 2
    assert re.fullmatch(r"error: openapi/backends\.yaml: expected YAML: while parsing .*\n", printed)


def test_an_action_that_does_nothing_is_refused(project: Copy, run: Callable[..., Any]) -> None:
    overlay = project.openapi / "overlay.yaml"
    stale = "\n- target: $.info.nowhere\n  description: Too late\n  remove: true\n"
    overlay.write_text(overlay.read_text("utf-8") + stale, "utf-8")
    code, printed = run("--check")
    assert code == 2
    assert re.fullmatch(
        r"error: openapi/overlay\.yaml: overlay\.actions\[\d\d\] \(target '\$\.info\.nowhere', "
        r"description 'Too late'\): expected nodes to change, found none that it selects\n",
        printed,
    )


def test_an_override_that_matches_nothing_is_refused(project: Copy, run: Callable[..., Any]) -> None:
    project.replace("openapi/generator.yaml", "  ClopsType:", "  Clops:")
    assert run() == (2, "error: openapi/generator.yaml: the override of Clops matches no class\n")


def test_a_warning_of_the_generator_is_refused(project: Copy, run: Callable[..., Any]) -> None:
    overlay = project.openapi / "overlay.yaml"
    bad = "\n- target: $.components.schemas.TimingConstraints.properties.granularity\n  update: {default: none}\n"
    overlay.write_text(overlay.read_text("utf-8") + bad, "utf-8")
    code, printed = run()
    assert code == 2
    assert printed.startswith("error: the generator failed:\n")
    assert "Invalid int value: none" in printed


def test_an_operation_that_is_left_out_is_refused(project: Copy) -> None:
    document = {"paths": {"/v2/x": {"parameters": [], "summary": "", "get": {"operationId": "get_x"}}}}
    with pytest.raises(project.regenerate.RegenerateError, match=r"left out GET /v2/x \(operationId get_x\)"):
        project.regenerate.check_complete(document, project.generated / RAW)


@pytest.mark.parametrize("tool", ["openapi-python-client", "ruff"])
def test_another_version_of_a_tool_is_refused(project: Copy, tool: str, run: Callable[..., Any]) -> None:
    pyproject = project.openapi.parent / "pyproject.toml"
    pyproject.write_text(re.sub(rf'^  "{tool}==.*",$', f'  "{tool}==0.0.1",', pyproject.read_text(), flags=re.M))
    code, printed = run("--check")
    assert code == 2
    assert re.fullmatch(rf"error: {tool}: expected version 0\.0\.1 \(pyproject\.toml\), found \d[\d.]+\n", printed)
