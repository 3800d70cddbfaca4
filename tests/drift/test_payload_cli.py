"""`qbackends drift payload` and `qbackends drift live`: exit codes, tables and JSON."""

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import SANDBOX, Run
from runtime_wheels import real_documents
from test_cli import on_terminal

from ibm_quantum_backends.cli import drift as commands
from ibm_quantum_backends.drift.payload import read_baseline
from ibm_quantum_backends.drift.versions import read_versions
from ibm_quantum_backends.recording import Record, Recording
from ibm_quantum_backends.server import Fault, Server

BASELINE = Path(__file__).parents[2] / "openapi" / "baseline.json"
STATUS = "get_backend_status"


@pytest.fixture
def run(clean_environment: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qbackends: Run) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(commands, "BASELINE", BASELINE)  # the package's copy is as old as the last regeneration

    return lambda *arguments: qbackends("drift", *arguments)


def status(folder: Path, name: str = "status.json", **fields: Any) -> Path:
    """A file with the status of a backend, changed."""
    document = json.loads(Recording(SANDBOX).answer("/v1/backends/ibm_boston/status", {})[1])
    (path := folder / name).write_text(json.dumps({**document, **fields}))
    return path


# Files and recordings


def test_in_step(run: Run, tmp_path: Path) -> None:
    assert run("payload", "--operation", STATUS, status(tmp_path)) == (
        0, "in step: 1 responses against effective; 0 known deviations\n", "",
    )  # fmt: skip


def test_new_deviations_are_exit_code_1_and_a_line_each(run: Run, tmp_path: Path) -> None:
    files = [status(tmp_path, "a.json", colour="blue"), status(tmp_path, "b.json", length_queue="many", colour="red")]
    found = run("payload", "--operation", STATUS, *files)
    assert (found.code, found.err) == (1, "error: 2 new deviations from effective\n")
    lines = found.out.splitlines()
    assert [line.split() for line in lines if "$" in line] == [
        ["type", "status", "$.length_queue", "1", "1", "string", "many"],
        ["unknown-field", "status", "$.colour", "2", "2", "blue"],
    ]
    assert lines[-1] == "2 new deviations: 2 responses against effective; 0 known deviations"


def test_what_fails_is_chosen(run: Run, tmp_path: Path) -> None:
    asked = ("payload", "--operation", STATUS, "--fail-on", "wire-breaking")
    found = run(*asked, status(tmp_path, colour="blue"))
    assert (found.code, found.err) == (0, "")
    assert "$.colour" in found.out
    assert run(*asked, status(tmp_path, length_queue=None)).code == 1


@pytest.mark.parametrize("option", [["--json"], ["--format", "json"]])
def test_json(option: list[str], run: Run, tmp_path: Path) -> None:
    file = status(tmp_path, length_queue="many", colour="red", last_update_date="2026-05-01T00:00:00Z")
    found = run("payload", "--operation", STATUS, file, "--coverage", *option)
    document = json.loads(found.out)
    assert found.code == 1
    assert document["schema_version"] == 1
    assert document["against"] == "effective"
    assert document["documents"] == {STATUS: 1}
    assert document["class"] == "breaking"
    assert document["vanished"] == []
    assert document["coverage"] == []
    assert [(row["json_path"], row["class"], row["known"]) for row in document["rows"]] == [
        ("$.length_queue", "breaking", False),
        ("$.colour", "non-breaking", False),
        ("$.last_update_date", "non-breaking", False),
    ]
    assert document["rows"][0]["first_seen"] == "2026-05-01"


def test_a_file_to_write(run: Run, tmp_path: Path) -> None:
    found = run("payload", "--operation", STATUS, status(tmp_path), "--json", "-o", tmp_path / "out.json")
    assert found == (0, "", "")
    assert json.loads((tmp_path / "out.json").read_bytes())["class"] == "none"
    assert "coverage" not in json.loads((tmp_path / "out.json").read_bytes())


def test_a_recording_names_its_operations_and_dates(run: Run) -> None:
    document = json.loads(run("payload", SANDBOX, "--against", "upstream", "--json").out)
    assert len(document["documents"]) == 5
    row = next(row for row in document["rows"] if row["json_path"] == "$.dt")
    assert row["first_seen"] is not None
    one = json.loads(run("payload", SANDBOX, "--operation", STATUS, "--json").out)
    assert one["documents"] == {STATUS: 3}


def test_upstream_has_known_deviations_and_some_vanish(run: Run, tmp_path: Path) -> None:
    found = run("payload", SANDBOX, "--against", "upstream")
    assert (found.code, found.err) == (0, "")
    assert "40 known deviations" in found.out
    assert "vanished: configuration $.coupling_map type\n" in found.out
    assert "vanished: properties" not in found.out
    only = json.loads(run("payload", SANDBOX, "--operation", STATUS, "--against", "upstream", "--json").out)
    assert only["vanished"] == []
    (empty := tmp_path / "empty.json").write_text(
        json.dumps({"format": 1, "document": {"version": "1", "sha256": "x"}, "rows": []})
    )
    found = run("payload", SANDBOX, "--against", "upstream", "--baseline", empty)
    assert (found.code, found.err) == (1, "error: 40 new deviations from upstream\n")


def test_coverage(run: Run, tmp_path: Path) -> None:
    (file := tmp_path / "list.json").write_bytes(Recording(SANDBOX).answer("/v1/backends", {})[1])
    found = run("payload", "--operation", "list_backends", file, "--coverage")
    assert "never seen: list_backends $.devices[*].status.name = paused\n" in found.out
    assert found.code == 0


def test_the_baseline_is_made_by_the_command(run: Run, tmp_path: Path) -> None:
    made = tmp_path / "baseline.json"
    made.write_text(json.dumps({**read_baseline(BASELINE), "rows": []}))
    for kind, operation in (("conf", "get_backend_configuration"), ("props", "get_backend_properties")):
        (folder := tmp_path / kind).mkdir()
        for name, body in real_documents(kind).items():
            (folder / name).write_bytes(body)
        files = sorted(folder.iterdir(), reverse=True)
        options = ("--operation", operation, "--against", "upstream", "--write-baseline", made)
        assert run("payload", *options, *files).code == 0
    assert made.read_bytes() == BASELINE.read_bytes()


def test_a_document_in_a_file(run: Run, tmp_path: Path) -> None:
    effective = commands.BASELINE.parents[1] / "generated/ibm_quantum_backends/raw/_spec/effective.yaml"
    (mine := tmp_path / "mine.yaml").write_text(effective.read_text().replace("length_queue", "queue_length"))
    found = run("payload", "--operation", STATUS, status(tmp_path), "--against", mine)
    assert [line.split()[0] for line in found.out.splitlines() if "$" in line] == ["missing-required", "unknown-field"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--operation", "get_it", "status.json"], "expected one of list_backends, get_backend_properties"),
        (["status.json"], "expected --operation"),
        (["none.json"], "none.json: expected responses to read"),
        (["--operation", STATUS, "none.json"], "No such file"),
        (["folder"], "expected a recording, found no index.json"),
        (["empty"], "expected responses, found none"),
        (["--operation", STATUS, "status.json", "--against", "none.yaml"], "none.yaml: expected a file to read"),
        (["--operation", STATUS, "status.json", "--baseline", "status.json"], "expected a baseline of format 1"),
        (["--operation", STATUS, "status.json", "--against", "status.json"], "expected an OpenAPI document"),
        (["--operation", STATUS, "status.json", "--fail-on", "never"], "--fail-on"),
        ([], "FILE"),
    ],
)
def test_what_cannot_be_told_is_one_line_and_exit_code_2(
    arguments: list[str], told: str, run: Run, tmp_path: Path
) -> None:
    status(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").mkdir()
    index = {"format": 1, "api_version": "", "document_version": "", "region": "", "entries": []}
    (tmp_path / "empty" / "index.json").write_text(json.dumps(index))
    found = run("payload", *arguments)
    assert (found.code, found.out, found.err.count("\n")) == (2, "", 1)
    assert found.err.startswith("error: ")
    assert told in found.err


def test_without_the_extra(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    found = run("payload", "--operation", STATUS, status(tmp_path))
    assert found.code == 2
    assert "pip install 'ibm-quantum-backends[drift]'" in found.err


def test_a_terminal_of_100_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    (empty := tmp_path / "empty.json").write_text(
        json.dumps({"format": 1, "document": {"version": "1", "sha256": "x"}, "rows": []})
    )
    options = ["payload", str(SANDBOX), "--against", "upstream", "--baseline", str(empty)]
    code, shown = on_terminal("drift", *options, columns=100)
    rows = [line for line in shown.splitlines() if " $" in line]
    assert code == 1
    assert len(rows) == 40
    assert max(map(len, rows)) <= 100
    longest = next(row.split() for row in rows if "$.gates[*].parameters[*].date" in row)  # no path is cut
    assert longest[:2] == ["maxLength", "properties"]
    assert all(part.isdigit() for part in longest[3:5])


# The live API, here the local server


@pytest.fixture
def live(run: Run, api: Server, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in ("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE", "IAM_URL"):
        monkeypatch.setenv(name, api.environment[name])
    return lambda *arguments: run("live", "--base-url", api.base_url, *arguments)


def test_live_asks_for_every_document(live: Run, api: Server) -> None:
    found = live("--json")
    document = json.loads(found.out)
    assert (found.code, found.err) == (0, "")
    assert sum(document["documents"].values()) == 12  # one has no defaults
    assert document["class"] == "none"
    assert document["versions"] == {"version": "2026-03-15", "ends": {}, "told": "not available"}
    asked = [request.path.removeprefix("/api/v1/") for request in api.requests if "/api/" in request.path]
    assert len(asked) == 14
    assert asked[0] == "backends"
    assert asked[-1] == "versions"


def test_live_offline(run: Run) -> None:
    found = run("live", "--sandbox")
    assert found.code == 0
    assert found.out == "in step: 12 responses against effective; 0 known deviations\nversions: not available\n"


def test_live_against_upstream(live: Run) -> None:
    found = live("--against", "upstream")
    assert (found.code, found.err) == (0, "")
    assert "known deviations" in found.out


def test_live_sees_what_the_models_let_pass(live: Run, api: Server) -> None:
    document = json.loads(Recording(SANDBOX).answer("/v1/backends/ibm_boston/status", {})[1])
    body = json.dumps({**document, "state": "yes", "colour": "blue"}).encode()
    api.faults.append(Fault(body=body, path="/ibm_boston/status"))
    found = live()
    assert (found.code, found.err) == (1, "error: 2 new deviations from effective\n")
    assert "$.state" in found.out
    assert "$.colour" in found.out


def test_live_sees_what_the_models_do_not_take(live: Run, api: Server) -> None:
    api.faults.append(Fault(body=b'{"state": true}', path="/ibm_boston/status"))
    found = live()
    assert (found.code, found.err) == (1, "error: 1 new deviations from effective\n")
    assert "missing-required" in found.out


def test_live_cannot_tell_where_an_answer_fails(live: Run, api: Server) -> None:
    api.faults.append(Fault(status=403, path="/ibm_boston/status"))
    found = live()
    assert (found.code, found.out) == (2, "")
    assert "could not tell: 1 of 13 answers failed: ibm_boston: status: 403 Forbidden" in found.err


def test_live_names_both_what_is_new_and_what_failed(live: Run, api: Server) -> None:
    api.faults += [Fault(status=403, path="/ibm_boston/status"), Fault(body=b"{}", path="/ibmq_manila/status")]
    found = live()
    assert found.code == 1
    assert found.err.count("error: ") == 2
    assert "missing-required" in found.out


def test_live_on_a_recording(run: Run, tmp_path: Path) -> None:
    body = b'{"devices": [{"name": "a", "status": {"name": "maintenance"}, "queue_length": 0}]}'
    Record(tmp_path / "mine").add("list_backends", None, body, date=datetime.now(UTC))
    found = run("live", "--replay", tmp_path / "mine")
    assert found.code == 1
    assert [line.split()[:3] for line in found.out.splitlines() if "$" in line] == [
        ["enum", "list_backends", "$.devices[*].status.name"]
    ]


def test_live_without_credentials(run: Run) -> None:
    assert run("live").code == 3


def test_live_tells_when_the_version_ends(live: Run, api: Server) -> None:
    versions = [{"version": "2024-01-01", "sunset": "2027-01-01"}, {"version": "2026-03-15", "sunset": "2026-01-02"}]
    api.faults.append(Fault(body=json.dumps({"versions": versions}).encode(), path="/v1/versions"))
    found = live()
    assert found.code == 0
    assert "versions: warning: 2026-03-15: sunset 2026-01-02 (" in found.out
    api.faults.append(Fault(body=b"<html>}", path="/v1/versions"))
    assert "versions: not available: $: expected JSON" in live().out
    api.faults.append(Fault(status=401, path="/v1/versions", times=2))
    assert "versions: not available: 401" in live().out


# The end of a version

MINE = "2026-03-15"


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        ([{"version": MINE, "sunset": "2028-01-01"}, {"version": "a", "sunset": "2027-01-01"}], "2028-01-01"),
        ([{"date": MINE, "sunsetDate": "2028-01-01T00:00:00Z"}], "2028-01-01"),
        ({MINE: {"end_date": "2028-01-01"}, "2024-01-01": {"end_date": "2027-01-01"}}, "2028-01-01"),
        ({MINE: {"lifecycle": {"end": "2028-01-01", "start": "2026-03-15"}}}, "2028-01-01"),
        ({MINE: "2028-01-01", "2024-01-01": "2027-01-01"}, "2028-01-01"),
        ({"default": MINE, "versions": [{"version": "2024-01-01", "sunset": "2027-01-01"}]}, None),
        ({"versions": ["2024-01-01", MINE]}, None),
        ({"versions": [{"version": MINE, "released": "2026-03-15", "vendor": "2028-01-01"}]}, None),
        ({"versions": [{"version": MINE, "sunset": None}, {"version": MINE, "sunset": "soon"}]}, None),
        ([], None),
        (None, None),
        (7, None),
    ],
)  # fmt: skip
def test_ends_of_versions(answer: Any, ends: str | None) -> None:
    found = read_versions(answer, MINE, date(2026, 4, 1))
    assert [*found["ends"].values()] == ([ends] if ends else [])
    if ends:
        assert not found["told"].startswith("warning")
    else:
        assert found["told"].startswith(f"no end of {MINE} found in {json.dumps(answer)[:20]}")


def test_the_end_is_warned_of_half_a_year_before() -> None:
    answer = {"version": MINE, "deprecated_on": "2027-01-01", "sunset": "2027-06-01"}
    told = [read_versions(answer, MINE, day)["told"] for day in (date(2026, 7, 1), date(2026, 8, 1), date(2027, 1, 11))]
    line = f"{MINE}: deprecated_on 2027-01-01, sunset 2027-06-01"
    assert told == [line, f"warning: {line} (in 153 days)", f"warning: {line} (10 days ago)"]
