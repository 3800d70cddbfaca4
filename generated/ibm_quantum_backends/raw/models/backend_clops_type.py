# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
from enum import StrEnum


class BackendClopsType(StrEnum):
    """Known values; another one that the API sends becomes a member too, so identity, pickle and to_dict hold."""

    HARDWARE = "hardware"
    VIRTUAL = "virtual"

    @classmethod
    def _missing_(cls, value: object) -> "BackendClopsType | None":
        if not isinstance(value, str):
            return None
        added = str.__new__(cls, value)
        # The repr of a member shows its name as it is.
        added._name_ = value if value.isprintable() else repr(value)
        added._value_ = value
        return cls._value2member_map_.setdefault(value, added)  # type: ignore[return-value]
