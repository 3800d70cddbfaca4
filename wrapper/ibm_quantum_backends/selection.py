"""Choosing among the backends of a list."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import InvalidInputError, NoBackendError

if TYPE_CHECKING:
    from .raw.models import Device

__all__ = ["ORDERS", "Filters"]


def _metric(name: str) -> Callable[[Device], Any]:
    return lambda device: getattr(getattr(device.performance_metrics, name, None), "value", None)


# What a list can be ordered by, and how it is found in a Device.
ORDERS: Mapping[str, Callable[[Device], Any]] = {
    "queue_length": lambda device: device.queue_length,
    "name": lambda device: 0,  # and so by the name, as all ties
    "qubits": lambda device: device.qubits,
    "two_q_error_best": _metric("two_q_error_best"),
    "two_q_error_median": _metric("two_q_error_median"),
    "two_q_error_layered": _metric("two_q_error_layered"),
    "readout_error_median": _metric("readout_error_median"),
}


class Filters(NamedTuple):
    """What a backend must be, and in which order to give those that are.

    Attributes:
        min_qubits: At least so many.
        processor: A family such as `Heron`, or with revision such as `Heron r2`; upper and lower case are the same.
        operational: Whether the status is `online`; None takes any.
        simulator: Whether it is a simulator; None takes any.
        order: One of `ORDERS`; ties by name, backends without the figure last.
    """

    min_qubits: int | None = None
    processor: str | None = None
    operational: bool | None = True
    simulator: bool | None = False
    order: str = "queue_length"

    def check(self) -> Filters:
        """Itself, if there is such an order.

        Raises:
            InvalidInputError: There is not.
        """
        if not isinstance(self.min_qubits, (int, type(None))):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"min_qubits: expected a whole number, found {self.min_qubits!r:.80}")
        if not isinstance(self.processor, (str, type(None))):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"processor: expected a name such as Heron, found {self.processor!r:.80}")
        if self.order not in ORDERS:
            raise InvalidInputError(f"order: expected one of {', '.join(ORDERS)}, found {self.order!r}")
        return self

    def passes(self, device: Device) -> bool:
        """Whether a backend is what it must be."""
        return (
            (self.min_qubits is None or (isinstance(device.qubits, int) and device.qubits >= self.min_qubits))
            and (self.processor is None or _is_processor(device, self.processor))
            and (self.operational is None or self.operational == (device.status.name == "online"))
            and (self.simulator is None or self.simulator == (device.is_simulator is True))
        )

    def select(self, devices: Iterable[Device]) -> list[Device]:
        """Those of the backends that pass, in ascending order."""

        def key(device: Device) -> tuple[bool, Any, str]:
            figure = ORDERS[self.order](device)
            absent = not isinstance(figure, (int, float)) or math.isnan(figure)
            return absent, 0 if absent else figure, device.name

        return sorted(filter(self.passes, devices), key=key)

    def first(self, devices: Iterable[Device]) -> Device:
        """The first that passes.

        Raises:
            NoBackendError: None does; the message says which filters were set.
        """
        for device in self.select(devices):
            return device
        told = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items() if value is not None)
        raise NoBackendError(f"no backend passes the filters: {told}")


def _is_processor(device: Device, wanted: str) -> bool:
    family = getattr(device.processor_type, "family", None)
    revision = getattr(device.processor_type, "revision", None)
    if not isinstance(family, str):
        return False
    names = {family, f"{family} {revision}", f"{family} r{revision}", f"{family}r{revision}"}
    return wanted.strip().casefold() in {name.casefold() for name in names}
