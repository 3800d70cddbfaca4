"""The workflow files: YAML that names sessions and actions that there are, with no more rights than it needs."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from ibm_quantum_backends.drift.openapi import read_yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*"))


def sessions() -> set[str]:
    """The names of the noxfile's sessions."""
    functions = (
        node for node in ast.parse((ROOT / "noxfile.py").read_bytes()).body if isinstance(node, ast.FunctionDef)
    )
    return {node.name for node in functions if any("nox.session" in ast.unparse(each) for each in node.decorator_list)}


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_workflow(file: Path) -> None:
    workflow: Any = read_yaml(file.read_text("utf-8"))
    assert workflow["permissions"] == {}  # each job says what it needs
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    for action in (step["uses"] for step in steps if "uses" in step):
        assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+\.\d+\.\d+", action), action
    commands = "\n".join(step["run"] for step in steps if "run" in step)
    named = set(re.findall(r"nox -s ([\w-]+)", commands))
    assert named
    assert named <= sessions()
    # A value from outside reaches a shell as a variable, never as its text
    assert "${{" not in commands


def test_drift_runs_weekly_and_by_hand() -> None:
    workflow: Any = read_yaml((ROOT / ".github" / "workflows" / "drift.yml").read_text("utf-8"))
    assert list(workflow["on"]) == ["schedule", "workflow_dispatch"]
    (schedule,) = workflow["on"]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", schedule["cron"])
    report, update = workflow["jobs"]["report"], workflow["jobs"]["update"]
    assert report["permissions"] == {"contents": "read"}
    assert update["permissions"] == {"contents": "write", "pull-requests": "write"}
    assert "secrets." not in str(update)
