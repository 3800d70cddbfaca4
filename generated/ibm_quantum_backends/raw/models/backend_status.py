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
)

T = TypeVar("T", bound="BackendStatus")
_DECLARED: frozenset[str] = frozenset(
    (
        "length_queue",
        "state",
        "status",
        "message",
        "backend_version",
    )
)


@_attrs_define(repr=False)
class BackendStatus:
    """Backends Status Response

    Attributes:
        length_queue (int): Length of the queue for the backend
        state (bool | Unset): State of the backend
        status (str | Unset): Status of the backend
        message (str | Unset): Description of the backend state
        backend_version (str | Unset): Backend version
    """

    length_queue: int
    state: bool | Unset = UNSET
    status: str | Unset = UNSET
    message: str | Unset = UNSET
    backend_version: str | Unset = UNSET
    _undeclared: dict[str, Any] | None = _attrs_field(
        init=False, default=None, eq=lambda fields: fields or None
    )

    def __repr__(self) -> str:
        return short(self)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that this was made from, up to the spelling of a date-time."""
        document: dict[str, Any] = dict(self._undeclared or ())
        document["length_queue"] = self.length_queue
        if self.state is not UNSET:
            document["state"] = self.state
        if self.status is not UNSET:
            document["status"] = self.status
        if self.message is not UNSET:
            document["message"] = self.message
        if self.backend_version is not UNSET:
            document["backend_version"] = self.backend_version
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
            at = "length_queue"
            _length_queue = src_dict["length_queue"]
            if type(_length_queue) is not int:
                _length_queue = integer(_length_queue)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError.below(at, src_dict, error) from None
        model = cls.__new__(cls)  # __init__ takes a third longer
        model.length_queue = _length_queue
        model.state = src_dict.get("state", UNSET)
        model.status = src_dict.get("status", UNSET)
        model.message = src_dict.get("message", UNSET)
        model.backend_version = src_dict.get("backend_version", UNSET)
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
