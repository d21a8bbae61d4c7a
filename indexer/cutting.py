"""Documents cut into what is stored, encoded and found by its words: passages, sentences, keys and counted words.

It is the slowest part of indexing that is not encoding. Documents that an earlier version holds, cut by the same means, are not cut again.
`cutters.py` spreads the others over processes.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from indexer.chunking import Passage, split_passages, titles_of
from indexer.document_line import document_of
from indexer.documents import Document, Section
from indexer.embedder import Embedder
from indexer.lexical_index import spoken_words, stems
from indexer.lexical_writer import CountedWords, counted_words
from indexer.sentences import Sentence


class Cut(NamedTuple):
    """A document cut up: its passages, the keys (titles and other ways to ask) of its sections, and the digest of all it came from."""

    document: Document
    passages: list[Passage]
    keys: list[tuple[Section, str]]
    digest: bytes


@dataclass(frozen=True, slots=True)
class CutDocuments:
    """Some documents cut up, the counted words of their passages, and the words that are spoken in passages and keys, once each."""

    cuts: list[Cut]
    counted: CountedWords
    spoken: list[str]


class Means(NamedTuple):
    """What a Cutter is made of, but for the embedder; `digest` stands for all that decides how a document is cut."""

    budget: int
    encoder: Path
    digest: str
    earlier: Path | None

    def cutter(self, embedder: Embedder) -> "Cutter":
        """The cutter, with an embedder that counts tokens."""
        return Cutter(min(self.budget, embedder.settings.max_tokens), embedder.count_tokens, self.digest, self.earlier)


class Cutter:
    """Cuts documents into passages within a budget of tokens.

    `means` stands for all that decides how, but the documents. `earlier` is the store of a version whose cuts are taken over where a
    document and the means are the same.
    """

    def __init__(self, budget: int, count_tokens: Callable[[str], int], means: str, earlier: Path | None = None) -> None:
        self._budget, self._count_tokens, self._means = budget, count_tokens, means.encode()
        self._earlier = _Earlier(earlier) if earlier else None

    def cut(self, lines: Sequence[bytes]) -> CutDocuments:
        """Documents, given as lines, cut up."""
        cuts = [self._cut(line) for line in lines]
        counted = counted_words(stems(spoken_words(_lexical_text(cut, passage))) for cut in cuts for passage in cut.passages)
        texts = (text for cut in cuts for text in (*(_own_text(cut, passage) for passage in cut.passages), *(key for _, key in cut.keys)))
        return CutDocuments(cuts, counted, list(dict.fromkeys(word for text in texts for word in spoken_words(text))))

    def _cut(self, line: bytes) -> Cut:
        document, digest = document_of(line), hashlib.sha256(self._means + line).digest()
        passages = self._earlier.passages(document, digest) if self._earlier else None
        if passages is None:
            passages = split_passages(document, self._budget, self._count_tokens)
        titles = {passage.section.id: (passage.section, passage.titles) for passage in passages}
        keys = [
            (section, text)
            for section, title in titles.values()
            for text in dict.fromkeys((section.title, title, *document.asked.get(section.id, ())))
        ]
        return Cut(document, passages, keys, digest)


class _Earlier:
    """The passages of documents in the store of an earlier version, which may be damaged: it is then of no use, and no harm."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)

    def passages(self, document: Document, digest: bytes) -> list[Passage] | None:
        """The passages of a document that was stored with that digest; None where none was."""
        with suppress(sqlite3.Error, KeyError, IndexError):
            row = self._connection.execute("SELECT number FROM documents WHERE id = ? AND digest = ?", (document.id, digest)).fetchone()
            return list(self._read(document, row[0])) if row else None
        return None

    def _read(self, document: Document, number: int) -> Iterator[Passage]:
        sections = {section.id: section for section in document.sections}
        sentences: dict[int, list[Sentence]] = {}
        for passage, *values in self._connection.execute(
            'SELECT sentences.passage, sentences.start, sentences."end", kind, context FROM sections '
            "JOIN passages ON passages.section = sections.number JOIN sentences ON sentences.passage = passages.number "
            "WHERE document = ? ORDER BY sentences.number",
            (number,),
        ):
            sentences.setdefault(passage, []).append(Sentence(*values))
        for passage, name in self._connection.execute(
            "SELECT passages.number, sections.id FROM sections JOIN passages ON passages.section = sections.number "
            "WHERE document = ? ORDER BY passages.number",
            (number,),
        ):
            yield Passage(sections[name], tuple(sentences[passage]), titles_of(document, sections[name]))


def passage_text(titles: str, words: str) -> str:
    """What is encoded for a passage: its titles, then its own words."""
    return f"{titles}. {words}"


def sentence_text(context: str, words: str) -> str:
    """What is encoded for a sentence: its own words, after the lead-in or header that gives them meaning."""
    return f"{context} {words}".strip()


def _own_text(cut: Cut, passage: Passage) -> str:
    return passage_text(passage.titles, cut.document.text[passage.start : passage.end])


def _lexical_text(cut: Cut, passage: Passage) -> str:
    """What words can find a passage by: its titles, its own words and their contexts, and the other ways people ask."""
    contexts = dict.fromkeys(sentence.context for sentence in passage.sentences)
    asked = cut.document.asked.get(passage.section.id, ())
    return "\n".join((_own_text(cut, passage), *contexts, *asked))
