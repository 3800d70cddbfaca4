"""All four drift checks in one report: generated code, document, responses, wrapper.

What cannot run says NOT RUN and why. Exit codes: 0 in step; 1 a change at or above --fail-on; 2 could not tell.
"""

import argparse
import contextlib
import io
import logging
import os
import re
import sys
import time
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple, get_args

import generated_lock
import public_api
import regenerate
from regenerate import OPENAPI, PROJECT, RegenerateError
from update import UpdateError, fetch

from ibm_quantum_backends import Backends
from ibm_quantum_backends.calls import DOCUMENTS
from ibm_quantum_backends.cli.session import Session
from ibm_quantum_backends.documents import one_line
from ibm_quantum_backends.drift import accepted
from ibm_quantum_backends.drift.changes import Change
from ibm_quantum_backends.drift.formats import Format, render
from ibm_quantum_backends.drift.openapi import Document, child, load, parse
from ibm_quantum_backends.drift.payload import BASELINE, PayloadCheck, compare_baseline, read_baseline
from ibm_quantum_backends.drift.report import FAIL_ON, Report
from ibm_quantum_backends.drift.revision import report_revision
from ibm_quantum_backends.errors import BackendsError, CredentialsError, DecodeError, NotFoundError
from ibm_quantum_backends.recording import SANDBOX, Recording

_WHEEL = "qiskit_ibm_runtime-0.51.0-py3-none-any.whl"
_DOCUMENTS = {
    "effective": f"generated/{regenerate.SPEC.as_posix()}/effective.yaml",
    "upstream": "openapi/backends.yaml",
}
_KINDS = {"conf": "get_backend_configuration", "props": "get_backend_properties"}


class Found(NamedTuple):
    """What a check found, and by name what of it could not run, with the reason."""

    report: Report
    not_run: dict[str, str]


def generated() -> Found:
    """generated/ is what openapi/ produces."""
    told, made, reason = io.StringIO(), None, ""
    with contextlib.redirect_stdout(told):
        try:
            made = regenerate.produce()
        except (RegenerateError, OSError) as error:
            reason = str(error)
        regenerate.check(made)
    lines = [line for line in told.getvalue().splitlines() if not line.startswith(("run `", "generated/ is "))]
    pins = regenerate.pins()
    wanted: dict[str, str] = {}
    with contextlib.suppress(OSError, generated_lock.LockError):
        lock = generated_lock.load(regenerate.LOCK.read_bytes())
        wanted = lock.inputs | lock.outputs
    wanted |= regenerate.outputs(made) if made else {}
    changes = [_line(line, wanted) for line in lines if _of_project(line, pins)]
    as_pinned = all(regenerate.installed(name) == pin for name, pin in pins.items())
    if reason and as_pinned and not changes:  # then what is wrong is openapi/ itself
        changes.append(_change("cannot-be-made", "openapi/source.toml", note=reason))
    return Found(Report(changes=tuple(changes)), {"generated": reason} if reason else {})


def _of_project(line: str, pins: Mapping[str, str]) -> bool:
    """Whether a line of `regenerate.check` tells a change of the project, and not which tools are installed here."""
    name, _, version = line.removeprefix("tool changed: ").partition(" ")
    return not line.startswith("tool changed: ") or version.endswith(f"-> {pins.get(name)}")


def _line(line: str, wanted: Mapping[str, str]) -> Change:
    """The change that a line of `regenerate.check` tells; its values make its fingerprint that of one file alone."""
    state, _, rest = line.partition(": ")
    if state == "openapi/generated.lock.json":
        return _change("lock-not-in-step", state, note=rest)
    if state == "tool changed":
        name, old, _, new = rest.split(" ")
        return _change("tool-changed", "pyproject.toml", f"{name} {old}", f"{name} {new}")
    file, _, cause = rest.partition(" (")
    path = PROJECT / file
    found = generated_lock.sha256(path.read_bytes()) if path.is_file() else None
    before, after = (digest and f"sha256 {digest[:16]}" for digest in (wanted.get(file), found))
    return _change(state.replace(" ", "-"), file, before, after, note=cause.removesuffix(")"))


def _change(kind: str, file: str, before: str | None = None, after: str | None = None, *, note: str = "") -> Change:
    return Change(
        kind=f"generated-{kind}",
        wire="none",
        source="breaking",
        pointer="#",
        before=before,
        after=after,
        note=note,
        check="generated",
        file=file,
        effect_here="none",
    )


def document(given: Document | None) -> Found:
    """IBM's document, or the one that is given, is the pinned one."""
    pinned = (OPENAPI / "backends.yaml").read_bytes()
    revision = given
    if revision is None:
        url: str = tomllib.loads((OPENAPI / "source.toml").read_text("utf-8"))["url"]
        revision = parse(fetch(url), url)
    if revision.text.encode() == pinned:
        return Found(Report(changes=()), {})
    report = report_revision(parse(pinned, "openapi/backends.yaml"), revision)
    return Found(report, dict(report.not_run))


def responses() -> Found:
    """Real responses deviate from IBM's document as is known, and from the corrected one nowhere."""
    changes: list[Change] = []
    not_run: dict[str, str] = {}
    answers: list[tuple[str, bytes, datetime | None]] = list(_sandbox())
    complete = True
    try:
        answers += _real_documents()
    except (OSError, zipfile.BadZipFile) as error:
        complete, not_run["responses of 137 real documents"] = False, str(error)
    try:
        _ask(lambda operation, body: answers.append((operation, body, datetime.now(UTC))))
    except CredentialsError as error:
        not_run["live responses"] = "no credentials" if str(error).startswith("no credentials") else str(error)
    except BackendsError as error:
        not_run["live responses"] = str(error)
    for against, known in (("effective", {"rows": []}), ("upstream", read_baseline(BASELINE))):
        check = PayloadCheck(against)
        for operation, body, day in answers:
            check.add(operation, body, day)
        # The baseline is of the real documents: without them, nothing is known to have vanished.
        _, new, vanished = compare_baseline(check.findings(), known, check.documents if complete else ())
        pointers = {operation.name: operation.pointer for operation in check.document.operations()}
        changes += (
            Change(
                kind=f"deviation-from-{against}-{re.sub('[A-Z]', lambda found: '-' + found[0].lower(), row.finding)}",
                wire="breaking" if row.breaking else "non-breaking",
                source="none",
                direction="response",
                pointer=child(pointers[row.operation], row.json_path),
                operations=(row.operation,),
                json_path=(row.json_path,),
                note=f"{row.count:,} values in {row.documents:,} documents, such as {row.example or 'one without it'}",
                check="responses",
                file=_DOCUMENTS[against],
                line=check.document.line(pointers[row.operation]),
            )
            for row in new
        )
        changes += (
            Change(
                kind="deviation-vanished",
                wire="none",
                source="none",
                direction="response",
                pointer=child(pointers[row["operation"]], row["json_path"]),
                operations=(row["operation"],),
                json_path=(row["json_path"],),
                before=row["finding"],
                check="responses",
                file="openapi/baseline.json",
                effect_here="none",
            )
            for row in vanished
        )
    return Found(Report(changes=tuple(changes)), not_run)


def _ask(watch: Callable[[str, bytes], object]) -> None:
    """Ask for every document of every backend of the account, as `qbackends drift live` does.

    Raises:
        BackendsError: An answer did not come; those that came before were watched.
    """
    with Backends(deadline=30, retries=1, watch=watch) as backends:
        found = backends.fleet(DOCUMENTS, names=[device.name for device in backends.list(wait_times=True)])
    for kinds in found.values():
        for result in kinds.values():
            # The newest devices have no defaults, simulators no properties; and what does not fit its model was seen.
            if isinstance(result, BackendsError) and not isinstance(result, NotFoundError | DecodeError):
                raise result


def _sandbox() -> Iterator[tuple[str, bytes, datetime]]:
    recording = Recording(SANDBOX)
    for entry in recording.entries:
        if entry.status == 200:
            yield entry.operation, recording.body(entry), datetime.fromisoformat(entry.date)


def _real_documents() -> Iterator[tuple[str, bytes, None]]:
    """The documents that qiskit-ibm-runtime ships, of 68 devices."""
    folder = os.environ.get("RUNTIME_WHEELS")
    if not folder:
        raise FileNotFoundError("RUNTIME_WHEELS names no folder with the wheel of qiskit-ibm-runtime 0.51.0")
    with zipfile.ZipFile(Path(folder, _WHEEL)) as wheel:
        for name in sorted(wheel.namelist()):
            if kind := re.search(r"/(conf|props)_\w+\.json$", name):
                yield _KINDS[kind[1]], wheel.read(name), None


def wrapper() -> Found:
    """The wrapper covers the raw client, and the public API is the last release's."""
    changes, not_run = public_api.run()
    return Found(Report(changes=tuple(changes)), not_run)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="file", type=Path, metavar="FILE", help="the new document, in place of the URL")
    parser.add_argument("--fail-on", choices=FAIL_ON, default="non-breaking", help="default: %(default)s")
    parser.add_argument("--format", choices=get_args(Format), default="table", help="default: %(default)s")
    parser.add_argument("--accepted", type=Path, metavar="FILE", help="default: openapi/accepted.yaml, if it is there")
    parser.add_argument("--require-all", action="store_true", help="fail where a check could not run")
    options = parser.parse_args()
    default = OPENAPI / "accepted.yaml"
    try:
        given = load(options.file) if options.file else None
        entries = accepted.read(options.accepted or default) if options.accepted or default.exists() else ()
    except BackendsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    # A backend whose entry does not fit its model is a deviation of the report, and no warning beside it.
    logging.getLogger("ibm_quantum_backends").addHandler(logging.NullHandler())
    checks: dict[str, Callable[[], Found]] = {
        "generated": generated,
        "document": lambda: document(given),
        "responses": responses,
        "wrapper": wrapper,
    }
    found: dict[str, Found] = {}
    seconds: dict[str, float] = {}
    for name, check in checks.items():
        start = time.monotonic()
        try:
            found[name] = check()
        except (UpdateError, RegenerateError, BackendsError, OSError) as error:
            found[name] = Found(Report(changes=()), {name: str(error)})
        seconds[name] = time.monotonic() - start
    revised = found["document"].report
    report = Report(
        changes=tuple(change for each in found.values() for change in each.report.changes),
        documents=revised.documents,
        source_reason=revised.source_reason,
        overlay=revised.overlay,
        not_run={part: one_line(why) for each in found.values() for part, why in each.not_run.items()},
    )
    report = report.accepting(entries, date.today()) if entries else report
    Session().write(render(report, options.format))
    if options.format == "table":
        for name, each in found.items():
            print(f"{name:10} {_state(name, each, report)} ({seconds[name]:.1f} s)")
    code = report.exit_code(options.fail_on, require_all=options.require_all)
    if code == 2:
        print(f"could not tell: {report.undecided(options.fail_on, require_all=options.require_all)}", file=sys.stderr)
    return code


def _state(name: str, found: Found, report: Report) -> str:
    """What the summary says of a check."""
    left = sum(change.check == name for change in report.changes)
    taken = sum(change.check == name for change, _ in report.accepted)
    parts = [f"changes: {left}"] * bool(left) + [f"accepted: {taken}"] * bool(taken)
    if not parts and name not in found.not_run:
        parts = ["in step"]
    return "; ".join([*parts, *("NOT RUN" if part == name else f"{part} NOT RUN" for part in found.not_run)])


if __name__ == "__main__":
    sys.exit(main())
