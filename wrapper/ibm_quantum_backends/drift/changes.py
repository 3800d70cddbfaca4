"""What every drift check reports: changes, how bad each is and for whom."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

__all__ = ["SOURCE_CLASSES", "WIRE_CLASSES", "Change", "Problem", "SourceClass", "WireClass", "worst"]

WireClass: TypeAlias = Literal["breaking", "non-breaking", "docs-only", "none"]
SourceClass: TypeAlias = Literal["breaking", "compatible", "none", "unknown"]
Direction: TypeAlias = Literal["request", "response", "both", "none"]

# Each axis from the worst to the best.
WIRE_CLASSES: tuple[WireClass, ...] = ("breaking", "non-breaking", "docs-only", "none")
SOURCE_CLASSES: tuple[SourceClass, ...] = ("breaking", "unknown", "compatible", "none")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One root change, wherever it shows.

    Attributes:
        kind: What changed, such as `response-property-type-widened`.
        wire: Whether a client of the old document survives the new server (`class` in JSON).
        source: Whether a user's typed code survives a regenerated client.
        direction: Whether responses, requests, both or neither change.
        pointer: JSON pointer, as a URI fragment, into the base document; of what is new, into the revision.
        revision_pointer: The place in the revision, where it is another.
        operations: The operationIds that it reaches.
        json_path: Where in the answers it shows.
        before, after: The values, short.
        note: What a reader should know beside.
        effect_here: What it does to this package's released client (`none`, `absorbed`, `wrong-type`, `raises`,
            `refused`, `gone` or `unknown`), and why after a colon.
        evidence: For a breaking change of a response: a `witness` (operation and document), and what `recorded`
            documents say.
        check: What found it: `generated`, `document`, `responses` or `wrapper`; or `accepted`, the list of what is.
        file, line: Where it is, if that is in none of the two documents.
    """

    kind: str
    wire: WireClass
    pointer: str
    source: SourceClass = "unknown"
    direction: Direction = "none"
    revision_pointer: str | None = None
    operations: tuple[str, ...] = ()
    json_path: tuple[str, ...] = ()
    before: Any = None
    after: Any = None
    note: str = ""
    effect_here: str = "unknown"
    evidence: dict[str, Any] = field(default_factory=dict[str, Any])
    check: str = "document"
    file: str | None = None
    line: int | None = None

    @property
    def fingerprint(self) -> str:
        """What stays the same while the change does: 16 hexadecimal digits, of no wording of this package or of IBM."""
        values = None if self.wire == "docs-only" else [self.before, self.after]
        told = json.dumps([self.check, self.kind, self.pointer, self.direction, values], sort_keys=True, default=str)
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def to_dict(self) -> dict[str, Any]:
        """The change as JSON; what does not apply is left out."""
        row: dict[str, Any] = {
            "kind": self.kind,
            "class": self.wire,
            "source": self.source,
            "direction": self.direction,
            "pointer": self.pointer,
            "revision_pointer": self.revision_pointer,
            "operations": list(self.operations),
            "json_path": list(self.json_path) or None,
            "before": self.before,
            "after": self.after,
            "fingerprint": self.fingerprint,
            "effect_here": self.effect_here,
            "note": self.note or None,
            "evidence": self.evidence or None,
            "check": self.check,
            "file": self.file,
            "line": self.line,
        }
        optional = ("revision_pointer", "json_path", "note", "evidence", "file", "line")
        return {key: value for key, value in row.items() if value is not None or key not in optional}


@dataclass(frozen=True)
class Problem:
    """What is wrong in a document by itself: a `dangling-ref`, a `bare-array`, a `wrong-default`, ...

    Attributes:
        kind: Its name.
        pointer: JSON pointer, as a URI fragment.
        detail: What was expected and what was found.
    """

    kind: str
    pointer: str
    detail: str


def worst(values: Sequence[str], order: Sequence[str]) -> Any:
    """The worst of some classes; the best of the order where there are none."""
    return min(values, key=order.index, default=order[-1])
