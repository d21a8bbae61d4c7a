"""Word matching: BM25 over stemmed words, read out of memory-mapped postings. `lexical_writer.py` writes them.

For each word its postings stand side by side: the passages that hold it, ascending, and what it adds to their score (its impact), which is
known when they are written. To go through all postings of a question's words takes a few nanoseconds each; leaving out those of frequent
words, as MaxScore does, costs more than that in NumPy.
"""

import json
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p
from pathlib import Path

import numpy as np
import numpy.typing as npt
import Stemmer

from indexer.array_file import let_go, mapped
from indexer.word_table import WordTable

Numbers = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
PARAMETERS = "parameters.json"
_ENOUGH = 8  # times as many postings as passages are wanted; among the rarest words, they tell well what the best have at least
_LET_GO = 10_000_000  # postings looked at, of 8 bytes; a small index never has so many in memory
_WORD = re.compile(r"\w+")
_DROPPED = re.compile("[\u0300-\u036f'\u2019]")  # accents, as NFKD sets them apart, and apostrophes
_THREAD = threading.local()  # a stemmer is not to be used by two threads at once
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
    return stems(spoken_words(text))


def stems(spoken: Sequence[str]) -> list[str]:
    """The stem of each word."""
    try:
        stemmer = _THREAD.stemmer
    except AttributeError:
        stemmer = _THREAD.stemmer = Stemmer.Stemmer("english", 0)  # remembers nothing: words of questions do not stay in memory
    return list(stemmer.stemWords(spoken))


@dataclass(frozen=True, slots=True)
class _Term:
    """A word of a query: where its postings are, and how often it was asked for."""

    first: int
    last: int
    times: int

    def __len__(self) -> int:
        return self.last - self.first


class LexicalIndex:
    """BM25 scores of numbered passages (Lucene's variant, k1 = 1.5, b = 0.75).

    The postings of word w are `passages[first[w]:first[w + 1]]` (int32) and `impacts` (float32) at the same places.
    """

    def __init__(
        self,
        count: int,
        table: WordTable,
        first: npt.NDArray[np.int64],
        passages: npt.NDArray[np.int32],
        impacts: Scores,
    ) -> None:
        self._count, self._table = count, table
        self._first, self._passages, self._impacts = first, passages, impacts
        self._looked_at = 0

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """The index saved in a folder, memory-mapped."""
        count = int(json.loads((folder / PARAMETERS).read_bytes())["passages"])
        first, passages, impacts = (mapped(folder / f"{name}.npy") for name in ("first_postings", "passages", "impacts"))
        return cls(count, WordTable.load(folder), first, passages, impacts)

    def is_whole(self) -> bool:
        """Whether its parts belong together."""
        sizes = len(self._first) - 1 == len(self._table) and len(self._passages) == len(self._impacts)
        return sizes and self._table.is_whole() and self._first[-1] == len(self._passages)

    def __len__(self) -> int:
        return self._count

    def rarity(self, word: str) -> float:
        """How much a word tells: ln(1 + n/df), with df = 0.5 for a word that stands in no passage."""
        number = self._table.number(word)
        return log1p(self._count / (0.5 if number is None else int(self._first[number + 1] - self._first[number])))

    def search(self, query: Sequence[str], limit: int) -> Numbers:
        """Numbers of the `limit` passages that score best for the words of a query, best first, ties in their order.

        Fewer where fewer hold any of the words.
        """
        return self.best(query, self.scores(query), limit)

    def best(self, query: Sequence[str], scores: Scores, limit: int) -> Numbers:
        """What `search` finds, where the scores of all passages are known already."""
        holding = [self._passages[term.first : term.last] for term in self._terms(query)]
        found = np.flatnonzero(scores >= _least(scores, holding, limit))
        return found[np.argsort(-scores[found], kind="stable")[:limit]]

    def scores(self, query: Sequence[str]) -> Scores:
        """The score of every passage."""
        scores = np.zeros(self._count, dtype=np.float32)
        for term in self._terms(query):
            impacts = self._impacts[term.first : term.last]
            scores[self._passages[term.first : term.last]] += impacts if term.times == 1 else impacts * np.float32(term.times)
            self._looked_at += len(term)
        if self._looked_at > _LET_GO:
            self._looked_at = 0
            let_go(self._passages)
            let_go(self._impacts)
        return scores

    def _terms(self, query: Sequence[str]) -> list[_Term]:
        """The words of a query that are known, the rarest first: the order in which all scores are added up."""
        terms = []
        for word, times in Counter(query).items():
            if (number := self._table.number(word)) is not None:
                first, last = int(self._first[number]), int(self._first[number + 1])
                terms.append(_Term(first, last, times))
        return sorted(terms, key=len)


def _least(scores: Scores, holding: Sequence[npt.NDArray[np.int32]], limit: int) -> float:
    """A score that at least `limit` passages reach; where there may not be so many, the least above 0.

    Told by the passages that hold the rarest words, as sorting all takes longer than scoring them. A passage stands once in each list at
    most, so that among the best `limit` times the lists there are `limit` passages.
    """
    lists, postings = 0, 0
    while lists < len(holding) and postings < _ENOUGH * limit:
        postings += len(holding[lists])
        lists += 1
    if postings < limit * lists or not lists:
        return float(np.finfo(np.float32).tiny)
    found = scores[np.concatenate(holding[:lists])]
    return float(np.partition(found, postings - limit * lists)[postings - limit * lists])
