"""Taking another revision of the document: over loopback HTTP and from files, on a copy of the project."""

import datetime
import hashlib
import re
import threading
import tomllib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from .project_copy import Copy

Answers = dict[str, tuple[int, bytes]]


@pytest.fixture
def site() -> Iterator[tuple[str, Answers]]:
    """A web server's URL, and what it answers by path; /moved leads to /document."""
    answers: Answers = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers.get(self.path, (404, b""))
            self.send_response(status)
            self.send_header("Location", "/document")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", answers
        server.shutdown()
        thread.join()


@pytest.fixture
def run(
    project: Copy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run the command on the copy: exit code, standard output and standard error."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["update.py", *map(str, arguments)])
        code: int = project.update.main()
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def no_generator(project: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Corrections are made as ever; what the generator would make of the document, which takes seconds, is not."""
    monkeypatch.setattr(project.regenerate, "produce", project.regenerate.effective_document)
    monkeypatch.setattr(project.regenerate, "write", lambda made: print(f"made of {made['info']['version']}"))


def state(folder: Path) -> dict[Path, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path: path.read_bytes() for path in files}


VERSION = (b"version: 0.45.3", b"version: 0.46.0")
TEXT = (b"description: Backend version\n", b"description: The backend's version\n")
DOTS = (b"pattern: ^[0-9]+.[0-9]+.[0-9]+$", rb"pattern: ^[0-9]+\.[0-9]+\.[0-9]+$")
DOCS = ("docs-only", "none")
VERSIONS = "expected an OpenAPI document of version 3.0 to 3.2"
NEITHER = "expected YAML or JSON, found what is neither"
CLOSED = (b"      additionalProperties: false\n", b"")


def test_a_new_revision_by_its_url(project: Copy, site: tuple[str, Answers], run: Callable[..., Any]) -> None:
    url, answers = site
    project.point_at(f"{url}/moved")
    answers["/moved"] = (302, b"")
    answers["/document"] = (200, document := project.revised(VERSION, TEXT))
    code, out, err = run()
    assert (code, err) == (0, "")
    report, effective = out.split("--- effective document before\n+++ effective document after\n@@ ")
    place = "#/components/schemas/BackendStatusResponse/properties/backend_version/description"
    assert re.findall(r"^(\S+) +(\S+) +(\S+) (\S+): (.*?) [0-9a-f]{16} *$", report, re.M) == [
        (*DOCS, "description-changed", place, "Backend version → The backend's version (get_backend_status)"),
        (*DOCS, "info-version-changed", "#/info/version", "0.45.3 → 0.46.0"),
    ]
    assert f"openapi/backends.yaml → {url}/moved: class docs-only, source none, changes: 2\n" in report
    assert "@@" not in report
    changes = [re.sub(" +", " ", line) for line in effective.splitlines() if re.match("[-+] ", line)]
    assert changes == [
        "- version: 0.45.3",
        "+ version: 0.46.0",
        "- description: Backend version",
        "+ description: The backend's version",
    ]
    assert "generated/ibm_quantum_backends/raw/models/backend_status.py: changed\n" in effective
    assert (project.openapi / "backends.yaml").read_bytes() == document
    assert tomllib.loads((project.openapi / "source.toml").read_text()) == {
        "url": f"{url}/moved",
        "version": "0.46.0",
        "sha256": hashlib.sha256(document).hexdigest(),
        "date": datetime.datetime.now(datetime.UTC).date(),
    }
    status = project.generated / "ibm_quantum_backends/raw/models/backend_status.py"
    assert "The backend's version" in status.read_text()
    assert run() == (0, "nothing changed\n", "")
    assert project.regenerate.check(project.regenerate.produce()) == 0


def test_the_same_bytes(project: Copy, run: Callable[..., Any]) -> None:
    before = state(project.openapi.parent)
    assert run("--from", project.openapi / "backends.yaml") == (0, "nothing changed\n", "")
    assert state(project.openapi.parent) == before


@pytest.mark.usefixtures("no_generator")
def test_a_document_that_was_put_there_by_hand_is_pinned(project: Copy, run: Callable[..., Any]) -> None:
    file = project.openapi / "backends.yaml"
    file.write_bytes(project.revised(VERSION))
    with pytest.raises(project.regenerate.RegenerateError, match="nox -s update"):
        project.regenerate.effective_document()
    code, out, err = run("--from", file)
    assert (code, err) == (0, "")
    assert ": in step\n" in out
    assert out.endswith("\nmade of 0.46.0\n")
    assert run("--from", file) == (0, "nothing changed\n", "")


def test_corrections_that_upstream_has_made(project: Copy, run: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    file.write_bytes(document := project.revised(DOTS, CLOSED))
    generated = state(project.generated)
    code, out, err = run("--from", file)
    assert code == 1
    schemas = "$.components.schemas"
    assert out.splitlines()[-2:] == [
        f"overlay-action-adopted-upstream: overlay.actions[21] adopted upstream: {schemas}.BackendPropertiesResponse"
        ".properties.backend_version (Escape the dots of a pattern; it can go when the dots are escaped)",
        f"overlay-action-adopted-upstream: overlay.actions[45] adopted upstream: {schemas}.BackendStatusResponse"
        ".additionalProperties (Keep fields that come later; it can go when the document does not close the schema)",
    ]
    assert err == "error: generated/ is as before: correct openapi/overlay.yaml, then `nox -s regenerate`\n"
    assert state(project.generated) == generated
    assert (project.openapi / "backends.yaml").read_bytes() == document
    assert hashlib.sha256(document).hexdigest() in (project.openapi / "source.toml").read_text()
    assert "raw.githubusercontent.com" in (project.openapi / "source.toml").read_text()
    assert list(project.openapi.glob("*.new")) == []


@pytest.mark.usefixtures("no_generator")
def test_a_correction_that_is_needed_for_less(project: Copy, run: Callable[..., Any], tmp_path: Path) -> None:
    nullable = (b"        quantum_volume:\n", b"        quantum_volume:\n          nullable: true\n")
    (tmp_path / "new.yaml").write_bytes(project.revised(nullable))
    code, out, err = run("--from", tmp_path / "new.yaml")
    assert (code, err) == (0, "")  # the correction fits, and what is left of it is needed
    assert re.search(r"^breaking +\w+ +response-property-became-nullable \$\.quantum_volume: ", out, re.M)
    assert "\noverlay-action-adopted-in-part: overlay.actions[29] adopted in part: " in out
    assert out.endswith("\nmade of 0.45.3\n")


@pytest.mark.usefixtures("no_generator")
def test_what_breaks_is_shown_before_anything_is_made(project: Copy, run: Callable[..., Any], tmp_path: Path) -> None:
    integer = b"        length_queue:\n          type: integer\n"
    (tmp_path / "new.yaml").write_bytes(project.revised((integer, integer.replace(b"integer", b"string"))))
    code, out, err = run("--from", tmp_path / "new.yaml")
    assert (code, err) == (0, "")
    row = r"^breaking +breaking +response-property-type-changed \$\.length_queue: .*\n((?: {5,}\S.*\n)+)"
    shown = re.search(row, out, re.M)
    assert shown, out
    assert "this package's client: " in shown[1]
    assert "witness: " in shown[1]
    assert "class breaking, source breaking, changes: 1\n" in out
    assert out.endswith("\nmade of 0.45.3\n")


def test_an_action_that_no_longer_fits(project: Copy, run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_text("openapi: 3.0.0\ninfo: {version: 2}\npaths: {}\ncomponents: 5\n")
    generated = state(project.generated)
    code, out, err = run("--from", tmp_path / "new.yaml")
    assert code == 1
    assert err == "error: generated/ is as before: correct openapi/overlay.yaml, then `nox -s regenerate`\n"
    assert re.search(r" info-version-changed #/info/version: 0\.45\.3 → 2 ", out)
    assert len(re.findall(r"^breaking +\w+ +endpoint-removed ", out, re.M)) == 5
    first, *others = re.findall(r"^overlay-action-.*", out, re.M)
    assert first == (
        "overlay-action-fails: overlay.actions[0] fails: $.components (Define the parameter that every path refers to; "
        "it can go when the document has components.parameters.IBM-API-Version): $['components']: expected number to "
        "merge with, found object"
    )
    actions = project.regenerate.load_overlay()["actions"]
    assert [line.split(": ")[:2] for line in others] == [
        ["overlay-action-matches-nothing", f"overlay.actions[{number}] matches nothing"]
        for number in range(1, len(actions))
    ]
    assert tomllib.loads((project.openapi / "source.toml").read_text())["version"] == "2"
    assert state(project.generated) == generated


def test_a_revision_that_the_generator_refuses(project: Copy, run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_bytes(project.revised((b"openapi: 3.0.0", b"openapi: 3.2.0")))
    generated = state(project.generated)
    code, out, err = run("--from", tmp_path / "new.yaml")
    assert code == 1
    assert re.search(r" openapi-version-changed #/openapi: 3\.0\.0 → 3\.2\.0 ", out)
    assert err.startswith("error: generated/ is as before: the generator failed:\n")
    assert "got 3.2.0" in err
    assert state(project.generated) == generated
    assert b"openapi: 3.2.0" in (project.openapi / "backends.yaml").read_bytes()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((404, b""), "expected status 200, found 404"),
        ((500, b"openapi: 3.0.0"), "expected status 200, found 500"),
        ((200, b""), f"{VERSIONS}, found 'NoneType'\n"),
        ((200, b"<html><body>Sign in</body></html>"), f"{VERSIONS}, found 'str'\n"),
        ((200, b"- openapi\n- paths\n"), f"{VERSIONS}, found 'list'\n"),
        ((200, b"swagger: '2.0'\npaths: {}\n"), f"{VERSIONS}, found None\n"),
        ((200, b"openapi: 3.0.0\ninfo: {version: 1}\npaths: []\n"), "paths: expected an object, found []\n"),
        ((200, b"openapi: 3.0.0\npaths: {}\n"), "info.version: expected a version, found None\n"),
        ((200, b"openapi: 3.0.0\ninfo: []\npaths: {}\n"), "info.version: expected a version, found None\n"),
        ((200, b"openapi: 3.0.0\ninfo: {version: [1]}\npaths: {}\n"), "info.version: expected a version, found [1]\n"),
        ((200, b"openapi: [\n"), f"{NEITHER}: while parsing"),
        ((200, b"a: 1\na: 2\n"), f"{NEITHER}: a twice"),
        ((200, b"\x00\xff"), f"{NEITHER}: 'utf-8' codec can't decode"),
        ((200, b"date: 2026-99-99\n"), f"{VERSIONS}, found None\n"),
    ],
)
def test_what_is_no_document_writes_nothing(
    project: Copy, site: tuple[str, Answers], run: Callable[..., Any], answer: tuple[int, bytes], message: str
) -> None:
    url, answers = site
    answers["/document"] = answer
    project.point_at(f"{url}/document")
    before = state(project.openapi.parent)
    code, out, err = run()
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {url}/document: {message}")
    assert err.count("\n") == 1
    assert state(project.openapi.parent) == before


def test_nobody_answers(project: Copy, run: Callable[..., Any], nobody: str) -> None:
    for unreachable in (nobody, "http://127.0.0.1:many/x", "ftp://127.0.0.1/x"):
        project.point_at(unreachable)
        before = state(project.openapi.parent)
        code, out, err = run()
        assert (code, out) == (2, "")
        assert err.startswith(f"error: {unreachable}: ")
        assert err.count("\n") == 1
        assert state(project.openapi.parent) == before


def test_no_such_file(project: Copy, run: Callable[..., Any], tmp_path: Path) -> None:
    assert run("--from", tmp_path / "absent") == (
        2,
        "",
        f"error: [Errno 2] No such file or directory: '{tmp_path / 'absent'}'\n",
    )
