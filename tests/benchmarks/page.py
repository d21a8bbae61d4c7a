"""The benchmark as one HTML page: nothing comes from elsewhere, nothing is a script."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib import import_module
from pathlib import Path

from bot.evaluation.style import POLICY, STYLE
from tests.benchmarks import cold_start, exact_vectors, forward_pass, indexing, retrieval_quality, serving_process, warm_questions
from tests.benchmarks.figures import Own, Raw, Row, met_words, target_words
from tests.benchmarks.machine import remarks
from tests.benchmarks.peers.run import CLASSES
from tests.benchmarks.plots import ratio_plot, share_plot, stage_plot
from tests.benchmarks.table import cells

_TITLE = "Citewell beside its peers"
_READINGS = {
    part.TITLE: part.READING
    for part in (indexing, cold_start, warm_questions, forward_pass, serving_process, retrieval_quality, exact_vectors)
}
# Which rows the first plot shows, and by what short name.
_PLOTTED = {
    "start to first answer": "first answer",
    "one at a time, median": "warm, median",
    "one at a time, 95th percentile": "warm, 95%",
    "8 threads, questions a second": "8 threads, rate",
    "memory of the process, warm": "memory",
    "texts a second, whole process": "texts a second",
    "the same passages a second, libraries loaded": "same passages",
}
_GROWTH = "When the index grows"


def page(results: Raw, figures: Mapping[str, Sequence[Row | Own]], growth: Path) -> str:
    """The page. `growth` is the file of another benchmark, whose section is put in where it is there."""
    sections = {"At a glance": _plots(results["parts"], figures)}
    sections |= {title: f"<p>{escape(_READINGS[title])}</p>{_table(part)}" for title, part in figures.items()}
    sections |= _growth(growth)
    links = "".join(f'<a href="#part-{number}">{escape(title)}</a>' for number, title in enumerate(sections, start=1))
    body = "".join(
        f'<section><h2 id="part-{number}">{escape(title)}</h2>{part}</section>\n'
        for number, (title, part) in enumerate(sections.items(), start=1)
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_TITLE}</title><style>{STYLE}</style></head>\n"
        f"<body><main><header><h1>{_TITLE}</h1>{_about(results)}<nav>{links}</nav></header>\n{body}</main></body></html>\n"
    )


def _about(results: Raw) -> str:
    machine = results["machine"]
    versions = ", ".join(f"{escape(name)} {escape(number)}" for name, number in machine["peers"].items())
    told = "".join(f"<p>{escape(remark)}.</p>" for remark in remarks(results))
    return (
        f"<p>Measured on {machine['processors']} processors ({escape(machine['processor'])}), {escape(machine['memory'])} of memory, "
        f"with the same encoder and the same {machine['index']['passages']:,} passages for all. The peers: {versions}.</p>"
        "<p>A ratio is Citewell's figure for one of the peer's: 1/4 of the time, 3x the texts. Bare times hang on the machine and stand in "
        f"<code>bench.json</code> alone.</p>{told}"
    )


def _plots(parts: Raw, figures: Mapping[str, Sequence[Row | Own]]) -> str:
    rows = {one.name: one for part in figures.values() for one in part if isinstance(one, Row)}
    plotted = {short: rows[name] for name, short in _PLOTTED.items() if name in rows and rows[name].best}
    drawn = [
        _figure(
            "How many times better", ratio_plot(plotted), "The orange line is Citewell, grey strokes are the targets against the best peer."
        )
        if plotted
        else "",
        _figure("Warm questions", share_plot(parts["warm"]["single"]), "Citewell answers with citations, the others fetch ten passages.")
        if "single" in parts.get("warm", {})
        else "",
        _figure(
            "Where the time of an answer goes",
            stage_plot(forward_pass.stage_shares(parts["floor"]["stages"])),
            "The stages add up to the whole of the answer.",
        )
        if "stages" in parts.get("floor", {})
        else "",
    ]
    return f'<div class="plots">{"".join(drawn)}</div>'


def _figure(title: str, drawn: str, reading: str) -> str:
    return f"<figure><h3>{title}</h3>{drawn}<figcaption>{reading}</figcaption></figure>"


def _table(figures: Sequence[Row | Own]) -> str:
    rows = [one for one in figures if isinstance(one, Row)]
    own = [one for one in figures if isinstance(one, Own)]
    return (_row_table(rows) if rows else "") + (_own_table(own) if own else "")


def _row_table(rows: Sequence[Row]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in ("Citewell : peer", "best peer", *CLASSES, "target"))
    body = "".join(_row(row.name, cells(row)[:-2], target_words(row), row.is_met) for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _own_table(figures: Sequence[Own]) -> str:
    body = "".join(_row(one.name, [one.shown], one.target, one.is_met) for one in figures)
    return f'<div class="wide"><table><tbody>{body}</tbody></table></div>'


def _row(name: str, values: Sequence[str], target: str, is_met: bool | None) -> str:
    shown = "".join(f"<td>{escape(value)}</td>" for value in values)
    mark = "" if is_met is None else ' class="good"' if is_met else ' class="bad"'
    said = f'<span class="soft">{escape(met_words(is_met))}</span>' if is_met is not None else ""
    return f'<tr><th scope="row">{escape(name)}</th>{shown}<td{mark}>{escape(target)}{said}</td></tr>'


def _growth(file: Path) -> dict[str, str]:
    """The section of the benchmark of growing indexes, where it has been run."""
    if not file.is_file():
        return {}
    section: str = import_module("tests.benchmarks.growth").section(json.loads(file.read_text(encoding="utf-8")))
    return {_GROWTH: section}
