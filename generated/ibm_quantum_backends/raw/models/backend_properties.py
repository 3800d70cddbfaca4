# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..errors import ModelError
from ..types import (
    UNSET,
    Unset,
    array,
    date_time,
    keep,
    plain,
    short,
    string,
)

if TYPE_CHECKING:
    from ..models.gate_properties import GateProperties
    from ..models.nduv import Nduv
    from ..models.qubit_list import QubitList

T = TypeVar("T", bound="BackendProperties")
_DECLARED: frozenset[str] = frozenset(
    (
        "backend_name",
        "backend_version",
        "gates",
        "general",
        "last_update_date",
        "qubits",
        "general_qlists",
    )
)


@_attrs_define(repr=False)
class BackendProperties:
    """A BackendProperties object.

    Attributes:
        backend_name (str): Backend name
        backend_version (str): Backend version in the form X.X.X
        gates (list[GateProperties]): System gate parameters
        general (list[Nduv]): General system parameters
        last_update_date (datetime.datetime): Last date/time that a property was updated.
        qubits (list[list[Nduv]]):
        general_qlists (list[QubitList] | Unset): The qubits that general values stand for
    """

    backend_name: str
    backend_version: str
    gates: list[GateProperties]
    general: list[Nduv]
    last_update_date: datetime.datetime
    qubits: list[list[Nduv]]
    general_qlists: list[QubitList] | Unset = UNSET
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
        document["gates"] = plain(self.gates)
        document["general"] = plain(self.general)
        document["last_update_date"] = plain(self.last_update_date)
        document["qubits"] = plain(self.qubits)
        if self.general_qlists is not UNSET:
            document["general_qlists"] = plain(self.general_qlists)
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
            at = "gates"
            _gates = [
                GateProperties.from_dict(item) for item in array(src_dict["gates"])
            ]
            at = "general"
            _general = [Nduv.from_dict(item) for item in array(src_dict["general"])]
            at = "last_update_date"
            _last_update_date = date_time(src_dict["last_update_date"])
            at = "qubits"
            _qubits = [
                [Nduv.from_dict(item) for item in array(item)]
                for item in array(src_dict["qubits"])
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError.below(at, src_dict, error) from None
        model = cls.__new__(cls)  # __init__ takes a third longer
        model.backend_name = _backend_name
        model.backend_version = _backend_version
        model.gates = _gates
        model.general = _general
        model.last_update_date = _last_update_date
        model.qubits = _qubits
        model.general_qlists = keep(
            src_dict.get("general_qlists", UNSET),
            lambda value: [QubitList.from_dict(item) for item in array(value)],
        )
        model._undeclared = None
        if len(src_dict) != 6 + ("general_qlists" in src_dict):
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
from ..models.gate_properties import GateProperties
from ..models.nduv import Nduv
from ..models.qubit_list import QubitList
