"""The checks notice what they are for: a stale lock, a vulnerability, a licence, and that nobody could be asked."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PathDistribution
from pathlib import Path
from typing import Any

import licences
import lock
import pytest

SUPPLY = Path(__file__).parent
LOCK = lock.PROJECT / "uv.lock"
NOBODY = "http://127.0.0.1:1/"


def run(script: str, *arguments: str, folder: Path = SUPPLY, **environment: str) -> tuple[int, str]:
    """Exit code and output of a check."""
    command = [sys.executable, str(folder / script), *arguments]
    result = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=False)
    return result.returncode, result.stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the checks read."""
    for name in ("pyproject.toml", "uv.lock", "README.md", "LICENSE", "supply", "docs/dependencies.md"):
        copy = shutil.copytree if (lock.PROJECT / name).is_dir() else shutil.copy
        (tmp_path / name).parent.mkdir(exist_ok=True)
        copy(lock.PROJECT / name, tmp_path / name)
    return tmp_path


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), "utf-8")


# --- The lock ---


def test_the_lock_names_public_hosts_alone_and_has_a_hash_of_each_file() -> None:
    text = LOCK.read_text("utf-8")
    hosts = set(re.findall(r"\w+://[^/\"]*", text))
    assert hosts == {"https://pypi.org", "https://files.pythonhosted.org"}
    assert set(re.findall(r"source = (\{[^}]*\})", text)) == {
        '{ registry = "https://pypi.org/simple" }',
        '{ editable = "." }',
    }
    files = re.findall(r"\{ url = .*", text)
    assert len(files) > 2000
    assert [line for line in files if not re.search(r'hash = "sha256:[0-9a-f]{64}"', line)] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"attrs>=23.2"', '"attrs>=23.3"'),
        ('"rich>=13.9"', '"rich>=13.9", "trustme>=1.2"'),
        ('requires-python = ">=3.11"', 'requires-python = ">=3.12"'),
    ],
)
def test_a_lock_that_is_not_in_step(old: str, new: str, project: Path) -> None:
    assert run("lock.py", folder=project / "supply") == (0, "uv.lock: in step with pyproject.toml\n")
    replace(project / "pyproject.toml", old, new)
    code, told = run("lock.py", "--require-all", folder=project / "supply")
    if "NOT RUN" in told:
        pytest.skip(told)  # no index here: nothing can be resolved
    assert (code, told) == (1, "uv.lock: not in step with pyproject.toml; `nox -s lock` makes it anew\n")


def test_a_lock_without_an_index(project: Path, tmp_path: Path) -> None:
    nowhere = {
        "ALL_PROXY": NOBODY,
        "HTTPS_PROXY": NOBODY,
        "UV_CACHE_DIR": str(tmp_path / "cache"),
        "UV_HTTP_RETRIES": "0",
    }
    # What is in step needs no index. Else nothing can be told, and nothing is.
    assert run("lock.py", folder=project / "supply", **nowhere)[0] == 0
    replace(project / "pyproject.toml", '"attrs>=23.2"', '"attrs>=23.3"')
    code, told = run("lock.py", folder=project / "supply", **nowhere)
    assert (code, told.startswith("uv.lock: NOT RUN: https://pypi.org/simple does not answer: ")) == (0, True)


def test_what_users_get() -> None:
    found = lock.users()
    assert found["certifi"][1] == {"base"}  # of httpcore, of httpx
    assert found["pillow"][1] == {"plot"}
    assert found["numpy"][1] == {"pandas", "plot", "qiskit"}
    assert "tzdata" in found  # on Windows alone
    assert "pytest" not in found


# --- Vulnerabilities ---


@pytest.fixture
def osv() -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    """What stands in for OSV: its URL, the packages that were asked for, and the answers by name; None is an error."""
    asked: list[str] = []
    answers: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(f"{query['package']['name']} {query['version']}")
            answer = answers.get(query["package"]["name"], {})
            body = json.dumps(answer).encode()
            self.send_response(500 if answer is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", asked, answers
        server.shutdown()


def test_every_locked_package_is_asked_for(osv: tuple[str, list[str], dict[str, Any]]) -> None:
    url, asked, _ = osv
    wanted = sorted(f"{name} {version}" for name, (versions, _) in lock.users().items() for version in versions)
    assert run("audit.py", "--osv-url", url, "--require-all") == (
        0,
        f"vulnerabilities: 0 known in {len(wanted)} locked packages\n",
    )
    assert sorted(asked) == wanted


def test_a_known_vulnerability(osv: tuple[str, list[str], dict[str, Any]]) -> None:
    url, _, answers = osv
    package = {"name": "httpx", "ecosystem": "PyPI"}
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}]
    affected = [{"package": package, "ranges": ranges}]
    answers["httpx"] = {"vulns": [{"id": "GHSA-0", "aliases": ["CVE-0"], "summary": "Bad.", "affected": affected}]}
    (version,) = lock.users()["httpx"][0]
    code, told = run("audit.py", "--osv-url", url)
    assert (code, told.splitlines()[0]) == (1, f"httpx {version}: CVE-0, GHSA-0; corrected in 99.1")


def test_nobody_can_be_asked() -> None:
    code, told = run("audit.py", "--osv-url", NOBODY)
    assert (code, told.startswith(f"vulnerabilities: NOT RUN: {NOBODY} does not answer: ")) == (0, True)


def test_an_error_for_one_package_is_no_answer(osv: tuple[str, list[str], dict[str, Any]]) -> None:
    url, _, answers = osv
    answers["httpx"] = None
    code, told = run("audit.py", "--osv-url", url, "--require-all")
    assert (code, told.startswith(f"vulnerabilities: NOT RUN: {url} does not answer: ")) == (2, True)


# --- Licences ---


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("none", False),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT AND MPL-2.0", True),
        ("MIT; GPL-3.0-only", False),
        ("(MIT OR GPL-3.0-only) AND LGPL-3.0-only", False),
    ],
)
def test_licences_that_go_with_ours(expression: str, allowed: bool) -> None:
    assert licences.is_allowed(expression) is allowed


def test_a_table_that_is_stale() -> None:
    text = (lock.PROJECT / "docs" / "dependencies.md").read_text("utf-8")
    wanted = {match["name"]: match[0] for match in licences._ROW.finditer(text)}
    assert wanted.keys() == lock.users().keys()
    assert licences.differences(wanted, text) == []
    new = {**wanted, "new": "| [new](https://pypi.org/project/new/) | MIT | base |"}
    assert licences.differences(new, text) == [f"new: not in the table, should be {new['new']}"]
    relicensed = {**wanted, "attrs": wanted["attrs"].replace("MIT", "GPL-3.0-only")}
    assert licences.differences(relicensed, text) == [f"attrs: {wanted['attrs']} should be {relicensed['attrs']}"]
    del new["new"], new["attrs"]
    assert licences.differences(new, text) == ["attrs: in the table, and no dependency"]


def test_licences_of_metadata(tmp_path: Path) -> None:
    classifier = "Classifier: License :: OSI Approved ::"
    for number, (fields, found) in enumerate(
        {
            "License-Expression: MIT\nLicense: X": "MIT",
            "License: MPL-2.0": "MPL-2.0",
            f"License: Dual\n{classifier} MIT License\n{classifier} BSD License": "BSD License OR MIT",
            "License: GNU GPL": "GNU GPL",
            f"License: a text\n{classifier} GNU General Public License (GPL)": "GNU General Public License (GPL)",
            "Summary: nothing said": "none",
        }.items()
    ):
        folder = tmp_path / f"p{number}-1.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: p{number}\nVersion: 1\n{fields}\n")
        assert licences.licence(PathDistribution(folder)) == found


# --- What is said of it ---


def test_what_shows_a_promise_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", (lock.PROJECT / "SECURITY.md").read_text("utf-8")))
    tests = "\n".join(file.read_text("utf-8") for file in (lock.PROJECT / "tests").rglob("test_*.py"))
    assert len(named) > 20
    assert {name for name in named if f"def {name}(" not in tests} == set()
