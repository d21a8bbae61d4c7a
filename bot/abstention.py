"""Whether the documents hold an answer at all: features of the retrieval, through a small logistic model, to a probability."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from math import exp

import numpy as np

from bot.extractive import coverage
from bot.retriever import FoundPassage, Query, Ranking
from indexer.index import Index

_COVERING = 3  # passages whose words count as covering the question
_RUNNERS_UP = 5  # passages the best one is held against


@dataclass(frozen=True, slots=True)
class Features:
    """What the retrieval tells about a question, each between 0 and 1.

    Cosines of the nearest passage, sentence and key; share of the question's words in the best passages and their sections' keys; whether
    the passage nearest by vector is also the best by words; by how much the nearest passage leads.
    """

    dense: float
    sentence: float
    key: float
    coverage: float
    words_agree: float
    lead: float


NOTHING_FOUND = Features(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Coefficients of the logistic model, and the probability below which nothing is answered.

    The ones here were fitted (logistic regression, C = 10) to 400 questions, 230 of them answerable, over this corpus and four small ones
    on other subjects; cross-validated AUROC 0.95 on this corpus, 0.86 to 0.98 on the others. At 0.65, 0.83 of the answerable were answered,
    none of those off the subject, and one in eight of all without an answer, most of them on a drug the documents are about. They serve
    every index until one brings coefficients of its own.
    """

    bias: float = -7.01
    weights: Features = Features(dense=4.53, sentence=1.05, key=4.22, coverage=2.97, words_agree=1.51, lead=8.49)
    threshold: float = 0.65

    def probability(self, features: Features) -> float:
        """The probability that the documents answer the question."""
        total = sum(weight * value for weight, value in zip(astuple(self.weights), astuple(features), strict=True))
        return 1 / (1 + exp(-self.bias - total))


def features_of(index: Index, query: Query, ranking: Ranking, best: Sequence[FoundPassage]) -> Features:
    """The features of a ranking, whose first passages are `best`."""
    if not len(ranking):
        return NOTHING_FOUND
    covering = [found.passage for found in best[:_COVERING]]
    texts = [text for passage in covering for text in (passage.titles, passage.text, *index.store.keys_of_section(passage.section_number))]
    by_vector = np.sort(ranking.dense)[::-1]
    return Features(
        dense=max(0.0, float(by_vector[0])),
        sentence=max(0.0, float(ranking.sentence.max())),
        key=max(0.0, float(ranking.key.max())),
        coverage=coverage(index, query, "\n".join(texts)),
        words_agree=float(ranking.lexical.max() > 0 and ranking.lexical.argmax() == ranking.dense.argmax()),
        lead=float(by_vector[0] - by_vector[1 : 1 + _RUNNERS_UP].mean()) if len(by_vector) > 1 else 0.0,
    )
