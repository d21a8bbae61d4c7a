"""The ruled lines of a PDF page: what tables are drawn with."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

_RULE = 2.5  # points; thicker is a picture, not a line
_SHORTEST_RULE = 12.0  # points


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line, across or upright."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def is_across(self) -> bool:
        """Whether it runs across the page."""
        return self.right - self.left > self.top - self.bottom


def drawn_on(page: Any, angle: int) -> tuple[list[Rule], int]:
    """The ruled lines of a page, and how many pictures it has."""
    rules: list[Rule] = []
    pictures = 0
    for number in range(min(pdfium.FPDFPage_CountObjects(page), 20_000)):
        item = pdfium.FPDFPage_GetObject(page, number)
        kind = pdfium.FPDFPageObj_GetType(item)
        pictures += kind == pdfium.FPDF_PAGEOBJ_IMAGE
        if kind == pdfium.FPDF_PAGEOBJ_PATH and angle == 0:
            rules += _rules(item)
    return rules, pictures


def _rules(path: Any) -> Iterator[Rule]:
    """The thin lines of a path: a filled bar, or each straight stroke."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(path, left, bottom, right, top)
    whole = Rule(left.value, bottom.value, right.value, top.value)
    if min(whole.right - whole.left, whole.top - whole.bottom) <= _RULE:
        if max(whole.right - whole.left, whole.top - whole.bottom) >= _SHORTEST_RULE:
            yield whole
        return
    stroked, filled = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, filled, stroked)
    if stroked.value:
        yield from _strokes(path)


def _strokes(path: Any) -> Iterator[Rule]:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(path, matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for number in range(min(pdfium.FPDFPath_CountSegments(path), 2_000)):
        segment = pdfium.FPDFPath_GetPathSegment(path, number)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = (matrix.a * x.value + matrix.c * y.value + matrix.e, matrix.b * x.value + matrix.d * y.value + matrix.f)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield from _stroke(last, point)
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield from _stroke(point, start)
        last = point


def _stroke(first: tuple[float, float], second: tuple[float, float]) -> Iterator[Rule]:
    (left, right), (bottom, top) = sorted((first[0], second[0])), sorted((first[1], second[1]))
    if min(right - left, top - bottom) <= _RULE and max(right - left, top - bottom) >= _SHORTEST_RULE:
        yield Rule(left, bottom, right, top)
