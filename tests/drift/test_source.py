"""The source axis: right on every case, each change on its own, and no break of the generated code unnoticed."""

import builtins
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import griffe
import openapi_python_client
import pytest

import ibm_quantum_backends.raw
from ibm_quantum_backends.drift import source
from ibm_quantum_backends.drift.changes import Change
from ibm_quantum_backends.drift.consumer import Site, read, write
from ibm_quantum_backends.drift.generation import Generation
from ibm_quantum_backends.drift.openapi import Document, parse
from ibm_quantum_backends.drift.source import SourceVerdict, judge

from .cases import BASE, CASES, Case

RAW = Path(ibm_quantum_backends.raw.__file__ or "").parent


def given(row: dict[str, Any]) -> Change:
    """A change as a comparison would find it, its `source` yet to be told."""
    fields = ("kind", "direction", "pointer", "revision_pointer", "before", "after")
    lists = {name: tuple(row.get(name, ())) for name in ("operations", "json_path")}
    return Change(wire=row["class"], **{name: row.get(name) for name in fields}, **lists)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case(case: Case) -> None:
    verdict = judge(*case.documents(), [given(row) for row in case.expect["changes"]])
    assert verdict.source == case.expect["source"], verdict
    assert [(change.kind, change.source) for change in verdict.changes] == [
        (row["kind"], row["source"]) for row in case.expect["changes"]
    ]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the client of the cases' base."""
    folder = tmp_path_factory.mktemp("before")
    Generation(parse(BASE.encode(), "base"), folder / "client")
    return folder


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_griffe_finds_is_breaking(case: Case, before: Path, tmp_path: Path) -> None:
    """An independent oracle: it finds less than mypy, and nothing that is not so."""
    Generation(case.documents()[1], tmp_path / "client")
    old, new = (griffe.load("client", search_paths=[folder]) for folder in (before, tmp_path))
    found = list(griffe.find_breaking_changes(old, new))
    assert bool(found) <= (case.expect["source"] == "breaking"), [each.explain() for each in found]
    assert bool(found) >= bool(case.expect["measured"]["griffe_breakages"]), "griffe sees no more what it once saw"


# A small document, and edits of it that have nothing to do with each other

GET = "#/paths/~1things~1{id}/get"
THING = "#/components/schemas/Thing"
THINGS = {"schema": {"$ref": "#/components/schemas/Thing"}}


def operation(name: str, *parameters: dict[str, Any]) -> dict[str, Any]:
    path = {"in": "path", "name": "id", "required": True, "schema": {"type": "string"}}
    responses = {"200": {"description": "", "content": {"application/json": THINGS}}}
    return {"tags": ["Things"], "operationId": name, "parameters": [path, *parameters], "responses": responses}


def small() -> dict[str, Any]:
    kind = {"in": "query", "name": "kind", "schema": {"type": "string", "enum": ["one", "two"]}}
    text = {"type": "string"}
    properties = {
        "size": {"type": "integer"},
        "weight": {"type": "integer"},
        "sort": {"$ref": "#/components/schemas/Sort"},
        "part": {"type": "object", "properties": {"title": text, "tags": text}},
        "left": text,
        "long": {"type": "string", "maxLength": 9},
    }
    schemas = {
        "Thing": {"type": "object", "required": ["size", "left"], "properties": properties},
        "Sort": {"type": "string", "enum": ["x", "y"]},
        "Item": {"type": "object", "properties": {"a": text}},
    }
    gets = {
        "/things/{id}": operation("get_thing", kind),
        "/other/{id}": operation("get_other"),
        "/named/{id}": operation("get_named"),
        "/third/{id}": operation("get_third", {"in": "query", "name": "limit", "schema": {"type": "integer"}}),
    }
    paths = {url: {"get": get} for url, get in gets.items()}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Things", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def document(data: dict[str, Any], name: str = "small") -> Document:
    return parse(json.dumps(data).encode(), name)


def compare(edit: Callable[[dict[str, Any]], object], *pointers: str, **fields: Any) -> SourceVerdict:
    revision = small()
    edit(revision)
    changes = [Change(kind="seeded", wire="none", pointer=pointer, **fields) for pointer in pointers]
    return judge(document(small()), document(revision, "revision"), changes)


# By pointer, what is done there and what comes of it.
EDITS: dict[str, str] = {
    f"{THING}/properties/size/type": "breaking",  # integer to number
    f"{THING}/properties/weight": "breaking",  # renamed ...
    f"{THING}/properties/mass": "compatible",  # ... to this
    f"{THING}/properties/long/maxLength": "none",
    f"{THING}/properties/part/properties/title/type": "breaking",  # in an object without a name, called like a keyword
    f"{THING}/properties/part/properties/tags/description": "none",
    f"{THING}/properties/size/description": "none",
    f"{GET}/security": "none",  # none, as before
    f"{THING}/required": "breaking",  # `left` became optional
    "#/components/schemas/Sort/enum": "breaking",  # y removed
    "#/components/schemas/Item/title": "breaking",  # makes another name
    f"{GET}/parameters/1/schema/enum": "compatible",  # one added
    f"{GET}/parameters/2": "breaking",  # a new one, required
    "#/paths/~1other~1{id}/get/operationId": "breaking",
    "#/paths/~1named~1{id}/get/parameters/0/name": "breaking",  # the call by keyword
    "#/paths/~1third~1{id}/get/parameters/1/schema/default": "breaking",  # the generator drops it with a warning
}


def edits(data: dict[str, Any]) -> None:
    schemas, paths = data["components"]["schemas"], data["paths"]
    properties = schemas["Thing"]["properties"]
    properties["size"]["type"] = "number"
    properties["mass"] = properties.pop("weight")
    properties["long"]["maxLength"] = 10
    properties["part"]["properties"]["title"] = {"type": "integer"}
    properties["part"]["properties"]["tags"] = {"type": "string", "description": "new"}
    schemas["Thing"]["required"] = ["size"]
    schemas["Sort"]["enum"] = ["x"]
    schemas["Item"]["title"] = "Entry"
    parameters = paths["/things/{id}"]["get"]["parameters"]
    parameters[1]["schema"]["enum"].append("three")
    parameters.append({"in": "query", "name": "limit", "required": True, "schema": {"type": "integer"}})
    properties["size"]["description"] = "new"
    paths["/things/{id}"]["get"]["security"] = []
    paths["/other/{id}"]["get"]["operationId"] = "get_another"
    paths["/named/{name}"] = paths.pop("/named/{id}")
    paths["/named/{name}"]["get"]["parameters"][0]["name"] = "name"
    paths["/third/{id}"]["get"]["parameters"][1]["schema"]["default"] = "many"


def test_each_of_many_changes_has_its_own_source() -> None:
    verdict = compare(edits, *EDITS, json_path=("$.left",))
    assert verdict.source == "breaking"
    assert {change.pointer: change.source for change in verdict.changes} == EDITS


def test_what_changes_below_another_name_is_seen() -> None:
    def edit(data: dict[str, Any]) -> None:
        thing = data["components"]["schemas"]["Item2"] = data["components"]["schemas"].pop("Thing")
        thing["properties"]["size"]["type"] = "number"
        thing["properties"]["long"]["maxLength"] = 10
        for path in data["paths"].values():
            path["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"] = f"{THING[:-5]}Item2"
        other = data["paths"]["/other/{id}"]["get"]
        other["operationId"] = "get_another"
        other["parameters"][0]["schema"]["type"] = "integer"
        data["paths"]["/third/{id}"]["get"]["tags"] = ["Other"]

    pointers = {
        THING: "breaking",
        f"{THING}/properties/size/type": "breaking",
        f"{THING}/properties/long/maxLength": "none",
        "#/paths/~1other~1{id}/get/operationId": "breaking",
        "#/paths/~1other~1{id}/get/parameters/0/schema/type": "breaking",
        "#/paths/~1third~1{id}/get/tags": "breaking",
        "#/paths/~1third~1{id}/get/parameters/1/schema/maximum": "none",
    }
    edited = small()
    edit(edited)
    changes = [Change(kind="seeded", wire="none", pointer=pointer) for pointer in pointers]
    changes[0] = replace(changes[0], revision_pointer=f"{THING[:-5]}Item2")
    verdict = judge(document(small()), document(edited), changes)
    assert {change.pointer: change.source for change in verdict.changes} == pointers


def test_what_no_change_explains_is_a_change() -> None:
    verdict = compare(edits)
    assert {change.kind for change in verdict.changes} == {"generated-name-removed", "generated-type-changed"}
    found = {change.before: (change.pointer, change.after) for change in verdict.changes}
    assert found["models.thing.Thing.size: int"] == (f"{THING}/properties/size", "models.thing.Thing.size: float")
    assert found["api.things.get_third"] == ("#/paths/~1third~1{id}/get", None)
    assert len(found) == len(verdict.changes) == list(EDITS.values()).count("breaking")


def test_another_order_other_words_and_3_2_are_nothing() -> None:
    def edit(data: dict[str, Any]) -> None:
        data["openapi"] = "3.2.0"
        data["paths"] = dict(reversed(data["paths"].items()))
        data["components"]["schemas"]["Thing"]["description"] = "A thing"

    assert compare(edit, "#/openapi").source == "none"


@pytest.mark.parametrize("broken", [{"openapi": "3.1.0", "paths": {"/a": {"get": {"parameters": 3}}}}])
def test_what_the_generator_refuses_is_unknown(broken: dict[str, Any]) -> None:
    changes = [Change(kind="seeded", wire="none", pointer="#/paths")]
    verdict = judge(document(small()), document(broken, "broken"), changes)
    assert (verdict.source, [change.source for change in verdict.changes]) == ("unknown", ["unknown"])
    assert verdict.reason.startswith("broken: the generator: Failed to parse OpenAPI document")
    assert "\n" not in verdict.reason


def test_a_generator_that_fails_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openapi_python_client, "generate", lambda **_: 1 / 0)
    assert compare(edits).reason == "small: the generator: ZeroDivisionError: division by zero"


def test_a_mypy_that_fails_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source.sys, "executable", "false")
    assert compare(edits).reason == "mypy fails:"


@pytest.mark.parametrize("missing", ["mypy", "openapi_python_client"])
def test_without_the_tools_it_is_unknown(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = builtins.__import__

    def blocked(name: str, *args: Any, **options: Any) -> Any:
        if name.partition(".")[0] == missing:
            raise ModuleNotFoundError(name=name)
        return plain(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", blocked)
    monkeypatch.setattr(source, "find_spec", lambda name: None if name == missing else object())
    verdict = compare(edits)
    assert verdict.source == "unknown"
    assert verdict.reason.endswith("pip install 'ibm-quantum-backends[codegen]'")


def test_nothing_is_left_behind_or_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("MYPY_CACHE_DIR", str(tmp_path / "cache"))
    assert compare(edits).source == "breaking"
    assert list(tmp_path.iterdir()) == []
    assert tuple(capfd.readouterr()) == ("", "")


# Every edit of a client is noticed

MUTATIONS: dict[Site, tuple[str, str]] = {
    Site("models.nduv", "Nduv", "unit"): ("    unit: str", "    unit: str | None"),
    Site("models.gate_properties", "GateProperties", "gate"): ("    gate: str\n", "    other: str\n"),
    Site("models.device", "Device", "qubits"): ("    qubits: int | None | Unset", "    qubits: float | None | Unset"),
    Site("models.device_status_name", "DeviceStatusName", "PAUSED"): ("    PAUSED =", "    STOPPED ="),
    Site("models.channel", "Channel", ""): ("class Channel:", "class Canal:"),
    Site("api.backends.get_backend_status", "", "id"): ("    id: str,", "    name: str,"),
    Site("api.backends.list_backends", "", "fields"): (": ListBackendsFields | Unset", ": ListBackendsFields"),
    Site("api.backends.get_backend_defaults", "", "return"): ("BackendDefaults | ErrorResponse", "ErrorResponse"),
}


def test_every_edit_of_a_client_is_noticed(tmp_path: Path) -> None:
    before = read(RAW)
    for name in ("before", "after"):
        shutil.copytree(RAW, tmp_path / name)
    for site, (old, new) in MUTATIONS.items():
        file = tmp_path / "after" / f"{site.module.replace('.', '/')}.py"
        text = file.read_text("utf-8")
        assert old in text, (site, old)
        file.write_text(text.replace(old, new), "utf-8")
    assert source.check(before, read(tmp_path / "after"), tmp_path).keys() == MUTATIONS.keys()


def test_a_client_fits_itself_whatever_is_wrong_with_it(tmp_path: Path) -> None:
    for name in ("before", "after"):
        shutil.copytree(RAW, tmp_path / name)
        file = tmp_path / name / "models" / "device.py"
        file.write_text(
            file.read_text("utf-8").replace("    queue_length: int", "    queue_length: Undefined"), "utf-8"
        )
    assert source.check(read(tmp_path / "before"), read(tmp_path / "after"), tmp_path) == {}


def test_the_consumer_uses_everything() -> None:
    client = read(RAW)
    text, sites = write(client, "raw", {})
    assert client.parts.keys() == set(sites.values())
    assert len(text.splitlines()) > 300
