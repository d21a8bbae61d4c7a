"""The settings that decide how a question is answered. Fixed in code: an answer's receipt names the software that made it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetrievalConfig:
    """Weights of the signals in the convex combination (they need not add up to 1), and how many candidates each ranking brings in.

    A passage that does not fit at all what was asked loses the share `unfit` of its score.
    """

    dense: float = 0.30
    sentence: float = 0.20
    lexical: float = 0.30
    key: float = 0.20
    unfit: float = 0.2
    candidates: int = 100


@dataclass(frozen=True, slots=True)
class ExtractionConfig:
    """How sentences are chosen.

    A sentence's score is the weighted sum of its cosine with the question (`similarity`), its passage's combined score (`passage`), whether
    it opens its passage (`opening`: a section answers its heading first) and whether it has the form asked for (`shape`), less what it
    lacks in fit (`fit`). At most `sentences` of `passages` passages are taken,
    each within `margin` of the best; one that shares a part of `duplicate` of its words with another (Jaccard) is left out.

    The one in front has the greatest sum of its cosine, form (`lead`), fit (`about`) and words of the question (`covered`); the first
    found has a start of `first`.
    """

    similarity: float = 0.4
    passage: float = 1.2
    opening: float = 0.1
    margin: float = 0.3
    passages: int = 3
    sentences: int = 5
    duplicate: float = 0.7
    fit: float = 0.15
    shape: float = 0.15
    lead: float = 0.3
    covered: float = 0.2
    about: float = 0.3
    first: float = 0.1
