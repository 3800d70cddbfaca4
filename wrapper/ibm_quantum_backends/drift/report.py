"""One report for all four drift checks: what changed, how bad it is, and the exit code that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Literal, TypeAlias

from .accepted import Accepted, apply
from .changes import SOURCE_CLASSES, WIRE_CLASSES, Change, Problem, SourceClass, WireClass, worst
from .openapi import Document

__all__ = ["FAIL_ON", "FailOn", "Report", "rank"]

FailOn: TypeAlias = Literal["wire-breaking", "source-breaking", "non-breaking", "docs-only"]

FAIL_ON: tuple[FailOn, ...] = ("wire-breaking", "source-breaking", "non-breaking", "docs-only")


def rank(change: Change) -> int:
    """The worst level of `FAIL_ON` that a change is known to reach, as an index; 4 where it reaches none."""
    if "breaking" in (change.wire, change.source):
        return 0 if change.wire == "breaking" else 1
    if change.wire == "non-breaking" or change.source == "compatible":
        return 2
    return 3 if change.wire == "docs-only" else 4


@dataclass(frozen=True, kw_only=True)
class Report:
    """What the checks found.

    Attributes:
        changes: Those that are not accepted, from any check; put in order, the worst first.
        documents: Base and revision, where two documents were compared.
        accepted: The other changes, with the entries that accept them.
        source_reason: Why `source` is unknown, where it is.
        overlay: Actions of this package's overlay that the revision makes idle.
        not_run: Each check that could not run, and why.
    """

    changes: tuple[Change, ...]
    documents: tuple[Document, ...] = ()
    accepted: tuple[tuple[Change, Accepted], ...] = ()
    source_reason: str = ""
    overlay: tuple[Problem, ...] = ()
    not_run: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        ordered = sorted(self.changes, key=lambda each: (rank(each), each.pointer, each.kind, each.fingerprint))
        object.__setattr__(self, "changes", tuple(ordered))

    def accepting(self, entries: Sequence[Accepted], today: date) -> Report:
        """The report with the changes that entries accept on a day set apart, and findings about the entries added."""
        left, taken, findings = apply(self.changes, entries, today, complete=not self.not_run)
        return replace(self, changes=(*left, *findings), accepted=(*self.accepted, *taken))

    @property
    def wire(self) -> WireClass:
        """The worst class of what is not accepted."""
        return worst([change.wire for change in self.changes], WIRE_CLASSES)  # type: ignore[no-any-return]

    @property
    def source(self) -> SourceClass:
        """The same of typed code; unknown where nothing breaks it and something could."""
        return worst([change.source for change in self.changes], SOURCE_CLASSES)  # type: ignore[no-any-return]

    def exit_code(self, fail_on: FailOn, *, require_all: bool = False) -> int:
        """0 in step, 1 a change at or above a level, 2 where that cannot be told: `undecided` has the reason.

        Args:
            fail_on: The level; each includes those before it in `FAIL_ON`.
            require_all: Whether a check that could not run leaves it open.
        """
        if any(rank(change) <= FAIL_ON.index(fail_on) for change in self.changes):
            return 1
        return 2 if self.undecided(fail_on, require_all=require_all) else 0

    def undecided(self, fail_on: FailOn, *, require_all: bool = False) -> str:
        """What keeps a report that has no change at the level from being in step; empty where nothing does."""
        unknown = sum(change.source == "unknown" for change in self.changes)
        if unknown and fail_on != "wire-breaking":
            return f"expected to know what {unknown} changes do to typed code: {self.source_reason or 'not asked'}"
        return "; ".join(f"{check}: NOT RUN: {why}" for check, why in self.not_run.items()) if require_all else ""

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON, as `report.schema.json` beside this file describes it."""
        problems = [[asdict(problem) for problem in document.problems] for document in self.documents] or [[]]
        names = [document.name for document in self.documents] or [""]
        return {
            "schema_version": 1,
            "class": self.wire,
            "source": self.source,
            **({"source_reason": self.source_reason} if self.source_reason else {}),
            "base": names[0],
            "revision": names[-1],
            "changes": [change.to_dict() for change in self.changes],
            "problems": {"base": problems[0], "revision": problems[-1]},
            "overlay": [asdict(problem) for problem in self.overlay],
            "accepted": [
                {
                    "reason": entry.reason,
                    "date": str(entry.date),
                    "expiry": str(entry.expiry),
                    "change": change.to_dict(),
                }
                for change, entry in self.accepted
            ],
            "not_run": dict(self.not_run),
        }
