"""The page's plots, in the style of the evaluation's report. Every time is shown as a multiple of Citewell's."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from bot.evaluation.plots import BLUE, INK, ORANGE, PALE, SOFT, WIDTH, axes_in, name_rows, svg
from tests.benchmarks.bench import CITEWELL
from tests.benchmarks.figures import Row
from tests.benchmarks.peers.run import CLASSES

_ROW = 24.0
_MARKS = dict(zip(CLASSES, ("o", "s", "^", "D"), strict=True))
_LINES = dict(zip(CLASSES, ("solid", "dashed", "dotted", "dashdot"), strict=True))
_TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)


def ratio_plot(rows: Mapping[str, Row]) -> str:
    """Of each row how many times the peers' value is Citewell's, and the multiple that the target asks for."""
    shown = {name: row for name, row in rows.items() if row.best and row.values.get(CITEWELL)}
    times = {name: {peer: _times(row, peer) for peer in CLASSES if row.ratio(peer)} for name, row in shown.items()}

    def draw(figure: Figure) -> None:
        axes = axes_in(figure, (122, 30, WIDTH - 122 - 16, _ROW * len(shown)), "times better than each peer", "")
        name_rows(axes, list(shown))
        _multiples(axes, [1.0, *(value for one in times.values() for value in one.values())])
        axes.axvline(1, color=ORANGE, linewidth=2)
        for number, (name, row) in enumerate(shown.items()):
            if row.target:
                wanted = row.target if row.better == "higher" else 1 / row.target
                axes.plot([wanted, wanted], [number - 0.4, number + 0.4], color=SOFT, linewidth=2)
            for peer, value in times[name].items():
                axes.plot([value], [number], _MARKS[peer], color=BLUE, markersize=6, clip_on=False)
        _legend(axes, _MARKS)

    said = "; ".join(f"{name}: {min(one.values()):.3g} times better than the best peer" for name, one in times.items() if one)
    return svg("ratios", f"Citewell is the orange line. {said}", _ROW * len(shown) + 80, draw)


def _times(row: Row, peer: str) -> float:
    ratio = row.ratio(peer) or 1.0
    return ratio if row.better == "higher" else 1 / ratio


def share_plot(seconds: Mapping[str, Sequence[float]]) -> str:
    """How much of the questions is answered within a multiple of Citewell's median."""
    unit = median(seconds[CITEWELL])

    def draw(figure: Figure) -> None:
        axes = axes_in(figure, (52, 46, WIDTH - 72, 196), "time, as a multiple of Citewell's median", "questions that are done")
        axes.set(ylim=(0, 1))
        _multiples(axes, [value / unit for one in seconds.values() for value in np.quantile(one, [0.01, 0.99])])
        for name, values in seconds.items():
            ordered = np.sort(np.array(values)) / unit
            done = np.arange(1, len(ordered) + 1) / len(ordered)
            axes.plot(ordered, done, **_line(name))
        _line_legend(axes)

    medians = ", ".join(f"{name} {median(values) / unit:.3g}" for name, values in seconds.items())
    return svg("shares", f"Share of questions done over time; medians, as multiples of Citewell's: {medians}", 292, draw)


def stage_plot(shares: Mapping[str, float]) -> str:
    """Where the time of an answer goes."""

    def draw(figure: Figure) -> None:
        axes = axes_in(figure, (102, 6, WIDTH - 102 - 48, 18.0 * len(shares)), "share of an answer's time", "")
        name_rows(axes, list(shares))
        axes.set(xlim=(0, max(shares.values())))
        axes.barh(range(len(shares)), list(shares.values()), 0.66, color=PALE)
        for row, value in enumerate(shares.values()):
            axes.annotate(f"{value:.1%}", (value, row), (6, 0), textcoords="offset points", va="center_baseline", color=INK)

    said = ", ".join(f"{name} {value:.1%}" for name, value in shares.items())
    return svg("stages", f"Share of each stage in an answer: {said}", 18.0 * len(shares) + 50, draw)


def _multiples(axes: Axes, values: Sequence[float]) -> None:
    """A logarithmic axis of multiples that takes in some values."""
    low, high = min(values) / 1.15, max(values) * 1.15
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_xticks([tick for tick in _TICKS if low <= tick <= high])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}x"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())


def _legend(axes: Axes, marks: Mapping[str, str]) -> None:
    """What each mark stands for, in a row above that begins over the names of the rows."""
    for number, (name, mark) in enumerate(marks.items()):
        at = (-0.45 + 0.38 * number, 1.07)
        axes.plot([at[0]], [at[1]], mark, color=BLUE, markersize=6, transform=axes.transAxes, clip_on=False)
        axes.annotate(name, at, (7, 0), xycoords="axes fraction", textcoords="offset points", va="center", color=INK)


def _line_legend(axes: Axes) -> None:
    """What each line stands for, in two rows above."""
    for number, name in enumerate((CITEWELL, *CLASSES)):
        at = (0.36 * (number % 3), 1.16 - 0.09 * (number // 3))
        axes.plot([at[0], at[0] + 0.09], [at[1]] * 2, transform=axes.transAxes, clip_on=False, **_line(name))
        axes.annotate(name, (at[0] + 0.11, at[1]), xycoords="axes fraction", va="center", color=INK)


def _line(name: str) -> dict[str, Any]:
    """How the line of a system looks."""
    if name == CITEWELL:
        return {"color": ORANGE, "linewidth": 2.5}
    return {"color": BLUE, "linewidth": 1.5, "linestyle": _LINES[name]}
