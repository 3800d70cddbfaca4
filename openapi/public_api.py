"""Whether the wrapper covers the raw client, and what of the public API is no longer as in the last release.

Exit codes: 0 in step; 1 something is not; 2 in step as far as could be told.
"""

import ast
import io
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from ibm_quantum_backends.drift.changes import Change
from ibm_quantum_backends.drift.consumer import read
from ibm_quantum_backends.drift.generation import RefusedError
from ibm_quantum_backends.drift.openapi import load
from ibm_quantum_backends.drift.source import breakage, check

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = "ibm_quantum_backends"
RAW = f"generated/{PACKAGE}/raw"

# Operations of the document, and models of their answers, that no method of the wrapper has, and why.
NOT_COVERED = {
    "BackendsResponse": "list() returns the devices in it",
    "ErrorResponse": "raised as an APIStatusError, with its entries",
}


class NotRunError(Exception):
    """A part of the check cannot run; the message says why."""


def run(project: Path = PROJECT) -> tuple[list[Change], dict[str, str]]:
    """What is not in step, and by name the parts of the check that did not run, with the reason.

    Args:
        project: The checkout.
    """
    changes = list(uncovered(project))
    not_run: dict[str, str] = {}
    parts: dict[str, Callable[[Path, Path], Iterator[Change]]] = {"raw client": raw_client, "public API": public_api}
    with TemporaryDirectory() as scratch:
        for name, part in parts.items():
            try:
                changes += part(project, released(project, Path(scratch, name)))
            except (NotRunError, RefusedError) as error:
                not_run[name] = str(error)
    return changes, not_run


def released(project: Path, folder: Path) -> Path:
    """A folder with wrapper/ and generated/ as they were at the last tag."""

    def git(*arguments: str) -> bytes:
        try:
            return subprocess.run(["git", *arguments], cwd=project, check=True, capture_output=True).stdout
        except FileNotFoundError:
            raise NotRunError("git is not installed") from None
        except subprocess.CalledProcessError as error:
            raise NotRunError(f"no release to compare with: {error.stderr.decode().strip()}") from None

    tag = git("describe", "--tags", "--abbrev=0").decode().strip()
    with tarfile.open(fileobj=io.BytesIO(git("archive", tag, "wrapper", "generated"))) as archive:
        archive.extractall(folder, filter="data")
    return folder


def raw_client(project: Path, before: Path) -> Iterator[Change]:
    """What breaks typed code that uses the raw client of the last release, by mypy."""
    if not find_spec("mypy"):
        raise NotRunError("mypy is not installed")
    shutil.copytree(before / RAW, before / "before")
    shutil.copytree(project / RAW, before / "after")
    old, new = read(before / RAW), read(project / RAW)
    for site, words in check(old, new, before).items() if old.code != new.code else ():
        file = f"{RAW}/{site.module.replace('.', '/')}.py"
        yield breakage(site, old, new, words, check="wrapper", file=file)


def public_api(project: Path, before: Path) -> Iterator[Change]:
    """What breaks users of the public API of the last release, by griffe."""
    try:
        import griffe  # noqa: PLC0415 (a dependency of this part alone)
    except ImportError:
        raise NotRunError("griffe is not installed") from None
    old, new = (
        griffe.load(PACKAGE, search_paths=[folder / "wrapper"], allow_inspection=False, resolve_aliases=True)
        for folder in (before, project)
    )
    for found in griffe.find_breaking_changes(old, new):
        values = (str(found.old_value), str(found.new_value))
        yield Change(
            kind=f"public-api-{found.kind.name.lower().replace('_', '-')}",
            wire="none",
            source="breaking",
            pointer="#",
            before=f"{found.obj.path}: {values[0]:.200}",
            after=None if found.new_value is None else f"{values[1]:.200}",
            check="wrapper",
            file=Path(str(found.obj.filepath)).as_posix().removeprefix(f"{before.as_posix()}/"),
        )


def uncovered(project: Path) -> Iterator[Change]:
    """Operations, and models of their answers, that the wrapper does not have; and wrong entries of NOT_COVERED."""
    raw = read(project / RAW)
    operations = {operation.name for operation in load(project / RAW / "_spec" / "effective.yaml").operations()}
    answers = " ".join(part.type for site, part in raw.parts.items() if site.member == "return")
    models = {site.owner for site in raw.parts if site.owner} & _words(answers)
    covered: set[str] = set()
    for node in ast.walk(ast.parse((project / "wrapper" / PACKAGE / "calls.py").read_bytes())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("raw.api"):
            covered.update(alias.name for alias in node.names)
    for node in ast.walk(ast.parse((project / "wrapper" / PACKAGE / "client.py").read_bytes())):
        if isinstance(node, ast.FunctionDef) and node.returns and not node.name.startswith("_"):
            covered |= _words(ast.unparse(node.returns)) & models
    names = {**dict.fromkeys(operations, "operation"), **dict.fromkeys(models, "model")}
    for name in sorted(names.keys() - covered - NOT_COVERED.keys()):
        yield _finding(f"{names[name]}-not-covered", name, "no method of the wrapper has it")
    for name in sorted(NOT_COVERED.keys() - (names.keys() - covered)):
        reason = "a method of the wrapper has it" if name in names else "no operation and no answer's model"
        yield _finding("wrong-entry-of-not-covered", name, f"{reason}: take it from NOT_COVERED")


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def _finding(kind: str, name: str, note: str) -> Change:
    file = "openapi/public_api.py" if kind.startswith("wrong") else f"wrapper/{PACKAGE}/calls.py"
    return Change(
        kind=kind, wire="none", source="none", pointer="#", before=name, note=note, check="wrapper", file=file
    )


def main() -> int:
    changes, not_run = run()
    for change in changes:
        print(f"{change.file}: {change.kind}: {change.before} -> {change.after} {change.note}".rstrip())
    for name, reason in not_run.items():
        print(f"NOT RUN: {name}: {reason}")
    return 1 if changes else 2 if not_run else 0


if __name__ == "__main__":
    sys.exit(main())
