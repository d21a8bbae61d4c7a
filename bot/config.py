"""The settings that decide how a question is answered. Fixed in code: an answer's receipt names the software that made it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetrievalConfig:
    """Weights of the signals in the convex combination (they need not add up to 1), and how many candidates each ranking brings in."""

    dense: float = 0.30
    sentence: float = 0.20
    lexical: float = 0.35
    key: float = 0.15
    candidates: int = 100


@dataclass(frozen=True, slots=True)
class ExtractionConfig:
    """How sentences are chosen: at most `sentences` of `passages`, each scoring within `margin` of the best."""

    passages: int = 3
    sentences: int = 5
    margin: float = 0.35
    duplicate: float = 0.90
