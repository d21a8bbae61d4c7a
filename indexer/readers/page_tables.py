"""Tables of a PDF page: those that ruled lines draw, and those that white space alone does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean

from indexer.readers.page_lines import Line, gapped, lines_of
from indexer.readers.pdf_page import Run
from indexer.readers.pdf_rules import Rule

_TOUCH = 3.0  # points between ruled lines that meet
_CELL_GAP = 0.5  # ems between two columns of a table
TABLE_ROWS = 3  # rows without ruled lines that make a table
PITCH = 1.45  # of the size of letters: lines closer than this may be one cell
_MOST_RULES = 1_500
COLUMN_SIGNS = 15  # so many has a line of a column on average; cells of a table are shorter
ROWS_BEGIN = 0.7  # of the rows of a table: so many begin in more than one column


@dataclass(frozen=True, slots=True)
class PageTable:
    """Rows of cells; a cell is its lines."""

    rows: tuple[tuple[tuple[str, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Ruled lines that belong together: heights of those across from the top, places of the upright ones from the left."""

    heights: tuple[float, ...]
    places: tuple[float, ...]
    left: float
    right: float

    def holds(self, run: Run) -> bool:
        """Whether a run stands inside."""
        middle = run.bottom + run.size / 3
        return self.left - _TOUCH <= run.left <= self.right and self.heights[-1] <= middle <= self.heights[0]


def grids(rules: Sequence[Rule]) -> list[Grid]:
    """Ruled lines in groups that meet, or that lie above each other with the same ends; the largest first."""
    groups: list[list[Rule]] = []
    for rule in sorted(rules[:_MOST_RULES], key=lambda rule: -rule.top):
        met = [group for group in groups if any(_meet(rule, other) for other in group)]
        groups = [group for group in groups if group not in met] + [[rule, *(other for group in met for other in group)]]
    lone = [group[0] for group in groups if len(group) == 1 and group[0].is_across]
    stacks = [[other for other in lone if _same_ends(rule, other)] for rule in lone]
    grids = [_grid(group) for group in (*(group for group in groups if len(group) > 1), *(stack for stack in stacks if len(stack) > 1))]
    return sorted((grid for grid in grids if len(grid.heights) > 1), key=lambda grid: grid.heights[-1] - grid.heights[0])


def _same_ends(one: Rule, other: Rule) -> bool:
    return abs(one.left - other.left) < _TOUCH and abs(one.right - other.right) < _TOUCH


def _meet(one: Rule, other: Rule) -> bool:
    return (
        one.left - _TOUCH <= other.right
        and other.left - _TOUCH <= one.right
        and one.bottom - _TOUCH <= other.top
        and other.bottom - _TOUCH <= one.top
    )


def _grid(group: Sequence[Rule]) -> Grid:
    heights = _apart(rule.bottom for rule in group if rule.is_across)
    places = _apart(rule.left for rule in group if not rule.is_across)
    return Grid(tuple(reversed(heights)), tuple(places), min(rule.left for rule in group), max(rule.right for rule in group))


def _apart(values: Iterable[float]) -> list[float]:
    """Sorted values, those that are nearly the same once."""
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > 2 * _TOUCH:
            kept.append(value)
    return kept


def ruled_table(grid: Grid, inside: Sequence[Run]) -> PageTable | None:
    """The table that ruled lines make of the runs inside; None where they only frame or underline."""
    inner = [place for place in grid.places if grid.left + 2 * _TOUCH < place < grid.right - 2 * _TOUCH]
    for place in inner:
        inside = [piece for run in inside for piece in run.cut(sum(word.left < place for word in run.words))]
    starts = inner or starts_of(inside)[1:]
    if not starts or not inside or (not inner and _is_prose(inside)):
        return None
    lines = lines_of(inside)
    bands = [
        [line for line in lines if low <= line[0].bottom + line[0].size / 3 <= high]
        for high, low in zip(grid.heights, grid.heights[1:], strict=False)
    ]
    bands = [band for band in bands if band]
    if not inner and len(bands) < TABLE_ROWS:  # ruled above and below only: each line is a row
        bands = [[line] for line in lines]
    return PageTable(tuple(row_of(band, starts) for band in bands)) if len(bands) > 1 else None


def _is_prose(runs: Sequence[Run]) -> bool:
    return mean(len(run.text) for run in runs) >= 2 * COLUMN_SIGNS


def starts_of(runs: Sequence[Run]) -> list[float]:
    """Where columns begin: the right ends of the gaps that no run crosses."""
    starts: list[float] = []
    reach = float("-inf")
    for run in sorted(runs, key=lambda run: run.left):
        if run.left > reach + _CELL_GAP * run.size:
            starts.append(run.left - 1)
        reach = max(reach, run.right)
    return starts


def row_of(lines: Sequence[Line], starts: Sequence[float]) -> tuple[tuple[str, ...], ...]:
    """A row out of its lines: every run goes to the column it begins in."""
    cells: list[list[str]] = [[] for _ in range(len(starts) + 1)]
    for line in lines:
        pieces = [""] * len(cells)
        for run in line:
            number = sum(start <= run.left for start in starts)
            pieces[number] = f"{pieces[number]} {run.text}".strip()
        for number, piece in enumerate(pieces):
            cells[number] += [piece] if piece else []
    return tuple(tuple(cell) for cell in cells)


def unruled_rows(lines: Sequence[Line]) -> list[list[Line]]:
    """The rows of a table without ruled lines that begins with the first line; empty where none does."""
    taken: list[Line] = []
    runs: list[Run] = []
    for line in lines:
        starts = starts_of([*runs, *line])
        fits = len(starts) > 1 and len(starts) >= (len(line) if len(line) > 1 else len(starts_of(runs)))
        close = not taken or taken[-1][0].bottom - line[0].bottom < 2 * PITCH * line[0].size
        if not (fits and close and (taken or len(line) > 1)):
            break
        taken.append(line)
        runs += line
    if len(taken) < TABLE_ROWS:
        return []
    groups = gapped(taken)
    if TABLE_ROWS <= len(groups) < len(taken) and mean(len(row[0]) > 1 for row in groups) > ROWS_BEGIN:
        return groups
    rows: list[list[Line]] = []
    for line in taken:
        if len(line) > 1:
            rows.append([line])
        elif rows[-1][-1][0].bottom - line[0].bottom < PITCH * line[0].size:
            rows[-1].append(line)
        else:
            break
    return rows if len(rows) >= TABLE_ROWS and not _is_prose(runs) else []
