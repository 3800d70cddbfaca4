"""All four checks in one report, on a copy of the project; over loopback, and never beyond."""

import json
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from ibm_quantum_backends import Backends
from ibm_quantum_backends.drift import report as report_module
from ibm_quantum_backends.drift.openapi import Document
from ibm_quantum_backends.drift.payload import BASELINE, read_baseline
from ibm_quantum_backends.drift.report import Report
from ibm_quantum_backends.drift.revision import report_revision
from ibm_quantum_backends.recording import SANDBOX, Recording
from ibm_quantum_backends.server import DEFAULT_API_KEY, DEFAULT_INSTANCE, Fault, Server

from .project_copy import Copy

SCHEMA = json.loads(Path(report_module.__file__).with_name("report.schema.json").read_text("utf-8"))
SARIF = Path(__file__).parents[1] / "drift" / "sarif-2.1.0.schema.json"
STATUS = "generated/ibm_quantum_backends/raw/models/backend_status.py"
DEVICE = "generated/ibm_quantum_backends/raw/models/device.py"
NO_WHEELS = "RUNTIME_WHEELS names no folder with the wheel of qiskit-ibm-runtime 0.51.0"
INTEGER = b"        length_queue:\n          type: integer\n"
BREAKING = (INTEGER, INTEGER.replace(b"integer", b"string"))

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    project: Copy,
    nobody: str,
    clean_environment: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run the command on the copy, where nobody answers: exit code, standard output and standard error."""
    monkeypatch.delenv("RUNTIME_WHEELS", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    # What git may know of is a folder above the copy
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.openapi.parents[1]))
    monkeypatch.chdir(project.openapi.parent)
    project.point_at(nobody)

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["in_step.py", *map(str, arguments)])
        code: int = project.in_step.main()
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def made(project: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    """The generator makes what generated/ holds before the test, at once."""
    held = {path: (project.generated / path).read_bytes() for path in project.regenerate.files(project.generated)}
    monkeypatch.setattr(project.regenerate, "produce", lambda: held)


def summary(out: str) -> dict[str, str]:
    """The state of each check, from the last four lines."""
    rows = [re.fullmatch(r"(\w+) +(.*) \(\d+\.\d s\)", line) for line in out.splitlines()[-4:]]
    return {row[1]: row[2] for row in rows if row}


def changes(out: str) -> list[dict[str, Any]]:
    """Those of a report as JSON, held against its schema."""
    report = json.loads(out)
    jsonschema_rs.validator_for(SCHEMA, validate_formats=True).validate(report)
    return list(report["changes"])


def accept(project: Copy, fingerprints: list[str], expiry: date) -> None:
    rows = "".join(
        f"- fingerprint: '{each}'\n  reason: known\n  date: 2026-01-01\n  expiry: {expiry}\n" for each in fingerprints
    )
    (project.openapi / "accepted.yaml").write_text(rows)


def test_an_unchanged_project_is_in_step_as_far_as_can_be_told(project: Copy, run: Run, nobody: str) -> None:
    code, out, err = run()
    assert (code, err) == (0, "")
    first, *not_run, _, _, _, _ = out.splitlines()
    assert first == "in step"
    assert [line.split(": NOT RUN: ")[0] for line in not_run] == [
        "document",
        "responses of 137 real documents",
        "live responses",
        "raw client",
        "public API",
    ]
    reasons = dict(line.split(": NOT RUN: ") for line in not_run)
    assert reasons["document"].startswith(f"{nobody}: ")
    assert reasons["responses of 137 real documents"] == NO_WHEELS
    assert reasons["live responses"] == "no credentials"
    assert reasons["public API"].startswith("no release to compare with: ")
    assert summary(out) == {
        "generated": "in step",
        "document": "NOT RUN",
        "responses": "in step; responses of 137 real documents NOT RUN; live responses NOT RUN",
        "wrapper": "in step; raw client NOT RUN; public API NOT RUN",
    }


@pytest.mark.usefixtures("made")
def test_require_all(run: Run) -> None:
    code, out, err = run("--require-all", "--format", "json")
    assert code == 2
    assert changes(out) == []
    told = json.loads(out)["not_run"]
    assert err == f"could not tell: {'; '.join(f'{part}: NOT RUN: {why}' for part, why in told.items())}\n"
    assert err.count("\n") == 1
    assert list(told)[:3] == ["document", "responses of 137 real documents", "live responses"]


@pytest.mark.usefixtures("made")
def test_files_that_were_edited_by_hand(project: Copy, run: Run) -> None:
    for name in (STATUS, DEVICE):
        file = project.openapi.parent / name
        file.write_text(file.read_text("utf-8") + "# mine\n", "utf-8")
    (project.generated / "my own.py").write_text("")
    code, out, err = run()
    assert (code, err) == (1, "")
    edits = re.findall(
        r"^none +breaking +(\S+) (.+?) #: (nothing|sha256 \w{16}) → sha256 \w{16} (\w{16}) *$", out, re.M
    )
    assert [each[:2] for each in sorted(edits)] == [
        ("generated-edited-by-hand", STATUS),
        ("generated-edited-by-hand", DEVICE),
        ("generated-untracked", "generated/my own.py"),
    ]
    assert len({each[3] for each in edits}) == 3  # a fingerprint each
    assert summary(out)["generated"] == "changes: 3"
    # What is accepted is one edit of one file: another edit of it is another change
    accept(project, [each[3] for each in edits if each[1] != DEVICE], date.today())
    code, out, err = run()
    assert (code, err) == (1, "")
    assert summary(out)["generated"] == "changes: 1; accepted: 2"
    accept(project, [each[3] for each in edits], date.today())
    assert run()[0] == 0
    file = project.openapi.parent / DEVICE
    file.write_text(file.read_text("utf-8") + "# and more\n", "utf-8")
    assert run()[0] == 1


def test_edits_are_found_where_nothing_can_be_made(project: Copy, run: Run) -> None:
    project.replace("pyproject.toml", '"ruff==0.17.6",\n]', '"ruff==0.0.1",\n]')
    file = project.openapi.parent / STATUS
    file.write_text(file.read_text("utf-8") + "# mine\n", "utf-8")
    code, out, err = run()
    assert (code, err) == (1, "")
    reason = "ruff: expected version 0.0.1 (pyproject.toml), found 0.17.6: nothing can be made"
    assert f"\ngenerated: NOT RUN: {reason}\n" in out
    assert f" generated-edited-by-hand {STATUS} #: sha256 " in out
    assert " generated-tool-changed pyproject.toml #: ruff 0.17.6 → ruff 0.0.1 " in out
    assert summary(out)["generated"] == "changes: 2; NOT RUN"


def test_other_tools_are_no_change_of_the_project(project: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project.regenerate, "installed", lambda name: "none")
    report, not_run = project.in_step.generated()
    assert report.changes == ()
    assert re.fullmatch(r"\S+: expected version \S+ \(pyproject.toml\), found none: nothing .*", not_run["generated"])


def test_an_openapi_folder_of_which_nothing_can_be_made_is_out_of_step(project: Copy) -> None:
    project.replace("openapi/source.toml", 'sha256 = "b', 'sha256 = "c')
    report, not_run = project.in_step.generated()
    assert [change.kind for change in report.changes] == ["generated-cannot-be-made"]
    assert report.changes[0].note == not_run["generated"]
    assert not_run["generated"].startswith("openapi/backends.yaml: expected sha256 c")
    project.replace("openapi/overlay.yaml", "overlay: 1.1.0", "overlay: 9")
    report, not_run = project.in_step.generated()
    assert [(change.kind, change.file) for change in report.changes] == [
        ("generated-input-changed", "openapi/overlay.yaml")
    ]
    (project.openapi / "generated.lock.json").write_text("{}")
    report, _ = project.in_step.generated()
    assert [(change.kind, change.file) for change in report.changes] == [
        ("generated-lock-not-in-step", "openapi/generated.lock.json")
    ]


@pytest.mark.usefixtures("made")
def test_a_breaking_revision_in_every_format_until_it_is_accepted(
    project: Copy, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = cache(lambda: report_revision(*documents))  # seconds, once
    documents: list[Document] = []

    def once(*given: Document) -> Report:
        documents[:] = documents or given
        assert [each.text for each in documents] == [each.text for each in given]
        return judge()

    monkeypatch.setattr(project.in_step, "report_revision", once)
    (tmp_path / "new.yaml").write_bytes(project.revised(BREAKING))
    command = ("--from", "new.yaml")
    code, out, err = run(*command, "--format", "json")
    assert (code, err) == (1, "")
    (change,) = changes(out)
    assert (change["kind"], change["class"], change["source"], change["check"]) == (
        "response-property-type-changed",
        "breaking",
        "breaking",
        "document",
    )
    accept(project, [change["fingerprint"]], date.today())
    code, out, err = run(*command)
    assert (code, err) == (0, "")
    assert summary(out)["document"] == "accepted: 1"
    accept(project, [change["fingerprint"]], date.today() - timedelta(days=1))
    code, out, err = run(*command, "--format", "github")
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert all(re.fullmatch(r"::(error|warning|notice) [^:]*::.*", line) for line in lines)
    assert lines[0].startswith("::error file=openapi/backends.yaml,line=768,title=response-property-type-changed ")
    assert lines[1].startswith("::warning file=openapi/accepted.yaml,line=1,title=accepted-entry-expired ")
    assert [line.partition(",")[0] for line in lines[2:] if "NOT RUN" not in line] == []
    code, out, err = run(*command, "--format", "sarif", "--accepted", tmp_path / "openapi" / "accepted.yaml")
    assert (code, err) == (1, "")
    log = json.loads(out)
    schema = SARIF.read_text("utf-8").replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$")
    jsonschema_rs.validator_for(json.loads(schema), validate_formats=True).validate(log)
    results = [result["ruleId"] for result in log["runs"][0]["results"] if result["level"] != "note"]
    assert results == ["response-property-type-changed", "accepted-entry-expired"]
    told = log["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert told[0]["message"]["text"] == f"responses of 137 real documents: NOT RUN: {NO_WHEELS}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from", "absent.yaml"), "absent.yaml: expected a file to read: No such file or directory"),
        (("--from", "pyproject.toml"), "pyproject.toml: expected YAML or JSON, found what is neither: "),
        (("--from", "openapi/overlay.yaml"), "openapi/overlay.yaml: expected an OpenAPI document of version 3.0 to "),
        (("--accepted", "absent.yaml"), "absent.yaml: expected a YAML file: "),
        (("--accepted", "openapi/overlay.yaml"), "openapi/overlay.yaml: expected a list of entries, found a mapping"),
    ],
)
def test_a_file_that_cannot_be_read(run: Run, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {message}")
    assert err.count("\n") == 1


# Responses


def wheel(folder: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    """A release of qiskit-ibm-runtime that ships the sandbox's documents, the first configuration with an edit."""
    recording = Recording(SANDBOX)
    short = {"get_backend_configuration": "conf", "get_backend_properties": "props"}
    edited = False
    with zipfile.ZipFile(folder / "qiskit_ibm_runtime-0.51.0-py3-none-any.whl", "w") as archive:
        for number, entry in enumerate(recording.entries):
            if kind := short.get(entry.operation):
                content = json.loads(recording.body(entry))
                if kind == "conf" and not edited:
                    edit(content)
                    edited = True
                archive.writestr(f"backends/{number}/{kind}_{number}.json", json.dumps(content))
    assert edited


def test_responses_that_deviate_anew_and_deviations_that_vanish(
    project: Copy, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit(content: dict[str, Any]) -> None:
        content["n_qubits"] = "many"
        content["gates"][0]["name"] = 5
        content["basis_gates"][0] = 5

    report, not_run = project.in_step.responses()
    assert report.changes == ()  # no wheel: what does not show may be in there
    assert list(not_run) == ["responses of 137 real documents", "live responses"]
    wheel(tmp_path, edit)
    monkeypatch.setenv("RUNTIME_WHEELS", str(tmp_path))
    report, not_run = project.in_step.responses()
    assert list(not_run) == ["live responses"]
    new = [change for change in report.changes if change.kind != "deviation-vanished"]
    paths = {"$.n_qubits", "$.gates[*].name", "$.basis_gates[*]"}
    for against, file in (
        ("effective", "generated/ibm_quantum_backends/raw/_spec/effective.yaml"),
        ("upstream", "openapi/backends.yaml"),
    ):
        found = [change for change in new if change.kind == f"deviation-from-{against}-type"]
        assert {change.json_path[0] for change in found} == paths
        assert {(change.wire, change.check, change.file) for change in found} == {("breaking", "responses", file)}
        assert all(
            (project.openapi.parent / file).read_text("utf-8").splitlines()[(change.line or 0) - 1].strip() == "get:"
            for change in found
        )
        assert "such as many" in next(change.note for change in found if change.json_path[0] == "$.n_qubits")
    assert len(new) == 6
    assert len({change.fingerprint for change in new}) == 6
    vanished = [change for change in report.changes if change.kind == "deviation-vanished"]
    known = {(row["operation"], row["json_path"], row["finding"]) for row in read_baseline(BASELINE)["rows"]}
    assert 0 < len(vanished) < len(known)
    assert {(change.operations[0], change.json_path[0], change.before) for change in vanished} < known
    assert len({change.fingerprint for change in vanished}) == len(vanished)


def test_a_wheel_that_cannot_be_read(project: Copy, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNTIME_WHEELS", str(tmp_path))
    assert "No such file" in project.in_step.responses().not_run["responses of 137 real documents"]
    (tmp_path / "qiskit_ibm_runtime-0.51.0-py3-none-any.whl").write_bytes(b"<html>")
    assert "not a zip file" in project.in_step.responses().not_run["responses of 137 real documents"]


def test_live_responses(project: Copy, run: Run, api: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    # No variable names the API's host, which the instance's region does: this alone is put in.
    monkeypatch.setattr(project.in_step, "Backends", partial(Backends, base_url=api.base_url))
    monkeypatch.setenv("IAM_URL", api.iam_url)
    monkeypatch.setenv("QISKIT_IBM_TOKEN", DEFAULT_API_KEY)
    monkeypatch.setenv("QISKIT_IBM_INSTANCE", DEFAULT_INSTANCE)
    report, not_run = project.in_step.responses()
    assert (report.changes, list(not_run)) == ((), ["responses of 137 real documents"])
    asked = [request.path.rpartition("/")[2] for request in api.requests if "/api/" in request.path]
    assert {kind: asked.count(kind) for kind in asked} == {
        "backends": 1,
        **dict.fromkeys(("configuration", "properties", "status", "defaults"), 3),
    }
    later = json.dumps({"state": "yes", "length_queue": 1}).encode()
    api.faults.append(Fault(body=later, path="/status"))
    report, _ = project.in_step.responses()
    found = {(change.kind, change.json_path, change.wire) for change in report.changes}
    assert ("deviation-from-effective-type", ("$.state",), "breaking") in found
    api.faults.append(Fault(status=403, times=None, path="/properties"))
    report, not_run = project.in_step.responses()
    assert report.changes == ()
    assert "403" in not_run["live responses"]
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "wrong")
    assert DEFAULT_API_KEY not in (told := project.in_step.responses().not_run["live responses"])
    assert told != "no credentials"
