"""The environment has the lowest versions that pyproject.toml allows, and nothing has lifted one; else exits 1."""

import re
import sys
import tomllib
from importlib.metadata import version

from lock import PROJECT


def main() -> int:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    needs = {*project["dependencies"], *(need for extra in project["optional-dependencies"].values() for need in extra)}
    lifted = []
    for need in sorted(needs):
        name, _, bound = re.split("([>=]=)", need.partition(",")[0])
        found = version(name)
        if re.sub(r"(\.0)+$", "", found) != re.sub(r"(\.0)+$", "", bound):
            lifted.append(f"{need}: found {found}")
    print("\n".join([*lifted, f"lowest versions: {len(needs)} packages, {len(lifted)} lifted"]))
    return 1 if lifted else 0


if __name__ == "__main__":
    sys.exit(main())
