"""Taking another revision of the document: over loopback HTTP and from files, on a copy of the project."""

import datetime
import hashlib
import re
import socket
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


def point_at(project: Copy, url: str) -> None:
    source = project.openapi / "source.toml"
    source.write_text(re.sub(r'^url = ".*"$', f'url = "{url}"', source.read_text(), flags=re.M))


def state(folder: Path) -> dict[Path, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path: path.read_bytes() for path in files}


def revised(project: Copy, *edits: tuple[bytes, bytes]) -> bytes:
    document = (project.openapi / "backends.yaml").read_bytes()
    for old, new in edits:
        assert document.count(old) == 1, old
        document = document.replace(old, new)
    return document


VERSION = (b"version: 0.45.3", b"version: 0.46.0")
TEXT = (b"description: Backend version\n", b"description: The backend's version\n")
DOTS = (b"pattern: ^[0-9]+.[0-9]+.[0-9]+$", rb"pattern: ^[0-9]+\.[0-9]+\.[0-9]+$")
CLOSED = (b"      additionalProperties: false\n", b"")


def test_a_new_revision_by_its_url(project: Copy, site: tuple[str, Answers], run: Callable[..., Any]) -> None:
    url, answers = site
    point_at(project, f"{url}/moved")
    answers["/moved"] = (302, b"")
    answers["/document"] = (200, document := revised(project, VERSION, TEXT))
    code, out, err = run()
    assert (code, err) == (0, "")
    upstream, effective = out.split("backends.yaml: version 0.45.3 -> 0.46.0, 2 lines added, 2 removed\n")
    assert upstream.startswith("--- backends.yaml before\n+++ backends.yaml after\n@@ ")
    assert effective.startswith("--- effective document before\n+++ effective document after\n@@ ")
    for diff in (upstream, effective):
        changes = [re.sub(" +", " ", line) for line in diff.splitlines() if re.match("[-+] ", line)]
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


def test_the_same_bytes(project: Copy, run: Callable[..., Any]) -> None:
    before = state(project.openapi.parent)
    assert run("--from", project.openapi / "backends.yaml") == (0, "nothing changed\n", "")
    assert state(project.openapi.parent) == before


def test_corrections_that_upstream_has_made(project: Copy, run: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    file.write_bytes(document := revised(project, DOTS, CLOSED))
    generated = state(project.generated)
    code, out, err = run("--from", file)
    assert code == 1
    schemas = "$.components.schemas"
    assert out.splitlines()[-2:] == [
        f"overlay.actions[21] changes nothing: {schemas}.BackendPropertiesResponse.properties.backend_version "
        "(Escape the dots of a pattern; it can go when the dots are escaped)",
        f"overlay.actions[45] selects nothing: {schemas}.BackendStatusResponse.additionalProperties "
        "(Keep fields that come later; it can go when the document does not close the schema)",
    ]
    assert err == "error: generated/ is as before: correct openapi/overlay.yaml, then `nox -s regenerate`\n"
    assert state(project.generated) == generated
    assert (project.openapi / "backends.yaml").read_bytes() == document
    assert hashlib.sha256(document).hexdigest() in (project.openapi / "source.toml").read_text()
    assert "raw.githubusercontent.com" in (project.openapi / "source.toml").read_text()
    assert list(project.openapi.glob("*.new")) == []


def test_an_action_that_no_longer_fits(project: Copy, run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_text("openapi: 3.0.0\ninfo: {version: 2}\npaths: {}\ncomponents: 5\n")
    code, out, _ = run("--from", tmp_path / "new.yaml")
    assert code == 1
    assert "version 0.45.3 -> 2, " in out
    (reason,) = re.findall(r"^overlay\.actions\[0\] .*", out, re.M)
    assert reason.endswith("expected number to merge with, found object")
    assert "overlay.actions[1]" not in out
    assert tomllib.loads((project.openapi / "source.toml").read_text())["version"] == "2"


def test_a_revision_that_the_generator_refuses(project: Copy, run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_bytes(revised(project, (b"openapi: 3.0.0", b"openapi: 3.2.0")))
    generated = state(project.generated)
    code, out, err = run("--from", tmp_path / "new.yaml")
    assert code == 1
    assert out.endswith("1 lines added, 1 removed\n")
    assert err.startswith("error: generated/ is as before: the generator failed:\n")
    assert state(project.generated) == generated
    assert b"openapi: 3.2.0" in (project.openapi / "backends.yaml").read_bytes()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((404, b""), "expected status 200, found 404"),
        ((500, b"openapi: 3.0.0"), "expected status 200, found 500"),
        ((200, b""), "expected an OpenAPI document, found no openapi"),
        ((200, b"<html><body>Sign in</body></html>"), "expected an OpenAPI document, found no openapi"),
        ((200, b"- openapi\n- paths\n"), "expected an OpenAPI document, found no openapi"),
        ((200, b"openapi: 3.0.0\ninfo: {version: 1}\npaths: []\n"), "expected an OpenAPI document, found no paths"),
        ((200, b"openapi: 3.0.0\npaths: {}\n"), "expected an OpenAPI document, found no info"),
        ((200, b"openapi: [\n"), "expected YAML: while parsing"),
        ((200, b"a: 1\na: 2\n"), "expected YAML: while constructing"),
        ((200, b"\x00\xff"), "expected YAML: "),
        ((200, b"date: 2026-99-99\n"), "expected YAML: "),
    ],
)
def test_what_is_no_document_writes_nothing(
    project: Copy, site: tuple[str, Answers], run: Callable[..., Any], answer: tuple[int, bytes], message: str
) -> None:
    url, answers = site
    answers["/document"] = answer
    point_at(project, f"{url}/document")
    before = state(project.openapi.parent)
    code, out, err = run()
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {url}/document: {message}")
    assert err.count("\n") == 1
    assert state(project.openapi.parent) == before


def test_nobody_answers(project: Copy, run: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/x"
    for unreachable in (url, "http://127.0.0.1:many/x", "ftp://127.0.0.1/x"):
        point_at(project, unreachable)
        code, out, err = run()
        assert (code, out) == (2, "")
        assert err.startswith(f"error: {unreachable}: ")
        assert err.count("\n") == 1


def test_no_such_file(project: Copy, run: Callable[..., Any], tmp_path: Path) -> None:
    assert run("--from", tmp_path / "absent") == (
        2,
        "",
        f"error: [Errno 2] No such file or directory: '{tmp_path / 'absent'}'\n",
    )
