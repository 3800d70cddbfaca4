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
)

if TYPE_CHECKING:
    from ..models.readout_error_median import ReadoutErrorMedian
    from ..models.two_q_error_best import TwoQErrorBest
    from ..models.two_q_error_layered import TwoQErrorLayered
    from ..models.two_q_error_median import TwoQErrorMedian

T = TypeVar("T", bound="PerformanceMetrics")
_DECLARED: frozenset[str] = frozenset(
    (
        "two_q_error_best",
        "two_q_error_layered",
        "two_q_error_median",
        "readout_error_median",
    )
)


@_attrs_define(repr=False)
class PerformanceMetrics:
    """A PerformanceMetrics object.

    Attributes:
        two_q_error_best (TwoQErrorBest | Unset):
        two_q_error_layered (TwoQErrorLayered | Unset):
        two_q_error_median (TwoQErrorMedian | Unset):
        readout_error_median (ReadoutErrorMedian | Unset):
    """

    two_q_error_best: TwoQErrorBest | Unset = UNSET
    two_q_error_layered: TwoQErrorLayered | Unset = UNSET
    two_q_error_median: TwoQErrorMedian | Unset = UNSET
    readout_error_median: ReadoutErrorMedian | Unset = UNSET
    _undeclared: dict[str, Any] | None = _attrs_field(
        init=False, default=None, eq=lambda fields: fields or None
    )

    def __repr__(self) -> str:
        return short(self)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that this was made from, up to the spelling of a date-time."""
        document: dict[str, Any] = dict(self._undeclared or ())
        if self.two_q_error_best is not UNSET:
            document["two_q_error_best"] = plain(self.two_q_error_best)
        if self.two_q_error_layered is not UNSET:
            document["two_q_error_layered"] = plain(self.two_q_error_layered)
        if self.two_q_error_median is not UNSET:
            document["two_q_error_median"] = plain(self.two_q_error_median)
        if self.readout_error_median is not UNSET:
            document["readout_error_median"] = plain(self.readout_error_median)
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
        model.two_q_error_best = keep(
            src_dict.get("two_q_error_best", UNSET), TwoQErrorBest.from_dict
        )
        model.two_q_error_layered = keep(
            src_dict.get("two_q_error_layered", UNSET), TwoQErrorLayered.from_dict
        )
        model.two_q_error_median = keep(
            src_dict.get("two_q_error_median", UNSET), TwoQErrorMedian.from_dict
        )
        model.readout_error_median = keep(
            src_dict.get("readout_error_median", UNSET), ReadoutErrorMedian.from_dict
        )
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
from ..models.readout_error_median import ReadoutErrorMedian
from ..models.two_q_error_best import TwoQErrorBest
from ..models.two_q_error_layered import TwoQErrorLayered
from ..models.two_q_error_median import TwoQErrorMedian
