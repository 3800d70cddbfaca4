"""The matrix as a table."""

from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table

from .cells import Report
from .matrix import CALLS, Call, Cell, Trouble, expect

__all__ = ["lines"]

_SHORT = {
    "select": "sel",
    "least_busy": "busy",
    "configuration": "conf",
    "properties": "prop",
    "status": "stat",
    "defaults": "def",
    "calibration": "cal",
    "fleet": "flt",
    "whole fleet": "all",
    "history": "hist",
    "instances": "inst",
    "list_all": "l_a",
}
_KEY = """\
A number is how many requests the call sent to the API and the search for instances, with sync and with async alike:
alone, it has its result then; with !, it raises the error; with *, the error stands beside its other results; with ?,
it is not as it should be. IAM: token exchanges; s: seconds of the slowest call. busy is least_busy, flt is
fleet(names=…), all is fleet(), l_a is list_all; the other calls by their first letters."""


def _span(numbers: Iterable[int]) -> str:
    found = sorted({*numbers})
    return f"{found[0]}" if len(found) == 1 else f"{found[0]}-{found[-1]}"


def _text(trouble: Trouble, call: Call, reports: list[Report]) -> str:
    """One call's place in the table; its reports are those of both clients."""
    expected = expect(trouble, call)
    mark = "!" if expected.failure else "*" if expected.beside else ""
    mark = "?" if any(report.problems for report in reports) else mark
    return _span(report.sent["API"] + report.sent["search"] for report in reports) + mark


def _where(trouble: Trouble) -> str:
    if trouble.failure is None:
        return "every answer is good"
    names = {"API": "all of the API", "IAM": "the token exchange", "search": "the search for instances"}
    return f"{trouble.part} alone" if trouble.part else names[trouble.where]


def _error(trouble: Trouble) -> str:
    return trouble.failure.error.__name__.removesuffix("Error") if trouble.failure else "a result"


def lines(cells: Iterable[Cell], reports: Mapping[str, Report], seconds: float, left: Mapping[str, int]) -> list[str]:
    """The table, 120 columns wide, in which faults that look the same are one row; and what is wrong, cell by cell."""
    of_trouble: dict[str, list[Cell]] = {}
    for cell in cells:
        of_trouble.setdefault(cell.trouble.id, []).append(cell)
    rows: dict[tuple[str, ...], list[Trouble]] = {}
    slowest: dict[tuple[str, ...], float] = {}
    for group in of_trouble.values():
        trouble = group[0].trouble
        of_call: dict[str, list[Report]] = {}
        for cell in group:
            of_call.setdefault(cell.call.name, []).append(reports[cell.id])
        texts = [_text(trouble, call, of_call[call.name]) if call.name in of_call else "" for call in CALLS]
        exchanges = _span(reports[cell.id].sent["IAM"] for cell in group)
        row = (_where(trouble), _error(trouble), trouble.often, *texts, exchanges)
        rows.setdefault(row, []).append(trouble)
        slowest[row] = max(slowest.get(row, 0.0), *(reports[cell.id].seconds for cell in group))
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Fault", width=25)
    table.add_column("Times", width=6)
    table.add_column("Comes to", width=16)
    for call in CALLS:
        table.add_column(_SHORT.get(call.name, call.name), justify="right", no_wrap=True)
    table.add_column("IAM", justify="right", no_wrap=True)
    table.add_column("s", justify="right", no_wrap=True)
    for section in dict.fromkeys(row[0] for row in rows):
        table.add_row()
        table.add_row(f"-- {section}")
        for row, troubles in rows.items():
            where, error, often, *texts = row
            if where == section:
                names = ", ".join(trouble.name for trouble in troubles)
                table.add_row(names, often, error, *texts, f"{slowest[row]:.1f}")
    console = Console(width=120, color_system=None, highlight=False)
    with console.capture() as capture:
        console.print(table)
    wrong = sum(bool(report.problems) for report in reports.values())
    total = sum(sum(report.sent.values()) for report in reports.values())
    told = f"{len(reports):,} cells, {total:,} requests, {seconds:.0f} s: {wrong or 'none'} not as expected, "
    told += ", ".join(f"{count} {name}" for name, count in left.items()) or "no file, socket or thread"
    details = [f"{name}: {'; '.join(report.problems)}" for name, report in reports.items() if report.problems]
    shown = [line.rstrip() for line in capture.get().splitlines()]
    return [*shown, "", *_KEY.splitlines(), "", *sorted(details), f"{told} left over"]
