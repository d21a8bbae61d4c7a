"""The one document model that every reader fills and everything later cites.

A document's `text` is what a reader sees: no markup, no footnote marks. Everything else points into it with half-open spans
of Unicode code points, so `document.text[start:end]` is always the quotation itself.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

EMPTY_CELL = "-"  # keeps the cells after it in their columns
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
_NO_WORD = re.compile(r"[\W_]+")
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_RAISED = str.maketrans("0123456789+-\u2212", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b\u207b")
BlockKind = Literal["heading", "paragraph", "item", "header", "row", "code"]


@dataclass(frozen=True, slots=True)
class Source:
    """A publication that a document's facts rest on; `url` and the rest may be unknown for an operator's own footnote."""

    id: str
    title: str
    publisher: str | None = None
    url: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item, table row or heading. `context` is what gives a row or item its meaning (header cells, lead-in)."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    context: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and all up to the next one; `parents` are the titles of the headings it stands under."""

    id: str
    title: str
    start: int
    end: int
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A footnote mark: the sources named right before `position`."""

    position: int
    source_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page or line of a file begins: all from `position` on, up to the next place, stands on page or line `number` (from 1)."""

    position: int
    number: int


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A document taken out, and why."""

    id: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document as a reader sees it, and what is known about it. Dates are ISO 8601 days. `pages` is empty where there are none."""

    id: str
    title: str
    text: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]
    marks: tuple[Mark, ...] = ()
    sources: tuple[Source, ...] = ()
    url: str | None = None
    group: str | None = None
    reviewed: str | None = None
    reviewed_by: str | None = None
    review_due: str | None = None
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pages: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A block as a reader hands it over, before its place in the text is known.

    `marks` hold an offset and a footnote label, `places` the offset from which it stands on a page or line of the file and its number.
    """

    kind: BlockKind
    text: str
    level: int = 0
    context: str = ""
    marks: tuple[tuple[int, str], ...] = ()
    places: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Drafts laid out as one text."""

    text: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]
    labels: tuple[tuple[int, str], ...]
    places: tuple[Place, ...] = ()


def place_at(places: Sequence[Place], position: int) -> int | None:
    """The page or line that a position of a document stands on; None where none are known."""
    number = bisect_right(places, position, key=lambda place: place.position)
    return places[max(number - 1, 0)].number if places else None


def plain(text: str) -> str:
    """The words of a text alone, in lower case, apostrophes dropped: two questions that differ in nothing else are the same."""
    if text.isascii() and text.isalnum():
        return text.lower()
    without = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    return _NO_WORD.sub(" ", without).strip()


def slug(text: str) -> str:
    """The id of a heading or file name: its plain words with hyphens."""
    return plain(text).replace(" ", "-") or "section"


def well_formed(text: str) -> str:
    """A text that every encoder, file and terminal takes: halves of surrogate pairs are joined, or replaced where the other is missing."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def visible(text: str) -> str:
    """A text without the signs that nobody sees, such as the soft hyphens in words; they would keep it from being found.

    Control characters, which a terminal would obey, become replacement characters: their place stays seen.
    """
    return CONTROLS.sub("\N{REPLACEMENT CHARACTER}", _UNSEEN.sub("", text))


def raised(text: str) -> str:
    """Raised figures as signs of their own: 10 to the 6th is not 106. Other signs stay as they are."""
    return text.translate(_RAISED)


def is_text(text: str) -> bool:
    """Whether there is anything to read in it: at least one letter or digit."""
    return any(character.isalnum() for character in text)


def lay_out(drafts: Iterable[Draft], title: str) -> Layout:
    """Join drafts into one text; sections run from heading to heading, a text without a first heading opens under `title`."""
    parts: list[str] = []
    blocks: list[Block] = []
    labels: list[tuple[int, str]] = []
    places: list[Place] = []
    position = 0
    for draft in drafts:
        lead = len(draft.text) - len(draft.text.lstrip())
        text = draft.text.strip()
        if not is_text(text):
            labels += [(position, label) for _, label in draft.marks]  # a mark on its own belongs to what stands above it
            continue
        if blocks:
            gap = "\n" if draft.kind in ("item", "row") and blocks[-1].kind in ("item", "row", "header") else "\n\n"
            parts.append(gap)
            position += len(gap)
        blocks.append(Block(draft.kind, position, position + len(text), draft.level, draft.context))
        labels += [(position + min(max(offset - lead, 0), len(text)), label) for offset, label in draft.marks]
        starts = (Place(position + min(max(offset - lead, 0), len(text)), number) for offset, number in draft.places)
        places += [start for start in starts if not places or start.number != places[-1].number]
        parts.append(text)
        position += len(text)
    whole = "".join(parts)
    return Layout(whole, tuple(blocks), _sections(blocks, whole, title), tuple(labels), tuple(places))


def _sections(blocks: Sequence[Block], text: str, title: str) -> tuple[Section, ...]:
    headings = [block for block in blocks if block.kind == "heading"]
    starts = [heading.start for heading in headings]
    opens_bare = bool(blocks) and (not headings or blocks[0].kind != "heading")
    ends = [*starts[1:], len(text)][: len(headings)]
    sections: list[Section] = []
    taken: dict[str, int] = {}
    if opens_bare:
        sections.append(Section(_unused("introduction", taken), title, 0, _trimmed(text, starts[0] if starts else len(text))))
    above: list[Block] = []
    for heading, end in zip(headings, ends, strict=True):
        above = [block for block in above if block.level < heading.level]
        parents = tuple(text[block.start : block.end] for block in above)
        name = text[heading.start : heading.end]
        sections.append(Section(_unused(slug(name), taken), name, heading.start, _trimmed(text, end), parents))
        above.append(heading)
    return tuple(sections)


def _trimmed(text: str, end: int) -> int:
    while end > 0 and text[end - 1].isspace():
        end -= 1
    return end


def _unused(wanted: str, taken: dict[str, int]) -> str:
    """The id wanted, or with a number behind it; `taken` has every id so far, and the number last put behind it."""
    name = wanted
    while name in taken:
        taken[wanted] += 1
        name = f"{wanted}-{taken[wanted]}"
    taken[name] = 1
    return name
