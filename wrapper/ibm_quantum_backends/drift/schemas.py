"""One form for what a schema allows, however it is written.

A schema is a union of shapes, each of one JSON type: references are followed, `allOf` is joined, `oneOf` and `anyOf`
are alternatives, `nullable` and lists of types are types, `const` is an enumeration of one. So a document of OpenAPI
3.0 and the same in 3.1 or 3.2 have the same shapes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from ..documents import as_object
from ..errors import InvalidInputError
from .openapi import Document, array, child, members

__all__ = ["ANY", "TYPES", "Bound", "Node", "Part", "Shape", "Union", "components", "shapes", "union"]

TYPES = ("null", "boolean", "number", "string", "array", "object")
ANY = "any"
_COMPOSITION = ("$ref", "allOf", "anyOf", "oneOf", "nullable")
_MOST = 100  # alternatives of one schema
# By JSON type, the keywords that bound a value from below and from above; only a validator sees them.
_BOUNDS = {
    "string": (("minLength", "maxLength"),),
    "array": (("minItems", "maxItems"), ("minContains", "maxContains")),
    "object": (("minProperties", "maxProperties"),),
    "number": (("minimum", "maximum"),),
}
# What the value of a keyword must be: another one says nothing.
_FORMS: dict[str, Any] = {"pattern": str, "format": str, "multipleOf": int | float, "required": list, "title": str}
_NO_PATTERN = {"", ".*", "^.*", ".*$", "^.*$"}


class Part(NamedTuple):
    """A schema object and its place."""

    pointer: str
    value: Any


Node: TypeAlias = tuple[Part, ...]  # schemas that hold together


class Union(NamedTuple):
    """The place of a `oneOf` or `anyOf`, and how many members it has beside null."""

    pointer: str
    members: int


class Bound(NamedTuple):
    """A limit, its keyword's place, and whether the limit itself is outside."""

    value: float
    exclusive: bool
    pointer: str


@dataclass(frozen=True)
class Shape:
    """Values of one JSON type that a schema allows: those that pass all parts, flat schemas, the outermost first."""

    type: str
    parts: Node

    def first(self, keyword: str) -> Part | None:
        """The keyword's value in the outermost part that has it."""
        return next(self.each(keyword), None)

    def each(self, keyword: str) -> Iterator[Part]:
        for pointer, value in self.parts:
            if keyword in value:
                yield Part(child(pointer, keyword), value[keyword])

    @property
    def pointer(self) -> str:
        return (self.first("type") or self.parts[0]).pointer.removesuffix("/type")

    @cached_property
    def name(self) -> str:
        """The type, or `integer`."""
        whole = self.type == "number" and any(
            _types(part.value) <= {"integer", *TYPES} - {"number"} for part in self.parts
        )
        return "integer" if whole else self.type

    @cached_property
    def enum(self) -> dict[str, Any] | None:
        """The values that are allowed, by their JSON text; None if it is no enumeration."""
        found: dict[str, Any] | None = None
        for _, value in self.parts:
            for values in _enumerations(value):
                mine = {json.dumps(item): item for item in values if self.type == _type_of(item)}
                found = mine if found is None else {key: item for key, item in found.items() if key in mine}
        return found

    @cached_property
    def limits(self) -> dict[str, Bound]:
        """By keyword of the inclusive limit, the tightest one; those that limit nothing are left out."""
        found: dict[str, Bound] = {}
        for low, high in _BOUNDS.get(self.type, ()):
            for keyword, sign in ((low, 1), (high, -1)):
                for bound in self._bounds(keyword, sign):
                    tightness = (sign * bound.value, bound.exclusive)
                    if keyword not in found or tightness > (sign * found[keyword].value, found[keyword].exclusive):
                        found[keyword] = bound
            if low in found and found[low].value == (None if low == "minimum" else low == "minContains"):
                del found[low]
        return found

    def _bounds(self, keyword: str, sign: int) -> Iterator[Bound]:
        exclusive = f"exclusive{keyword[0].upper()}{keyword[1:]}"
        for pointer, value in self.parts:
            limit, strict = value.get(keyword), value.get(exclusive)
            place = child(pointer, keyword)
            if _is_number(limit):  # until OpenAPI 3.0, true beside a limit makes it exclusive
                yield self._bound(limit, strict is True, sign, place)
            if _is_number(strict):
                yield self._bound(strict, True, sign, child(pointer, exclusive))

    def _bound(self, limit: float, strict: bool, sign: int, pointer: str) -> Bound:
        whole = self.name == "integer" and limit % 1 == 0  # above 0 is from 1 on
        return Bound(limit + sign, False, pointer) if strict and whole else Bound(limit, strict, pointer)

    @cached_property
    def patterns(self) -> dict[str, str]:
        """The patterns that do not pass every text, and their places."""
        return {part.value: part.pointer for part in self.each("pattern") if part.value not in _NO_PATTERN}

    @cached_property
    def properties(self) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for pointer, value in self.parts:
            for name, schema in members(value.get("properties")).items():
                found[name] = (*found.get(name, ()), Part(child(child(pointer, "properties"), name), schema))
        return found

    @cached_property
    def required(self) -> dict[str, str]:
        """The names that are required, and the place of the list."""
        found: dict[str, str] = {}
        for part in self.each("required"):
            for name in array(part.value):
                found.setdefault(str(name), part.pointer)
        return found

    @cached_property
    def closed(self) -> str | None:
        """The place that forbids other names than those of `properties`."""
        return next((part.pointer for part in self.each("additionalProperties") if part.value is False), None)

    @cached_property
    def additional(self) -> Node:
        """What values under other names are; empty if they may be anything."""
        return tuple(part for part in self.each("additionalProperties") if members(part.value))

    @cached_property
    def items(self) -> Node:
        """What items are; empty if they may be anything."""
        return tuple(part for part in self.each("items") if part.value not in ({}, True))

    @cached_property
    def inert(self) -> dict[str, Part]:
        """Limits that are for other types than those of their schema."""
        kinds = {keyword: kind for kind, pairs in _BOUNDS.items() for pair in pairs for keyword in pair}
        return {
            keyword: Part(child(pointer, keyword), value[keyword])
            for pointer, value in self.parts
            for keyword in value.keys() & kinds.keys()
            if not _types(value) & {kinds[keyword], "integer" if kinds[keyword] == "number" else ""}
        }

    @property
    def is_free(self) -> bool:
        """Whether it allows every value of its type."""
        empty = self.enum is None and not (self.limits or self.patterns or self.properties or self.required)
        return (
            empty
            and not (self.closed or self.additional or self.items)
            and self.name == self.type
            and not any(
                keyword not in _ANNOTATIONS and not keyword.startswith("x-")
                for part in self.parts
                for keyword in part.value
            )
        )


# Keywords that allow no more and no less, beside those that a shape has names for.
_ANNOTATIONS = {
    *("type", "title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly"),
    *("externalDocs", "xml", "discriminator", "required", "properties", "items", "pattern"),
    *("minLength", "minItems", "minProperties", "additionalProperties", "$comment"),
}


def shapes(document: Document, node: Node) -> list[Shape]:
    """The union that a schema is.

    Raises:
        InvalidInputError: The schema is made of itself, or of more alternatives than can be told apart.
    """
    found: list[Shape] = []
    for parts in _alternatives(document, node, ()):
        for kind in TYPES:
            shape = Shape(kind, parts)
            allowed = all(
                kind in (types := _types(value)) or (kind == "number" and "integer" in types) for _, value in parts
            )
            if allowed and shape.enum != {} and shape not in found:
                found.append(shape)
    free = {shape.type for shape in found if shape.is_free}
    kept: list[Shape] = []
    for shape in found:
        if shape.type not in free or (shape.is_free and not any(other.type == shape.type for other in kept)):
            kept.append(shape)
    return kept


def _alternatives(document: Document, node: Node, above: tuple[str, ...]) -> list[Node]:
    found: list[Node] = [()]
    for part in node:
        found = _product(document, part, found, _expand(document, part, above))
    return found


def _expand(document: Document, part: Part, above: tuple[str, ...]) -> list[Node]:
    pointer, value = part
    if value is False:
        return []
    value = members(value)  # true, what dangles and what is no schema at all allow anything
    if pointer in above:
        raise InvalidInputError(
            f"{document.name}: {pointer}: expected a schema of others, found one of itself (a cycle)"
        )
    above = (*above, pointer)
    flat = {
        key: item
        for key, item in value.items()
        if key not in _COMPOSITION and isinstance(item, _FORMS.get(key, object)) and (key != "multipleOf" or item > 0)
    }
    found: list[Node] = [(Part(pointer, flat),)]
    if "$ref" in value:
        target = Part(*document.resolve(pointer, {"$ref": value["$ref"]}))
        found = (
            _product(document, part, found, _expand(document, target, above))
            if flat
            else _expand(document, target, above)
        )
    for index, schema in enumerate(array(value.get("allOf"))):
        held = Part(child(child(pointer, "allOf"), index), schema)
        found = _product(document, part, found, _expand(document, held, above))
    for keyword in ("oneOf", "anyOf"):
        if alternatives := array(value.get(keyword)):
            places = (Part(child(child(pointer, keyword), index), schema) for index, schema in enumerate(alternatives))
            nodes = [node for place in places for node in _expand(document, place, above)]
            found = _product(document, part, found, nodes)
    if value.get("nullable") is True:
        found.append((Part(pointer, {"type": "null"}),))
    return found


def _product(document: Document, part: Part, ones: list[Node], others: list[Node]) -> list[Node]:
    if len(ones) * len(others) > _MOST:
        raise InvalidInputError(f"{document.name}: {part.pointer}: expected at most {_MOST} alternatives, found more")
    return [(*one, *other) for one in ones for other in others]


def union(document: Document, node: Node) -> Union | None:
    """The `oneOf` or `anyOf` of several that a schema is, if it is one, behind references and `allOf` of one."""
    for pointer, value in _chain(document, node):
        for keyword in ("oneOf", "anyOf"):
            held = (members(document.resolve("", each)[1]) for each in array(value.get(keyword)))
            count = sum(each.get("type") != "null" for each in held)
            if count > 1:
                return Union(child(pointer, keyword), count)
    return None


def components(document: Document, node: Node) -> list[str]:
    """The components that a schema is behind its references."""
    return [
        pointer
        for pointer, _ in _chain(document, node)
        if pointer.startswith("#/components/schemas/") and pointer.count("/") == 3
    ]


def _chain(document: Document, node: Node) -> Iterator[Part]:
    """The schemas that a schema stands for in turn: itself, what it refers to, the one member of its `allOf`."""
    seen: set[str] = set()
    while len(node) == 1:
        pointer, value = node[0]
        value = as_object(value)
        if value is None or pointer in seen:  # of a circle, `shapes` says so
            return
        seen.add(pointer)
        yield Part(pointer, value)
        if "$ref" in value:
            ref = value["$ref"]
            node = (Part(ref, document.at(ref)),) if isinstance(ref, str) and ref.startswith("#") else ()
        else:
            node = tuple(
                Part(child(child(pointer, "allOf"), i), each) for i, each in enumerate(array(value.get("allOf")))
            )


def _types(schema: Mapping[str, Any]) -> set[str]:
    """The names of the types that a flat schema allows."""
    named = schema.get("type")
    names = {str(name) for name in (named if isinstance(named, list) else [named])} & {*TYPES, "integer"}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return names or set(TYPES)


def _enumerations(schema: Mapping[str, Any]) -> Iterator[list[Any]]:
    if isinstance(schema.get("enum"), list):
        yield schema["enum"]
    if "const" in schema:
        yield [schema["const"]]
    if isinstance(schema.get("x-extensible-enum"), list):  # the values that are known: a new one is no surprise
        yield schema["x-extensible-enum"]


def _type_of(value: object) -> str:
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return next((kind for each, kind in kinds.items() if isinstance(value, each)), "null")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
