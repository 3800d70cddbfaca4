"""A device as it was calibrated: every value in SI units, what is broken, and what follows from both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from html import escape
from math import isfinite
from operator import index
from statistics import median, median_low
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, NoReturn

from ..documents import one_line
from ..errors import InvalidInputError
from .columns import Columns, Key, check_finite, read_columns
from .decoding import check_texts, decode_columns, decode_layout
from .diff import Change, Place, diff, each_value
from .faults import faulty_gates, faulty_qubits
from .layer_fidelity import LayerFidelity, read_layer_fidelities
from .layout import Layout, read_layout
from .pair_values import read_pair_values
from .units import SI_UNITS

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from networkx import DiGraph
    from qiskit.transpiler import Target  # pyright: ignore[reportMissingTypeStubs]

    from ..raw.models import BackendConfiguration, BackendProperties
    from .backend import CalibratedBackend
    from .chains import Choice
    from .frames import Frames

__all__ = ["Calibration", "Duration"]


class Duration(NamedTuple):
    """How long a gate takes: seconds, and the nearest multiple of the device's `dt`, None where it has none."""

    seconds: float
    dt: int | None


class Calibration:
    """An immutable view of a device's configuration and calibrated properties.

    Values are in seconds, hertz, or plain numbers, whatever units the document has; what it does not have is None,
    never 0. Every question takes the same time on a large device as on a small one.

    A `measure` can stand twice in the properties, and the two can differ: per qubit (`readout_error`,
    `readout_length`; the columns of `qubits`) and as a gate entry (`gate_error("measure", q)`,
    `gate_length("measure", q)`; the columns of `gates`). `durations`, `to_target` and `best_chain` take the former,
    as Qiskit's own target does; `faulty_qubits` looks at both.

    Attributes:
        backend_name: Such as `ibm_boston`.
        backend_version: Of the configuration.
        num_qubits: Qubits are numbered from 0.
        last_update_date: When a value of the properties was last updated; in UTC.
        processor: Family and revision, such as `Heron r3`; None where the configuration does not say.
        basis_gates: Names of the gates that the device runs.
        coupling_map: Ordered pairs of qubits, as the configuration has them.
        coords: Column and row of each qubit on the chip; None where the configuration does not say.
        dt: The device's clock, in seconds; None where the configuration does not say.

    Args:
        configuration, properties: The models, of one device.

    Raises:
        InvalidInputError: They are of different devices, or of different size.
        DecodeError: A value has a unit that nobody knows or is not finite, a gate or coupling is on a qubit that
            there is not, or a name holds half of a surrogate pair.
    """

    backend_name: str
    backend_version: str
    num_qubits: int
    last_update_date: datetime
    processor: str | None
    basis_gates: tuple[str, ...]
    coupling_map: tuple[tuple[int, int], ...]
    coords: tuple[tuple[float, float], ...] | None
    dt: float | None

    def __init__(self, configuration: BackendConfiguration, properties: BackendProperties) -> None:
        layout, columns = read_layout(configuration), read_columns(properties)
        check_texts(layout)
        check_texts(columns)
        check_finite(columns)
        self._set(layout, columns)

    @classmethod
    def from_json(cls, configuration: bytes, properties: bytes) -> Calibration:
        """The calibration in two documents as the API sends them, in less time than `json.loads` takes to parse them.

        Raises:
            DecodeError: A document does not fit its model; `path` says where.
            InvalidInputError: They are of different devices, or of different size.
        """
        return cls.of_layout(decode_layout(configuration), properties)

    @classmethod
    def of_layout(cls, layout: Layout, properties: bytes) -> Calibration:
        """As `from_json`, with the `layout` of a calibration of the same device, which is not decoded again."""
        return cls._of(layout, decode_columns(properties))

    @classmethod
    def _of(cls, layout: Layout, columns: Columns) -> Calibration:
        self = cls.__new__(cls)
        self._set(layout, columns)
        return self

    def _set(self, layout: Layout, columns: Columns) -> None:
        if layout.backend_name != columns.backend_name:
            raise InvalidInputError(
                "expected configuration and properties of one device, found those of "
                f"{one_line(layout.backend_name)} and of {one_line(columns.backend_name)}"
            )
        if layout.num_qubits != columns.num_qubits:
            sizes = f"{layout.num_qubits!s:.40} and {columns.num_qubits}"
            name = one_line(layout.backend_name)
            raise InvalidInputError(f"{name}: expected configuration and properties of one size, found {sizes} qubits")
        self.__dict__.update(
            _layout=layout._replace(
                gates={**layout.gates},
                signatures={**layout.signatures},
                timing_constraints={**layout.timing_constraints},
            ),
            _columns=columns,
            last_update_date=columns.last_update_date,
            **{
                name: getattr(layout, name)
                for name in (
                    *("backend_name", "backend_version", "num_qubits", "processor"),
                    *("basis_gates", "coupling_map", "coords", "dt"),
                )
            },
        )

    _layout: Layout
    _columns: Columns

    @cached_property
    def layout(self) -> Layout:
        """What the configuration says of the device, in parts."""
        gates, signatures = MappingProxyType(self._layout.gates), MappingProxyType(self._layout.signatures)
        timing = MappingProxyType(self._layout.timing_constraints)
        return self._layout._replace(gates=gates, signatures=signatures, timing_constraints=timing)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a Calibration cannot be changed: {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a Calibration cannot be changed: {name}")

    def __reduce__(self) -> tuple[Any, ...]:
        return (self._of, (self._layout, self._columns))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Calibration):
            return NotImplemented
        return (self._layout, self._columns) == (other._layout, other._columns)

    def __hash__(self) -> int:
        return hash((self.backend_name, self.last_update_date))

    def __repr__(self) -> str:
        told = f"{one_line(self.backend_name)}, {self.num_qubits} qubits, {self.last_update_date:%Y-%m-%d %H:%M} UTC"
        faulty = f", faulty: {len(self.faulty_qubits)} qubits, {len(self.faulty_gates)} gates"
        return f"<Calibration {told}{faulty if self.faulty_qubits or self.faulty_gates else ''}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{value:.4g}</td></tr>" for name, value in self.medians().items()
        )
        return f"<p>{escape(repr(self))}</p><table><caption>medians, SI units</caption>{rows}</table>"

    # What the properties say.

    @property
    def qubits(self) -> Mapping[str, tuple[float | None, ...]]:
        """Values by qubit, a column each: `t1`, `t2`, `readout_length` (s), `frequency`, `anharmonicity` (Hz),
        `readout_error`, `prob_meas0_prep1`, `prob_meas1_prep0`, and what else the document has, under its name there.
        """
        return MappingProxyType(self._columns.qubits)

    @cached_property
    def gates(self) -> Mapping[str, tuple[Any, ...]]:
        """Gate entries in columns: `gate` (name), `qubits` (in the gate's order), `gate_error`, `gate_length` (s), and
        what else the document has, under its name there."""
        names, qubits = zip(*self._columns.keys, strict=True) if self._columns.keys else ((), ())
        return MappingProxyType({"gate": names, "qubits": qubits, **self._columns.gates})

    def t1(self, qubit: int) -> float | None:
        """Relaxation time in seconds.

        Raises:
            InvalidInputError: No such qubit; so of every method that takes one.
        """
        return self._columns.qubits["t1"][self._qubit(qubit)]

    def t2(self, qubit: int) -> float | None:
        """Dephasing time in seconds, as the document has it: it may be above 2 * T1, which `warnings` tells."""
        return self._columns.qubits["t2"][self._qubit(qubit)]

    def frequency(self, qubit: int) -> float | None:
        """Frequency in hertz; the newest devices have none."""
        return self._columns.qubits["frequency"][self._qubit(qubit)]

    def anharmonicity(self, qubit: int) -> float | None:
        """Anharmonicity in hertz, below 0; the newest devices have none."""
        return self._columns.qubits["anharmonicity"][self._qubit(qubit)]

    def readout_error(self, qubit: int) -> float | None:
        """Chance of a wrong outcome, of the qubit's own values; `gate_error("measure", qubit)` is the entry's."""
        return self._columns.qubits["readout_error"][self._qubit(qubit)]

    def readout_length(self, qubit: int) -> float | None:
        """Duration of a measurement in seconds, from the qubit's own values."""
        return self._columns.qubits["readout_length"][self._qubit(qubit)]

    def gate_error(self, gate: str, qubits: int | tuple[int, ...]) -> float | None:
        """Error of a gate, as the document has it: 1 says that the gate does not work.

        Args:
            gate: Such as `cz`.
            qubits: A qubit, or several in the gate's order; an entry on (0, 1) says nothing of (1, 0).

        Returns:
            None where the device has the gate there, and its error is not in the properties.

        Raises:
            InvalidInputError: No such qubit, no such gate, or the gate is not on these qubits.
        """
        return self._gate_value("gate_error", gate, qubits)

    def gate_length(self, gate: str, qubits: int | tuple[int, ...]) -> float | None:
        """Duration of a gate in seconds; as `gate_error`."""
        return self._gate_value("gate_length", gate, qubits)

    def _qubit(self, qubit: Any) -> int:
        try:
            number = -1 if isinstance(qubit, bool) else index(qubit)  # which takes numpy's whole numbers too
        except TypeError:
            number = -1
        if 0 <= number < self.num_qubits:
            return number
        name = one_line(self.backend_name)
        raise InvalidInputError(f"qubit: expected one of {name}'s, 0 to {self.num_qubits - 1}, found {qubit!r:.40}")

    def _gate_value(self, column: str, gate: str, qubits: int | tuple[int, ...]) -> float | None:
        several: Any = qubits if isinstance(qubits, (tuple, list)) else (qubits,)
        key = str(gate), tuple(map(self._qubit, several))
        row = self._columns.rows.get(key)
        if row is not None:
            return self._columns.gates[column][row]
        self._check_place(*key)
        return None

    def _check_place(self, gate: str, qubits: tuple[int, ...]) -> None:
        """Raise, and say what there is, where not even the configuration has the gate on these qubits."""
        defined = self.layout.gates.get(gate)
        if defined is not None and (not defined.coupling_map or qubits in self._defined[gate]):
            return
        places = {on for name, on in self._columns.keys if name == gate} | self._defined.get(gate, frozenset())
        if not places:
            there = one_line(", ".join(sorted({name for name, _ in self._columns.keys} | self.layout.gates.keys())))
            raise InvalidInputError(
                f"gate: expected one of {one_line(self.backend_name)}'s, {there}, found {one_line(gate)!r:.40}"
            )
        near = sorted(on for on in places if {*on} & {*qubits}) or sorted(places)
        told = ", ".join(map(str, near[:8])) + (", …" if len(near) > 8 else "")
        raise InvalidInputError(
            f"qubits: expected some that {one_line(gate):.40} acts on, such as {told:.200}, found {qubits!r:.40}"
        )

    @cached_property
    def _defined(self) -> dict[str, frozenset[tuple[int, ...]]]:
        return {name: frozenset(gate.coupling_map) for name, gate in self.layout.gates.items()}

    # What follows from them.

    @cached_property
    def two_qubit_gates(self) -> tuple[str, ...]:
        """The basis gates that act on two qubits, such as `("cz",)`."""
        on_two = {name for name, qubits in self._columns.keys if len(qubits) == 2}
        on_two |= {name for name, gate in self.layout.gates.items() if any(len(on) == 2 for on in gate.coupling_map)}
        return tuple(name for name in self.basis_gates if name in on_two)

    @cached_property
    def faulty_gates(self) -> Mapping[Key, str]:
        """Gates that do not work, by name and qubits, with the reason: `gate_error` of 1 or more, `operational` 0."""
        return MappingProxyType(faulty_gates(self._columns))

    @cached_property
    def faulty_qubits(self) -> Mapping[int, str]:
        """Qubits that do not work, with the reason: `operational` is 0, or their readout does not work, which is an
        error of 0.5 or more (no better than the toss of a coin) or a faulty `measure`."""
        return MappingProxyType(faulty_qubits(self._columns, {**self.faulty_gates}))

    @cached_property
    def _pairs(self) -> frozenset[tuple[int, int]]:
        return frozenset((min(pair), max(pair)) for pair in self.coupling_map if pair[0] != pair[1])

    @cached_property
    def _pair_values(self) -> tuple[dict[str, dict[tuple[int, int], float]], tuple[str, ...]]:
        return read_pair_values(self._columns.general, self._pairs)

    def pair_values(self) -> Mapping[str, Mapping[tuple[int, int], float]]:
        """Values of coupled pairs, first < second, in hertz: `jq` (coupling strength) and `zz` (static interaction).

        A device that has none gives an empty mapping; a name that no one pair of the coupling map fits is not guessed
        at, and stands in `warnings`.
        """
        return {name: MappingProxyType(values) for name, values in self._pair_values[0].items()}

    def layer_fidelity(self) -> tuple[LayerFidelity, ...]:
        """The layer fidelity of the best chain of each length, with its qubits and EPLG, shortest first; empty where
        the device has none."""
        return read_layer_fidelities(self._columns.general, self._columns.qubit_lists)

    @cached_property
    def _medians(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, column in self._columns.qubits.items():
            known = [value for value in column if value is not None]
            if known and name != "operational":
                found[name] = _median(known)
        sound: dict[str, list[float]] = {}
        for kind in ("error", "length"):
            for key, value in zip(self._columns.keys, self._columns.gates[f"gate_{kind}"], strict=True):
                if value is not None and key not in self.faulty_gates:
                    sound.setdefault(f"{key[0]}_{kind}", []).append(value)
        return found | {name: _median(values) for name, values in sorted(sound.items())}

    def medians(self) -> Mapping[str, float]:
        """Medians by name: each column of `qubits` over the qubits that have a value, and of each gate its error and
        length (`cz_error`, `cz_length`, s) over the entries that are not faulty. What has no value is absent."""
        return MappingProxyType(self._medians)

    def durations(self) -> Mapping[Key, Duration]:
        """Duration of each gate entry that has one, by name and qubits; of `measure`, the qubits' own readout length
        where they have one."""
        lengths = dict(zip(self._columns.keys, self._columns.gates["gate_length"], strict=True))
        readout = enumerate(self._columns.qubits["readout_length"])
        lengths |= {("measure", (qubit,)): value for qubit, value in readout if value is not None}
        dt = self.dt
        return {
            key: Duration(seconds, round(seconds / dt) if dt and isfinite(seconds / dt) else None)
            for key, seconds in lengths.items()
            if seconds is not None
        }

    def warnings(self) -> tuple[str, ...]:
        """What in the documents cannot be right, or is not used, a line each; nothing is changed silently."""
        columns, told = self._columns, list[str]()
        if self.layout.backend_version != columns.backend_version:
            told.append(
                f"backend_version: {self.layout.backend_version} in the configuration, {columns.backend_version} in "
                "the properties: gates and couplings may have changed between them"
            )
        if self.dt is not None and not 1e-12 <= self.dt <= 1e-6:
            told.append(f"dt: {self.dt:.4g} s is not a clock that a device has; durations in dt are of no use")
        for qubit, (t1, t2) in enumerate(zip(columns.qubits["t1"], columns.qubits["t2"], strict=True)):
            if t1 is not None and t2 is not None and t2 > 2 * t1:
                told.append(f"qubit {qubit}: T2 {t2 * 1e6:.4g} us is above 2 * T1, {2 * t1 * 1e6:.4g} us: unphysical")
        told += [f"{name}: no one pair of the coupling map fits" for name in self._pair_values[1]]
        for (name, of, on), value in each_value(columns).items():
            positive = name in SI_UNITS and name not in ("frequency", "anharmonicity")
            if positive and value is not None and value < 0:
                place = f"{of} on {on}" if of else f"qubit {on[0]}"
                told.append(f"{place}: {name} {value:.4g} is below 0: impossible")
        told += [
            f"{name}: {value:.4g} is no fidelity, which lies between 0 and 1"
            for name, value in columns.general.items()
            if name.startswith("lf_") and not 0 <= value <= 1
        ]
        told += columns.left_out
        return tuple(map(one_line, told))

    def diff(self, other: Calibration) -> tuple[Change, ...]:
        """What drifted from this calibration to a later one, in order of size, the largest first.

        Raises:
            InvalidInputError: `other` is of another device.
        """
        if not isinstance(other, Calibration):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"other: expected a calibration, found {other!r:.40}")
        if other.backend_name != self.backend_name:
            name = one_line(self.backend_name)
            raise InvalidInputError(f"other: expected a calibration of {name}, found {one_line(other.backend_name)}")
        return diff(self._values(), other._values())

    def _values(self) -> dict[Place, float | None]:
        return {
            **each_value(self._columns),
            **{
                (kind, None, pair): value
                for kind, pairs in self._pair_values[0].items()
                for pair, value in pairs.items()
            },
            # By length: the best chain of a length may lie elsewhere on the device the next day, and is still the best.
            **{("layer_fidelity", f"lf_{c.num_qubits}", ()): c.layer_fidelity for c in self.layer_fidelity()},
        }

    # What to run a circuit on.

    def pair_errors(self) -> Mapping[tuple[int, int], float]:
        """The smallest error of any working two-qubit basis gate on a pair, in either direction; first < second."""
        best: dict[tuple[int, int], float] = {}
        for (gate, qubits), error in zip(self._columns.keys, self._columns.gates["gate_error"], strict=True):
            if gate not in self.two_qubit_gates or len({*qubits}) != 2 or (gate, qubits) in self.faulty_gates:
                continue
            if error is not None and 0 <= error < 1:
                pair = (min(qubits), max(qubits))
                best[pair] = min(error, best.get(pair, 1.0))
        return best

    @cached_property
    def _choices(self) -> tuple[dict[int, float], Mapping[tuple[int, int], float]]:
        broken = {qubits[0] for gate, qubits in self.faulty_gates if len(qubits) == 1 and gate in self.basis_gates}
        broken |= self.faulty_qubits.keys()
        errors = enumerate(self._columns.qubits["readout_error"])
        working = {
            qubit: error for qubit, error in errors if error is not None and 0 <= error < 1 and qubit not in broken
        }
        return working, self.pair_errors()

    def best_chain(self, n: int) -> Choice:
        """The best line of `n` qubits, each coupled with the next one.

        Best is the largest `fidelity`: the product of 1 - readout error of its qubits and 1 - two-qubit error of its
        links (`pair_errors`). Faulty qubits and those with a faulty single-qubit basis gate have no part in it. Method
        and limits: `calibration.chains`.

        Raises:
            InvalidInputError: No such line was found.
        """
        from .chains import best_chain  # noqa: PLC0415 (a calibration is read more often than it is searched)

        return best_chain(*self._choices, n)

    def best_region(self, n: int) -> Choice:
        """The best connected set of `n` qubits; as `best_chain`, with the links of the set's best spanning tree."""
        from .chains import best_region  # noqa: PLC0415

        return best_region(*self._choices, n)

    # What other packages take.

    def to_target(
        self,
        *,
        fractional_gates: bool = True,
        control_flow: bool = True,
        faulty: Literal["drop", "keep"] = "drop",
        clip_t2: bool = False,
    ) -> Target:
        """Qiskit's target for transpiling and scheduling (extra `qiskit`); see `calibration.target`."""
        from .target import make_target  # noqa: PLC0415

        return make_target(
            self, fractional_gates=fractional_gates, control_flow=control_flow, faulty=faulty, clip_t2=clip_t2
        )

    def to_backend(
        self,
        *,
        fractional_gates: bool = True,
        control_flow: bool = True,
        faulty: Literal["drop", "keep"] = "drop",
        clip_t2: bool = False,
    ) -> CalibratedBackend:
        """A backend of Qiskit with this target (extra `qiskit`), for `transpile(circuit, backend)`; it runs nothing."""
        from .backend import CalibratedBackend  # noqa: PLC0415

        return CalibratedBackend(
            self, fractional_gates=fractional_gates, control_flow=control_flow, faulty=faulty, clip_t2=clip_t2
        )

    def to_pandas(self) -> Frames:
        """A frame of the qubits and one of the gates (extra `pandas`); see `calibration.frames`."""
        from .frames import make_frames  # noqa: PLC0415

        return make_frames(self)

    def to_networkx(self) -> DiGraph[int]:
        """The coupling map with all values as a graph (extra `graph`); see `calibration.graph`."""
        from .graph import make_graph  # noqa: PLC0415

        return make_graph(self)

    def plot(self, *, qubits: str | None = "readout_error", pairs: str | None = "gate_error") -> Figure:
        """A map of the device (extra `plot`); see `calibration.plot`."""
        from .plot import plot_map  # noqa: PLC0415

        return plot_map(self, qubits=qubits, pairs=pairs)


def _median(values: list[float]) -> float:
    middle = median(values)
    return middle if isfinite(middle) else median_low(values)  # the sum of two is beyond all numbers
