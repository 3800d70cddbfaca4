"""The semantic diff: right on every case, and rule by rule on small documents, in both directions."""

import copy
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from ibm_quantum_backends.drift import revision as revisions
from ibm_quantum_backends.drift.changes import WIRE_CLASSES, Change, worst
from ibm_quantum_backends.drift.openapi import Document, load, parse
from ibm_quantum_backends.drift.payload import PayloadCheck
from ibm_quantum_backends.drift.spec import compare

from .cases import CASES, Case

BREAKING, SAFE, DOCS, NONE = WIRE_CLASSES
FIELDS = ("class", "direction", "operations", "json_path", "before", "after", "revision_pointer")


def expected(case: Case) -> list[dict[str, Any]]:
    """What a case wants told; white space is no change of a description."""
    rows: list[dict[str, Any]] = case.expect["changes"]
    return [row for row in rows if not (case.expect["id"] == "oc1" and row["kind"] == "description-changed")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case(case: Case) -> None:
    found = {(row["kind"], row["pointer"]): row for row in (each.to_dict() for each in compare(*case.documents()))}
    wanted = {(row["kind"], row["pointer"]): row for row in expected(case)}
    assert found.keys() == wanted.keys()
    for key, row in wanted.items():
        assert {name: found[key].get(name) for name in FIELDS if name in row} == {
            name: row[name] for name in FIELDS if name in row
        }
    assert worst([row["class"] for row in found.values()], WIRE_CLASSES) == case.expect["class"]
    assert not {kind for kind, _ in found} & {*case.expect["must_not_report"]}


def test_the_overlay_is_what_the_two_packaged_documents_differ_in() -> None:
    assert compare(load("upstream"), load("upstream")) == compare(load("effective"), load("effective")) == []
    assert {change.wire for change in compare(load("upstream"), load("effective"))} >= {BREAKING, SAFE}


# Small documents

A = "#/components/schemas/A"
AT = f"{A}/properties/x"


def document(data: dict[str, Any], name: str = "small") -> Document:
    return parse(json.dumps(data).encode(), name)


def answering(schema: Any, **more: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}}
    answer = {"description": "", "content": content}
    get = {"operationId": "get_a", "responses": {"200": answer}}
    return {"openapi": "3.1.0", "paths": {"/a": {"get": get}}, **more}


def response(x: Any, **schemas: Any) -> Document:
    """A document whose answer has a property x."""
    holder = {"type": "object", "required": ["x"], "properties": {"x": x, "other": {"type": "string"}}}
    return document(answering({"$ref": A}, components={"schemas": {"A": holder, **schemas}}))


def request(x: Any, **schemas: Any) -> Document:
    """A document whose one operation takes a body with a property x."""
    holder = {"type": "object", "required": ["x"], "properties": {"x": x, "other": {"type": "string"}}}
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": A}}}}
    post = {"operationId": "post_a", "requestBody": body, "responses": {"200": {"description": ""}}}
    schemas = {"A": holder, **schemas}
    return document({"openapi": "3.1.0", "paths": {"/a": {"post": post}}, "components": {"schemas": schemas}})


def told(changes: list[Change]) -> list[tuple[str, str]]:
    return sorted((change.kind, change.wire) for change in changes)


TEXT, INTEGER, NUMBER, BOOLEAN = ({"type": name} for name in ("string", "integer", "number", "boolean"))
DATED, NULL, ANY = {"type": "string", "format": "date-time"}, {"type": "null"}, dict[str, Any]()
CAT = {"type": "object", "required": ["meow"], "properties": {"meow": TEXT}}
DOG = {"type": "object", "required": ["bark"], "properties": {"bark": TEXT}}


def text(**more: Any) -> dict[str, Any]:
    return {"type": "string", **more}


def number(**more: Any) -> dict[str, Any]:
    return {"type": "number", **more}


def integer(**more: Any) -> dict[str, Any]:
    return {"type": "integer", **more}


def array(items: Any = None, **more: Any) -> dict[str, Any]:
    return {"type": "array", **({} if items is None else {"items": items}), **more}


def thing(properties: Any = None, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": TEXT} if properties is None else properties, **more}


P, C = "{}-property", "{}-constraint"
# Two schemas of one property; what is told of a response, forth and back; then of a request, if that is not its mirror
# (what breaks readers forth breaks senders back).
WIDENS = (BREAKING, SAFE)
STRICT = (SAFE, SAFE)  # seen by a validator only
EITHER = (BREAKING, BREAKING)
# name: (base, revision, kind forth, kind back, response classes, request classes)
RULES: dict[str, tuple[Any, Any, str, str, tuple[str, str], tuple[str, str]]] = {
    "integer to number": (INTEGER, NUMBER, f"{P}-type-widened", f"{P}-type-narrowed", WIDENS, WIDENS[::-1]),
    "another type": (INTEGER, TEXT, f"{P}-type-changed", f"{P}-type-changed", EITHER, EITHER),
    "a type more": (
        TEXT,
        {"type": ["string", "boolean"]},
        f"{P}-type-widened",
        f"{P}-type-narrowed",
        WIDENS,
        WIDENS[::-1],
    ),
    "anything": (TEXT, ANY, f"{P}-type-widened", f"{P}-type-narrowed", WIDENS, WIDENS[::-1]),
    "true": (TEXT, True, f"{P}-type-widened", f"{P}-type-narrowed", WIDENS, WIDENS[::-1]),
    "null, 3.0": (
        TEXT,
        text(nullable=True),
        f"{P}-became-nullable",
        f"{P}-became-not-nullable",
        WIDENS,
        WIDENS[::-1],
    ),
    "null, 3.1": (
        TEXT,
        {"type": ["null", "string"]},
        f"{P}-became-nullable",
        f"{P}-became-not-nullable",
        WIDENS,
        WIDENS[::-1],
    ),
    "null, a union": (
        TEXT,
        {"anyOf": [TEXT, NULL]},
        f"{P}-became-nullable",
        f"{P}-became-not-nullable",
        WIDENS,
        WIDENS[::-1],
    ),
    "null beside an enum": (
        text(enum=["a"]),
        text(enum=["a"], nullable=True),
        f"{P}-became-nullable",
        f"{P}-became-not-nullable",
        WIDENS,
        WIDENS[::-1],
    ),
    "an enum value": (
        text(enum=["a"]),
        text(enum=["b", "a"]),
        "{}-enum-value-added",
        "{}-enum-value-removed",
        WIDENS,
        WIDENS[::-1],
    ),
    "a const to an enum": (
        {"const": "a"},
        {"enum": ["a", "b"]},
        "{}-enum-value-added",
        "{}-enum-value-removed",
        WIDENS,
        WIDENS[::-1],
    ),
    "no enum": (text(enum=["a"]), TEXT, f"{P}-enum-removed", f"{P}-became-enum", WIDENS, WIDENS[::-1]),
    "extensible": (
        text(**{"x-extensible-enum": ["a"]}),
        text(**{"x-extensible-enum": ["a", "b"]}),
        "{}-enum-value-added",
        "{}-enum-value-removed",
        STRICT,
        WIDENS[::-1],
    ),
    "no format": (DATED, TEXT, f"{P}-format-removed", f"{P}-format-added", WIDENS, WIDENS[::-1]),
    "another format": (
        DATED,
        text(format="date"),
        f"{P}-format-changed",
        f"{P}-format-changed",
        EITHER,
        EITHER,
    ),
    "wider integers": (
        integer(format="int32"),
        integer(format="int64"),
        f"{P}-format-changed",
        f"{P}-format-changed",
        STRICT,
        WIDENS[::-1],
    ),
    "integers of any width": (
        integer(format="int32"),
        INTEGER,
        f"{P}-format-removed",
        f"{P}-format-added",
        STRICT,
        WIDENS[::-1],
    ),
    **{
        f"limit: {name}": (before, after, f"{C}-relaxed", f"{C}-tightened", STRICT, WIDENS[::-1])
        for name, before, after in (
            ("maxLength", text(maxLength=3), text(maxLength=4)),
            ("no maxLength", text(maxLength=3), TEXT),
            ("minLength", text(minLength=3), text(minLength=2)),
            ("no minLength", text(minLength=3), TEXT),
            ("maximum", number(maximum=3), number(maximum=4)),
            ("minimum", number(minimum=3), number(minimum=2.5)),
            ("below 0", number(minimum=0), NUMBER),
            ("exclusiveMaximum", number(exclusiveMaximum=3), number(exclusiveMaximum=4)),
            ("exclusiveMinimum", number(exclusiveMinimum=3), number(exclusiveMinimum=1)),
            ("exclusive, 3.0", number(maximum=3, exclusiveMaximum=True), number(maximum=3)),
            ("exclusive, 3.1", number(exclusiveMinimum=3), number(minimum=3)),
            ("above 0 may be below 1", number(minimum=1), number(exclusiveMinimum=0)),
            ("multipleOf", number(multipleOf=4), number(multipleOf=2)),
            ("no multipleOf", number(multipleOf=4), NUMBER),
            ("maxItems", array(TEXT, maxItems=1), array(TEXT, maxItems=2)),
            ("minItems", array(TEXT, minItems=2), array(TEXT, minItems=1)),
            ("uniqueItems", array(TEXT, uniqueItems=True), array(TEXT)),
            ("maxProperties", thing(maxProperties=1), thing(maxProperties=2)),
            ("minProperties", thing(minProperties=1), thing()),
            ("no pattern", text(pattern="^a$"), TEXT),
        )
    },
    "another pattern": (text(pattern="^a$"), text(pattern="^b$"), f"{C}-tightened", f"{C}-tightened", STRICT, EITHER),
    "multiples of another": (
        number(multipleOf=2),
        number(multipleOf=3),
        f"{C}-tightened",
        f"{C}-tightened",
        STRICT,
        EITHER,
    ),
    "items": (array(INTEGER), array(NUMBER), f"{P}-type-widened", f"{P}-type-narrowed", WIDENS, WIDENS[::-1]),
    "any items": (
        array(TEXT),
        array(),
        "{}-array-items-widened",
        "{}-array-items-narrowed",
        WIDENS,
        WIDENS[::-1],
    ),
    "other names": (
        thing(additionalProperties=False),
        thing(),
        "{}-additional-properties-opened",
        "{}-additional-properties-closed",
        STRICT,
        WIDENS[::-1],
    ),
    "values of a map": (
        {"type": "object", "additionalProperties": INTEGER},
        {"type": "object", "additionalProperties": NUMBER},
        f"{P}-type-widened",
        f"{P}-type-narrowed",
        WIDENS,
        WIDENS[::-1],
    ),
    "optional": (
        thing(required=["a"]),
        thing(required=[]),
        f"{P}-became-optional",
        f"{P}-became-required",
        WIDENS,
        WIDENS[::-1],
    ),
    "an optional property less": (
        thing({"a": TEXT, "b": TEXT}),
        thing(),
        "{}-optional-property-removed",
        "{}-optional-property-added",
        STRICT,
        STRICT,
    ),
    "a required property less": (
        thing({"a": TEXT, "b": TEXT}, required=["b"]),
        thing(),
        "{}-required-property-removed",
        "{}-required-property-added",
        WIDENS,
        (SAFE, BREAKING),
    ),
    "a member of a union": (
        {"oneOf": [TEXT, INTEGER]},
        {"oneOf": [TEXT, BOOLEAN, INTEGER]},
        "{}-one-of-variant-added",
        "{}-one-of-variant-removed",
        WIDENS,
        WIDENS[::-1],
    ),
    "an object of a union": (
        {"anyOf": [CAT, {"type": "object", "required": ["id"], "properties": {"id": INTEGER}}]},
        {"anyOf": [DOG, CAT, {"type": "object", "required": ["id"], "properties": {"id": INTEGER}}]},
        "{}-one-of-variant-added",
        "{}-one-of-variant-removed",
        WIDENS,
        WIDENS[::-1],
    ),
    "within a member": (
        {"oneOf": [array(INTEGER), BOOLEAN]},
        {"oneOf": [BOOLEAN, array(NUMBER)]},
        f"{P}-type-widened",
        f"{P}-type-narrowed",
        WIDENS,
        WIDENS[::-1],
    ),
    "default": (
        text(default="a"),
        text(default="b"),
        "{}-default-changed",
        "{}-default-changed",
        STRICT,
        STRICT,
    ),
    "no default": (BOOLEAN, {**BOOLEAN, "default": False}, "{}-default-changed", "{}-default-changed", STRICT, STRICT),
    "a class's title": (thing(title="A"), thing(title="B"), "title-changed", "title-changed", STRICT, STRICT),
    "discriminator": (
        thing(discriminator={"propertyName": "a"}),
        thing(),
        "{}-discriminator-changed",
        "{}-discriminator-changed",
        STRICT,
        STRICT,
    ),
    "if": (thing(**{"if": {"required": ["a"]}}), thing(), f"{C}-relaxed", f"{C}-tightened", WIDENS, WIDENS[::-1]),
    "dependentRequired": (
        thing(dependentRequired={"a": ["b"]}),
        thing(dependentRequired={"a": ["c"]}),
        f"{C}-changed",
        f"{C}-changed",
        EITHER,
        EITHER,
    ),
    "patternProperties": (
        thing(patternProperties={"^a": INTEGER}),
        thing(),
        f"{C}-relaxed",
        f"{C}-tightened",
        WIDENS,
        WIDENS[::-1],
    ),
    "contentEncoding": (
        text(contentEncoding="base64"),
        text(contentEncoding="base32"),
        f"{C}-changed",
        f"{C}-changed",
        EITHER,
        EITHER,
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_rules(name: str) -> None:
    before, after, forth, back, reads, sends = RULES[name]
    for make, direction, classes in ((response, "response", reads), (request, "request", sends)):
        base, revision = make(before), make(after)
        for pair, kind, wire in (((base, revision), forth, classes[0]), ((revision, base), back, classes[1])):
            (change,) = compare(*pair)
            assert (change.kind, change.wire) == (kind.format(direction), wire), (direction, pair[0] is base)
            assert change.direction == direction
            assert change.operations == ("get_a" if direction == "response" else "post_a",)
            assert all(path.startswith("$.x") for path in change.json_path) and len(change.json_path) == 1
            assert change.pointer.startswith(AT)


WORDS = {
    "description": (text(description="a"), text(description="b"), "description-changed"),
    "no description": (text(description="a"), TEXT, "description-changed"),
    "example": (text(example="a"), text(example="b"), "example-changed"),
    "examples": (text(examples=["a"]), TEXT, "example-changed"),
    "deprecated": (TEXT, text(deprecated=True), "deprecated-changed"),
    "a title that names no class": (text(title="a"), text(title="b"), "title-changed"),
}


@pytest.mark.parametrize("name", WORDS)
def test_words(name: str) -> None:
    before, after, kind = WORDS[name]
    for make in (response, request):
        for pair in ((before, after), (after, before)):
            (change,) = compare(*map(make, pair))
            assert (change.kind, change.wire, change.direction) == (kind, DOCS, "none")


SAME: dict[str, tuple[Any, Any]] = {
    "white space": (text(description="a b"), text(description=" a\n b\n")),
    "no text": (text(description=""), TEXT),
    "null in two ways": (text(nullable=True), {"type": ["string", "null"]}),
    "null beside a reference": ({"anyOf": [{"$ref": A + "2"}, NULL]}, {"allOf": [{"$ref": A + "2"}], "nullable": True}),
    "allOf of one": ({"allOf": [TEXT]}, TEXT),
    "allOf of what is beside": ({"allOf": [text(minLength=1), text(maxLength=9)]}, text(minLength=1, maxLength=9)),
    "a reference or inline": ({"$ref": A + "2"}, thing()),
    "one of one": ({"oneOf": [TEXT]}, TEXT),
    "types or a union": ({"type": ["string", "integer"]}, {"anyOf": [INTEGER, TEXT]}),
    "integer is a number": ({"type": ["number", "integer"]}, NUMBER),
    "const": ({"const": "a"}, {"enum": ["a"]}),
    "order": (text(enum=["a", "b"]), text(enum=["b", "a"])),
    "exclusive in two ways": (number(minimum=0, exclusiveMinimum=True), number(exclusiveMinimum=0)),
    "above 0 is from 1": (integer(exclusiveMinimum=0), integer(minimum=1)),
    "a limit without end": (integer(minimum=10**400, exclusiveMinimum=True), integer(minimum=10**400 + 1)),
    "the tighter of two": ({"allOf": [text(maxLength=5), text(maxLength=9)]}, text(maxLength=5)),
    "the exclusive of two": (
        {"allOf": [number(minimum=1), number(exclusiveMinimum=1)]},
        number(exclusiveMinimum=1),
    ),
    "no exclusive limit": (number(minimum=0, exclusiveMinimum=False), number(minimum=0)),
    "a pattern that passes all": (text(pattern="^.*$"), TEXT),
    "another that does": (text(pattern=".*"), TEXT),
    "what is no value of its keyword": (
        text(pattern=3, format={}, title=[], minLength="1", required=True, properties=[], enum=3),
        text(nullable="yes", multipleOf=0, items=5, allOf={}, anyOf=[], additionalProperties="no"),
    ),
    "no length": (text(minLength=0), TEXT),
    "what says nothing": (thing(additionalProperties=True, required=[], minProperties=0), thing()),
    "extensions": (text(**{"x-a": 1}), TEXT),
    "what is for another type": (text(maxItems=1), TEXT),
}


@pytest.mark.parametrize("name", SAME)
def test_what_means_the_same_is_silent(name: str) -> None:
    for make in (response, request):
        base, revision = (make(each, A2=thing()) for each in SAME[name])
        assert told(compare(base, revision)) == told(compare(revision, base)) == []


def test_keywords_that_are_not_compared_are_told() -> None:
    for keyword in ("not", "contains", "propertyNames", "unevaluatedProperties", "prefixItems"):
        before, after = {"type": ["array", "object"], keyword: TEXT}, {"type": ["array", "object"], keyword: INTEGER}
        before, after = ({**each, "type": "object"} for each in (before, after))
        (change,) = compare(response(before), response(after))
        assert (change.kind, change.wire) == ("not-compared", SAFE)
        assert change.note == f"{keyword} is not compared: read it"


def test_members_of_a_union_are_told_apart_by_what_they_have() -> None:
    cat, dog = ({**each, "properties": {name: INTEGER}} for each, name in ((CAT, "meow"), (DOG, "bark")))
    found = compare(response({"anyOf": [CAT, DOG]}), response({"anyOf": [dog, cat]}))
    assert [(each.kind, *places(each)) for each in found] == [
        (
            *("response-property-type-changed", f"{AT}/anyOf/{index}/properties/{name}/type"),
            f"{AT}/anyOf/{1 - index}/properties/{name}/type",
        )
        for index, name in enumerate(("meow", "bark"))
    ]


def test_limits_of_another_type_have_no_effect() -> None:
    (change,) = compare(response(text(maxItems=1)), response(text(maxItems=2)))
    assert (change.kind, change.wire) == ("response-inert-keyword-changed", NONE)


def test_open_enums() -> None:
    for before, after in (
        (text(enum=["a"]), text(enum=["a", "b"])),
        ({"oneOf": [TEXT, INTEGER]}, {"oneOf": [TEXT, INTEGER, BOOLEAN]}),
        (text(enum=["a"]), TEXT),
    ):
        (change,) = compare(response(before), response(after), open_enums=True)
        assert change.wire == SAFE
        (change,) = compare(request(after), request(before), open_enums=True)
        assert change.wire == BREAKING
    (change,) = compare(response(TEXT), response(INTEGER), open_enums=True)
    assert change.wire == BREAKING


def test_what_is_for_the_other_direction_is_none() -> None:
    hidden = {"writeOnly": True}, {"readOnly": True}
    for make, other, keyword in ((response, "request", hidden[0]), (request, "response", hidden[1])):
        base = make(thing())
        assert compare(base, make(thing({"a": TEXT, "b": text(**keyword)}))) == []
        (change,) = compare(base, make(thing({"a": TEXT, "b": text(**hidden[make is response])})))
        assert change.kind.endswith("optional-property-added")
        (change,) = compare(
            make(thing({"b": TEXT}, required=["b"])), make(thing({"b": text(**keyword)}, required=["b"]))
        )
        assert change.kind.endswith("required-property-removed") and other not in change.kind


def test_strict_validators_are_noted() -> None:
    (change,) = compare(response(text(maxLength=1)), response(TEXT))
    assert change.note == "only a strict validator notices"
    (change,) = compare(request(text(maxLength=1)), request(TEXT))
    assert change.note == ""


# Where a change is, and where it shows


def places(change: Change) -> tuple[str, str | None]:
    return change.pointer, change.revision_pointer


def test_a_shared_schema_is_one_change() -> None:
    def shared(x: Any) -> Document:
        schemas = {
            "A": thing({"x": x}),
            "B": thing({"list": array({"$ref": A}), "map": {"additionalProperties": {"$ref": A}, "type": "object"}}),
        }
        data = answering({"$ref": A}, components={"schemas": schemas})
        for url in ("/b", "/c"):
            data["paths"][url] = answering({"$ref": f"{A[:-1]}B"})["paths"]["/a"]
            data["paths"][url]["get"]["operationId"] = f"get_{url[1:]}"
        body = {"content": {"application/json": {"schema": {"$ref": A}}}}
        data["paths"]["/c"]["put"] = {"operationId": "put_c", "requestBody": body, "responses": {}}
        return document(data)

    (change,) = compare(shared(INTEGER), shared(NUMBER))
    assert (change.pointer, change.wire, change.direction) == (f"{AT}/type", BREAKING, "both")
    assert change.operations == ("get_a", "get_b", "get_c", "put_c")
    assert change.json_path == ("$.list[*].x", "$.map.*.x", "$.x")
    (change,) = compare(shared(NUMBER), shared(INTEGER))
    assert (change.wire, change.direction) == (BREAKING, "both"), "it is as bad as the worse of the two"


def test_null_is_where_it_is_allowed() -> None:
    for before, after, place in (
        ({"$ref": A + "2"}, {"$ref": A + "2", "nullable": True}, AT),
        ({"allOf": [{"$ref": A + "2"}]}, {"allOf": [{"$ref": A + "2"}], "nullable": True}, AT),
        ({"$ref": A + "2"}, {"anyOf": [{"$ref": A + "2"}, NULL]}, AT),
    ):
        base, revision = (response(each, A2=thing()) for each in (before, after))
        for pair in ((base, revision), (revision, base)):
            (change,) = compare(*pair)
            assert places(change) == (f"{place}/nullable", None)
    ref = {"$ref": A + "2"}
    (change,) = compare(response(ref, A2=thing()), response(ref, A2=thing(nullable=True)))
    assert places(change) == (f"{A}2/nullable", None)


MANY = thing({"a": TEXT, "b": TEXT, "c": TEXT}, required=["a", "b", "c"])
OTHERS = thing({"d": TEXT, "e": TEXT}, required=["d", "e"])
REF, REF3 = {"$ref": f"{A}2"}, {"$ref": f"{A}3"}
# Base, revision, before, after: another schema in place of one that was referred to is one change, where it is used.
REPLACED: dict[str, tuple[Any, Any, str, str]] = {
    "another component": (REF, REF3, "A2", "A3"),
    "another component, by allOf": ({"allOf": [REF]}, {"allOf": [REF3]}, "A2", "A3"),
    "a list of it": (REF, array(REF), "object", "array"),
    "no list of it": (array(REF), REF, "array", "object"),
    "an object that holds it": (REF, thing({"data": REF}, required=["data"]), "A2", "object"),
    "all that it has": (MANY, OTHERS, "object", "object"),
    "nothing that it had": (MANY, {"type": "object"}, "object", "object"),
    "any object": (REF, {"type": "object"}, "A2", "object"),
}


@pytest.mark.parametrize("name", REPLACED)
def test_another_schema_is_one_change(name: str) -> None:
    before, after, *values = REPLACED[name]
    base, revision = (response(each, A2=MANY, A3=OTHERS) for each in (before, after))
    (change,) = compare(base, revision)
    assert (change.kind, change.wire, change.pointer) == ("response-property-type-changed", BREAKING, AT)
    assert [change.before, change.after] == values
    assert (change.json_path, change.note) == (("$.x",), "another schema")


def test_anything_in_place_of_a_schema_is_one_change() -> None:
    for schema in (REF, MANY):
        base, revision = (response(each, A2=MANY) for each in (schema, ANY))
        (change,) = compare(base, revision)
        assert (change.kind, change.wire, change.pointer) == ("response-property-type-widened", BREAKING, AT)
        assert (change.before, change.after) == ("object", "any")
        found = [each for each in compare(revision, base) if each.pointer in (AT, f"{AT}/type")]
        assert [(each.kind, each.wire) for each in found] == [("response-property-type-narrowed", SAFE)]


def test_another_component_that_allows_less() -> None:
    base, revision = (response(each, A2=thing(), A3=thing(required=["a"])) for each in (REF, REF3))
    (change,) = compare(base, revision)
    assert (change.kind, change.wire, change.pointer) == ("response-property-type-narrowed", SAFE, AT)
    (change,) = compare(*(request(each, A2=thing(), A3=thing(required=["a"])) for each in (REF3, REF)))
    assert (change.kind, change.wire, change.pointer) == ("request-property-type-widened", SAFE, AT)


def test_one_property_renamed_is_no_other_schema() -> None:
    base, revision = (response(thing({name: TEXT}, required=[name])) for name in "ab")
    assert told(compare(base, revision)) == [
        ("response-required-property-added", SAFE),
        ("response-required-property-removed", BREAKING),
    ]


def test_what_moves_to_a_component_is_compared_as_before() -> None:
    for schema, expected_kinds in ((thing(), []), (thing({"a": INTEGER}), ["response-property-type-changed"])):
        found = compare(response(thing()), response(REF, A2=schema))
        assert [change.kind for change in found] == expected_kinds
        assert [places(change) for change in found] == [(f"{AT}/properties/a/type", f"{A}2/properties/a/type")][
            : len(found)
        ]


def test_a_component_of_another_name_is_one_change() -> None:
    base = response(REF, A2=thing({"a": INTEGER}))
    (change,) = compare(base, response({"$ref": f"{A}4"}, A4=thing({"a": INTEGER})))
    assert (change.kind, change.wire, change.operations) == ("component-renamed", SAFE, ("get_a",))
    assert places(change) == (f"{A}2", f"{A}4") and (change.before, change.after) == ("A2", "A4")
    found = compare(base, response({"$ref": f"{A}4"}, A4=thing({"a": NUMBER})))
    assert told(found) == [("component-renamed", SAFE), ("response-property-type-widened", BREAKING)]
    assert compare(base, response(REF, A2=thing({"a": INTEGER}), A4=thing())) == []


def test_names_that_are_no_words_have_paths() -> None:
    (change,) = compare(response(thing({"a b": INTEGER, "c": TEXT})), response(thing({"a b": NUMBER, "c": TEXT})))
    assert change.json_path == ("$.x['a b']",)


def test_long_values_are_cut() -> None:
    (change,) = compare(response(text(description="a" * 500)), response(TEXT))
    assert change.before == "a" * 300 + " ..." and change.after is None


# Operations


def operations() -> dict[str, Any]:
    """A document to edit, with something of everything."""
    parameters = [
        {"in": "path", "name": "id", "required": True, "schema": text(maxLength=9)},
        {"in": "query", "name": "kind", "schema": text(enum=["a", "b"])},
        {"in": "query", "name": "needed", "required": True, "schema": INTEGER},
    ]
    answers = {
        "200": {
            "description": "",
            "headers": {"X-Rate": {"required": True, "schema": INTEGER}, "X-Other": {"schema": TEXT}},
            "content": {"application/json": {"schema": thing()}, "text/csv": {"schema": TEXT}},
        },
        "404": {"description": "", "content": {"application/json": {"schema": thing()}}},
    }
    get = {"operationId": "get_a", "tags": ["A"], "parameters": parameters, "responses": answers}
    body = {"content": {"application/json": {"schema": thing()}, "text/csv": {"schema": TEXT}}}
    put = {"operationId": "put_a", "tags": ["A"], "requestBody": body, "responses": {"204": {"description": ""}}}
    put["parameters"] = [copy.deepcopy(parameters[0])]
    put["security"] = [{"Key": []}, {"Login": ["read", "write"]}]
    other = {"operationId": "get_b", "responses": {"200": {"description": ""}}}
    flows = {"implicit": {"authorizationUrl": "https://a.test", "scopes": {"read": ""}}}
    schemes = {"Key": {"type": "apiKey", "in": "header", "name": "X-Key"}, "Login": {"type": "oauth2", "flows": flows}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "A", "version": "1"},
        "servers": [{"url": "https://a.test/api", "description": "A"}, {"url": "https://b.test/api/"}],
        "paths": {"/a/{id}": {"get": get, "put": put}, "/b": {"get": other}},
        "components": {"securitySchemes": schemes},
        "security": [{"Key": []}],
        "webhooks": {"done": {"post": {}}},
    }


GET, PUT = "#/paths/~1a~1{id}/get", "#/paths/~1a~1{id}/put"
Edit = Callable[[dict[str, Any]], object]


def get(data: dict[str, Any]) -> dict[str, Any]:
    return data["paths"]["/a/{id}"]["get"]  # type: ignore[no-any-return]


def put(data: dict[str, Any]) -> dict[str, Any]:
    return data["paths"]["/a/{id}"]["put"]  # type: ignore[no-any-return]


def parameter(index: int, **more: Any) -> Edit:
    return lambda data: get(data)["parameters"][index].update(more)


def renamed_path(data: dict[str, Any]) -> None:
    path = data["paths"].pop("/a/{id}")
    for operation in path.values():
        operation["parameters"][0]["name"] = "name"
    data["paths"]["/a/{name}"] = path


def moved_up(data: dict[str, Any]) -> None:
    put(data)["parameters"].pop()
    data["paths"]["/a/{id}"]["parameters"] = [get(data)["parameters"].pop(0)]
    data["paths"]["/a/{id}"]["parameters"][0]["schema"]["maxLength"] = 8


def renamed_scheme(data: dict[str, Any]) -> None:
    schemes = data["components"]["securitySchemes"]
    schemes["Token"] = {**schemes.pop("Key"), "description": "new"}
    data["security"] = [{"Token": []}]
    put(data)["security"][0] = {"Token": []}


QUERY = {"in": "query", "name": "more", "schema": TEXT}
R, Q, N = "response", "request", "none"
# The edit; what is told of it: (kind, class, direction, pointer); and of its reverse: (kind, class).
OPERATIONS: dict[str, tuple[Edit, list[tuple[str, str, str, str]], list[tuple[str, str]]]] = {
    "parameter": (
        lambda data: get(data)["parameters"].append(QUERY),
        [("request-optional-parameter-added", SAFE, Q, f"{GET}/parameters/3")],
        [("request-parameter-removed", BREAKING)],
    ),
    "required parameter": (
        lambda data: get(data)["parameters"].append({**QUERY, "required": True}),
        [("request-required-parameter-added", BREAKING, Q, f"{GET}/parameters/3")],
        [("request-parameter-removed", BREAKING)],
    ),
    "parameter became required": (
        parameter(1, required=True),
        [("request-parameter-became-required", BREAKING, Q, f"{GET}/parameters/1/required")],
        [("request-parameter-became-optional", SAFE)],
    ),
    "parameter moved": (
        parameter(1, **{"in": "header"}),
        [("request-parameter-moved", BREAKING, Q, f"{GET}/parameters/1/in")],
        [("request-parameter-moved", BREAKING)],
    ),
    "parameter renamed": (
        parameter(1, name="sort"),
        [
            ("request-optional-parameter-added", SAFE, Q, f"{GET}/parameters/1"),
            ("request-parameter-removed", BREAKING, Q, f"{GET}/parameters/1"),
        ],
        [("request-optional-parameter-added", SAFE), ("request-parameter-removed", BREAKING)],
    ),
    "parameter style": (
        parameter(1, style="spaceDelimited"),
        [("request-parameter-style-changed", BREAKING, Q, f"{GET}/parameters/1/style")],
        [("request-parameter-style-changed", BREAKING)],
    ),
    "parameter explode": (
        parameter(1, explode=False),
        [("request-parameter-style-changed", BREAKING, Q, f"{GET}/parameters/1/explode")],
        [("request-parameter-style-changed", BREAKING)],
    ),
    "parameter style as it is": (parameter(1, style="form", explode=True, required=False), [], []),
    "parameter type": (
        parameter(2, schema=NUMBER),
        [("request-parameter-type-widened", SAFE, Q, f"{GET}/parameters/2/schema/type")],
        [("request-parameter-type-narrowed", BREAKING)],
    ),
    "parameter content": (
        lambda data: get(data)["parameters"][2].update(
            content={"application/json": {"schema": get(data)["parameters"][2].pop("schema")}}
        ),
        [],
        [],
    ),
    "parameter in a header, in other letters": (
        lambda data: (
            data["paths"]["/b"].update(parameters=[{"in": "header", "name": "A"}]),
            data["paths"]["/b"]["get"].update(parameters=[{"in": "header", "name": "a"}]),
        ),
        [("request-optional-parameter-added", SAFE, Q, "#/paths/~1b/get/parameters/0")],
        [("request-parameter-removed", BREAKING)],
    ),
    "parameter words": (
        parameter(1, description="new", deprecated=True),
        [
            ("deprecated-changed", DOCS, N, f"{GET}/parameters/1/deprecated"),
            ("description-changed", DOCS, N, f"{GET}/parameters/1/description"),
        ],
        [("deprecated-changed", DOCS), ("description-changed", DOCS)],
    ),
    "parameters moved up with a change": (
        moved_up,
        [
            ("request-constraint-tightened", BREAKING, Q, f"{GET}/parameters/0/schema/maxLength"),
            ("request-constraint-tightened", BREAKING, Q, f"{PUT}/parameters/0/schema/maxLength"),
        ],
        [("request-constraint-relaxed", SAFE)],  # of one parameter now
    ),
    "path parameter renamed": (
        renamed_path,
        [
            ("path-parameter-renamed", SAFE, Q, f"{GET}/parameters/0/name"),
            ("path-parameter-renamed", SAFE, Q, f"{PUT}/parameters/0/name"),
        ],
        [("path-parameter-renamed", SAFE)] * 2,
    ),
    "body": (
        lambda data: put(data).pop("requestBody"),
        [("request-body-removed", BREAKING, Q, f"{PUT}/requestBody")],
        [("request-optional-body-added", SAFE)],
    ),
    "body became required": (
        lambda data: put(data)["requestBody"].update(required=True),
        [("request-body-became-required", BREAKING, Q, f"{PUT}/requestBody/required")],
        [("request-body-became-optional", SAFE)],
    ),
    "required body": (
        lambda data: get(data).update(requestBody={"required": True, "content": {}}),
        [("request-required-body-added", BREAKING, Q, f"{GET}/requestBody")],
        [("request-body-removed", BREAKING)],
    ),
    "media type of a body": (
        lambda data: put(data)["requestBody"]["content"].pop("text/csv"),
        [("request-media-type-removed", BREAKING, Q, f"{PUT}/requestBody/content/text~1csv")],
        [("request-media-type-added", SAFE)],
    ),
    "media type of an answer": (
        lambda data: get(data)["responses"]["200"]["content"].pop("text/csv"),
        [("response-media-type-removed", BREAKING, R, f"{GET}/responses/200/content/text~1csv")],
        [("response-media-type-added", SAFE)],
    ),
    "media type with a charset": (
        lambda data: get(data)["responses"]["200"]["content"].update(
            {"Text/CSV; charset=utf-8": get(data)["responses"]["200"]["content"].pop("text/csv")}
        ),
        [],
        [],
    ),
    "error status": (
        lambda data: get(data)["responses"].pop("404"),
        [("response-error-status-removed", SAFE, R, f"{GET}/responses/404")],
        [("response-error-status-added", SAFE)],
    ),
    "success status": (
        lambda data: get(data)["responses"].update({"202": {"description": ""}}),
        [("response-success-status-added", BREAKING, R, f"{GET}/responses/202")],
        [("response-success-status-removed", BREAKING)],
    ),
    "another success status": (
        lambda data: get(data)["responses"].update({"2XX": get(data)["responses"].pop("200")}),
        [
            ("response-success-status-added", SAFE, R, f"{GET}/responses/2XX"),
            ("response-success-status-removed", BREAKING, R, f"{GET}/responses/200"),
        ],
        [("response-success-status-added", SAFE), ("response-success-status-removed", BREAKING)],
    ),
    "header": (
        lambda data: get(data)["responses"]["200"]["headers"].pop("X-Rate"),
        [("response-header-removed", BREAKING, R, f"{GET}/responses/200/headers/X-Rate")],
        [("response-header-added", SAFE)],
    ),
    "optional header": (
        lambda data: get(data)["responses"]["200"]["headers"].pop("X-Other"),
        [("response-header-removed", SAFE, R, f"{GET}/responses/200/headers/X-Other")],
        [("response-header-added", SAFE)],
    ),
    "header became optional": (
        lambda data: get(data)["responses"]["200"]["headers"]["X-Rate"].pop("required"),
        [("response-header-became-optional", BREAKING, R, f"{GET}/responses/200/headers/X-Rate/required")],
        [("response-header-became-required", SAFE)],
    ),
    "header type": (
        lambda data: get(data)["responses"]["200"]["headers"]["X-Rate"].update(schema=NUMBER),
        [("response-header-type-widened", BREAKING, R, f"{GET}/responses/200/headers/X-Rate/schema/type")],
        [("response-header-type-narrowed", SAFE)],
    ),
    "header in other letters": (
        lambda data: get(data)["responses"]["200"]["headers"].update(
            {"x-rate": get(data)["responses"]["200"]["headers"].pop("X-Rate")}
        ),
        [],
        [],
    ),
    "server": (
        lambda data: data["servers"].pop(),
        [("server-removed", BREAKING, N, "#/servers/1")],
        [("server-added", SAFE)],
    ),
    "servers in another order and with a slash": (lambda data: data["servers"].reverse(), [], []),
    "server's words": (
        lambda data: data["servers"][0].update(description="new"),
        [("description-changed", DOCS, N, "#/servers/0/description")],
        [("description-changed", DOCS)],
    ),
    "another server": (
        lambda data: data["servers"][1].update(url="https://c.test"),
        [("server-added", SAFE, N, "#/servers/1"), ("server-removed", BREAKING, N, "#/servers/1")],
        [("server-added", SAFE), ("server-removed", BREAKING)],
    ),
    "servers as a variable": (
        lambda data: data.update(
            servers=[{"url": "https://{x}.test/api", "description": "A", "variables": {"x": {"enum": ["b", "a"]}}}]
        ),
        [("description-changed", DOCS, N, "#/servers/1/description")],
        [("description-changed", DOCS)],
    ),
    "servers of an operation": (
        lambda data: get(data).update(servers=[{"url": "https://c.test"}]),
        [("server-added", SAFE, N, f"{GET}/servers/0"), ("server-removed", BREAKING, N, f"{GET}/servers")],
        [("server-added", SAFE), ("server-added", SAFE), ("server-removed", BREAKING)],
    ),
    "servers of a path, the same": (
        lambda data: data["paths"]["/b"].update(servers=copy.deepcopy(data["servers"])),
        [],
        [],
    ),
    "security alternative": (
        lambda data: put(data)["security"].pop(),
        [("security-requirement-tightened", BREAKING, Q, f"{PUT}/security")],
        [("security-requirement-loosened", SAFE)],
    ),
    "security condition": (
        lambda data: put(data)["security"][0].update(Other=[]),
        [("security-requirement-tightened", BREAKING, Q, f"{PUT}/security")],
        [("security-requirement-loosened", SAFE)],
    ),
    "security scope": (
        lambda data: put(data)["security"][1]["Login"].pop(),
        [("security-requirement-loosened", SAFE, Q, f"{PUT}/security")],
        [("security-requirement-tightened", BREAKING)],
    ),
    "security of the document": (
        lambda data: data["security"].append({"Login": []}),
        [("security-requirement-loosened", SAFE, Q, "#/security")],
        [("security-requirement-tightened", BREAKING)],
    ),
    "security of an operation": (
        lambda data: get(data).update(security=[]),
        [("security-requirement-loosened", SAFE, Q, f"{GET}/security")],
        [("security-requirement-tightened", BREAKING)],
    ),
    "security, the same, and more than enough": (
        lambda data: get(data).update(security=[{"Key": [], "Login": []}, {"Key": []}]),
        [],
        [],
    ),
    "security scheme renamed": (
        renamed_scheme,
        [
            ("security-scheme-renamed", NONE, N, "#/components/securitySchemes/Key"),
        ],
        [("security-scheme-renamed", NONE)],
    ),
    "security scheme": (
        lambda data: data["components"]["securitySchemes"]["Login"].update(type="openIdConnect"),
        [("security-scheme-changed", BREAKING, Q, "#/components/securitySchemes/Login")],
        [("security-scheme-changed", BREAKING)],
    ),
    "security scheme's words and scopes": (
        lambda data: data["components"]["securitySchemes"]["Login"]["flows"]["implicit"]["scopes"].update(write=""),
        [],
        [],
    ),
    "new security scheme": (
        lambda data: data["components"]["securitySchemes"].update(New={"type": "mutualTLS"}),
        [("security-scheme-added", NONE, N, "#/components/securitySchemes/New")],
        [("security-scheme-removed", NONE)],
    ),
    "path": (
        lambda data: data["paths"].pop("/a/{id}"),
        [("endpoint-removed", BREAKING, N, "#/paths/~1a~1{id}")],
        [("endpoint-added", SAFE)],
    ),
    "method": (
        lambda data: data["paths"]["/a/{id}"].pop("put"),
        [("endpoint-removed", BREAKING, N, PUT)],
        [("endpoint-added", SAFE)],
    ),
    "path moved": (
        lambda data: data["paths"].update({"/c": data["paths"].pop("/b")}),
        [("endpoint-moved", BREAKING, N, "#/paths/~1b/get")],
        [("endpoint-moved", BREAKING)],
    ),
    "path moved without a name": (
        lambda data: data["paths"].update({"/c": {"get": {"responses": data["paths"].pop("/b")["get"]["responses"]}}}),
        [("endpoint-added", SAFE, N, "#/paths/~1c"), ("endpoint-removed", BREAKING, N, "#/paths/~1b")],
        [("endpoint-added", SAFE), ("endpoint-removed", BREAKING)],
    ),
    "operationId": (
        lambda data: get(data).update(operationId="read_a"),
        [("operation-id-changed", SAFE, N, f"{GET}/operationId")],
        [("operation-id-changed", SAFE)],
    ),
    "tag": (
        lambda data: get(data).update(tags=["B"]),
        [("tag-changed", SAFE, N, f"{GET}/tags")],
        [("tag-changed", SAFE)],
    ),
    "words": (
        lambda data: get(data).update(summary="new", deprecated=True),
        [("deprecated-changed", DOCS, N, f"{GET}/deprecated"), ("summary-changed", DOCS, N, f"{GET}/summary")],
        [("deprecated-changed", DOCS), ("summary-changed", DOCS)],
    ),
    "callbacks": (
        lambda data: get(data).update(callbacks={"a": {}}),
        [("not-compared", SAFE, Q, f"{GET}/callbacks")],
        [("not-compared", SAFE)],
    ),
    "webhook": (
        lambda data: data["webhooks"].pop("done"),
        [("webhook-removed", BREAKING, N, "#/webhooks/done")],
        [("webhook-added", SAFE)],
    ),
    "a webhook's content": (
        lambda data: data["webhooks"].update(done={"post": {"a": 1}}),
        [("not-compared", SAFE, N, "#/webhooks/done")],
        [("not-compared", SAFE)],
    ),
    "about": (
        lambda data: data.update(openapi="3.1.1", info={"title": "B", "version": "2"}, tags=[{"name": "A"}]),
        [
            ("info-version-changed", DOCS, N, "#/info/version"),
            ("openapi-version-changed", DOCS, N, "#/openapi"),
            ("tags-changed", DOCS, N, "#/tags"),
            ("title-changed", DOCS, N, "#/info/title"),
        ],
        [
            *(("info-version-changed", DOCS), ("openapi-version-changed", DOCS)),
            *(("tags-changed", DOCS), ("title-changed", DOCS)),
        ],
    ),
    "extensions": (lambda data: data.update({"x-a": 1}), [], []),
    "several at once": (
        lambda data: (
            get(data)["parameters"].append({**QUERY, "required": True}),
            data["servers"].pop(),
            get(data)["responses"].update({"500": {"description": ""}}),
            data["info"].update(version="2"),
        ),
        [
            ("info-version-changed", DOCS, N, "#/info/version"),
            ("request-required-parameter-added", BREAKING, Q, f"{GET}/parameters/3"),
            ("response-error-status-added", SAFE, R, f"{GET}/responses/500"),
            ("server-removed", BREAKING, N, "#/servers/1"),
        ],
        [
            *(("info-version-changed", DOCS), ("request-parameter-removed", BREAKING)),
            *(("response-error-status-removed", SAFE), ("server-added", SAFE)),
        ],
    ),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations(name: str) -> None:
    edit, forth, back = OPERATIONS[name]
    data = operations()
    edit(data)
    base, revision = document(operations()), document(data)
    found = sorted((each.kind, each.wire, each.direction, each.pointer) for each in compare(base, revision))
    assert found == sorted(forth)
    assert told(compare(revision, base)) == sorted(back)


def reached(edit: Edit) -> list[tuple[str, ...]]:
    data = operations()
    edit(data)
    return [each.operations for each in compare(document(operations()), document(data))]


def test_whom_a_change_reaches() -> None:
    assert reached(OPERATIONS["server"][0]) == [("get_a", "put_a", "get_b")]
    assert reached(OPERATIONS["path"][0]) == [("get_a", "put_a")]
    assert reached(OPERATIONS["security of the document"][0]) == [("get_a", "get_b")]
    assert reached(OPERATIONS["security scheme"][0]) == [("put_a",)]
    assert reached(lambda data: data["components"]["securitySchemes"]["Key"].update(name="Y")) == [
        ("get_a", "put_a", "get_b")
    ]
    assert reached(OPERATIONS["servers of an operation"][0]) == [("get_a",)] * 2
    assert reached(OPERATIONS["about"][0]) == [()] * 4


def test_a_scheme_that_nobody_asks_for_breaks_nobody() -> None:
    def unused(kind: str) -> Document:
        data = operations()
        data["components"]["securitySchemes"]["Unused"] = {"type": kind}
        return document(data)

    (change,) = compare(unused("mutualTLS"), unused("http"))
    assert (change.kind, change.wire, change.operations) == ("security-scheme-changed", NONE, ())


def test_fingerprints_do_not_depend_on_words() -> None:
    found = [compare(response(text(description=word)), response(TEXT)) for word in ("a", "b")]
    assert found[0][0].fingerprint == found[1][0].fingerprint
    found = [compare(response(text(maxLength=size)), response(TEXT)) for size in (1, 2)]
    assert found[0][0].fingerprint != found[1][0].fingerprint


def test_dangling_parameters() -> None:
    ref = "#/components/parameters/P"

    def with_ref(**found: Any) -> Document:
        data = operations()
        data["paths"]["/b"]["parameters"] = [{"$ref": ref}]
        data["components"]["parameters"] = found
        return document(data)

    dangling = with_ref()
    header = {"in": "header", "name": "P", "schema": TEXT}
    for base, revision, kind, wire, after in (
        (dangling, with_ref(P=header), "dangling-ref-resolved", SAFE, {"in": "header", "required": False}),
        (
            *(dangling, with_ref(P={**header, "required": True}), "dangling-ref-resolved", BREAKING),
            {"in": "header", "required": True},
        ),
        (with_ref(P=header), dangling, "dangling-ref-added", SAFE, None),
        (dangling, document(operations()), "dangling-ref-removed", SAFE, None),
    ):
        (change,) = compare(base, revision)
        assert (change.kind, change.wire, change.pointer, change.after) == (kind, wire, ref, after)
        assert (change.operations, change.direction) == (("get_b",), "request")
    assert compare(dangling, with_ref()) == []


def test_what_the_overlay_is_no_longer_needed_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        revisions, "judge", lambda base, other, changes: SimpleNamespace(changes=changes, reason="none")
    )
    (case,) = (case for case in CASES if case.expect["id"] == "oc2")
    report = revisions.report_revision(*case.documents())
    assert [(problem.kind, problem.pointer) for problem in report.overlay] == [
        ("overlay-action-adopted-in-part", "#/actions/0"),
        ("overlay-action-adopted-in-part", "#/actions/3"),
        ("overlay-action-matches-nothing", "#/actions/19"),
    ]
    assert (report.source_reason, report.not_run) == ("none", {})
    told = [change.evidence.get("recorded") for change in report.changes if change.wire == BREAKING]
    assert told == ["no recorded answer shows it"]
    base, other = case.documents()
    assert revisions.report_revision(base, base).overlay == ()
    failed = revisions.report_revision(base, other, open_enums=True, overlay={"overlay": "none"})
    assert failed.overlay == () and list(failed.not_run) == ["overlay"]
    assert {change.wire for change in failed.changes} == {SAFE, DOCS}


def test_recorded_answers_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "judge", lambda base, other, changes: SimpleNamespace(changes=changes, reason=""))
    (case,) = (case for case in CASES if case.expect["id"] == "o04")
    base, other = case.documents()
    (change,) = revisions.report_revision(base, other, recorded=PayloadCheck(base)).changes
    assert change.evidence["recorded"] == "no recorded answer shows it"


def test_changes_are_sorted_and_stay_the_same() -> None:
    data = operations()
    OPERATIONS["several at once"][0](data)
    base, revision = document(operations()), document(data)
    found = compare(base, revision)
    assert [each.pointer for each in found] == sorted(each.pointer for each in found)
    assert [each.fingerprint for each in found] == [each.fingerprint for each in compare(base, revision)]
    assert len({each.fingerprint for each in found}) == len(found)
