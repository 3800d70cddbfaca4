# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..errors import ModelError
from ..types import (
    keep,
    plain,
    short,
)

if TYPE_CHECKING:
    from ..models.channel import Channel

T = TypeVar("T", bound="Channels")
_DECLARED: frozenset[str] = frozenset(())


@_attrs_define(repr=False)
class Channels:
    """Channels by name"""

    _undeclared: dict[str, Channel] | None = _attrs_field(
        init=False, default=None, eq=lambda fields: fields or None
    )

    def __repr__(self) -> str:
        return short(self)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that this was made from, up to the spelling of a date-time."""
        document: dict[str, Any] = {
            key: plain(value) for key, value in (self._undeclared or {}).items()
        }
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
        model._undeclared = None
        if len(src_dict) != 0:
            model._undeclared = {
                key: keep(value, Channel.from_dict)
                for key, value in src_dict.items()
                if key not in _DECLARED
            }
        return model

    @property
    def additional_properties(self) -> dict[str, Channel]:
        """The fields that the document does not declare, by name."""
        if self._undeclared is None:
            self._undeclared = {}
        return self._undeclared

    @property
    def additional_keys(self) -> list[str]:
        """Names of the fields that the document does not declare."""
        return list(self._undeclared or ())

    def __getitem__(self, key: str) -> Channel:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Channel) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in (self._undeclared or ())


# Below the class, so that schemas may refer to one another, and not in from_dict, which runs thousands of times.
from ..models.channel import Channel
