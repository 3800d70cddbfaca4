"""The parts of configuration and properties that a calibration is made of, as msgspec decodes them from bytes.

A second definition of what raw.models declares, for speed alone: in a third of the time that `json.loads` takes, a
document is parsed and checked. tests/calibration/test_shapes.py proves both equal on every real document; a document
that does not fit here goes through the models.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

__all__ = ["CONFIGURATION", "PROPERTIES", "Configuration", "Properties"]


class _Shape(msgspec.Struct, frozen=True, gc=False):
    """The garbage collector need not follow what can hold no cycle."""


class Nduv(_Shape, frozen=True, gc=False):
    date: datetime
    name: str
    unit: str
    value: float


class GateProperties(_Shape, frozen=True, gc=False):
    gate: str
    parameters: tuple[Nduv, ...]
    qubits: tuple[int, ...]


class QubitList(_Shape, frozen=True, gc=False):
    name: str
    qubits: tuple[int, ...]


class Properties(_Shape, frozen=True, gc=False):
    backend_name: str
    backend_version: str
    gates: list[GateProperties]
    general: list[Nduv]
    last_update_date: datetime
    qubits: list[tuple[Nduv, ...]]
    general_qlists: list[QubitList] | None = None


class GateConfig(_Shape, frozen=True, gc=False):
    name: str
    parameters: tuple[str, ...] | None
    qasm_def: str | None
    coupling_map: tuple[tuple[int, ...], ...] = ()


class InstructionSignature(_Shape, frozen=True, gc=False):
    name: str
    num_qubits: int
    num_clbits: int
    parameters: tuple[str, ...] = ()


class TimingConstraints(_Shape, frozen=True, gc=False):
    granularity: int | None = None
    min_length: int | None = None
    pulse_alignment: int | None = None
    acquire_alignment: int | None = None


class ProcessorType(_Shape, frozen=True, gc=False):
    family: str
    revision: int | float | str  # not float alone: 4 is r4 and not r4.0


class Configuration(_Shape, frozen=True, gc=False):
    backend_name: str
    backend_version: str
    basis_gates: tuple[str, ...]
    conditional: bool
    coupling_map: tuple[tuple[int, ...], ...] | None
    gates: tuple[GateConfig, ...]
    local: bool
    memory: bool
    n_qubits: int
    online_date: datetime
    coords: tuple[tuple[float, ...], ...] | None = None
    dt: float | None = None
    instruction_signatures: tuple[InstructionSignature, ...] | None = None
    processor_type: ProcessorType | None = None
    simulator: bool = False
    supported_instructions: tuple[str, ...] | None = None
    timing_constraints: TimingConstraints | None = None


CONFIGURATION = msgspec.json.Decoder(Configuration)
PROPERTIES = msgspec.json.Decoder(Properties)
