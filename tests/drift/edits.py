"""Seeded semantic edits of a document: at a random place, each with what must be reported of it."""

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

__all__ = ["Edit", "edited"]


class Edit(NamedTuple):
    """What was done.

    Attributes:
        name: Of the edit.
        pointer: Of the schema or parameter that it is done to.
        kind: What is reported there.
        wire, back: The class of it, and of its reverse.
        direction: Of what it is about.
        operations: The operationIds that it reaches.
    """

    name: str
    pointer: str
    kind: str
    wire: str
    back: str
    direction: str
    operations: tuple[str, ...]


def edited(document: dict[str, Any], random: Random) -> tuple[dict[str, Any], Edit]:
    """The document after one edit at a random place."""
    document = copy.deepcopy(document)
    places = list(_places(document))
    while True:
        pointer, schema, direction = random.choice(places)
        rule = random.choice(RULES)
        if done := rule(schema, random):
            kind, wire, back = done
            if direction == "request":  # who sends suffers from what narrows: the other way round
                wire, back = REQUEST[kind]
            subject = "parameter" if direction == "request" and pointer.count("/properties") == 0 else "property"
            kind = kind.format(direction=direction, subject=subject)
            operations = tuple(sorted(_reach(document, pointer)))
            return document, Edit(rule.__name__.strip("_"), pointer, kind, wire, back, direction, operations)


def _resolved(document: dict[str, Any], pointer: str, value: Any) -> tuple[str, Any]:
    while isinstance(value, dict) and "$ref" in value:
        pointer = value["$ref"]
        value = document
        for step in pointer.split("/")[1:]:
            value = value.get(step.replace("~1", "/").replace("~0", "~"), {})
    return pointer, value


def _below(document: dict[str, Any], pointer: str, schema: Any, seen: set[str]) -> Iterator[tuple[str, Any]]:
    pointer, schema = _resolved(document, pointer, schema)
    if pointer in seen or not isinstance(schema, dict):
        return
    seen.add(pointer)
    yield pointer, schema
    for name, each in (schema.get("properties") or {}).items():
        yield from _below(document, f"{pointer}/properties/{name}", each, seen)
    if isinstance(schema.get("items"), dict):
        yield from _below(document, f"{pointer}/items", schema["items"], seen)
    for index, each in enumerate(schema.get("allOf") or ()):
        yield from _below(document, f"{pointer}/allOf/{index}", each, seen)


def _roots(document: dict[str, Any]) -> Iterator[tuple[str, str, Any, str]]:
    """Of every operation, the schemas of its parameters and of its answer."""
    for url, path in document["paths"].items():
        where = f"#/paths/{url.replace('/', '~1')}/get"
        operation = path["get"]
        for index, parameter in enumerate(operation.get("parameters") or ()):
            if "schema" in parameter:
                pointer = f"{where}/parameters/{index}/schema"
                yield operation["operationId"], pointer, parameter["schema"], "request"
        answer = f"{where}/responses/200/content/application~1json/schema"
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        yield operation["operationId"], answer, schema, "response"


def _places(document: dict[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Every schema that is reached and is a whole one, not a member of a union."""
    seen: set[str] = set()
    for _, root, schema, direction in _roots(document):
        for pointer, found in _below(document, root, schema, seen):
            if isinstance(found.get("type"), str):
                yield pointer, found, direction


def _reach(document: dict[str, Any], pointer: str) -> Iterator[str]:
    for operation, root, schema, _ in _roots(document):
        if any(pointer == each for each, _ in _below(document, root, schema, set())):
            yield operation


# Edits: what is reported, and its class in a response, forth and back; None where they do not fit the schema.

_Done = tuple[str, str, str] | None
BREAKING, SAFE = "breaking", "non-breaking"


def _null(schema: dict[str, Any], random: Random) -> _Done:
    if schema.get("nullable") is True:
        return None
    schema["nullable"] = True
    return "{direction}-{subject}-became-nullable", BREAKING, SAFE


def _type(schema: dict[str, Any], random: Random) -> _Done:
    others = {"string": "integer", "boolean": "string", "number": "boolean", "integer": "string"}
    if schema["type"] not in others:
        return None
    kept = {key: schema[key] for key in ("description", "title", "nullable", "example") if key in schema}
    kept["type"] = others[schema["type"]]
    schema.clear()
    schema.update(kept)
    return "{direction}-{subject}-type-changed", BREAKING, BREAKING


def _wider(schema: dict[str, Any], random: Random) -> _Done:
    if schema["type"] != "integer":
        return None
    schema.pop("format", None)
    schema["type"] = "number"
    return "{direction}-{subject}-type-widened", BREAKING, SAFE


def _optional(schema: dict[str, Any], random: Random) -> _Done:
    if not schema.get("required"):
        return None
    schema["required"].remove(random.choice(schema["required"]))
    return "{direction}-{subject}-became-optional", BREAKING, SAFE


def _gone(schema: dict[str, Any], random: Random) -> _Done:
    if not schema.get("required"):
        return None
    name = random.choice(schema["required"])
    schema["required"].remove(name)
    if name not in schema.get("properties", {}) or len(schema["properties"]) < 2:
        return None
    del schema["properties"][name]
    return "{direction}-required-property-removed", BREAKING, SAFE


def _new(schema: dict[str, Any], random: Random) -> _Done:
    if schema["type"] != "object" or not schema.get("properties"):
        return None
    schema["properties"]["added_lately"] = {"type": "string"}
    return "{direction}-optional-property-added", SAFE, SAFE


def _member(schema: dict[str, Any], random: Random) -> _Done:
    if schema["type"] != "string" or "enum" not in schema:
        return None
    schema["enum"].append("another")
    return "{direction}-enum-value-added", BREAKING, SAFE


def _limit(schema: dict[str, Any], random: Random) -> _Done:
    for keyword in ("maxLength", "maxItems", "maximum"):
        if isinstance(schema.get(keyword), int):
            schema[keyword] *= 2
            return "{direction}-constraint-relaxed", SAFE, SAFE
    return None


def _pattern(schema: dict[str, Any], random: Random) -> _Done:
    if schema.get("pattern") in (None, "^.*$"):
        return None
    del schema["pattern"]
    return "{direction}-constraint-relaxed", SAFE, SAFE


def _format(schema: dict[str, Any], random: Random) -> _Done:
    if schema["type"] != "string" or "format" not in schema:
        return None
    del schema["format"]
    return "{direction}-{subject}-format-removed", BREAKING, SAFE


def _said(schema: dict[str, Any], random: Random) -> _Done:
    schema["description"] = "Other words"
    return "description-changed", "docs-only", "docs-only"


RULES: list[Callable[[dict[str, Any], Random], _Done]] = [
    *(_null, _type, _wider, _optional, _gone, _new, _member, _limit, _pattern, _format, _said),
]
REQUEST = {
    "{direction}-{subject}-became-nullable": (SAFE, BREAKING),
    "{direction}-{subject}-type-changed": (BREAKING, BREAKING),
    "{direction}-{subject}-type-widened": (SAFE, BREAKING),
    "{direction}-enum-value-added": (SAFE, BREAKING),
    "{direction}-constraint-relaxed": (SAFE, BREAKING),
    "{direction}-{subject}-format-removed": (SAFE, BREAKING),
    "description-changed": ("docs-only", "docs-only"),
}
