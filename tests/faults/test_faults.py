"""Every fault meets every call that it is for: what comes of it, and after how many requests."""

import pytest

from .conftest import Run
from .matrix import CELLS, Cell


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.id)
def test_cell(cell: Cell, run: Run) -> None:
    if problems := run.reports[cell.id].problems:
        pytest.fail("\n".join(problems), pytrace=False)


def test_no_socket_and_no_thread_is_left(run: Run) -> None:
    assert run.left == {}
