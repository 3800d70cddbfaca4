"""Witnesses, and what jsoncompat says, a checker of JSON Schemas that knows nothing of this package."""

import copy
import json
from functools import cache
from random import Random
from typing import Any

import jsoncompat
import jsonschema_rs
import pytest

from ibm_quantum_backends.drift.changes import Change
from ibm_quantum_backends.drift.openapi import Document, load, parse
from ibm_quantum_backends.drift.spec import compare
from ibm_quantum_backends.drift.witness import find_witness, response_schema

from .cases import CASES, Case
from .edits import edited

READ = [case for case in CASES if case.witness is not None]
BREAKING = [case for case in READ if case.expect["class"] == "breaking"]
# Seen by a validator only, which is what jsoncompat asks for; and a format, which it does not look at.
STRICT, UNSEEN = {"o08", "o10"}, {"o09"}


def converted(value: Any) -> Any:
    """A JSON Schema of an OpenAPI 3.0 schema, by other means than the package's: enough for this document."""
    if isinstance(value, list):
        return [converted(each) for each in value]
    if not isinstance(value, dict):
        return value
    schema = {key: converted(each) for key, each in value.items() if key not in ("nullable", "example", "examples")}
    if "$ref" in schema:
        return {"$ref": schema["$ref"].replace("#/components/schemas/", "#/$defs/")}
    if value.get("nullable") is True:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema


@cache
def schema_text(text: str, operation: str) -> str:
    document = parse(text.encode(), "given")
    found = response_schema(document, operation)
    assert found is not None
    schemas = {name: converted(each) for name, each in document.data["components"]["schemas"].items()}
    return json.dumps({**converted(found.value), "$defs": schemas})


def is_valid(text: str, operation: str, value: Any) -> bool:
    schema = json.loads(schema_text(text, operation))
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(value)


def broken_responses(case: Case) -> list[Change]:
    changes = compare(*case.documents())
    return [change for change in changes if change.wire == "breaking" and change.direction == "response"]


@pytest.mark.parametrize("case", READ, ids=lambda case: case.name)
def test_the_witness_that_a_case_gives(case: Case) -> None:
    operation = case.expect["witness"]["operation"]
    assert is_valid(case.revision, operation, case.witness)
    assert is_valid(case.base, operation, case.witness) is not bool(
        case.expect["measured"]["witness_errors_under_base"]
    )


@pytest.mark.parametrize("case", BREAKING, ids=lambda case: case.name)
def test_every_breaking_response_has_a_witness(case: Case) -> None:
    base, revision = case.documents()
    (change,) = broken_responses(case)
    found = find_witness(change, base, revision)
    assert found is not None
    operation, value = found
    assert operation == case.expect["witness"]["operation"] and operation in change.operations
    assert is_valid(case.revision, operation, value) and not is_valid(case.base, operation, value)
    if all(each.wire != "breaking" for each in compare(revision, base)):
        assert find_witness(change, revision, base) is None, "nothing else than this change is proved"


def test_what_changes_nothing_has_no_witness() -> None:
    (case,) = (case for case in CASES if case.expect["id"] == "o06")
    base, revision = case.documents()
    (change,) = compare(base, revision)
    assert find_witness(change, base, revision) is None


@pytest.mark.parametrize("case", READ, ids=lambda case: case.name)
def test_jsoncompat_agrees_on_the_cases(case: Case) -> None:
    for operation, measured in case.expect["measured"]["jsoncompat_0_3_1_serializer"].items():
        texts = schema_text(case.base, operation), schema_text(case.revision, operation)
        fits = jsoncompat.check_compat(*texts, "serializer")
        assert fits is measured
        if case.expect["id"] not in STRICT | UNSEEN:
            assert fits is not bool(broken_responses(case))
        else:
            assert fits is (case.expect["id"] in UNSEEN)


def as_text(document: dict[str, Any]) -> str:
    return json.dumps(document)


# Edits, forth or back, that jsoncompat judges otherwise: a limit that a validator sees, a format that it does not look
# at; and what it cannot be held to: it does not compare every pattern, and a property that is declared no more may be
# anything to it, where the object is open.
OTHERWISE = {("limit", True): False, ("format", True): True}
UNTOLD = {("pattern", True), ("new", False)}


@pytest.mark.parametrize("seed", range(4))
def test_jsoncompat_and_witnesses_agree_on_random_edits(seed: int) -> None:
    random, base = Random(seed), load("upstream")
    before = as_text(base.data)
    done = 0
    while done < 10:
        data, edit = edited(base.data, random)
        if edit.direction != "response":
            continue
        done += 1
        revision, after = Document("revision", "", data), as_text(data)
        for pair, texts in (((base, revision), (before, after)), ((revision, base), (after, before))):
            changes = [each for each in compare(*pair) if each.wire == "breaking"]
            operation = edit.operations[0]
            fits = jsoncompat.check_compat(*(schema_text(each, operation) for each in texts), "serializer")
            rule = edit.name, pair[0] is base
            assert rule in UNTOLD or fits is OTHERWISE.get(rule, not changes), rule
            for change in changes:
                found = find_witness(change, *pair)
                assert found is not None, (edit, pair[0].name)
                assert is_valid(texts[1], *found) and not is_valid(texts[0], *found), (edit, found)


# Places that are hard to reach


def document(schema: Any, **schemas: Any) -> Document:
    answer = {"content": {"application/json": {"schema": schema}}}
    paths = {"/a": {"get": {"operationId": "a", "responses": {"200": answer}}}}
    data = {"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}}
    return parse(json.dumps(data).encode(), "small")


def an_object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*properties]}


INTEGER, TEXT = {"type": "integer"}, {"type": "string"}
LIMITED = {
    "a": {"type": "integer", "minimum": 10},
    "b": {"type": "number", "exclusiveMaximum": 3},
    "d": {"type": "number", "exclusiveMinimum": 5},
}
# Base, revision, and what the witness is.
HARD: dict[str, tuple[Any, Any, Any]] = {
    "root": (INTEGER, TEXT, "a"),
    "null": (INTEGER, {"type": ["integer", "null"]}, None),
    "in-a-list-of-lists": (
        {"type": "array", "minItems": 2, "items": {"type": "array", "items": INTEGER}},
        {"type": "array", "minItems": 2, "items": {"type": "array", "items": {"type": "number"}}},
        [[0.5], [0.5]],
    ),
    "in-a-map": (
        {"type": "object", "additionalProperties": INTEGER},
        {"type": "object", "additionalProperties": TEXT},
        {"any": "a"},
    ),
    "below-an-optional": (
        {"type": "object", "properties": {"a": an_object(b=INTEGER, c=TEXT)}},
        {"type": "object", "properties": {"a": an_object(b={"type": "boolean"}, c=TEXT)}},
        {"a": {"b": True, "c": "a"}},
    ),
    "beside-limits": (
        an_object(a={"type": "string", "minLength": 5, "maxLength": 16, "pattern": r"^\d+\.\d+\.\d+$"}, b=INTEGER),
        an_object(a={"type": "string", "minLength": 5, "maxLength": 16, "pattern": r"^\d+\.\d+\.\d+$"}, b=TEXT),
        {"a": "1.2.3", "b": "a"},
    ),
    "a-name-with-a-dash": (an_object(**{"a b": INTEGER}), an_object(**{"a b": TEXT}), {"a b": "a"}),
    "a-date": ({"type": "string", "format": "date-time"}, TEXT, "a"),
    "a-member": ({"oneOf": [INTEGER, TEXT]}, {"oneOf": [INTEGER, TEXT, {"type": "boolean"}]}, True),
    "an-enum": ({"enum": ["x", "y"]}, {"enum": ["x", "y", "z"]}, "z"),
    "beside-limits-of-numbers": (
        an_object(**LIMITED, c=INTEGER),
        an_object(**LIMITED, c=TEXT),
        {"a": 10, "b": 2, "d": 6, "c": "a"},
    ),
}


@pytest.mark.parametrize("name", HARD)
def test_the_least_document_that_proves_it(name: str) -> None:
    before, after, value = copy.deepcopy(HARD[name])
    base, revision = document(before), document(after)
    (change,) = (each for each in compare(base, revision) if each.wire == "breaking")
    assert find_witness(change, base, revision) == ("a", value)


def test_a_schema_that_holds_itself_has_a_witness() -> None:
    tree = an_object(value=INTEGER) | {"properties": {"value": INTEGER, "next": {"$ref": "#/components/schemas/A"}}}
    other = copy.deepcopy(tree)
    other["properties"]["value"] = TEXT
    ref = {"$ref": "#/components/schemas/A"}
    base, revision = document(ref, A=tree), document(ref, A=other)
    (change,) = compare(base, revision)
    assert change.json_path == ("$.next.value", "$.value")
    found = find_witness(change, base, revision)
    assert found == ("a", {"value": "a", "next": {"value": "a"}})


def test_the_answer_with_status_200_is_meant() -> None:
    base = load("upstream")
    found = response_schema(base, "get_backend_status")
    where = "#/paths/~1v1~1backends~1{id}~1status/get/responses/200/content/application~1json/schema"
    assert found == (where, {"$ref": "#/components/schemas/BackendStatusResponse"})
    assert response_schema(base, "none") is None
    answers = {"204": {}, "201": {"content": {"text/plain": {"schema": TEXT}, "application/json": {"schema": INTEGER}}}}
    data = {"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": answers}}}}
    assert response_schema(Document("d", "", data), "GET /a") is None, "the first success has no content"
    del answers["204"]
    found = response_schema(Document("d", "", data), "GET /a")
    assert found is not None and found.value == INTEGER


def test_a_witness_is_of_its_own_change() -> None:
    base = document(an_object(a=an_object(b=INTEGER), c=TEXT))
    revision = document({**an_object(a=an_object(b={"type": "number"}), c=TEXT), "required": ["a"]})
    optional, wider = sorted(compare(base, revision), key=lambda change: change.kind)
    assert (optional.json_path, wider.json_path) == (("$.c",), ("$.a.b",))
    assert find_witness(optional, base, revision) == ("a", {"a": {"b": 1}})
    assert find_witness(wider, base, revision) == ("a", {"a": {"b": 0.5}}), "not one that lacks c"
