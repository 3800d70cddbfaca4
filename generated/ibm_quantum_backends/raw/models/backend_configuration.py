# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..errors import ModelError
from ..types import (
    UNSET,
    Unset,
    array,
    boolean,
    date_time,
    first_of,
    integer,
    keep,
    null,
    plain,
    short,
    string,
)

if TYPE_CHECKING:
    from ..models.backend_clops import BackendClops
    from ..models.channels import Channels
    from ..models.gate_config import GateConfig
    from ..models.hamiltonian import Hamiltonian
    from ..models.instruction_signature import InstructionSignature
    from ..models.processor_type import ProcessorType
    from ..models.timing_constraints import TimingConstraints
    from ..models.u_channel_lo_item import UChannelLOItem

T = TypeVar("T", bound="BackendConfiguration")
_DECLARED: frozenset[str] = frozenset(
    (
        "backend_name",
        "backend_version",
        "basis_gates",
        "conditional",
        "coupling_map",
        "gates",
        "local",
        "memory",
        "n_qubits",
        "online_date",
        "acquisition_latency",
        "clops",
        "clops_h",
        "clops_v",
        "conditional_latency",
        "configurable",
        "coords",
        "credits_required",
        "description",
        "display_name",
        "discriminators",
        "dt",
        "dtm",
        "default_rep_delay",
        "dynamic_reprate_enabled",
        "hamiltonian",
        "max_experiments",
        "max_shots",
        "meas_levels",
        "meas_lo_range",
        "meas_map",
        "measure_esp_enabled",
        "n_registers",
        "n_uchannels",
        "open_pulse",
        "parametric_pulses",
        "processor_type",
        "quantum_volume",
        "qubit_lo_range",
        "register_map",
        "rep_delay_range",
        "rep_times",
        "sample_name",
        "simulator",
        "supported_features",
        "supported_instructions",
        "tags",
        "timing_constraints",
        "u_channel_lo",
        "allow_object_storage",
        "allow_q_object",
        "channels",
        "input_allowed",
        "instruction_signatures",
        "live_data",
        "meas_kernels",
        "multi_meas_enabled",
        "parallel_compilation",
        "pulse_num_channels",
        "pulse_num_qubits",
        "qubit_channel_mapping",
        "rep_delays",
        "uchannels_enabled",
        "url",
    )
)


@_attrs_define(repr=False)
class BackendConfiguration:
    """Backends Configuration Response

    Attributes:
        backend_name (str): Backend name Example: ibmq_eagle.
        backend_version (str): Backend version in the form X.X.X Example: 1.6.0.
        basis_gates (list[str]): List of basis gate names on the backend Example: ['u1', 'cx', 'h'].
        conditional (bool): Backend supports conditional operations (true/false) Default: False.
            Example: True.
        coupling_map (list[list[int]] | None): Array grouping qubits that are physically coupled
            together on the backend Example: [[0, 1], [1, 2]].
        gates (list[GateConfig]): List of basis gates on the backend
        local (bool): Backend is local or remote (true/false) Example: True.
        memory (bool): Backend supports memory (true/false) Default: False. Example: True.
        n_qubits (int): Number of qubits Default: 1. Example: 5.
        online_date (datetime.datetime): Date the backend went online Example: 2025-11-12T15:30:00.000Z.
        acquisition_latency (list[list[float]] | Unset): Array of dimension n_qubits x n_registers.
            Latency (in units of dt) to write a measurement result from qubit n into register slot m.
            Example: [[0, 1], [1, 0]].
        clops (BackendClops | int | None | str | Unset): Circuit layer operations per second (CLOPS). A
            measure of how many layers of a 100x100 hardware-aware circuit a QPU can execute per second.
        clops_h (int | None | str | Unset): Hardware Circuit Layer Operations Per Second (CLOPS_h).
            Measures how many circuit layers the QPU can execute per second on hardware. Example: 4500.
        clops_v (int | None | str | Unset): Virtual CLOPS — may be a numeric value or descriptive string
            if unavailable. Example: None.
        conditional_latency (list[list[float]] | Unset): Array of dimension n_channels [d->u->m] x
            n_registers. Latency (in units of dt) to do a conditional operation on channel n from register
            slot m Example: [[0, 1.2], [0.5, 0.8]].
        configurable (bool | Unset): Backend is configurable, if the backend is a simulator (true/false)
            Default: False. Example: True.
        coords (list[list[int]] | Unset): Array of [i, j] grid coordinates for each qubit's position on
            the QPU topology. The index corresponds to the qubit index. Example: [[1,1],[1,2],[2,1],[2,2]]
            places Q0 at row 1 col 1, Q1 at row 1 col 2, Q2 at row 2 col 1, Q3 at row 2 col 2. Example: [[1,
            1], [1, 2], [2, 1], [2, 2]].
        credits_required (bool | Unset): Backend requires credits to run a job (true/false) Default:
            False. Example: True.
        description (str | Unset): Description of the backend Example: This backend supports 5 qubits
            and OpenPulse..
        display_name (str | Unset): Alternate name field for the backend Example: EagleBackend.
        discriminators (list[str] | None | Unset): Available discriminators Example: ['disc1', 'disc2'].
        dt (float | Unset): Time discretization for the drive and U channels, in nanoseconds Example: 1.
        dtm (float | Unset): Time discretization for the measurement channels, in nanoseconds Example:
            1.
        default_rep_delay (float | Unset): Default rep delay, in microseconds Example: 3.
        dynamic_reprate_enabled (bool | Unset): Whether delay between programs can be set dynamically
            using 'rep_delay'. Default: False. Example: True.
        hamiltonian (Hamiltonian | Unset): Hamiltonian of the backend
        max_experiments (int | Unset): Maximum number of experiments supported Example: 10.
        max_shots (int | Unset): Maximum number of shots supported Example: 1024.
        meas_levels (list[int] | None | Unset): Available measurement levels on the backend Example: [1,
            2].
        meas_lo_range (list[list[float]] | Unset): Frequency range for the measurement LO
        meas_map (list[list[int]] | Unset): Grouping of measurement which are multiplexed Example: [[0,
            1], [2, 3]].
        measure_esp_enabled (bool | Unset): Whether ESP readout is supported by the backend. Default:
            False. Example: True.
        n_registers (float | Unset): Number of register slots available for feedback (if conditional is
            true) Default: 1.0. Example: 1.
        n_uchannels (float | Unset): Number of additional control channels Example: 2.
        open_pulse (bool | Unset): If present, open_pulse = false schema applies Example: True.
        parametric_pulses (list[str] | Unset): A list of available parametric pulse shapes Example:
            ['Gaussian', 'Square'].
        processor_type (ProcessorType | Unset): The processor type of this backend
        quantum_volume (float | None | Unset): Backend quantum volume Example: 32.
        qubit_lo_range (list[list[float]] | Unset): Frequency range for the qubit LO
        register_map (list[list[int]] | Unset): An array of dimension n_qubits X n_registers indicating
            storage capability Example: [[1, 0], [0, 1]].
        rep_delay_range (list[float] | Unset): Range of delay times between programs (microseconds)
            allowed by backend. Example: [100, 1000].
        rep_times (list[float] | Unset): Program execution times (microseconds) supported by backend.
            Example: [100, 200, 500].
        sample_name (str | Unset): Sample name Example: Sample_01:Test.
        simulator (bool | Unset): Backend is a simulator (true/false) Default: False. Example: True.
        supported_features (list[str] | Unset): Array of features supported by the backend such as qasm3
            Example: ['qasm3'].
        supported_instructions (list[str] | Unset): Instructions supported by the backend. Example:
            ['u1', 'cx', 'measure'].
        tags (list[str] | Unset): Tags for the backend Example: ['credits_required', 'simulator'].
        timing_constraints (TimingConstraints | Unset): The timing constraints on this backend
        u_channel_lo (list[list[UChannelLOItem]] | Unset):
        allow_object_storage (bool | Unset): Backend stores jobs in object storage
        allow_q_object (bool | Unset): Backend takes Qobj jobs
        channels (Channels | Unset): Channels by name
        input_allowed (list[str] | Unset): Kinds of job that the backend takes
        instruction_signatures (list[InstructionSignature] | Unset): Instructions beyond the gates
        live_data (bool | Unset): Not documented by IBM
        meas_kernels (list[str] | None | Unset): Available measurement kernels
        multi_meas_enabled (bool | Unset): Backend supports more than one measurement of a qubit in a
            circuit
        parallel_compilation (bool | Unset): Backend compiles in parallel
        pulse_num_channels (int | Unset): Number of pulse channels
        pulse_num_qubits (int | Unset): Number of levels of a qubit for pulses
        qubit_channel_mapping (list[list[str]] | Unset): Names of the channels of each qubit
        rep_delays (list[float] | None | Unset): Delay times between programs (microseconds) supported
            by backend
        uchannels_enabled (bool | Unset): Backend has control channels
        url (str | Unset): URL of the backend, or the string None
    """

    backend_name: str
    backend_version: str
    basis_gates: list[str]
    coupling_map: list[list[int]] | None
    gates: list[GateConfig]
    local: bool
    online_date: datetime.datetime
    conditional: bool = False
    memory: bool = False
    n_qubits: int = 1
    acquisition_latency: list[list[float]] | Unset = UNSET
    clops: BackendClops | int | None | str | Unset = UNSET
    clops_h: int | None | str | Unset = UNSET
    clops_v: int | None | str | Unset = UNSET
    conditional_latency: list[list[float]] | Unset = UNSET
    configurable: bool | Unset = False
    coords: list[list[int]] | Unset = UNSET
    credits_required: bool | Unset = False
    description: str | Unset = UNSET
    display_name: str | Unset = UNSET
    discriminators: list[str] | None | Unset = UNSET
    dt: float | Unset = UNSET
    dtm: float | Unset = UNSET
    default_rep_delay: float | Unset = UNSET
    dynamic_reprate_enabled: bool | Unset = False
    hamiltonian: Hamiltonian | Unset = UNSET
    max_experiments: int | Unset = UNSET
    max_shots: int | Unset = UNSET
    meas_levels: list[int] | None | Unset = UNSET
    meas_lo_range: list[list[float]] | Unset = UNSET
    meas_map: list[list[int]] | Unset = UNSET
    measure_esp_enabled: bool | Unset = False
    n_registers: float | Unset = 1.0
    n_uchannels: float | Unset = UNSET
    open_pulse: bool | Unset = UNSET
    parametric_pulses: list[str] | Unset = UNSET
    processor_type: ProcessorType | Unset = UNSET
    quantum_volume: float | None | Unset = UNSET
    qubit_lo_range: list[list[float]] | Unset = UNSET
    register_map: list[list[int]] | Unset = UNSET
    rep_delay_range: list[float] | Unset = UNSET
    rep_times: list[float] | Unset = UNSET
    sample_name: str | Unset = UNSET
    simulator: bool | Unset = False
    supported_features: list[str] | Unset = UNSET
    supported_instructions: list[str] | Unset = UNSET
    tags: list[str] | Unset = UNSET
    timing_constraints: TimingConstraints | Unset = UNSET
    u_channel_lo: list[list[UChannelLOItem]] | Unset = UNSET
    allow_object_storage: bool | Unset = UNSET
    allow_q_object: bool | Unset = UNSET
    channels: Channels | Unset = UNSET
    input_allowed: list[str] | Unset = UNSET
    instruction_signatures: list[InstructionSignature] | Unset = UNSET
    live_data: bool | Unset = UNSET
    meas_kernels: list[str] | None | Unset = UNSET
    multi_meas_enabled: bool | Unset = UNSET
    parallel_compilation: bool | Unset = UNSET
    pulse_num_channels: int | Unset = UNSET
    pulse_num_qubits: int | Unset = UNSET
    qubit_channel_mapping: list[list[str]] | Unset = UNSET
    rep_delays: list[float] | None | Unset = UNSET
    uchannels_enabled: bool | Unset = UNSET
    url: str | Unset = UNSET
    _undeclared: dict[str, Any] | None = _attrs_field(
        init=False, default=None, eq=lambda fields: fields or None
    )

    def __repr__(self) -> str:
        return short(self)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that this was made from, up to the spelling of a date-time."""
        document: dict[str, Any] = dict(self._undeclared or ())
        document["backend_name"] = self.backend_name
        document["backend_version"] = self.backend_version
        document["basis_gates"] = self.basis_gates
        document["conditional"] = self.conditional
        document["coupling_map"] = self.coupling_map
        document["gates"] = plain(self.gates)
        document["local"] = self.local
        document["memory"] = self.memory
        document["n_qubits"] = self.n_qubits
        document["online_date"] = plain(self.online_date)
        if self.acquisition_latency is not UNSET:
            document["acquisition_latency"] = self.acquisition_latency
        if self.clops is not UNSET:
            document["clops"] = plain(self.clops)
        if self.clops_h is not UNSET:
            document["clops_h"] = self.clops_h
        if self.clops_v is not UNSET:
            document["clops_v"] = self.clops_v
        if self.conditional_latency is not UNSET:
            document["conditional_latency"] = self.conditional_latency
        if self.configurable is not UNSET:
            document["configurable"] = self.configurable
        if self.coords is not UNSET:
            document["coords"] = self.coords
        if self.credits_required is not UNSET:
            document["credits_required"] = self.credits_required
        if self.description is not UNSET:
            document["description"] = self.description
        if self.display_name is not UNSET:
            document["display_name"] = self.display_name
        if self.discriminators is not UNSET:
            document["discriminators"] = self.discriminators
        if self.dt is not UNSET:
            document["dt"] = self.dt
        if self.dtm is not UNSET:
            document["dtm"] = self.dtm
        if self.default_rep_delay is not UNSET:
            document["default_rep_delay"] = self.default_rep_delay
        if self.dynamic_reprate_enabled is not UNSET:
            document["dynamic_reprate_enabled"] = self.dynamic_reprate_enabled
        if self.hamiltonian is not UNSET:
            document["hamiltonian"] = plain(self.hamiltonian)
        if self.max_experiments is not UNSET:
            document["max_experiments"] = self.max_experiments
        if self.max_shots is not UNSET:
            document["max_shots"] = self.max_shots
        if self.meas_levels is not UNSET:
            document["meas_levels"] = self.meas_levels
        if self.meas_lo_range is not UNSET:
            document["meas_lo_range"] = self.meas_lo_range
        if self.meas_map is not UNSET:
            document["meas_map"] = self.meas_map
        if self.measure_esp_enabled is not UNSET:
            document["measure_esp_enabled"] = self.measure_esp_enabled
        if self.n_registers is not UNSET:
            document["n_registers"] = self.n_registers
        if self.n_uchannels is not UNSET:
            document["n_uchannels"] = self.n_uchannels
        if self.open_pulse is not UNSET:
            document["open_pulse"] = self.open_pulse
        if self.parametric_pulses is not UNSET:
            document["parametric_pulses"] = self.parametric_pulses
        if self.processor_type is not UNSET:
            document["processor_type"] = plain(self.processor_type)
        if self.quantum_volume is not UNSET:
            document["quantum_volume"] = self.quantum_volume
        if self.qubit_lo_range is not UNSET:
            document["qubit_lo_range"] = self.qubit_lo_range
        if self.register_map is not UNSET:
            document["register_map"] = self.register_map
        if self.rep_delay_range is not UNSET:
            document["rep_delay_range"] = self.rep_delay_range
        if self.rep_times is not UNSET:
            document["rep_times"] = self.rep_times
        if self.sample_name is not UNSET:
            document["sample_name"] = self.sample_name
        if self.simulator is not UNSET:
            document["simulator"] = self.simulator
        if self.supported_features is not UNSET:
            document["supported_features"] = self.supported_features
        if self.supported_instructions is not UNSET:
            document["supported_instructions"] = self.supported_instructions
        if self.tags is not UNSET:
            document["tags"] = self.tags
        if self.timing_constraints is not UNSET:
            document["timing_constraints"] = plain(self.timing_constraints)
        if self.u_channel_lo is not UNSET:
            document["u_channel_lo"] = plain(self.u_channel_lo)
        if self.allow_object_storage is not UNSET:
            document["allow_object_storage"] = self.allow_object_storage
        if self.allow_q_object is not UNSET:
            document["allow_q_object"] = self.allow_q_object
        if self.channels is not UNSET:
            document["channels"] = plain(self.channels)
        if self.input_allowed is not UNSET:
            document["input_allowed"] = self.input_allowed
        if self.instruction_signatures is not UNSET:
            document["instruction_signatures"] = plain(self.instruction_signatures)
        if self.live_data is not UNSET:
            document["live_data"] = self.live_data
        if self.meas_kernels is not UNSET:
            document["meas_kernels"] = self.meas_kernels
        if self.multi_meas_enabled is not UNSET:
            document["multi_meas_enabled"] = self.multi_meas_enabled
        if self.parallel_compilation is not UNSET:
            document["parallel_compilation"] = self.parallel_compilation
        if self.pulse_num_channels is not UNSET:
            document["pulse_num_channels"] = self.pulse_num_channels
        if self.pulse_num_qubits is not UNSET:
            document["pulse_num_qubits"] = self.pulse_num_qubits
        if self.qubit_channel_mapping is not UNSET:
            document["qubit_channel_mapping"] = self.qubit_channel_mapping
        if self.rep_delays is not UNSET:
            document["rep_delays"] = self.rep_delays
        if self.uchannels_enabled is not UNSET:
            document["uchannels_enabled"] = self.uchannels_enabled
        if self.url is not UNSET:
            document["url"] = self.url
        return document

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        """Make the model of a JSON object; unknown fields are kept, and so is the raw value of an optional field that does not fit.

        Raises:
            ModelError: A required field is missing or does not fit; `path` says where.
        """
        if (
            src_dict.__class__ is not dict
        ):  # and not type(), which narrows to a dict of unknown types
            src_dict = ModelError.mapping(src_dict)
        at = ""  # the field being read; the underscores keep its name apart from those of functions and of this one
        try:
            at = "backend_name"
            _backend_name = src_dict["backend_name"]
            if type(_backend_name) is not str:
                _backend_name = string(_backend_name)
            at = "backend_version"
            _backend_version = src_dict["backend_version"]
            if type(_backend_version) is not str:
                _backend_version = string(_backend_version)
            at = "basis_gates"
            _basis_gates = array(src_dict["basis_gates"])
            for item in _basis_gates:
                if type(item) is not str:
                    _basis_gates = [string(item) for item in array(_basis_gates)]
                    break
            at = "conditional"
            _conditional = src_dict["conditional"]
            if type(_conditional) is not bool:
                _conditional = boolean(_conditional)
            at = "coupling_map"
            _coupling_map = cast(
                "list[list[int]] | None",
                first_of(
                    src_dict["coupling_map"],
                    lambda value: [
                        [integer(item) for item in array(item)] for item in array(value)
                    ],
                    null,
                ),
            )
            at = "gates"
            _gates = [GateConfig.from_dict(item) for item in array(src_dict["gates"])]
            at = "local"
            _local = src_dict["local"]
            if type(_local) is not bool:
                _local = boolean(_local)
            at = "memory"
            _memory = src_dict["memory"]
            if type(_memory) is not bool:
                _memory = boolean(_memory)
            at = "n_qubits"
            _n_qubits = src_dict["n_qubits"]
            if type(_n_qubits) is not int:
                _n_qubits = integer(_n_qubits)
            at = "online_date"
            _online_date = date_time(src_dict["online_date"])
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError.below(at, src_dict, error) from None
        model = cls.__new__(cls)  # __init__ takes a third longer
        model.backend_name = _backend_name
        model.backend_version = _backend_version
        model.basis_gates = _basis_gates
        model.conditional = _conditional
        model.coupling_map = _coupling_map
        model.gates = _gates
        model.local = _local
        model.memory = _memory
        model.n_qubits = _n_qubits
        model.online_date = _online_date
        model.acquisition_latency = src_dict.get("acquisition_latency", UNSET)
        model.clops = keep(
            src_dict.get("clops", UNSET),
            BackendClops.from_dict,
        )
        model.clops_h = src_dict.get("clops_h", UNSET)
        model.clops_v = src_dict.get("clops_v", UNSET)
        model.conditional_latency = src_dict.get("conditional_latency", UNSET)
        model.configurable = src_dict.get("configurable", UNSET)
        model.coords = src_dict.get("coords", UNSET)
        model.credits_required = src_dict.get("credits_required", UNSET)
        model.description = src_dict.get("description", UNSET)
        model.display_name = src_dict.get("display_name", UNSET)
        model.discriminators = src_dict.get("discriminators", UNSET)
        model.dt = src_dict.get("dt", UNSET)
        model.dtm = src_dict.get("dtm", UNSET)
        model.default_rep_delay = src_dict.get("default_rep_delay", UNSET)
        model.dynamic_reprate_enabled = src_dict.get("dynamic_reprate_enabled", UNSET)
        model.hamiltonian = keep(
            src_dict.get("hamiltonian", UNSET), Hamiltonian.from_dict
        )
        model.max_experiments = src_dict.get("max_experiments", UNSET)
        model.max_shots = src_dict.get("max_shots", UNSET)
        model.meas_levels = src_dict.get("meas_levels", UNSET)
        model.meas_lo_range = src_dict.get("meas_lo_range", UNSET)
        model.meas_map = src_dict.get("meas_map", UNSET)
        model.measure_esp_enabled = src_dict.get("measure_esp_enabled", UNSET)
        model.n_registers = src_dict.get("n_registers", UNSET)
        model.n_uchannels = src_dict.get("n_uchannels", UNSET)
        model.open_pulse = src_dict.get("open_pulse", UNSET)
        model.parametric_pulses = src_dict.get("parametric_pulses", UNSET)
        model.processor_type = keep(
            src_dict.get("processor_type", UNSET), ProcessorType.from_dict
        )
        model.quantum_volume = src_dict.get("quantum_volume", UNSET)
        model.qubit_lo_range = src_dict.get("qubit_lo_range", UNSET)
        model.register_map = src_dict.get("register_map", UNSET)
        model.rep_delay_range = src_dict.get("rep_delay_range", UNSET)
        model.rep_times = src_dict.get("rep_times", UNSET)
        model.sample_name = src_dict.get("sample_name", UNSET)
        model.simulator = src_dict.get("simulator", UNSET)
        model.supported_features = src_dict.get("supported_features", UNSET)
        model.supported_instructions = src_dict.get("supported_instructions", UNSET)
        model.tags = src_dict.get("tags", UNSET)
        model.timing_constraints = keep(
            src_dict.get("timing_constraints", UNSET), TimingConstraints.from_dict
        )
        model.u_channel_lo = keep(
            src_dict.get("u_channel_lo", UNSET),
            lambda value: [
                [UChannelLOItem.from_dict(item) for item in array(item)]
                for item in array(value)
            ],
        )
        model.allow_object_storage = src_dict.get("allow_object_storage", UNSET)
        model.allow_q_object = src_dict.get("allow_q_object", UNSET)
        model.channels = keep(src_dict.get("channels", UNSET), Channels.from_dict)
        model.input_allowed = src_dict.get("input_allowed", UNSET)
        model.instruction_signatures = keep(
            src_dict.get("instruction_signatures", UNSET),
            lambda value: [
                InstructionSignature.from_dict(item) for item in array(value)
            ],
        )
        model.live_data = src_dict.get("live_data", UNSET)
        model.meas_kernels = src_dict.get("meas_kernels", UNSET)
        model.multi_meas_enabled = src_dict.get("multi_meas_enabled", UNSET)
        model.parallel_compilation = src_dict.get("parallel_compilation", UNSET)
        model.pulse_num_channels = src_dict.get("pulse_num_channels", UNSET)
        model.pulse_num_qubits = src_dict.get("pulse_num_qubits", UNSET)
        model.qubit_channel_mapping = src_dict.get("qubit_channel_mapping", UNSET)
        model.rep_delays = src_dict.get("rep_delays", UNSET)
        model.uchannels_enabled = src_dict.get("uchannels_enabled", UNSET)
        model.url = src_dict.get("url", UNSET)
        model._undeclared = None
        if not src_dict.keys() <= _DECLARED:
            model._undeclared = {
                key: value for key, value in src_dict.items() if key not in _DECLARED
            }
        return model

    @property
    def additional_properties(self) -> dict[str, Any]:
        """The fields that the document does not declare, by name."""
        if self._undeclared is None:
            self._undeclared = {}
        return self._undeclared

    @property
    def additional_keys(self) -> list[str]:
        """Names of the fields that the document does not declare."""
        return list(self._undeclared or ())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in (self._undeclared or ())


# Below the class, so that schemas may refer to one another, and not in from_dict, which runs thousands of times.
from ..models.backend_clops import BackendClops
from ..models.channels import Channels
from ..models.gate_config import GateConfig
from ..models.hamiltonian import Hamiltonian
from ..models.instruction_signature import InstructionSignature
from ..models.processor_type import ProcessorType
from ..models.timing_constraints import TimingConstraints
from ..models.u_channel_lo_item import UChannelLOItem
