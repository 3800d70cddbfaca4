"""What people see of calibrations: the figures that a device is chosen by, and Rich's tables; pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import isinf
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ..documents import one_line
from ..selection import ORDERS
from .tables import as_text, field_table, glance, row_table

if TYPE_CHECKING:
    from ..calibration import Calibration, Change
    from ..raw.models import BackendConfiguration, Device

__all__ = ["Backend", "backend_page", "comparison", "diff_table", "export_columns", "moment", "summary"]

_OF_QUBITS = ("t1", "t2", "readout_error", "readout_length")
_MORE_IS_BETTER = {"Qubits", "t1", "t2"}  # of every other number, less
_GLANCED = ("Status", "Processor", "Qubits", "Queue", "Wait")


class Backend(NamedTuple):
    """One backend: its entry in the list, its configuration, and the `summary` of its calibration."""

    device: Device | None
    configuration: BackendConfiguration
    summary: dict[str, Any] | None


def moment(date: str) -> str:
    """A time of UTC as people read it, of its ISO 8601 form."""
    return f"{datetime.fromisoformat(date):%Y-%m-%d %H:%M} UTC"


def _age(date: str, now: datetime) -> str:
    seconds = max(0, int((now - datetime.fromisoformat(date)).total_seconds()))
    units = (("d", 86400), ("h", 3600), ("min", 60))
    unit, length = next((unit for unit in units if seconds >= 2 * unit[1]), units[-1])
    return f"{seconds // length} {unit} ago"


def _scale(name: str, unit: str) -> tuple[str, float]:
    """The unit that people use for a quantity in an SI unit, and how many there are to one of that."""
    if unit == "s":
        return ("ns", 1e9) if name.endswith("length") else ("us", 1e6)
    return ("MHz", 1e-6) if unit == "Hz" else (unit, 1)


def _label(name: str, unit: str = "") -> str:
    label = name.upper() if name in ("t1", "t2") else one_line(name.replace("_", " "))
    return f"{label} ({unit})" if unit else label


def _place(qubits: Iterable[int]) -> str:
    return "-".join(map(str, qubits))


def _counted(told: Sequence[str], most: int = 6, mark: str = ", ") -> Text:
    more = f"{mark}and {len(told) - most} more" if len(told) > most else ""
    return Text(f"{len(told)}: {mark.join(map(one_line, told[:most]))}{more}" if told else "none")


def summary(calibration: Calibration) -> dict[str, Any]:
    """The figures that a device is chosen by, in SI units, as JSON has them.

    Of each: the median, as `Calibration.medians` has it; and of what is not faulty, best and worst and on which qubits.
    """
    columns, broken = calibration.gates, calibration.faulty_gates
    values: dict[str, list[tuple[float | None, tuple[int, ...]]]] = {}
    for name in _OF_QUBITS:
        of_qubits = enumerate(calibration.qubits[name])
        values[name] = [(value, (qubit,)) for qubit, value in of_qubits if qubit not in calibration.faulty_qubits]
    for gate in ("sx", *calibration.two_qubit_gates):
        for kind in ("error", "length"):
            entries = zip(columns["gate"], columns["qubits"], columns[f"gate_{kind}"], strict=True)
            working = [(value, on) for name, on, value in entries if name == gate and (name, on) not in broken]
            values[f"{gate}_{kind}"] = working
    figures: dict[str, Any] = {}
    for name, working in values.items():
        if found := [(value, on) for value, on in working if value is not None]:
            least, most = min(found), max(found)
            best, worst = (most, least) if name in _MORE_IS_BETTER else (least, most)
            figures[name] = {
                **{"unit": "" if name.endswith("error") else "s", "median": calibration.medians()[name]},
                **{"best": best[0], "best_qubits": best[1], "worst": worst[0], "worst_qubits": worst[1]},
            }
    chains = calibration.layer_fidelity()
    return {
        "last_update_date": calibration.last_update_date.isoformat(),
        "processor": calibration.processor,
        "two_qubit_gates": calibration.two_qubit_gates,
        "figures": figures,
        "eplg": {str(chain.num_qubits): chain.eplg for chain in chains},
        "longest_chain": chains[-1]._asdict() if chains else None,
        "faulty_qubits": {str(qubit): reason for qubit, reason in calibration.faulty_qubits.items()},
        "faulty_gates": [{"gate": gate, "qubits": on, "reason": reason} for (gate, on), reason in broken.items()],
        "warnings": calibration.warnings(),
    }


def backend_page(backend: Backend, now: datetime) -> Group:
    """One backend: what it is, whether it works, and how good it is."""
    device, configuration, found = backend
    page: dict[str, Any] = {"Name": configuration.backend_name}
    page |= glance(device, True) if device else {"Processor": (found or {}).get("processor")}
    page |= {"Qubits": configuration.n_qubits}
    page |= {"Reason": device.status.reason} if device and device.status.reason else {}
    if not found and device:
        page["2Q error best"] = ORDERS["two_q_error_best"](device)
    elif found:  # its figures are these, and more
        page = {name: value for name, value in page.items() if "error" not in name}
    page["Calibrated"] = None
    if found:
        page["Calibrated"] = f"{moment(found['last_update_date'])}, {_age(found['last_update_date'], now)}"
    page["Basis gates"] = ", ".join(configuration.basis_gates)
    if not found:
        return Group(field_table(page))
    page["Two-qubit gates"] = ", ".join(found["two_qubit_gates"])
    rows: list[list[Any]] = []
    for name, figure in found["figures"].items():
        unit, factor = _scale(name, figure["unit"])
        row: list[Any] = [_label(name, unit), figure["median"] * factor]
        if unit != "ns":
            for end in ("best", "worst"):
                row += [figure[end] * factor, _place(figure[f"{end}_qubits"])]
        rows.append(row)
    table = row_table(("Figure", "Median", "Best", "on", "Worst", "on"), rows, words=1)
    for column in (3, 5):
        table.columns[column].justify = "left"
    broken = [f"{gate['gate']} {_place(gate['qubits'])}" for gate in found["faulty_gates"]]
    chain = found["longest_chain"]
    more = {
        "EPLG": chain and f"{as_text(chain['eplg'])} on the best chain of {chain['num_qubits']} qubits",
        "Faulty qubits": _counted([*found["faulty_qubits"]]),
        "Faulty gates": _counted(broken),
        "Warnings": _counted(found["warnings"], 3, "\n"),
    }
    return Group(field_table(page), "", table, "", field_table(more))


def _line(label: str, values: Sequence[Any], name: str | None = None, factor: float = 1) -> tuple[Any, ...]:
    numbers = {value for value in values if isinstance(value, (int, float, timedelta))}
    best = (max if (name or label) in _MORE_IS_BETTER else min)(numbers) if len(numbers) > 1 else None
    cells = [value * factor if isinstance(value, float) else value for value in values]
    marked = (value is not None and value == best for value in values)
    pairs = zip(cells, marked, strict=True)
    return label, *(Text(f"* {as_text(cell)}", "bold green") if mark else cell for cell, mark in pairs)


def _figure(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    figures: dict[str, Any] = found.get("figures", {})
    gate = next((gate for gate in found.get("two_qubit_gates", ()) if f"{gate}_error" in figures), "")
    return figures.get(name.replace("2Q", gate)) or {}


def comparison(found: Mapping[str, Backend], now: datetime) -> Group:
    """The same figures of several backends, a column each; where they differ, the best of a line has a star."""
    glances = [glance(one.device, True) if one.device else {} for one in found.values()]
    summaries = [one.summary or {} for one in found.values()]
    rows = [_line(name, [one.get(name) for one in glances]) for name in _GLANCED]
    dates = [one.get("last_update_date") for one in summaries]
    rows.append(_line("Calibrated", [date and _age(date, now) for date in dates]))
    rows.append(_line("Two-qubit gates", [", ".join(one.get("two_qubit_gates", ())) for one in summaries]))
    for name in (*_OF_QUBITS, "sx_error", "sx_length", "2Q_error", "2Q_length"):
        figures = [_figure(one, name) for one in summaries]
        unit, factor = _scale(name, next((figure["unit"] for figure in figures if figure), ""))
        for part in ("median",) if unit == "ns" else ("median", "best", "worst"):
            values = [figure.get(part) for figure in figures]
            rows.append(_line(f"{_label(name)} {part}{unit and f' ({unit})'}", values, name, factor))
    chains: list[dict[str, float]] = [one.get("eplg", {}) for one in summaries]
    known = [{*chain} for chain in chains if chain] or [set[str]()]
    if lengths := known[0].intersection(*known):
        longest = max(lengths, key=int)
        rows.append(_line(f"EPLG, {longest} qubits", [chain.get(longest) for chain in chains]))
    for name in ("faulty_qubits", "faulty_gates"):
        rows.append(_line(_label(name).capitalize(), [len(one[name]) if one else None for one in summaries]))
    table = row_table(("", *found), rows, words=1)
    return Group(table, "", Text("* the best of its line; 2Q is the first of the two-qubit gates that has an error"))


def diff_table(changes: Sequence[Change]) -> Table:
    """What drifted, a line for each value, in the order given."""
    rows: list[tuple[Any, ...]] = []
    for change in changes:
        unit, factor = _scale(change.quantity, change.unit)
        of = [change.of or "qubit", _place(change.qubits)] if change.qubits else [change.of or ""]
        numbers = [None if value is None else value * factor for value in (change.before, change.after)]
        told = _told_apart(*numbers)
        rows.append((_label(change.quantity), one_line(" ".join(of)), *told, Text(unit), _size(change)))
    table = row_table(("Quantity", "of", "Before", "After", "", "Change"), rows, words=2)
    table.columns[4].justify = "left"
    return table


def _told_apart(before: float | None, after: float | None) -> list[str]:
    """Two numbers in four digits, or in as many as show that they differ."""
    several = None not in (before, after)
    digits = next((n for n in range(4, 17) if several and f"{before:.{n}g}" != f"{after:.{n}g}"), 17 if several else 4)
    return ["-" if value is None else f"{value:.{digits}g}" for value in (before, after)]


def _size(change: Change) -> str:
    before, after, size = change.before, change.after, change.size
    if before is None or after is None:
        return "new" if before is None else "gone"
    if isinf(size):
        return "from 0" if before == 0 else "to 0" if after == 0 else "other sign"
    grown = abs(after) > abs(before)
    if size >= 2:
        return f"{'times' if grown else 'divided by'} {size:.3g}"
    return f"{(after / before - 1) * 100:+.2g} %"


def export_columns(calibration: Calibration, of: str) -> dict[str, Sequence[Any]]:
    """The columns of the qubits or of the gates, in SI units, and why a row's does not work."""
    if of == "qubits":
        qubits = range(calibration.num_qubits)
        faulty = [calibration.faulty_qubits.get(qubit) for qubit in qubits]
        return {"qubit": qubits, **calibration.qubits, "faulty": faulty}
    gates = calibration.gates
    keys = zip(gates["gate"], gates["qubits"], strict=True)
    return {**gates, "faulty": [calibration.faulty_gates.get(key) for key in keys]}
