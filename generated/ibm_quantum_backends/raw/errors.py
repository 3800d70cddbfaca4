# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
"""The error of the raw client."""

from collections.abc import Mapping
from typing import Any


class ModelError(ValueError):
    """A document does not fit its model.

    Attributes:
        expected: What the model wants, such as `string`.
        value: What stands there instead.
        path: Where, as a JSON path from the object that was parsed, such as `$.gates[3].parameters[0].value`.
    """

    def __init__(self, expected: str, value: object, path: str = ""):
        self.expected = expected
        self.value = value
        self.path = "$" + path.removeprefix("$")
        self._at: object = value  # what the path's first step leads to
        super().__init__(expected, value, path)

    def __str__(self) -> str:
        found = "nothing" if self.expected == "required" else repr(self.value)
        return f"{self.path}: expected {'a value' if self.expected == 'required' else self.expected}, found {found:.80}"

    @classmethod
    def mapping(cls, value: object) -> dict[str, Any]:
        if isinstance(value, Mapping):
            return dict(value)
        raise cls("object", value)

    @classmethod
    def below(cls, key: str, parent: dict[str, Any], error: Exception) -> "ModelError":
        """The error as seen from the parent: its path begins with the key and the indices that lead to it."""
        if isinstance(error, KeyError):
            error, steps = cls("required", parent), ""
        else:
            value = parent[key]
            if not isinstance(error, cls):
                error = cls(f"a value that can be read ({error})", value)
            steps = _indices(value, error._at) or ""
        moved = cls(error.expected, error.value, f".{key}{steps}{error.path[1:]}")
        moved._at = parent
        return moved


def _indices(value: object, sought: object) -> str | None:
    """The indices that lead through nested arrays to an object, by identity."""
    if value is sought:
        return ""
    if isinstance(value, list):
        for index, item in enumerate(value):
            if (steps := _indices(item, sought)) is not None:
                return f"[{index}]{steps}"
    return None


__all__ = ["ModelError"]
