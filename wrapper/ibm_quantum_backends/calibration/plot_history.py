"""A calibrated value over time, drawn as lines (extra `plot`)."""

# pyright: reportUnknownMemberType=false
# Matplotlib's hints leave the options of its methods open.

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from itertools import chain
from math import isfinite
from numbers import Integral
from typing import TYPE_CHECKING, Any

from ..documents import one_line
from ..errors import InvalidInputError, MissingExtraError
from .picture import INK, Picture, label, make_scale, number, plain, ticks
from .units import SI_UNITS

try:
    from matplotlib import dates
    from matplotlib.axes import Axes
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
except ModuleNotFoundError as error:
    raise MissingExtraError("Drawing", extra="plot") from error

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame, Series

__all__ = ["plot_history"]

# As many lines as can be told apart, in the colours of Okabe and Ito, which colour-blind readers can tell apart too; a
# grey stands for their yellow, which is too faint for a line.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#7f7f7f")
_LINES = tuple(zip(_COLOURS, "osD^vP*X", strict=True))
_DATES: Any = dates  # it has no hints
_ENDS = (("#009e73", "-"), ("#d55e00", (0, (4, 1.5))))  # the better or higher one, and the other


def plot_history(frame: DataFrame, *, metric: str, name: str) -> Figure:
    """A value over time: the median of all, the range that holds 80 % of them, the best and the worst one.

    Up to eight are a line each instead. Errors of 1 or more say that something does not work, and are left out. A line
    has a gap where a value is missing, and where two times are more than 1.5 times as far apart as they mostly are.

    Args:
        frame: A row for each time, in UTC, and a column for each qubit (a number) or gate entry (text); SI units.
        metric: What the values are, such as `t1` or `cz_error`. Best is the smallest median over time of an error or
            length, and the largest of T1 and T2; of anything else, the ends are called lowest and highest.
        name: Of the device.

    Raises:
        InvalidInputError: The frame has no value.
        MissingExtraError: A package is missing.
    """
    import pandas  # noqa: PLC0415 (who has a frame has it)

    # matplotlib counts days from a date without a zone, and knows none but UTC
    values = frame.set_axis(pandas.DatetimeIndex(pandas.to_datetime(frame.index, utc=True)).tz_localize(None))
    values = values.sort_index()
    values = values.loc[~values.index.duplicated(keep="last")]
    if "error" in metric:
        values = values.where(values < 1)
    values = values.dropna(axis="columns", how="all")
    unit = SI_UNITS.get(metric, "s" if metric.endswith("_length") else "")
    scale = make_scale(filter(isfinite, values.to_numpy(float).ravel().tolist()), unit)
    if scale is None:
        raise InvalidInputError(f"frame: expected values of {one_line(metric)!r:.40}, found none")
    values = _with_gaps(values / scale.factor)
    times: list[float] = _DATES.date2num(values.index.to_numpy()).tolist()
    dot = 5.0 if len(times) <= 60 else 1.5  # marks show a value that stands alone between gaps

    lines: list[tuple[Series[float], str, dict[str, Any]]] = []
    band: list[Series[float]] = []
    if len(values.columns) <= len(_LINES):
        for column, (colour, marker) in zip(values.columns, _LINES, strict=False):
            lines.append((values[column], _called(column), {"color": colour, "marker": marker, "linewidth": 1.5}))
    else:
        band = [values.quantile(part, axis="columns") for part in (0.1, 0.9)]
        strong = {"color": "#08306b", "marker": "o", "linewidth": 2.8, "zorder": 4}
        lines.append((values.median(axis="columns"), "median", strong))
        for (told, end), (colour, dashes) in zip(_ends(values, metric), _ENDS, strict=True):
            thin = {"color": colour, "linestyle": dashes, "marker": ".", "linewidth": 1.1, "zorder": 3}
            lines.append((values[end], f"{told}: {_called(end)}", thin))

    figure = Picture(9, 5)
    axes = figure.add_axes((0.09, 0.21, 0.885, 0.63), facecolor="white")
    if band:
        low, high = (line.to_numpy() for line in band)
        axes.fill_between(times, low, high, color="#a6cbe8", linewidth=1.5, label="10 to 90 % of all", zorder=1)
    for line, called, style in lines:
        axes.plot(times, line.to_numpy(), label=called, markersize=dot, **style)
    drawn = [*band, *(line for line, _, _ in lines)]
    _set_axes(axes, times, [*filter(isfinite, chain.from_iterable(drawn))], label(metric, scale), log=scale.log)
    marks, names = axes.get_legend_handles_labels()
    figure.key(marks, names, (0.53, 0.015 if len(names) > 4 else 0.03), ncols=4)
    whole = all(isinstance(column, Integral) for column in values.columns)
    count = f"{len(values.columns)} {'qubit' if whole else 'gate'}{'s' * (len(values.columns) > 1)}"
    days = dict.fromkeys(f"{values.index[end]:%Y-%m-%d}" for end in (0, -1))
    figure.head(name, f"{label(metric, None)} of {count}, {' to '.join(days)} (UTC)")
    return figure


def _with_gaps(values: DataFrame) -> DataFrame:
    """With a row of nothing wherever times are missing."""
    times = values.index
    steps = times[1:] - times[:-1]
    wide = steps > 1.5 * steps.to_series().median()
    return values.reindex(times.append(times[:-1][wide] + steps[wide] / 2).sort_values())


def _ends(values: DataFrame, metric: str) -> list[tuple[str, int | str]]:
    """The columns with the smallest and the largest median over time, and what to call them, the better one first."""
    order = values.median().sort_values(kind="stable").index
    if metric in ("t1", "t2"):
        return [("best", order[-1]), ("worst", order[0])]
    if "error" in metric or metric.endswith("_length"):
        return [("best", order[0]), ("worst", order[-1])]
    return [("highest", order[-1]), ("lowest", order[0])]


def _called(column: object) -> str:
    return f"qubit {column}" if isinstance(column, Integral) else plain(column, 20)


def _set_axes(axes: Axes, times: Sequence[float], drawn: Sequence[float], told: str, *, log: bool) -> None:
    low, high = min(drawn), max(drawn)
    if log:
        low = min(value for value in drawn if value > 0)
        axes.set_yscale("log", nonpositive="clip")
        axes.set_ylim(low / 1.15, high * 1.15)
    else:
        room = 0.06 * (high - low) or 0.05 * abs(low) or 1.0
        axes.set_ylim(low - room, high + room)
    axes.yaxis.set_major_locator(FixedLocator(ticks(*axes.get_ylim(), log=log, most=8)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(number))
    axes.set_ylabel(told, fontsize=10, color=INK, parse_math=False)
    span = times[-1] - times[0]
    axes.set_xlim(times[0] - (0.02 * span or 1), times[-1] + (0.02 * span or 1))
    locator = _DATES.AutoDateLocator(tz=UTC)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(_DATES.ConciseDateFormatter(locator, tz=UTC))
    axes.xaxis.get_offset_text().set(color=INK, fontsize=9)
    axes.tick_params(labelsize=9, colors=INK)
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set(color=INK, visible=side in ("left", "bottom"))
