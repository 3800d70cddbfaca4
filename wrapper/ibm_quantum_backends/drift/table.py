"""A report for people, as a table of Rich."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Group
from rich.text import Text

from ..cli.tables import row_table
from .changes import Change
from .report import Report, rank
from .wording import shown, summary

__all__ = ["page"]

_STYLES = ("red", "yellow", "", "dim", "dim")  # by rank
_SOURCE = {"breaking": "yellow", "none": "dim"}


def page(report: Report) -> Group:
    """The changes, the worst first, one a line; below each what to know of it, and at the end what else there is."""
    rows: list[tuple[Text, ...]] = []
    for change in report.changes:
        style = _STYLES[rank(change)]
        told = Text.assemble((shown(change.kind), f"bold {style}"), f" {summary(change, report.documents)} ")
        source = Text(change.source, _SOURCE.get(change.source, ""))
        rows.append((Text(change.wire, style), source, told.append(change.fingerprint, "dim")))
        rows += [(Text(), Text(), Text(f"  {shown(line, 300)}", "dim")) for line in _below(change)]
    table = row_table(("Class", "Source", "Change"), rows, words=2)
    for column in table.columns:
        column.justify, column.vertical = "left", "top"
    return Group(*(part for part in (table, "") if rows), *_end(report))


def _below(change: Change) -> Iterator[str]:
    if change.wire == "breaking" and change.effect_here != "unknown":
        yield f"this package's client: {change.effect_here}"
    if change.wire == "breaking":
        for name, value in change.evidence.items():
            yield f"{name}: {shown(value) if isinstance(value, str) else 'in --format json'}"
    if change.note:
        yield f"note: {change.note}"


def _end(report: Report) -> Iterator[Text]:
    names = " → ".join(shown(document.name) for document in report.documents)
    told = f"class {report.wire}, source {report.source}, changes: {len(report.changes)}"
    style = _STYLES[min(map(rank, report.changes), default=2)]
    yield Text(": ".join(filter(None, (names, told if report.changes else "in step"))), f"bold {style}")
    if report.source == "unknown":
        yield Text(f"source unknown: {shown(report.source_reason)}", "yellow")
    if report.accepted:
        yield Text(f"accepted: {len(report.accepted)}", "dim")
    problems: dict[str, list[str]] = {}
    for document in report.documents:
        counts = Counter(problem.kind for problem in document.problems)
        listed = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
        problems.setdefault(listed, []).append(shown(document.name))
    for listed, where in problems.items():
        if listed:
            yield Text(f"problems in {' and '.join(where)}: {listed}", "dim")
    for problem in report.overlay:
        yield Text(f"{problem.kind}: {shown(problem.detail)}", "dim")
    for check, reason in report.not_run.items():
        yield Text(f"{shown(check)}: NOT RUN: {shown(reason)}", "yellow")
