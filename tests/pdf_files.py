"""PDF files written by hand: words at places, ruled lines and pictures, in points from the lower left corner."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from indexer.readers.pdf_page import Run, Word

# Of the signs from space to tilde, in thousandths of the size (Adobe's font metrics of Helvetica).
_WIDTHS = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *([556] * 10),
    *(278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667),
    *(611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833),
    *(556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)
_IMAGE = (
    b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\n"
    b"stream\n\x80\nendstream"
)

# Says of every letter that it is one of a font's private signs.
_CMAP = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Garbled def /CMapType 2 def\n"
    b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <21> <7E> <E021> endbfrange endcmap end end"
)


class Words(NamedTuple):
    """A line of text whose baseline begins at x, y."""

    x: float
    y: float
    text: str
    size: float = 10
    bold: bool = False


class Turned(NamedTuple):
    """A line of text that runs at an angle, in degrees."""

    x: float
    y: float
    text: str
    angle: int


class Garbled(NamedTuple):
    """A line of text in a font that does not say which letters it draws."""

    x: float
    y: float
    text: str


class Stroke(NamedTuple):
    """A ruled line from one end to the other."""

    x: float
    y: float
    to_x: float
    to_y: float


class Picture(NamedTuple):
    """A grey picture over the whole page."""


Drawn = Words | Turned | Garbled | Stroke | Picture


def pdf(*pages: Sequence[Drawn], rotate: int = 0, garbled: bool = False) -> bytes:
    """A file of letter-sized pages, in Helvetica. A garbled one does not say which letters it draws."""
    kids = " ".join(f"{8 + 2 * number} 0 R" for number in range(len(pages)))
    meaning = "/Encoding /WinAnsiEncoding" + (" /ToUnicode 6 0 R" if garbled else "")
    fonts = [f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} {meaning} >>" for name in ("Helvetica", "Helvetica-Bold")]
    unsaid = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode 6 0 R >>"
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>", *fonts]
    parts = [*(part.encode() for part in objects), _IMAGE, _stream(_CMAP), unsaid]
    for number, page in enumerate(pages):
        content = b"\n".join(_drawn(thing) for thing in page)
        resources = "<< /Font << /F1 3 0 R /F2 4 0 R /F3 7 0 R >> /XObject << /I1 5 0 R >> >>"
        place = f"/MediaBox [0 0 612 792] /Rotate {rotate} /Contents {9 + 2 * number} 0 R"
        parts.append(f"<< /Type /Page /Parent 2 0 R /Resources {resources} {place} >>".encode())
        parts.append(_stream(content))
    return _file(parts)


def _drawn(thing: Drawn) -> bytes:
    match thing:
        case Words(x, y, text, size, bold):
            signs = text.encode("cp1252").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
            return b"BT /F%d %g Tf %g %g Td (%b) Tj ET" % (2 if bold else 1, size, x, y, signs)
        case Turned(x, y, text, angle):
            cos, sin = round(math.cos(math.radians(angle)), 4), round(math.sin(math.radians(angle)), 4)
            return b"BT /F1 10 Tf %g %g %g %g %g %g Tm (%b) Tj ET" % (cos, sin, -sin, cos, x, y, text.encode())
        case Garbled(x, y, text):
            return b"BT /F3 10 Tf %g %g Td (%b) Tj ET" % (x, y, text.encode())
        case Stroke(x, y, to_x, to_y):
            return b"%g %g m %g %g l S" % (x, y, to_x, to_y)
        case _:
            return b"q 612 0 0 792 0 0 cm /I1 Do Q"


def _stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content)


def _file(parts: Sequence[bytes]) -> bytes:
    """Numbered objects with the table that says where each begins."""
    whole = b"%PDF-1.4\n"
    table = b"0000000000 65535 f \n"
    for number, part in enumerate(parts, start=1):
        table += b"%010d 00000 n \n" % len(whole)
        whole += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    size = len(parts) + 1
    return whole + b"xref\n0 %d\n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, table, size, len(whole))


def width(text: str, size: float = 10) -> float:
    """How wide a text is in Helvetica."""
    return sum(_WIDTHS[ord(sign) - 32] if sign.isascii() else 500 for sign in text) * size / 1000


def run_of(words: Words) -> Run:
    """The words as pdfium gives them."""
    x = words.x
    placed: list[Word] = []
    for word in words.text.split():
        placed.append(Word(word, x, x + width(word, words.size)))
        x += width(f"{word} ", words.size)
    return Run(tuple(placed), words.y, words.size, words.bold)


def wrapped(text: str, room: float, size: float = 10, indent: float = 0) -> list[str]:
    """The lines of a text that is set as wide as there is room, the first one indented."""
    lines: list[str] = []
    for word in text.split():
        left = room - (indent if len(lines) < 2 else 0)
        if lines and width(f"{lines[-1]} {word}", size) <= left:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def column(
    x: float, y: float, paragraphs: Iterable[str], room: float = 468, size: float = 10, gap: float = 0, indent: float = 0
) -> list[Words]:
    """Paragraphs one below the other from a baseline, `gap` of white between them, first lines indented."""
    words: list[Words] = []
    for text in paragraphs:
        for number, line in enumerate(wrapped(text, room, size, indent)):
            words.append(Words(x + (indent if number == 0 else 0), y, line, size))
            y -= 1.2 * size
        y -= gap
    return words


def grid(lefts: Sequence[float], heights: Sequence[float]) -> list[Stroke]:
    """Ruled lines at these places, across and upright."""
    across = [Stroke(lefts[0], height, lefts[-1], height) for height in heights]
    return across + [Stroke(left, heights[0], left, heights[-1]) for left in lefts]
