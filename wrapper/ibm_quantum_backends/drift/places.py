"""An operation's answers, place by place: what the document says of the values there, and which of them do not fit.

The values of one place are judged together, and each form that they have once: of 40,000 integers where strings should
be, or of 30,000 objects with the same keys, a validator sees a few.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import Any, TypeAlias

from ..documents import as_object
from ..errors import InvalidInputError
from .json_schema import COMPOSED, NULL, to_json_schema
from .openapi import Document, members

__all__ = ["Found", "Place"]

Found: TypeAlias = tuple[str, str, Any, int]  # JSON path, finding, one of the values, how many
_Step: TypeAlias = str | int | None  # the name of a declared property, any item, or any other key
_UNDECLARED = {"additionalProperties", "unevaluatedProperties"}
_BRANCHES = ("allOf", "anyOf", "oneOf")


class Place:
    """A JSON path in the answers of an operation.

    Args:
        path: Such as `$.gates[*]`.
        schemas: What the document says of the values: one JSON Schema, or those of several branches.
        definitions: What they refer to.
        judged: Whether this place judges the values; else one above does, with all that is in them.
        declared: Whether it is a property that the document declares.
    """

    def __init__(
        self, path: str, schemas: list[Any], definitions: dict[str, Any], *, judged: bool = True, declared: bool = False
    ) -> None:
        self.path = path
        self._definitions, self._judged, self._declared = definitions, judged, declared
        self._schema, self._nullable = _bare(schemas[0] if judged else {}, definitions)
        self._parts = _parts(schemas, definitions)
        choices = [choice for part in self._parts for choice in part.get("enum", ())]
        self._composed = bool(self._schema.keys() & COMPOSED) or any(isinstance(each, dict | list) for each in choices)
        self._choices = [choice for choice in choices if isinstance(choice, str | int | float)]
        self._children: dict[_Step, Place] = {}
        self._members: dict[str, list[Any]] = {}
        for name, schema in chain.from_iterable(part.get("properties", {}).items() for part in self._parts):
            self._members.setdefault(name, []).append(schema)
        self._items = [part["items"] for part in self._parts if part.get("items")]
        self._rest = [part["additionalProperties"] for part in self._parts if part.get("additionalProperties")]

    @classmethod
    def root(cls, document: Document, schema: Any) -> Place:
        """The place of a whole answer.

        Raises:
            InvalidInputError: The document's schema is none.
        """
        import jsonschema_rs  # noqa: PLC0415 (an optional dependency)

        converted, _ = to_json_schema(document, schema)
        definitions: dict[str, Any] = members(converted).get("$defs", {})
        try:
            jsonschema_rs.Draft202012Validator(converted)
        except ValueError as error:
            reason = str(error).partition("\n")[0]
            raise InvalidInputError(f"{document.name}: expected a schema, found one that is none: {reason}") from None
        return cls("$", [converted], definitions)

    def judge(self, answer: Any) -> tuple[list[Found], set[tuple[str, Any]]]:
        """What does not fit in one answer; and what it has: paths, and with each listed value there is, that value.

        Raises:
            ValueError, RecursionError: It holds what no validator takes, such as half of a surrogate pair.
        """
        found: list[Found] = []
        seen: set[tuple[str, Any]] = set()
        places: list[tuple[Place, list[Any]]] = [(self, [answer])]
        for place, values in places:
            seen.add((place.path, None))
            seen.update((place.path, choice) for choice in place._choices if choice in values)
            found += place._misfits(values)
            places += place._inside(values)
        return found, seen

    def declared(self) -> Iterator[tuple[str, Any]]:
        """What `judge` would have seen in answers that hold all that the document declares."""
        places: list[tuple[Place, frozenset[int]]] = [(self, frozenset())]
        for place, above in places:
            if place._declared:
                yield place.path, None
            yield from ((place.path, choice) for choice in place._choices)
            objects = frozenset(id(part) for part in place._parts if "properties" in part)
            if not objects & above:  # else a tree without end
                steps: list[_Step] = [*place._members, *([0] if place._items else []), *([None] if place._rest else [])]
                places += [(place._child(step), above | objects) for step in steps]

    def _child(self, step: _Step) -> Place:
        if isinstance(step, str) and step not in self._members:
            step = None
        if step not in self._children:
            if step is None:
                path, schemas = f"{self.path}.*", self._rest
            elif isinstance(step, int):
                step, path, schemas = 0, f"{self.path}[*]", self._items
            else:
                path, schemas = self._path_of(step), self._members[step]
            judged = self._judged and not self._composed
            self._children[step] = Place(
                path, schemas or [True], self._definitions, judged=judged, declared=isinstance(step, str)
            )
        return self._children[step]

    def _path_of(self, name: str) -> str:
        if re.fullmatch(r"[^\W\d]\w*", name):
            return f"{self.path}.{name}"
        quoted = json.dumps(name)[1:-1].replace('\\"', '"').replace("'", "\\'")
        return f"{self.path}['{quoted}']"

    def _inside(self, values: list[Any]) -> Iterator[tuple[Place, list[Any]]]:
        named = values if self._members or self._rest else []  # most places are leaves
        if objects := [found for value in named if (found := as_object(value))]:
            for name in self._members:
                if inner := [found[name] for found in objects if name in found]:
                    yield self._child(name), inner
            others = (item for found in objects for key, item in found.items() if key not in self._members)
            if self._rest and (inner := [*others]):
                yield self._child(None), inner
        arrays: list[list[Any]] = [value for value in values if isinstance(value, list)] if self._items else []
        if inner := [*chain.from_iterable(arrays)]:
            yield self._child(0), inner

    def _misfits(self, values: list[Any]) -> Iterator[Found]:
        validator = self._validator
        values = [value for value in values if value is not None] if self._nullable else values
        if validator is None or validator.is_valid(values):
            return
        alike: dict[Any, list[Any]] = {}
        for value in values:
            alike.setdefault(self._form(value), []).append(value)
        groups = [*alike.values()]
        errors = [(error.kind, error.instance_path) for error in validator.iter_errors([group[0] for group in groups])]
        wrong = [path for kind, path in errors if kind.name not in _UNDECLARED]
        failed = {tuple(path[:end]) for path in wrong for end in range(len(path) + 1)}
        for kind, path in errors:
            index, *steps = path
            place, value, count = self, groups[index][0], len(groups[index])
            for step in steps:
                place, value = place._child(step), value[step]
            if kind.name == "required":
                yield place._path_of(kind.property), "missing-required", None, count
            elif kind.name in _UNDECLARED:
                for name in kind.unexpected:
                    if name not in place._members or tuple(path) not in failed:  # else only as its branch fails
                        yield place._path_of(name), "unknown-field", value[name], count
            else:
                yield place.path, kind.name, value, count

    @cached_property
    def _validator(self) -> Any:
        """Of an array of values, without what is judged in the places below; None where all is right."""
        import jsonschema_rs  # noqa: PLC0415 (an optional dependency)

        schema = self._schema
        if not self._composed:
            schema = {key: value for key, value in schema.items() if key not in ("items", "$defs")}
            if "properties" in schema:
                schema["properties"] = dict.fromkeys(schema["properties"], True)
            if schema.get("additionalProperties") is not False:
                schema.pop("additionalProperties", None)
        if not schema:
            return None
        whole = {"items": schema, "$defs": self._definitions if self._composed else {}}
        return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)

    def _form(self, value: Any) -> Any:
        """What is the same for values on which the validator says the same."""
        if isinstance(value, dict | list):
            if self._composed or "uniqueItems" in self._schema:
                return json.dumps(value, sort_keys=True)
            return (list, len(value)) if isinstance(value, list) else tuple(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return type(value), value


def _bare(schema: Any, definitions: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The schema without references and without `or null`, and whether null is allowed beside it."""
    nullable = False
    for _ in range(2 * len(definitions) + 2):  # enough, unless references lead back to themselves
        found = as_object(schema)
        if found is None:
            return {"not": {}} if schema is False else {}, nullable
        if found.keys() - {"$defs"} == {"$ref"}:
            schema = _target(found, definitions)
        elif found.keys() - {"$defs"} == {"anyOf"} and found["anyOf"][1:] == [NULL]:
            schema, nullable = found["anyOf"][0], True
        else:
            return found, nullable
    return {}, True


def _parts(schemas: list[Any], definitions: dict[str, Any]) -> list[dict[str, Any]]:
    """The schemas, with what they refer to and their branches."""
    parts: list[dict[str, Any]] = []
    left = [*schemas]
    for schema in left:
        found = as_object(schema)
        if found and not any(found is part for part in parts):
            parts.append(found)
            left += [_target(found, definitions)] if "$ref" in found else []
            left += chain.from_iterable(found.get(key, ()) for key in _BRANCHES)
    return parts


def _target(schema: dict[str, Any], definitions: dict[str, Any]) -> Any:
    return definitions[schema["$ref"].removeprefix("#/$defs/")]
