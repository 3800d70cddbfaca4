"""Make generated/ from this folder, or with --check say how the two differ.

document (sha256 checked) -> overlay -> effective document -> openapi-python-client -> generated/
The same bytes each time, offline.
"""

import argparse
import difflib
import hashlib
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import Any

import overlay
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

OPENAPI = Path(__file__).resolve().parent
PROJECT = OPENAPI.parent
GENERATED = PROJECT / "generated"
RAW = Path("ibm_quantum_backends/raw")
SPEC = RAW / "_spec"
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
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


def check_tools() -> None:
    """Fail unless the generator and the formatter are those that pyproject.toml pins: others give other bytes."""
    extras = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for requirement in extras["codegen"]:
        name, _, pinned = requirement.partition("==")
        if pinned and (found := version(name)) != pinned:
            raise RegenerateError(f"{name}: expected version {pinned} (pyproject.toml), found {found}")


def load_overlay() -> Any:
    return load_yaml((OPENAPI / "overlay.yaml").read_bytes(), "openapi/overlay.yaml")


def effective_document() -> Any:
    """IBM's document, its hash checked, after the overlay."""
    source = tomllib.loads((OPENAPI / "source.toml").read_text())
    document = (OPENAPI / "backends.yaml").read_bytes()
    found = hashlib.sha256(document).hexdigest()
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


def check_complete(document: Any, package: Path) -> None:
    """Fail where an operation was left out, or an override in generator.yaml matches nothing: both are silent."""
    for url, path in document["paths"].items():
        for method in path.keys() & METHODS:
            name = path[method].get("operationId")
            if not name or not list(package.glob(f"api/*/{name}.py")):
                raise RegenerateError(f"the generator left out {method.upper()} {url} (operationId {name})")
    config = load_yaml((OPENAPI / "generator.yaml").read_bytes(), "openapi/generator.yaml")
    for key, override in config["class_overrides"].items():
        module = package / "models" / f"{override['module_name']}.py"
        if not module.exists() or f"class {override['class_name']}" not in module.read_text():
            raise RegenerateError(f"openapi/generator.yaml: the override of {key} matches no class")


def files(folder: Path) -> Iterator[Path]:
    """All files below a folder, relative to it, Python's caches left out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder)


def produce() -> dict[Path, bytes]:
    """What generated/ must hold, by path."""
    check_tools()
    document = effective_document()
    header, effective = HEADER.encode(), dump_yaml(document).encode()
    with tempfile.TemporaryDirectory() as scratch:
        (source := Path(scratch) / "effective.yaml").write_bytes(effective)
        run_generator(source, package := Path(scratch) / "raw")
        check_complete(document, package)
        made = {RAW / path: header + (package / path).read_bytes() for path in files(package) if path.suffix == ".py"}
    made[RAW / "py.typed"] = b""
    made[SPEC / "effective.yaml"] = header + effective
    made[SPEC / "upstream.yaml"] = (OPENAPI / "backends.yaml").read_bytes()
    made[SPEC / "overlay.yaml"] = (OPENAPI / "overlay.yaml").read_bytes()
    made[Path("README.md")] = README.encode()
    return made


def differences(made: dict[Path, bytes]) -> dict[Path, str]:
    """By path, how generated/ differs from what it must hold: "missing", "untracked" or "differs"."""
    found = {path: (GENERATED / path).read_bytes() for path in files(GENERATED)}
    states = dict.fromkeys(made.keys() - found.keys(), "missing")
    states |= dict.fromkeys(found.keys() - made.keys(), "untracked")
    states |= {path: "differs" for path in made.keys() & found.keys() if made[path] != found[path]}
    return dict(sorted(states.items()))


def check(made: dict[Path, bytes]) -> int:
    """Print each file that is not what openapi/ produces; 1 where there is one."""
    states = differences(made)
    for name, copy in (("backends.yaml", "upstream.yaml"), ("overlay.yaml", "overlay.yaml")):
        if SPEC / copy in states:
            print(f"openapi/{name}: changed since generated/ was made")
    for path, state in states.items():
        print(f"generated/{path}: {state}")
    print("run `nox -s regenerate`" if states else f"generated/ is what openapi/ produces ({len(made)} files)")
    return 1 if states else 0


def write(made: dict[Path, bytes]) -> None:
    """Bring generated/ in step, and print what changed: the effective document as a diff, the rest by name."""
    effective = GENERATED / SPEC / "effective.yaml"
    before = effective.read_bytes() if effective.exists() else b""
    states = differences(made)
    for path, state in states.items():
        target = GENERATED / path
        if state == "untracked":
            target.unlink()
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(made[path])
    if before:
        sys.stdout.writelines(diff("effective document", before.decode(), made[SPEC / "effective.yaml"].decode()))
    words = {"missing": "added", "untracked": "removed", "differs": "changed"}
    for path, state in states.items():
        print(f"generated/{path}: {words[state]}")
    print(f"files changed: {len(states)}; `git diff generated/` shows how" if states else "nothing changed")


def diff(name: str, before: str, after: str) -> list[str]:
    """A unified diff in lines; empty where both are the same."""
    lines = before.splitlines(True), after.splitlines(True)
    return list(difflib.unified_diff(*lines, fromfile=f"{name} before", tofile=f"{name} after"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name each file that differs")
    arguments = parser.parse_args()
    try:
        made = produce()
    except RegenerateError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if arguments.check:
        return check(made)
    write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
