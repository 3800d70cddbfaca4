"""The client for IBM Quantum's Qiskit Runtime Backends API.

Names are imported on first use: `import ibm_quantum_backends` costs no more than a bare interpreter.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .async_client import AsyncBackends
    from .calibration import Calibration
    from .client import Backends
    from .errors import BackendsError
    from .instances import Instance
    from .regions import Region

__version__ = "0.1.0"
__all__ = ["AsyncBackends", "Backends", "BackendsError", "Calibration", "Instance", "Region", "__version__"]

_MODULES = {
    "AsyncBackends": ".async_client",
    "Backends": ".client",
    "BackendsError": ".errors",
    "Calibration": ".calibration",
    "Instance": ".instances",
    "Region": ".regions",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    value = globals()[name] = getattr(import_module(_MODULES[name], __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
