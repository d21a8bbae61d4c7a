"""Tables: each row is a line that can be quoted alone, found by its header's words as well."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.documents import EMPTY_CELL, Draft

_BAR = " | "
_LONGEST_HEADING = 60  # signs
_LONGEST_CELL = 600  # signs


@dataclass(frozen=True, slots=True)
class Cell:
    """The words of a cell, its footnote marks, and what stands above it in a cell that runs over several rows."""

    text: str
    marks: tuple[tuple[int, str], ...] = ()
    carried: str = ""


def is_layout(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether a table lays out a page rather than holds data: a single row or column, or cells as long as paragraphs."""
    return len(rows) < 2 or all(len(row) < 2 for row in rows) or any(len(cell.text) > _LONGEST_CELL for row in rows for cell in row)  # noqa: PLR2004


def table_drafts(rows: Sequence[Sequence[Cell]], *, has_header: bool | None = None, places: Sequence[int] = ()) -> list[Draft]:
    """A draft a row, cells between bars; `places` has the page or line of each.

    Where nobody says whether the first row is a header, its looks decide.
    """
    with_text = [number for number, row in enumerate(rows) if any(cell.text for cell in row)]
    header_row = 0 if has_header else None
    if has_header is None and with_text and looks_like_header(rows[with_text[0]], len(with_text)):
        header_row = with_text[0]
    header = ""
    drafts: list[Draft] = []
    for number, row in enumerate(rows):
        if not any(cell.text or cell.marks for cell in row):
            continue
        is_header = number == header_row
        if is_header:
            header = " ".join(cell.text for cell in row if cell.text)
        context = "" if is_header else " ".join(filter(None, (header, *(cell.carried for cell in row))))
        line, marks = _line(row)
        place = ((0, places[number]),) if places else ()
        drafts.append(Draft("header" if is_header else "row", line, context=context, marks=marks, places=place))
    return drafts


def _line(row: Sequence[Cell]) -> tuple[str, tuple[tuple[int, str], ...]]:
    line = ""
    marks: list[tuple[int, str]] = []
    for number, cell in enumerate(row):
        line += _BAR if number else ""
        marks += [(len(line) + offset, label) for offset, label in cell.marks]
        line += cell.text or EMPTY_CELL
    return line, tuple(marks)


def looks_like_header(row: Sequence[Cell], rows: int) -> bool:
    """Short names above at least one other row, none of them a figure or a sentence."""
    texts = [cell.text for cell in row if cell.text]
    return (
        rows > 1
        and len(texts) > 1
        and all(len(text) <= _LONGEST_HEADING and not text.endswith(".") and not re.match(r"[\W\d]*\d", text) for text in texts)
    )
