"""Each template does what the stock one does not, and takes documents that IBM has not written yet."""

import asyncio
import copy
import importlib
import subprocess
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import httpx
import openapi_python_client
import pytest
import regenerate
from openapi_python_client.config import Config, ConfigFile, MetaType

TEMPLATES = {path.name: path for path in (regenerate.OPENAPI / "templates").iterdir()}
STOCK = resources.files("openapi_python_client") / "templates"
OURS = "ibm_quantum_backends.raw"


def generate(source: Path, package: Path, templates: Path | None) -> None:
    settings = ConfigFile.load_from_path(regenerate.OPENAPI / "generator.yaml")
    settings.post_hooks = []
    config = Config.from_sources(settings, MetaType.NONE, source, "utf-8", False, package)
    assert list(openapi_python_client.generate(config=config, custom_template_path=templates)) == []


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the package `stock`: the same document by the stock templates."""
    folder = tmp_path_factory.mktemp("stock")
    generate(regenerate.GENERATED / regenerate.SPEC / "effective.yaml", folder / "stock", None)
    return folder


def prints(code: str) -> str:
    """What a new interpreter prints, which finds what this one does."""
    arguments = [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}; {code}"]
    return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.strip()


def from_dict(package: str, module: str, name: str, document: Any) -> Any:
    return getattr(importlib.import_module(f"{package}.models.{module}"), name).from_dict(document)


def client_hides_the_token(package: str) -> bool:
    made = importlib.import_module(f"{package}.client").AuthenticatedClient("https://example.invalid", token="secret")
    return "secret" not in repr(made)


def endpoint_takes_any_answer(package: str) -> bool:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 520, "headers": []})
        await send({"type": "http.response.body", "body": b"<html>"})

    async def main() -> Any:
        client = importlib.import_module(f"{package}.client").AuthenticatedClient("http://api.invalid", token="t")
        endpoint = importlib.import_module(f"{package}.api.backends.get_backend_status")
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(base_url="http://api.invalid", transport=transport) as own:
            return await endpoint.asyncio_detailed("x", client=client.set_async_httpx_client(own))

    answer = asyncio.run(main())
    return (type(answer.status_code), answer.content, answer.parsed) == (int, b"<html>", None)


def errors_say_where(package: str) -> bool:
    try:
        from_dict(
            package, "backends_response", "BackendsResponse", {"devices": [{"name": "x", "status": {"name": "online"}}]}
        )
    except (ValueError, LookupError) as error:
        return getattr(error, "path", None) == "$.devices[0].queue_length"
    return False


def models_keep_what_does_not_fit(package: str) -> bool:
    device = {"name": "x", "queue_length": 0, "status": {"name": "online"}, "performance_metrics": 5}
    return bool(from_dict(package, "device", "Device", device).to_dict() == device)


def models_come_on_first_use(package: str) -> bool:
    return prints(f"import {package}.models; print('{package}.models.device' in sys.modules)") == "False"


def package_imports_no_client(package: str) -> bool:
    return prints(f"import {package}; print('httpx' in sys.modules)") == "False"


def parsers_refuse_another_type(package: str) -> bool:
    try:
        from_dict(package, "backend_status", "BackendStatus", {"length_queue": "many"})
    except ValueError:
        return True
    return False


def enums_are_open(package: str) -> bool:
    return bool(from_dict(package, "device_status", "DeviceStatus", {"name": "haunted"}).name == "haunted")


def unset_is_one_object(package: str) -> bool:
    unset = importlib.import_module(f"{package}.types").UNSET
    return copy.deepcopy(unset) is unset


CHECKS: dict[str, Callable[[str], bool]] = {
    "client.py.jinja": client_hides_the_token,
    "endpoint_module.py.jinja": endpoint_takes_any_answer,
    "errors.py.jinja": errors_say_where,
    "model.py.jinja": models_keep_what_does_not_fit,
    "models_init.py.jinja": models_come_on_first_use,
    "package_init.py.jinja": package_imports_no_client,
    "parsers.jinja": parsers_refuse_another_type,
    "str_enum.py.jinja": enums_are_open,
    "types.py.jinja": unset_is_one_object,
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_template_is_better_than_stock(name: str, stock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CHECKS[name](OURS)
    monkeypatch.syspath_prepend(stock)
    try:
        assert not CHECKS[name]("stock")
    except Exception as error:  # the stock code raises where ours does not
        assert not isinstance(error, ImportError | SyntaxError | AssertionError), error


def test_each_template_is_used_and_differs_from_stock() -> None:
    for name, path in TEMPLATES.items():
        if (STOCK / name).is_file():
            assert path.read_text() != (STOCK / name).read_text(), name
        else:
            assert any(f'from "{name}" import' in other.read_text() for other in TEMPLATES.values()), name


# What the document does not have today


@pytest.fixture(scope="module")
def tomorrow(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The package that our templates make of a document with what IBM's does not have."""
    folder = tmp_path_factory.mktemp("tomorrow")
    generate(Path(__file__).with_name("tomorrow.yaml"), folder / "tomorrow", regenerate.OPENAPI / "templates")
    sys.path.insert(0, str(folder))
    yield importlib.import_module("tomorrow.models"), importlib.import_module("tomorrow.api.things.make_thing")
    sys.path.remove(str(folder))


def test_a_field_may_have_any_name(tomorrow: Any) -> None:
    models, _ = tomorrow
    names = sorted(sys.modules[models.Names.__module__]._DECLARED)
    assert {"class", "model", "number", "self"} < {*names}
    document = {name: index + 0.5 for index, name in enumerate(names)}
    assert models.Names.from_dict(document).to_dict() == document
    for name in names:
        with pytest.raises(ValueError, match=rf"^\$\.{name}: expected number, found 'x'"):
            models.Names.from_dict({**document, name: "x"})


def test_types_of_tomorrow(tomorrow: Any) -> None:
    models, _ = tomorrow
    thing = {"day": "2026-03-15", "level": 2, "matrix": [[0, 1]], "mixed": [0.5]}
    whole = {
        **thing,
        "id": "12345678-1234-5678-1234-567812345678",
        "inner": thing,
        "levels": [1, 2],
        "constant": "only",
        "anything": {"x": []},
        "undeclared": "2026-03-15T00:00:00+00:00",
    }
    assert models.Thing.from_dict(whole).to_dict() == whole
    assert models.Thing.from_dict(whole).inner.day.year == 2026
    for field, value in {"id": "no", "inner": {}, "levels": [9], "constant": "other", "undeclared": 5}.items():
        assert models.Thing.from_dict({**whole, field: value}).to_dict() == {**whole, field: value}
    for path, value in {"day": "no", "level": 9, "matrix[1]": [[0, 1], 1], "matrix[1][0]": [[0, 1], ["x"]]}.items():
        with pytest.raises(ValueError, match="expected") as caught:
            models.Thing.from_dict({**thing, path.split("[")[0]: value})
        assert getattr(caught.value, "path", None) == f"$.{path}"
    assert models.Closed.from_dict({"a": "x", "b": 1}).to_dict() == {"a": "x"}


def test_an_operation_of_tomorrow(tomorrow: Any) -> None:
    models, endpoint = tomorrow
    thing = {"day": "2026-03-15", "level": 2, "matrix": [], "mixed": []}
    body = models.Thing.from_dict(thing)
    request = endpoint.request_kwargs("..", body=body, day=body.day, many=[1, 2], c="cookie", x_h="header")
    assert request == {
        "method": "post",
        "url": "/v2/%2E%2E/things",
        "params": {"day": "2026-03-15", "many": [1, 2]},
        "cookies": {"c": "cookie"},
        "headers": {"X-H": "header", "Content-Type": "application/json"},
        "json": thing,
    }
    assert endpoint.parse(201, b'{"day": "2026-03-15", "level": 2, "matrix": [], "mixed": []}') == body
    assert endpoint.parse(418, b'["short", "stout"]') == ["short", "stout"]
