"""One page of a PDF as pdfium gives it: runs of text and ruled lines, in points, upright, y upwards."""

import ctypes
import math
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from indexer.documents import raised, visible
from indexer.readers.pdf_rules import Rule, drawn_on

_LINE_END = (0, 10, 13)
_HYPHENS = (2, 0xAD, 0x2010, 0xFFFE)  # pdfium's mark for a hyphen at a line's end, and others that look the same
_LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st", "\uf0b7": "\u2022"}
)
# Accents that some fonts draw as letters of their own, over the letter that follows, and what they are upon it.
_ACCENTS = {
    "\u00b4": "\u0301",
    "`": "\u0300",
    "\u00a8": "\u0308",
    "^": "\u0302",
    "\u02c6": "\u0302",
    "~": "\u0303",
    "\u02dc": "\u0303",
    "\u02c7": "\u030c",
    "\u02da": "\u030a",
    "\u00b8": "\u0327",
    "\u02d8": "\u0306",
    "\u00af": "\u0304",
    "\u02dd": "\u030b",
    "\u02d9": "\u0307",
}
# In ems, the size of the letters:
_SPACE = 0.2  # a gap that parts words
_FAR = 1.1  # a gap that parts cells or columns; justified words stay closer
_SPACED_OUT = 0.12  # letters this far apart are s p a c e d
_BLANKS = (0x20, 0xA0)
_SURROGATES = range(0xD800, 0xE000)
_PRIVATE = range(0xE000, 0xF900)  # signs that mean something in one font only
_PRIVATE_PLANES = 0xF0000
_NOTHING = 0xFFFD
_BULLET = 0xF0B7  # of the font Symbol, which everybody knows
_SAME_SIZE = 0.2  # points
_SEVERAL = 3  # letters; fewer do not tell how far apart they are set


class Word(NamedTuple):
    """A word and its two ends."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Run:
    """Words on one line without a wide gap. `bottom` is the baseline, `size` that of the letters."""

    words: tuple[Word, ...]
    bottom: float
    size: float
    is_bold: bool = False

    @property
    def text(self) -> str:
        """The words as one text."""
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> float:
        """Where its first word begins."""
        return self.words[0].left

    @property
    def right(self) -> float:
        """Where its last word ends."""
        return self.words[-1].right

    @property
    def top(self) -> float:
        """The height that its letters reach."""
        return self.bottom + self.size

    def cut(self, number: int) -> "list[Run]":
        """Its first `number` words, and the others; one run where one of the two would be empty."""
        parts = (self.words[:number], self.words[number:])
        return [replace(self, words=words) for words in parts if words]


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a page. `aside` is text that runs in another direction; `pictures` says how many images there are."""

    number: int
    runs: tuple[Run, ...]
    rules: tuple[Rule, ...]
    aside: tuple[str, ...]
    pictures: int
    unreadable: int  # signs without a meaning: the font does not say what they are


class _Sign(NamedTuple):
    code: int
    x: float
    y: float
    right: float
    size: float
    angle: int
    number: int  # in pdfium's order


def read_page(document: Any, number: int) -> Page:
    """A page by its number, from 1. Raises PdfiumError."""
    page = document[number - 1]
    textpage = page.get_textpage()
    try:
        signs = list(_signs(textpage.raw, page.get_bbox()))
        angles = Counter(sign.angle for sign in signs if sign.code not in _LINE_END)
        upright = angles.most_common(1)[0][0] if angles else 0
        runs: list[Run] = []
        aside: list[str] = []
        for angle in dict.fromkeys(sign.angle for sign in signs):
            turned = [_turned(sign, angle) for sign in signs if sign.angle == angle]
            found = list(_runs(turned, textpage.raw))
            runs += found if angle == upright else []
            aside += [run.text for run in found] if angle != upright else []
        rules, pictures = drawn_on(page.raw, upright)
        unreadable = sum(_is_unreadable(sign, textpage.raw) for sign in signs)
        return Page(number, tuple(_merged(runs)), tuple(rules), tuple(aside), pictures, unreadable)
    finally:
        textpage.close()
        page.close()


def _signs(text: Any, bounds: tuple[float, float, float, float]) -> Iterator[_Sign]:
    """Every sign with its place; what stands outside the page is not seen by a reader either."""
    left, bottom, right, top = bounds
    x, y = ctypes.c_double(), ctypes.c_double()
    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    code_of, place_of, box_of, drawn_by = (
        pdfium.FPDFText_GetUnicode,
        pdfium.FPDFText_GetCharOrigin,
        pdfium.FPDFText_GetLooseCharBox,
        pdfium.FPDFText_GetTextObject,
    )
    size, angle, drawn = 1.0, 0, None
    for index in range(pdfium.FPDFText_CountChars(text)):
        code = code_of(text, index)
        place_of(text, index, x, y)
        box_of(text, index, box)
        by = ctypes.cast(drawn_by(text, index), ctypes.c_void_p).value
        if by is not None:  # what pdfium itself puts between words and lines is drawn by nothing
            if by != drawn:  # all that one object draws has the same size and direction
                pdfium.FPDFText_GetMatrix(text, index, matrix)
                size = pdfium.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d) or 1.0
                angle = round(math.degrees(math.atan2(matrix.b, matrix.a))) % 360
                drawn = by
            if not (left - 1 <= x.value <= right + 1 and bottom - 1 <= y.value <= top + 1):
                continue
        end = box.right if angle == 0 else {90: box.top, 180: box.left, 270: box.bottom}.get(angle, box.right)
        yield _Sign(code, x.value, y.value, end, size, angle, index)


def _turned(sign: _Sign, angle: int) -> _Sign:
    """The same sign where text that runs at an angle is upright."""
    match angle:
        case 90:
            return sign._replace(x=sign.y, y=-sign.x)
        case 180:
            return sign._replace(x=-sign.x, y=-sign.y, right=-sign.right)
        case 270:
            return sign._replace(x=-sign.y, y=sign.x, right=-sign.right)
        case _:
            return sign


def _runs(signs: Sequence[_Sign], text: Any) -> Iterator[Run]:
    """Signs that follow each other on a line, cut at wide gaps."""
    current: list[_Sign] = []
    letter: _Sign | None = None
    for sign in signs:
        if sign.code in _LINE_END or (letter is not None and not _follows(sign, letter)):
            yield from _closed(current, text)
            current, letter = [], None
        if sign.code not in _LINE_END:
            current.append(sign)
            letter = letter if sign.code in _BLANKS else sign
    yield from _closed(current, text)


def _follows(sign: _Sign, before: _Sign) -> bool:
    is_ligature = sign.x == before.x and sign.y == before.y  # one glyph for several letters
    if sign.code in _BLANKS or is_ligature:
        return True
    em = max(sign.size, before.size)
    return abs(sign.y - before.y) < 0.5 * em and -0.5 * em < sign.x - before.right < _FAR * em


def _closed(signs: list[_Sign], text_page: Any) -> Iterator[Run]:
    """Signs as a run: spaces where the gaps are, raised figures as such, letters set wide apart as words."""
    while signs and signs[-1].code in _BLANKS:
        signs = signs[:-1]
    while signs and signs[0].code in _BLANKS:
        signs = signs[1:]
    if not signs:
        return
    size = _most_common(sign.size for sign in signs)
    baseline = _most_common(sign.y for sign in signs if abs(sign.size - size) < _SAME_SIZE)
    signs = [sign for sign, after in zip(signs, [*signs[1:], None], strict=True) if after is None or not _is_half(sign, after)]
    letters = [sign for sign in signs if sign.code not in _BLANKS]
    gaps = [after.x - before.right for before, after in pairwise(letters)]
    usual = sorted(gaps)[len(gaps) // 2] if gaps else 0.0
    is_spaced_out = len(gaps) > _SEVERAL and min(gaps) > _SPACED_OUT * size and all(chr(sign.code).isalpha() for sign in letters)
    words = [Word(_character(letters[0], size, baseline), letters[0].x, letters[0].right)]
    for gap, (before, after) in zip(gaps, pairwise(letters), strict=True):
        has_space = after.number - before.number > 1 and not _is_accent(after, before)
        parts = gap > 2 * usual + _SPACE * size if is_spaced_out else has_space or gap > _SPACE * size
        sign = _character(after, size, baseline)
        if parts:
            words.append(Word(sign, after.x, after.right))
            continue
        last = words[-1]
        text = last.text + sign
        accent = _ACCENTS.get(last.text[-1:], last.text[-1:])
        if unicodedata.combining(accent or " ") and gap < -_SPACE * size:
            text = unicodedata.normalize("NFC", last.text[:-1] + sign + accent)
        words[-1] = Word(text, last.left, max(last.right, after.right))
    whole = tuple(word._replace(text=word.text.translate(_LIGATURES)) for word in words)
    yield Run(whole, baseline, size, _is_bold(text_page, letters[0].number) and _is_bold(text_page, letters[-1].number))


def _most_common(values: Iterable[float]) -> float:
    """The most common value, to a tenth of a point."""
    counts = Counter(values)
    if len(counts) > 1:
        counts = Counter[float](round(value, 1) for value in counts.elements())
    return counts.most_common(1)[0][0]


def _is_accent(after: _Sign, before: _Sign) -> bool:
    return chr(after.code) in _ACCENTS.values() and after.x - before.right <= 0


def _is_half(sign: _Sign, after: _Sign) -> bool:
    """Whether a space is only there because an accent drawn alone reads as a space with an accent."""
    return sign.code in _BLANKS and sign.x == after.x and chr(after.code) in _ACCENTS.values()


def _character(sign: _Sign, size: float, baseline: float) -> str:
    if sign.code in _HYPHENS:
        return "-"
    if sign.code < _BLANKS[0] or sign.code > sys.maxunicode or sign.code in _SURROGATES:
        return "\N{REPLACEMENT CHARACTER}"
    is_raised = sign.size < 0.85 * size and sign.y > baseline + 0.15 * size
    return visible(raised(chr(sign.code)) if is_raised else chr(sign.code))


def _is_bold(text: Any, index: int) -> bool:
    buffer, flags = ctypes.create_string_buffer(200), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text, index, buffer, 200, flags)
    return re.search(rb"bold|black|heavy|demi|cmbx|bx\d|medi$", buffer.value, re.IGNORECASE) is not None


def _is_unreadable(sign: _Sign, text: Any) -> bool:
    """Whether the font does not say what a sign means."""
    code = sign.code
    is_private = (code in _PRIVATE and code != _BULLET) or code >= _PRIVATE_PLANES
    return code == _NOTHING or is_private or pdfium.FPDFText_HasUnicodeMapError(text, sign.number) == 1


def _merged(runs: Sequence[Run]) -> list[Run]:
    """Runs that were drawn apart but stand next to each other on a line, as one."""
    lines: list[Run] = []
    for run in sorted(runs, key=lambda run: (-round(run.bottom), run.left)):
        before = next((line for line in reversed(lines[-12:]) if _adjoins(line, run)), None)
        if before is None:
            lines.append(run)
            continue
        words = (*before.words, *run.words)
        if run.left - before.right <= _SPACE * run.size:
            last, first = before.words[-1], run.words[0]
            words = (*before.words[:-1], Word(last.text + first.text, last.left, first.right), *run.words[1:])
        lines[lines.index(before)] = Run(words, before.bottom, max(before.size, run.size), before.is_bold and run.is_bold)
    return lines


def _adjoins(before: Run, run: Run) -> bool:
    em = max(before.size, run.size)
    return abs(before.bottom - run.bottom) < 0.35 * em and -0.3 * em < run.left - before.right < _FAR * em
