"""Choosing among the backends of a list."""

import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ibm_quantum_backends.errors import InvalidInputError, NoBackendError
from ibm_quantum_backends.raw.models.device import Device
from ibm_quantum_backends.selection import ORDERS, Filters


def device(name: str = "ibm_a", *, status: str = "online", queue: Any = 0, **fields: Any) -> Device:
    return Device.from_dict({"name": name, "status": {"name": status}, "queue_length": queue, **fields})


def names(filters: Filters, *devices: Device) -> list[str]:
    return [found.name for found in filters.select(devices)]


HERON = {"family": "Heron", "revision": "3"}


@pytest.mark.parametrize(
    ("filters", "fields", "passes"),
    [
        ({"min_qubits": 5}, {"qubits": 5}, True),
        ({"min_qubits": 6}, {"qubits": 5}, False),
        ({"min_qubits": 1}, {}, False),
        ({"min_qubits": 1}, {"qubits": None}, False),
        ({"min_qubits": 1}, {"qubits": "156"}, False),
        *[({"processor": p}, {"processor_type": HERON}, True) for p in ("Heron", "heron", "Heron r3", "heron 3 ")],
        ({"processor": "Heron r2"}, {"processor_type": HERON}, False),
        ({"processor": "Heron r2"}, {"processor_type": {"family": "Heron", "revision": 2}}, True),
        ({"processor": "Heron"}, {"processor_type": {"family": "Heron"}}, True),
        ({"processor": "Heron"}, {"processor_type": None}, False),
        ({"processor": "Heron"}, {"processor_type": "Heron"}, False),
        ({"processor": "Heron"}, {}, False),
        ({"operational": False}, {}, False),
        ({"operational": None}, {}, True),
        ({"operational": True}, {"status": "paused"}, False),
        ({"operational": False}, {"status": "paused"}, True),
        ({"operational": False}, {"status": "one that is new"}, True),
        ({"simulator": True}, {"is_simulator": True}, True),
        ({"simulator": False}, {"is_simulator": True}, False),
        ({"simulator": None}, {"is_simulator": True}, True),
        ({"simulator": True}, {}, False),
        ({"simulator": False}, {"is_simulator": None}, True),
    ],
)
def test_filters(filters: dict[str, Any], fields: dict[str, Any], passes: bool) -> None:
    assert Filters(**filters).passes(device(**fields)) is passes


def test_order() -> None:
    a, b, c = device("a", queue=2, qubits=5), device("b", queue=1), device("c", queue=1, qubits=7)
    assert names(Filters(), c, a, b) == ["b", "c", "a"]
    assert names(Filters(order="name"), c, a, b) == ["a", "b", "c"]
    assert names(Filters(order="qubits"), b, c, a) == ["a", "c", "b"]


@pytest.mark.parametrize("metric", [name for name in ORDERS if "error" in name])
def test_order_by_a_metric(metric: str) -> None:
    def measured(name: str, value: float) -> Device:
        return device(name, performance_metrics={metric: {"value": value, "gate": "cz", "qubits": [0, 1]}})

    devices = device("0"), measured("a", 0.02), measured("b", 0.01)
    assert names(Filters(order=metric), *devices) == ["b", "a", "0"]


FIGURES = st.none() | st.text(max_size=2) | st.integers() | st.floats() | st.lists(st.integers(), max_size=1)


@given(st.lists(FIGURES, max_size=5))
@example([1.0, math.nan, 0.5])
def test_figures_that_are_none_come_last_and_fail_nothing(figures: list[Any]) -> None:
    devices = [device(str(index), qubits=figure) for index, figure in enumerate(figures)]
    numbers = [found.qubits for found in Filters(order="qubits").select(devices)]
    real = [n for n in numbers if isinstance(n, (int, float)) and not math.isnan(n)]
    assert numbers[: len(real)] == sorted(real)
    assert len(numbers) == len(figures)


def test_no_such_order() -> None:
    with pytest.raises(InvalidInputError, match=r"expected one of queue_length, name, .*, found 'age'"):
        Filters(order="age").check()


def test_none_left_says_which_filters() -> None:
    with pytest.raises(NoBackendError, match=r"min_qubits=200, operational=True, simulator=False") as caught:
        Filters(min_qubits=200).first([device(qubits=156)])
    assert isinstance(caught.value, LookupError)
