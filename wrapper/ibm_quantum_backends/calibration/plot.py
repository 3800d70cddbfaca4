"""A device drawn as a map, with the values of its qubits and pairs as colours (extra `plot`)."""

# pyright: reportUnknownMemberType=false
# Matplotlib's hints leave the options of its methods open.

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..documents import one_line
from ..errors import InvalidInputError, MissingExtraError
from .device_positions import Position, device_positions, spacing
from .picture import INK, Picture, Scale, check_path, label, make_scale, number, plain, ticks, write
from .units import SI_UNITS

try:
    from matplotlib import colormaps
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.collections import LineCollection, PatchCollection
    from matplotlib.colorbar import Colorbar
    from matplotlib.colors import Colormap, ListedColormap, LogNorm, Normalize, to_hex, to_rgb
    from matplotlib.legend_handler import HandlerTuple
    from matplotlib.lines import Line2D
    from matplotlib.patches import Circle
except ModuleNotFoundError as error:
    raise MissingExtraError("Drawing", extra="plot") from error

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .calibration import Calibration

__all__ = ["check_path", "plot_map", "write"]

Pair = tuple[int, int]
_Key = TypeVar("_Key", int, Pair)
Box = tuple[float, float, float, float]

# In both, lighter is more, in nearly even steps, to colour-blind readers and in grey: from blue to yellow here, from
# brown to yellow there, which those who see no green or red can tell apart. Without the second one's black and white.
_QUBIT_COLOURS = colormaps["viridis"]
_PAIR_COLOURS = ListedColormap([colormaps["afmhot"](step) for step in range(50, 194)])
_ABSENT = "#c8c8c8"
_RADIUS = 0.33  # of a qubit, as a part of the smallest distance between two
_TITLE, _BARS, _ROW = 0.75, 0.8, 0.26  # heights in inches
_DASHED: dict[str, Any] = {"color": INK, "linewidth": 1.3, "linestyle": (0, (1.6, 1.1))}


@dataclass(frozen=True)
class _Shown(Generic[_Key]):
    """What colours the qubits, or the pairs, which `keys` are.

    Attributes:
        title: Of the colour bar; empty where nothing is asked for.
        values: In SI units, of those that work and have one.
        partly: Pairs of which only some gates work.
        plain: The colour where nothing is asked for.
    """

    keys: Sequence[_Key]
    title: str
    values: Mapping[_Key, float]
    faulty: Set[_Key]
    partly: Set[_Key]
    scale: Scale | None
    colours: Colormap
    plain: str

    def norm(self, scale: Scale) -> Normalize:
        room = (0.05 * abs(scale.low) or 1.0) if scale.low == scale.high else 0.0  # one value stands in the middle
        return (LogNorm if scale.log else Normalize)(scale.low - room, scale.high + room, clip=True)

    @cached_property
    def painted(self) -> Mapping[_Key, str]:
        """The colour of each."""
        rest = _ABSENT if self.title else self.plain
        colours = {key: "#ffffff" if key in self.faulty else rest for key in self.keys}
        if self.scale:
            parts = self.norm(self.scale)([value / self.scale.factor for value in self.values.values()])
            colours.update(zip(self.values, map(to_hex, self.colours(parts)), strict=True))
        return colours

    def absent(self) -> int:
        return sum(key not in self.values and key not in self.faulty for key in self.keys) if self.title else 0


def plot_map(calibration: Calibration, *, qubits: str | None, pairs: str | None) -> Figure:
    """The device as a map; a notebook shows it, and `write` writes it.

    What does not work has no colour: a qubit is crossed out, and a pair on which no two-qubit basis gate works is a
    dashed line with a cross. A pair with gates that work and gates that do not, such as those of one direction, has
    dashes over its colour. What has no value is grey. The legend says how many there are of each.

    Args:
        calibration: The device.
        qubits: What colours the qubits: a column of `Calibration.qubits`, or None.
        pairs: What colours the pairs: `gate_error` or `gate_length`, the smallest of any working two-qubit basis gate,
            in either direction; `jq` or `zz` of `Calibration.pair_values`; or None.

    Raises:
        InvalidInputError: The device has no such column or value.
        MissingExtraError: A package is missing.
    """
    nodes, edges = _qubits(calibration, qubits), _pairs(calibration, pairs)
    places = device_positions(calibration)
    near = spacing(places)
    left, right, top, bottom = (end(axis) for axis in zip(*places, strict=True) for end in (min, max))
    width, height = right - left + near, bottom - top + near
    # Inches between neighbours: at 0.5, three digits can be read; small devices have more, and no PNG is too large.
    inches = min(max(0.5, min(1.0, 8.5 * near / max(width, height))), 100 * near / max(width, height)) / near
    points = 72 * inches * _RADIUS * near  # of a qubit's radius

    keys = _legend(nodes, edges)
    bars = [(shown, shown.scale) for shown in (nodes, edges) if shown.scale]
    below = 0.15 + (len(keys) + 1) // 2 * _ROW + (_BARS if bars else 0)
    page = max(6.6, inches * width + 0.4), below + inches * height + _TITLE
    figure = Picture(*page)

    def box(left: float, bottom: float, wide: float, high: float) -> Box:
        return left / page[0], bottom / page[1], wide / page[0], high / page[1]

    axes = figure.add_axes(box((page[0] - inches * width) / 2, below, inches * width, inches * height))
    axes.set_axis_off()
    axes.set_xlim(left - near / 2, right + near / 2)
    axes.set_ylim(bottom + near / 2, top - near / 2)  # row 0 is at the top
    for artist in _artists(nodes, edges, places, points, near):
        axes.add_collection(artist, autolim=False)
    digits = len(str(len(places) - 1))
    font = min(14.0, points, 1.7 * points / (0.64 * digits))  # a digit is 0.64 of its font wide
    for qubit, (x, y) in enumerate(places):
        colour = _ink_on(nodes.painted[qubit])
        text = axes.text(x, y, str(qubit), color=colour, fontsize=font, ha="center", va="center_baseline")
        text.set(gid=f"qubit-{qubit}", zorder=9)

    for place, (shown, scale) in enumerate(bars):
        room = page[0] / len(bars)
        long = min(room - 0.7, 4.5)
        axes = figure.add_axes(box(place * room + (room - long) / 2, below - 0.25, long, 0.15), facecolor="white")
        _draw_bar(axes, shown, scale)
    if keys:
        marks, told = zip(*keys, strict=True)
        drawn = {tuple: HandlerTuple(ndivide=1)}  # one over the other
        figure.key(marks, told, (0.5, 0.06 / page[1]), ncols=min(2, len(keys)), handler_map=drawn)
    count = "1 qubit" if len(places) == 1 else f"{len(places)} qubits"
    date = f"calibrated {calibration.last_update_date:%Y-%m-%d %H:%M} UTC"
    processor = plain(calibration.processor or "", 20)
    figure.head(calibration.backend_name, ", ".join(filter(None, (processor, count, date))))
    return figure


# What there is to show.


def _qubits(calibration: Calibration, name: str | None) -> _Shown[int]:
    if name is not None and name not in calibration.qubits:
        there = one_line(", ".join(calibration.qubits))
        raise InvalidInputError(f"qubits: expected None or one of {there}; found {one_line(name)!r:.40}")
    if not calibration.num_qubits:
        raise InvalidInputError(f"{one_line(calibration.backend_name)}: expected a device with qubits, found none")
    keys, faulty = range(calibration.num_qubits), calibration.faulty_qubits.keys()
    column = enumerate(calibration.qubits[name] if name else ())
    values = {qubit: value for qubit, value in column if value is not None and qubit not in faulty}
    scale = make_scale(values.values(), SI_UNITS.get(name or "", ""))
    title = f"Qubits: {label(name, scale)}" if name else ""
    return _Shown(keys, title, values, faulty, set(), scale, _QUBIT_COLOURS, "#ffffff")


def _pairs(calibration: Calibration, name: str | None) -> _Shown[Pair]:
    others = calibration.pair_values()
    if name not in (None, "gate_error", "gate_length", *others):
        there = ", ".join(("gate_error", "gate_length", *others))
        raise InvalidInputError(f"pairs: expected None or one of {there}; found {one_line(name)!r:.40}")
    keys = sorted({(min(pair), max(pair)) for pair in calibration.coupling_map if pair[0] != pair[1]})
    table = calibration.gates
    column: Sequence[float | None] = table[name] if name and name in table else [None] * len(table["gate"])
    works: set[Pair] = set()
    fails: set[Pair] = set()
    found: dict[Pair, float] = {**others.get(name or "", {})}
    for gate, on, value in zip(table["gate"], table["qubits"], column, strict=True):
        if gate not in calibration.two_qubit_gates or len({*on}) != 2:
            continue
        pair = (min(on), max(on))
        if (gate, on) in calibration.faulty_gates:
            fails.add(pair)
        else:
            works.add(pair)
            if value is not None and value <= found.get(pair, value):
                found[pair] = value
    faulty = fails - works
    values = {pair: found[pair] for pair in keys if pair in found and pair not in faulty}
    scale = make_scale(values.values(), SI_UNITS.get(name or "", ""))
    called = name and name.replace("gate", " or ".join(calibration.two_qubit_gates) or "gate")
    title = f"Pairs: {label(called, scale)}" if called else ""
    return _Shown(keys, title, values, faulty & {*keys}, fails & works & {*keys}, scale, _PAIR_COLOURS, "#808080")


# How it is drawn.


def _artists(
    nodes: _Shown[int], edges: _Shown[Pair], places: Sequence[Position], points: float, near: float
) -> Iterator[LineCollection | PatchCollection]:
    """Lines and circles, the lower ones first; `points` is the radius of a circle."""
    wide = min(7.0, 0.45 * points)

    def lines(gid: str, pairs: Iterable[Pair], **style: Any) -> LineCollection:
        return LineCollection([(places[a], places[b]) for a, b in pairs], gid=gid, **style)

    def crosses(gid: str, at: Iterable[Position], arm: float, **style: Any) -> LineCollection:
        ends = ((arm, arm), (arm, -arm))
        return LineCollection([((x - i, y - j), (x + i, y + j)) for x, y in at for i, j in ends], gid=gid, **style)

    sound = [pair for pair in edges.keys if pair not in edges.faulty]
    told = [pair for pair in sound if pair in edges.values]
    yield lines("outlines", told, color=INK, linewidth=wide + 1.2, zorder=1)
    yield lines("pairs", sound, color=[edges.painted[pair] for pair in sound], linewidth=wide, zorder=2)
    yield lines("partly-faulty-ground", edges.partly, color="white", linewidth=2.6, zorder=3)
    yield lines("partly-faulty-pairs", edges.partly, **_DASHED, zorder=3)
    yield lines("faulty-pairs", sorted(edges.faulty), **_DASHED, zorder=3)
    ends = ((places[a], places[b]) for a, b in sorted(edges.faulty))
    middles = [((one[0] + other[0]) / 2, (one[1] + other[1]) / 2) for one, other in ends]
    yield crosses("faulty-pair-crosses", middles, 0.11 * near, color=INK, linewidth=2, zorder=3)
    out = [places[qubit] for qubit in sorted(nodes.faulty)]
    yield crosses("faulty-qubit-crosses", out, 1.06 * _RADIUS * near, color=INK, linewidth=3, zorder=4)
    circles = PatchCollection([Circle(place, _RADIUS * near) for place in places], gid="qubits", zorder=5)
    circles.set_facecolor([nodes.painted[qubit] for qubit in nodes.keys])
    circles.set_edgecolor(INK)
    circles.set_linewidth([2.2 if qubit in nodes.faulty else 0.8 for qubit in nodes.keys])
    yield circles


def _legend(nodes: _Shown[int], edges: _Shown[Pair]) -> list[tuple[Any, str]]:
    """What has no colour, or not only that: a mark and how many there are."""

    def mark(*, colour: str = "white", size: float = 12, edge: float = 0.8) -> Line2D:
        style: dict[str, Any] = {"markeredgecolor": INK, "markeredgewidth": edge}
        return Line2D([], [], linestyle="none", marker="o", markersize=size, markerfacecolor=colour, **style)

    cross = Line2D([], [], linestyle="none", marker="x", markersize=14, markeredgecolor=INK, markeredgewidth=2.4)
    crossed = Line2D([], [], **_DASHED, marker="x", markersize=7, markeredgewidth=2)
    coloured = Line2D([], [], color=edges.colours(0.4), linewidth=6.5)
    ground = Line2D([], [], color="white", linewidth=2.6)
    dashes, grey = Line2D([], [], **_DASHED), Line2D([], [], color=_ABSENT, linewidth=5)
    rows: list[tuple[Any, str, int]] = [
        ((cross, mark(size=10.5, edge=2)), "faulty qubit{}", len(nodes.faulty)),
        (crossed, "faulty pair{}", len(edges.faulty)),
        ((coloured, ground, dashes), "partly faulty pair{}", len(edges.partly)),
        (mark(colour=_ABSENT), "qubit{} without a value", nodes.absent()),
        (grey, "pair{} without a value", edges.absent()),
    ]
    return [(handle, f"{count} {told.format('s' * (count > 1))}") for handle, told, count in rows if count]


def _draw_bar(axes: Axes, shown: _Shown[Any], scale: Scale) -> None:
    mappable = ScalarMappable(shown.norm(scale), shown.colours)
    choices = [ticks(scale.low, scale.high, log=scale.log, most=most) for most in (6, 4)]
    places = next((choice for choice in choices if len("".join(map(number, choice))) <= 24), choices[-1])
    bar = Colorbar(axes, mappable, orientation="horizontal", extend=scale.beyond, extendfrac=0.03, ticks=places)
    bar.minorticks_off()
    bar.ax.set_xticklabels([*map(number, places)])
    bar.ax.tick_params(labelsize=9, colors=INK)
    bar.set_label(shown.title, fontsize=10, color=INK, parse_math=False)


def _ink_on(colour: str) -> str:
    """Black or white, whichever has the greater contrast by WCAG 2: 4.5 or more on any colour."""
    parts = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour))
    light = sum(part * weight for part, weight in zip(parts, (0.2126, 0.7152, 0.0722), strict=True))
    return "#000000" if (light + 0.05) ** 2 > 1.05 * 0.05 else "#ffffff"
