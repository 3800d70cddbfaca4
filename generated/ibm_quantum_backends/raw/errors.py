# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
"""The error of the raw client."""

from collections.abc import Iterator, Mapping
from typing import Any, cast


class ModelError(ValueError):
    """A document does not fit its model.

    Attributes:
        expected: What the model wants, such as `string`.
        value: What stands there instead.
        path: Where, as a JSON path from the object that was parsed, such as `$.gates[3].parameters[0].value`.
        at: What the path begins at.
    """

    def __init__(self, expected: str, value: object, path: str = ""):
        self.expected = expected
        self.value = value
        self.path = "$" + path.removeprefix("$")
        self.at: object = value
        super().__init__(expected, value, path)

    def __str__(self) -> str:
        found = "nothing" if self.expected == "required" else repr(self.value)
        return f"{self.path}: expected {'a value' if self.expected == 'required' else self.expected}, found {found:.80}"

    @classmethod
    def mapping(cls, value: object) -> dict[str, Any]:
        if isinstance(value, Mapping):
            return dict(cast("Mapping[str, Any]", value))
        raise cls("object", value)

    @classmethod
    def below(
        cls, key: str, parent: Mapping[str, Any], error: Exception
    ) -> "ModelError":
        """The error as seen from the parent: its path begins with the key and the indices that lead to it."""
        if isinstance(error, KeyError):
            error, steps = cls("required", parent), ""
        else:
            value = parent[key]
            if not isinstance(error, cls):
                error = cls(f"a value that can be read ({error!s:.80})", value)
            places = _places(value, error.at)
            # what should be an array is nowhere deeper than here; an item of one can be equal, as 1 in [[0, 1], 1]
            steps = (
                min(places, key=len, default="")
                if error.expected == "array"
                else next(places, "")
            )
        moved = cls(error.expected, error.value, f".{key}{steps}{error.path[1:]}")
        moved.at = parent
        return moved


def _places(value: object, sought: object) -> Iterator[str]:
    """The indices that lead through nested arrays to an object, by identity: to each place where it is."""
    if value is sought:
        yield ""
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[object]", value)):
            for steps in _places(item, sought):
                yield f"[{index}]{steps}"


__all__ = ["ModelError"]
