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
    keep,
    plain,
    short,
    string,
)

if TYPE_CHECKING:
    from ..models.hamiltonian_osc import HamiltonianOsc
    from ..models.hamiltonian_qub import HamiltonianQub
    from ..models.hamiltonian_vars import HamiltonianVars

T = TypeVar("T", bound="Hamiltonian")
_DECLARED: frozenset[str] = frozenset(
    (
        "h_latex",
        "h_str",
        "vars",
        "osc",
        "description",
        "qub",
    )
)


@_attrs_define(repr=False)
class Hamiltonian:
    """Hamiltonian of the backend

    Attributes:
        h_latex (str): The Hamiltonian in latex form
        h_str (list[str] | Unset): The Hamiltonian in machine readable form Example: ['"0.5 * X0 Y1"',
            '"1.0 * Z0"'].
        vars_ (HamiltonianVars | Unset): Variables in the h_str
        osc (HamiltonianOsc | Unset): Number of levels for each oscillator mode
        description (str | Unset): The Hamiltonian in words
        qub (HamiltonianQub | Unset): Number of levels of each qubit, by qubit index
    """

    h_latex: str
    h_str: list[str] | Unset = UNSET
    vars_: HamiltonianVars | Unset = UNSET
    osc: HamiltonianOsc | Unset = UNSET
    description: str | Unset = UNSET
    qub: HamiltonianQub | Unset = UNSET
    _undeclared: dict[str, Any] | None = _attrs_field(
        init=False, default=None, eq=lambda fields: fields or None
    )

    def __repr__(self) -> str:
        return short(self)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that this was made from, up to the spelling of a date-time."""
        document: dict[str, Any] = dict(self._undeclared or ())
        document["h_latex"] = self.h_latex
        if self.h_str is not UNSET:
            document["h_str"] = self.h_str
        if self.vars_ is not UNSET:
            document["vars"] = plain(self.vars_)
        if self.osc is not UNSET:
            document["osc"] = plain(self.osc)
        if self.description is not UNSET:
            document["description"] = self.description
        if self.qub is not UNSET:
            document["qub"] = plain(self.qub)
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
            at = "h_latex"
            _h_latex = src_dict["h_latex"]
            if type(_h_latex) is not str:
                _h_latex = string(_h_latex)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError.below(at, src_dict, error) from None
        model = cls.__new__(cls)  # __init__ takes a third longer
        model.h_latex = _h_latex
        model.h_str = src_dict.get("h_str", UNSET)
        model.vars_ = keep(src_dict.get("vars", UNSET), HamiltonianVars.from_dict)
        model.osc = keep(src_dict.get("osc", UNSET), HamiltonianOsc.from_dict)
        model.description = src_dict.get("description", UNSET)
        model.qub = keep(src_dict.get("qub", UNSET), HamiltonianQub.from_dict)
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
from ..models.hamiltonian_osc import HamiltonianOsc
from ..models.hamiltonian_qub import HamiltonianQub
from ..models.hamiltonian_vars import HamiltonianVars
