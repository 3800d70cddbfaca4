"""The units of calibrated properties, and their SI values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

__all__ = ["ALL", "HERTZ", "NUMBER", "SECONDS", "SI_UNITS", "Scale"]

# What a value in a unit is divided by, then multiplied with: a division by a power of ten is exact to the last digit
# where a multiplication with its inverse is not.
Scale: TypeAlias = Mapping[str, tuple[float, float]]

SECONDS: Scale = {
    "s": (1.0, 1.0),
    "ms": (1e3, 1.0),
    "us": (1e6, 1.0),
    "\N{MICRO SIGN}s": (1e6, 1.0),
    "\N{GREEK SMALL LETTER MU}s": (1e6, 1.0),
    "ns": (1e9, 1.0),
    "ps": (1e12, 1.0),
}
HERTZ: Scale = {
    "Hz": (1.0, 1.0),
    "kHz": (1.0, 1e3),
    "MHz": (1.0, 1e6),
    "GHz": (1.0, 1e9),
    "THz": (1.0, 1e12),
}
NUMBER: Scale = {"": (1.0, 1.0)}
ALL: Scale = {**SECONDS, **HERTZ, **NUMBER}

# By column: the unit of the values in it.
SI_UNITS: Mapping[str, str] = {
    **dict.fromkeys(("t1", "t2", "readout_length", "gate_length"), "s"),
    **dict.fromkeys(("frequency", "anharmonicity", "jq", "zz"), "Hz"),
    **dict.fromkeys(("readout_error", "prob_meas0_prep1", "prob_meas1_prep0", "gate_error", "operational"), ""),
}
