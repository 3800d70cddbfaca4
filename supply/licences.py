"""The licence of each locked package that users get: as docs/dependencies.md says, and one that goes with Apache 2.0.

What cannot run says NOT RUN and why. Exit codes: 0 as it should be; 1 not so; 2 could not tell, with --require-all.
"""

import argparse
import re
import sys
from importlib.metadata import Distribution, distributions
from tempfile import TemporaryDirectory
from typing import Any

from lock import PROJECT, NotRun, not_run, run_uv, users
from packaging.utils import canonicalize_name
from packaging.version import Version

_TABLE = PROJECT / "docs" / "dependencies.md"
_ROW = re.compile(r"\| \[(?P<name>[^]]+)\]\S* \| (?P<licence>.+?) \| (?P<parts>.+?) \|")
# Permissive ones, and the MPL, whose copyleft ends at its own files.
ALLOWED = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "MIT-CMU"),
    *("MPL-2.0", "PSF-2.0", "Zlib"),
    # As older metadata name them: without saying which clauses; Matplotlib's own licence is modelled on Python's.
    *("BSD License", "Python Software Foundation License"),
}
_CLASSIFIED = {
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


def licence(package: Distribution) -> str:
    """The licence that a package's metadata declare: an SPDX expression where they have one."""
    metadata: dict[str, Any] = package.metadata.json
    if expression := metadata.get("license_expression"):
        return str(expression)
    if (text := str(metadata.get("license", ""))) in ALLOWED:
        return text
    kinds = [kind.split(" :: ")[-1] for kind in metadata.get("classifier", ()) if kind.startswith("License :: ")]
    return " OR ".join(sorted(_CLASSIFIED.get(kind, kind) for kind in kinds)) or text.partition("\n")[0] or "none"


def is_allowed(expression: str) -> bool:
    """Whether a package may be taken, each version of it: of one choice at least, all licences are on the list."""
    return all(
        any(ALLOWED.issuperset(choice.split(" AND ")) for choice in version.split(" OR "))
        for version in expression.split("; ")
    )


def declared() -> dict[str, str]:
    """The licences of each locked package that users get, from the metadata of each of its versions.

    Raises:
        NotRun: The index does not answer.
    """
    found: dict[str, set[str]] = {}
    locked = {name: sorted(versions, key=Version) for name, (versions, _) in users().items()}
    # Where a package is locked in several versions, all but the first are for newer Pythons.
    for python, part in (("3.11", slice(1)), ("3.14", slice(1, None))):
        with TemporaryDirectory() as folder:
            pins = [f"{name}=={version}" for name, versions in locked.items() for version in versions[part]]
            run_uv("pip", "install", "--target", folder, "--python-version", python, "--no-deps", *pins)
            for package in distributions(path=[folder]):
                found.setdefault(canonicalize_name(package.name), set()).add(licence(package))
    return {name: "; ".join(sorted(found[name])) for name in locked}


def rows(licences: dict[str, str]) -> dict[str, str]:
    """The lines of the table."""
    return {
        name: f"| [{name}](https://pypi.org/project/{name}/) | {licences[name]} | {', '.join(sorted(parts))} |"
        for name, (_, parts) in users().items()
    }


def differences(wanted: dict[str, str], text: str) -> list[str]:
    """What the table says otherwise."""
    there = {match["name"]: match[0] for match in _ROW.finditer(text)}
    told = [f"{name}: not in the table, should be {row}" for name, row in wanted.items() if name not in there]
    told += [f"{name}: in the table, and no dependency" for name in there if name not in wanted]
    told += [f"{name}: {there[name]} should be {row}" for name, row in wanted.items() if there.get(name, row) != row]
    return sorted(told)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the table anew")
    parser.add_argument("--require-all", action="store_true", help="fail where the check could not run")
    options = parser.parse_args()
    try:
        licences = declared()
    except NotRun as error:
        return not_run("licences", error, options.require_all)
    refused = [name for name, found in licences.items() if not is_allowed(found)]
    told = [f"{name}: {licences[name]} is not on the list in supply/licences.py" for name in refused]
    wanted, text = rows(licences), _TABLE.read_text("utf-8")
    if options.write:
        head, rule, _ = text.partition("|---|---|---|\n")
        _TABLE.write_text(head + rule + "".join(f"{row}\n" for row in wanted.values()), "utf-8")
    else:
        told += differences(wanted, text)
    print("\n".join([*told, f"licences: {len(licences)} packages, {len(told)} not as they should be"]))
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
