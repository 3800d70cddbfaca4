"""A report as annotations of a GitHub workflow.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands; what is escaped:
`escapeData` and `escapeProperty` in https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts.
"""

from __future__ import annotations

from collections.abc import Iterator

from .report import Report, rank
from .wording import shown, spot, summary

__all__ = ["to_github"]

_LEVELS = ("error", "warning", "warning", "notice", "notice")  # by rank
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def to_github(report: Report) -> Iterator[str]:
    """A workflow command for each change that is not accepted, and for whatever could not be told."""
    for change in report.changes:
        where = spot(change, report.documents)
        place = {"file": where[0], "line": str(where[1])} if where else {}
        parts = (summary(change, report.documents), change.note, f"fingerprint {change.fingerprint}")
        title = f"{change.kind} (class {change.wire}, source {change.source})"
        yield _command(_LEVELS[rank(change)], "; ".join(filter(None, parts)), **place, title=title)
    for check, reason in report.not_run.items():
        yield _command("warning", reason, title=f"{check}: NOT RUN")
    if report.source == "unknown":
        yield _command("warning", report.source_reason, title="source unknown")


def _command(level: str, message: str, **properties: str) -> str:
    told = ",".join(f"{name}={shown(value).translate(_PROPERTY)}" for name, value in properties.items())
    return f"::{level} {told}::{shown(message).translate(_DATA)}"
