"""What pictures have in common: the figure, its file, and scales in units that are easy to read."""

# pyright: reportUnknownMemberType=false
# Matplotlib's hints leave the options of its methods open.

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from io import BytesIO
from math import ceil, floor, log10
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Literal, NamedTuple

from ..documents import one_line
from ..errors import InvalidInputError, MissingExtraError
from ..recording import write_whole

try:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator
except ModuleNotFoundError as error:
    raise MissingExtraError("Drawing", extra="plot") from error

__all__ = ["INK", "Picture", "Scale", "check_path", "label", "make_scale", "number", "plain", "ticks", "write"]

INK = "#1a1a1a"
_METADATA: dict[str, dict[str, None]] = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}
_Beyond = Literal["neither", "min", "max", "both"]
_BEYOND: dict[tuple[bool, bool], _Beyond] = {
    (False, False): "neither",
    (True, False): "min",
    (False, True): "max",
    (True, True): "both",
}
_PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "u"), (1e-9, "n"))
_LARGEST = 1e30  # end of any scale: sums and products of larger numbers overflow
_NAMES = {"t1": "T1", "t2": "T2", "jq": "coupling strength jq", "zz": "static interaction zz"}


class Picture(Figure):
    """A plain figure, on white whatever the style, which pyplot does not know of.

    Notebooks show a figure only once pyplot has told them how; this one tells them itself, and is shown once.
    """

    def __init__(self, width: float, height: float) -> None:
        super().__init__(figsize=(width, height), dpi=150, facecolor="white")
        self.set_layout_engine("none")
        FigureCanvasAgg(self)

    def head(self, title: str, about: str) -> None:
        """The device's name in bold, and a line below it."""
        high = self.get_figheight()
        for text, inches, size, weight in (
            (plain(title, 40), 0.16, 14, "bold"),
            (plain(about, 75), 0.43, 10, "normal"),
        ):
            told = self.text(0.5, 1 - inches / high, text, fontsize=size, fontweight=weight)
            told.set(ha="center", va="top", color=INK, parse_math=False)

    def key(self, marks: Iterable[Any], told: Iterable[str], place: tuple[float, float], **options: Any) -> None:
        """The legend, above a place in parts of the figure."""
        options |= {"frameon": False, "fontsize": 9.5, "labelcolor": INK, "handlelength": 2.6, "handleheight": 1.1}
        legend = self.legend(marks, told, loc="lower center", bbox_to_anchor=place, **options)
        for text in legend.get_texts():
            text.set_parse_math(False)

    def _repr_png_(self) -> bytes:
        return _rendered(self, "png")


def check_path(path: str | os.PathLike[str]) -> str:
    """The kind of picture that a file's name asks for, `png` or `svg`.

    Raises:
        InvalidInputError: It ends in neither.
    """
    kind = Path(path).suffix[1:].lower()
    if kind not in _METADATA:
        raise InvalidInputError(f"expected a file that ends in .png or .svg, found {one_line(os.fspath(path))!r:.80}")
    return kind


def write(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write a figure whole or not at all, the same bytes each time.

    Raises:
        InvalidInputError: As of `check_path`.
        OSError: It cannot be written there.
    """
    content = _rendered(figure, check_path(path))
    write_whole(Path(os.path.realpath(path)), content)


def _rendered(figure: Figure, kind: str) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format=kind, metadata=_METADATA[kind])
    content = buffer.getvalue()
    if kind == "svg":
        # Names in the file hold random digits, which only a setting of the whole program would fix.
        names = dict.fromkeys(re.findall(rb'\bid="\w*?([0-9a-f]{10})"', content))
        fixed = {name: b"%010d" % number for number, name in enumerate(names)}
        content = re.sub(rb"(?<=\w)[0-9a-f]{10}\b", lambda found: fixed.get(found[0], found[0]), content)
    return content


class Scale(NamedTuple):
    """How values are shown.

    Attributes:
        factor: What values in SI units are divided by.
        unit: Of the quotients, such as `us`; empty for plain numbers.
        low, high: Ends of the scale, in `unit`.
        log: The scale is logarithmic.
        beyond: Which ends have values beyond them: `neither`, `min`, `max` or `both`.
    """

    factor: float
    unit: str
    low: float
    high: float
    log: bool
    beyond: _Beyond


def make_scale(values: Iterable[float], unit: str) -> Scale | None:
    """A scale for values in an SI unit, None where there are none.

    Plain numbers from 0 on, such as errors, have a logarithmic one where they span a decade or more, 0 below its end.
    Other scales of twenty values or more leave out those that lie apart: three interquartile ranges from the quartiles,
    Tukey's outer fences.
    """
    order = sorted(values)
    if not order:
        return None
    sizes = [abs(value) for value in order if value] or [1.0]
    factor, prefix = 1.0, ""
    if unit:
        factor, prefix = next((each for each in _PREFIXES if each[0] <= median(sizes) * 1.000001), _PREFIXES[-1])
    low, high = order[0], order[-1]
    log = not unit and low >= 0 and high >= 10 * min(sizes)
    if log:
        low = min(sizes)
    elif len(order) >= 20:
        first, _, third = quantiles(order, method="inclusive")
        if third > first:
            low, high = max(low, first - 3 * (third - first)), min(high, third + 3 * (third - first))
    low, high = (min(max(end, -_LARGEST), _LARGEST) for end in (low, high))
    beyond = _BEYOND[order[0] < low, order[-1] > high]
    return Scale(factor, prefix + unit, low / factor, high / factor, log, beyond)


def ticks(low: float, high: float, *, log: bool, most: int) -> list[float]:
    """Round numbers from `low` to `high`, about as many as `most`; the one number where both are the same."""
    if low == high:
        return [low]
    if not log:
        found = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        return [float(tick) for tick in found if low <= tick <= high]
    decades = range(floor(log10(low)), ceil(log10(high)) + 1)
    choices = [[digit * 10.0**decade for decade in decades for digit in digits] for digits in ((1, 2, 5), (1, 3), (1,))]
    inside = [[tick for tick in choice if 0.999999 * low <= tick <= 1.000001 * high] for choice in choices]
    return next((choice for choice in inside if len(choice) <= most), inside[-1])


def number(value: float, _: object = None) -> str:
    """A number at a tick."""
    return f"{value:.4g}"


def plain(text: object, most: int) -> str:
    """A document's text as any font has it, in one line of so many characters."""
    told = one_line(text).encode("ascii", "backslashreplace").decode()
    return told if len(told) <= most else f"{told[: most - 3]}..."


def label(name: str, scale: Scale | None) -> str:
    """A quantity and its unit, such as `T1 (us)`."""
    told = _NAMES.get(name, plain(name, 24).replace("_", " "))
    return f"{told} ({scale.unit})" if scale and scale.unit else told
