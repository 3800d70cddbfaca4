"""What the benchmarks share, and the table at their end."""

import os
import platform
import subprocess
import sys
import venv
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from figures import Figures
from pytest_benchmark.fixture import BenchmarkFixture

import ibm_quantum_backends
from ibm_quantum_backends.recording import Recording

PROJECT = Path(__file__).parent.parent
_FIGURES = pytest.StashKey[Figures]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FIGURES] = Figures()
    config.option.benchmark_quiet = True  # pytest-benchmark's own table knows no reference


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    terminalreporter.section(f"Python {platform.python_version()}, {machine}")
    for line in config.stash[_FIGURES].table():
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> Figures:
    """Where to hand in what is measured."""
    return pytestconfig.stash[_FIGURES]


@pytest.fixture
def ratio(figures: Figures, benchmark: BenchmarkFixture) -> Callable[..., None]:
    """`Figures.ratio` of this benchmark."""
    return partial(figures.ratio, benchmark)


@pytest.fixture(scope="session")
def sandbox() -> Recording:
    """The recording that ships with the package."""
    return Recording(Path(ibm_quantum_backends.__file__).with_name("sandbox"))


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """An environment with this project and its base dependencies, nothing else; the paths as `venv` names them.

    That of the benchmarks would not do for whole processes: httpx imports Rich, Click and Pygments where they are, so
    that `import httpx`, the reference, would take longer than it does for whoever installs the package alone.
    """
    builder = venv.EnvBuilder(symlinks=os.name != "nt")
    paths = builder.ensure_directories(folder := tmp_path_factory.mktemp("plain"))
    builder.create(folder)
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--compile-bytecode", str(PROJECT)]
    subprocess.run([*install, f"--python={paths.env_exe}"], check=True)
    return paths
