"""generated/ is what openapi/ produces, and whatever is not so is found and named."""

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from .project_copy import Copy

PROJECT = Path(__file__).parents[2]
RAW = Path("ibm_quantum_backends/raw")
LOCK = "openapi/generated.lock.json"
OTHERS = "expected the bytes that regenerate.py has written, found others"
RUN = "run `nox -s regenerate`"


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
    folder = PROJECT / "generated"
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_same_bytes(
    project: Copy, held: dict[Path, bytes], monkeypatch: pytest.MonkeyPatch, run: Callable[..., Any]
) -> None:
    shutil.rmtree(project.generated)
    (project.openapi.parent / LOCK).unlink()
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    code, printed = run()
    assert code == 0
    assert printed.count(": added\n") == len(held) + 1
    assert {path: (project.generated / path).read_bytes() for path in held} == held
    assert (project.openapi.parent / LOCK).read_bytes() == (PROJECT / LOCK).read_bytes()
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
        f"edited by hand: generated/{RAW}/models/device.py",
        f"untracked: generated/{RAW}/stray.txt",
        f"missing: generated/{RAW}/types.py",
        RUN,
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
        "input changed: openapi/overlay.yaml",
        f"out of date: generated/{RAW}/_spec/effective.yaml (input changed)",
        f"out of date: generated/{RAW}/_spec/overlay.yaml (input changed)",
        f"out of date: generated/{RAW}/models/backend_configuration.py (input changed)",
        RUN,
    ]
    project.regenerate.write(made)
    printed = capsys.readouterr().out
    changed = [re.sub(" +", " ", line) for line in printed.splitlines() if re.match(r"[-+] ", line)]
    assert changed == ["- description: Number of pulse channels", "+ description: How many"]
    assert f"generated/{RAW}/models/backend_configuration.py: changed\n{LOCK}: changed\n" in printed
    assert project.regenerate.check(made) == 0


def test_an_edited_template_is_noticed(project: Copy, run: Callable[..., Any]) -> None:
    project.replace("openapi/templates/str_enum.py.jinja", "Known values;", "Values;")
    code, printed = run("--check")
    assert code == 1
    assert printed.startswith("input changed: openapi/templates/str_enum.py.jinja\n")
    assert re.findall(r"out of date: .*/models/(\w+)\.py \(input changed\)", printed) == [
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
        changed = "input changed: openapi/backends.yaml\n" if arguments else ""
        assert re.fullmatch(
            changed + r"error: openapi/backends\.yaml: expected sha256 b70213ff\w+ "
            r"\(openapi/source\.toml\), found \w{64}; .*\n",
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
        r"input changed: openapi/overlay\.yaml\n"
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


def test_an_operation_that_is_left_out_is_refused(
    project: Copy, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = project.regenerate.run_generator

    def loses(document: Path, output: Path) -> None:
        generator(document, output)
        (output / "api" / "backends" / "get_backend_status.py").unlink()
        (output / "models" / "nduv.py").unlink()

    monkeypatch.setattr(project.regenerate, "run_generator", loses)
    code, printed = run("--check")
    assert code == 2
    assert printed == (
        "error: the generator left out GET /v1/backends/{id}/status (operationId get_backend_status), "
        "#/paths/~1v1~1backends~1{id}~1status/get; "
        "the generator left out the schema BackendPropertiesNduv, #/components/schemas/BackendPropertiesNduv; "
        "openapi/generator.yaml: the override of BackendPropertiesNduv matches no class\n"
    )


@pytest.mark.parametrize("tool", ["openapi-python-client", "ruff"])
def test_another_version_of_a_tool_is_refused(project: Copy, tool: str, run: Callable[..., Any]) -> None:
    pin(project, tool, "0.0.1")
    code, printed = run("--check")
    assert code == 2
    found = re.fullmatch(
        rf"tool changed: {tool} (\d[\d.]+) -> 0\.0\.1\n"
        rf"error: {tool}: expected version 0\.0\.1 \(pyproject\.toml\), found (\d[\d.]+): nothing can be made\n",
        printed,
    )
    assert found
    assert found[1] == found[2]
    assert run() == (2, printed.partition("\n")[2])


def pin(project: Copy, tool: str, wanted: str) -> None:
    pyproject = project.openapi.parent / "pyproject.toml"
    pyproject.write_text(re.sub(rf'^  "{tool}==.*",$', f'  "{tool}=={wanted}",', pyproject.read_text(), flags=re.M))


def test_another_version_than_the_pinned_one_is_installed(
    project: Copy, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project.regenerate, "version", lambda name: "9.9" if name == "ruff" else version(name))
    code, printed = run("--check")
    assert code == 2
    assert re.fullmatch(
        r"tool changed: ruff (\S+) -> 9\.9\n"
        r"error: ruff: expected version \1 \(pyproject\.toml\), found 9\.9: nothing can be made\n",
        printed,
    )


def test_a_new_pin_that_makes_the_same_bytes_is_out_of_step(
    project: Copy, held: dict[Path, bytes], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pin(project, "ruff", "9.9")
    monkeypatch.setattr(project.regenerate, "version", lambda name: "9.9" if name == "ruff" else version(name))
    assert project.regenerate.check(held) == 1
    assert capsys.readouterr().out == f"tool changed: ruff {version('ruff')} -> 9.9\n{RUN}\n"
    project.regenerate.write(held)
    assert capsys.readouterr().out.startswith(f"{LOCK}: changed\n")
    assert project.regenerate.check(held) == 0


def test_an_edit_by_hand_is_named_where_nothing_can_be_made(project: Copy, run: Callable[..., Any]) -> None:
    project.replace(f"generated/{RAW}/models/device.py", "class Device:", "class Device:  # edited")
    (project.generated / RAW / "types.py").unlink()
    (project.generated / RAW / "stray.txt").touch()
    pin(project, "openapi-python-client", "0.0.1")
    code, printed = run("--check")
    assert code == 1
    assert printed.splitlines()[1:-1] == [
        f"edited by hand: generated/{RAW}/models/device.py",
        f"untracked: generated/{RAW}/stray.txt",
        f"missing: generated/{RAW}/types.py",
    ]
    assert printed.splitlines()[-1].startswith("error: openapi-python-client: expected version 0.0.1 ")


def test_an_edit_by_hand_is_told_from_what_an_input_changes(
    project: Copy, held: dict[Path, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    """Two files must become others, and one of them was edited too; and both inputs and outputs come and go."""
    edited, stale, new, gone = (RAW / "models" / f"{name}.py" for name in ("device", "nduv", "brand_new", "channel"))
    made = {**held, edited: b"made", stale: b"made", new: b"made"}
    del made[gone]
    project.replace(f"generated/{edited}", "class Device:", "class Device:  # edited")
    template = project.openapi / "templates" / "types.py.jinja"
    template.rename(template.with_name("added.jinja"))
    assert project.regenerate.check(made) == 1
    assert capsys.readouterr().out.splitlines() == [
        "input changed: openapi/templates/added.jinja (added)",
        "input changed: openapi/templates/types.py.jinja (removed)",
        f"missing: generated/{new}",
        f"out of date: generated/{gone} (input changed)",
        f"edited by hand: generated/{edited}",
        f"out of date: generated/{stale} (input changed)",
        RUN,
    ]


def test_other_bytes_from_the_same_inputs_and_tools(
    project: Copy, held: dict[Path, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    assert project.regenerate.check({**held, Path("README.md"): b"another"}) == 1
    cause = "no input and no tool changed: openapi/regenerate.py or another package makes it so"
    assert capsys.readouterr().out == f"out of date: generated/README.md ({cause})\n{RUN}\n"


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (('"ruff": "0', '"ruff": "1'), f"edited by hand: {OTHERS}"),
        (('"tools": {', '"tools":  {'), f"edited by hand: {OTHERS}"),
        (('"tools": {', '"tool": {'), "damaged: expected JSON with inputs, outputs, tools, found KeyError('tools')"),
        (('"tools": {', "<<<<<<< HEAD"), "damaged: expected JSON with inputs, outputs, tools, found JSONDecodeError("),
    ],
)
def test_a_lock_that_is_not_as_it_was_written(
    project: Copy, held: dict[Path, bytes], capsys: pytest.CaptureFixture[str], edit: tuple[str, str], found: str
) -> None:
    project.replace(LOCK, *edit)
    project.replace(f"generated/{RAW}/models/device.py", "class Device:", "class Device:  # edited")
    assert project.regenerate.check(held) == 1
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{LOCK}: {found}")
    assert others == [f"differs: generated/{RAW}/models/device.py", RUN]
    assert project.regenerate.check(None) == 2
    assert capsys.readouterr().out == f"{first}\n"
    project.regenerate.write(held)
    assert (project.openapi.parent / LOCK).read_bytes() == (PROJECT / LOCK).read_bytes()


def test_no_lock(project: Copy, held: dict[Path, bytes], capsys: pytest.CaptureFixture[str]) -> None:
    (project.openapi.parent / LOCK).unlink()
    assert project.regenerate.check(held) == 1
    assert capsys.readouterr().out == f"missing: {LOCK}\n{RUN}\n"


def test_the_lock_of_other_files(project: Copy, held: dict[Path, bytes], capsys: pytest.CaptureFixture[str]) -> None:
    (project.generated / "README.md").write_bytes(b"another")
    assert project.regenerate.check({**held, Path("README.md"): b"another"}) == 1
    assert capsys.readouterr().out == f"{LOCK}: expected the lock of these files, found another's\n{RUN}\n"


def test_an_input_that_is_not_there(project: Copy, run: Callable[..., Any]) -> None:
    (project.openapi / "baseline.json").unlink()
    code, printed = run("--check")
    assert code == 2
    assert re.fullmatch(
        r"input changed: openapi/baseline\.json \(removed\)\nerror: .*No such file or directory: .*baseline\.json'\n",
        printed,
    )


def test_copies_in_the_package(project: Copy) -> None:
    for copy, name in project.regenerate.COPIES.items():
        assert (project.generated / RAW / "_spec" / copy).read_bytes() == (project.openapi / name).read_bytes()
    assert {*project.regenerate.COPIES, "effective.yaml"} == {
        path.name for path in (project.generated / RAW / "_spec").iterdir()
    }


def test_the_applier_needs_no_generated_code() -> None:
    """Else nothing could be made anew where generated/ is broken."""
    code = "import sys, ibm_quantum_backends.drift.overlay; print([name for name in sys.modules if '.raw' in name])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"


def test_the_applier_without_its_extra() -> None:
    code = """
import sys
sys.modules["jsonpath_rfc9535"] = None
try:
    import ibm_quantum_backends.drift.overlay
except ImportError as error:
    print(type(error).__name__, error)
"""
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == (
        "MissingExtraError Applying an overlay needs optional packages: pip install 'ibm-quantum-backends[codegen]'\n"
    )
