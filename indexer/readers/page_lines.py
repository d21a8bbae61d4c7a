"""Runs of text as lines, and lines as groups."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from indexer.readers.pdf_page import Run

Line = tuple[Run, ...]
BULLETS = r"\u2022\u25e6\u25aa\u25ab\u2023\u25cf\u25cb\u25a0\u25a1\u2219\u00b7\u2013*-"  # within the brackets of a pattern
_SAME_LINE = 0.4  # of the size of letters: baselines closer than this are one line
_OTHER_SIZE = 0.06  # of the size of letters: more is another kind of text
_COMMON = 1 / 3
_ROW_GAP = 1.2  # times the usual distance of lines: more parts the rows of a table


def lines_of(runs: Iterable[Run]) -> list[Line]:
    """Runs on the same baseline as one line, from the top."""
    lines: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: -run.bottom):
        if lines and abs(lines[-1][0].bottom - run.bottom) < _SAME_LINE * max(lines[-1][0].size, run.size):
            lines[-1].append(run)
        else:
            lines.append([run])
    return [tuple(sorted(line, key=lambda run: run.left)) for line in lines]


def gapped(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines in groups, parted where the space between two is larger than usual."""
    distances = [above[0].bottom - below[0].bottom for above, below in pairwise(lines)]
    if not distances:
        return [list(lines)]
    usual = usual_distance(distances, _COMMON)
    rows = [[lines[0]]]
    for distance, line in zip(distances, lines[1:], strict=True):
        if distance > _ROW_GAP * usual:
            rows.append([])
        rows[-1].append(line)
    return rows


def usual_distance(distances: Iterable[float], share: float) -> float:
    """The smallest distance of lines, to half a point, that is at least so common as a share of the most common one."""
    common = Counter(round(distance * 2) / 2 for distance in distances if distance > 1).most_common()
    return min((distance for distance, count in common if count >= common[0][1] * share), default=1.0)


def same_size(one: float, other: float) -> bool:
    """Whether letters of two sizes are the same kind of text."""
    return abs(one - other) <= _OTHER_SIZE * other
