"""What becomes of a recording when writers are killed, and when several write at once; and what it never holds."""

import asyncio
import base64
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from ibm_quantum_backends import AsyncBackends, Backends, folder_lock
from ibm_quantum_backends.errors import APIConnectionError, NotFoundError, RecordingError
from ibm_quantum_backends.recorder import MARKER
from ibm_quantum_backends.recording import SANDBOX, Record, Recording, Replay, Writer
from ibm_quantum_backends.server import DEFAULT_INSTANCE, Fault, Server

DATE = datetime(2025, 1, 1, tzinfo=UTC)
NAMES = ["ibm_boston", "ibm_sherbrooke", "ibmq_manila"]
KINDS = ["configuration", "properties", "status", "defaults"]
KILLS = 6
RECORD = [sys.executable, "-m", "ibm_quantum_backends.cli", "record"]


def tree(folder: Path) -> dict[str, Any]:
    """All that a reader can see of a recording, but for the times of answers; reading it proves it whole."""
    recording = Recording(folder)
    seen: dict[str, Any] = {
        entry.file: (entry.operation, entry.name, entry.status, entry.before, entry.synthetic, recording.body(entry))
        for entry in recording.entries
    }
    assert {str(file.relative_to(folder)) for file in folder.rglob("*.gz")} == {*seen}
    return seen


def run(script: str, *arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", script, *map(str, arguments)])


# Several writers

WRITE = """
import sys
from datetime import UTC, datetime, timedelta
from ibm_quantum_backends.recording import Writer
folder, number = sys.argv[1], int(sys.argv[2])
writer = Writer(folder)
for day in range(25):
    date = datetime(2025, 1, 1, number, tzinfo=UTC) + timedelta(days=day)
    writer.add("get_backend_properties", "a", b'{"n": %d}' % number, date=date)
    writer.add("get_backend_status", "a", b'{"n": %d}' % day, date=date)
"""


def test_processes_write_at_once_and_lose_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "recording"
    writers = [run(WRITE, folder, number) for number in range(4)]
    seen = 0
    while any(writer.poll() is None for writer in writers):
        if (folder / "index.json").exists():
            recording = Recording(folder)
            assert all(recording.body(entry) for entry in recording.entries)
            assert len(recording.entries) >= seen
            seen = len(recording.entries)
    assert [writer.wait() for writer in writers] == [0] * 4
    assert len(tree(folder)) == len(Recording(folder).properties_of("a")) + 1 == 101


def test_threads_write_at_once_with_one_writer_or_several(tmp_path: Path) -> None:
    writers = [Writer(tmp_path), Record(tmp_path)]
    with ThreadPoolExecutor(8) as pool:
        for hour in range(100):
            date = DATE + timedelta(hours=hour)
            pool.submit(writers[hour % 2].add, "get_backend_properties", "a", b"{}", date=date)
    assert len(tree(tmp_path)) == 100


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_fork_while_a_thread_writes_can_write(tmp_path: Path) -> None:
    script = """
import os, signal, sys, threading
from datetime import UTC, datetime
from ibm_quantum_backends.folder_lock import locked
from ibm_quantum_backends.recording import Writer
writer = Writer(sys.argv[1])
inside, go_on = threading.Event(), threading.Event()
def hold():
    with locked(writer._folder):
        inside.set()
        go_on.wait()
thread = threading.Thread(target=hold)
thread.start()
inside.wait()
child = os.fork()
if not child:
    signal.alarm(60)
    writer.add("get_backend_status", "a", b"{}", date=datetime(2025, 1, 1, tzinfo=UTC))
    os._exit(0)
go_on.set()
thread.join()
writer.add("get_backend_status", "b", b"{}", date=datetime(2025, 1, 1, tzinfo=UTC))
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""
    assert run(script, tmp_path).wait() == 0
    assert Recording(tmp_path).names == ("a", "b")


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    script = """
import sys, time
from pathlib import Path
from ibm_quantum_backends.folder_lock import locked
with locked(Path(sys.argv[1])):
    (Path(sys.argv[1]) / ".held").touch()
    time.sleep(600)
"""
    holder = run(script, tmp_path)
    while not (tmp_path / ".held").exists():
        time.sleep(0.01)
    added = threading.Thread(
        target=Writer(tmp_path).add, args=("get_backend_status", "a", b"{}"), kwargs={"date": DATE}
    )
    added.start()
    added.join(0.2)
    assert added.is_alive()
    holder.kill()
    holder.wait()
    added.join()
    assert Recording(tmp_path).names == ("a",)


def test_a_folder_that_cannot_be_locked(tmp_path: Path) -> None:
    (tmp_path / ".lock").mkdir()
    with pytest.raises(RecordingError, match=r"expected a folder to record to: .*\.lock"):
        Writer(tmp_path).add("get_backend_status", "a", b"{}", date=DATE)
    assert [*tmp_path.iterdir()] == [tmp_path / ".lock"]


# What a writer leaves

KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from ibm_quantum_backends.recording import Writer

def write(folder, left):
    def audit(event, arguments):
        nonlocal left
        if event in ("open", "os.rename", "os.mkdir", "os.remove") and folder in str(arguments[0]):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(audit)
    for name in ("a", "b"):
        writer = Writer(folder)
        writer.begin()
        for status in (404, 200):
            date, body = datetime(2025, 1, 1, tzinfo=UTC), b'{"of": %d}' % status
            writer.add("get_backend_defaults", name, body, date=date, status=status)
        writer.end()
    os._exit(0)

for steps in range(1000):
    child = os.fork()
    if not child:
        write(os.path.join(sys.argv[1], str(steps)), steps)
    if not os.waitpid(child, 0)[1]:
        break
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_writer_that_is_killed_at_any_step_leaves_a_recording(tmp_path: Path) -> None:
    """It is killed before each of its steps on the disk: making folders, opening, renaming and removing files."""
    assert run(KILLED, tmp_path).wait() == 0
    folders = sorted(tmp_path.iterdir(), key=lambda folder: int(folder.name))
    assert len(folders) > 50 and int(folders[-1].name) - len(folders) in (-1, 0), "each was killed but the last"
    for folder in folders:
        if [file for file in folder.iterdir() if not file.name.startswith(".")]:
            recording = Recording(folder)
            for entry in recording.entries:
                assert json.loads(recording.body(entry)) == {"of": entry.status}, (folder, entry)
        for name in ("a", "b"):
            Writer(folder).add("get_backend_defaults", name, b'{"of": 200}', date=DATE)
        recording = Recording(folder)
        assert [(each.name, each.status, recording.body(each)) for each in recording.entries] == [
            ("a", 200, b'{"of": 200}'),
            ("b", 200, b'{"of": 200}'),
        ]
        assert {file.name for file in folder.rglob(".*")} <= {".lock", MARKER}
    assert {file.name for file in folders[-1].iterdir() if file.name.startswith(".")} == {".lock"}


def test_an_entry_whose_body_could_not_be_written_is_none(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.add("get_backend_status", "a", b"{}", date=DATE)
    (tmp_path / "b").write_bytes(b"a file where a folder has to be")
    with pytest.raises(RecordingError):
        writer.add("get_backend_status", "b", b"{}", date=DATE)
    writer.add("get_backend_status", "c", b"{}", date=DATE)
    assert [entry.name for entry in Recording(tmp_path).entries] == ["a", "c"]


def test_an_entry_that_the_index_could_not_take_is_none(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="Windows has no limit of a file's size")
    writer = Writer(tmp_path)
    for name in "abcdefgh":
        writer.add("get_backend_status", name, b"{}", date=DATE)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, limits[1]))  # enough for the body
    try:
        with pytest.raises(RecordingError, match="expected a folder to record to"):
            writer.add("get_backend_status", "x", b"{}", date=DATE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (tmp_path / "x" / "status.json.gz").exists()
    writer.add("get_backend_status", "i", b"{}", date=DATE)
    assert "".join(Recording(tmp_path).names) == "abcdefghi"


def test_the_text_of_the_index_is_that_of_json(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    assert writer.found is None
    for query in ({}, {"calibration_id": '\u00e9 " \\ '}, {"calibration_id": "a"}):
        for name in ("b", "a"):
            writer.add("get_backend_configuration", name, b"{}", date=DATE, query=query, region="x")
    writer.add("get_backend_configuration", "a", b"{}", date=DATE - timedelta(days=1), api_version="y")
    text = (tmp_path / "index.json").read_text()
    assert text == json.dumps(json.loads(text), indent=2) + "\n"
    assert [entry.name for entry in Recording(tmp_path).entries] == ["a"] * 3 + ["b"] * 3
    again = Writer(tmp_path)
    assert again.found is not None and again.found.entries == Recording(tmp_path).entries
    again.add("get_backend_configuration", "a", b"{}", date=DATE - timedelta(days=1), api_version="y")
    assert (tmp_path / "index.json").read_text() == text


def test_one_record_in_several_loops_and_none_after_its_end(
    api: Server, tmp_path: Path, clean_environment: None
) -> None:
    record = Record(tmp_path)
    given: Any = {"api_key": "sandbox", "instance": DEFAULT_INSTANCE, "base_url": api.base_url, "iam_url": api.iam_url}

    async def status(name: str) -> None:
        async with AsyncBackends(transport=record, **given) as backends:
            await backends.status(name)

    for name in NAMES:
        asyncio.run(status(name))
    with ThreadPoolExecutor() as pool:
        assert [*pool.map(lambda name: asyncio.run(status(name)), NAMES * 2)] == [None] * 6
    assert {entry.name for entry in Recording(tmp_path).entries} == {*NAMES}
    with Backends(transport=record, **given) as backends:
        backends.list()
    with pytest.raises(APIConnectionError, match="the client is closed"):
        Backends(transport=record, **given).list()


@pytest.mark.skipif(sys.platform == "win32", reason="it holds the lock as POSIX has it")
def test_a_writer_that_does_not_end_is_not_waited_for_without_end(
    api: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clean_environment: None
) -> None:
    import fcntl  # noqa: PLC0415 (which Windows has not)

    monkeypatch.setattr(folder_lock, "_PATIENCE", 0.5)
    ticks = 0

    async def main() -> None:
        nonlocal ticks
        given: Any = {"api_key": "sandbox", "instance": DEFAULT_INSTANCE}
        hosts: Any = {"base_url": api.base_url, "iam_url": api.iam_url}
        async with AsyncBackends(transport=Record(tmp_path), **given, **hosts) as backends:
            call = asyncio.create_task(backends.status("ibm_boston"))
            while not call.done():
                ticks += 1
                await asyncio.sleep(0.01)
            await call

    Writer(tmp_path).add("get_backend_status", "a", b"{}", date=DATE)
    with open(tmp_path / ".lock", "w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(RecordingError, match=r"another writer has held \.lock for 0\.5 s"):
            Writer(tmp_path).add("get_backend_status", "b", b"{}", date=DATE)
        with pytest.raises(RecordingError, match="another writer"):
            asyncio.run(main())
    assert ticks > 10, "other tasks went on"
    Writer(tmp_path).add("get_backend_status", "b", b"{}", date=DATE)


def test_a_link_in_place_of_the_temporary_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("years of work")
    folder = tmp_path / "recording"
    folder.mkdir()
    (folder / ".new").symlink_to(tmp_path / "precious")
    Writer(folder).add("get_backend_status", "a", b"{}", date=DATE)
    assert (tmp_path / "precious").read_text() == "years of work"


def test_what_is_derived_stays_marked_when_it_is_recorded_again(tmp_path: Path) -> None:
    with httpx.Client(transport=Record(tmp_path / "one", transport=Replay(SANDBOX))) as client:
        for path in ("", *(f"/{name}/{kind}" for name in NAMES for kind in KINDS)):
            client.get(f"https://recording.invalid/v1/backends{path}")
    marks = {entry.file: entry.synthetic for entry in Recording(SANDBOX).entries}
    again = Recording(tmp_path / "one").entries
    assert len(again) == 13
    assert {entry.file: entry.synthetic for entry in again} == {entry.file: marks[entry.file] for entry in again}
    with Backends(
        token="t",
        instance=DEFAULT_INSTANCE,
        base_url="https://recording.invalid/api",
        transport=Replay(tmp_path / "one"),
    ) as backends:
        backends.history("ibmq_manila", "2026-05-01", "2026-05-02", into=tmp_path / "two")
    assert [entry.synthetic for entry in Recording(tmp_path / "two").entries] == [False, False]


# Runs that are broken off


@pytest.fixture
def environment(api: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    for name, value in {**api.environment, "NO_PROXY": "127.0.0.1"}.items():
        monkeypatch.setenv(name, value)
    return api


def record(api: Server, folder: Path, *more: str) -> subprocess.Popen[str]:
    command = [*RECORD, str(folder), *(f"--what={kind}" for kind in KINDS), "--base-url", api.base_url, *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def asked(api: Server) -> list[str]:
    paths = [request.path.removeprefix("/api/v1/backends") for request in api.requests if "/backends" in request.path]
    return [path for path in paths if path]


def recorded(folder: Path) -> set[str]:
    entries = Recording(folder).entries if (folder / "index.json").exists() else ()
    return {f"/{entry.name}/{entry.operation.removeprefix('get_backend_')}" for entry in entries if entry.name}


def test_a_run_that_is_killed_again_and_again_goes_on(environment: Server, tmp_path: Path) -> None:
    api, folder, seed = environment, tmp_path / "recording", random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    out, err = record(api, tmp_path / "undisturbed", "--json").communicate()
    assert (json.loads(out)["documents"], json.loads(out)["absent"], err) == (12, 1, "")
    api.faults.append(Fault(delay=0.3, times=None, path="/backends"))
    kills = 0
    for _ in range(KILLS):
        api.requests.clear()
        before = recorded(folder)
        process = record(api, folder, "--json", "--concurrency", "2")
        while not asked(api) and process.poll() is None:  # to be killed while it asks, not while it starts
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.8))
        process.kill()
        out, err = process.communicate()
        assert not before & {*asked(api)}, "nothing that was recorded is asked for again"
        kills += process.returncode == -signal.SIGKILL
        assert all(Recording(folder).body(entry) for entry in Recording(folder).entries)
        if len(recorded(folder)) == 12 and not (folder / MARKER).exists():  # over; it may have been killed after that
            break
    assert kills >= 2
    api.faults.clear()
    if (folder / MARKER).exists():
        before = recorded(folder)
        process = record(api, folder, "--json")
        out, err = process.communicate()
        assert "going on with the run of" in err and f"{len(before)} of 12 documents are there" in err
        assert process.returncode == 0
    if out:
        assert (json.loads(out)["documents"], json.loads(out)["absent"]) == (12, 1)
    assert tree(folder) == tree(tmp_path / "undisturbed")
    assert not (folder / MARKER).exists()
    api.requests.clear()
    out, err = record(api, folder, "--json").communicate()
    assert len(asked(api)) == 12 and err == "", "the run was complete: the next one is a new one"


@pytest.mark.parametrize("hours", [23, 25, -1])
def test_a_run_goes_on_within_a_day(qbackends: Any, tmp_path: Path, hours: int) -> None:
    folder = tmp_path / "recording"
    assert qbackends("record", folder, "--sandbox").code == 0
    writer = Record(folder)
    writer.begin()
    recording = Recording(folder)
    for entry in recording.entries:
        if entry.name == "ibm_boston":
            date = datetime.fromisoformat(entry.date)
            writer.add(entry.operation, entry.name, recording.body(entry), date=date, synthetic=entry.synthetic)
    _, *lines = (folder / MARKER).read_text().split("\n")
    began = datetime.now(UTC) - timedelta(hours=hours)
    (folder / MARKER).write_text("\n".join([began.isoformat(), *lines]))
    outcome = qbackends("record", folder, "--sandbox", "--json")
    assert outcome.code == 0 and json.loads(outcome.out)["documents"] == 10
    assert ("3 of 9 documents are there" in outcome.err) is (hours == 23), outcome.err
    assert not (folder / MARKER).exists()


def test_what_failed_is_asked_for_again_and_nothing_else(environment: Server, qbackends: Any, tmp_path: Path) -> None:
    api, command = environment, ("record", tmp_path / "r", *NAMES, "ibm_nowhere", "--base-url", environment.base_url)
    api.faults.append(Fault(status=403, path="/ibm_boston/status"))
    api.faults.append(Fault(body=b'{"length_queue": "many"}', path="/ibmq_manila/status"))
    outcome = qbackends(*command, "--what=status", "--what=defaults", "--json")
    assert outcome.code == 1 and json.loads(outcome.out)["failed"] == 4
    api.requests.clear()
    outcome = qbackends(*command, "--what=status", "--what=defaults", "--json")
    nowhere = ["/ibm_nowhere/defaults", "/ibm_nowhere/status"]
    assert sorted(asked(api)) == ["/ibm_boston/status", *nowhere, "/ibmq_manila/status"]
    assert json.loads(outcome.out) == {
        "folder": str(tmp_path / "r"),
        "backends": 4,
        "documents": 6,
        "absent": 1,
        "failed": 2,
    }
    api.requests.clear()
    outcome = qbackends("record", tmp_path / "r", *NAMES, "--base-url", api.base_url, "--what=status", "--json")
    assert (outcome.code, asked(api)) == (0, []), "of another selection it goes on too"
    assert not (tmp_path / "r" / MARKER).exists()


def test_only_the_run_s_own_documents_count(environment: Server, qbackends: Any, tmp_path: Path) -> None:
    folder, sandbox = tmp_path / "r", Recording(SANDBOX)
    run = Writer(folder)
    run.begin()
    for writer, kind in ((run, "status"), (Writer(folder), "properties")):
        _, body = sandbox.answer(f"/v1/backends/ibmq_manila/{kind}", {})
        writer.add(f"get_backend_{kind}", "ibmq_manila", body, date=DATE)
    what = ("--what=properties", "--what=status")
    outcome = qbackends("record", folder, "ibmq_manila", "--base-url", environment.base_url, *what)
    assert outcome.code == 0 and "1 of 2 documents are there" in outcome.err
    assert asked(environment) == ["/ibmq_manila/properties"]


@pytest.mark.parametrize("content", ["", "\n", "yesterday", "\xff\xfe", "2025-01-01\n{"])
def test_a_marker_that_says_nothing_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / MARKER).write_text(content)
    writer = Record(tmp_path)
    assert writer.begin() == (None, [])
    assert writer.begin()[0] is not None
    writer.end()
    assert not (tmp_path / MARKER).exists()


HISTORY = """
import sys
from ibm_quantum_backends import Backends
_, folder, base_url, iam_url, instance = sys.argv
with Backends(api_key="sandbox", instance=instance, base_url=base_url, iam_url=iam_url) as backends:
    print(len(list(backends.history("ibm_sherbrooke", "2022-12-01", "2025-06-01", "1w", into=folder))))
"""


def test_a_history_that_is_killed_goes_on(api: Server, tmp_path: Path) -> None:
    arguments = (api.base_url, api.iam_url, DEFAULT_INSTANCE)
    assert run(HISTORY, tmp_path / "undisturbed", *arguments).wait() == 0
    api.faults.append(Fault(delay=0.3, times=None, path="/properties"))
    folder, known = tmp_path / "recording", 0
    for _ in range(20):
        process = run(HISTORY, folder, *arguments)
        while process.poll() is None:
            count = len(recorded_dates(folder))
            if count > known:
                known = count
                process.kill()
                break
            time.sleep(0.005)
        if not process.wait():
            break
        assert all(Recording(folder).body(entry) for entry in Recording(folder).entries)
    assert process.returncode == 0 and known == 3
    assert tree(folder) == tree(tmp_path / "undisturbed")


def recorded_dates(folder: Path) -> list[str]:
    if not (folder / "index.json").exists():
        return []
    return [entry.date for entry in Recording(folder).properties_of("ibm_sherbrooke")]


# What no recording holds

ACCOUNT, INSTANCE = "0123456789abcdef0123456789abcdef", "7e3f1c2a-9b8d-4e5f-a6b7-c8d9e0f1a2b3"
CRN = f"crn:v1:bluemix:public:quantum-computing:us-east:a/{ACCOUNT}:{INSTANCE}::"
KEY = "a-key+that/nobody=may see".replace(" ", "_")
OTHER = "crn:v1:bluemix:public:cloud-object-storage:global:a/ffffffffffffffffffffffffffffffff:x:bucket:y"


def forms(secret: str) -> list[str]:
    shifted = [base64.b64encode(f"{before}{secret}".encode()).decode().rstrip("=")[4:-2] for before in ("", "u", "us")]
    return [secret, quote(secret, safe=""), json.dumps(secret)[1:-1], secret.replace("/", "\\/"), *shifted]


def echo(secrets: list[str]) -> str:
    """A text with secrets in several forms, as a JSON string."""
    told = [
        form
        for secret in secrets
        for form in (secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode())
    ]
    escaped = "".join(f"\\u{ord(mark):04x}" for secret in secrets for mark in f"{secret} ")
    return json.dumps(" ".join(told)).replace("/", "\\/")[:-1] + f' {escaped}"'


@pytest.fixture
def secretive() -> Iterator[Server]:
    with Server(Recording(SANDBOX), api_key=KEY, instance=CRN) as server:
        yield server


@pytest.mark.parametrize("way", ["record", "history"])
def test_no_file_holds_a_secret(secretive: Server, make: Any, kind: str, way: str, tmp_path: Path) -> None:
    hosts = {"base_url": secretive.base_url, "iam_url": secretive.iam_url}
    options: dict[str, Any] = {"transport": Record(tmp_path)} if way == "record" else {}
    backends = make(api_key=KEY, instance=CRN, **hosts, **options)
    backends.status("ibmq_manila")
    token = secretive.requests[-1].headers["authorization"].removeprefix("Bearer ")
    secrets = [KEY, token, CRN, ACCOUNT, INSTANCE, OTHER]
    echoed = echo(secrets)
    for path in ("configuration", "properties", "status", "defaults"):
        _, body = Recording(SANDBOX).answer(f"/v1/backends/ibmq_manila/{path}", {})
        body = f'{{"echo": {echoed}, {echoed}: 1,'.encode() + body[1:]
        secretive.faults.append(Fault(body=body, path=f"/{path}"))
    if way == "record":
        backends.configuration("ibmq_manila")
        backends.properties("ibmq_manila")
        told = str(backends.status("ibmq_manila").to_dict())
        assert OTHER in told  # who asked gets it as it came, but for what was sent
        assert token not in told
        error = f'{{"errors": [{{"code": 1009, "message": {echoed}}}], "trace": {echoed}}}'
        secretive.faults[:] = [Fault(status=404, body=error.encode(), path="/defaults")]
        with pytest.raises(NotFoundError):
            backends.defaults("ibmq_manila")
        with pytest.raises(NotFoundError):
            backends.configuration("ibmq_manila", calibration_id=INSTANCE)
        with pytest.raises(NotFoundError):
            backends.status(f"x{ACCOUNT}")
    else:
        backends.history("ibmq_manila", "2026-05-01", "2026-05-02", into=tmp_path)
    recording = Recording(tmp_path)
    assert len(recording.entries) == (4 if way == "record" else 2)
    assert sum(b"***" in recording.body(entry) for entry in recording.entries) == len(recording.entries)
    assert all(json.loads(recording.body(entry)) for entry in recording.entries)
    written = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    contents = [*written.values(), *(gzip.decompress(raw) for file, raw in written.items() if file.suffix == ".gz")]
    contents += [
        json.dumps(json.loads(recording.body(entry)), ensure_ascii=False).encode() for entry in recording.entries
    ]
    contents += [str(file.relative_to(tmp_path)).encode() for file in tmp_path.rglob("*")]
    for form in {form for secret in secrets for form in forms(secret)}:
        assert not [content for content in contents if form.encode().lower() in content.lower()], form


def test_a_recording_that_is_recorded_again_is_cleaned(qbackends: Any, tmp_path: Path) -> None:
    body = json.dumps({"devices": [], "told": f"{OTHER} eyJa.b.c"})
    assert qbackends("record", tmp_path / "old", "--sandbox").code == 0
    old = Recording(tmp_path / "old").entries[0]
    (tmp_path / "old" / old.file).write_bytes(gzip.compress(body.encode()))
    assert qbackends("record", tmp_path / "new", "--replay", tmp_path / "old").code == 0
    assert Recording(tmp_path / "new").answer("/v1/backends", {})[1] == b'{"devices": [], "told": "*** ***"}'


@pytest.mark.parametrize(
    ("name", "query"), [(f"x{ACCOUNT}", {}), ("a", {"calibration_id": f"a/{ACCOUNT}"}), (OTHER, {})]
)
def test_a_question_that_holds_a_secret_is_refused(tmp_path: Path, name: str, query: dict[str, str]) -> None:
    with pytest.raises(RecordingError, match="expected a name and a query without credentials"):
        Writer(tmp_path).add("get_backend_configuration", name, b"{}", date=DATE, query=query, hide=[ACCOUNT])
    assert [*tmp_path.iterdir()] == []
