"""The report's plots as inline <svg>: no script, style or font of their own, every text as text; `DARK` recolours them in the dark."""

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from statistics import median
from xml.etree import ElementTree

from matplotlib import rc_context, rcdefaults, rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from bot.evaluation.evaluate import BinShown, CurvePoint, Measure, Measures

# Told apart by the colour-blind too; lines and points stand out from their card by 4.5 : 1, and bars have their figure beside them.
INK, SOFT, GRID, BLUE, PALE, ORANGE = "#1d2733", "#57636f", "#d9dfe5", "#0b62a8", "#8bbbe3", "#b54a00"
_DARK = {INK: "#e7ecf1", SOFT: "#a3afba", GRID: "#38434e", BLUE: "#6cb6ff", PALE: "#2f5f8f", ORANGE: "#ff9f5a"}
DARK = "".join(f'svg [fill="{light}"]{{fill:{dark}}}svg [stroke="{light}"]{{stroke:{dark}}}' for light, dark in _DARK.items())

WIDTH = 360  # units, of which letters are 11 high: still to be read on a telephone
_SETTINGS = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "lines.markeredgewidth": 0,  # what stands in <defs> is out of reach of DARK
    "grid.color": GRID,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
}
_LONGEST_NAME = 22
_ROW = 18.0
MOST_TAGS = 40
_SETTLED = 0.1  # the coverage from which on the curve sets the scale; over the first few answers it only jumps


def share(value: float) -> str:
    """A share in words: "93.4%". What is short of all or more than nothing is never rounded to it."""
    if value in (0.0, 1.0):
        return f"{value:.0%}"
    shown = f"{value:.1%}"
    return {"0.0%": "<0.1%", "100.0%": ">99.9%"}.get(shown, shown)


def operating_point(curve: Sequence[CurvePoint], threshold: float | None) -> CurvePoint | None:
    """The point of the curve where everything from the threshold up is answered; None where nothing is, or there is no threshold."""
    return min(
        (point for point in curve if threshold is not None and point.confidence >= threshold), key=lambda at: at.confidence, default=None
    )


def risk_coverage_plot(curve: Sequence[CurvePoint], threshold: float | None) -> str:
    """Risk over coverage, with the lines of 2% and 5% and the point the threshold sets."""
    at = operating_point(curve, threshold)
    settled = [point.risk for point in curve if point.coverage >= _SETTLED] or [point.risk for point in curve]
    top = min(1.0, 1.15 * max(0.08, *settled), max(0.2, 2 * median(settled)))  # the steep end must not flatten the rest

    def draw(figure: Figure) -> None:
        axes = axes_in(figure, (52, 14, WIDTH - 72, 206), "answerable questions that are answered", "answers that are wrong")
        axes.set(xlim=(0, 1), ylim=(0, top))
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        for risk in (0.02, 0.05):
            axes.axhline(risk, color=SOFT, linewidth=1, dashes=(4, 3))
            axes.annotate(f"{risk:.0%}", (0, risk), (4, 2), textcoords="offset points", color=SOFT)
        axes.plot(
            [point.coverage for point in curve],
            [point.risk for point in curve],
            color=BLUE,
            linewidth=2,
            marker="." if len(curve) == 1 else "",
        )
        if at:
            axes.plot([at.coverage], [at.risk], "o", color=ORANGE, markersize=8, clip_on=False)
            side = "right" if at.coverage > 0.5 else "left"  # noqa: PLR2004 - the half of the plot with more room
            axes.annotate(
                "threshold", (at.coverage, at.risk), (-9 if side == "right" else 9, 11), textcoords="offset points", ha=side, color=ORANGE
            )

    label = f"; at the threshold {share(at.coverage)} are answered and {share(at.risk)} of the answers are wrong" if at else ""
    return svg("risk", f"Curve of risk over coverage{label}", 264, draw)


def reliability_plot(bins: Sequence[BinShown]) -> str:
    """Share right over confidence in tenths, above how many answers each tenth holds."""

    def draw(figure: Figure) -> None:
        upper = axes_in(figure, (52, 14, WIDTH - 72, 150), "", "answers that are right")
        upper.set(xlim=(0, 1), ylim=(0, 1), xticklabels=[])
        upper.plot([0, 1], [0, 1], color=SOFT, linewidth=1, dashes=(4, 3))
        upper.plot(
            [one.confidence for one in bins], [one.right for one in bins], "o-", color=BLUE, linewidth=1.5, markersize=7, clip_on=False
        )
        lower = axes_in(figure, (52, 186, WIDTH - 72, 42), "confidence", "")
        lower.set(xlim=(0, 1), ylim=(0, 1.4 * max(one.count for one in bins)), yticks=[])
        lower.spines["left"].set_visible(False)
        lower.bar([one.low + 0.05 for one in bins], [one.count for one in bins], 0.08, color=BLUE)
        for one in bins:
            lower.annotate(f"{one.count}", (one.low + 0.05, one.count), (0, 2), textcoords="offset points", ha="center", color=INK)

    said = ", ".join(f"{one.count} answers at {one.confidence:.0%} of which {one.right:.0%} right" for one in bins)
    return svg("reliability", f"Confidence and share that is right: {said}", 272, draw)


def tags_plot(tags: Mapping[str, Measure]) -> str:
    """A bar for each of the tags with most questions, the best first."""
    largest = sorted(tags, key=lambda tag: (-tags[tag].count, tag))[:MOST_TAGS]
    rows = sorted(largest, key=lambda tag: (-tags[tag].value, -tags[tag].count, tag))
    shown = [tags[tag] for tag in rows]

    def draw(figure: Figure) -> None:
        axes = axes_in(figure, (142, 6, WIDTH - 142 - 48, _ROW * len(rows)), "questions with a right response", "")
        name_rows(axes, [f"{_short(tag)} ({one.count})" for tag, one in zip(rows, shown, strict=True)])
        axes.set(xlim=(0, 1), xticks=[0, 0.5, 1])
        axes.barh(range(len(rows)), [one.value for one in shown], 0.66, color=PALE)
        for row, one in enumerate(shown):
            _interval(axes, row, one)
            axes.annotate(f"{one.value:.0%}", (1, row), (10, 0), textcoords="offset points", va="center_baseline")

    best, worst = (f"{_short(rows[at])}, {shown[at].value:.0%} of {shown[at].count}" for at in (0, -1))
    return svg("tags", f"Share right by tag, from {best}, down to {worst}; the table below has all of them", _ROW * len(rows) + 50, draw)


def ablation_plot(rankings: Mapping[str, Measures]) -> str:
    """Success@5 and nDCG@10 of each ranking, as points with their intervals."""
    panels = {"success@5": "right section in first 5", "ndcg@10": "nDCG@10"}
    known = [one for measures in rankings.values() for name in panels if (one := measures.get(name))]
    least = min((one.value if one.low is None else one.low for one in known), default=0.0)
    height = 24.0 * len(rankings)

    def draw(figure: Figure) -> None:
        for number, (measure, title) in enumerate(panels.items()):
            axes = axes_in(figure, (122 + 122 * number, 22, 94, height), "", "")
            name_rows(axes, [_short(name) for name in rankings] if number == 0 else [""] * len(rankings))
            axes.set(xlim=(max(0.0, least - 0.05), 1))
            axes.xaxis.set_major_locator(MaxNLocator(2, steps=[1, 2, 5, 10]))
            axes.xaxis.set_major_formatter("{x:.2g}" if measure == "ndcg@10" else PercentFormatter(1, decimals=0))
            axes.set_title(title, fontsize=11)
            for row, measures in enumerate(rankings.values()):
                if one := measures.get(measure):
                    _interval(axes, row, one)
                    axes.plot([one.value], [row], "o", color=BLUE, markersize=7, clip_on=False)

    said = ", ".join(f"{_short(name)} {one.value:.0%}" for name, measures in rankings.items() if (one := measures.get("success@5")))
    return svg("ablation", f"A right section among the first five, by ranking: {said}", height + 48, draw)


def axes_in(figure: Figure, box: tuple[float, float, float, float], across: str, up: str) -> Axes:
    """Axes of shares at a place in units: from the left, from the top, width, height."""
    left, top, width, height = box
    whole = figure.get_figheight() * 72
    axes = figure.add_axes((left / WIDTH, 1 - (top + height) / whole, width / WIDTH, height / whole))
    axes.set(xlabel=across, ylabel=up)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.grid(linewidth=0.8)
    axes.tick_params(length=0)
    return axes


def name_rows(axes: Axes, names: Sequence[str]) -> None:
    """Names instead of figures on the upward axis, the first on top."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)


def _interval(axes: Axes, row: int, measure: Measure) -> None:
    if measure.low is not None and measure.high is not None:
        axes.plot([measure.low, measure.high], [row, row], color=INK, linewidth=1.5, clip_on=False)


def _short(name: str) -> str:
    """A name that fits beside its bar; signs that no page can show are left out."""
    shown = "".join(sign for sign in name if sign.isprintable())
    return shown if len(shown) <= _LONGEST_NAME else shown[: _LONGEST_NAME - 1] + "…"


def svg(name: str, label: str, height: float, draw: Callable[[Figure], None]) -> str:
    """A drawing as inline <svg> of that height in units; `name` keeps its ids apart from those of other plots of a page."""
    buffer = BytesIO()
    with rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # letters come from the reader's fonts, not from matplotlib's
        rcdefaults()
        rcParams.update(_SETTINGS | {"svg.hashsalt": name})
        figure = Figure(figsize=(WIDTH / 72, height / 72), facecolor="none")
        draw(figure)
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None})
    return _inline(buffer.getvalue(), name, label)


def _inline(drawn: bytes, name: str, label: str) -> str:
    """A drawing as HTML takes it in: without namespaces and styles, so that no outside address and no inline style is left."""
    root = ElementTree.fromstring(drawn)  # noqa: S314 - matplotlib wrote it just now
    for parent in list(root.iter()):
        for child in [child for child in parent if _local(child.tag) in ("metadata", "style")]:
            parent.remove(child)
    for element in root.iter():
        element.tag, element.tail = _local(element.tag), None
        element.text = element.text if element.tag == "text" else None
        element.attrib = dict(_attributes(element, name))
    # What matplotlib's style sheet says of every element.
    size = {"viewBox": root.attrib["viewBox"], "stroke-linejoin": "round", "stroke-linecap": "butt"}
    root.attrib = {"role": "img", "aria-label": label, **size}
    return ElementTree.tostring(root, encoding="unicode")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _attributes(element: ElementTree.Element, name: str) -> Iterator[tuple[str, str]]:
    """An element's attributes with the declarations of its style as attributes too, and ids that no other plot of the page has."""
    for key, value in element.attrib.items():
        if key == "style":
            pairs = (declaration.split(":", 1) for declaration in value.split(";"))
            yield from ((said.strip(), how.strip()) for said, how in pairs if said.strip() != "font-family")
        elif key == "id":
            yield from [("id", f"plot-{name}-{value}")] if element.tag != "g" else []  # groups are only labelled
        elif not value.startswith("rotate(-0 "):
            yield _local(key), re.sub(r"(^|url\()#", rf"\1#plot-{name}-", value)
