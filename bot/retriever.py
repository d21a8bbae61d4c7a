"""From a question to ranked passages: candidates from three rankings, each scored by every signal, then combined."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

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
    """

    text: str
    vector: Vectors
    words: tuple[str, ...]
    asked: tuple[str, ...]
    plain: str
    drugs: tuple[DrugMention, ...] = ()

    @classmethod
    def of(cls, text: str, index: Index, names: Names, before: Collection[str] = ()) -> "Query":
        """The query for a standalone question; `before` are the drugs spoken of."""
        drugs = names.in_text(text, before)
        meanings = [drug.name for drug in drugs if drug.name.casefold() not in text.casefold()]
        searched = f"{text} ({', '.join(meanings)})" if meanings else text
        return cls(searched, _vector(index, searched), tuple(words(searched)), tuple(words(text)), plain(text), drugs)


def _vector(index: Index, text: str) -> Vectors:
    """The vector of a question; of a story that ends in one, drawn towards what is asked."""
    whole, asked = index.encode_query(text), question_in(text)
    if asked == text:
        return whole
    drawn: Vectors = (1 - _ASKED_SHARE) * whole + _ASKED_SHARE * index.encode_query(asked)
    return drawn / np.float32(np.linalg.norm(drawn))


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidate passages, best first, with every signal in the same order. Cosines for dense, sentence and key; BM25 for lexical."""

    passages: Numbers
    combined: Scores
    dense: Scores
    sentence: Scores
    lexical: Scores
    key: Scores

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
    key_of_section = _key_scores(index, query, config.candidates)
    candidates = _candidates(index, query, lexical, key_of_section, config.candidates)
    dense = index.vectors.similarities(query.vector, candidates.tolist())
    sentence = best_sentence_scores(index, query.vector, candidates)
    sections = index.passage_sections[candidates]
    floor = min(key_of_section.values(), default=0.0)
    key = np.array([key_of_section.get(int(section), floor) for section in sections], dtype=np.float32)
    found = lexical[candidates]
    signals = ((config.dense, dense), (config.sentence, sentence), (config.lexical, found), (config.key, key))
    taught = _taught_sections(index, query, key_of_section) if config.key else []
    combined = _taught_first(combine(signals), np.isin(sections, taught))
    order = np.argsort(-combined, kind="stable")
    return Ranking(candidates[order], combined[order], dense[order], sentence[order], found[order], key[order])


def best_sentence_scores(index: Index, vector: Vectors, passages: Numbers) -> Scores:
    """For each passage the cosine of its best sentence."""
    if not len(passages):
        return np.empty(0, dtype=np.float32)
    first, last = index.first_sentences[passages], index.first_sentences[passages + 1]
    rows = np.concatenate([np.arange(start, end) for start, end in zip(first, last, strict=True)])
    similarities: Scores = index.sentence_vectors[rows].astype(np.float32) @ vector
    starts = np.concatenate([[0], np.cumsum(last - first)[:-1]])
    best: Scores = np.maximum.reduceat(similarities, starts)
    return best


def _key_scores(index: Index, query: Query, limit: int) -> dict[int, float]:
    """The best cosine among the titles and other ways to ask of a section, for the sections nearest to the question."""
    nearest = index.keys.search(query.vector, limit)
    scores: dict[int, float] = {}
    for number, similarity in zip(nearest, index.keys.similarities(query.vector, nearest.tolist()), strict=True):
        scores.setdefault(int(index.key_sections[number]), float(similarity))
    return scores


def _taught_sections(index: Index, query: Query, key_of_section: dict[int, float]) -> list[int]:
    """The sections that somebody named for this very question, by their title or another way to ask."""
    near = [section for section, similarity in key_of_section.items() if similarity >= _NEAR]
    return [section for section in near if any(plain(key) == query.plain for key in index.store.keys_of_section(section))]


def _taught_first(combined: Scores, taught: npt.NDArray[np.bool_]) -> Scores:
    """Scores with those of taught sections at the top: whoever adds a way of asking can rely on it."""
    return np.where(taught, np.float32(1), combined * np.float32(_BESIDE)) if taught.any() else combined


def _candidates(index: Index, query: Query, lexical: Scores, key_of_section: dict[int, float], limit: int) -> Numbers:
    """Passages near to the question by vector, by words or by a key, in the documents' order."""
    by_vector = index.vectors.search(query.vector, limit)
    by_words = np.argsort(-lexical, kind="stable")[:limit]
    by_words = by_words[lexical[by_words] > 0]
    sections = np.array(sorted(key_of_section), dtype=index.passage_sections.dtype)
    first = np.searchsorted(index.passage_sections, sections, side="left")
    last = np.searchsorted(index.passage_sections, sections, side="right")
    by_key = [np.arange(start, end) for start, end in zip(first, last, strict=True)]
    return np.unique(np.concatenate([by_vector, by_words, *by_key])).astype(np.int64)


def top_passages(
    index: Index, ranking: Ranking, limit: int, fit: Callable[[StoredPassage], float], unfit: float
) -> tuple[FoundPassage, ...]:
    """The best passages of a ranking, read from the store.

    The first of them are put in order by how well they fit what was asked too: one that does not at all keeps the share 1 - `unfit` of
    its score.
    """
    best = zip(ranking.passages[: max(limit, _FITTED)], ranking.combined, strict=False)
    nearest = ranking.key.max(initial=0.0)
    found = [
        FoundPassage(index.store.passage(int(number)), float(score), place, float(nearest - ranking.key[place]))
        for place, (number, score) in enumerate(best)
    ]
    fitted = [replace(one, score=one.score * (1 - unfit * (1 - fit(one.passage)))) for one in found[:_FITTED]]
    return (*sorted(fitted, key=lambda one: -one.score), *found[_FITTED:])[:limit]
