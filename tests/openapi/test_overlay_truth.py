"""The overlay: every action has its reasons, what it calls a repair is one, and what comes out is true."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import openapi_python_client
import pytest
import regenerate
from openapi_python_client.config import Config, ConfigFile, MetaType
from runtime_wheels import real_documents

from ibm_quantum_backends.drift import overlay

DOCUMENT: Any = regenerate.load_yaml((regenerate.OPENAPI / "backends.yaml").read_bytes(), "backends.yaml")
OVERLAY: Any = regenerate.load_overlay()
SCHEMAS = {"conf": "BackendConfigurationResponse", "props": "BackendPropertiesResponse"}
REPAIRS = [action for action in OVERLAY["actions"] if action["x-purpose"] == "repair"]


@pytest.mark.parametrize("action", OVERLAY["actions"], ids=lambda action: action["target"])
def test_every_action_says_why_and_until_when(action: Any) -> None:
    assert action["x-purpose"] in {"repair", "truth"}
    for key in ("description", "x-evidence", "x-until"):
        assert isinstance(action[key], str)
        assert len(action[key]) > 8


# What a generator needs


def generate(folder: Path, actions: list[Any]) -> tuple[set[str], list[str]]:
    """The modules that the stock generator makes of the document after some actions, and its complaints."""
    corrected = overlay.apply(DOCUMENT, {**OVERLAY, "actions": actions}, strict=False)
    (source := folder.with_suffix(".yaml")).write_text(regenerate.dump_yaml(corrected), "utf-8")
    config = Config.from_sources(ConfigFile(post_hooks=[]), MetaType.NONE, source, "utf-8", False, folder)
    complaints = [f"{error.header} {error.detail}" for error in openapi_python_client.generate(config=config)]
    return {str(path.relative_to(folder)) for path in folder.rglob("*.py")}, complaints


def test_the_repairs_are_what_a_generator_needs_and_no_more(tmp_path: Path) -> None:
    whole, complaints = generate(tmp_path / "whole", REPAIRS)
    assert complaints == []
    endpoints = {operation["operationId"] for path in DOCUMENT["paths"].values() for operation in [path["get"]]}
    assert {Path(name).stem for name in whole if name.startswith("api/backends/")} == {*endpoints, "__init__"}
    assert len(endpoints) == 5
    for number, left in enumerate(REPAIRS):
        made, complaints = generate(tmp_path / str(number), [other for other in REPAIRS if other is not left])
        assert complaints or not whole <= made, left["description"]


# What real documents need


def json_schema(value: Any, *, closed: bool) -> Any:
    """JSON Schema of an OpenAPI 3.0 schema; closed, an object has the fields that it declares and no other."""
    if isinstance(value, list):
        return [json_schema(item, closed=closed) for item in value]
    if not isinstance(value, dict):
        return value
    schema = {
        key: json_schema(item, closed=closed) for key, item in value.items() if key not in ("example", "nullable")
    }
    if closed and isinstance(schema.get("properties"), dict):
        schema.setdefault("additionalProperties", False)
    return {"anyOf": [schema, {"type": "null"}]} if value.get("nullable") is True else schema


def validator(document: Any, kind: str) -> jsonschema_rs.Draft202012Validator:
    components = {name: json_schema(each, closed=True) for name, each in document["components"]["schemas"].items()}
    schema = {"$ref": f"#/components/schemas/{SCHEMAS[kind]}", "components": {"schemas": components}}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


@cache
def parsed(kind: str) -> list[Any]:
    return [json.loads(body) for body in real_documents(kind).values()]


def findings(document: Any, kind: str) -> Counter[tuple[str, str]]:
    """Where and why real documents do not fit: JSON path and keyword, counted."""
    checks = validator(document, kind)
    return Counter(
        (
            "".join("[*]" if isinstance(step, int) else f".{step}" for step in error.instance_path),
            type(error.kind).__name__,
        )
        for document in parsed(kind)
        for error in checks.iter_errors(document)
    )


@pytest.mark.parametrize("kind", SCHEMAS)
def test_real_documents_fit(kind: str) -> None:
    assert len(parsed(kind)) == {"conf": 68, "props": 69}[kind]
    assert findings(overlay.apply(DOCUMENT, OVERLAY), kind) == {}


def test_the_validator_sees_what_is_not_true() -> None:
    found = findings(DOCUMENT, "conf")
    assert found[".dt", "Type"] == 51
    assert found[".clops", "Type"] == 35
    assert found["", "AdditionalProperties"] == 68


def corrections() -> list[list[Any]]:
    """The actions of each correction that cites real documents: one that begins with dots goes on with the last."""
    found: list[list[Any]] = []
    for action in OVERLAY["actions"]:
        if action["description"].startswith("..."):
            found[-1].append(action)
        else:
            found.append([action])
    return [
        actions
        for actions in found
        if actions[0]["x-purpose"] == "truth"
        and re.search("configurations|properties documents", actions[0]["x-evidence"])
        and actions[0]["description"]
        not in ("Drop an example in hertz", "Frequencies have a unit")  # no schema says it
    ]


def test_corrections_are_found() -> None:
    assert len(corrections()) > 20


@pytest.mark.parametrize("left", corrections(), ids=lambda left: left[0]["target"])
def test_without_a_correction_a_real_document_does_not_fit(left: list[Any]) -> None:
    actions = [action for action in OVERLAY["actions"] if action not in left]
    corrected: Any = overlay.apply(DOCUMENT, {**OVERLAY, "actions": actions}, strict=False)
    try:
        fits = all(validator(corrected, kind).is_valid(body) for kind in SCHEMAS for body in parsed(kind))
    except jsonschema_rs.ValidationError as error:
        assert "does not exist" in str(error)  # another correction refers to what this one describes
    else:
        assert not fits
