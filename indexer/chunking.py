"""Passages: runs of whole sentences within one section, packed to a token budget."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from indexer.documents import Document, Section
from indexer.sentences import Sentence, split_sentences


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of one section made of whole sentences. `titles` help to find it and are never part of the quotation."""

    section: Section
    sentences: tuple[Sentence, ...]
    titles: str

    @property
    def start(self) -> int:
        """Offset of the first sentence in the document's text."""
        return self.sentences[0].start

    @property
    def end(self) -> int:
        """Offset past the last sentence in the document's text."""
        return self.sentences[-1].end


def titles_of(document: Document, section: Section) -> str:
    """The document's title and the headings a section stands under, once each."""
    return ". ".join(dict.fromkeys((document.title, *section.parents, section.title)))


def split_passages(document: Document, budget: int, count_tokens: Callable[[str], int]) -> list[Passage]:
    """Passages of every section in reading order; each sentence is in exactly one.

    Titles and sentences stay within `budget` tokens, but for a single long sentence and for long titles, which leave at least half of it.
    """
    sentences = deque(split_sentences(document))
    passages: list[Passage] = []
    for section in document.sections:
        inside: list[Sentence] = []
        while sentences and sentences[0].start < section.end:
            inside.append(sentences.popleft())
        titles = titles_of(document, section)
        sizes = [count_tokens(document.text[sentence.start : sentence.end]) for sentence in inside]
        room = max(budget - count_tokens(titles), budget // 2, 1)
        passages += [Passage(section, tuple(inside[first:last]), titles) for first, last in _pack(sizes, room)]
    return passages


def _pack(sizes: Sequence[int], room: int) -> list[tuple[int, int]]:
    """Runs of at most `room`, about equally full, so that no section ends in a scrap."""
    if not sizes:
        return []
    target = sum(sizes) / max(ceil(sum(sizes) / room), 1)
    runs: list[tuple[int, int]] = []
    first, filled = 0, 0
    for number, size in enumerate(sizes):
        if number > first and (filled + size > room or filled + size / 2 > target):
            runs.append((first, number))
            first, filled = number, 0
        filled += size
    return [*runs, (first, len(sizes))]
