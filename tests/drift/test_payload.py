"""Responses against the document: real ones, and those that nobody would send."""

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from runtime_wheels import real_documents

from ibm_quantum_backends.drift import payload
from ibm_quantum_backends.drift.json_schema import to_json_schema
from ibm_quantum_backends.drift.openapi import Document, load, parse
from ibm_quantum_backends.drift.payload import (
    Deviation,
    PayloadCheck,
    Unseen,
    compare_baseline,
    read_baseline,
    write_baseline,
)
from ibm_quantum_backends.errors import InvalidInputError, MissingExtraError
from ibm_quantum_backends.recording import SANDBOX, Recording

OPERATIONS = {"conf": "get_backend_configuration", "props": "get_backend_properties"}
BASELINE = Path(__file__).parents[2] / "openapi" / "baseline.json"


def checked(against: str) -> PayloadCheck:
    """What the real documents show."""
    check = PayloadCheck(against)
    for kind, operation in OPERATIONS.items():
        for name, body in sorted(real_documents(kind).items()):
            check.add(operation, body, name=name)
    assert check.documents == {"get_backend_configuration": 68, "get_backend_properties": 69}
    return check


def document(schema: Any, **components: Any) -> Document:
    """A document with one operation, `get_it`, that answers with a schema."""
    content = {"application/json": {"schema": schema}}
    item = {"get": {"operationId": "get_it", "responses": {"200": {"description": "", "content": content}}}}
    data = {"openapi": "3.0.3", "info": {"version": "1"}, "paths": {"/it": item}, "components": {"schemas": components}}
    return parse(json.dumps(data).encode(), "test")


def rows(schema: Any, *answers: Any, **components: Any) -> list[tuple[str, str, int, int]]:
    """Path, finding, count and documents of what some answers show."""
    check = PayloadCheck(document(schema, **components))
    for answer in answers:
        check.add("get_it", json.dumps(answer).encode())
    return [(row.json_path, row.finding, row.count, row.documents) for row in check.findings()]


# Real documents


def test_nothing_deviates_from_the_effective_document() -> None:
    assert checked("effective").findings() == []


def test_the_known_deviations_from_upstream() -> None:
    found = checked("upstream").findings()
    fixtures = os.environ.get("DRIFT_FIXTURES")
    if not fixtures:
        pytest.skip("DRIFT_FIXTURES names no folder with payload_findings.json; the baseline holds the same rows")
    expected = json.loads(Path(fixtures, "payload_findings.json").read_bytes())
    fields = ("schema", "json_path", "finding", "count", "documents")
    assert sorted(tuple(row.to_dict()[key] for key in fields) for row in found) == sorted(
        tuple(row[key] for key in fields) for row in expected
    )


def test_the_baseline_is_what_the_real_documents_show(tmp_path: Path) -> None:
    made, kept = tmp_path / "baseline.json", json.loads(BASELINE.read_bytes())
    made.write_text(json.dumps({**kept, "rows": []}))
    write_baseline(made, checked("upstream"))
    assert made.read_bytes() == BASELINE.read_bytes()
    assert len(kept["rows"]) == 51
    assert "Apache 2.0" in kept["source"]
    assert {len(row["example"]) <= 60 for row in kept["rows"]} == {True}


def test_which_types_there_are() -> None:
    found = {row["json_path"]: row for row in read_baseline(BASELINE)["rows"] if row["finding"] == "type"}
    assert found["$.gates[*].qubits[*]"]["found"] == {"integer": 40213}
    assert found["$.clops"]["found"] == {"integer": 13, "null": 22}
    assert found["$.general[*]"]["found"] == {"object": 9620}
    assert found["$.gates[*].qubits[*]"]["first_seen"] < found["$.gates[*].qubits[*]"]["last_seen"] == "2026-04-17"


def test_what_no_real_document_shows() -> None:
    unseen = checked("effective").coverage()
    assert Unseen("get_backend_configuration", "$.display_name") in unseen
    assert Unseen("get_backend_configuration", "$.clops.type", "hardware") in unseen
    paths = {each.json_path for each in unseen}
    assert not paths & {"$.dt", "$.channels", "$.channels.*.operates.qubits", "$.gates[*].qasm_def", "$.general"}
    assert {each.operation for each in unseen} == {"get_backend_configuration"}  # properties are all seen


def test_the_sandbox_is_in_step() -> None:
    recording, check = Recording(SANDBOX), PayloadCheck()
    for entry in recording.entries:
        if entry.status == 200:
            check.add(entry.operation, recording.body(entry))
    assert check.findings() == []
    assert len(check.documents) == 5


# One answer at a time

SIZE = {"type": "object", "required": ["w"], "properties": {"w": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("schema", "answer", "expected"),
    [
        (SIZE, {"w": 1}, []),
        (SIZE, {"w": "a"}, [("$.w", "type")]),
        (SIZE, {}, [("$.w", "missing-required")]),
        (SIZE, [], [("$", "type")]),
        (SIZE, {"w": 1, "new": 2}, [("$.new", "unknown-field")]),
        (SIZE, {"w": 1, "a b": 2}, [("$['a b']", "unknown-field")]),
        ({"type": "array", "items": SIZE}, [{"w": 1}, {"w": None}, {"w": None, "b": 1}],
         [("$[*].w", "type"), ("$[*].b", "unknown-field")]),
        ({"additionalProperties": SIZE}, {"x": {"w": "a"}, "y": {}},
         [("$.*.w", "type"), ("$.*.w", "missing-required")]),
        ({"properties": {"m": {"additionalProperties": SIZE}}}, {"m": {"k": {"w": 1, "v": 1}}},
         [("$.m.*.v", "unknown-field")]),
        ({"properties": {"*": SIZE}, "additionalProperties": SIZE}, {"*": {}, "a": {"w": ""}},
         [("$.*.w", "type"), ("$['*'].w", "missing-required")]),
        ({**SIZE, "nullable": True}, {"w": "a"}, [("$.w", "type")]),
        ({"allOf": [{"$ref": "#/components/schemas/Size"}], "nullable": True}, {"w": "a"}, [("$.w", "type")]),
        ({"allOf": [{"$ref": "#/components/schemas/Size"}], "nullable": True}, None, []),
        ({"allOf": [SIZE, {"properties": {"n": {"maxLength": 1}}}]}, {"w": "a", "n": "ab", "z": 1},
         [("$.w", "type"), ("$.z", "unknown-field"), ("$.n", "maxLength")]),
        ({"oneOf": [SIZE, {"type": "string"}]}, {"w": 1, "z": 1}, [("$.z", "unknown-field")]),
        ({"oneOf": [SIZE, {"type": "string"}]}, {"w": "a"}, [("$", "oneOf")]),
        ({"oneOf": [SIZE, {"type": "string"}]}, {"w": "a", "z": 1}, [("$", "oneOf"), ("$.z", "unknown-field")]),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, 1, [("$", "oneOf")]),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, None, [("$", "anyOf")]),
        ({"enum": ["on", "off"]}, "out", [("$", "enum")]),
        ({"enum": [{"a": 1}]}, {"a": 2}, [("$", "enum")]),
        ({"type": "string", "format": "date-time"}, "yesterday", [("$", "format")]),
        ({"type": "string", "pattern": "^a$", "maxLength": 1}, "bb", [("$", "maxLength"), ("$", "pattern")]),
        ({"type": "array", "minItems": 2, "uniqueItems": True}, [1], [("$", "minItems")]),
        ({"type": "array", "items": {"uniqueItems": True}}, [[1, 2], [1, 1]], [("$[*]", "uniqueItems")]),
        ({"$ref": "#/components/schemas/Nothing"}, {"a": 1}, []),
        ({"$ref": "#/components/schemas/Self"}, {"a": 1}, []),
        ({"$ref": "#/components/schemas/Tree"}, {"next": {"next": {"next": 1}}}, [("$.next.next.next", "type")]),
        ({"properties": {"a": {"type": "integer"}}}, {"a": True}, [("$.a", "type")]),
        ({"properties": {"a": {"type": "integer"}}}, {"a": 4.0}, []),
        ({"properties": {"a": {}}, "additionalProperties": True}, {"b": 1}, []),
        ({"type": "integer", "maximum": 5}, 10**400, [("$", "maximum")]),
        ({}, {"anything": [None]}, []),
    ],
)  # fmt: skip
def test_findings(schema: Any, answer: Any, expected: list[tuple[str, str]]) -> None:
    tree = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Tree"}}}
    selves = {"allOf": [{"$ref": "#/components/schemas/Self"}]}
    assert [row[:2] for row in rows(schema, answer, Size=SIZE, Tree=tree, Self=selves)] == expected


def test_values_and_documents_are_counted() -> None:
    schema = {"type": "array", "items": {"type": "string", "maxLength": 2}}
    assert rows(schema, [1, 1, 2, "abc"], ["abc", "abc", "ab"], ["a"], [None]) == [
        ("$[*]", "type", 4, 2),
        ("$[*]", "maxLength", 3, 2),
    ]


def test_types_that_compare_equal_are_not_mixed_up() -> None:
    check = PayloadCheck(document({"type": "array", "items": {"type": "string"}}))
    check.add("get_it", b"[1, true, 1.0, 1, false, 0, null, [], {}]")
    (row,) = check.findings()
    assert row.found == {"array": 1, "boolean": 2, "integer": 3, "null": 1, "number": 1, "object": 1}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"w": NaN}',
        b'{"w": -Infinity}',
        b'\xff\xfe{\x00}\x00',
        b'\xef\xbb\xbf{"w": 1}',
        b'{"w": "\xe9"}',
        b'{"w": 1',
        b"[" * 100_000,
        b'{"w": ' + b"1" * 5000 + b"}",
    ],
)  # fmt: skip
def test_what_is_no_json(body: bytes) -> None:
    check = PayloadCheck(document(SIZE))
    check.add("get_it", body)
    (row,) = check.findings()
    assert (row.json_path, row.finding, row.breaking) == ("$", "not-json", True)
    assert len(row.example) <= 60
    assert row.example.isprintable()


def test_an_empty_baseline_and_fields_of_a_row() -> None:
    check = PayloadCheck(document({"$ref": "#/components/schemas/Size"}, Size=SIZE))
    check.add("get_it", b'{"w": "x", "last_update_date": "2026-01-03T23:30:00-02:00"}')
    check.add("get_it", b'{"w": null}', datetime(2026, 1, 2, tzinfo=UTC))
    check.add("get_it", b'{"w": null, "last_update_date": "never"}')
    check.add("get_it", b"{}", name="third.json")
    kind, missing, unknown = check.findings()
    assert kind.to_dict() == {
        "operation": "get_it",
        "schema": "Size",
        "json_path": "$.w",
        "finding": "type",
        "count": 3,
        "documents": 3,
        "example": "x",
        "found": {"null": 2, "string": 1},
        "first_seen": "2026-01-02",
        "last_seen": "2026-01-04",
        "class": "breaking",
    }
    assert (missing.example, missing.first_seen, missing.breaking) == ("third.json", None, True)
    assert (unknown.json_path, unknown.breaking) == ("$.last_update_date", False)


def test_the_worst_comes_first() -> None:
    schema = {
        "required": ["r"],
        "properties": {
            "p": {"pattern": "^a"}, "e": {"enum": [1]}, "f": {"type": "string", "format": "date-time"},
            "t": {"type": "string"}, "o": {"oneOf": [{"type": "string"}]},
        },
    }  # fmt: skip
    found = rows(schema, {"p": "b", "e": 2, "f": "b", "t": 1, "u": 1, "o": {"a": 1}})
    kinds = ["type", "type", "missing-required", "enum", "format", "unknown-field", "pattern"]
    assert [row[1] for row in found] == kinds


SECRETS = [
    "Bearer abcdef",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    "crn:v1:bluemix:public:quantum-computing:us-east:a/1234abcd:5678-ef::",
    "a/0123456789abcdef0123456789abcdef",
    "someone@example.com",
    "Qx7-f2LJtK0vYw9sPq3RbN8mZc5Td1Ah6Ue4Go_IkXl",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("put", [lambda s: s, lambda s: f"see {s} now", lambda s: [s], lambda s: {s: {"k": s}}])
def test_examples_and_paths_hold_no_secrets(secret: str, put: Callable[[str], Any]) -> None:
    check = PayloadCheck(document(SIZE))
    check.add("get_it", json.dumps({"w": put(secret)}).encode(), name=secret)
    check.add("get_it", json.dumps({secret: put(secret), "w": 1}).encode(), name=secret)
    check.add("get_it", b"{}", name=secret)
    check.add("get_it", secret.encode(), name=secret)
    found = check.findings()
    assert {row.finding for row in found} == {"type", "unknown-field", "missing-required", "not-json"}
    told = json.dumps([row.to_dict() for row in found])
    assert secret not in told
    assert secret.removeprefix("Bearer ") not in told


def test_examples_are_one_printable_line() -> None:
    check = PayloadCheck(document({"type": "integer"}))
    check.add("get_it", json.dumps("a\x1b[31m\n\tb " + "c " * 100).encode())
    (row,) = check.findings()
    assert row.example.startswith("a\N{REPLACEMENT CHARACTER}[31m b c")
    assert row.example.isprintable()
    assert len(row.example) == 60


def test_names_of_later_fields_are_told_in_full() -> None:
    name = "two_q_error_median_of_100q_layers"
    assert rows(SIZE, {"w": 1, name: 1})[0][0] == f"$.{name}"


# Any answer at all

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(10**400) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@cache
def small() -> dict[str, Any]:
    recording = Recording(SANDBOX)
    wanted = {operation: {} for operation in OPERATIONS.values()}
    for entry in recording.entries:
        if entry.operation in wanted and entry.name == "ibmq_manila":
            wanted[entry.operation] = json.loads(recording.body(entry))
    return wanted


def parts(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with each of its keys."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from parts(value[key])


@st.composite
def mutated(draw: st.DrawFn, operation: str) -> Any:
    answer = deepcopy(small()[operation])
    for _ in range(draw(st.integers(0, 4))):
        places = list(parts(answer))
        if not places:
            break
        container, key = places[draw(st.integers(0, len(places) - 1))]
        match draw(st.sampled_from(["swap", "drop", "rename", "nest"])):
            case "swap":
                container[key] = draw(ANY)
            case "drop":
                del container[key]
            case "rename" if isinstance(container, dict):
                container[draw(st.text(max_size=8))] = container.pop(key)
            case _:
                for _ in range(draw(st.sampled_from([1, 300, 600]))):
                    container[key] = [container[key]]
    return answer


@cache
def check_and_oracle(operation: str, against: str) -> tuple[Document, Any]:
    found = load(against)
    schema = next(each for each in found.operations() if each.name == operation)
    converted, _ = to_json_schema(found, schema.value["responses"]["200"]["content"]["application/json"]["schema"])
    return found, jsonschema_rs.Draft202012Validator(converted, validate_formats=True)


@pytest.mark.parametrize("against", ["effective", "upstream"])
@pytest.mark.parametrize("operation", OPERATIONS.values())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_answer_is_judged_as_a_validator_judges_the_whole(
    against: str, operation: str, data: st.DataObject
) -> None:
    found, oracle = check_and_oracle(operation, against)
    answer = data.draw(mutated(operation))
    body = json.dumps(answer).encode()
    check = PayloadCheck(found)
    check.add(operation, body)
    findings = check.findings()
    json.dumps([row.to_dict() for row in findings]).encode()
    try:
        fits = oracle.is_valid(json.loads(body, parse_constant=lambda _: 1 / 0))
    except (ValueError, RecursionError, ZeroDivisionError):
        return  # half of a surrogate pair, too deep, or NaN: reported or not, nothing was raised
    assert fits == (not findings)


@settings(max_examples=200, deadline=None)
@given(st.binary() | ANY.map(lambda value: json.dumps(value).encode()), st.sampled_from(sorted(OPERATIONS.values())))
def test_any_bytes(body: bytes, operation: str) -> None:
    check = PayloadCheck(check_and_oracle(operation, "effective")[0])
    check(operation, body)
    assert check.documents[operation] == 1
    assert check.findings()
    check.coverage()


def test_duplicate_keys_are_the_last() -> None:
    check = PayloadCheck(document(SIZE))
    check.add("get_it", b'{"w": "a", "w": 1}')
    assert check.findings() == []


def test_threads_lose_nothing() -> None:
    check = PayloadCheck("upstream")
    body = json.dumps(small()["get_backend_properties"]).encode()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: check("get_backend_properties", body), range(200)))
    alone = PayloadCheck(check.document)
    alone.add("get_backend_properties", body)
    assert [(row.key, row.count, row.documents) for row in check.findings()] == [
        (row.key, row.count * 200, 200) for row in alone.findings()
    ]
    assert check.documents["get_backend_properties"] == 200


# Coverage


def test_coverage_counts_fields_and_listed_values() -> None:
    item = {"properties": {"mode": {"type": "string", "enum": ["a", "b", None], "nullable": True}, "deep": SIZE}}
    check = PayloadCheck(document({"properties": {"list": {"items": item}, "map": {"additionalProperties": SIZE}}}))
    assert check.coverage() == []  # of what nobody asked for, nothing is missing
    check.add("get_it", b'{"list": [{"mode": "a"}, {"mode": null}]}')
    told = {(each.json_path, each.value) for each in check.coverage()}
    deep = {("$.list[*].deep", None), ("$.list[*].deep.w", None), ("$.map", None), ("$.map.*.w", None)}
    assert told == {("$.list[*].mode", "b"), *deep}
    check.add("get_it", b'{"list": [{"mode": "b", "deep": {"w": 1}}], "map": {"x": {"w": 1}}}')
    assert check.coverage() == []


def test_coverage_of_a_tree_has_an_end() -> None:
    tree = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Tree"}, "leaf": {}}}
    check = PayloadCheck(document({"$ref": "#/components/schemas/Tree"}, Tree=tree))
    check.add("get_it", b"{}")
    assert [each.json_path for each in check.coverage()] == ["$.next", "$.leaf"]


# What it is made from


def test_an_operation_that_there_is_not() -> None:
    with pytest.raises(InvalidInputError, match=r"expected one of list_backends, .* found 'get_it'"):
        PayloadCheck().add("get_it", b"{}")


def test_documents_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="expected a file"):
        PayloadCheck(tmp_path / "none.yaml")
    with pytest.raises(InvalidInputError, match="test: expected a schema"):
        PayloadCheck(document({"type": "text"})).add("get_it", b"{}")


@pytest.mark.parametrize(
    "responses",
    [
        {"200": {"$ref": "#/components/responses/A"}},
        {"2XX": {"content": {"application/problem+json": {"schema": SIZE}}}},
        {"default": {"content": {"text/html": {}, "application/json; charset=utf-8": {"schema": SIZE}}}},
    ],
)
def test_where_the_schema_stands(responses: Any) -> None:
    held = {"responses": {"A": {"content": {"application/json": {"schema": SIZE}}}}}
    item = {"get": {"operationId": "get_it", "responses": responses}}
    data = {"openapi": "3.1.0", "paths": {"/it": item}, "components": held}
    check = PayloadCheck(parse(json.dumps(data).encode(), "test"))
    check.add("get_it", b"{}")
    assert [row.finding for row in check.findings()] == ["missing-required"]


@pytest.mark.parametrize(
    "item", [{}, {"responses": {}}, {"responses": {"200": {}}}, {"responses": {"200": {"$ref": "#/no"}}}]
)
def test_without_a_schema_anything_is_right(item: Any) -> None:
    data = {"openapi": "3.1.0", "paths": {"/it": {"get": {"operationId": "get_it", **item}}}}
    check = PayloadCheck(parse(json.dumps(data).encode(), "test"))
    check.add("get_it", b"{}")
    assert check.findings() == []


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "jsonschema_rs", None)
    with pytest.raises(MissingExtraError, match=r"\[drift\]"):
        PayloadCheck()


# Baselines


def test_known_new_and_vanished() -> None:
    def row(path: str, operation: str = "get_it", finding: str = "type") -> Deviation:
        return Deviation(operation=operation, schema="S", json_path=path, finding=finding)

    baseline = {"rows": [row("$.a").to_dict(), row("$.b").to_dict(), row("$.a", "other").to_dict()]}
    found = [row("$.a"), row("$.a", finding="enum"), row("$.c")]
    known, new, vanished = compare_baseline(found, baseline, {"get_it"})
    assert known == found[:1]
    assert new == found[1:]
    assert [(each["operation"], each["json_path"]) for each in vanished] == [("get_it", "$.b")]


def test_a_baseline_is_written_operation_by_operation(tmp_path: Path) -> None:
    path, whole = tmp_path / "baseline.json", checked("upstream")
    for kind, operation in OPERATIONS.items():
        check = PayloadCheck(whole.document)
        for name, body in sorted(real_documents(kind).items()):
            check.add(operation, body, name=name)
        write_baseline(path, check)
    assert read_baseline(path)["rows"] == read_baseline(BASELINE)["rows"]
    other = PayloadCheck(document(SIZE))
    with pytest.raises(InvalidInputError, match="baseline of test, found another's"):
        write_baseline(path, other)


@pytest.mark.parametrize(
    "content", ["{}", "[", "[]", '{"format": 2}', '{"format": 1, "rows": [{}]}', '{"format": 1, "rows": []}']
)
def test_what_is_no_baseline(content: str, tmp_path: Path) -> None:
    (path := tmp_path / "baseline.json").write_text(content)
    with pytest.raises(InvalidInputError, match="expected a baseline of format 1"):
        read_baseline(path)


@pytest.mark.parametrize("wrong", [0, [], {}, None])
def test_a_baseline_whose_rows_have_no_names(wrong: Any, tmp_path: Path) -> None:
    for name in ("operation", "json_path", "finding"):
        row = {"operation": "get_it", "json_path": "$", "finding": "type", name: wrong}
        content = {"format": 1, "document": {"sha256": "0"}, "rows": [row]}
        (path := tmp_path / "baseline.json").write_text(json.dumps(content))
        with pytest.raises(InvalidInputError, match="expected a baseline of format 1"):
            read_baseline(path)


def test_a_baseline_of_operations_whose_names_are_no_text(tmp_path: Path) -> None:
    path, check = tmp_path / "baseline.json", PayloadCheck(document({"type": "string"}))
    check.add("get_it", b"5")
    write_baseline(path, check)
    content = json.loads(path.read_bytes())
    content["rows"].append({**content["rows"][0], "operation": "half of a pair: \ud800"})
    path.write_text(json.dumps(content))
    write_baseline(path, check)
    assert json.loads(path.read_bytes()) == content


def test_no_baseline_at_all(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="No such file"):
        read_baseline(tmp_path / "baseline.json")


def test_where_the_package_has_its_baseline() -> None:
    assert payload.BASELINE.parent.joinpath("upstream.yaml").is_file()
