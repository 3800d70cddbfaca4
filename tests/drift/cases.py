"""The seeded changes below cases/: each a patch of one base document, and what is to be said of it."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ibm_quantum_backends.drift.openapi import Document, parse

__all__ = ["BASE", "CASES", "Case", "patched"]

_FOLDER = Path(__file__).parent / "cases"
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")

BASE = (_FOLDER / "base.yaml").read_text("utf-8")


class Case(NamedTuple):
    """One seeded change.

    Attributes:
        name: That of its folder.
        base, revision: The text of the two documents.
        expect: What is to be reported; see `changes`, `class`, `source`, `exit_code` and `must_not_report`.
        witness: For a changed response, a document that the revision allows.
    """

    name: str
    base: str
    revision: str
    expect: dict[str, Any]
    witness: Any

    def documents(self) -> tuple[Document, Document]:
        """Base and revision, read."""
        return parse(self.base.encode(), "base"), parse(self.revision.encode(), self.name)


def patched(text: str, patch: str) -> str:
    """The text after a unified diff, which must fit it line by line."""
    lines, made, at = text.splitlines(keepends=True), list[str](), 0
    for line in patch.splitlines(keepends=True)[2:]:
        if hunk := _HUNK.match(line):
            start = int(hunk[1]) - (hunk[2] != "0")
            made, at = made + lines[at:start], start
        elif line.startswith("+"):
            made.append(line[1:])
        else:
            assert lines[at] == line[1:], f"line {at + 1}: expected {line[1:]!r}, found {lines[at]!r}"
            made, at = made + lines[at : at + (line[0] == " ")], at + 1
    return "".join(made + lines[at:])


@cache
def _case(name: str) -> Case:
    folder = _FOLDER / name
    expect = json.loads((folder / "expect.json").read_text("utf-8"))
    witness = folder / "witness.json"
    seen = json.loads(witness.read_text("utf-8")) if witness.exists() else None
    return Case(name, BASE, patched(BASE, (folder / "revision.patch").read_text("utf-8")), expect, seen)


CASES = tuple(_case(folder.name) for folder in sorted(_FOLDER.iterdir()) if folder.is_dir())
