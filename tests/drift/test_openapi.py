"""Reading a document, however broken it is: what is wrong is found or said in one line, and nothing else escapes."""

import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ibm_quantum_backends.drift import effect
from ibm_quantum_backends.drift.openapi import Document, child, load, parse, steps
from ibm_quantum_backends.drift.spec import compare
from ibm_quantum_backends.errors import BackendsError, InvalidInputError

HEAD = 'openapi: "3.0.3"\n'


def document(data: dict[str, Any], name: str = "small") -> Document:
    return parse(json.dumps(data).encode(), name)


def with_schemas(**schemas: Any) -> dict[str, Any]:
    """A document whose one operation answers with schema A."""
    answer = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}
    paths = {"/a": {"get": {"operationId": "a", "responses": {"200": answer}}}}
    return {"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}}


# What is wrong by itself


# By path, the name of the example that its answer refers to.
GETS = {
    "": "sampleBackendsResponse",
    **{f"/{{id}}/{name}": f"sampleBackend{name.title()}Response" for name in ("properties", "configuration")},
    **{f"/{{id}}/{name}": f"sampleBackend{name.title()}Response" for name in ("status", "defaults")},
}
BARE = (
    *("acquisition_latency", "conditional_latency", "meas_levels", "meas_lo_range", "meas_map", "parametric_pulses"),
    *("qubit_lo_range", "register_map"),
)


def test_what_is_wrong_in_upstream_is_found() -> None:
    paths = {"#/paths/" + ("/v1/backends" + path).replace("/", "~1"): example for path, example in GETS.items()}
    configuration = "#/components/schemas/BackendConfigurationResponse/properties"
    expected = {
        "dangling-ref": [
            *(f"{path}/parameters/0" for path in paths),
            *(f"{path}/get/responses/200/content/application~1json/examples/{name}" for path, name in paths.items()),
        ],
        "bare-array": [
            *(f"{configuration}/{name}/items" for name in BARE),
            "#/components/schemas/ComplexNumber/properties/number/items",
        ],
        "wrong-default": ["#/paths/~1v1~1backends/get/parameters/0/schema/default"],
        "undefined-security-scheme": [f"{path}/get/security" for path in paths] * 2,
    }
    problems = load("upstream").problems
    found = {kind: sorted(each.pointer for each in problems if each.kind == kind) for kind in expected}
    assert found == {kind: sorted(pointers) for kind, pointers in expected.items()}
    assert len(problems) == sum(map(len, expected.values()))
    assert {
        "expected a reference to what this document holds, found #/components/parameters/IBM-API-Version",
        "expected one of ['wait_time_seconds'], found ''",
        "expected items, found none: the array may hold anything",
        "expected a security scheme of components, found IBMCloudAPIKey, which there is not",
        "expected a security scheme of components, found IBMCloudAuth, which there is not",
    } < {each.detail for each in problems}


def test_the_effective_document_is_sound() -> None:
    assert {each.kind for each in load("effective").problems} <= {"bare-array"}


def test_examples_and_defaults_are_no_part_of_the_document() -> None:
    thing = {"type": "object", "example": {"$ref": "#/no"}, "default": {"type": "array"}, "x-more": {"$ref": "#/no"}}
    named = {"type": "object", "properties": {"default": {"$ref": "#/nothing"}, "type": {"type": "array"}}}
    data = with_schemas(A={"allOf": [thing, named]})
    where = "#/components/schemas/A/allOf/1/properties"
    assert [(each.kind, each.pointer) for each in document(data).problems] == [
        ("dangling-ref", f"{where}/default"),
        ("bare-array", f"{where}/type"),
    ]


def test_references_to_other_files_are_told() -> None:
    found = document(with_schemas(A={"$ref": "other.yaml#/A"})).problems
    assert [(each.kind, each.pointer) for each in found] == [("external-ref", "#/components/schemas/A")]


# What cannot be read

ENDLESS = HEAD + "paths: &a {x: *a}\n"
BOMB = HEAD + "paths: {}\nx-0: &x0 [1,1,1,1,1,1,1,1,1,1]\n"
BOMB += "".join(f"x-{n}: &x{n} [{','.join([f'*x{n - 1}'] * 10)}]\n" for n in range(1, 9))
UNREADABLE: dict[str, tuple[bytes, str]] = {
    "no-yaml": (b"a: [", "expected YAML or JSON"),
    "tab": (b"openapi: '3.0.0'\n\tpaths: {}", "expected YAML or JSON"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00", "expected YAML or JSON"),
    "not-utf-8": ("openapi: '3.0.0' # é".encode("latin-1"), "expected YAML or JSON"),
    "empty": (b"", "found 'NoneType'"),
    "list": (b"[1, 2]", "found 'list'"),
    "text": (b"hello", "found 'str'"),
    "another-document": (b"{a: 1}", "expected an OpenAPI document of version 3.0 to 3.2, found None"),
    "swagger-2": (b'{"swagger": "2.0", "paths": {}}', "expected an OpenAPI document of version 3.0 to 3.2"),
    "swagger-2-in-openapi": (b'{"openapi": "2.0", "paths": {}}', "found '2.0'"),
    "version-4": (b'{"openapi": "4.0.0", "paths": {}}', "found '4.0.0'"),
    "version-3.3": (b'{"openapi": "3.3.0", "paths": {}}', "found '3.3.0'"),
    "no-paths": (b'{"openapi": "3.0.0"}', "paths: expected an object, found None"),
    "paths-a-list": (b'{"openapi": "3.0.0", "paths": []}', "paths: expected an object, found []"),
    "nan": (b'{"openapi": "3.0.0", "paths": {}, "x-a": .nan}', "nan is no JSON"),
    "infinity": (b'{"openapi": "3.0.0", "paths": {}, "x-a": -.inf}', "-inf is no JSON"),
    "duplicate-key": (b'openapi: "3.0.0"\npaths: {}\npaths: {}', "paths twice"),
    "duplicate-key-json": (b'{"openapi": "3.0.0", "paths": {"/a": {"get": {}, "get": {}}}}', "get twice"),
    "nan-json": (b'{"openapi": "3.0.0", "paths": {}, "x-a": NaN}', "nan is no JSON"),
    "deep-json": (b'{"a":' * 100_000, "expected YAML or JSON"),
    "a-set": (b'openapi: "3.0.0"\npaths: {}\nx-a: !!set {a, b}', "type set"),
    "python": (b'openapi: "3.0.0"\npaths: !!python/object/apply:os.getcwd []', "could not determine a constructor"),
    "endless": (ENDLESS.encode(), "expected YAML or JSON"),
    "bomb": (BOMB.encode(), "aliases that make more than 2,000,000 values"),
    "deep": (b"[" * 100_000, "expected YAML or JSON"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_bad_input_is_one_clear_line(name: str) -> None:
    data, reason = UNREADABLE[name]
    with pytest.raises(InvalidInputError) as caught:
        parse(data, "given.yaml")
    line = str(caught.value)
    assert line.startswith("given.yaml: ") and reason in line and "\n" not in line and len(line) < 300


def test_no_file_a_folder_and_a_huge_file(tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    huge.write_bytes(b'openapi: "3.0.0"\npaths: {}\n#' + b"x" * 10_000_000)
    for path, reason in (
        (tmp_path / "none.yaml", "expected a file to read: No such file or directory"),
        (tmp_path, "expected a file to read: Is a directory"),
        (huge, "expected at most 10,000,000 bytes, found 10,000,028"),
    ):
        with pytest.raises(InvalidInputError) as caught:
            load(path)
        assert str(caught.value) == f"{path}: {reason}"


ENDLESS_SCHEMAS: dict[str, dict[str, Any]] = {
    "refs": {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}},
    "one-ref": {"A": {"$ref": "#/components/schemas/A"}},
    "all-of-itself": {"A": {"allOf": [{"type": "object"}, {"$ref": "#/components/schemas/A"}]}},
    "any-of-itself": {"A": {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/A"}]}},
    "too-many": {"A": {"allOf": [{"anyOf": [{"minLength": n * 9 + m} for m in range(9)]} for n in range(9)]}},
}


@pytest.mark.parametrize("name", ENDLESS_SCHEMAS)
def test_what_has_no_end_is_one_clear_line(name: str) -> None:
    broken, sound = document(with_schemas(**ENDLESS_SCHEMAS[name]), "given"), document(with_schemas(A={}))
    for pair in ((broken, sound), (sound, broken)):
        with pytest.raises(InvalidInputError) as caught:
            compare(*pair)
        assert str(caught.value).startswith("given: #/") and "\n" not in str(caught.value)
        assert ("alternatives" if name == "too-many" else "cycle") in str(caught.value)


def test_a_schema_that_holds_itself_is_fine() -> None:
    tree = {"type": "object", "properties": {"value": {"type": "integer"}, "left": {"$ref": "#/components/schemas/A"}}}
    twice = copy.deepcopy(tree)
    twice["properties"] |= {"right": {"$ref": "#/components/schemas/A"}, "value": {"type": "number"}}
    found = compare(document(with_schemas(A=tree)), document(with_schemas(A=twice)))
    assert [(each.kind, each.pointer, each.json_path) for each in found] == [
        ("response-optional-property-added", "#/components/schemas/A/properties/right", ("$.left.right", "$.right")),
        ("response-property-type-widened", "#/components/schemas/A/properties/value/type", ("$.left.value", "$.value")),
    ]
    assert document(with_schemas(A=twice)).problems == ()


# What is read as people mean it


def test_yaml_is_read_by_the_rules_of_1_2() -> None:
    text = HEAD + "paths: {/a: {get: {responses: {200: {}, 2XX: {}}}}}\n"
    text += "x-a: [on, off, yes, no, 2026-03-15, 2026-03-15T10:00:00Z, true, False, 1, 1.5, null, ~, '200']\ntrue: 1\n"
    read = parse(text.encode(), "given").data
    assert list(read["paths"]["/a"]["get"]["responses"]) == ["200", "2XX"]
    words = ["on", "off", "yes", "no", "2026-03-15", "2026-03-15T10:00:00Z", True, False, 1, 1.5, None, None, "200"]
    assert read["x-a"] == words
    assert [type(each) for each in read["x-a"]] == [type(each) for each in words]
    assert read["true"] == 1


def test_aliases_are_copies_and_json_is_yaml() -> None:
    text = HEAD + "paths: {}\nx-a: &a {b: 1}\nx-c: {<<: *a, d: *a}\n"
    assert parse(text.encode(), "given").data["x-c"] == {"b": 1, "d": {"b": 1}}
    data = with_schemas(A={"type": "string", "pattern": "^\\d+\t$", "description": "\u00e9 \U0001f600"})
    for indent in (None, 1):
        assert parse(json.dumps(data, indent=indent).encode(), "given").data == data
    read = parse(json.dumps(data, indent="\t").encode(), "given")
    assert (read.data, read.line("#/paths")) == (data, 1), "a surrogate pair is no YAML"
    assert parse(b'{openapi: "3.0.0", paths: {}}', "given").data == {"openapi": "3.0.0", "paths": {}}


@pytest.mark.parametrize("version", ["3.0.0", "3.0.4", "3.1.1", "3.2.0", "3.1.0-rc1", 3.1])
def test_versions(version: Any) -> None:
    assert document({"openapi": version, "paths": {}}).data["paths"] == {}


def test_a_document_of_components_or_webhooks_alone() -> None:
    for key in ("components", "webhooks"):
        assert compare(document({"openapi": "3.1.0", key: {}}), document({"openapi": "3.1.0", key: {}})) == []


def test_places_have_lines() -> None:
    read = load("upstream")
    lines = read.text.splitlines()
    found = {
        pointer: read.line(pointer)
        for pointer in (
            "#/openapi",
            "#/servers/1/url",
            "#/paths/~1v1~1backends~1{id}~1status/get/parameters/0/schema/maxLength",
            "#/components/schemas/ClopsType/properties/value/oneOf/1/pattern",
            "#/components/schemas/BackendStatusResponse/properties/length_queue",
        )
    }
    assert [lines[line - 1].strip() for line in found.values()] == [
        *("openapi: 3.0.0", "- url: https://eu-de.quantum.cloud.ibm.com/api", "maxLength: 500", "pattern: ^.*$"),
        "length_queue:",
    ]
    status = read.line("#/components/schemas/BackendStatusResponse/properties")
    assert read.line("#/components/schemas/BackendStatusResponse/properties/no/such/place") == status
    assert (read.line("#/no"), read.line("#")) == (1, 1)


def test_pointers() -> None:
    read = document({"openapi": "3.1.0", "paths": {"/a/{b}~c": [{"x y": 1}]}})
    pointer = child(child(child("#/paths", "/a/{b}~c"), 0), "x y")
    assert (pointer, read.at(pointer)) == ("#/paths/~1a~1{b}~0c/0/x y", 1)
    assert read.at("#/paths/~1a~1%7Bb%7D~0c/0/x%20y") == 1
    assert steps(pointer) == ["paths", "/a/{b}~c", "0", "x y"]
    assert [
        read.at(each) for each in ("#/paths/x", "#/paths/~1a~1{b}~0c/1", "#/openapi/0", "#/paths/~1a~1{b}~0c/-1")
    ] == [None] * 4
    assert read.at("#") is read.data


# What is somewhere else than it should be, or of another type

NONSENSE: tuple[Any, ...] = (
    *({}, [], None, True, 0, -1.5, "", "string", [None], [[]], [{}], {"": {}}, {"a": 1}, {"$ref": "#"}, {"$ref": 3}),
    *({"$ref": "#/components/schemas/ClopsType"}, {"$ref": "other.yaml"}, {"$ref": "#/paths/~1v1~1backends"}),
    *({"type": "array"}, {"type": ["null"]}, {"type": {}}, {"enum": 3}, {"enum": [[], {}]}, {"allOf": {}}),
    *({"oneOf": [3]}, {"properties": []}, {"required": {}}, {"nullable": "yes"}, {"schema": 1}, {"content": 1}),
    *(False, {"get": 1}, {"content": {"application/json": 1}}, {"content": {"application/json": {"schema": 5}}}),
)
KEYS = (
    *("type", "enum", "const", "nullable", "required", "properties", "items", "additionalProperties", "allOf", "oneOf"),
    *(
        "anyOf",
        "not",
        "format",
        "pattern",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "maxLength",
        "minItems",
        "default",
    ),
    *("multipleOf", "uniqueItems", "title", "description", "example", "discriminator", "readOnly", "parameters"),
    *("responses", "security", "servers", "requestBody", "content", "schema", "headers", "in", "name", "style", "$ref"),
    *("tags", "operationId", "callbacks", "get", "if", "prefixItems", "patternProperties", "x-extensible-enum"),
)


def nodes(value: Any) -> list[tuple[Any, Any]]:
    """Every holder and key below a value."""
    found = []
    for key in value if isinstance(value, dict) else range(len(value)):
        found.append((value, key))
        if isinstance(value[key], dict | list):
            found += nodes(value[key])
    return found


def spoilt(data: dict[str, Any], random: Random) -> dict[str, Any]:
    """The document with a few random values in random places."""
    data = copy.deepcopy(data)
    for _ in range(random.randint(1, 4)):
        holder, key = random.choice(nodes(data))
        value = copy.deepcopy(random.choice(NONSENSE))
        if random.random() < 0.4 and isinstance(holder[key], dict):
            holder[key][random.choice(KEYS)] = value
        elif (holder, key) not in ((data, "openapi"), (data, "paths")):
            holder[key] = value
    return data


def judged(base: Document, revision: Document) -> None:
    """Everything that is said of two documents; only an error of this package may come of it."""
    try:
        rows = [each.to_dict() for each in effect.explain(compare(base, revision), base, revision, [])]
        json.dumps(rows)
        for row in rows:
            assert row["pointer"].startswith("#") and base.line(row["pointer"]) > 0
    except BackendsError as error:
        assert "\n" not in str(error)
    try:
        assert all(each.detail for each in revision.problems)
    except BackendsError as error:
        assert "\n" not in str(error)


@cache
def part(*urls: str) -> Document:
    """Upstream, or those of its paths."""
    data = copy.deepcopy(load("upstream").data)
    data["paths"] = {url: path for url, path in data["paths"].items() if not urls or url in urls}
    return Document("sound", "", data)


@pytest.fixture(autouse=True)
def one_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `explain` knows of the released client is read once."""
    monkeypatch.setattr(effect, "_Client", cached_client)


cached_client = cache(effect._Client)


@pytest.mark.parametrize("seed", range(10))
def test_nothing_but_our_errors_escapes(seed: int) -> None:
    random = Random(seed)
    small = part("/v1/backends")
    for sound in [small] * 29 + [part()]:
        broken = Document("broken", "", spoilt(sound.data, random))
        judged(sound, broken)
        judged(broken, sound)


PLACES: dict[str, Callable[[dict[str, Any]], tuple[Any, str]]] = {
    "paths": lambda data: (data["paths"], "/v1/backends"),
    "operation": lambda data: (data["paths"]["/v1/backends"], "get"),
    "parameters": lambda data: (data["paths"]["/v1/backends"]["get"], "parameters"),
    "path parameters": lambda data: (data["paths"]["/v1/backends"], "parameters"),
    "parameter schema": lambda data: (data["paths"]["/v1/backends"]["get"]["parameters"][0], "schema"),
    "responses": lambda data: (data["paths"]["/v1/backends"]["get"], "responses"),
    "response": lambda data: (data["paths"]["/v1/backends"]["get"]["responses"], "200"),
    "content": lambda data: (data["paths"]["/v1/backends"]["get"]["responses"]["200"], "content"),
    "media": lambda data: (data["paths"]["/v1/backends"]["get"]["responses"]["200"]["content"], "application/json"),
    "headers": lambda data: (data["paths"]["/v1/backends"]["get"]["responses"]["200"], "headers"),
    "security": lambda data: (data["paths"]["/v1/backends"]["get"], "security"),
    "servers": lambda data: (data, "servers"),
    "tags": lambda data: (data, "tags"),
    "info": lambda data: (data, "info"),
    "components": lambda data: (data, "components"),
    "schemas": lambda data: (data["components"], "schemas"),
    "schemes": lambda data: (data["components"], "securitySchemes"),
    "schema": lambda data: (data["components"]["schemas"], "BackendsResponse"),
    "properties": lambda data: (data["components"]["schemas"]["BackendsResponse"], "properties"),
    "required": lambda data: (data["components"]["schemas"]["BackendsResponse"], "required"),
    "type": lambda data: (data["components"]["schemas"]["BackendsResponse"], "type"),
    "enum": lambda data: (data["components"]["schemas"]["ClopsType"]["properties"]["type"], "enum"),
    "oneOf": lambda data: (data["components"]["schemas"]["ClopsType"]["properties"]["value"], "oneOf"),
    "callbacks": lambda data: (data["paths"]["/v1/backends"]["get"], "callbacks"),
    "webhooks": lambda data: (data, "webhooks"),
    "requestBody": lambda data: (data["paths"]["/v1/backends"]["get"], "requestBody"),
}


@pytest.mark.parametrize("place", PLACES)
def test_anything_anywhere(place: str) -> None:
    sound = part("/v1/backends")
    for value in NONSENSE:
        data = copy.deepcopy(sound.data)
        holder, key = PLACES[place](data)
        holder[key] = value
        broken = Document("broken", "", data)
        judged(sound, broken)
        judged(broken, sound)


def test_schemas_in_a_chain_without_an_end_in_sight() -> None:
    chain = {
        f"S{i}": {"type": "object", "properties": {"next": {"$ref": f"#/components/schemas/S{i + 1}"}}}
        for i in range(999)
    }
    data = with_schemas(A={"$ref": "#/components/schemas/S0"}, S999={"type": "string"}, **chain)
    document = parse(json.dumps(data).encode(), "given")
    with pytest.raises(InvalidInputError, match="found too many in a chain"):
        compare(document, document)
