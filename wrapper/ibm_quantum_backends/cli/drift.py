"""`qbackends drift`: where the API, its document and this package part."""

import json as jsonlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text
from typer import Argument, Option

from ..base_client import API_VERSION
from ..calls import DOCUMENTS, Call
from ..documents import one_line
from ..drift.payload import BASELINE, Deviation, PayloadCheck, compare_baseline, read_baseline, write_baseline
from ..drift.versions import read_versions
from ..errors import BackendsError, DecodeError, InvalidInputError, NotFoundError, RecordingError
from ..recording import Recording
from ..responses import status_error
from .session import Session, Shown, command
from .tables import row_table

__all__ = ["drift", "responses"]

drift = typer.Typer(name="drift", help="Say where the API, its document and this package part.", no_args_is_help=True)
_Against = Annotated[str, Option(metavar="DOCUMENT", help="effective (with corrections), upstream, or a file.")]
_Baseline = Annotated[Path | None, Option(metavar="FILE", help="What is known; of upstream, this package knows it.")]
_Coverage = Annotated[bool, Option("--coverage", help="And what the document declares and no response had.")]
_FailOn = Annotated[Literal["wire-breaking", "non-breaking"], Option(help="From what on a new deviation fails.")]


@drift.command("payload", epilog="Example: qbackends drift payload --operation get_backend_status status.json")
def _payload(
    *,
    files: Annotated[list[Path], Argument(metavar="FILE...", help="Responses, or recordings.", show_default=False)],
    operation: Annotated[str | None, Option(metavar="ID", help="operationId; recordings name their own.")] = None,
    against: _Against = "effective",
    baseline: _Baseline = None,
    write_baseline_: Annotated[Path | None, Option("--write-baseline", help="Make what is found known.")] = None,
    coverage: _Coverage = False,
    fail_on: _FailOn = "non-breaking",
    format_: Annotated[Literal["table", "json"], Option("--format", help="How to show it.")] = "table",
    json: Annotated[bool, Option("--json", help="As --format json.")] = False,
    output: Annotated[Path | None, Option("--output", "-o", help="A file to write.")] = None,
) -> None:
    """Check responses in files and recordings against the document: exit code 0 in step, 1 new deviations."""
    session = Session(json=json or format_ == "json", output=output)
    session.progress.disable = True  # nobody is asked
    check = PayloadCheck(against)
    for file in sorted({*files}):
        for name, body, day, its in responses(file, operation):
            check.add(its, body, day, name)
    if write_baseline_:
        if not write_baseline_.parent.is_dir():
            raise InvalidInputError(
                f"--write-baseline: expected a file in a folder that there is, found {write_baseline_}"
            )
        write_baseline(write_baseline_, check)
        baseline = write_baseline_
    session.show(lambda: _report(session, check, _known(against, baseline), coverage, fail_on))


@command(drift, "live", "--sandbox")
def _live(
    session: Session,
    against: _Against = "effective",
    baseline: _Baseline = None,
    coverage: _Coverage = False,
    fail_on: _FailOn = "non-breaking",
) -> Shown:
    """Ask for every document of every backend, and check the responses; say when the API's version ends."""
    check, known = PayloadCheck(against), _known(against, baseline)

    def watch(operation: str, body: bytes) -> None:
        if operation:  # the versions are an answer of none
            check(operation, body)

    session.watch = watch
    client = session.client
    found = client.fleet(DOCUMENTS, names=[device.name for device in client.list(wait_times=True)])
    results = [(name, kind, result) for name, kinds in found.items() for kind, result in kinds.items()]
    # The newest devices have no defaults, simulators no properties; and what does not fit its model was checked.
    absent = (NotFoundError, DecodeError)
    failed = [f"{n}: {k}: {r}" for n, k, r in results if isinstance(r, BackendsError) and not isinstance(r, absent)]
    call = Call("", {"method": "get", "url": "/v1/versions", "headers": {"IBM-API-Version": API_VERSION}}, _any_json)
    try:
        answer = client._do(call, None)  # pyright: ignore[reportPrivateUsage]
    except BackendsError as error:
        reason = "not available" if isinstance(error, NotFoundError) else f"not available: {error}"
        versions: dict[str, Any] = {"version": API_VERSION, "ends": {}, "told": reason}
    else:
        versions = read_versions(answer, API_VERSION, datetime.now(UTC).date())
    document, page = _report(session, check, known, coverage, fail_on)
    if failed and not session.failures:
        raise InvalidInputError(f"could not tell: {len(failed)} of {len(results) + 1} answers failed: {failed[0]}")
    session.failures += failed
    return {**document, "versions": versions}, Group(page or "", Text(f"versions: {one_line(versions['told'])}"))


def responses(file: Path, operation: str | None) -> Iterator[tuple[str, bytes, datetime | None, str]]:
    """Name, body, date and operation of what a file or a recording holds."""
    try:
        if not file.is_dir():
            body = file.read_bytes()
            if operation is None:
                raise InvalidInputError(f"{file}: expected --operation, as a response does not say of which it is")
            yield file.name, body, None, operation
            return
        recording = Recording(file)
        for entry in recording.entries:
            if entry.status == 200 and operation in (None, entry.operation):
                yield entry.file, recording.body(entry), datetime.fromisoformat(entry.date), entry.operation
    except (OSError, RecordingError) as error:  # which are failures of a request elsewhere
        raise InvalidInputError(f"{file}: expected responses to read: {error}") from None


def _known(against: str, baseline: Path | None) -> dict[str, Any]:
    if baseline is None and against != "upstream":
        return {"rows": []}
    return read_baseline(baseline or BASELINE)


def _report(session: Session, check: PayloadCheck, known: dict[str, Any], coverage: bool, fail_on: str) -> Shown:
    count = check.documents.total()
    if not count:
        raise InvalidInputError("expected responses, found none")
    old, new, vanished = compare_baseline(check.findings(), known, check.documents)
    unseen = check.coverage() if coverage else []
    failing = [row for row in new if row.breaking or fail_on == "non-breaking"]
    if failing:
        session.failures.append(f"{len(failing)} new deviations from {check.document.name}")
    worst = "breaking" if any(row.breaking for row in new) else "non-breaking" if new else "none"
    rows = [{**row.to_dict(), "known": row in old} for row in (*new, *old)]
    document = {"schema_version": 1, "against": check.document.name, "documents": dict(check.documents), "class": worst}
    document |= {"rows": rows, "vanished": vanished}
    document |= {"coverage": [each._asdict() for each in unseen]} if coverage else {}
    state = f"{len(new)} new deviations" if new else "in step"
    told = [f"{state}: {count} responses against {check.document.name}; {len(old)} known deviations"]
    told += [f"vanished: {_short(row['operation'])} {row['json_path']} {row['finding']}" for row in vanished]
    told += [f"never seen: {_short(o)} {path}{f' = {value}' if value is not None else ''}" for o, path, value in unseen]
    return document, Group(*([_table(new)] if new else []), Text("\n".join(map(one_line, told))))


def _table(rows: Iterable[Deviation]) -> Table:
    """One line a deviation, the example cut to fit."""
    lines: list[list[Any]] = []
    for row in rows:
        example = Text(one_line(" ".join([*row.found, row.example])), no_wrap=True, overflow="ellipsis")
        lines.append([row.finding, _short(row.operation), row.json_path, row.count, row.documents, example])
    table = row_table(("Finding", "Response", "Path", "Count", "Of", "Example"), lines, words=5)
    table.columns[3].justify = table.columns[4].justify = "right"
    table.columns[5].justify = "left"
    return table


def _short(operation: str) -> str:
    return operation.removeprefix("get_backend_")


def _any_json(response: httpx.Response) -> Any:
    if response.status_code != 200:
        raise status_error(response)
    try:
        return jsonlib.loads(response.content)
    except (ValueError, RecursionError):
        raise DecodeError("$: expected JSON", path="$", body=response.content) from None
