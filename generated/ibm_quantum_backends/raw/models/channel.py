# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..errors import ModelError
from ..types import (
    plain,
    short,
    string,
)

if TYPE_CHECKING:
    from ..models.channel_operates import ChannelOperates

T = TypeVar("T", bound="Channel")
_DECLARED: frozenset[str] = frozenset(
    (
        "operates",
        "purpose",
        "type",
    )
)


@_attrs_define(repr=False)
class Channel:
    """A control or measurement channel

    Attributes:
        operates (ChannelOperates): What the channel acts on
        purpose (str): What the channel is for, such as drive, cross-resonance, measure or acquire
        type_ (str): Kind of the channel, such as drive, control, measure or acquire
    """

    operates: ChannelOperates
    purpose: str
    type_: str
    _undeclared: dict[str, Any] | None = _attrs_field(
        init=False, default=None, eq=lambda fields: fields or None
    )

    def __repr__(self) -> str:
        return short(self)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that this was made from, up to the spelling of a date-time."""
        document: dict[str, Any] = dict(self._undeclared or ())
        document["operates"] = plain(self.operates)
        document["purpose"] = self.purpose
        document["type"] = self.type_
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
            at = "operates"
            _operates = ChannelOperates.from_dict(src_dict["operates"])
            at = "purpose"
            _purpose = src_dict["purpose"]
            if type(_purpose) is not str:
                _purpose = string(_purpose)
            at = "type"
            _type_ = src_dict["type"]
            if type(_type_) is not str:
                _type_ = string(_type_)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError.below(at, src_dict, error) from None
        model = cls.__new__(cls)  # __init__ takes a third longer
        model.operates = _operates
        model.purpose = _purpose
        model.type_ = _type_
        model._undeclared = None
        if len(src_dict) != 3:
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
from ..models.channel_operates import ChannelOperates
