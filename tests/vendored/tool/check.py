"""Uses the copy as a tool would, where no package of its own name can be imported."""

import asyncio
import pickle
from importlib.util import find_spec

from ._vendor.ibm_quantum_backends import AsyncBackends, Backends
from ._vendor.ibm_quantum_backends.errors import NotFoundError
from ._vendor.ibm_quantum_backends.raw.models import BackendProperties, Device
from ._vendor.ibm_quantum_backends.raw.types import UNSET


def names(devices: list[Device]) -> list[str]:
    return [device.name for device in devices]


async def asynchronous() -> list[str]:
    async with AsyncBackends.sandbox() as backends:
        return names(await backends.list())


def main() -> None:
    assert find_spec("ibm_quantum_backends") is None, "the vendored copy is not the one that is tested"
    with Backends.sandbox() as backends:
        listed = names(backends.list())
        history = backends.history("ibm_sherbrooke", "2024-01-01", "2025-01-01", "6mo")
        assert [each.t1(0) for each in history] and backends.calibration("ibm_boston").best_chain(3).qubits
        properties: BackendProperties = backends.properties("ibm_boston")
        try:
            backends.defaults("ibm_boston")
        except NotFoundError as error:
            assert error.errors, "the recording's error body was lost"
        else:
            raise AssertionError("ibm_boston has no defaults")
    assert listed == asyncio.run(asynchronous()) == ["ibm_boston", "ibm_sherbrooke", "ibmq_manila"]
    copy = pickle.loads(pickle.dumps(properties))
    assert copy == properties and pickle.loads(pickle.dumps(UNSET)) is UNSET
    assert type(copy).__module__.startswith("tool._vendor."), type(copy).__module__
    print(f"vendored: {', '.join(listed)}")


if __name__ == "__main__":
    main()
