"""A report as SARIF 2.1.0, for code scanning.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; 3.11.5 and 3.11.6 have what a message escapes,
3.27.23 that suppressions stand in all results or in none. What GitHub reads of it:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from .. import __version__
from .accepted import Accepted
from .changes import Change
from .openapi import Document
from .report import Report, rank
from .wording import locate, shown, spot, summary

__all__ = ["to_sarif"]

_LEVELS = ("error", "warning", "warning", "note", "note")  # by rank
_HELP = {
    "text": "qbackends drift spec BASE REVISION shows the whole report; an entry of accepted.yaml accepts a change"
}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"


def to_sarif(report: Report) -> dict[str, Any]:
    """A SARIF log of one run: accepted changes are suppressed results, what could not be told is a notification."""
    results = [_result(change, report.documents) for change in report.changes]
    results += [_result(change, report.documents, entry) for change, entry in report.accepted]
    for problem in report.documents[-1].problems if report.documents else ():
        fault = Change(kind=problem.kind, wire="none", source="none", pointer=problem.pointer, note=problem.detail)
        results.append(_result(fault, report.documents[-1:]))
    rules = [
        {"id": kind, "shortDescription": name, "fullDescription": name, "help": _HELP}
        for kind in sorted({result["ruleId"] for result in results})
        for name in [{"text": f"{kind.capitalize().replace('-', ' ')}."}]
    ]
    unknown = [f"source unknown: {report.source_reason}"] if report.source == "unknown" else []
    notices = [*unknown, *(f"{check}: NOT RUN: {reason}" for check, reason in report.not_run.items())]
    told = [{"level": "warning", "message": _message(notice)} for notice in notices]
    run = {
        "tool": {"driver": {"name": "qbackends drift", "version": __version__, "rules": rules}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": told}],
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(change: Change, documents: tuple[Document, ...], entry: Accepted | None = None) -> dict[str, Any]:
    pointer = locate(change, documents)[1] if documents and not change.file else change.pointer
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": pointer}]}
    if where := spot(change, documents):
        file, line = where
        uri = file if "://" in file else Path(file).as_uri() if Path(file).is_absolute() else quote(file)
        location["physicalLocation"] = {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}
    parts = (summary(change, documents), f"class {change.wire}, source {change.source}", change.note)
    reason = {"justification": shown(entry.reason)} if entry else {}
    return {
        "ruleId": change.kind,
        "level": _LEVELS[rank(change)],
        "message": _message("; ".join(filter(None, parts))),
        "locations": [location],
        "partialFingerprints": {"change/v1": change.fingerprint},
        "suppressions": [{"kind": "external", "status": "accepted", **reason}] if entry else [],
    }


def _message(text: str) -> dict[str, str]:
    return {"text": shown(text).replace("{", "{{").replace("}", "}}").replace("](", "] (")}
