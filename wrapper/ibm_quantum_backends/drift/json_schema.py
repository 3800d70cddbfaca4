"""JSON Schema 2020-12 of an OpenAPI schema, closed so that a validator sees fields that nobody declared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..documents import as_object
from ..errors import InvalidInputError
from .openapi import Document, members

__all__ = ["COMPOSED", "NULL", "to_json_schema"]

NULL = {"type": "null"}
_BRANCHES = ("allOf", "anyOf", "oneOf")
_IN_PLACE = (*_BRANCHES, "not", "if", "then", "else", "dependentSchemas")
_LISTS = (*_BRANCHES, "prefixItems")
_MAPS = ("properties", "patternProperties", "dependentSchemas")
_OPEN = ("additionalProperties", "unevaluatedProperties")
_SCHEMAS = (*_OPEN, "items", "not", "if", "then", "else", "propertyNames", "contains", "unevaluatedItems")
_STRUCTURE = {"$ref", *_LISTS, *_MAPS, *_SCHEMAS}
_PLAIN = {
    *("type", "enum", "const", "required", "dependentRequired", "pattern", "format", "multipleOf", "uniqueItems"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems"),
    *("minContains", "maxContains", "minProperties", "maxProperties"),
}
# Keywords by which the parts of a value cannot be judged one by one.
COMPOSED = {"const", *_STRUCTURE} - {"properties", "additionalProperties", "items"}


def to_json_schema(document: Document, schema: Any, *, closed: bool = True) -> tuple[Any, tuple[str, ...]]:
    """The JSON Schema of a schema in an OpenAPI document; what it refers to is in its `$defs`.

    An object that declares properties and says nothing of others has no others; `additionalProperties: true`, or a
    schema there, leaves it open. `nullable` admits null beside `enum`, `$ref`, `allOf` and `oneOf` too.

    Args:
        document: OpenAPI 3.0, 3.1 or 3.2.
        schema: Anything in it; what is no schema admits every value.
        closed: False: an object has other fields too, where the document does not forbid them.

    Returns:
        The JSON Schema, and the references that lead nowhere, which admit every value.

    Sources: OpenAPI 3.0.4 and 3.1.1, section Schema Object; JSON Schema 2020-12.
    """
    converter = _Converter(document, closed)
    converted = converter.convert(schema)
    whole = converted if isinstance(converted, bool) else {**converted, "$defs": converter.definitions}
    return whole, (*converter.dangling,)


class _Converter:
    def __init__(self, document: Document, closed: bool) -> None:
        self._document = document
        self._closed = closed
        self._names: dict[tuple[str, bool], str] = {}
        self.definitions: dict[str, Any] = {}
        self.dangling: dict[str, None] = {}

    def convert(self, schema: Any, *, closed: bool = True) -> Any:
        """One schema; not closed, it is a branch of another that says which fields there are."""
        if (found := as_object(schema)) is None:
            return schema if isinstance(schema, bool) else {}
        said = {key: value for key, value in found.items() if key in _PLAIN | _STRUCTURE}
        nullable = found.get("nullable") is True
        for key, branches in _branches(said):  # several of which one counts, as the others are null, are that one
            left, beside = [member for member in branches if member != NULL], said.keys() - {key}
            only = as_object(left[0]) if len(left) == 1 else None
            null = len(branches) > 1
            if only is None or beside & (only.keys() | _STRUCTURE) or (null and (beside or key == "allOf")):
                continue
            nullable = null or nullable or only.get("nullable") is True
            said.pop(key)
            return self.convert({**said, **only, "nullable": nullable}, closed=closed)
        for bound, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            if isinstance(said.get(bound), bool) and said.pop(bound) and limit in said:
                said[bound] = said.pop(limit)
        declares = bool(said.get("properties"))
        composed = any(key in said for key in _IN_PLACE) or ("$ref" in said and declares)
        whole = dict(self._members(said, closed=closed and not composed))
        if closed and self._closed and (self._declares(said) if composed else declares) and not said.keys() & {*_OPEN}:
            whole["unevaluatedProperties" if composed else "additionalProperties"] = False
        return _or_null(whole) if nullable else whole

    def _members(self, said: dict[str, Any], *, closed: bool) -> Iterator[tuple[str, Any]]:
        for key, value in said.items():
            inner = closed or key not in _IN_PLACE  # the value of a property is closed wherever it stands
            if key == "$ref":
                if (name := self._definition(str(value), closed=closed)) is not None:
                    yield key, f"#/$defs/{name}"
            elif key in _LISTS and isinstance(value, list):
                yield key, [self.convert(item, closed=inner) for item in value]  # pyright: ignore[reportUnknownVariableType]
            elif key in _MAPS:
                yield key, {name: self.convert(item, closed=inner) for name, item in members(value).items()}
            elif key in _SCHEMAS:
                yield key, self.convert(value, closed=inner)
            elif key in _PLAIN:
                yield key, value

    def _definition(self, ref: str, *, closed: bool) -> str | None:
        pointer, schema = self._resolve(ref)
        if schema is None:
            self.dangling[ref] = None
            return None
        if (pointer, closed) not in self._names:
            name = re.sub(r"\W", "_", pointer.rpartition("/")[2])
            while name in self._names.values():
                name += "_"
            self._names[pointer, closed] = name  # before its content, which may refer to it
            self.definitions[name] = self.convert(schema, closed=closed)
        return self._names[pointer, closed]

    def _resolve(self, ref: str) -> tuple[str, Any]:
        try:
            return self._document.resolve("#", {"$ref": ref})
        except InvalidInputError:  # references and nothing else, in a circle
            return ref, None

    def _declares(self, schema: Any, seen: tuple[str, ...] = ()) -> bool:
        """Whether a schema, or a branch of it, declares properties."""
        found = members(schema)
        branches = [branch for _, members in _branches(found) for branch in members]
        if isinstance(ref := found.get("$ref"), str) and ref not in seen:
            seen, branches = (*seen, ref), [*branches, self._resolve(ref)[1]]
        return bool(found.get("properties")) or any(self._declares(branch, seen) for branch in branches)


def _branches(schema: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    return [(key, schema[key]) for key in _BRANCHES if isinstance(schema.get(key), list)]


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, and null; of the same form where it has a type, so that a misfit is still one of type."""
    if schema.keys() & COMPOSED:
        return {"anyOf": [schema, NULL]}
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    schema = {**schema, "type": [*kinds, "null"]} if kinds and "null" not in kinds else schema
    choices = schema.get("enum")
    return {**schema, "enum": [*choices, None]} if isinstance(choices, list) and None not in choices else schema
