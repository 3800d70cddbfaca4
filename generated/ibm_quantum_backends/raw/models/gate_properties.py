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
    array,
    integer,
    plain,
    short,
    string,
)

if TYPE_CHECKING:
    from ..models.nduv import Nduv

T = TypeVar("T", bound="GateProperties")
_DECLARED: frozenset[str] = frozenset(
    (
        "gate",
        "parameters",
        "qubits",
        "name",
    )
)


@_attrs_define(repr=False)
class GateProperties:
    """A GateProperties object.

    Attributes:
        gate (str): The gate name for these parameters
        parameters (list[Nduv]): The parameters of this gate on these qubits
        qubits (list[int]): The qubits for these parameters
        name (str | Unset): Name of the gate on these qubits, such as cx0_1
    """

    gate: str
    parameters: list[Nduv]
    qubits: list[int]
    name: str | Unset = UNSET
    _undeclared: dict[str, Any] | None = _attrs_field(
        init=False, default=None, eq=lambda fields: fields or None
    )

    def __repr__(self) -> str:
        return short(self)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that this was made from, up to the spelling of a date-time."""
        document: dict[str, Any] = dict(self._undeclared or ())
        document["gate"] = self.gate
        document["parameters"] = plain(self.parameters)
        document["qubits"] = self.qubits
        if self.name is not UNSET:
            document["name"] = self.name
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
            at = "gate"
            _gate = src_dict["gate"]
            if type(_gate) is not str:
                _gate = string(_gate)
            at = "parameters"
            _parameters = [
                Nduv.from_dict(item) for item in array(src_dict["parameters"])
            ]
            at = "qubits"
            _qubits = array(src_dict["qubits"])
            for item in _qubits:
                if type(item) is not int:
                    _qubits = [integer(item) for item in array(_qubits)]
                    break
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError.below(at, src_dict, error) from None
        model = cls.__new__(cls)  # __init__ takes a third longer
        model.gate = _gate
        model.parameters = _parameters
        model.qubits = _qubits
        model.name = src_dict.get("name", UNSET)
        model._undeclared = None
        if len(src_dict) != 3 + ("name" in src_dict):
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
from ..models.nduv import Nduv
