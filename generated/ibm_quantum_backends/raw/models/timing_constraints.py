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
    short,
)

T = TypeVar("T", bound="TimingConstraints")
_DECLARED: frozenset[str] = frozenset(
    (
        "granularity",
        "min_length",
        "pulse_alignment",
        "acquire_alignment",
    )
)


@_attrs_define(repr=False)
class TimingConstraints:
    """The timing constraints on this backend

    Attributes:
        granularity (int | Unset): Waveform memory data chunk size
        min_length (int | Unset): Minimum number of samples required to define a pulse
        pulse_alignment (int | Unset): Instruction triggering time resolution of pulse channel in units
            of dt
        acquire_alignment (int | Unset): Instruction triggering time resolution of acquisition channel
            in units of dt
    """

    granularity: int | Unset = UNSET
    min_length: int | Unset = UNSET
    pulse_alignment: int | Unset = UNSET
    acquire_alignment: int | Unset = UNSET
    _undeclared: dict[str, Any] | None = _attrs_field(
        init=False, default=None, eq=lambda fields: fields or None
    )

    def __repr__(self) -> str:
        return short(self)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that this was made from, up to the spelling of a date-time."""
        document: dict[str, Any] = dict(self._undeclared or ())
        if self.granularity is not UNSET:
            document["granularity"] = self.granularity
        if self.min_length is not UNSET:
            document["min_length"] = self.min_length
        if self.pulse_alignment is not UNSET:
            document["pulse_alignment"] = self.pulse_alignment
        if self.acquire_alignment is not UNSET:
            document["acquire_alignment"] = self.acquire_alignment
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
        model = cls.__new__(cls)  # __init__ takes a third longer
        model.granularity = src_dict.get("granularity", UNSET)
        model.min_length = src_dict.get("min_length", UNSET)
        model.pulse_alignment = src_dict.get("pulse_alignment", UNSET)
        model.acquire_alignment = src_dict.get("acquire_alignment", UNSET)
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
