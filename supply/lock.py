"""uv.lock: whether it is in step with pyproject.toml, what it has for users, and an environment of just that.

What cannot run says NOT RUN and why. Exit codes: 0 in step; 1 not in step; 2 could not tell, with --require-all.
"""

import argparse
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

__all__ = ["PROJECT", "NotRun", "install", "not_run", "run_uv", "users"]

PROJECT = Path(__file__).resolve().parents[1]
_INDEX = "https://pypi.org/simple"  # whatever index the machine is set to: the lock is the same for everyone
_KEPT = ("UV_CACHE_DIR", "UV_HTTP_RETRIES", "UV_HTTP_TIMEOUT")  # of uv's variables; others may name another index
_NO_INDEX = ("Failed to fetch", "error sending request", "network was disabled", "Network connectivity is disabled")


class NotRun(Exception):
    """A check could not run; its text says why."""


def not_run(what: str, error: NotRun, require_all: bool) -> int:
    """Say that a check could not run, and its exit code."""
    print(f"{what}: NOT RUN: {error}")
    return 2 if require_all else 0


def run_uv(*arguments: str, **environment: str) -> str:
    """What uv says, with the settings of this project alone.

    Raises:
        NotRun: The index does not answer.
        subprocess.CalledProcessError: Anything else is wrong; what uv said of it is shown.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith("UV_") or name in _KEPT}
    command = ["uv", *arguments, "--no-config", "--default-index", _INDEX, "--no-progress", "--color", "never"]
    command += ["--python", sys.executable, "--no-python-downloads", "--directory", str(PROJECT)]
    result = subprocess.run(command, env=own | environment, capture_output=True, text=True, check=False)
    if result.returncode:
        if any(sign in result.stderr for sign in _NO_INDEX):
            raise NotRun(f"{_INDEX} does not answer: {result.stderr.strip().splitlines()[0]}")
        print(result.stderr, file=sys.stderr)
        result.check_returncode()
    return result.stdout


def users(file: Path = PROJECT / "uv.lock") -> dict[str, tuple[set[str], set[str]]]:
    """The packages that users get, on any system: by name the locked versions, and who brings it: "base", or extras."""
    locked: dict[str, list[Any]] = {}
    for package in tomllib.loads(file.read_text("utf-8"))["package"]:
        locked.setdefault(package["name"], []).append(package)
    ((own,),) = [packages for packages in locked.values() if packages[0]["source"] == {"editable": "."}]
    brought: dict[str, set[str]] = {}
    for part, needs in {"base": own["dependencies"], **own["optional-dependencies"]}.items():
        for name in _reached(needs, locked):
            brought.setdefault(name, set()).add(part)
    return {
        name: ({package["version"] for package in locked[name]}, {"base"} if "base" in parts else parts)
        for name, parts in sorted(brought.items())
    }


def _reached(needs: list[Any], locked: dict[str, list[Any]]) -> set[str]:
    """What these dependencies bring, themselves included."""
    open_ = [(need["name"], extra) for need in needs for extra in (None, *need.get("extra", ()))]
    seen: set[tuple[str, str | None]] = set()
    while open_:
        name, extra = here = open_.pop()
        if here in seen:
            continue
        seen.add(here)
        for package in locked[name]:
            further = package["optional-dependencies"][extra] if extra else package.get("dependencies", ())
            open_ += [(need["name"], also) for need in further for also in (None, *need.get("extra", ()))]
    return {name for name, _ in seen}


def install(folder: Path) -> None:
    """Make an environment of the locked packages that users get on this system, without the project itself.

    Raises:
        NotRun: The index does not answer.
    """
    only = ("--locked", "--all-extras", "--no-default-groups", "--no-install-project")
    run_uv("sync", *only, UV_PROJECT_ENVIRONMENT=str(folder))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="make uv.lock anew where pyproject.toml asks for it")
    parser.add_argument("--upgrade", action="store_true", help="with --write: to the newest versions")
    parser.add_argument("--require-all", action="store_true", help="fail where the check could not run")
    options = parser.parse_args()
    try:
        run_uv("lock", *([] if options.write else ["--check"]), *(["--upgrade"] if options.upgrade else []))
    except NotRun as error:
        return not_run("uv.lock", error, options.require_all)
    except subprocess.CalledProcessError:
        print("uv.lock: not in step with pyproject.toml; `nox -s lock` makes it anew")
        return 1
    print("uv.lock: in step with pyproject.toml")
    return 0


if __name__ == "__main__":
    sys.exit(main())
