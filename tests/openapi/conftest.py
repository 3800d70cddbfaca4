import importlib
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from .project_copy import Copy

PROJECT = Path(__file__).parents[2]
# openapi/ is no package: its modules import each other as siblings, and so do the tests
sys.path.insert(0, str(PROJECT / "openapi"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Copy]:
    ignore = shutil.ignore_patterns("__pycache__", ".mypy_cache", "sandbox")
    for name in ("openapi", "generated", "wrapper"):
        shutil.copytree(PROJECT / name, tmp_path / name, symlinks=True, ignore=ignore)
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    names = ("regenerate", "update", "public_api", "in_step")
    before: dict[str, ModuleType | None] = {name: sys.modules.pop(name, None) for name in names}
    monkeypatch.syspath_prepend(tmp_path / "openapi")
    regenerate, update, _, in_step = (importlib.import_module(name) for name in names)
    assert regenerate.__file__ == str(tmp_path / "openapi" / "regenerate.py")
    yield Copy(tmp_path / "openapi", tmp_path / "generated", regenerate, update, in_step)
    for name, module in before.items():
        del sys.modules[name]
        if module:
            sys.modules[name] = module


@pytest.fixture
def nobody() -> str:
    """A URL of this machine at which nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        return f"http://127.0.0.1:{closed.getsockname()[1]}/x"
