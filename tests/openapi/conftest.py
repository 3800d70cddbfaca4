import importlib
import shutil
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
    for name in ("openapi", "generated"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    names = ("overlay", "regenerate", "update")
    before: dict[str, ModuleType | None] = {name: sys.modules.pop(name, None) for name in names}
    monkeypatch.syspath_prepend(tmp_path / "openapi")
    regenerate, update = importlib.import_module("regenerate"), importlib.import_module("update")
    assert regenerate.__file__ == str(tmp_path / "openapi" / "regenerate.py")
    yield Copy(tmp_path / "openapi", tmp_path / "generated", regenerate, update)
    for name, module in before.items():
        del sys.modules[name]
        if module:
            sys.modules[name] = module
