"""A calibration as a backend of Qiskit, to transpile for; importing this module without the extra `qiskit` is a
`MissingExtraError`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NoReturn

from ..documents import one_line
from ..errors import BackendsError, MissingExtraError
from .target import make_target, register_fold_rzz

try:
    from qiskit.providers import BackendV2, Options  # pyright: ignore[reportMissingTypeStubs]
except ImportError as error:
    raise MissingExtraError("A backend of Qiskit", extra="qiskit") from error

if TYPE_CHECKING:
    from qiskit.transpiler import Target  # pyright: ignore[reportMissingTypeStubs]

    from .calibration import Calibration

__all__ = ["CalibratedBackend"]


class CalibratedBackend(BackendV2):  # type: ignore[misc, unused-ignore]
    """What `transpile(circuit, backend)` and `generate_preset_pass_manager(backend=backend)` need of a device, as it
    was calibrated, without a connection to it; it runs nothing.

    Attributes:
        calibration: What it was made of.
        target: `calibration.to_target(...)` with the same options.

    Args:
        calibration: The device.
        fractional_gates, control_flow, faulty, clip_t2: As of `calibration.target.make_target`.

    Raises:
        InvalidInputError: `faulty` is neither `drop` nor `keep`.
    """

    def __init__(
        self,
        calibration: Calibration,
        *,
        fractional_gates: bool = True,
        control_flow: bool = True,
        faulty: Literal["drop", "keep"] = "drop",
        clip_t2: bool = False,
    ) -> None:
        self.calibration = calibration
        self._target = make_target(
            calibration,
            fractional_gates=fractional_gates,
            control_flow=control_flow,
            faulty=faulty,
            clip_t2=clip_t2,
        )
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            name=calibration.backend_name,
            description=repr(calibration)[1:-1],
            backend_version=calibration.backend_version,
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        target: Any = self._target
        if target.has_angle_bounds():
            register_fold_rzz()  # as this may be another process, in which no target was made so far

    def __repr__(self) -> str:
        return f"<CalibratedBackend of {self.calibration!r}>"

    @property
    def target(self) -> Target:  # pyright: ignore[reportIncompatibleMethodOverride] (its own hint is None)
        return self._target

    @property
    def max_circuits(self) -> None:
        """None: no limit."""
        return

    @classmethod
    def _default_options(cls) -> Options:  # pyright: ignore[reportIncompatibleMethodOverride]
        return Options()

    def run(self, run_input: object, **options: object) -> NoReturn:
        """Always raise, as this package runs no jobs.

        Raises:
            BackendsError: What to use instead.
        """
        raise BackendsError(
            f"{one_line(self.name)} as it was calibrated runs nothing: run circuits on the device with "
            "qiskit-ibm-runtime, or on a simulator such as qiskit-aer's AerSimulator.from_backend(backend)"
        )
