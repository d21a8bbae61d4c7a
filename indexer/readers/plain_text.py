"""Plain text: paragraphs at blank lines, bullets as items, and short lines that stand as headings."""

import re
from itertools import zip_longest

from indexer.documents import Draft

_BULLET = re.compile(r"\s*(?:[-*\u2022\u2013]|\(?\d{1,2}[.)])\s+(?=\S)")
_UNDERLINE = re.compile(r"\s*(?:={3,}|-{3,}|~{3,})\s*$")
_HEADING_WORDS = 12
_HEADING_CHARACTERS = 80


def read_plain_text(text: str) -> list[Draft]:
    """Drafts of a plain text. Hard-wrapped lines are joined; nothing is dropped but blank lines and underlines."""
    split = (chunk.split("\n") for chunk in re.split(r"\n\s*\n", text) if chunk.strip())
    chunks = [[line for line in lines if line.strip()] for lines in split]
    drafts: list[Draft] = []
    for lines, following in zip_longest(chunks, chunks[1:], fillvalue=[""]):
        drafts += _read_chunk(lines, following[0])
    return drafts


def _read_chunk(lines: list[str], following: str) -> list[Draft]:
    drafts: list[Draft] = []
    if len(lines) > 1 and _UNDERLINE.match(lines[1]) and lines[0].strip():
        drafts, lines = [Draft("heading", lines[0], level=1)], lines[2:]
    elif _opens_with_heading(lines, following):
        drafts, lines = [Draft("heading", lines[0], level=1)], lines[1:]
    paragraph: list[str] = []
    in_item = False
    lead_in = ""
    for number, line in enumerate(lines):
        bullet = _bullet(line, may_wrap=number > 0 and not in_item)
        if bullet:
            drafts += _close(paragraph, in_item=in_item, lead_in=lead_in)
            if not in_item and paragraph and paragraph[-1].rstrip().endswith(":"):
                lead_in = _joined(paragraph)
            paragraph, in_item = [line[bullet.end() :]], True
        else:
            paragraph.append(line)
    return drafts + _close(paragraph, in_item=in_item, lead_in=lead_in)


def _bullet(line: str, *, may_wrap: bool) -> re.Match[str] | None:
    """A bullet. Where a line may be wrapped text ("…was cut to / 40. Then…"), a number opens a list only if it is 1."""
    bullet = _BULLET.match(line)
    number = re.sub(r"\D", "", bullet[0]) if bullet else ""
    return None if may_wrap and number not in ("", "1") else bullet


def _close(paragraph: list[str], *, in_item: bool, lead_in: str) -> list[Draft]:
    if not paragraph:
        return []
    if in_item:
        return [Draft("item", _joined(paragraph), context=lead_in)]
    return [Draft("paragraph", _joined(paragraph))]


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines if line.strip())


def _opens_with_heading(lines: list[str], following: str) -> bool:
    """Whether the first line is a heading: short, capitalised, unpunctuated, and set apart from what follows.

    Set apart means: alone between blank lines with text still to come, above a list, or much shorter than the line below it (in a
    hard-wrapped paragraph the first line is about as long as the others). A numbered line ("1. Storage") is one only above plain text, as
    it is an item of a list otherwise. `following` is the line after the next blank one, empty at the end.
    """
    first = lines[0].strip()
    looks_like_one = (
        len(first) <= _HEADING_CHARACTERS
        and len(first.split()) <= _HEADING_WORDS
        and first[-1] not in ".,;:!\u2026"
        and (first[0].isupper() or first[0].isdigit())
    )
    if not looks_like_one:
        return False
    if len(lines) == 1:
        is_item = _BULLET.match(first) is not None and _BULLET.match(following) is not None
        return bool(following) and not is_item
    if _BULLET.match(first):
        return False
    return _bullet(lines[1], may_wrap=True) is not None or len(first) < 0.6 * len(lines[1].strip())
