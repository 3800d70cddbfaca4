"""How a figure is measured, and the table of all of them.

A figure is a ratio of two things, ours and a reference, timed in turn in one run: reference, ours, reference, ours.
What else the machine does at the time slows both of a pair alike, so the ratio is taken pair by pair: the table shows
the median of these ratios, as spread their quartiles, and the median time of each side. Where the quartiles are far
apart, run again on a quieter machine. Both sides run once before and neither keeps its result. The garbage collector
works as it always does, on what the sides make: what pytest holds is taken out of it.

No figure fails a run: the table says `ok` or `over`.
"""

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

__all__ = ["Figures"]


class _Row(NamedTuple):
    what: str
    ours: str
    reference: str = ""
    ratio: str = ""
    spread: str = ""
    target: str = ""
    verdict: str = ""


class Figures:
    """Takes what is measured, and keeps it for the table."""

    def __init__(self) -> None:
        self._rows = [_Row("what", "ours", "reference", "ratio", "spread", "target")]

    def ratio(
        self,
        benchmark: Any,  # the fixture, whose methods have no types
        what: str,
        ours: Callable[[], object],
        reference: Callable[[], object],
        *,
        target: float,
        rounds: int,
    ) -> None:
        """Time both sides in turn, `rounds` times each."""

        def run_ours() -> None:
            ours()

        def run_reference() -> None:
            start = time.perf_counter()
            reference()
            others.append(time.perf_counter() - start)

        others: list[float] = []
        gc.collect()
        gc.freeze()
        benchmark.pedantic(run_ours, setup=run_reference, rounds=rounds, warmup_rounds=1)
        gc.unfreeze()
        pairs: list[tuple[float, float]] = list(zip(benchmark.stats.stats.data, others[1:], strict=True))
        mine, other = (statistics.median(side) for side in zip(*pairs, strict=True))
        low, ratio, high = statistics.quantiles((a / b for a, b in pairs), n=4)
        benchmark.extra_info.update(what=what, reference=other, ratio=ratio, target=target)
        times = f"{mine * 1000:.2f} ms", f"{other * 1000:.2f} ms"
        spread = f"{low:.2f} to {high:.2f}"
        self._rows.append(_Row(what, *times, f"{ratio:.2f}", spread, f"{target:g}", _verdict(ratio, target)))

    def count(self, what: str, number: float, *, target: float, unit: str) -> None:
        """Keep a figure that has no reference."""
        shown = f"{number:.4g} {unit}", f"{target:g} {unit}"
        self._rows.append(_Row(what, shown[0], target=shown[1], verdict=_verdict(number, target)))

    def table(self) -> Iterator[str]:
        """The lines of the table, in Markdown."""
        widths = [max(map(len, column)) for column in zip(*self._rows, strict=True)]
        for row in (self._rows[0], ["-" * width for width in widths], *self._rows[1:]):
            yield f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |"


def _verdict(number: float, target: float) -> str:
    return "ok" if number <= target else "over"
