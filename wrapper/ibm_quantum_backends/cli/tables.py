"""What people see of each answer, as Rich's tables; pure functions."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from ..documents import one_line
from ..instances import Instance
from ..raw.models import BackendProperties, Device, Nduv
from ..raw.types import UNSET
from ..selection import ORDERS

__all__ = ["as_text", "device_table", "field_table", "glance", "properties_table", "row_table"]

_STYLES = {"online": "green", "paused": "yellow", "offline": "red"}


def as_text(value: Any) -> str:
    """A value as people see it: numbers in few digits, `-` for what is absent."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1 else f"{value:.4g}"
    if isinstance(value, (list, Mapping)):
        told = json.dumps(value)
        value = told if len(told) <= 100 else f"entries: {len(value)}"  # pyright: ignore[reportUnknownArgumentType]
    return "-" if value in (None, UNSET, "") else one_line(value)


def _cell(value: Any) -> Text:
    return value if isinstance(value, Text) else Text(as_text(value))


def row_table(headings: Iterable[str], rows: Iterable[Iterable[Any]], *, words: int) -> Table:
    """A table whose first columns hold so many words, and the others numbers."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True, header_style="bold")
    for number, heading in enumerate(headings):
        word = number < words
        table.add_column(heading, justify="left" if word else "right", no_wrap=word, overflow="fold", vertical="bottom")
    for row in rows:
        table.add_row(*map(_cell, row))
    return table


def field_table(document: Mapping[str, Any]) -> Table:
    """A document's fields and values, one a line; a value that would fill the screen is counted."""
    table = Table.grid(padding=(0, 2))
    for name, value in document.items():
        table.add_row(Text(one_line(name), "bold"), _cell(value))
    return table


def glance(device: Device, wait: bool) -> dict[str, Any]:
    """What the list says of a backend, by heading."""
    family, revision = (getattr(device.processor_type, part, None) for part in ("family", "revision"))
    seconds = getattr(device.wait_time_seconds, "average", None)
    return {
        "Status": Text(as_text(device.status.name), _STYLES.get(device.status.name, "")),
        "Processor": f"{family} r{revision}" if family and revision else family,
        "Qubits": device.qubits,
        "Queue": device.queue_length,
        **({"Wait": timedelta(seconds=seconds) if isinstance(seconds, int) else seconds} if wait else {}),
        "2Q error median": ORDERS["two_q_error_median"](device),
        "Readout error median": ORDERS["readout_error_median"](device),
    }


def device_table(devices: Iterable[Device], places: Mapping[int, Instance], *, wait: bool = False) -> Table:
    """A list of backends, and the instance of each by the `id` of its entry."""
    rows: list[dict[str, Any]] = []
    for device in devices:
        place = places.get(id(device))
        where = {"Instance": place.name, "Region": place.region} if place else {}
        rows.append({**where, "Name": Text(as_text(device.name), "bold"), **glance(device, wait)})
    return row_table(rows[0] if rows else ["No backend"], (row.values() for row in rows), words=5 if places else 3)


def _columns(entries: Iterable[Sequence[Nduv]]) -> dict[str, list[float | None]]:
    """The values of each quantity, by its name and the unit that the document has, one an entry."""
    rows = [{f"{i.name} ({i.unit})" if i.unit else i.name: i.value for i in entry} for entry in entries]
    return {name: [row.get(name) for row in rows] for name in {name: 0 for row in rows for name in row}}


def properties_table(properties: BackendProperties) -> Table:
    """Calibrated properties, a line for each qubit."""
    columns = {"Qubit": range(len(properties.qubits)), **_columns(properties.qubits)}
    table = row_table((name.replace("_", " ") for name in columns), zip(*columns.values(), strict=True), words=0)
    table.title = one_line(f"{properties.backend_name} on {properties.last_update_date}")
    return table
