"""The formats of a report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, TypeAlias

from .github import to_github
from .report import Report
from .sarif import to_sarif

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["Format", "render"]

Format: TypeAlias = Literal["table", "json", "sarif", "github"]


def render(report: Report, form: Format) -> RenderableType:
    """The report in a format: text, to be written as it is, or for `table` (which needs Rich) what Rich prints."""
    if form == "table":
        from .table import page  # noqa: PLC0415 (Rich is an optional dependency)

        return page(report)
    if form == "github":
        return "".join(f"{line}\n" for line in to_github(report))
    return json.dumps(report.to_dict() if form == "json" else to_sarif(report), indent=2) + "\n"
