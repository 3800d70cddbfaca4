# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..errors import ModelError
from ..types import (
    UNSET,
    Unset,
    integer,
    keep,
    plain,
    short,
    string,
)

if TYPE_CHECKING:
    from ..models.device_clops import DeviceClops
    from ..models.device_processor_type import DeviceProcessorType
    from ..models.device_status import DeviceStatus
    from ..models.device_wait_time import DeviceWaitTime
    from ..models.performance_metrics import PerformanceMetrics

T = TypeVar("T", bound="Device")
_DECLARED: frozenset[str] = frozenset(
    (
        "name",
        "status",
        "queue_length",
        "is_simulator",
        "qubits",
        "clops",
        "processor_type",
        "performance_metrics",
        "wait_time_seconds",
    )
)


@_attrs_define(repr=False)
class Device:
    """A Device object.

    Attributes:
        name (str): The name of the backend device
        status (DeviceStatus): The status of the backend device
        queue_length (int): The number of jobs waiting to be executed
        is_simulator (bool | Unset): Indicates if the device is a simulator
        qubits (int | None | Unset): The number of qubits in the device
        clops (DeviceClops | None | Unset): Details of the CLOPS
        processor_type (DeviceProcessorType | None | Unset): Details of the processor type
        performance_metrics (PerformanceMetrics | Unset):
        wait_time_seconds (DeviceWaitTime | None | Unset): Job wait times for the device (in seconds)
    """

    name: str
    status: DeviceStatus
    queue_length: int
    is_simulator: bool | Unset = UNSET
    qubits: int | None | Unset = UNSET
    clops: DeviceClops | None | Unset = UNSET
    processor_type: DeviceProcessorType | None | Unset = UNSET
    performance_metrics: PerformanceMetrics | Unset = UNSET
    wait_time_seconds: DeviceWaitTime | None | Unset = UNSET
    _undeclared: dict[str, Any] | None = _attrs_field(
        init=False, default=None, eq=lambda fields: fields or None
    )

    def __repr__(self) -> str:
        return short(self)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that this was made from, up to the spelling of a date-time."""
        document: dict[str, Any] = dict(self._undeclared or ())
        document["name"] = self.name
        document["status"] = plain(self.status)
        document["queue_length"] = self.queue_length
        if self.is_simulator is not UNSET:
            document["is_simulator"] = self.is_simulator
        if self.qubits is not UNSET:
            document["qubits"] = self.qubits
        if self.clops is not UNSET:
            document["clops"] = plain(self.clops)
        if self.processor_type is not UNSET:
            document["processor_type"] = plain(self.processor_type)
        if self.performance_metrics is not UNSET:
            document["performance_metrics"] = plain(self.performance_metrics)
        if self.wait_time_seconds is not UNSET:
            document["wait_time_seconds"] = plain(self.wait_time_seconds)
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
            at = "name"
            _name = src_dict["name"]
            if type(_name) is not str:
                _name = string(_name)
            at = "status"
            _status = DeviceStatus.from_dict(src_dict["status"])
            at = "queue_length"
            _queue_length = src_dict["queue_length"]
            if type(_queue_length) is not int:
                _queue_length = integer(_queue_length)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError.below(at, src_dict, error) from None
        model = cls.__new__(cls)  # __init__ takes a third longer
        model.name = _name
        model.status = _status
        model.queue_length = _queue_length
        model.is_simulator = src_dict.get("is_simulator", UNSET)
        model.qubits = src_dict.get("qubits", UNSET)
        model.clops = keep(
            src_dict.get("clops", UNSET),
            DeviceClops.from_dict,
        )
        model.processor_type = keep(
            src_dict.get("processor_type", UNSET),
            DeviceProcessorType.from_dict,
        )
        model.performance_metrics = keep(
            src_dict.get("performance_metrics", UNSET), PerformanceMetrics.from_dict
        )
        model.wait_time_seconds = keep(
            src_dict.get("wait_time_seconds", UNSET),
            DeviceWaitTime.from_dict,
        )
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
from ..models.device_clops import DeviceClops
from ..models.device_processor_type import DeviceProcessorType
from ..models.device_status import DeviceStatus
from ..models.device_wait_time import DeviceWaitTime
from ..models.performance_metrics import PerformanceMetrics
