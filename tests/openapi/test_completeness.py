"""What the generator leaves out without a word is named, by operation or schema and JSON pointer."""

import shutil
from pathlib import Path
from typing import Any

import completeness
import pytest
import regenerate

SETTINGS = regenerate.OPENAPI / "generator.yaml"
PACKAGE = regenerate.GENERATED / regenerate.RAW


@pytest.fixture
def document() -> Any:
    effective = regenerate.GENERATED / regenerate.SPEC / "effective.yaml"
    return regenerate.load_yaml(effective.read_bytes(), "effective.yaml")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGE, tmp_path / "raw"))


def test_nothing_is_left_out(document: Any) -> None:
    assert completeness.omissions(document, SETTINGS, PACKAGE) == []


def test_every_module_is_some_operation_s_or_class_s(document: Any, package: Path) -> None:
    """Each that is taken away is missed, except what an object within a schema makes."""
    inner = {
        "backend_clops_type", "channel_operates", "device_clops_type", "device_status", "device_status_name",
        "hamiltonian_osc", "hamiltonian_qub", "hamiltonian_vars", "list_backends_fields",
    }  # fmt: skip
    for path in [*package.glob("api/*/*.py"), *package.glob("models/*.py")]:
        content = path.read_bytes()
        path.unlink()
        missed = bool(completeness.omissions(document, SETTINGS, package))
        assert missed != (path.stem in {"__init__", *inner}), path
        path.write_bytes(content)


def test_a_module_without_its_class(document: Any, package: Path) -> None:
    (package / "models" / "qubit_list.py").write_text("class QubitLists:\n    pass\n")
    assert completeness.omissions(document, SETTINGS, package) == [
        "the generator left out the schema QubitList, #/components/schemas/QubitList"
    ]


def test_a_schema_that_the_generator_does_not_know(document: Any) -> None:
    document["components"]["schemas"]["A~b"] = {"$ref": "#/components/schemas/Nowhere"}
    document["components"]["schemas"]["Alias"] = {"type": "array", "items": {"type": "string"}}
    assert completeness.omissions(document, SETTINGS, PACKAGE) == [
        "the generator left out the schema A~b, #/components/schemas/A~0b"
    ]


def test_an_operation(document: Any) -> None:
    paths = document["paths"]
    paths["/v2/x"] = {"parameters": [], "summary": "", "get": {"operationId": "getX", "responses": {}}}
    paths["/v2/y"] = {"put": {"responses": {}}}
    paths["/v2/z"] = {"post": {**paths["/v1/backends"]["get"], "operationId": "list-backends"}}
    assert completeness.omissions(document, SETTINGS, PACKAGE) == [
        "the generator left out GET /v2/x (operationId getX), #/paths/~1v2~1x/get",
        "the generator left out PUT /v2/y (operationId None), #/paths/~1v2~1y/put",
        "the generator left out POST /v2/z (operationId list-backends), #/paths/~1v2~1z/post "
        "or #/paths/~1v1~1backends/get: one module for both",
    ]
