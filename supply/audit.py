"""Known vulnerabilities of all locked packages that users get, as OSV has them.

What cannot run says NOT RUN and why. Exit codes: 0 none is known; 1 some are; 2 could not tell, with --require-all.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lock import NotRun, not_run, run_uv, users

_OSV = "https://api.osv.dev/v1/query"


def audit(url: str) -> list[Any]:
    """What pip-audit says of each package.

    Args:
        url: Where OSV answers.

    Raises:
        NotRun: The service does not answer, or not for every package.
    """
    with TemporaryDirectory() as folder:
        lock, report = Path(folder, "pylock.toml"), Path(folder, "report.json")
        only = ("--locked", "--all-extras", "--no-default-groups", "--no-emit-project")
        run_uv("export", *only, "--format", "pylock.toml", "--output-file", str(lock))
        command = ["pip-audit", "--locked", folder, "--vulnerability-service", "osv", "--osv-url", url]
        command += ["--format", "json", "--output", str(report), "--progress-spinner", "off", "--desc", "off"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        # Its exit code is 1 both for findings and where it failed: then there is no report.
        if not report.is_file():
            raise NotRun(f"{url} does not answer: {result.stderr.strip().splitlines()[-1]:.300}")
        found: list[Any] = json.loads(report.read_bytes())["dependencies"]
    # pip-audit itself passes where it has skipped packages.
    answered = {(row["name"], row["version"]) for row in found if "vulns" in row}
    missing = {(name, version) for name, (versions, _) in users().items() for version in versions} - answered
    if missing and not any(row.get("vulns") for row in found):
        raise NotRun(f"{url} does not answer for {', '.join(map(' '.join, sorted(missing)))}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--osv-url", default=_OSV, metavar="URL", help="default: %(default)s")
    parser.add_argument("--require-all", action="store_true", help="fail where nobody could be asked")
    options = parser.parse_args()
    try:
        found = audit(options.osv_url)
    except NotRun as error:
        return not_run("vulnerabilities", error, options.require_all)
    bad = [(row, each) for row in found for each in row.get("vulns", ())]
    for row, each in bad:
        names, fixed = ", ".join([each["id"], *each["aliases"]]), ", ".join(each["fix_versions"])
        print(f"{row['name']} {row['version']}: {names}; corrected in {fixed or 'no version'}")
    print(f"vulnerabilities: {len(bad)} known in {len(found)} locked packages")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
