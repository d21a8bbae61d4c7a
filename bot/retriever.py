"""From a question to ranked passages: candidates from three rankings, each scored by every signal, then combined."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.answer import DrugMention
from bot.config import RetrievalConfig
from bot.errors import QuestionError
from bot.fusion import Scores, combine
from bot.lexicon import Names
from bot.question import question_in
from indexer.documents import plain
from indexer.embedder import Vectors
from indexer.index import Index
from indexer.lexical_index import words
from indexer.store import StoredPassage

SIGNALS = ("dense", "sentence", "lexical", "key")
Numbers = npt.NDArray[np.int64]
_ASKED_SHARE = 0.4  # 0.3 to 0.5 find more key facts in messages of over 20 words than 0 or 0.7
_MEANT_SHARE = 0.2  # 0.1 to 0.25 do alike, 0.35 worse; as good as the names encoded with the question, which takes a second pass
_NEAR = 0.8  # cosine; two questions of the same words, whatever their case and signs, are nearer
_FITTED = 20  # passages whose fit is looked at; more cost time and bring none
_BESIDE = 0.8  # what the score of a passage counts for next to one that the very question leads to


def single_signal(name: str) -> RetrievalConfig:
    """Weights that rank by one signal alone, for comparison. Raises QuestionError."""
    if name not in SIGNALS:
        raise QuestionError(f"there is no ranking {name!r}; choose combined, {', '.join(SIGNALS)}")
    weights = {signal: float(signal == name) for signal in SIGNALS}
    return RetrievalConfig(dense=weights["dense"], sentence=weights["sentence"], lexical=weights["lexical"], key=weights["key"])


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the index sees it: the text searched, its vector and stemmed words, and the drugs it names.

    The text searched is the question joined by the drugs' own names; `asked` are the stemmed words and `plain` all words of the question.
    `rarities` has for each word searched how much it tells.
    """

    text: str
    vector: Vectors
    words: tuple[str, ...]
    asked: tuple[str, ...]
    plain: str
    drugs: tuple[DrugMention, ...] = ()
    rarities: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str, index: Index, names: Names, before: Collection[str] = ()) -> "Query":
        """The query for a standalone question; `before` are the drugs spoken of."""
        drugs = names.in_text(text, before)
        meanings = [drug.name for drug in drugs if drug.name.casefold() not in text.casefold()]
        searched = f"{text} ({', '.join(meanings)})" if meanings else text
        sought = tuple(words(searched))
        rarities = {word: index.lexical.rarity(word) for word in sought}
        return cls(searched, _vector(index, text, meanings), sought, tuple(words(text)), plain(text), drugs, rarities)


def _vector(index: Index, text: str, meanings: Sequence[str]) -> Vectors:
    """The vector of a question, drawn towards the drugs it names by other names; of a story that ends in one, towards what is asked."""
    vector, asked = index.encode_query(text), question_in(text)
    if asked != text:
        vector = _drawn(vector, index.encode_query(asked), _ASKED_SHARE)
    if meanings:
        vector = _drawn(vector, _mean([index.encode_query(name) for name in meanings]), _MEANT_SHARE)
    return vector


def _drawn(vector: Vectors, other: Vectors, share: float) -> Vectors:
    """A unit vector, of which another has a share."""
    return _mean([(1 - share) * vector, share * other])


def _mean(vectors: Sequence[Vectors]) -> Vectors:
    """The direction of several vectors together."""
    total = np.sum(vectors, axis=0)
    unit: Vectors = total / np.float32(np.linalg.norm(total))
    return unit


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidate passages, best first, with every signal in the same order. Cosines for dense, sentence and key; BM25 for lexical.

    `nearest_keys` are the sections of the keys nearest to the question, nearest first, one for each key.
    """

    passages: Numbers
    combined: Scores
    dense: Scores
    sentence: Scores
    lexical: Scores
    key: Scores
    nearest_keys: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.passages)


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage with its score, 0 to 1 within its ranking, and its place there before its fit was looked at.

    `astray` is the best cosine of any key with the question less that of the passage's section.
    """

    passage: StoredPassage
    score: float
    place: int = 0
    astray: float = 0.0


def rank(index: Index, query: Query, config: RetrievalConfig) -> Ranking:
    """All candidates, best first. Ties keep the documents' order, so the same question always gives the same ranking."""
    lexical = index.lexical.scores(query.words)
    numbers, similarities = index.keys.nearest(query.vector, config.candidates)
    nearest_keys = index.key_sections[numbers].astype(np.int64)
    near, first = np.unique(nearest_keys, return_index=True)  # sections, ascending, and their best keys
    by_words = index.lexical.best(query.words, lexical, config.candidates)
    candidates = _candidates(index, query, by_words, near, config.candidates)
    dense = index.vectors.similarities(query.vector, candidates)
    sentence = best_sentence_scores(index, query.vector, candidates)
    sections = index.passage_sections[candidates]
    key = _key_scores(sections, near, similarities[first])
    found = lexical[candidates]
    signals = ((config.dense, dense), (config.sentence, sentence), (config.lexical, found), (config.key, key))
    taught = _taught_sections(index, query, near[similarities[first] >= _NEAR]) if config.key else []
    combined = _taught_first(combine(signals), np.isin(sections, taught))
    order = np.argsort(-combined, kind="stable")
    return Ranking(candidates[order], combined[order], dense[order], sentence[order], found[order], key[order], nearest_keys)


def best_sentence_scores(index: Index, vector: Vectors, passages: Numbers) -> Scores:
    """For each passage the cosine of its best sentence."""
    if not len(passages):
        return np.empty(0, dtype=np.float32)
    first, sizes = index.first_sentences[passages], index.first_sentences[passages + 1] - index.first_sentences[passages]
    best: Scores = np.maximum.reduceat(index.sentence_vectors.similarities(vector, _runs(first, sizes)), np.cumsum(sizes) - sizes)
    return best


def _runs(first: npt.NDArray[np.integer[Any]], sizes: npt.NDArray[np.integer[Any]]) -> Numbers:
    """Numbers from each `first` on, so many of each as `sizes` says, one run after the other."""
    ends = np.cumsum(sizes)
    runs: Numbers = np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - (ends - sizes), sizes)
    return runs


def _key_scores(sections: npt.NDArray[np.int32], near: Numbers, best: Scores) -> Scores:
    """For each passage's section the best cosine among its titles and other ways to ask; the least of all where none of them is near.

    `near` are the sections that one is near of, ascending, and `best` their cosines.
    """
    if not len(near):
        return np.zeros(len(sections), dtype=np.float32)
    places = np.minimum(np.searchsorted(near, sections), len(near) - 1)
    return np.where(near[places] == sections, best[places], best.min())


def _taught_sections(index: Index, query: Query, near: Numbers) -> list[int]:
    """The sections that somebody named for this very question, by their title or another way to ask."""
    return [section for section in near.tolist() if any(plain(key) == query.plain for key in index.store.keys_of_section(section))]


def _taught_first(combined: Scores, taught: npt.NDArray[np.bool_]) -> Scores:
    """Scores with those of taught sections at the top: whoever adds a way of asking can rely on it."""
    return np.where(taught, np.float32(1), combined * np.float32(_BESIDE)) if taught.any() else combined


def _candidates(index: Index, query: Query, by_words: Numbers, near: Numbers, limit: int) -> Numbers:
    """Passages near to the question by vector, by words or by a key, in the documents' order."""
    by_vector = index.vectors.search(query.vector, limit)
    sections = near.astype(index.passage_sections.dtype)  # of another type, the whole array would be copied to be searched
    first = np.searchsorted(index.passage_sections, sections, side="left")
    last = np.searchsorted(index.passage_sections, sections, side="right")
    return np.unique(np.concatenate([by_vector, by_words, _runs(first, last - first)]))


def top_passages(
    index: Index, ranking: Ranking, limit: int, fit: Callable[[StoredPassage], float], unfit: float
) -> tuple[FoundPassage, ...]:
    """The best passages of a ranking, read from the store.

    The first of them are put in order by how well they fit what was asked too: one that does not at all keeps the share 1 - `unfit` of
    its score.
    """
    first = slice(max(limit, _FITTED))
    scores, astray = ranking.combined[first].tolist(), (ranking.key.max(initial=0.0) - ranking.key[first]).tolist()
    passages = index.store.passages(ranking.passages[first].tolist())
    for place, passage in enumerate(passages[:_FITTED]):
        scores[place] *= 1 - unfit * (1 - fit(passage))
    found = [
        FoundPassage(passage, score, place, far) for place, (passage, score, far) in enumerate(zip(passages, scores, astray, strict=True))
    ]
    return (*sorted(found[:_FITTED], key=lambda one: -one.score), *found[_FITTED:])[:limit]
