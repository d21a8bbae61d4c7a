"""A page in reading order: columns of lines, and tables, out of runs of text and ruled lines.

Text beside text is found by a recursive cut along white space (Nagy and Seth's XY cut, 1984): the left column comes first, and what crosses
the space between two columns parts the page into bands, one below the other.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import mean, median

from indexer.readers.page_lines import BULLETS, Line, gapped, lines_of, same_size
from indexer.readers.page_tables import (
    COLUMN_SIGNS,
    PITCH,
    ROWS_BEGIN,
    TABLE_ROWS,
    PageTable,
    grids,
    row_of,
    ruled_table,
    starts_of,
    unruled_rows,
)
from indexer.readers.pdf_page import Page, Run, Word

_MARKER = re.compile(rf"(?:[{BULLETS}]|\(?(?:\d{{1,3}}|[A-Za-z]|[ivx]{{1,5}})[.)])$")
_MARKER_GAP = 4.0  # ems between a bullet and its text
_GUTTER = 0.9  # ems between two columns
_COLUMN_LINES = 3  # a column has at least so many lines
_COLUMN_FILL = 0.75  # of a column's width: lines of prose fill so much of it, cells of a table less
_RUNNING_ON = 0.4  # of the lines of prose, at least, begin in the middle of a sentence
_CROSSING = 0.34  # of the smaller column's lines: so many may cross the space between two
_EDGE_LINES = 3  # lines that begin at the same place
_WIDE_SPACE = 0.45  # ems; a space between words is about 0.3, unless it is stretched
_LARGER = 1.06  # times the size of letters: a heading


@dataclass(frozen=True, slots=True)
class Column:
    """Lines one above the other, each as runs from left to right."""

    lines: tuple[Line, ...]


def read_order(page: Page) -> list[Column | PageTable]:
    """The parts of a page in the order they are read."""
    runs = _with_markers(_cut_at_edges(page.runs))
    tables: dict[Run, PageTable] = {}
    for grid in grids(page.rules):
        inside = [run for run in runs if grid.holds(run)]
        table = ruled_table(grid, inside)
        if table is not None:
            # One wide run stands in for the table, so that it takes its place in the order.
            stand_in = Run((Word(f"table {len(tables)}", grid.left, grid.right),), grid.heights[0] - 1, size=1.0)
            tables[stand_in] = table
            runs = [run for run in runs if not grid.holds(run)] + [stand_in]
    return [part for column in _columns(runs) for part in _parts(lines_of(column), tables)]


def _cut_at_edges(runs: Sequence[Run]) -> list[Run]:
    """Runs that go on into the next column or cell are cut, where a rather wide gap ends at a place where several others begin."""
    edges = Counter(round(run.left) for run in runs)
    shared = {place for place, count in edges.items() if count >= _EDGE_LINES}
    pieces: list[Run] = []
    for run in runs:
        begin = 0
        for number, (before, word) in enumerate(pairwise(run.words), start=1):
            if word.left - before.right > _WIDE_SPACE * run.size and any(abs(word.left - place) < 1 for place in shared):
                pieces.append(replace(run, words=run.words[begin:number]))
                begin = number
        pieces.append(replace(run, words=run.words[begin:]))
    return pieces


def _with_markers(runs: Sequence[Run]) -> list[Run]:
    """Bullets and numbers that stand far from their text, joined to it."""
    joined: list[Run] = []
    for line in lines_of(runs):
        for number, run in enumerate(line):
            before = line[number - 1] if number else None
            if before is not None and _MARKER.match(before.text) and run.left - before.right <= _MARKER_GAP * run.size:
                joined[-1] = replace(run, words=(*before.words, *run.words))
            else:
                joined.append(run)
    return joined


# Columns


def _columns(runs: list[Run]) -> list[list[Run]]:
    """Groups of runs, each to be read from the top down, in order."""
    gutter = _gutter(runs)
    if gutter is None:
        return [runs] if runs else []
    crossing = _crossing(runs, gutter)
    bands: list[list[Run]] = [[] for _ in range(len(crossing) + 1)]
    for run in runs:
        if run not in crossing:
            bands[sum(other.bottom > run.bottom for other in crossing)].append(run)
    columns: list[list[Run]] = []
    spanning: list[Run] = []
    for number, band in enumerate(bands):
        if band:
            columns += [spanning] if spanning else []
            spanning = []
            columns += _columns([run for run in band if _side(run, gutter) < 0])
            columns += _columns([run for run in band if _side(run, gutter) > 0])
        spanning += crossing[number : number + 1]
    return columns + ([spanning] if spanning else [])


def _crossing(runs: Sequence[Run], gutter: tuple[float, float]) -> list[Run]:
    """What crosses a gutter, from the top, with the short last lines of large headings that do."""
    crossing: list[Run] = []
    usual = median(run.size for run in runs)
    for run in sorted(runs, key=lambda run: -run.bottom):
        above = crossing[-1] if crossing else run
        goes_on = same_size(above.size, run.size) and above.bottom - run.bottom < PITCH * run.size
        if _side(run, gutter) == 0 or (crossing and goes_on and run.size > _LARGER * usual):
            crossing.append(run)
    return crossing


def _side(run: Run, gutter: tuple[float, float]) -> int:
    """-1 left of the gutter, 1 right of it, 0 across it."""
    if run.right <= gutter[0]:
        return -1
    return 1 if run.left >= gutter[1] else 0


def _gutter(runs: Sequence[Run]) -> tuple[float, float] | None:
    """The space between two columns of prose, as the places where the left one ends and the right one begins."""
    if len(runs) < 2 * _COLUMN_LINES:
        return None
    em = median(run.size for run in runs)
    best: tuple[float, tuple[float, float]] | None = None
    for edge in sorted({round(run.left / 2) * 2.0 - 1 for run in runs}):
        gutter = (edge - _GUTTER * em + 1, edge)
        left, right = ([run for run in runs if _side(run, gutter) == side] for side in (-1, 1))
        fewer = min(len(left), len(right))
        across = len(runs) - len(left) - len(right)
        if fewer >= _COLUMN_LINES and across <= _CROSSING * fewer and _are_columns(left, right):
            score = fewer - across
            if best is None or score > best[0]:
                best = score, gutter
    return best[1] if best else None


def _are_columns(left: Sequence[Run], right: Sequence[Run]) -> bool:
    """Whether two groups that stand side by side are columns of prose, and no cells of one table."""
    overlap = min(max(run.top for run in left), max(run.top for run in right)) - max(
        min(r.bottom for r in left), min(r.bottom for r in right)
    )
    if overlap < _COLUMN_LINES * median(run.size for run in left):
        return False
    if _are_rows(left, right):
        return False
    if _runs_on(left) and _runs_on(right):
        return True
    if min(mean(len(run.text) for run in side) for side in (left, right)) < COLUMN_SIGNS:
        return False
    width = max(run.right for run in left) - min(run.left for run in left)
    fill = mean(run.right - run.left for run in left) / width
    aligned = sum(any(abs(run.bottom - other.bottom) < 1 for other in right) for run in left) / len(left)
    return fill >= _COLUMN_FILL or aligned < _COLUMN_FILL


def _runs_on(runs: Sequence[Run]) -> bool:
    """Whether many lines begin in lower case, as those do that go on with a sentence."""
    return mean(run.text[:1].islower() for run in runs) > _RUNNING_ON


def _are_rows(left: Sequence[Run], right: Sequence[Run]) -> bool:
    """Whether what stands apart on the left and on the right begins at the same heights, as the cells of rows do."""
    if not all(same_size(run.size, left[0].size) for run in (*left, *right)):
        return False  # with headings among them
    tops = [[row[0][0].bottom for row in gapped(lines_of(side))] for side in (left, right)]
    if min(len(side) for side in tops) < TABLE_ROWS:
        return False
    shares = [mean(any(abs(top - other) < 1 for other in others) for top in side) for side, others in (tops, reversed(tops))]
    return min(shares) > ROWS_BEGIN


def _parts(lines: Sequence[Line], tables: dict[Run, PageTable]) -> list[Column | PageTable]:
    """A column's lines, parted where a table stands among them."""
    parts: list[Column | PageTable] = []
    kept: list[Line] = []
    number = 0
    while number < len(lines):
        table = tables.get(lines[number][0])
        rows = [] if table else unruled_rows(lines[number:])
        if table or rows:
            parts += [Column(tuple(kept))] if kept else []
            kept = []
            parts.append(
                table or PageTable(tuple(row_of(row, starts_of([run for row in rows for line in row for run in line])[1:]) for row in rows))
            )
            number += 1 if table else sum(len(row) for row in rows)
        else:
            kept.append(lines[number])
            number += 1
    return parts + ([Column(tuple(kept))] if kept else [])
