"""The commands for choosing a device and for using its calibration elsewhere."""

import csv
import io
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Group
from rich.text import Text
from typer import Argument, Option

from ..errors import BackendsError, InvalidInputError, NotFoundError
from ..recording import write_whole
from .calibration_tables import Backend, backend_page, comparison, diff_table, export_columns, moment, summary
from .session import Before, Name, Session, Shown, command
from .tables import field_table

if TYPE_CHECKING:
    from ..calibration import Calibration

__all__ = ["calibration"]

calibration = typer.Typer()
_Format = Annotated[
    Literal["csv", "json", "parquet"] | None, Option("--format", help="Else as the file's name ends, or csv.")
]


def _found(session: Session, names: list[str]) -> dict[str, tuple[Backend, dict[str, Any]]]:
    """Backends and their documents, by name; one whose calibration cannot be read is shown without."""
    devices = {device.name: device for device in session.client.list(wait_times=True)}
    fleet = session.client.fleet(("configuration", "properties"), names=names)
    for found in fleet.values():
        if isinstance(found["properties"], NotFoundError):  # a simulator has none
            found["properties"] = None
        for error in found.values():
            if isinstance(error, BackendsError):
                raise error
    from ..calibration import Calibration  # noqa: PLC0415 (list and others do without)

    backends: dict[str, tuple[Backend, dict[str, Any]]] = {}
    for name, found in fleet.items():
        figures: dict[str, Any] | None = None
        if found["properties"]:
            try:
                figures = summary(Calibration(found["configuration"], found["properties"]))
            except BackendsError as error:
                session.failures.append(f"{name}: {error}")
        models = {"device": devices.get(name), **found}
        documents = {kind: model and model.to_dict() for kind, model in models.items()}
        backend = Backend(devices.get(name), found["configuration"], figures)
        backends[name] = backend, {**documents, "calibration": figures}
    return backends


@command(calibration, "show", "ibm_boston --sandbox")
def _show(session: Session, name: Name) -> Shown:
    """Show a backend on one page: status, queue, gates, coherence times, errors, best and worst qubits and pairs."""
    backend, documents = _found(session, [name])[name]
    return documents, backend_page(backend, datetime.now(UTC))


@command(calibration, "compare", "ibm_boston ibm_sherbrooke --sandbox")
def _compare(
    session: Session,
    names: Annotated[list[str], Argument(metavar="NAME NAME...", help="Two or more.", show_default=False)],
) -> Shown:
    """Compare backends: the figures of show side by side, the better ones marked."""
    if len({*names}) < 2:
        raise InvalidInputError(f"compare: expected two backends or more, found {', '.join({*names})}")
    found = _found(session, names)
    kinds = ("device", "calibration")
    document = {name: {kind: documents[kind] for kind in kinds} for name, (_, documents) in found.items()}
    return document, comparison({name: backend for name, (backend, _) in found.items()}, datetime.now(UTC))


@command(calibration, "map", "ibm_boston --sandbox -o boston.png --qubits t1")
def _map(
    session: Session,
    name: Name,
    qubits: Annotated[str, Option(metavar="COLUMN", help="What colours qubits, or none.")] = "readout_error",
    pairs: Annotated[str, Option(metavar="COLUMN", help="What colours pairs, or none.")] = "gate_error",
) -> Shown:
    """Draw a backend with the values of its qubits and pairs as colours, to a file: PNG or SVG."""
    output = _file(session, "draw", "boston.png")
    from ..calibration.plot import check_path, write  # noqa: PLC0415 (it has an extra of its own)

    check_path(output)
    found = session.client.calibration(name)
    figure = found.plot(qubits=None if qubits == "none" else qubits, pairs=None if pairs == "none" else pairs)
    write(figure, output)
    return {"file": str(output), **_origin(found)}, None


def _file(session: Session, verb: str, example: str) -> Path:
    """The file of --output, which is then no more the place of what is shown."""
    output, session.output = session.output, None
    if output is None:
        raise InvalidInputError(f"--output: expected a file to {verb} to, such as -o {example}, found none")
    return output


def _origin(found: "Calibration") -> dict[str, Any]:
    return {"backend_name": found.backend_name, "last_update_date": found.last_update_date.isoformat()}


@command(calibration, "export", "ibm_boston --sandbox --of gates -o gates.csv")
def _export(
    session: Session,
    name: Name,
    of: Annotated[Literal["qubits", "gates"], Option(help="A row for each of these.")] = "qubits",
    format_: _Format = None,
    before: Before = None,
) -> Shown:
    """Export calibrated values as CSV, JSON or Parquet, in SI units.

    Seconds: t1, t2, readout_length, gate_length. Hertz: frequency, anharmonicity. All else: plain numbers.
    What is absent is empty, and faulty says why a qubit or gate does not work. In CSV, a gate's qubits are "0 1".
    """
    suffix = session.output.suffix[1:].lower() if session.output else ""
    kind = format_ or (suffix if suffix in ("json", "parquet") else "csv")
    if kind == "parquet":
        output = _file(session, "write Parquet", f"{of}.parquet")
        from ..calibration.frames import check_parquet, make_frames  # noqa: PLC0415 (it has an extra of its own)

        check_parquet()
        found = session.client.calibration(name, updated_before=before)
        frame = getattr(make_frames(found), of)
        write_whole(Path(os.path.realpath(output)), frame.to_parquet())
        return {"file": str(output), **_origin(found), "rows": len(frame)}, None
    session.json = session.json or kind == "json"
    found = session.client.calibration(name, updated_before=before)
    columns = export_columns(found, of)
    if session.json:
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        return {**_origin(found), of: rows}, None
    return None, _csv(columns)


def _csv(columns: Mapping[str, Iterable[Any]]) -> str:
    text, cells = io.StringIO(), {**columns}
    if "qubits" in cells:
        cells["qubits"] = [" ".join(map(str, qubits)) for qubits in cells["qubits"]]
    csv.writer(text, lineterminator="\n").writerows([cells, *zip(*cells.values(), strict=True)])
    return text.getvalue()


@command(calibration, "diff", "ibm_sherbrooke --sandbox --since 2024-06-01")
def _diff(
    session: Session,
    name: Name,
    since: Annotated[str, Option(metavar="DATE", help="Since the newest before 2026-03-15, or 2d ago.")] = "1d",
    top: Annotated[int, Option(metavar="N", min=0, help="So many of the largest; 0: all, and what came or went.")] = 20,
) -> Shown:
    """Show what drifted in a backend's calibration, the largest changes first."""
    older = session.client.calibration(name, updated_before=since)
    newer = session.client.calibration(name)
    changes = older.diff(newer)
    rows = [change._asdict() | {"size": change.size if isfinite(change.size) else None} for change in changes]
    origins = {part: _origin(each) for part, each in (("before", older), ("after", newer))}
    document = {**origins, "changes": rows}
    before, after = (moment(origin["last_update_date"]) for origin in origins.values())
    if older == newer:
        return document, Text(f"{name}: its calibration of {before} is older than {since}: nothing changed")
    drifted = [change for change in changes if None not in (change.before, change.after)]
    shown = drifted[:top] if top else changes
    counts = f"{len(drifted)} values drifted, {len(changes) - len(drifted)} came or went, shown: {len(shown)}"
    return document, Group(Text(f"{name}, {before} to {after}: {counts}", "bold"), "", diff_table(shown))


@command(calibration, "chain", "ibm_boston --sandbox -n 10")
def _chain(
    session: Session,
    name: Name,
    n: Annotated[int, Option("-n", metavar="N", help="Number of qubits.", show_default=False)],
    shape: Annotated[Literal["line", "region"], Option(help="Or any connected set.")] = "line",
) -> Shown:
    """Find the best connected qubits: a line, or a region of any shape.

    Fidelity is the product of 1 - readout error of the qubits and 1 - two-qubit error of the links between them.
    """
    found = session.client.calibration(name)
    choice = found.best_chain(n) if shape == "line" else found.best_region(n)
    document = {**_origin(found), "shape": shape, **choice._asdict()}
    qubits = ("-" if shape == "line" else ", ").join(map(str, choice.qubits))
    return document, field_table({**document, "qubits": qubits, "fidelity": f"{choice.fidelity:.5f}"})
