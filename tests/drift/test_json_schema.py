"""The conversion of an OpenAPI schema: what it admits, and what it sees."""

import json
from typing import Any

import jsonschema_rs
import pytest

from ibm_quantum_backends.drift.json_schema import to_json_schema
from ibm_quantum_backends.drift.openapi import Document, load, parse

COMPONENTS: dict[str, Any] = {
    "Size": {"type": "object", "required": ["w"], "properties": {"w": {"type": "integer"}}},
    "Name": {"type": "object", "properties": {"n": {"type": "string"}}},
    "Tree": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Tree"}}},
    "Self": {"allOf": [{"$ref": "#/components/schemas/Self"}]},
    "One": {"$ref": "#/components/schemas/Two"},
    "Two": {"$ref": "#/components/schemas/One"},
}
SIZE = {"$ref": "#/components/schemas/Size"}
NAME = {"$ref": "#/components/schemas/Name"}


def document(version: str = "3.0.3") -> Document:
    text = json.dumps({"openapi": version, "paths": {}, "components": {"schemas": COMPONENTS}})
    return parse(text.encode(), "test")


def findings(schema: Any, value: Any) -> list[str]:
    """The keywords by which a value does not fit, in alphabetical order."""
    converted, _ = to_json_schema(document(), schema)
    validator = jsonschema_rs.Draft202012Validator(converted, validate_formats=True)
    return sorted(error.kind.name for error in validator.iter_errors(value))


@pytest.mark.parametrize(
    ("schema", "fits", "misfits"),
    [
        # null
        ({"type": "string", "nullable": True}, [None, "a"], {"type": [1]}),
        ({"type": "string", "nullable": False}, ["a"], {"type": [None]}),
        ({"type": "string", "enum": ["a"], "nullable": True}, [None, "a"], {"enum": ["b"]}),
        ({"enum": ["a"], "nullable": True}, [None, "a"], {"enum": ["b"]}),
        ({"nullable": True}, [None, 1], {}),
        ({**SIZE, "nullable": True}, [None, {"w": 1}], {"anyOf": [1]}),
        ({"allOf": [SIZE], "nullable": True}, [None, {"w": 1}], {"anyOf": [1]}),
        ({"allOf": [{"type": "string", "nullable": True}]}, [None, "a"], {"type": [1]}),
        ({"oneOf": [SIZE, {"type": "integer"}], "nullable": True}, [None, 1, {"w": 1}], {"anyOf": ["a"]}),
        ({"type": ["string", "null"]}, [None, "a"], {"type": [1]}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, [None, "a"], {"type": [1]}),
        ({"oneOf": [{"type": "null"}, {"type": "string"}]}, [None, "a"], {"type": [1]}),
        ({"anyOf": [SIZE, {"type": "null"}]}, [None, {"w": 1}], {"anyOf": [{"w": "a"}]}),
        ({"type": "string", "anyOf": [{"minLength": 2}, {"type": "null"}]}, ["ab"], {"type": [None]}),
        # bounds
        ({"minimum": 1, "exclusiveMinimum": True}, [2], {"exclusiveMinimum": [1]}),
        ({"minimum": 1, "exclusiveMinimum": False}, [1], {"minimum": [0]}),
        ({"maximum": 1, "exclusiveMaximum": True}, [0], {"exclusiveMaximum": [1]}),
        ({"exclusiveMinimum": 1}, [2], {"exclusiveMinimum": [1]}),
        ({"exclusiveMinimum": True}, [0], {}),
        # formats, and words that say nothing
        ({"type": "string", "format": "date-time"}, ["2026-01-01T00:00:00Z"], {"format": ["2026-01-01"]}),
        ({"type": "integer", "format": "int32", "example": "x", "x-note": 1, "default": "x"}, [1], {"type": ["x"]}),
        # arrays and things that are no schema
        ({"type": "array"}, [[], [1, {}]], {"type": [1]}),
        ({"type": "array", "items": None}, [[1]], {"type": [1]}),
        (None, [None, 1, {"a": 1}], {}),
        ("text", [1], {}),
        (False, [], {"falseSchema": [1]}),
        # references
        ({"$ref": "#/components/schemas/Nothing"}, [1, None, {"a": 1}], {}),
        ({"$ref": "other.yaml#/A"}, [1], {}),
        ({"$ref": "#/components/schemas/One"}, [1], {}),
        ({"$ref": "#/components/schemas/Self"}, [1], {}),
        (
            {"$ref": "#/components/schemas/Tree"},
            [{}, {"next": {"next": {}}}],
            {"additionalProperties": [{"next": {"a": 1}}]},
        ),
        # closed
        (SIZE, [{"w": 1}], {"additionalProperties": [{"w": 1, "a": 1}], "required": [{}]}),
        ({"properties": {"a": {}}}, [{"a": 1}, 5], {"additionalProperties": [{"b": 1}]}),
        ({"type": "object"}, [{"a": 1}], {}),
        ({"type": "object", "properties": {}}, [{"a": 1}], {}),
        ({"properties": {"a": {}}, "additionalProperties": True}, [{"b": 1}], {}),
        ({"properties": {"a": {}}, "additionalProperties": {"type": "string"}}, [{"b": "x"}], {"type": [{"b": 1}]}),
        ({"additionalProperties": SIZE}, [{"a": {"w": 1}}], {"additionalProperties": [{"a": {"w": 1, "b": 1}}]}),
        ({"type": "array", "items": SIZE}, [[{"w": 1}]], {"additionalProperties": [[{"w": 1, "b": 1}]]}),
        ({"allOf": [SIZE], "description": "one"}, [{"w": 1}], {"additionalProperties": [{"w": 1, "b": 1}]}),
        ({"type": "object", "allOf": [SIZE]}, [{"w": 1}], {"additionalProperties": [{"w": 1, "b": 1}]}),
        ({"allOf": [SIZE, NAME]}, [{"w": 1, "n": "a"}], {"unevaluatedProperties": [{"w": 1, "b": 1}]}),
        ({"allOf": [SIZE], "properties": {"a": {}}}, [{"w": 1, "a": 1}], {"unevaluatedProperties": [{"w": 1, "b": 1}]}),
        ({"allOf": [{"allOf": [SIZE, NAME]}, {"properties": {"a": {}}}]}, [{"w": 1, "n": "", "a": 1}], {}),
        ({"anyOf": [SIZE, {"type": "string"}]}, [{"w": 1}, "a"], {"unevaluatedProperties": [{"w": 1, "b": 1}]}),
        ({"oneOf": [{"type": "string"}, {"type": "object"}]}, ["a", {"b": 1}], {}),
        ({"oneOf": [SIZE]}, [{"w": 1}], {"additionalProperties": [{"w": 1, "b": 1}]}),
        (
            {"allOf": [{"properties": {"s": SIZE}}, NAME]},
            [{"s": {"w": 1}}],
            {"additionalProperties": [{"s": {"w": 1, "b": 1}}]},
        ),
    ],
)
def test_what_fits(schema: Any, fits: list[Any], misfits: dict[str, list[Any]]) -> None:
    for value in fits:
        assert findings(schema, value) == [], value
    for keyword, values in misfits.items():
        for value in values:
            assert keyword in findings(schema, value), value


def test_a_schema_is_closed_by_itself_and_open_as_a_branch() -> None:
    schema = {"properties": {"both": {"allOf": [SIZE, NAME]}, "size": SIZE}}
    assert findings(schema, {"both": {"w": 1, "n": "a"}, "size": {"w": 1}}) == []
    assert findings(schema, {"size": {"w": 1, "n": "a"}}) == ["additionalProperties"]


def test_a_schema_that_is_not_closed() -> None:
    schema = {"allOf": [SIZE, {"properties": {"a": SIZE}, "required": ["a"]}]}
    converted, _ = to_json_schema(document(), schema, closed=False)
    validator = jsonschema_rs.Draft202012Validator(converted)
    assert validator.is_valid({"w": 1, "new": 1, "a": {"w": 1, "new": 1}})
    assert not validator.is_valid({"w": 1, "new": 1, "a": {"new": 1}})
    closed = to_json_schema(document(), {**SIZE, "additionalProperties": False}, closed=False)[0]
    assert closed.keys() >= {"additionalProperties"}


def test_what_leads_nowhere_is_told() -> None:
    schema = {"properties": {name: {"$ref": f"#/components/schemas/{name}"} for name in ("Nothing", "One", "Size")}}
    assert to_json_schema(document(), schema)[1] == ("#/components/schemas/Nothing", "#/components/schemas/One")


def test_names_that_differ_in_marks_alone_are_two() -> None:
    held = {"a-b": {"type": "string"}, "a.b": {"type": "integer"}}
    text = json.dumps({"openapi": "3.1.0", "paths": {}, "components": {"schemas": held}})
    schema = {"items": {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in held]}}
    converted, dangling = to_json_schema(parse(text.encode(), "test"), schema)
    validator = jsonschema_rs.Draft202012Validator(converted)
    assert (validator.is_valid(["a", 1]), validator.is_valid([None]), dangling) == (True, False, ())


@pytest.mark.parametrize("name", ["upstream", "effective"])
def test_every_schema_of_the_document_is_one(name: str) -> None:
    found = load(name)
    schemas = found.data["components"]["schemas"]
    assert len(schemas) > 10
    for schema in schemas.values():
        converted, dangling = to_json_schema(found, schema)
        assert dangling == ()
        jsonschema_rs.Draft202012Validator(converted)
        assert "nullable" not in json.dumps(converted)


def test_the_dialects_are_one() -> None:
    old = {"type": "object", "properties": {"a": {"type": "string", "nullable": True}, "b": {**SIZE, "nullable": True}}}
    new = {
        "type": "object",
        "properties": {"a": {"type": ["string", "null"]}, "b": {"anyOf": [SIZE, {"type": "null"}]}},
    }
    converted = [
        to_json_schema(document(version), schema)
        for version, schema in (("3.0.3", old), ("3.1.0", new), ("3.2.0", new))
    ]
    assert converted[0] == converted[1] == converted[2]
