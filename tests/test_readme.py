"""Every example of README.md is run, and prints what README.md says that it prints."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from ibm_quantum_backends import regions
from ibm_quantum_backends.recording import SANDBOX, Recording
from ibm_quantum_backends.server import Server

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(match[1], match[2], README[: match.start()].count("\n") + 2) for match in BLOCK.finditer(README)]
EXAMPLES = [
    pytest.param(code, following[1] if following[0] == "text" else None, id=f"line {line}")
    for (language, code, line), following in zip(BLOCKS, [*BLOCKS[1:], ("", "", 0)], strict=True)
    if language == "python"
]
COMMANDS = [
    line[2:].split("  #")[0].rstrip() for kind, text, _ in BLOCKS if kind == "console" for line in text.splitlines()
]


@pytest.mark.parametrize(("code", "printed"), EXAMPLES)
def test_example(
    code: str,
    printed: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    with Server(Recording(SANDBOX)) as server:
        # IBM's hosts, for the examples that name none: this server, on loopback.
        monkeypatch.setattr(regions, "_BASE_URLS", dict.fromkeys(regions._BASE_URLS, server.base_url))
        for name in ("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE", "IAM_URL"):
            monkeypatch.setenv(name, server.environment[name])
        monkeypatch.setenv("BASE_URL", server.base_url)
        form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": "sandbox"}
        token = httpx.post(f"{server.iam_url}/identity/token", data=form).json()["access_token"]
        monkeypatch.setenv("BEARER_TOKEN", token)
        exec(compile(code, "README.md", "exec"), {"__name__": "__main__"})
    output = capsys.readouterr().out
    assert output, "an example that prints nothing shows nothing"
    if printed is not None:
        assert output == printed


def test_first_command_installs_and_prints_the_first_result(tmp_path: Path) -> None:
    skipped = shutil.ignore_patterns(".git", ".nox", ".venv", "*_cache", "__pycache__", "build", "dist")
    shutil.copytree(ROOT, tmp_path / "clone", symlinks=True, ignore=skipped)
    command = next(line for line in COMMANDS if "list --sandbox" in line)
    result = subprocess.run(command, shell=True, cwd=tmp_path / "clone", capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    table = next(text for kind, text, _ in BLOCKS if kind == "text")
    assert [line.rstrip() for line in result.stdout.splitlines()] == [line.rstrip() for line in table.splitlines()]


def test_the_drift_of_a_new_revision(tmp_path: Path) -> None:
    (tmp_path / "openapi").mkdir()
    shutil.copy(ROOT / "openapi" / "backends.yaml", tmp_path / "openapi")
    index = next(i for i, (_, text, _) in enumerate(BLOCKS) if "drift spec" in text)
    commands = [line[2:] for line in BLOCKS[index][1].splitlines()]
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    code = "\n".join(commands)
    result = subprocess.run(
        code, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (1, "")
    told = [line.rstrip() for line in BLOCKS[index + 1][1].splitlines()]
    assert [line.rstrip() for line in result.stdout.splitlines()][: len(told)] == told


def test_second_command_is_what_ci_runs() -> None:
    command = next(line for line in COMMANDS if line.endswith("/nox"))
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == command


def test_nox_has_the_sessions_that_are_named() -> None:
    noxfile = (ROOT / "noxfile.py").read_text()
    named = set(re.findall(r"nox -s (\w+)", README))
    assert named
    assert not {name for name in named if f"def {name}(" not in noxfile}
