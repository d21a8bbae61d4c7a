"""PDF files: text in reading order with the page it stands on, without running heads and page numbers.

A PDF holds letters at places, no paragraphs: those are told from the places. pdfium reads the file; `pdf_page.py` asks it for letters and
lines, `page_layout.py` finds columns and tables, `paragraphs.py` puts lines together.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import pypdfium2

from indexer.documents import Draft, is_text
from indexer.errors import DocumentError
from indexer.readers.limits import LONGEST_TEXT
from indexer.readers.manuscript import Manuscript
from indexer.readers.page_layout import read_order
from indexer.readers.page_lines import Line, lines_of, same_size
from indexer.readers.page_tables import PageTable
from indexer.readers.paragraphs import Paragraph, joined, paragraphs_of, words_of
from indexer.readers.pdf_page import Page, read_page
from indexer.readers.table import Cell, looks_like_header, table_drafts

_EDGE_LINES = 3  # at the top and bottom of a page may be running heads
_APART = 1.9  # times the size of its letters: so far is a running head from the text
_SAME_PLACE = 4.0  # points
_UNREADABLE = 0.1  # of the signs: more, and the text is not to be trusted
_KEPT = 0.5  # of the signs, at least, are no running heads
_NAMED = 10  # pages that a note lists
_LARGER = 1.12  # times the size of ordinary letters: a heading
_HEADING_LINES = 3
_HEADING_WORDS = 25
_PAGE_NUMBER = re.compile(r"(page|p\.|seite)?\W*#(\s*(of|/|von|\|)\s*#)?\W*", re.IGNORECASE)
_WAY_OUT = "run OCR over it (for example ocrmypdf) and index what that gives"


@dataclass(slots=True)
class _Table:
    """Rows of a table, with the page that each stands on."""

    rows: list[tuple[tuple[str, ...], ...]]
    pages: list[int]


Part = Paragraph | _Table


def read_pdf(content: bytes, where: str) -> Manuscript:
    """The text of a PDF. Raises DocumentError."""
    pages = _pages(content, where)
    if not any(page.runs for page in pages):
        pictures = sum(page.pictures for page in pages)
        raise DocumentError(f"{where}: holds no text, only {'pictures of pages' if pictures else 'empty pages'}; {_WAY_OUT}")
    signs = _signs(pages)
    unreadable = sum(page.unreadable for page in pages)
    if unreadable > _UNREADABLE * signs:
        raise DocumentError(f"{where}: its fonts do not say which letters they draw; {_WAY_OUT}")
    silent = [page.number for page in pages if not page.runs and page.pictures]
    empty = [page.number for page in pages if not page.runs and not page.pictures]
    notes = [f"no text on page {_listed(silent)}, only pictures; {_WAY_OUT}"] if silent else []
    notes += [f"nothing on page {_listed(empty)}; look whether that is so"] if empty else []
    if unreadable:
        notes.append(f"{unreadable:,} of {signs:,} signs may be wrong, as a font does not say which letters it draws; look it over")
    drafts = _drafts(_without_heads(pages))
    first_page = [draft for draft in drafts if draft.places and draft.places[0][1] == pages[0].number]
    title = next((draft.text for draft in first_page if draft.kind == "heading" and draft.level == 1), None)
    return Manuscript(drafts, title, notes=tuple(notes), paged=True)


def _listed(numbers: Sequence[int]) -> str:
    more = f" and {len(numbers) - _NAMED:,} more" if len(numbers) > _NAMED else ""
    return ", ".join(map(str, numbers[:_NAMED])) + more


def _pages(content: bytes, where: str) -> list[Page]:
    try:
        document = pypdfium2.PdfDocument(content)
        try:
            pages: list[Page] = []
            signs = 0
            for number in range(1, len(document) + 1):
                pages.append(read_page(document, number))
                signs += _signs(pages[-1:])
                if signs > LONGEST_TEXT:
                    limit = f"more than {LONGEST_TEXT:,} characters by page {number}, and that is the limit"
                    raise DocumentError(f"{where}: holds {limit}; split it into several documents")
            return pages
        finally:
            document.close()
    except pypdfium2.PdfiumError as problem:
        if "password" in str(problem).lower():
            raise DocumentError(f"{where}: is protected by a password; save it without one") from problem
        raise DocumentError(f"{where}: cannot be read as PDF ({problem}); open it in a viewer and print it to a new PDF") from problem


# Running heads


def _without_heads(pages: Sequence[Page]) -> list[Page]:
    """The pages without what repeats at the top or bottom of several, and without page numbers."""
    edges = {page.number: _edge_lines(page) for page in pages}
    seen: dict[str, list[float]] = defaultdict(list)
    for lines in edges.values():
        for line in lines:
            seen[_without_figures(line)].append(line[0].bottom)
    repeated = {line for lines in edges.values() for line in lines if _repeats(line, seen)}
    places = {line[0].bottom for line in repeated}
    heads = [[line for line in lines if _is_head(line, lines, repeated, places)] for lines in edges.values()]
    pages_left = [_without(page, dropped) for page, dropped in zip(pages, heads, strict=True)]
    asides = Counter(text for page in pages for text in page.aside)  # a watermark, where it stands on several pages
    pages_left = [replace(page, aside=tuple(text for text in page.aside if asides[text] == 1)) for page in pages_left]
    # A document that says nearly the same on every page is not all running heads.
    return pages_left if _signs(pages_left) > _KEPT * _signs(pages) else list(pages)


def _signs(pages: Iterable[Page]) -> int:
    return sum(len(run.text) for page in pages for run in page.runs)


def _edge_lines(page: Page) -> list[Line]:
    """The lines at the top and bottom that a wide space parts from the text: the only ones that can be running heads."""
    lines = lines_of(page.runs)
    return [*_set_apart(lines), *reversed(_set_apart(lines[::-1]))] if len(lines) > 1 else lines


def _set_apart(lines: Sequence[Line]) -> list[Line]:
    """The first few lines, up to the first wide space; none where there is no such space."""
    for number, (line, following) in enumerate(pairwise(lines[: _EDGE_LINES + 1]), start=1):
        if abs(line[0].bottom - following[0].bottom) > _APART * line[0].size:
            return list(lines[:number])
    return []


def _without_figures(line: Line) -> str:
    return re.sub(r"\d+|\b[ivxl]+\b", "#", " ".join(run.text for run in line))


def _repeats(line: Line, seen: dict[str, list[float]]) -> bool:
    """Whether the same words, figures aside, stand at the same place of another page."""
    return sum(abs(place - line[0].bottom) < _SAME_PLACE for place in seen[_without_figures(line)]) > 1


def _is_head(line: Line, edges: Sequence[Line], repeated: set[Line], places: set[float]) -> bool:
    """Whether a line repeats on another page, stands outermost where such lines do, or is the page's number."""
    is_outermost = line in (edges[0], edges[-1])
    stands_there = any(abs(place - line[0].bottom) < 1 for place in places)
    return line in repeated or (is_outermost and (stands_there or _PAGE_NUMBER.fullmatch(_without_figures(line)) is not None))


def _without(page: Page, heads: Sequence[Line]) -> Page:
    dropped = {run for line in heads for run in line}
    return replace(page, runs=tuple(run for run in page.runs if run not in dropped))


# Drafts


def _drafts(pages: Sequence[Page]) -> list[Draft]:
    parts = [part for page in pages for part in _parts(page)]
    paragraphs = [part for part in parts if isinstance(part, Paragraph)]
    sizes = Counter[float]()
    for paragraph in paragraphs:
        sizes[paragraph.rounded_size] += sum(len(line) for line in paragraph.lines)
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    vocabulary = words_of(line for paragraph in paragraphs for line in paragraph.lines)
    parts = _continued(parts, body)
    larger = {part.rounded_size for part in parts if isinstance(part, Paragraph) and _is_heading(part, body) and part.size > _LARGER * body}
    levels = {size: level for level, size in enumerate(sorted(larger, reverse=True), start=1)}
    drafts: list[Draft] = []
    lead_in = ""
    for part in parts:
        if not isinstance(part, Paragraph):
            drafts += _table_drafts(part, vocabulary)
            continue
        text, starts = joined(part.lines, vocabulary)
        marked = tuple(dict(zip(reversed(part.pages), reversed(starts), strict=True)).items())
        numbers = tuple((offset, number) for number, offset in reversed(marked))
        if _is_heading(part, body):
            level = min(levels.get(part.rounded_size, len(levels) + 1), 6)
            drafts.append(Draft("heading", text, level=level, places=numbers))
            lead_in = ""
        elif part.is_item or (lead_in and part.indent > part.size):
            drafts.append(Draft("item", text, context=lead_in, places=numbers))
        else:
            drafts.append(Draft("paragraph", text, places=numbers))
            lead_in = text if text.endswith(":") else ""
    return drafts


def _parts(page: Page) -> list[Part]:
    parts: list[Part] = []
    for piece in read_order(page):
        if isinstance(piece, PageTable):
            parts.append(_Table(list(piece.rows), [page.number] * len(piece.rows)))
        else:
            parts += paragraphs_of(piece.lines, page.number)
    size = min((part.size for part in parts if isinstance(part, Paragraph)), default=1.0)
    return parts + [Paragraph([text], [page.number], size, is_bold=False) for text in page.aside if is_text(text)]


def _is_heading(paragraph: Paragraph, body: float) -> bool:
    """Larger than the text around it, or bold; short, and no sentence."""
    text = " ".join(paragraph.lines)
    looks = paragraph.size > _LARGER * body or (paragraph.is_bold and paragraph.size > 0.9 * body)
    is_short = len(paragraph.lines) <= _HEADING_LINES and len(text.split()) <= _HEADING_WORDS
    return looks and is_short and not paragraph.is_item and text[-1] not in ".,;" and any(sign.isalpha() for sign in text)


def _continued(parts: Sequence[Part], body: float) -> list[Part]:
    """Paragraphs and tables that go on in the next column or on the next page, put together."""
    whole: list[Part] = []
    for part in parts:
        if isinstance(part, Paragraph):
            open_one = _open_paragraph(whole, part, body)
            if open_one is not None:
                open_one.lines += part.lines
                open_one.pages += part.pages
                continue
        elif whole and isinstance(whole[-1], _Table) and _goes_on(whole[-1], part):
            repeated = part.rows[0] == whole[-1].rows[0]
            whole[-1].rows += part.rows[repeated:]
            whole[-1].pages += part.pages[repeated:]
            continue
        whole.append(part)
    return whole


def _open_paragraph(whole: Sequence[Part], part: Paragraph, body: float) -> Paragraph | None:
    """The paragraph that goes on in `part`: the last one in letters of that size, where it has no end; footnotes may stand between."""
    for before in reversed(whole[-4:]):
        if not isinstance(before, Paragraph) or _is_heading(before, body):
            return None
        if same_size(before.size, part.size):
            goes_on = part.lines[0][:1].islower() or before.lines[-1].endswith(("-", ","))
            fits = not part.is_item and not _is_heading(part, body) and before.is_bold == part.is_bold
            return before if goes_on and fits and not before.ends else None
        if before.size > part.size:
            return None
    return None


def _goes_on(table: _Table, part: _Table) -> bool:
    """Whether a table goes on on the next page: as many columns, its header again or none of its own."""
    first = [Cell(" ".join(cell)) for cell in part.rows[0]]
    has_own_header = part.rows[0] != table.rows[0] and looks_like_header(first, len(part.rows))
    return table.pages[-1] < part.pages[0] and len(table.rows[0]) == len(part.rows[0]) and not has_own_header


def _table_drafts(table: _Table, vocabulary: Counter[str]) -> list[Draft]:
    rows = [[Cell(joined(cell, vocabulary)[0]) for cell in row] for row in table.rows]
    used = [number for number in range(len(rows[0])) if any(row[number].text for row in rows)]
    return table_drafts([[row[number] for number in used] for row in rows], places=table.pages)
