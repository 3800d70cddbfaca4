"""Replace IBM's document by another revision: show what changes, pin it, and regenerate.

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
from typing import Any, cast

import httpx
import overlay
import regenerate
from regenerate import OPENAPI, RegenerateError


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


def parse(data: bytes, origin: str) -> dict[str, Any]:
    """An OpenAPI document."""
    document: Any = regenerate.load_yaml(data, origin)
    for key, kind in (("openapi", str), ("info", dict), ("paths", dict)):
        if not (isinstance(document, dict) and isinstance(cast("dict[str, Any]", document).get(key), kind)):
            raise UpdateError(f"{origin}: expected an OpenAPI document, found no {key}")
    return cast("dict[str, Any]", document)


def show(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Print the changes as a diff of both documents in one style."""
    diff = regenerate.diff("backends.yaml", *(regenerate.dump_yaml(document) for document in (before, after)))
    sys.stdout.writelines(diff)
    added, removed = (sum(line.startswith(sign) for line in diff[2:]) for sign in "+-")
    version = [document["info"].get("version") for document in (before, after)]
    print(f"backends.yaml: version {version[0]} -> {version[1]}, {added} lines added, {removed} removed")


def stale(document: dict[str, Any]) -> list[str]:
    """What of the overlay does not fit the document: actions that do nothing, and the first that fails."""
    found: list[str] = []
    try:
        for step in overlay.steps(document, regenerate.load_overlay()):
            if not step.changed:
                reason = "changes nothing" if step.matched else "selects nothing"
                about = f"{step.action.get('description')}; it can go when {step.action.get('x-until')}"
                found.append(f"overlay.actions[{step.position}] {reason}: {step.action['target']} ({about})")
    except (overlay.OverlayError, RegenerateError) as error:
        found.append(str(error))
    return found


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
        url: str = tomllib.loads((OPENAPI / "source.toml").read_text("utf-8"))["url"]
        data = file.read_bytes() if file else fetch(url)
        document = parse(data, str(file or url))
        pinned = (OPENAPI / "backends.yaml").read_bytes()
        if data == pinned:
            print("nothing changed")
            return 0
        show(parse(pinned, "openapi/backends.yaml"), document)
        misfits = stale(document)
        pin(data, url, document["info"].get("version"))
    except (UpdateError, RegenerateError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for misfit in misfits:
        print(misfit)
    if misfits:
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
