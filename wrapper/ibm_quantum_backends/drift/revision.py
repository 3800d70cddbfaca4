"""A new revision of the document: the report of what it changes, on both axes, with evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import BackendsError
from .changes import Problem
from .effect import explain
from .openapi import Document
from .payload import BASELINE, PayloadCheck, read_baseline
from .report import Report
from .source import judge
from .spec import compare

__all__ = ["report_revision"]


def report_revision(
    base: Document,
    revision: Document,
    *,
    open_enums: bool = False,
    recorded: PayloadCheck | None = None,
    overlay: Any = None,
) -> Report:
    """Compare two documents.

    Args:
        base, revision: The documents, as given.
        open_enums: Judge for readers who keep a new value of an enumeration, and a new member of a union.
        recorded: How answers that somebody recorded deviate from the base; None: what this package knows of IBM's.
        overlay: Corrections that are made to the base; None: this package's.

    Returns:
        The changes, each judged, with evidence; and what of this package's overlay the revision makes idle.

    Raises:
        InvalidInputError: A document that leads back to itself without an end.
        MissingExtraError: jsonschema-rs is not there.
    """
    changes = compare(base, revision, open_enums=open_enums)
    rows: Sequence[Mapping[str, Any]]
    rows = read_baseline(BASELINE)["rows"] if recorded is None else [row.to_dict() for row in recorded.findings()]
    verdict = judge(base, revision, explain(changes, base, revision, rows))
    not_run: dict[str, str] = {}
    idle: tuple[Problem, ...] = ()
    try:
        idle = _idle(base, revision, overlay)
    except BackendsError as error:
        not_run["overlay"] = str(error)
    return Report(
        changes=verdict.changes,
        documents=(base, revision),
        source_reason=verdict.reason,
        overlay=idle,
        not_run=not_run,
    )


def _idle(base: Document, revision: Document, overlay: Any) -> tuple[Problem, ...]:
    """The overlay's actions that the base needs and the revision does not, or does not admit."""
    from .overlay import apply_lenient, packaged_overlay  # noqa: PLC0415 (it needs an extra of its own)

    before, after = (apply_lenient(document.data, overlay or packaged_overlay())[1] for document in (base, revision))
    found: list[Problem] = []
    for old, new in zip(before, after, strict=True):
        state = new.state if new.state != "applied" else "adopted in part" if new.changes < old.changes else ""
        if old.state == "applied" and state:
            told = str(new._replace(state=state))  # type: ignore[arg-type]
            found.append(Problem(f"overlay-action-{state.replace(' ', '-')}", f"#/actions/{new.position}", told))
    return tuple(found)
