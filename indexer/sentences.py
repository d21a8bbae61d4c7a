"""Sentences of a document: the units that are quoted. A list item or table row never runs into its neighbour."""

import re
from dataclasses import dataclass

from syntok import segmenter

from indexer.documents import Block, BlockKind, Document, is_text

_LONGEST = 600
_STRETCH = 50_000  # signs
_LOOK_BACK = 40  # signs; far enough for any title and the spaces after it
_OPEN_BRACKET = re.compile(r"[^.!?]\)$")  # no sentence ends in it
_NO_END = re.compile(r"\b(Drs?|Mrs?|Ms|Prof|Rev|St|et al|vs|cf|approx|e\.g|i\.e)\.$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A span of a document's text that can be quoted. `context` gives a row or item its meaning and helps to find it."""

    start: int
    end: int
    kind: BlockKind
    context: str = ""


def split_sentences(document: Document) -> list[Sentence]:
    """Every sentence in reading order; headings and table headers are none. Spans do not overlap and carry no outer space."""
    return [sentence for block in document.blocks for sentence in _split_block(document.text, block)]


def _split_block(text: str, block: Block) -> list[Sentence]:
    match block.kind:
        case "heading" | "header":
            return []
        case "row":
            return [Sentence(block.start, block.end, block.kind, block.context)]
        case "code":
            return [Sentence(start, end, block.kind) for start, end in _bounded(text, block.start, block.end)]
        case _:
            spans = sentence_spans(text[block.start : block.end])
            return [Sentence(block.start + start, block.start + end, block.kind, block.context) for start, end in spans]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of one paragraph, however long that is."""
    spans: list[tuple[int, int]] = []
    begin = 0
    while begin < len(text):
        end = _stretch_end(text, begin)
        spans += [(begin + first, begin + last) for first, last in _spans(text[begin:end])]
        begin = end
    return spans


def _stretch_end(text: str, begin: int) -> int:
    """Where to stop reading at a time: after a sentence or else a word, as a library that reads a book in one breath needs a gigabyte."""
    if len(text) - begin <= _STRETCH:
        return len(text)
    window = text[begin : begin + _STRETCH]
    return begin + (window.rfind(". ") + 1 or window.rfind(" ") + 1 or _STRETCH)


def _spans(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a text.

    syntok decides where sentences begin; all that lies between two beginnings belongs to the first, so no sign is lost (syntok itself
    rewrites some tokens). A piece without a letter or digit joins the one before, and what has no end for too long is cut.
    """
    starts = [sentence[0].offset for paragraph in segmenter.process(text) for sentence in paragraph if sentence]
    starts = [start for start in starts if _can_begin(text, start)]
    spans: list[tuple[int, int]] = []
    for start, end in zip([0, *starts[1:]], [*starts[1:], len(text)], strict=True) if starts else [(0, len(text))]:
        piece = text[start:end]
        left, right = start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        if not is_text(piece):
            if spans and left < right < spans[-1][0] + _LONGEST:
                spans[-1] = (spans[-1][0], right)
        else:
            spans += _bounded(text, left, right)
    return spans


def _bounded(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A span in pieces of at most _LONGEST signs, cut after a clause or else between words: a transcript may have no full stops."""
    pieces: list[tuple[int, int]] = []
    while end - start > _LONGEST:
        window = text[start : start + _LONGEST]
        clause = max(window.rfind(sign) for sign in (", ", "; ", ": ")) + 1
        cut = clause if clause > _LONGEST // 4 else max(window.rfind(" "), 0) or _LONGEST
        pieces.append((start, start + len(window[:cut].rstrip())))
        start += cut
        while start < end and text[start].isspace():
            start += 1
    pieces.append((start, end))
    return [(first, last) for first, last in pieces if is_text(text[first:last])]


def _can_begin(text: str, start: int) -> bool:
    """Whether a sentence can begin there: not inside a word or a number, and not after a semicolon, a comma, or a title or "et al."."""
    before = text[max(0, start - _LOOK_BACK) : start].rstrip()
    inside_word = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    inside_number = text[start].isdigit() and bool(_OPEN_BRACKET.search(before))  # (800) 555-0199
    return not (inside_word or inside_number or before.endswith((";", ",")) or _NO_END.search(before))
