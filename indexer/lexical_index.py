"""Word matching: BM25 over stemmed words, on bm25s."""

import json
import logging
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer

_WORD = re.compile(r"\w+")
_DROPPED = re.compile("[\u0300-\u036f'\u2019]")  # accents, as NFKD sets them apart, and apostrophes
# Words that say nothing of a question's subject; "not", "no" and "without" are kept, as they may.
STOP_WORDS = frozenset(
    """
    a about after all also am an and any are as at be been but by can could did do does doing for from get gets getting go
    going got had has have having he her hers him his how i if im in into is it its ive just like made make makes may me
    might more most much my of on or our out over she should so some than that the their them then there these they this
    those to too up very was we were what whats when where which who why will with would you your
    """.split()
)


def spoken_words(text: str) -> list[str]:
    """The words of a text that carry meaning, in order: lower case, accents and apostrophes dropped, without stop words."""
    plain = _DROPPED.sub("", unicodedata.normalize("NFKD", text).casefold())
    return [word for word in _WORD.findall(plain) if word not in STOP_WORDS]


def words(text: str) -> list[str]:
    """The same words, stemmed: what BM25 compares."""
    return list(Stemmer.Stemmer("english").stemWords(spoken_words(text)))


class LexicalIndex:
    """BM25 scores of numbered texts (Lucene's variant, k1 = 1.5, b = 0.75, as bm25s has them)."""

    def __init__(self, index: bm25s.BM25, document_frequencies: dict[str, int]) -> None:
        self._index = index
        self._frequencies = document_frequencies

    @classmethod
    def build(cls, texts: Sequence[str]) -> "LexicalIndex":
        """An index over texts, numbered in the order given."""
        split = [words(text) for text in texts]
        index = bm25s.BM25()
        logging.getLogger("bm25s").setLevel(logging.WARNING)  # the library sets itself to DEBUG
        # An empty list of words cannot be indexed; this one can never be asked for.
        index.index([found or ["\0"] for found in split], show_progress=False)
        frequencies: dict[str, int] = {}
        for found in split:
            for word in set(found):
                frequencies[word] = frequencies.get(word, 0) + 1
        return cls(index, dict(sorted(frequencies.items())))

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """The index saved in a folder, its arrays memory-mapped."""
        frequencies = json.loads((folder / "document_frequencies.json").read_text(encoding="utf-8"))
        return cls(bm25s.BM25.load(str(folder), mmap=True), frequencies)

    def save(self, folder: Path) -> None:
        """Write the index into a folder: bm25s's own files, and in how many texts each word stands."""
        self._index.save(str(folder), show_progress=False)
        (folder / "document_frequencies.json").write_text(json.dumps(self._frequencies, ensure_ascii=False), encoding="utf-8")

    def scores(self, query: Sequence[str]) -> npt.NDArray[np.float32]:
        """The score of every text for the words of a query, as `words` gives them; 0 where no word is shared."""
        known = [word for word in query if word in self._frequencies]
        if not known:
            return np.zeros(len(self), dtype=np.float32)
        scores: npt.NDArray[np.float32] = self._index.get_scores(known)
        return scores

    def __len__(self) -> int:
        return int(self._index.scores["num_docs"])

    def rarity(self, word: str) -> float:
        """How much a word tells: ln(1 + n/df), with df = 0.5 for a word that stands in no text."""
        return float(np.log1p(len(self) / (self._frequencies.get(word, 0) or 0.5)))
