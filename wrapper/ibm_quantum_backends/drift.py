"""Where answers and the generated models part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

__all__ = ["Finding", "undeclared"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What answers hold and the document does not declare: an `unknown-field` or `unknown-enum-value`, how often."""

    model: str
    json_path: str
    finding: str
    example: str
    count: int
    documents: int


def undeclared(models: Iterable[Any]) -> list[Finding]:
    """What models of the raw client hold beyond what the document declares, by path, the most frequent first."""
    counts: Counter[tuple[str, str, str]] = Counter()
    documents: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], str] = {}
    for model in models:
        seen: Counter[tuple[str, str, str]] = Counter()
        for path, finding, value in _walk(model, "$"):
            key = (type(model).__name__, path, finding)
            seen[key] += 1
            examples.setdefault(key, f"{value!r:.60}")
        counts.update(seen)
        documents.update(seen.keys())
    return [Finding(*key, examples[key], count, documents[key]) for key, count in counts.most_common()]


def _walk(value: Any, path: str) -> Iterator[tuple[str, str, object]]:
    if isinstance(value, list):
        for item in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _walk(item, f"{path}[*]")
    elif isinstance(value, Enum):
        if value.name not in type(value).__members__:
            yield path, "unknown-enum-value", value.value
    elif hasattr(value, "to_dict"):
        declared = [field.name for field in value.__attrs_attrs__ if not field.name.startswith("_")]
        for name in declared:
            yield from _walk(getattr(value, name), f"{path}.{name.removesuffix('_')}")
        for name, kept in value.additional_properties.items():
            if declared:
                yield f"{path}.{name}", "unknown-field", kept
            else:  # an object with names of its own choice, such as channels
                yield from _walk(kept, f"{path}.*")
