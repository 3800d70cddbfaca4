# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..errors import ModelError
from ..types import (
    UNSET,
    Unset,
    integer,
    short,
    string,
)

T = TypeVar("T", bound="InstructionSignature")
_DECLARED: frozenset[str] = frozenset(
    (
        "name",
        "num_qubits",
        "num_clbits",
        "description",
        "parameters",
        "return_type",
    )
)


@_attrs_define(repr=False)
class InstructionSignature:
    """An instruction beyond the gates, such as measure_2

    Attributes:
        name (str): Name of the instruction
        num_qubits (int): Number of qubits that it acts on
        num_clbits (int): Number of classical bits that it acts on
        description (str | Unset): What it does
        parameters (list[Any] | Unset): Its parameters
        return_type (str | Unset): Type of what it returns, such as Bool
    """

    name: str
    num_qubits: int
    num_clbits: int
    description: str | Unset = UNSET
    parameters: list[Any] | Unset = UNSET
    return_type: str | Unset = UNSET
    _undeclared: dict[str, Any] | None = _attrs_field(
        init=False, default=None, eq=lambda fields: fields or None
    )

    def __repr__(self) -> str:
        return short(self)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that this was made from, up to the spelling of a date-time."""
        document: dict[str, Any] = dict(self._undeclared or ())
        document["name"] = self.name
        document["num_qubits"] = self.num_qubits
        document["num_clbits"] = self.num_clbits
        if self.description is not UNSET:
            document["description"] = self.description
        if self.parameters is not UNSET:
            document["parameters"] = self.parameters
        if self.return_type is not UNSET:
            document["return_type"] = self.return_type
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
            at = "num_qubits"
            _num_qubits = src_dict["num_qubits"]
            if type(_num_qubits) is not int:
                _num_qubits = integer(_num_qubits)
            at = "num_clbits"
            _num_clbits = src_dict["num_clbits"]
            if type(_num_clbits) is not int:
                _num_clbits = integer(_num_clbits)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError.below(at, src_dict, error) from None
        model = cls.__new__(cls)  # __init__ takes a third longer
        model.name = _name
        model.num_qubits = _num_qubits
        model.num_clbits = _num_clbits
        model.description = src_dict.get("description", UNSET)
        model.parameters = src_dict.get("parameters", UNSET)
        model.return_type = src_dict.get("return_type", UNSET)
        model._undeclared = None
        if len(src_dict) != 3 + ("description" in src_dict) + (
            "parameters" in src_dict
        ) + ("return_type" in src_dict):
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
