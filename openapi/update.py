"""Replace IBM's document by another revision: report what changes and for whom it breaks, pin it, and regenerate.

The document is that of the URL in source.toml, or of a file. Exit codes: 0 done, or nothing changed; 1 pinned, and
generated/ waits for a corrected overlay.yaml, generator.yaml or template; 2 nothing written.
"""

import argparse
import datetime
import hashlib
import json
import os
import sys
import tomllib
from pathlib import Path

import httpx
import regenerate
from regenerate import OPENAPI, RegenerateError

from ibm_quantum_backends.cli.session import Session
from ibm_quantum_backends.drift.formats import render
from ibm_quantum_backends.drift.openapi import members, parse
from ibm_quantum_backends.drift.revision import report_revision
from ibm_quantum_backends.errors import BackendsError


class UpdateError(Exception):
    """There is no document to take; the message says where, what was expected and what was found."""


def fetch(url: str) -> bytes:
    """The bytes behind a URL."""
    try:
        response = httpx.get(url, timeout=30, follow_redirects=True)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UpdateError(f"{url}: {error}") from None
    if response.status_code != 200:
        raise UpdateError(f"{url}: expected status 200, found {response.status_code}")
    return response.content


def pin(data: bytes, url: str, version: object) -> None:
    """Write the document and source.toml, each whole or not at all."""
    source = f"""\
# Where backends.yaml is from; `nox -s update` rewrites this file together with the document.
url = {json.dumps(url)}
version = {json.dumps(str(version))}
sha256 = "{hashlib.sha256(data).hexdigest()}"
date = {datetime.datetime.now(datetime.UTC).date()}
"""
    written = {OPENAPI / "backends.yaml": data, OPENAPI / "source.toml": source.encode()}
    for path, content in written.items():
        path.with_suffix(".new").write_bytes(content)
    for path in written:
        os.replace(path.with_suffix(".new"), path)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="file", type=Path, metavar="FILE", help="take this file and not the URL")
    file: Path | None = parser.parse_args().file
    try:
        source = tomllib.loads((OPENAPI / "source.toml").read_text("utf-8"))
        url: str = source["url"]
        data = file.read_bytes() if file else fetch(url)
        revision = parse(data, str(file or url))
        version = members(revision.data.get("info")).get("version")
        if not isinstance(version, str | int | float):
            raise UpdateError(f"{revision.name}: info.version: expected a version, found {version!r:.60}")
        pinned = (OPENAPI / "backends.yaml").read_bytes()
        if data == pinned and hashlib.sha256(data).hexdigest() == source["sha256"]:
            print("nothing changed")
            return 0
        report = report_revision(parse(pinned, "openapi/backends.yaml"), revision, overlay=regenerate.load_overlay())
        Session().write(render(report, "table"))
        pin(data, url, version)
    except (UpdateError, RegenerateError, BackendsError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if report.not_run or any(problem.kind != "overlay-action-adopted-in-part" for problem in report.overlay):
        print("error: generated/ is as before: correct openapi/overlay.yaml, then `nox -s regenerate`", file=sys.stderr)
        return 1
    try:
        regenerate.write(regenerate.produce())
    except RegenerateError as error:
        print(f"error: generated/ is as before: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
