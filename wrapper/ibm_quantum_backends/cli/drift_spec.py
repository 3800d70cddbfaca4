"""`qbackends drift spec`: what a new revision of the document changes."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from ..drift import accepted
from ..drift.formats import Format, render
from ..drift.openapi import load
from ..drift.payload import PayloadCheck
from ..drift.report import FailOn
from ..drift.revision import report_revision
from ..errors import InvalidInputError
from .drift import drift, responses
from .session import Session

__all__: list[str] = []


@drift.command("spec", epilog="Example: qbackends drift spec upstream backends.yaml --format github")
def _spec(
    *,
    base: Annotated[str, Argument(metavar="BASE", help="The old document: a file, upstream or effective.")],
    revision: Annotated[str, Argument(metavar="REVISION", help="The new one.")],
    format_: Annotated[Format, Option("--format", help="How to show it.")] = "table",
    json: Annotated[bool, Option("--json", help="As --format json.")] = False,
    fail_on: Annotated[FailOn, Option(help="From what on the exit code is 1; each level includes those before.")] = (
        "wire-breaking"
    ),
    open_enums: Annotated[bool, Option("--open-enums", help="For readers who keep new enumeration values.")] = False,
    accept: Annotated[
        Path | None, Option("--accepted", metavar="FILE", help="Changes that are accepted: docs/drift.md.")
    ] = None,
    recorded: Annotated[
        Path | None, Option(metavar="DIR", help="A recording, for evidence; else what this package knows.")
    ] = None,
    output: Annotated[Path | None, Option("--output", "-o", help="A file to write.")] = None,
) -> None:
    """Say what a new revision of the API's document changes, for whom it breaks, and prove it.

    Exit codes: 0 in step, 1 a change at or above --fail-on, 2 could not tell.
    """
    form: Format = "json" if json else format_
    session = Session(output=output)
    inputs = [Path(base), Path(revision), *([accept] if accept else [])]
    if output and output.resolve() in [each.resolve() for each in inputs]:
        raise InvalidInputError(f"--output: expected another file than those that are read, found {output}")
    old, new = load(base), load(revision)
    entries = accepted.read(accept) if accept else ()
    check = None
    if recorded:
        check = PayloadCheck(old)
        for name, body, day, operation in responses(recorded, None):
            check.add(operation, body, day, name)
    report = report_revision(old, new, open_enums=open_enums, recorded=check)
    report = report.accepting(entries, date.today()) if entries else report
    session.write(render(report, form))
    if reason := report.undecided(fail_on):
        print(f"could not tell: {reason}", file=sys.stderr)
    raise typer.Exit(report.exit_code(fail_on))
