"""The bill of materials of a wheel: what uv.lock installs with it and all extras, as CycloneDX JSON beside the wheel.

    python supply/sbom.py dist/ibm_quantum_backends-0.1.0-py3-none-any.whl

Of packages that only extras bring, the scope is `optional`, and properties name the extras. The same wheel, lock and
Python give the same bytes.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from lock import PROJECT, install, users
from packaging.utils import canonicalize_name

_VERSION = "1.6"  # of CycloneDX


def make(wheel: Path) -> Any:
    """The bill of materials, checked against the schema of CycloneDX.

    Raises:
        NotRun: The index does not answer.
        ValueError: It does not fit the schema, or a package has no licence, or is not the locked one.
    """
    with TemporaryDirectory() as folder:
        install(Path(folder))
        command = ["cyclonedx-py", "environment", folder, "--pyproject", str(PROJECT / "pyproject.toml")]
        command += ["--mc-type", "library", "--output-reproducible", "--sv", _VERSION, "--no-validate"]
        bom = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    version = wheel.name.split("-")[1]
    own = bom["metadata"]["component"]
    own |= {"version": version, "purl": f"pkg:pypi/{own['name']}@{version}"}
    own["hashes"] = [{"alg": "SHA-256", "content": hashlib.sha256(wheel.read_bytes()).hexdigest()}]
    locked = users()
    for component in bom["components"]:
        name, found = component["name"], component["version"]
        versions, parts = locked[canonicalize_name(name)]
        if found not in versions or not component.get("licenses"):
            raise ValueError(f"{name} {found}: expected a licence, and version {' or '.join(sorted(versions))}")
        component["scope"] = "required" if "base" in parts else "optional"
        if extras := sorted(parts - {"base"}):
            component["properties"] = [{"name": f"{own['name']}:extra", "value": extra} for extra in extras]
    error = JsonStrictValidator(SchemaVersion.from_version(_VERSION)).validate_str(json.dumps(bom))
    if error is not None:
        raise ValueError(f"not as CycloneDX {_VERSION} has it: {error}")
    return bom


def main() -> int:
    wheel = Path(sys.argv[1])
    bom = make(wheel)
    path = wheel.with_suffix(".cdx.json")
    path.write_text(json.dumps(bom, indent=2, sort_keys=True) + "\n", "utf-8")
    base = sum(component["scope"] == "required" for component in bom["components"])
    print(f"{path.name}: {len(bom['components'])} packages, {base} of them without an extra; fits CycloneDX {_VERSION}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
