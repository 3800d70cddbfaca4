# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..errors import ModelError
from ..types import (
    UNSET,
    Unset,
    array,
    first_of,
    null,
    short,
    string,
)

T = TypeVar("T", bound="GateConfig")
_DECLARED: frozenset[str] = frozenset(
    (
        "name",
        "parameters",
        "qasm_def",
        "coupling_map",
        "conditional",
        "latency_map",
        "description",
    )
)


@_attrs_define(repr=False)
class GateConfig:
    """The definition of a gate

    Attributes:
        name (str): The gate name as it will be referred to in QASM
        parameters (list[str] | None): Variable names for the gate parameters (if any)
        qasm_def (None | str): Definition of this gate in terms of QASM primitives U and CX
        coupling_map (list[list[int]] | Unset): List of qubit groupings which are coupled by this gate
        conditional (bool | Unset): This specified gate supports conditional operations (true/false). If
            this is not specified, then the gate inherits the conditional property of the backend. Default:
            False.
        latency_map (list[list[int]] | Unset): An array of dimension len(coupling_map) X n_registers
            that specifies (1 - fast, 0 - slow) the register latency conditional operations on the gate
        description (str | Unset): Description of the gate operation
    """

    name: str
    parameters: list[str] | None
    qasm_def: None | str
    coupling_map: list[list[int]] | Unset = UNSET
    conditional: bool | Unset = False
    latency_map: list[list[int]] | Unset = UNSET
    description: str | Unset = UNSET
    _undeclared: dict[str, Any] | None = _attrs_field(
        init=False, default=None, eq=lambda fields: fields or None
    )

    def __repr__(self) -> str:
        return short(self)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that this was made from, up to the spelling of a date-time."""
        document: dict[str, Any] = dict(self._undeclared or ())
        document["name"] = self.name
        document["parameters"] = self.parameters
        document["qasm_def"] = self.qasm_def
        if self.coupling_map is not UNSET:
            document["coupling_map"] = self.coupling_map
        if self.conditional is not UNSET:
            document["conditional"] = self.conditional
        if self.latency_map is not UNSET:
            document["latency_map"] = self.latency_map
        if self.description is not UNSET:
            document["description"] = self.description
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
            at = "parameters"
            _parameters = cast(
                "list[str] | None",
                first_of(
                    src_dict["parameters"],
                    lambda value: [string(item) for item in array(value)],
                    null,
                ),
            )
            at = "qasm_def"
            _qasm_def = cast(
                "None | str",
                first_of(
                    src_dict["qasm_def"],
                    string,
                    null,
                ),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError.below(at, src_dict, error) from None
        model = cls.__new__(cls)  # __init__ takes a third longer
        model.name = _name
        model.parameters = _parameters
        model.qasm_def = _qasm_def
        model.coupling_map = src_dict.get("coupling_map", UNSET)
        model.conditional = src_dict.get("conditional", UNSET)
        model.latency_map = src_dict.get("latency_map", UNSET)
        model.description = src_dict.get("description", UNSET)
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
