"""Whether the documents hold an answer at all: features of the retrieval, through a small logistic model, to a probability."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import exp

from bot.extractive import coverage
from bot.retriever import FoundPassage, Query, Ranking
from indexer.index import Index


@dataclass(frozen=True, slots=True)
class Features:
    """What the retrieval tells. Cosines of the nearest passage, sentence and key; share of the question's words in the best passages."""

    dense: float
    sentence: float
    key: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Coefficients of the logistic model, and the probability below which nothing is answered.

    These were fitted by logistic regression to 150 questions written for it (two thirds of them answerable) over this corpus and three small
    ones on other subjects; an index with a gold set of its own will bring its own.
    """

    bias: float = -9.0
    dense: float = 3.0
    sentence: float = 5.0
    key: float = 4.0
    coverage: float = 3.0
    threshold: float = 0.5

    def probability(self, features: Features) -> float:
        """The probability that the best answer found is right."""
        weights = asdict(self)
        return 1 / (1 + exp(-self.bias - sum(weights[name] * value for name, value in asdict(features).items())))


def features_of(index: Index, query: Query, ranking: Ranking, best: Sequence[FoundPassage]) -> Features:
    """The features of one ranking; all 0 where nothing was found."""
    if not len(ranking):
        return Features(0.0, 0.0, 0.0, 0.0)
    text = "\n".join(f"{found.passage.titles}\n{found.passage.text}" for found in best)
    values = (float(ranking.dense.max()), float(ranking.sentence.max()), float(ranking.key.max()), coverage(index, query, text))
    return Features(*(max(0.0, value) for value in values))
