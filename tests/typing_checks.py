"""What a type checker sees of the public names: of the checkout in `nox -s typecheck`, the wheel in `nox -s build`."""

from typing import Any, assert_type

from ibm_quantum_backends import AsyncBackends, Backends, BackendsError, Calibration, Instance, Region
from ibm_quantum_backends.calibration import Change, Choice, Duration, History, LayerFidelity
from ibm_quantum_backends.errors import APIStatusError, RateLimitError
from ibm_quantum_backends.raw import AuthenticatedClient
from ibm_quantum_backends.raw.api.backends import get_backend_properties, list_backends
from ibm_quantum_backends.raw.models import (
    BackendConfiguration,
    BackendDefaults,
    BackendProperties,
    BackendsResponse,
    BackendStatus,
    Device,
    DeviceStatusName,
    ErrorItem,
    ErrorResponse,
    GateProperties,
    Nduv,
)
from ibm_quantum_backends.raw.types import Response, Unset


def synchronous(backends: Backends) -> None:
    assert_type(Backends.sandbox(), Backends)
    assert_type(backends.list(wait_times=True), list[Device])
    assert_type(backends.select(min_qubits=100, processor="Heron"), list[Device])
    assert_type(backends.least_busy(), Device)
    assert_type(backends.configuration("ibm_boston"), BackendConfiguration)
    assert_type(backends.properties("ibm_boston", updated_before="2d"), BackendProperties)
    assert_type(backends.status("ibm_boston"), BackendStatus)
    assert_type(backends.defaults("ibm_boston"), BackendDefaults)
    assert_type(backends.fleet(("status",), names=["ibm_boston"]), dict[str, dict[str, Any]])
    assert_type(backends.calibration("ibm_boston"), Calibration)
    assert_type(backends.history("ibm_boston", "2026-01-01"), History)
    assert_type(backends.instances(), list[Instance])
    assert_type(backends.list_all(), dict[Instance, list[Device] | BackendsError])
    with backends as entered:
        assert_type(entered, Backends)


async def asynchronous(backends: AsyncBackends) -> None:
    assert_type(AsyncBackends.sandbox(), AsyncBackends)
    assert_type(await backends.list(), list[Device])
    assert_type(await backends.properties("ibm_boston"), BackendProperties)
    assert_type(await backends.calibration("ibm_boston"), Calibration)
    assert_type(await backends.history("ibm_boston", "2026-01-01", every="1w"), History)
    async for each in backends.history("ibm_boston", "2026-01-01"):
        assert_type(each, Calibration)
    assert_type(await backends.list_all(), dict[Instance, list[Device] | BackendsError])


def calibrations(calibration: Calibration, history: History) -> None:
    assert_type(Calibration.from_json(b"", b""), Calibration)
    assert_type(calibration.t1(0), float | None)
    assert_type(calibration.gate_error("cz", (0, 1)), float | None)
    assert_type(calibration.qubits["t1"], tuple[float | None, ...])
    assert_type(calibration.coupling_map, tuple[tuple[int, int], ...])
    assert_type(calibration.faulty_qubits[0], str)
    assert_type(calibration.layer_fidelity(), tuple[LayerFidelity, ...])
    assert_type(calibration.durations()["cz", (0, 1)], Duration)
    assert_type(calibration.diff(calibration), tuple[Change, ...])
    assert_type(calibration.best_chain(3), Choice)
    assert_type(next(iter(history)), Calibration)


def models(device: Device, configuration: BackendConfiguration, properties: BackendProperties) -> None:
    assert_type(device.status.name, DeviceStatusName)
    assert_type(device.queue_length, int)
    assert_type(configuration.dt, float | Unset)
    assert_type(configuration.coupling_map, list[list[int]] | None)
    assert_type(properties.gates, list[GateProperties])
    assert_type(properties.gates[0].qubits, list[int])
    assert_type(properties.qubits, list[list[Nduv]])
    assert_type(properties.general, list[Nduv])
    assert_type(properties.general[0].value, float)


def raw(client: AuthenticatedClient) -> None:
    assert_type(list_backends.sync(client=client), BackendsResponse | ErrorResponse | None)
    detailed = get_backend_properties.sync_detailed("ibm_boston", client=client)
    assert_type(detailed, Response[BackendProperties | ErrorResponse])
    assert_type(detailed.status_code, int)


def errors(error: APIStatusError, limited: RateLimitError) -> None:
    assert_type(error.errors, tuple[ErrorItem, ...])
    assert_type(limited.retry_after, float | None)
    assert_type(Region.known(), tuple[Region, ...])
