"""Word documents: headings, paragraphs, lists, tables and footnotes of the accepted text, straight from WordprocessingML (ECMA-376).

Tracked insertions are in, deletions and hidden text out; headers, footers, comments and tables of contents are no part of the text.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from indexer.documents import Draft, raised, visible
from indexer.errors import DocumentError
from indexer.readers.manuscript import Manuscript
from indexer.readers.table import Cell, is_layout, table_drafts
from indexer.readers.word_parts import ParagraphStyle, WordPackage, first, is_numbered, name_of, outline_level, value_of

_OLE = b"\xd0\xcf\x11\xe0"
# What the archive and XML libraries raise over bytes that somebody broke.
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, LookupError, ValueError, SyntaxError, RuntimeError, EOFError)
_PASSED_THROUGH = (
    "ins",
    "moveTo",
    "hyperlink",
    "smartTag",
    "sdt",
    "sdtContent",
    "fldSimple",
    "customXml",
    "dir",
    "bdo",
)
_SIGNS = {"tab": " ", "ptab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-"}
# Parts of a formula; a fraction and what is raised are told apart below.
_FORMULA = frozenset(
    "oMath oMathPara acc bar box d deg e eqArr fName func groupChr lim limLow limUpp m mr nary num rad sSub sSubSup sSup sub".split()
)
# Signs of the fonts Symbol and Wingdings, which are letters to every other font.
_SYMBOLS = dict(
    zip(
        (0x44, 0x57, 0x61, 0x62, 0x67, 0x6D, 0x70, 0xA3, 0xA5, 0xAC, 0xAD, 0xAE, 0xAF, 0xB0, 0xB1, 0xB3, 0xB4, 0xB7, 0xB8, 0xB9, 0xBB),
        "\u0394\u03a9\u03b1\u03b2\u03b3\u00b5\u03c0\u2264\u221e\u2190\u2191\u2192\u2193\u00b0\u00b1\u2265\u00d7\u2022\u00f7\u2260\u2248",
        strict=True,
    )
)
_WINGDINGS = {
    0xA7: "\u2022",
    0xA8: "\u2610",
    0xFC: "\u2713",
    0xFB: "\u2717",
    0xFE: "\u2611",
    0xFD: "\u2612",
    0xE0: "\u2192",
    0xF0: "\u2192",
}


def read_docx(content: bytes, where: str) -> Manuscript:
    """The text of a Word document. Raises DocumentError."""
    if content.startswith(_OLE):
        is_locked = "EncryptedPackage".encode("utf-16-le") in content
        wrong = "is protected by a password; save it without one" if is_locked else "is an old .doc file; save it as .docx"
        raise DocumentError(f"{where}: {wrong}")
    try:
        package = WordPackage.open(content)
        reader = _Reader(package.styles(), package.notes())
        drafts = list(reader.blocks(package.body()))
    except _DAMAGE as problem:
        detail = " ".join(str(problem).split())
        raise DocumentError(f"{where}: cannot be read as .docx ({detail}); open it in a word processor and save it again") from problem
    return Manuscript(drafts, definitions=reader.notes)


@dataclass(slots=True)
class _Text:
    """The words of a paragraph as they are collected, its footnote marks, and text boxes anchored in it."""

    pieces: list[str] = field(default_factory=list)
    marks: list[tuple[int, str]] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    length: int = 0

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def add(self, words: str) -> None:
        words = visible(words)
        words = words.lstrip(" ") if self._ends_in_space() else words
        self.pieces += [words] if words else []
        self.length += len(words)

    def mark(self, label: str) -> None:
        self.marks.append((self.length - self._ends_in_space(), label))

    def _ends_in_space(self) -> bool:
        return not self.pieces or self.pieces[-1].endswith(" ")


class _Reader:
    """One pass over the body. `notes` has the words of each footnote by label."""

    def __init__(self, styles: dict[str, ParagraphStyle], notes: dict[str, Any]) -> None:
        self._styles = styles
        self.notes = {label: " ".join(text.text for text in map(self._text, _all(note, "p"))).strip() for label, note in notes.items()}
        self._lead_in = ""

    def blocks(self, parent: Any) -> Iterator[Draft]:
        for child in parent if parent is not None else ():
            match name_of(child):
                case "p":
                    yield from self._paragraph(child)
                case "tbl":
                    yield from self._table(child)
                case "sdt" if _is_contents(child) or _is_placeholder(child):
                    continue
                case "AlternateContent":
                    yield from self.blocks(_chosen(child))
                case name if name in _PASSED_THROUGH:
                    yield from self.blocks(child)

    def _paragraph(self, paragraph: Any) -> Iterator[Draft]:
        properties = first(paragraph, "pPr")
        style = self._styles.get(value_of(first(properties, "pStyle"), "val"), ParagraphStyle())
        level = outline_level(properties)
        level = style.level if level is None else level
        numbered = is_numbered(properties)
        is_item = (style.is_item if numbered is None else numbered) and not level
        text = self._text(paragraph)
        words = text.text.strip()
        if words and not style.is_contents:
            if not is_item:
                self._lead_in = words if words.endswith(":") and not level else ""
            kind = "heading" if level else "item" if is_item else "paragraph"
            yield Draft(kind, words, level, self._lead_in if is_item else "", tuple(text.marks))  # type: ignore[arg-type]
        for box in text.boxes:
            yield from self.blocks(box)

    def _text(self, element: Any) -> _Text:
        text = _Text()
        self._collect(element, text)
        return text

    def _collect(self, element: Any, text: _Text) -> None:  # noqa: PLR0912 -- a case for each kind of element
        for child in element:
            match name_of(child):
                case "r" if not _is_hidden(child):
                    self._run(child, text)
                case "t":
                    text.add(re.sub(r"\s+", " ", child.text or ""))
                case "sym":
                    text.add(_symbol(child))
                case "footnoteReference" | "endnoteReference":
                    self._mark(child, text)
                case "AlternateContent":
                    self._collect(_chosen(child), text)
                case "drawing" | "pict" | "object":
                    text.boxes += _outermost(child, "txbxContent")
                case "ruby":
                    self._collect(first(child, "rubyBase"), text)
                case "f":  # a fraction
                    self._collect(first(child, "num"), text)
                    text.add("/")
                    self._collect(first(child, "den"), text)
                case "sup":
                    self._raise(child, text)
                case "sdt" if _is_placeholder(child):
                    continue
                case name if name in _SIGNS:
                    text.add(_SIGNS[name])
                case name if name in _PASSED_THROUGH or name in _FORMULA:
                    self._collect(child, text)

    def _run(self, run: Any, text: _Text) -> None:
        properties = first(run, "rPr")
        font = value_of(first(properties, "rFonts"), "ascii")
        if value_of(first(properties, "vertAlign"), "val") == "superscript":
            self._raise(run, text)
        elif font in ("Symbol", "Wingdings"):
            words = self._text(run).text
            text.add("".join(sign if sign.isspace() else _sign_of(font, ord(sign)) for sign in words))
        else:
            self._collect(run, text)

    def _raise(self, element: Any, text: _Text) -> None:
        inner = self._text(element)
        text.add(raised(inner.text))
        for _, label in inner.marks:
            text.mark(label)

    def _mark(self, reference: Any, text: _Text) -> None:
        label = f"{name_of(reference).removesuffix('Reference')}-{value_of(reference, 'id')}"
        if self.notes.get(label):
            text.mark(label)

    def _table(self, table: Any) -> Iterator[Draft]:
        rows = [row for row in _inside(table, "tr") if first(first(row, "trPr"), "del") is None]
        cells = [_inside(row, "tc") for row in rows]
        texts = [[self._cell(cell) for cell in row] for row in cells]
        if is_layout(texts):
            for row in cells:
                for cell in row:
                    yield from self.blocks(cell)
            return
        says_header = first(first(rows[0], "trPr"), "tblHeader") is not None
        yield from table_drafts(_carried(cells, texts), has_header=True if says_header else None)

    def _cell(self, cell: Any) -> Cell:
        """All words of a cell in one line, those of a table inside it too."""
        line = ""
        marks: list[tuple[int, str]] = []
        for text in map(self._text, _all(cell, "p")):
            words = text.text.strip()
            line += " " if line and words else ""
            marks += [(len(line) + offset, label) for offset, label in text.marks]
            line += words
        return Cell(line, tuple(marks))


def _carried(cells: list[list[Any]], texts: list[list[Cell]]) -> list[list[Cell]]:
    """Cells that go on from the row above carry its words as context."""
    above: dict[int, str] = {}
    rows: list[list[Cell]] = []
    for row, words in zip(cells, texts, strict=True):
        rows.append([])
        column = 0
        for cell, text in zip(row, words, strict=True):
            properties = first(cell, "tcPr")
            merge = first(properties, "vMerge")
            goes_on = merge is not None and value_of(merge, "val") != "restart"
            if not goes_on:
                above[column] = text.text
            rows[-1].append(Cell(text.text, text.marks, above.get(column, "") if goes_on else ""))
            span = value_of(first(properties, "gridSpan"), "val")
            column += int(span) if span.isdigit() else 1
    return rows


def _is_hidden(run: Any) -> bool:
    mark = first(first(run, "rPr"), "vanish")
    return mark is not None and value_of(mark, "val") not in ("0", "false", "off")


def _symbol(element: Any) -> str:
    """A sign named by its font and number; one that is not known stays seen as missing."""
    code = value_of(element, "char")
    return _sign_of(value_of(element, "font"), int(code, 16)) if re.fullmatch("[0-9A-Fa-f]{2,5}", code) else "\N{REPLACEMENT CHARACTER}"


def _sign_of(font: str, code: int) -> str:
    table = _SYMBOLS if font == "Symbol" else _WINGDINGS if font.startswith("Wingdings") else {}
    is_private = 0xF000 <= code <= 0xF0FF  # noqa: PLR2004 -- where Word puts the signs of such fonts
    if table or is_private:
        return table.get(code & 0xFF, "\N{REPLACEMENT CHARACTER}")
    return chr(code)


def _is_placeholder(control: Any) -> bool:
    """Whether a content control still shows what should be typed there."""
    return first(first(control, "sdtPr"), "showingPlcHdr") is not None


def _outermost(element: Any, name: str) -> list[Any]:
    found = _all(element, name)
    return [box for box in found if not any(above in found for above in box.iterancestors())]


def _is_contents(control: Any) -> bool:
    gallery = _all(first(control, "sdtPr"), "docPartGallery")
    return any(value_of(part, "val") == "Table of Contents" for part in gallery)


def _chosen(alternative: Any) -> Any:
    """The first of several forms of the same thing: the newest."""
    return alternative[0] if len(alternative) else alternative


def _inside(parent: Any, name: str) -> list[Any]:
    """The children of that name, also those in content controls and tracked changes."""
    found: list[Any] = []
    for child in parent:
        if name_of(child) == name:
            found.append(child)
        elif name_of(child) in _PASSED_THROUGH:
            found += _inside(child, name)
    return found


def _all(element: Any, name: str) -> list[Any]:
    """All descendants of that name, in order; of two forms of the same thing only the first."""
    if element is None:
        return []
    return [found for found in element.iter("{*}" + name) if not any(name_of(above) == "Fallback" for above in found.iterancestors())]
