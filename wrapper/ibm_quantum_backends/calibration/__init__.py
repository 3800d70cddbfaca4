"""Calibrations: what transpiling, scheduling and people need from a device, in SI units.

Names are imported on first use, as those of the package are.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .calibration import Calibration, Duration
    from .chains import Choice
    from .diff import Change
    from .history import History
    from .layer_fidelity import LayerFidelity

__all__ = ["Calibration", "Change", "Choice", "Duration", "History", "LayerFidelity"]

_MODULES = {
    "Calibration": ".calibration",
    "Change": ".diff",
    "Choice": ".chains",
    "Duration": ".calibration",
    "History": ".history",
    "LayerFidelity": ".layer_fidelity",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    value = globals()[name] = getattr(import_module(_MODULES[name], __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
