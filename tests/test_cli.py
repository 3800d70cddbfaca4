"""The command `qbackends`: in this process where that is enough, else as a program with pipes and a terminal."""

import fcntl
import json
import os
import pty
import re
import select
import shlex
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Outcome, Run

import ibm_quantum_backends
from ibm_quantum_backends import Backends
from ibm_quantum_backends.recording import Record, Recording
from ibm_quantum_backends.server import Fault, Server

PROGRAM = [sys.executable, "-W", "error", "-m", "ibm_quantum_backends.cli"]
SANDBOX = Path(ibm_quantum_backends.__file__).parent / "sandbox"
NAMES = ["ibm_boston", "ibm_sherbrooke", "ibmq_manila"]
INSTANCES = {
    "first": "crn:v1:bluemix:public:quantum-computing:us-east:a/sandbox:first::",
    "second": "crn:v1:bluemix:public:quantum-computing:eu-de:a/sandbox:second::",
}
DOCUMENTS = ["configuration", "properties", "status", "defaults"]
DATE = "2026-01-01T00:00:00+00:00"
COMMANDS = [
    *("list", "show", "compare", "map", "export", "diff", "chain"),
    *(*DOCUMENTS, "least-busy", "instances", "record", "serve"),
]


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account of nobody, and an empty folder to be in."""
    for name in os.environ:
        if name.startswith(("QISKIT_", "QBACKENDS_", "IAM_", "GLOBAL_")):
            monkeypatch.delenv(name)
    for name in (
        "PYTHONUNBUFFERED",
        "NO_COLOR",
        "FORCE_COLOR",
        "COLUMNS",
        "GITHUB_ACTIONS",
        "PY_COLORS",
        "TTY_COMPATIBLE",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    # A relative PYTHONPATH would not hold in another folder.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))


@pytest.fixture
def run(qbackends: Run) -> Run:
    return qbackends


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    with Server(Recording(SANDBOX), instance=INSTANCES) as server:
        yield server


@pytest.fixture
def server(shared: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    shared.requests.clear()
    for name in ("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE", "IAM_URL"):
        monkeypatch.setenv(name, shared.environment[name])
    yield shared
    shared.faults.clear()


def asked(server: Server) -> list[str]:
    return [request.path for request in server.requests if request.path.startswith("/api/v1/")]


def complaint(outcome: Outcome) -> str:
    """The one line of a failure; it has shown nothing else."""
    assert outcome.out == ""
    assert re.fullmatch(r"error: .+\n", outcome.err), outcome.err
    return outcome.err


def on_terminal(*arguments: str, columns: int = 80) -> tuple[int, str]:
    """Run the program with stdout and stderr on a terminal."""
    leader, follower = pty.openpty()
    try:
        os.set_blocking(leader, False)
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        with subprocess.Popen([*PROGRAM, *arguments], stdin=follower, stdout=follower, stderr=follower) as process:
            os.close(follower)
            shown = b""
            while True:
                select.select([leader], [], [], 60)
                try:
                    part = os.read(leader, 65536)
                except OSError:  # EIO: the program has closed its side
                    break
                if not part:
                    break
                shown += part
        return process.returncode, shown.decode().replace("\r\n", "\n")
    finally:
        os.close(leader)


def recording_of(folder: Path, *devices: dict[str, Any]) -> Path:
    body = json.dumps({"devices": devices}).encode()
    Record(folder).add("list_backends", None, body, date=datetime.now(UTC))
    return folder


def device(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "status": {"name": "online"}, "queue_length": 0, **more}


# What is shown


def test_list(run: Run) -> None:
    outcome = run("list", "--sandbox")
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0].split("  ")[0] == "Name"
    assert [line.split()[0] for line in lines[2:]] == NAMES
    assert lines[3].split() == ["ibm_sherbrooke", "online", "Eagle", "r3", "127", "3", "0.0075", "0.0198"]
    assert "\x1b" not in outcome.out


def test_list_json_is_the_models(run: Run) -> None:
    with Backends.sandbox() as backends:
        expected = [device.to_dict() for device in backends.list()]
    outcome = run("list", "--sandbox", "--json")
    assert (outcome.code, json.loads(outcome.out)) == (0, expected)
    assert json.loads(run("list", "--replay", SANDBOX, "--json").out) == expected


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--min-qubits", "100"], NAMES[:2]),
        (["--processor", "eagle"], NAMES[1:2]),
        (["--order", "qubits"], NAMES[::-1]),
        (["--order", "two_q_error_median", "--min-qubits", "6"], NAMES[:2]),
        (["--min-qubits", "1000"], []),
    ],
)
def test_list_filters(run: Run, options: list[str], names: list[str]) -> None:
    assert [row["name"] for row in json.loads(run("list", "--sandbox", "--json", *options).out)] == names


def test_list_has_all_in_the_order_of_the_api_unless_told(run: Run, tmp_path: Path) -> None:
    offline = device("b") | {"status": {"name": "offline"}}
    folder = recording_of(tmp_path / "recording", device("c", is_simulator=True), offline, device("a"))
    assert [row["name"] for row in json.loads(run("list", "--replay", folder, "--json").out)] == ["c", "b", "a"]
    online = json.loads(run("list", "--replay", folder, "--json", "--operational").out)
    assert [row["name"] for row in online] == ["c", "a"]


def test_list_with_wait_times(run: Run) -> None:
    rows = json.loads(run("list", "--sandbox", "--wait-times", "--json").out)
    assert [row["wait_time_seconds"]["average"] for row in rows] == [0, 180, 720]
    assert "0:12:00" in run("list", "--sandbox", "--wait-times").out
    assert "wait_time_seconds" not in run("list", "--sandbox", "--json").out


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_json_of_a_document_is_its_model(run: Run, kind: str) -> None:
    with Backends.sandbox() as backends:
        expected = getattr(backends, kind)("ibmq_manila").to_dict()
    assert json.loads(run(kind, "ibmq_manila", "--sandbox", "--json").out) == expected


def test_field_tables(run: Run) -> None:
    configuration = run("configuration", "ibm_boston", "--sandbox").out
    assert re.search(r"^n_qubits +156 *$", configuration, re.M)
    assert re.search(r"^coupling_map +entries: 352 *$", configuration, re.M)
    assert re.search(r"^clops +- *$", configuration, re.M)
    assert re.search(r"^length_queue +12 *$", run("status", "ibmq_manila", "--sandbox").out, re.M)


def test_properties_table(run: Run) -> None:
    lines = run("properties", "ibm_boston", "--sandbox").out.splitlines()
    assert "ibm_boston on 2026-04-17 12:19:24+02:00" in lines[0]
    assert re.split(r" {2,}", lines[1].strip())[:4] == ["Qubit", "T1 (us)", "T2 (us)", "readout error"]
    assert lines[3].split()[:4] == ["0", "281", "403.1", "0.00415"]
    assert lines[-1].split()[0] == "155"


def test_properties_of_a_qubit_without_a_value(run: Run, tmp_path: Path) -> None:
    t1, t2 = ({"name": name, "unit": "us", "value": 7.5, "date": DATE} for name in ("T1", "T2"))
    document = {"backend_name": "x", "backend_version": "1", "last_update_date": DATE, "gates": [], "general": []}
    body = json.dumps(document | {"qubits": [[t1, t2], [t2], []]}).encode()
    Record(tmp_path / "r").add("get_backend_properties", "x", body, date=datetime.now(UTC))
    lines = run("properties", "x", "--replay", tmp_path / "r").out.splitlines()
    assert [line.split() for line in lines[-3:]] == [["0", "7.5", "7.5"], ["1", "-", "7.5"], ["2", "-", "-"]]


def test_properties_before(run: Run) -> None:
    outcome = run("properties", "ibm_sherbrooke", "--sandbox", "--json", "--before", "2024-06-01")
    assert json.loads(outcome.out)["last_update_date"].startswith("2024-05-27")


def test_show_without_properties_and_out_of_the_list(run: Run, tmp_path: Path) -> None:
    sandbox = Recording(SANDBOX)
    entry = next(entry for entry in sandbox.entries if entry.operation == "get_backend_configuration")
    recording_of(tmp_path / "r", device("other"))
    Record(tmp_path / "r").add(entry.operation, entry.name, sandbox.body(entry), date=datetime.now(UTC))
    outcome = run("show", entry.name, "--replay", tmp_path / "r")
    assert outcome.code == 0
    assert re.search(r"^Calibrated +- *$", outcome.out, re.M)
    assert "T1" not in outcome.out
    documents = json.loads(run("show", entry.name, "--replay", tmp_path / "r", "--json").out)
    assert documents["device"] is documents["properties"] is documents["calibration"] is None


def test_least_busy(run: Run) -> None:
    assert json.loads(run("least-busy", "--sandbox", "--json", "--processor", "Eagle").out)["name"] == NAMES[1]
    assert run("least-busy", "--sandbox").out.splitlines()[2].split()[0] == NAMES[0]


def test_what_looks_like_markup_or_steers_a_terminal(run: Run, tmp_path: Path) -> None:
    folder = recording_of(tmp_path / "r", device("[red]a[/red]"), device("b\x1b[31m\n:smile:"))
    shown = run("list", "--replay", folder).out
    assert "[red]a[/red]" in shown
    assert "b\N{REPLACEMENT CHARACTER}[31m :smile:" in shown
    document = {"backend_name": "[red]a[/red]", "backend_version": "1", "last_update_date": DATE, "gates": []}
    odd = {"name": "T[b]", "unit": "[u]", "value": 1.0, "date": DATE}
    body = json.dumps(document | {"general": [], "qubits": [[odd]]}).encode()
    Record(folder).add("get_backend_properties", "a", body, date=datetime.now(UTC))
    shown = run("properties", "a", "--replay", folder).out
    assert "[red]a[/red]" in shown
    assert "T[b] ([u])" in shown


def test_version(run: Run) -> None:
    assert run("--version") == (0, f"qbackends {ibm_quantum_backends.__version__}\n", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_example_in_the_help(run: Run, command: str) -> None:
    shown = run(command, "--help")
    assert shown.code == 0
    [example] = re.findall(r"Example: qbackends ([^│]+)\n *\n", shown.out)
    if command == "serve" or "--sandbox" not in example:
        return
    outcome = run(*shlex.split(example))
    assert (outcome.code, outcome.err) == (0, "")


def test_help_says_where_credentials_come_from(run: Run) -> None:
    outcome = run("--help")
    assert all(word in outcome.out for word in ("QISKIT_IBM_TOKEN", "No option takes a key", *COMMANDS))
    assert all("--api-key" not in run(command, "--help").out for command in COMMANDS if command != "serve")


# How it ends


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("lst", "No such command 'lst'. Did you mean 'list'? (see qbackends --help)"),
        ("list --nope", "(see qbackends list --help)"),
        ("status", "NAME"),
        ("list --sandbox --min-qubits many", "many"),
        ("list --sandbox --order size", "order: expected one of queue_length"),
        ("list --sandbox --replay x", "expected one of --sandbox, --replay"),
        ("list --sandbox --region us-east", "expected one of --sandbox, --replay"),
        ("list --sandbox --instance x", "expected one of --sandbox, --replay"),
        ("list --sandbox --account x", "expected one of --sandbox, --replay"),
        ("list --replay x --base-url https://x.invalid/api", "expected one of --sandbox, --replay"),
        ("list --sandbox --all-instances", "expected an account"),
        ("list --all-instances --instance x", "no --instance"),
        ("instances --sandbox", "expected an account"),
        ("status a/b --sandbox", "expected a name such as ibm_boston"),
        ("properties ibm_boston --sandbox --before 1/2/2025", "2025-02-01 or 2025-01-02"),
        ("record here --sandbox --what everything", "expected any of configuration"),
        ("record here a/b --sandbox", "expected a name such as ibm_boston"),
        ("record here --sandbox --concurrency 0", "concurrency: expected 1 or more"),
        ("list --sandbox -o no/such/file", "--output: expected a file"),
        ("list --sandbox -o .", "--output: expected a file"),
        ("serve", "or --sandbox"),
        ("serve x --sandbox", "or --sandbox"),
        ("serve --sandbox --port 70000", "70000"),
    ],
)
def test_usage(run: Run, arguments: str, told: str) -> None:
    outcome = run(*arguments.split())
    assert outcome.code == 2
    assert told in complaint(outcome)
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--region", "nowhere"], "region: expected one of us-east, eu-de"),
        (["--base-url", "http://example.com/api"], "base_url: expected https://"),
        (["--timeout", "0"], "timeout: expected seconds above 0"),
        (["--instance", "crn:v1:x"], "instance: expected crn:v1"),
    ],
)
def test_usage_of_an_account(run: Run, server: Server, options: list[str], told: str) -> None:
    for command in (["list"], ["record", "folder"]):
        outcome = run(*command, *options)
        assert outcome.code == 2
        assert told in complaint(outcome)
    assert server.requests == []
    assert list(Path().iterdir()) == []


def test_no_argument_shows_help(run: Run) -> None:
    outcome = run()
    assert (outcome.code, outcome.err) == (2, "")
    assert "Usage: qbackends" in outcome.out


def test_no_credentials(run: Run) -> None:
    for command in (["list"], ["record", "folder"]):
        outcome = run(*command)
        assert outcome.code == 3
        told = complaint(outcome)
        assert all(way in told for way in ("api_key", "QISKIT_IBM_TOKEN", "qiskit-ibm.json", "--sandbox"))
    assert list(Path().iterdir()) == []


def test_wrong_key(run: Run, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "a-key-that-nobody-may-see")
    outcome = run("list", "--base-url", server.base_url)
    assert outcome.code == 3
    assert "a-key-that-nobody-may-see" not in complaint(outcome)


def test_several_instances_and_none_chosen(run: Run, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QISKIT_IBM_INSTANCE")
    outcome = run("list", "--base-url", server.base_url)
    assert outcome.code == 3
    assert all(name in complaint(outcome) for name in INSTANCES)
    assert run("list", "--base-url", server.base_url, "--instance", "second").code == 0


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(status=400, path="/v1/backends"), 1),
        (Fault(body=b'{"length_queue": "many"}', path="/v1/backends"), 1),
        (Fault(status=403, path="/v1/backends"), 3),
        (Fault(status=404, path="/v1/backends"), 4),
        (Fault(delay=60, times=None, path="/v1/backends"), 5),
        (Fault(drop=True, times=None, path="/v1/backends"), 5),
    ],
)
def test_what_the_api_says(run: Run, server: Server, fault: Fault, code: int) -> None:
    server.faults.append(fault)
    outcome = run("status", "ibm_boston", "--base-url", server.base_url, "--deadline", "0.3")
    assert outcome.code == code
    complaint(outcome)


def test_not_found(run: Run) -> None:
    for arguments in ("status ibm_nowhere", "show ibm_nowhere", "defaults ibm_boston", "least-busy --min-qubits 1000"):
        outcome = run(*arguments.split(), "--sandbox")
        assert outcome.code == 4
        complaint(outcome)


def test_not_a_recording(run: Run) -> None:
    outcome = run("list", "--replay", "nowhere")
    assert outcome.code == 1
    assert "nowhere: expected a recording" in complaint(outcome)


def test_mistake_in_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed() -> subprocess.CompletedProcess[str]:
        command = f"{shlex.join([*PROGRAM, 'list', '--sandbox'])} >&-"
        return subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, check=False)

    outcome = closed()
    assert outcome.returncode == 1
    assert re.fullmatch(r"error: AttributeError: .+QBACKENDS_DEBUG=1 shows\)\n", outcome.stderr)
    monkeypatch.setenv("QBACKENDS_DEBUG", "1")
    outcome = closed()
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("Traceback")


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_missing_extra(missing: str) -> None:
    code = f"import sys; sys.modules[{missing!r}] = None; from ibm_quantum_backends.cli import main; sys.exit(main())"
    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert re.fullmatch(r"error: .*pip install 'ibm-quantum-backends\[cli\]'\n", outcome.stderr)


# Where it asks


def test_asks_the_server_once(run: Run, server: Server) -> None:
    for command in (["list"], ["least-busy"], ["list", "--order", "name", "--min-qubits", "9"]):
        server.requests.clear()
        assert run(*command, "--base-url", server.base_url).code == 0
        assert asked(server) == ["/api/v1/backends"]


def test_options_reach_the_request(run: Run, server: Server) -> None:
    common = ("--base-url", server.base_url, "--instance", INSTANCES["second"])
    assert run("properties", NAMES[1], "--before", "2024-06-01T00:00Z", *common).code == 0
    assert run("configuration", NAMES[1], "--calibration-id", "x1", *common).code == 4
    assert server.requests[-1].query == {"calibration_id": "x1"}
    assert server.requests[-1].headers["service-crn"] == INSTANCES["second"]
    [query] = [request.query for request in server.requests if request.path.endswith("/properties")]
    assert query["updated_before"].startswith("2024-06-01")


def test_account(run: Run, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("QISKIT_IBM_TOKEN")
    monkeypatch.delenv("QISKIT_IBM_INSTANCE")
    account = {"channel": "ibm_quantum_platform", "token": "sandbox", "instance": "first"}
    file = tmp_path / "home" / ".qiskit" / "qiskit-ibm.json"
    file.parent.mkdir(parents=True)
    file.write_text(
        json.dumps({"work": account, "closed": account | {"proxies": {"urls": {"https": "http://127.0.0.1:9"}}}})
    )
    monkeypatch.delenv("NO_PROXY")
    assert run("list", "--account", "work", "--base-url", server.base_url).code == 0
    assert run("record", "folder", "--account", "work", "--base-url", server.base_url).code == 0
    assert run("list", "--account", "nobody").code == 3
    for command in (["list"], ["record", "another"]):  # a recording goes through the account's proxy too
        outcome = run(*command, "--account", "closed", "--base-url", server.base_url, "--deadline", "0.5")
        assert outcome.code == 5
        complaint(outcome)


def test_instances(run: Run, server: Server) -> None:
    outcome = run("instances", "--json")
    assert [(row["name"], row["crn"]) for row in json.loads(outcome.out)] == list(INSTANCES.items())
    assert [row["name"] for row in json.loads(run("instances", "--json", "--region", "eu-de").out)] == ["second"]
    assert all(crn in run("instances").out for crn in INSTANCES.values())


def test_list_of_all_instances(run: Run, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QISKIT_IBM_INSTANCE")
    options = ("list", "--all-instances", "--base-url", server.base_url)
    rows = json.loads(run(*options, "--json", "--min-qubits", "100", "--order", "queue_length").out)
    assert [row["name"] for row in rows] == [NAMES[0]] * 2 + [NAMES[1]] * 2
    assert {row["instance"]["crn"] for row in rows} == set(INSTANCES.values())
    assert all(text in run(*options).out for text in ("second", "eu-de", "us-east"))

    server.faults.append(Fault(status=403, path="/v1/backends"))
    outcome = run(*options, "--json")
    assert outcome.code == 1
    rows = json.loads(outcome.out)
    assert [row["name"] for row in rows] == NAMES
    [failed] = set(INSTANCES.values()) - {row["instance"]["crn"] for row in rows}
    assert re.fullmatch(rf"error: .+{failed}\): 403 .+\n", outcome.err)


# Recording


def test_record(run: Run, server: Server) -> None:
    outcome = run("record", "monday", "--base-url", server.base_url, "--json", "--concurrency", "2")
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out) == {"folder": "monday", "backends": 3, "documents": 10, "absent": 0, "failed": 0}
    assert len(asked(server)) == 10
    assert json.loads(run("list", "--replay", "monday", "--json").out) == json.loads(
        run("list", "--sandbox", "--json").out
    )
    properties = run("properties", NAMES[0], "--replay", "monday", "--json").out
    assert properties == run("properties", NAMES[0], "--sandbox", "--json").out


def test_record_what_is_asked_for(run: Run) -> None:
    options = ("--what", "defaults", "--what", "status", "--json")
    outcome = run("record", "monday", NAMES[0], NAMES[2], "--sandbox", *options)
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out) == {"folder": "monday", "backends": 2, "documents": 4, "absent": 1, "failed": 0}
    kept = {(entry.operation, entry.name, entry.status) for entry in Recording("monday").entries}
    assert ("get_backend_defaults", NAMES[0], 404) in kept
    assert len(kept) == 5


def test_record_goes_on_after_a_failure(run: Run, server: Server) -> None:
    server.faults.append(Fault(status=403, path=f"/{NAMES[0]}/status"))
    common = ("--base-url", server.base_url, "--what", "status")
    outcome = run("record", "monday", *NAMES, "ibm_nowhere", *common)
    assert outcome.code == 1
    assert [line.split(": ")[:3] for line in outcome.err.splitlines()] == [
        ["error", NAMES[0], "status"],
        ["error", "ibm_nowhere", "status"],
    ]
    assert re.search(r"^failed +2 *$", outcome.out, re.M)
    assert Recording("monday").names == (*NAMES[1:],)


# Where it writes


def test_output(run: Run, tmp_path: Path) -> None:
    for options in ([], ["--json"]):
        outcome = run("list", "--sandbox", "-o", "file", *options)
        assert outcome == (0, "", "")
        assert Path("file").read_text() == run("list", "--sandbox", *options).out
    assert run("status", "ibm_nowhere", "--sandbox", "-o", "file").code == 4
    assert json.loads(Path("file").read_text())
    Path("link").symlink_to("file")
    assert run("status", NAMES[0], "--sandbox", "-o", "link", "--json").code == 0
    assert json.loads(Path("file").read_text())["length_queue"] == 0
    assert {path.name for path in Path().iterdir()} == {"file", "link"}


def test_a_reader_that_leaves() -> None:
    command = [*PROGRAM, "defaults", NAMES[1], "--sandbox", "--json"]  # more than any pipe holds
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.read(1) == b"{"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_terminal() -> None:
    code, shown = on_terminal("list", "--sandbox", "--wait-times")
    assert code == 0
    assert "\x1b[32monline\x1b[0m" in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert all(len(line) <= 80 for line in plain.splitlines())
    assert all(re.search(rf"^{name} ", plain, re.M) for name in NAMES)  # names are whole
    assert on_terminal("list", "--sandbox", "-o", "file") == (0, "")
    assert "\x1b" not in Path("file").read_text()
    code, shown = on_terminal("properties", NAMES[1], "--sandbox")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert re.search(r"^ +0 +381.6 +131.7 +4.636 +-0.313 +0.0112 +0.00635 +0.0161 +1216$", plain, re.M)


def test_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    code, shown = on_terminal("list", "--sandbox")
    assert code == 0
    assert "\x1b" not in shown


def test_progress_is_for_terminals(server: Server) -> None:
    arguments = ["record", "monday", "--base-url", server.base_url, "--json"]
    code, shown = on_terminal(*arguments)
    assert code == 0
    assert "asking" in shown
    assert "recording" in shown
    outcome = subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, check=True)
    assert outcome.stderr == ""
    assert json.loads(outcome.stdout)["documents"] == 10


# The server


def test_serve_until_interrupted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [*PROGRAM, "serve", "--sandbox", "--port", "0", "--api-key", "chosen", "--instance", INSTANCES["second"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        try:
            for line in process.stdout:
                if not line.startswith("export "):
                    break
                name, value = line.removeprefix("export ").split("=", 1)
                monkeypatch.setenv(name, shlex.split(value)[0])
            base_url = line.removeprefix("# base URL: ").strip()
            shown = os.environ["QISKIT_IBM_TOKEN"], os.environ["QISKIT_IBM_INSTANCE"]
            outcome = run("list", "--base-url", base_url, "--json")
        finally:
            process.send_signal(signal.SIGINT)
        error = process.stderr.read()
    assert shown == ("chosen", INSTANCES["second"])
    assert [row["name"] for row in json.loads(outcome.out)] == NAMES
    assert (process.returncode, error) == (130, "")


def test_interrupted_while_it_starts() -> None:
    code = """
import signal, sys
class Interrupt:
    def find_spec(self, name, path, target=None):
        if name == "rich":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Interrupt())
from ibm_quantum_backends.cli import main
sys.exit(main())
"""
    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (130, b"", b"")


def test_interrupted_while_it_asks(server: Server) -> None:
    server.faults.append(Fault(delay=60, times=None, path="/v1/backends"))
    command = [*PROGRAM, "list", "--base-url", server.base_url, "-o", "file"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not asked(server) and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, error = process.communicate()
    assert (process.returncode, out, error) == (130, "", "")
    assert list(Path().iterdir()) == []
