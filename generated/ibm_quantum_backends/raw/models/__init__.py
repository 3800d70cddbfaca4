# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
"""The models of the API's documents."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .backend_clops import BackendClops
    from .backend_clops_type import BackendClopsType
    from .backend_configuration import BackendConfiguration
    from .backend_defaults import BackendDefaults
    from .backend_properties import BackendProperties
    from .backend_status import BackendStatus
    from .backends_response import BackendsResponse
    from .channel import Channel
    from .channel_operates import ChannelOperates
    from .channels import Channels
    from .device import Device
    from .device_clops import DeviceClops
    from .device_clops_type import DeviceClopsType
    from .device_processor_type import DeviceProcessorType
    from .device_status import DeviceStatus
    from .device_status_name import DeviceStatusName
    from .device_wait_time import DeviceWaitTime
    from .error_item import ErrorItem
    from .error_response import ErrorResponse
    from .gate_config import GateConfig
    from .gate_properties import GateProperties
    from .hamiltonian import Hamiltonian
    from .hamiltonian_osc import HamiltonianOsc
    from .hamiltonian_qub import HamiltonianQub
    from .hamiltonian_vars import HamiltonianVars
    from .instruction_signature import InstructionSignature
    from .list_backends_fields import ListBackendsFields
    from .nduv import Nduv
    from .performance_metrics import PerformanceMetrics
    from .processor_type import ProcessorType
    from .qubit_list import QubitList
    from .readout_error_median import ReadoutErrorMedian
    from .timing_constraints import TimingConstraints
    from .two_q_error_best import TwoQErrorBest
    from .two_q_error_layered import TwoQErrorLayered
    from .two_q_error_median import TwoQErrorMedian
    from .u_channel_lo_item import UChannelLOItem

_MODULES = {
    "BackendClops": ".backend_clops",
    "BackendClopsType": ".backend_clops_type",
    "BackendConfiguration": ".backend_configuration",
    "BackendDefaults": ".backend_defaults",
    "BackendProperties": ".backend_properties",
    "BackendStatus": ".backend_status",
    "BackendsResponse": ".backends_response",
    "Channel": ".channel",
    "ChannelOperates": ".channel_operates",
    "Channels": ".channels",
    "Device": ".device",
    "DeviceClops": ".device_clops",
    "DeviceClopsType": ".device_clops_type",
    "DeviceProcessorType": ".device_processor_type",
    "DeviceStatus": ".device_status",
    "DeviceStatusName": ".device_status_name",
    "DeviceWaitTime": ".device_wait_time",
    "ErrorItem": ".error_item",
    "ErrorResponse": ".error_response",
    "GateConfig": ".gate_config",
    "GateProperties": ".gate_properties",
    "Hamiltonian": ".hamiltonian",
    "HamiltonianOsc": ".hamiltonian_osc",
    "HamiltonianQub": ".hamiltonian_qub",
    "HamiltonianVars": ".hamiltonian_vars",
    "InstructionSignature": ".instruction_signature",
    "ListBackendsFields": ".list_backends_fields",
    "Nduv": ".nduv",
    "PerformanceMetrics": ".performance_metrics",
    "ProcessorType": ".processor_type",
    "QubitList": ".qubit_list",
    "ReadoutErrorMedian": ".readout_error_median",
    "TimingConstraints": ".timing_constraints",
    "TwoQErrorBest": ".two_q_error_best",
    "TwoQErrorLayered": ".two_q_error_layered",
    "TwoQErrorMedian": ".two_q_error_median",
    "UChannelLOItem": ".u_channel_lo_item",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_MODULES[name], __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


__all__ = (
    "BackendClops",
    "BackendClopsType",
    "BackendConfiguration",
    "BackendDefaults",
    "BackendProperties",
    "BackendsResponse",
    "BackendStatus",
    "Channel",
    "ChannelOperates",
    "Channels",
    "Device",
    "DeviceClops",
    "DeviceClopsType",
    "DeviceProcessorType",
    "DeviceStatus",
    "DeviceStatusName",
    "DeviceWaitTime",
    "ErrorItem",
    "ErrorResponse",
    "GateConfig",
    "GateProperties",
    "Hamiltonian",
    "HamiltonianOsc",
    "HamiltonianQub",
    "HamiltonianVars",
    "InstructionSignature",
    "ListBackendsFields",
    "Nduv",
    "PerformanceMetrics",
    "ProcessorType",
    "QubitList",
    "ReadoutErrorMedian",
    "TimingConstraints",
    "TwoQErrorBest",
    "TwoQErrorLayered",
    "TwoQErrorMedian",
    "UChannelLOItem",
)
