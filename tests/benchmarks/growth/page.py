"""Growth as a part of the benchmark's page: time, memory and size over passages, the targets, and the figures themselves."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from bot.evaluation.plots import BLUE, INK, ORANGE, SOFT, WIDTH, axes_in, svg
from tests.benchmarks.growth.results import Results, Size, exponent_of, targets
from tests.benchmarks.growth.table import MEMORY, SHARES, TIMES, in_bytes, verdict

Value = Callable[[Size], float]
_COLOURS = (BLUE, ORANGE, SOFT, INK)
_MARKS = ("o", "s", "^", "D")
_LINE = 15.0  # units of a line of the legend
_WIDE = 1000  # times between the ends of an axis, from which on it has no room for ticks between powers of ten
_PASSAGES = 1000  # that stand for "k" on the axis


def growth_section(results: Mapping[str, Any]) -> str:
    """growth.json as an HTML fragment with inline plots. Raises ValueError where it is of another format."""
    found = Results.model_validate(results)
    plots = (
        _plot(
            "growth-time", "Time, as a multiple of that of the smallest index", found, _beside_the_first(found, TIMES), "x {:.3g}".format
        ),
        _plot("growth-memory", "Memory and size on disk", found, MEMORY, in_bytes),
    )
    return (
        "<p>Made-up documents whose words are used as real ones are, with vectors drawn so that they lie as real ones do; "
        f"{found.questions} questions at each size; {escape(found.machine)}. What grows as n<sup>1</sup> doubles with the passages, "
        "what grows as n<sup>0</sup> stays. The encoder's forward pass is the same at any size and left out.</p>"
        f'<div class="plots">{"".join(f"<figure>{plot}</figure>" for plot in plots)}</div>{_target_table(found)}{_figure_table(found)}'
    )


def _beside_the_first(results: Results, values: Mapping[str, Value]) -> dict[str, Value]:
    first = results.sizes[0]
    return {name: lambda size, value=value: value(size) / value(first) for name, value in values.items()}  # type: ignore[misc]


def _plot(name: str, title: str, results: Results, values: Mapping[str, Value], written: Callable[[float], str]) -> str:
    """Values over passages, both as logarithms, so that a power is a straight line; its slope stands in the legend."""
    passages = [size.passages for size in results.sizes]
    height = 150 + _LINE * len(values)

    def draw(figure: Figure) -> None:
        axes = axes_in(figure, (62, 24, WIDTH - 82, 150), "passages", "")
        axes.set(xscale="log", yscale="log")
        axes.set_title(title, fontsize=11, loc="left")
        for number, (label, value) in enumerate(values.items()):
            axes.plot(passages, [value(size) for size in results.sizes], label=_labelled(label, results, value), **_drawn(number))
        _mark(axes, passages, written)
        axes.legend(loc="upper left", bbox_to_anchor=(-0.2, -0.26), frameon=False, borderpad=0, handlelength=2.4, fontsize=10)

    said = "; ".join(_labelled(label, results, value) for label, value in values.items())
    return svg(name, f"{title}, over passages: {said}", height + 80, draw)


def _drawn(number: int) -> dict[str, Any]:
    """Colour, mark and line of a row of values, no two alike."""
    round_two = number // len(_COLOURS)
    line = ("solid", "dashed")[round_two]
    return {
        "color": _COLOURS[number % len(_COLOURS)],
        "marker": _MARKS[(number + round_two) % len(_MARKS)],
        "linestyle": line,
        "markersize": 5,
    }


def _labelled(label: str, results: Results, value: Value) -> str:
    power = exponent_of(results, value)
    return label if power is None else f"{label}: n^{power:.2f}"


def _mark(axes: Axes, passages: Sequence[int], written: Callable[[float], str]) -> None:
    """Ticks where sizes were measured, and at every power of ten upwards."""
    axes.set_xticks(passages, [f"{size / _PASSAGES:,.0f}k" for size in passages])
    axes.xaxis.set_minor_formatter(NullFormatter())
    low, high = axes.get_ylim()
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high < _WIDE * low else (1.0,)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: written(value)))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _target_table(results: Results) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(target.wanted)}</th><td>{escape(target.found)}</td><td>{verdict(target.is_met)}</td></tr>'
        for target in targets(results)
    )
    return f'<div class="wide"><table><thead><tr><th>Target</th><th>Found</th><th></th></tr></thead><tbody>{rows}</tbody></table></div>'


def _figure_table(results: Results) -> str:
    """Every figure of every size, folded."""
    head = "".join(f'<th scope="col">{size.passages:,}</th>' for size in results.sizes)
    rows = [
        *(_row(name, [in_bytes(value(size)) for size in results.sizes]) for name, value in MEMORY.items()),
        *(_row(name, [f"x {value(size) / value(results.sizes[0]):.3g}" for size in results.sizes]) for name, value in TIMES.items()),
        *(_row(name, [f"{value(size):.3f}" for size in results.sizes]) for name, value in SHARES.items()),
        *_part_rows("building", results, lambda size: size.built.parts),
        *_part_rows("an answer", results, lambda size: size.served.stages),
        *_part_rows("the index's bytes", results, lambda size: size.built.files),
    ]
    table = f'<div class="wide"><table><thead><tr><th>passages</th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    return f"<details><summary>All figures</summary>{table}</details>"


def _part_rows(whole: str, results: Results, parts: Callable[[Size], Mapping[str, float]]) -> list[str]:
    """What share of a whole each part has, the largest at the largest size first."""
    last = parts(results.sizes[-1])
    return [
        _row(f"share of {whole}: {name}", [f"{parts(size).get(name, 0) / sum(parts(size).values()):.1%}" for size in results.sizes])
        for name in sorted(last, key=lambda name: -last[name])
    ]


def _row(name: str, cells: Sequence[str]) -> str:
    return f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'
