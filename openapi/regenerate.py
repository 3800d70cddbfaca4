"""Make generated/ from this folder, or with --check say how the two differ.

document (sha256 checked) -> overlay -> effective document -> openapi-python-client -> generated/ and its lock
The same bytes each time, offline. Exit codes: 0 made, or in step; 1 not in step; 2 it cannot be made, so that nothing
can be compared.
"""

import argparse
import difflib
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from io import StringIO
from pathlib import Path
from typing import Any

import generated_lock
from completeness import omissions
from generated_lock import Lock, sha256
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from ibm_quantum_backends.drift import overlay

OPENAPI = Path(__file__).resolve().parent
PROJECT = OPENAPI.parent
GENERATED = PROJECT / "generated"
LOCK = OPENAPI / "generated.lock.json"
RAW = Path("ibm_quantum_backends/raw")
SPEC = RAW / "_spec"
COPIES = {"upstream.yaml": "backends.yaml", "overlay.yaml": "overlay.yaml", "baseline.json": "baseline.json"}
HEADER = "# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.\n"
README = """\
# Generated: do not edit

All below this folder is made from `openapi/` by one command, and a change here is lost with the next one:

    nox -s regenerate      # make it anew, and say what changed
    nox -s generated       # fail where it is not what openapi/ produces

To change it, change `openapi/overlay.yaml` (what the API's document says), `openapi/generator.yaml` (names) or
`openapi/templates/` (code), in this order of preference.
"""


class RegenerateError(Exception):
    """generated/ cannot be made; the message says of which file and why."""


def load_yaml(data: bytes, name: str) -> Any:
    """A YAML document as plain dicts, lists and scalars; `name` is for the error."""
    yaml: Any = YAML(typ="safe")
    try:
        return yaml.load(data)
    except (YAMLError, ValueError) as error:
        raise RegenerateError(f"{name}: expected YAML: {' '.join(str(error).split()):.200}") from None


def dump_yaml(document: object) -> str:
    """YAML in the document's own order, one style, no line folding, so that a diff shows the change alone."""
    yaml: Any = YAML(typ="safe")
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False
    yaml.width = 4096
    yaml.dump(document, out := StringIO())
    return out.getvalue()


def pins() -> dict[str, str]:
    """The versions of the generator and the formatter that pyproject.toml pins: others give other bytes."""
    extras = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    return dict(requirement.split("==") for requirement in extras["codegen"] if "==" in requirement)


def installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def inputs() -> dict[str, str]:
    """By path, the sha256 of each file that generated/ is made from."""
    names = ("backends.yaml", "baseline.json", "generator.yaml", "overlay.yaml")
    paths = [*(OPENAPI / name for name in names), *(OPENAPI / "templates").glob("*.jinja")]
    return {path.relative_to(PROJECT).as_posix(): sha256(path.read_bytes()) for path in paths if path.is_file()}


def outputs(made: Mapping[Path, bytes]) -> dict[str, str]:
    return {f"generated/{path.as_posix()}": sha256(data) for path, data in made.items()}


def load_overlay() -> Any:
    return load_yaml((OPENAPI / "overlay.yaml").read_bytes(), "openapi/overlay.yaml")


def effective_document() -> Any:
    """IBM's document, its hash checked, after the overlay."""
    source = tomllib.loads((OPENAPI / "source.toml").read_text())
    document = (OPENAPI / "backends.yaml").read_bytes()
    found = sha256(document)
    if found != source["sha256"]:
        raise RegenerateError(
            f"openapi/backends.yaml: expected sha256 {source['sha256']} (openapi/source.toml), found {found}; "
            "it is IBM's file, byte for byte: correct it in openapi/overlay.yaml, replace it by `nox -s update`"
        )
    try:
        return overlay.apply(load_yaml(document, "openapi/backends.yaml"), load_overlay())
    except overlay.OverlayError as error:
        raise RegenerateError(f"openapi/overlay.yaml: {error}") from None


def run_generator(document: Path, output: Path) -> None:
    """Run openapi-python-client, with this environment's ruff; a warning is a failure."""
    arguments = [f"--path={document}", f"--output-path={output}", "--meta=none", "--fail-on-warning"]
    arguments += [f"--config={OPENAPI / 'generator.yaml'}", f"--custom-template-path={OPENAPI / 'templates'}"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    result = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
    )
    if result.returncode:
        raise RegenerateError(f"the generator failed:\n{result.stdout}{result.stderr}")


def files(folder: Path) -> Iterator[Path]:
    """All files below a folder, relative to it, Python's caches left out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder)


def produce() -> dict[Path, bytes]:
    """What generated/ must hold, by path."""
    for name, pinned in pins().items():
        if (found := installed(name)) != pinned:
            reason = f"expected version {pinned} (pyproject.toml), found {found}: nothing can be made"
            raise RegenerateError(f"{name}: {reason}")
    document = effective_document()
    header, effective = HEADER.encode(), dump_yaml(document).encode()
    with tempfile.TemporaryDirectory() as scratch:
        (source := Path(scratch) / "effective.yaml").write_bytes(effective)
        run_generator(source, package := Path(scratch) / "raw")
        if missing := omissions(document, OPENAPI / "generator.yaml", package):
            raise RegenerateError("; ".join(missing))
        made = {RAW / path: header + (package / path).read_bytes() for path in files(package) if path.suffix == ".py"}
    made[RAW / "py.typed"] = b""
    made[SPEC / "effective.yaml"] = header + effective
    made |= {SPEC / copy: (OPENAPI / name).read_bytes() for copy, name in COPIES.items()}
    made[Path("README.md")] = README.encode()
    return made


def differences(made: Mapping[str, str], locked: Mapping[str, str]) -> dict[str, str]:
    """By path, how generated/ differs from what it must hold, all by sha256; see `generated_lock.state`."""
    found = outputs({path: (GENERATED / path).read_bytes() for path in files(GENERATED)})
    paths = sorted(found.keys() | made.keys())
    states = {path: generated_lock.state(locked.get(path), found.get(path), made.get(path)) for path in paths}
    return {path: state for path, state in states.items() if state}


def check(made: dict[Path, bytes] | None) -> int:
    """Print each file that is not what openapi/ produces, and why.

    Args:
        made: What generated/ must hold; None where it cannot be made, so that the lock alone can tell.

    Returns:
        0 in step; 1 not in step; 2 where nothing could be made and no file was edited, added or removed by hand.
    """
    lock, lines = None, list[str]()
    try:
        lock = generated_lock.load(LOCK.read_bytes())
        tools = {name: installed(name) if pin == lock.tools.get(name) else pin for name, pin in pins().items()}
        lines += generated_lock.changes(lock, inputs(), tools)
    except FileNotFoundError:
        lines.append("missing: openapi/generated.lock.json")
    except generated_lock.LockError as error:
        lines.append(f"openapi/generated.lock.json: {error}")
    causes = [cause for cause in ("input changed", "tool changed") if any(line.startswith(cause) for line in lines)]
    cause = ", ".join(causes) or "no input and no tool changed: openapi/regenerate.py or another package makes it so"
    locked = lock.outputs if lock else {}
    wanted = locked if made is None else outputs(made)
    states = differences(wanted, locked) if wanted else {}
    lines += [f"{state}: {path}" + f" ({cause})" * (state == "out of date") for path, state in states.items()]
    if lock and not lines and locked != wanted:
        lines.append("openapi/generated.lock.json: expected the lock of these files, found another's")
    for line in lines:
        print(line)
    if made is None:
        return 1 if states else 2
    print("run `nox -s regenerate`" if lines else f"generated/ is what openapi/ produces ({len(made)} files)")
    return 1 if lines else 0


def write(made: dict[Path, bytes]) -> None:
    """Bring generated/ and its lock in step; print what changed, the effective document as a diff, the rest by name."""
    effective = GENERATED / SPEC / "effective.yaml"
    before = effective.read_bytes() if effective.exists() else b""
    states = differences(outputs(made), {})
    for path, state in states.items():
        target = PROJECT / path
        if state == "untracked":
            target.unlink()
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(made[target.relative_to(GENERATED)])
    lock = generated_lock.dump(Lock(inputs(), outputs(made), pins()))
    if not LOCK.exists() or LOCK.read_bytes() != lock:
        states["openapi/generated.lock.json"] = "differs" if LOCK.exists() else "missing"
        LOCK.write_bytes(lock)
    if before:
        sys.stdout.writelines(diff("effective document", before.decode(), made[SPEC / "effective.yaml"].decode()))
    words = {"missing": "added", "untracked": "removed", "differs": "changed"}
    for path, state in states.items():
        print(f"{path}: {words[state]}")
    print(f"files changed: {len(states)}; `git diff generated/` shows how" if states else "nothing changed")


def diff(name: str, before: str, after: str) -> list[str]:
    """A unified diff in lines; empty where both are the same."""
    lines = before.splitlines(True), after.splitlines(True)
    return list(difflib.unified_diff(*lines, fromfile=f"{name} before", tofile=f"{name} after"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing; name each file that differs, and why")
    checking: bool = parser.parse_args().check
    try:
        made = produce()
    except (RegenerateError, OSError) as error:
        code = check(None) if checking else 2
        print(f"error: {error}", file=sys.stderr)
        return code
    if checking:
        return check(made)
    write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
