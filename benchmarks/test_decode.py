"""The raw model of a 156-qubit device's properties, from the bytes, unknown fields kept."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import PROJECT

import ibm_quantum_backends
from ibm_quantum_backends.raw.api.backends import get_backend_properties
from ibm_quantum_backends.recording import Recording

WHAT = "properties of 156 qubits"
ROUNDS = 200


@pytest.fixture(scope="module")
def body(sandbox: Recording) -> bytes:
    return sandbox.answer("/v1/backends/ibm_boston/properties", {})[1]


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Mapping[str, Any]], object]:
    """`BackendProperties.from_dict` as the generator's own templates write it, for the same document."""
    folder = tmp_path_factory.mktemp("stock")
    document = Path(ibm_quantum_backends.__file__).with_name("raw") / "_spec" / "effective.yaml"
    arguments = [f"--path={document}", f"--output-path={folder / 'stock'}", "--meta=none", "--fail-on-warning"]
    arguments.append(f"--config={PROJECT / 'openapi' / 'generator.yaml'}")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])  # its hooks run ruff
    generate = [sys.executable, "-m", "openapi_python_client", "generate", *arguments]
    subprocess.run(generate, check=True, env={**os.environ, "PATH": path})
    sys.path.append(str(folder))
    module = importlib.import_module("stock.models.backend_properties")
    from_dict: Callable[[Mapping[str, Any]], object] = module.BackendProperties.from_dict
    return from_dict


def test_json(ratio: Callable[..., None], body: bytes) -> None:
    ours = partial(get_backend_properties.parse, 200, body)
    ratio(f"{WHAT} / json.loads", ours, lambda: json.loads(body), target=2.2, rounds=ROUNDS)


def test_stock(ratio: Callable[..., None], body: bytes, stock: Callable[[Mapping[str, Any]], object]) -> None:
    ours = partial(get_backend_properties.parse, 200, body)
    ratio(f"{WHAT} / stock templates", ours, lambda: stock(json.loads(body)), target=0.65, rounds=ROUNDS)
