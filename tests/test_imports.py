"""What importing costs, and that everything can be imported."""

import importlib
import json
import pkgutil
import subprocess
import sys

import pytest

import ibm_quantum_backends

MODULES = [module.name for module in pkgutil.walk_packages(ibm_quantum_backends.__path__, "ibm_quantum_backends.")]


def modules_after(code: str) -> set[str]:
    shown = subprocess.check_output(
        [sys.executable, "-c", f"{code}\nimport sys, json\nprint(json.dumps(list(sys.modules)))"], text=True
    )
    return set(json.loads(shown))


def test_package_alone_loads_itself_alone() -> None:
    assert modules_after("import ibm_quantum_backends") - modules_after("") == {"ibm_quantum_backends"}


def test_errors_and_regions_need_no_http() -> None:
    loaded = modules_after("from ibm_quantum_backends import BackendsError, Region")
    assert not loaded & {"httpx", "attrs", "attr", "asyncio", "ibm_quantum_backends.raw"}


def test_models_come_on_first_use() -> None:
    loaded = modules_after("from ibm_quantum_backends import Backends, AsyncBackends")
    assert "httpx" in loaded
    assert not [name for name in loaded if name.startswith("ibm_quantum_backends.raw.models.")]


def test_one_document_loads_its_own_model_alone() -> None:
    loaded = modules_after(
        "from ibm_quantum_backends import Backends\nwith Backends.sandbox() as backends: backends.status('ibm_boston')"
    )
    models = {name.rpartition(".")[2] for name in loaded if name.startswith("ibm_quantum_backends.raw.models.")}
    assert "backend_status" in models
    assert not models & {"backend_configuration", "backend_properties", "device"}


@pytest.mark.parametrize("name", ["ibm_quantum_backends", *MODULES])
def test_module_and_all_its_public_names(name: str) -> None:
    module = importlib.import_module(name)
    public = getattr(module, "__all__", [])
    assert [public for public in public if not hasattr(module, public)] == []
    assert name.startswith("ibm_quantum_backends.raw.") or module.__doc__


def test_names_of_the_package() -> None:
    assert set(ibm_quantum_backends.__all__) <= set(dir(ibm_quantum_backends))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        ibm_quantum_backends.nothing  # noqa: B018
