"""The command that records the documents of many backends, and goes on where it was broken off."""

import sys
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option

from ..calls import check_fleet, fleet
from ..client import Backends
from ..errors import BackendsError, NotFoundError
from ..recorder import MARKER
from .session import Session, Shown

__all__ = ["record"]

_KINDS = ["configuration", "properties", "status"]


def record(
    session: Session,
    folder: Annotated[Path, Argument(metavar="DIR", help="A recording, added to if it exists.", show_default=False)],
    names: Annotated[list[str] | None, Argument(metavar="[NAME]...", help="Backends; all if none is named.")] = None,
    what: Annotated[list[str], Option(metavar="KIND", help="Or defaults; repeat it for several.")] = _KINDS,
    concurrency: Annotated[int, Option(metavar="N", help="Requests at once.")] = 8,
) -> Shown:
    """Record the list and the documents of backends, for --replay and for serve; a run that was broken off goes on."""
    kinds, _ = check_fleet(what, concurrency)
    fleet("", kinds, names or [])  # a name that cannot be one is found before the folder is made
    session.record = folder
    listed = [device.name for device in session.client.list()]
    names = [*dict.fromkeys(names or listed)]
    assert session.recorder is not None, "the client records"
    began, entries = session.recorder.begin()
    noted = {(entry.name, entry.operation.removeprefix("get_backend_")) for entry in entries}

    def outcome(name: str, result: Any) -> str:
        absent = isinstance(result, NotFoundError) and name in listed  # which is recorded too
        return "absent" if absent else "failed" if isinstance(result, BackendsError) else "documents"

    there: dict[tuple[str, str], str] = {}
    if began is not None:
        with Backends.replay(folder) as replayed:  # what cannot be used is asked for again
            found = replayed.fleet(
                kinds, names=[name for name in names if any((name, kind) in noted for kind in kinds)]
            )
        each = ((name, kind, outcome(name, of_name[kind])) for name, of_name in found.items() for kind in kinds)
        there = {(name, kind): come for name, kind, come in each if (name, kind) in noted and come != "failed"}
        told = f"{len(there)} of {len(names) * len(kinds)} documents are there; without {MARKER} it would start anew"
        print(f"{folder}: going on with the run of {began:%Y-%m-%d %H:%M} UTC: {told}", file=sys.stderr)
    counts = {"documents": 1, "absent": 0, "failed": 0}
    for come in there.values():
        counts[come] += 1
    left: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        left.setdefault(tuple(kind for kind in kinds if (name, kind) not in there), []).append(name)
    complete = len(left.pop((), []))
    session.progress.update(session.task, description="recording", total=len(names), completed=complete)
    batches = (
        (missing, group[at : at + concurrency])
        for missing, group in left.items()
        for at in range(0, len(group), concurrency)
    )
    for missing, batch in batches:
        for name, results in session.client.fleet(missing, names=batch, concurrency=concurrency).items():
            for kind, result in results.items():
                come = outcome(name, result)
                counts[come] += 1
                session.failures += [f"{name}: {kind}: {result}"] if come == "failed" else []
        session.progress.advance(session.task, len(batch))
    if not session.failures:
        session.recorder.end()
    return {"folder": str(folder), "backends": len(names), **counts}, None
