"""Runs the cells of the matrix that were asked for, and prints the table at the end."""

import gc
import time
from collections import Counter
from typing import NamedTuple

import pytest
from conftest import VARIABLES
from open_files import open_things

from .cells import Report, run_all
from .matrix import Cell
from .table import lines


class Run(NamedTuple):
    """All that was run.

    Attributes:
        reports: By the cells' ids.
        left: How many files and threads there are more than before.
    """

    cells: list[Cell]
    reports: dict[str, Report]
    seconds: float
    left: Counter[str]


_RUN = pytest.StashKey[Run]()


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The cells of all selected tests, run at once."""
    callspecs = [getattr(item, "callspec", None) for item in request.session.items]
    cells = [spec.params["cell"] for spec in callspecs if spec and "cell" in spec.params]
    with pytest.MonkeyPatch.context() as patch:
        for name in VARIABLES:
            patch.delenv(name, raising=False)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("GLOBAL_SEARCH_URL", "http://127.0.0.1:1")  # where an IAM by TLS is not a local server's
        gc.collect()
        before, started = open_things(), time.monotonic()
        reports = run_all(cells)
        seconds = time.monotonic() - started
        gc.collect()
    done = Run(cells, reports, seconds, open_things() - before)
    pytestconfig.stash[_RUN] = done
    return done


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """No dot for a cell: the table has them all."""
    is_good_cell = report.when == "call" and report.passed and "::test_cell[" in report.nodeid
    return ("passed", "", "PASSED") if is_good_cell else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    done = config.stash.get(_RUN, None)
    if done is not None:
        terminalreporter.section("faults and what each call comes to")
        for line in lines(done.cells, done.reports, done.seconds, done.left):
            terminalreporter.write_line(line)
