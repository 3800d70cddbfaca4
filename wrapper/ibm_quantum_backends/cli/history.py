"""The command for a device over time."""

from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option

from ..documents import one_line
from .calibration import calibration
from .session import Name, Session, Shown, command
from .tables import row_table

__all__: list[str] = []

_HEADINGS = (
    "Time (UTC)",
    "Calibrated (UTC)",
    "T1 (us)",
    "T2 (us)",
    "readout error",
    "2Q error",
    "EPLG",
    "faulty gates",
)
_PICTURES = (".png", ".svg")


@command(calibration, "history", "ibm_sherbrooke 2023-06-01 2025-06-01 --every 3mo --sandbox")
def _history(
    session: Session,
    *,
    name: Name,
    start: Annotated[str, Argument(metavar="START", help="Such as 2026-03-15, or 30d ago.", show_default=False)],
    stop: Annotated[str | None, Argument(metavar="[STOP]", help="Now, if there is none.", show_default=False)] = None,
    every: Annotated[str, Option(metavar="STEP", help="Such as 6h, 1w, 1mo, monthly.")] = "1d",
    metric: Annotated[str, Option(metavar="NAME", help="What a picture shows: t1, cz_error, ...")] = "t1",
    into: Annotated[Path | None, Option(metavar="DIR", help="Recording to keep, and to go on with.")] = None,
    concurrency: Annotated[int, Option(metavar="N", help="Requests at once.")] = 8,
) -> Shown:
    """Show a backend's medians over time; with -o FILE.png or FILE.svg draw one quantity in place of it."""
    picture = session.output if session.output and session.output.suffix.lower() in _PICTURES else None
    if picture:  # without the extra, this says so before anything is sent
        from ..calibration import plot_history  # noqa: F401, PLC0415  # pyright: ignore[reportUnusedImport]
    found = session.client.history(name, start, stop, every, into=into, concurrency=concurrency)
    if picture:
        from ..calibration.picture import write  # noqa: PLC0415

        session.output = None
        write(found.plot(metric), picture)
        return {"file": str(picture), "metric": metric, "times": len(found)}, None
    rows: list[dict[str, Any]] = []
    for time, each in found.items():
        medians, gates, chains = each.medians(), each.two_qubit_gates, each.layer_fidelity()
        rows.append(
            {
                **{"time": time.isoformat(), "last_update_date": each.last_update_date.isoformat()},
                **{column: medians.get(column) for column in ("t1", "t2", "readout_error")},
                "two_qubit_error": medians.get(f"{gates[0]}_error") if gates else None,
                "eplg": chains[-1].eplg if chains else None,
                "faulty_gates": len(each.faulty_gates),
            }
        )
    session.failures += [f"{time.isoformat()}: {one_line(error)}" for time, error in found.failures.items()]
    return rows, row_table(_HEADINGS, map(_cells, rows), words=2)


def _cells(row: dict[str, Any]) -> list[Any]:
    time, date, t1, t2, *others = row.values()
    moments = (text[:16].replace("T", " ") for text in (time, date))
    return [*moments, *(value and value * 1e6 for value in (t1, t2)), *others]
