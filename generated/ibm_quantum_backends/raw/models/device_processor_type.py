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

T = TypeVar("T", bound="DeviceProcessorType")
_DECLARED: frozenset[str] = frozenset(
    (
        "family",
        "revision",
        "segment",
    )
)


@_attrs_define(repr=False)
class DeviceProcessorType:
    """Details of the processor type

    Attributes:
        family (None | str | Unset): The family of the processor
        revision (None | str | Unset): The revision of the processor
        segment (None | str | Unset): The segment of the processor
    """

    family: None | str | Unset = UNSET
    revision: None | str | Unset = UNSET
    segment: None | str | Unset = UNSET
    _undeclared: dict[str, Any] | None = _attrs_field(
        init=False, default=None, eq=lambda fields: fields or None
    )

    def __repr__(self) -> str:
        return short(self)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that this was made from, up to the spelling of a date-time."""
        document: dict[str, Any] = dict(self._undeclared or ())
        if self.family is not UNSET:
            document["family"] = self.family
        if self.revision is not UNSET:
            document["revision"] = self.revision
        if self.segment is not UNSET:
            document["segment"] = self.segment
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
        model.family = src_dict.get("family", UNSET)
        model.revision = src_dict.get("revision", UNSET)
        model.segment = src_dict.get("segment", UNSET)
        model._undeclared = None
        if len(src_dict) != 0 + ("family" in src_dict) + ("revision" in src_dict) + (
            "segment" in src_dict
        ):
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
