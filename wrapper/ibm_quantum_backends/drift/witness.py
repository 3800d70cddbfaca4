"""A document that a new revision allows and the old one did not: the proof of a change that breaks readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .changes import Change
from .json_schema import to_json_schema
from .openapi import LARGE, Document, child, members
from .schemas import Node, Part, Shape, shapes

__all__ = ["Witness", "find_witness", "response_schema"]

Witness = tuple[str, Any]  # operationId and document
_STEP = re.compile(r"\.\*|\[\*\]|\.[A-Za-z_][A-Za-z0-9_-]*|\['[^']*'\]")
_TEXTS = (
    "a",
    "1.0",
    "1.2.3",
    "ibm_test",
    "2025-11-12T15:30:00.000Z",
    "2025-11-12T15:30:00Z",
    "2025-11-12",
    "cx",
    "A1",
    "0",
)
_DEEPEST = 12  # objects in objects


def response_schema(document: Document, operation: str) -> Part | None:
    """The schema of an operation's JSON answer with status 200, and its place; None where there is none."""
    for each in document.operations():
        if each.name == operation:
            responses = members(each.value.get("responses"))
            status = "200" if "200" in responses else next((name for name in responses if name.startswith("2")), "200")
            where, answer = document.resolve(child(child(each.pointer, "responses"), status), responses.get(status))
            for name, content in members(members(answer).get("content")).items():
                if "json" in name and "schema" in members(content):
                    return Part(child(child(child(where, "content"), name), "schema"), content["schema"])
    return None


def find_witness(change: Change, base: Document, revision: Document) -> Witness | None:
    """A document that the revision allows and the base did not, because of one change of a response.

    It holds what is required and the place of the change. Both sides are judged by jsonschema-rs, formats included.

    Returns:
        The operation and the document; None where none of those that are tried is one.

    Raises:
        MissingExtraError: jsonschema-rs is not there.
    """
    if max(len(base.text), len(revision.text)) > LARGE:
        return None
    for operation in change.operations:
        schemas = [response_schema(document, operation) for document in (base, revision)]
        if schemas[0] is None or schemas[1] is None:
            continue
        try:
            old, new = (_validator(*each) for each in zip((base, revision), schemas, strict=True))
        except ValueError:  # a schema that is none
            continue
        for path in change.json_path:
            steps = _STEP.findall(path)
            for value in _documents(revision, (schemas[1],), steps, change):
                if new.is_valid(value) and any(_at(error.instance_path, steps) for error in old.iter_errors(value)):
                    return operation, value
    return None


def _validator(document: Document, schema: Part | None) -> Any:
    import jsonschema_rs  # noqa: PLC0415 (an optional dependency; reading a document has asked for its extra)

    converted, _ = to_json_schema(document, schema and schema.value, closed=False)
    return jsonschema_rs.Draft202012Validator(converted, validate_formats=True)


def _at(found: list[str | int], steps: list[str]) -> bool:
    """Whether an error is at the place of the change, or at what holds it."""
    return len(steps) - 1 <= len(found) and all(
        step in (".*", "[*]") or step in (f".{name}", f"['{name}']") for step, name in zip(steps, found, strict=False)
    )


def _documents(document: Document, node: Node, steps: list[str], change: Change) -> Iterator[Any]:
    """Documents that hold what is required, the way to a place, and there one value after the other."""
    if not steps:
        yield from _values(document, node)
        return
    step, rest = steps[0], steps[1:]
    for shape in shapes(document, node):
        if step == "[*]" and shape.type == "array":
            count = max(1, int(shape.limits["minItems"].value)) if "minItems" in shape.limits else 1
            for item in _documents(document, shape.items, rest, change):
                yield [item] * count
        elif step != "[*]" and shape.type == "object":
            whole = _least(document, shape, 0)
            if step == ".*":
                yield from ({**whole, "any": item} for item in _documents(document, shape.additional, rest, change))
                continue
            name = step[1:] if step.startswith(".") else step[2:-2]
            if not rest and change.kind.endswith(("property-removed", "became-optional")):
                yield {key: value for key, value in whole.items() if key != name}
            for item in (
                _documents(document, shape.properties.get(name, ()), rest, change) if name in shape.properties else ()
            ):
                yield {**whole, name: item}


def _values(document: Document, node: Node) -> Iterator[Any]:
    """Values of every kind that a schema allows, the least first."""
    for shape in shapes(document, node):
        yield _least(document, shape, 0)
        yield from shape.enum.values() if shape.enum else ()
        if shape.type == "number":
            yield from (
                value for value in (0.5, 0, -1, 2**40, 1e300) if shape.name == "number" or isinstance(value, int)
            )
        elif shape.type == "string":
            size = [
                int(shape.limits[each].value) if each in shape.limits else end
                for each, end in (("minLength", 0), ("maxLength", 40))
            ]
            yield from ((text * 40)[: max(size[0], min(size[1], 24))] for text in ("not in the form ", "a", "%"))
            yield from _TEXTS
        elif shape.type == "object":
            yield {**_least(document, shape, 0), "other": 1}


def _least(document: Document, shape: Shape, depth: int) -> Any:
    """The value of a shape that holds the least."""
    if shape.enum:
        return next(iter(shape.enum.values()))
    if shape.type == "object":
        return {name: _first(document, shape.properties.get(name, ()), depth) for name in shape.required}
    if shape.type == "array":
        count = int(shape.limits["minItems"].value) if "minItems" in shape.limits else 0
        return [_first(document, shape.items, depth)] * min(count, 100)
    if shape.type == "number":
        low, high = shape.limits.get("minimum"), shape.limits.get("maximum")
        return (low.value + low.exclusive) if low else (high.value - high.exclusive) if high else 1
    return {"null": None, "boolean": True}.get(shape.type, next(iter(_texts(shape)), "a"))


def _texts(shape: Shape) -> Iterator[str]:
    """Texts that fit a shape's lengths and patterns."""
    low, high = (
        shape.limits[each].value if each in shape.limits else end
        for each, end in (("minLength", 0), ("maxLength", 10**9))
    )
    examples = [part.value for part in shape.each("example") if isinstance(part.value, str)]
    dated = {"date-time": _TEXTS[4:6], "date": _TEXTS[6:7]}.get(str(getattr(shape.first("format"), "value", None)))
    for text in dated or (*examples, *_TEXTS, "a" * int(min(low, 10_000))):
        if low <= len(text) <= high and all(_matches(pattern, text) for pattern in shape.patterns):
            yield text


def _matches(pattern: str, text: str) -> bool:
    try:
        return bool(re.search(pattern, text))
    except re.error:  # of another dialect
        return False


def _first(document: Document, node: Node, depth: int) -> Any:
    found = shapes(document, node) if depth < _DEEPEST else []
    best = next((shape for shape in found if shape.type != "null"), None)
    return _least(document, best, depth + 1) if best else None
