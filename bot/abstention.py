"""Whether the documents hold an answer at all: features of the retrieval, through a small logistic model, to a probability."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import exp, log1p

import numpy as np

from bot.extractive import ChosenSentence, coverage
from bot.fit import Fit
from bot.retriever import FoundPassage, Query, Ranking
from indexer.index import Index
from indexer.lexical_index import spoken_words

_COVERING = 3  # passages in which a place has to be named
_NEAREST = 10  # keys that may support the best passage's section
_UNKNOWN = 0.45  # how near a word is that stands in no document; encoding such words told no more (AUROC 0.911 to 0.913)
_FIGURES = frozenset({"year", "time", "number"})
# Words that ask or fill and name nothing, besides the stop words: that a passage lacks them says nothing.
_FILLERS = frozenset(
    """
    actually anything anyone bc bit cant cause cuz day days didnt doesnt dont dude even ever everyone feel feeling give gives giving
    gonna good gotta guess guy guys help honestly idk isnt keep keeps kind kinda know last let like literally little lol lot many
    maybe mean means month months much need new now ok okay old one people person please pls ppl question quick really right said say
    saying says see someone something sort sorry still stuff sure take taken takes taking tell thanks thing things think tho though
    time told took trying ur use used using w wanna want wanted wants wasnt way week weeks whole wondering wont work works year years
    yeah yes yr yrs
    """.split()
)


@dataclass(frozen=True, slots=True)
class Features:
    """What the retrieval tells about a question, each of the order of 1.

    key            cosine of the nearest title or way of asking
    support        share of the best passage's titles and ways of asking that are among the ten nearest keys
    lexical        BM25 of the best passage, by how much the question's words tell (their rarity, added up)
    score          the best passage's score, its fit included
    covered        how much of the question's words, by rarity, stands in the answer's sentences and their titles
    least_covered  how near (cosine) the question's least covered word is to a word of the best passage, its titles and keys
    length         ln(1 + words)
    names_drug     whether a drug is named, which makes everything about it look near
    asks_figure    whether a year, a time, a number or a share is asked for
    lacks_figure   whether the answer then has none of that kind
    elsewhere      whether a place is named that none of the three best passages names
    told           how well what is asked about drugs is what the answer's best sentence and its section tell of
    several        whether several drugs are compared or combined
    """

    key: float
    support: float
    lexical: float
    score: float
    covered: float
    least_covered: float
    length: float
    names_drug: float
    asks_figure: float
    lacks_figure: float
    elsewhere: float
    told: float
    several: float


_NAMES = tuple(field.name for field in fields(Features))
NOTHING_FOUND = Features(*[0.0] * len(_NAMES))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Coefficients of the logistic model, and the probability below which nothing is answered.

    Those here serve every index until one brings its own. They are learnt (tests/collections/fit_shipped.py) from 642 questions over this
    corpus and three small collections on sleep, bicycles and a library (cross-validated AUROC 0.90).
    """

    bias: float = -11.9154
    weights: Features = Features(
        key=7.4108,
        support=1.8187,
        lexical=1.7371,
        score=3.2775,
        covered=-0.6325,
        least_covered=2.2525,
        length=1.9251,
        names_drug=-0.7355,
        asks_figure=-0.933,
        lacks_figure=-4.7951,
        elsewhere=-0.957,
        told=-0.102,
        several=2.2657,
    )
    threshold: float = 0.6

    def probability(self, features: Features) -> float:
        """The probability that the best answer found is right."""
        total = sum(getattr(self.weights, name) * getattr(features, name) for name in _NAMES)
        return 1 / (1 + exp(-self.bias - total))


def features_of(
    index: Index, fit: Fit, query: Query, ranking: Ranking, best: Sequence[FoundPassage], chosen: Sequence[ChosenSentence]
) -> Features:
    """The features of a ranking, of its best passages and of the sentences chosen from them.

    Sentences that tell nothing of what is asked about a drug, but something else about it, count as nothing found.
    """
    if not fit.is_told((scored.sentence, scored.passage) for scored in chosen):
        return NOTHING_FOUND
    top = best[0].passage
    keys = index.store.keys_of_section(top.section_number)
    passage = "\n".join((top.titles, top.text, *keys))
    words_of = fit.facets.words
    answer = frozenset[str]().union(*(words_of(scored.sentence.text) | words_of(scored.passage.titles) for scored in chosen))
    asks_figure = fit.asked.shape in _FIGURES
    covering = frozenset[str]().union(*(fit.facets.places(found.passage.text) for found in best[:_COVERING]))
    return Features(
        key=max(0.0, float(ranking.key.max())),
        support=_support(index, ranking, top.section_number),
        lexical=float(ranking.lexical[best[0].place]) / max(1.0, sum(query.rarities[word] for word in set(query.asked))),
        score=best[0].score,
        covered=coverage(query, answer),
        least_covered=_least_covered(index, query, passage),
        length=log1p(len(query.asked)),
        names_drug=float(bool(query.drugs)),
        asks_figure=float(asks_figure),
        lacks_figure=float(asks_figure and not any(fit.shape(scored.sentence) for scored in chosen)),
        elsewhere=float(bool(fit.names.places_in(query.plain) - covering)),
        told=max(fit.properties(scored.passage.section.title, scored.sentence.text) for scored in chosen),
        several=float(fit.asked.relation != "alone"),
    )


def _support(index: Index, ranking: Ranking, section: int) -> float:
    """The share of a section's keys, which are numbered one after the other, that are among the ten nearest."""
    first, last = np.searchsorted(index.key_sections, np.array([section, section + 1], dtype=index.key_sections.dtype)).tolist()
    near = int(np.count_nonzero(ranking.nearest_keys[:_NEAREST] == section))
    return near / min(last - first, _NEAREST) if last > first else 0.0


def _least_covered(index: Index, query: Query, text: str) -> float:
    """Of the question's words that name something the one that is farthest from all words of a text; 1 where there is none."""
    asked = [word for word in dict.fromkeys(spoken_words(query.plain)) if word not in _FILLERS]
    known = [word for word in asked if word in index.vocabulary]
    held = index.vocabulary.of(dict.fromkeys(spoken_words(text)))
    nearest = [_UNKNOWN] if len(known) < len(asked) else []
    if known and len(held):
        nearest.append(float((index.vocabulary.of(known) @ held.T).max(axis=1).min()))
    return min(nearest, default=1.0)
