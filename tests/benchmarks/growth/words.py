"""Words by rank, and how often each is used: Zipf-Mandelbrot in two regimes, which lets the vocabulary grow by Heaps' law.

Up to a rank of 7,873 frequencies fall as 1 / rank, beyond as rank^-1.77 (Gerlach and Altmann, "Stochastic model for the vocabulary growth
in natural languages", Physical Review X, 2013, fitted to a century of English books). There is no last rank.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Ranks = npt.NDArray[np.int64]
Chances = npt.NDArray[np.float64]
CONTENT = 120  # the rank after which few words are articles, prepositions and the like

_OFFSET = 2.7  # Mandelbrot's, so that the first words do not make up half of a text
_KINK, _STEEPER = 7_873.0, 0.77
_HEAD = float(np.log((_KINK + _OFFSET) / (1 + _OFFSET)))  # the mass of ranks up to the kink, where a rank counts 1 / (rank + offset)
_ALL = _HEAD + 1 / _STEEPER
_LAST = 1e-9  # the chances that are left to the rarest of all

_ONSETS = "b br d dr f g gr k l m n p r s st t v z".split()
_NUCLEI = "a e i o u ei".split()
_CODAS = ("", "n", "r", "l", "x", "m", "t", "k")
_SYLLABLES = tuple(onset + nucleus for onset in _ONSETS for nucleus in _NUCLEI)
_KEPT = 1 << 18  # words
_SCRAMBLE = 7_046_029_254_386_353  # odd, and no multiple of 3: prime to every number of words of one length


def ranks_of(chances: Chances) -> Ranks:
    """The rank, from 1, below which this share of all words used stands: uniform chances give words as often as they are used."""
    mass = np.minimum(chances, 1 - _LAST) * _ALL
    frequent = (1 + _OFFSET) * np.exp(np.minimum(mass, _HEAD)) - _OFFSET
    left = np.clip(1 - (mass - _HEAD) * _STEEPER, _LAST, 1)
    rare = (_KINK + _OFFSET) * left ** (-1 / _STEEPER) - _OFFSET
    return np.where(mass < _HEAD, frequent, rare).astype(np.int64)


def share_below(rank: float) -> float:
    """The share of all words used that are of a lower rank, for a rank up to the kink."""
    return float(np.log((rank + _OFFSET) / (1 + _OFFSET))) / _ALL


class Words:
    """The word of each rank: real ones first, the most frequent at the top, then made-up ones that can be spoken."""

    def __init__(self, real: Sequence[str]) -> None:
        self._real = tuple(real)
        self._taken = frozenset(real)
        self.word = lru_cache(_KEPT)(self._word)

    def _word(self, rank: int) -> str:
        """The word of a rank, from 1; no two ranks have the same."""
        if rank <= len(self._real):
            return self._real[rank - 1]
        made = made_up(rank - len(self._real) - 1)
        return made + "que" if made in self._taken else made

    def words(self, ranks: Ranks) -> npt.NDArray[np.object_]:
        """The words of ranks, in their order, as an array of strings."""
        unique, places = np.unique(ranks, return_inverse=True)
        table = np.array([self.word(rank) for rank in unique.tolist()], dtype=object)
        found: npt.NDArray[np.object_] = table[places]
        return found


def made_up(number: int) -> str:
    """A word of two syllables and more, another for each number from 0; neighbours do not look alike."""
    syllables = 2
    while number >= (size := len(_SYLLABLES) ** syllables * len(_CODAS)):
        number -= size
        syllables += 1
    left, coda = divmod(number * _SCRAMBLE % size, len(_CODAS))
    parts = []
    for _ in range(syllables):
        left, syllable = divmod(left, len(_SYLLABLES))
        parts.append(_SYLLABLES[syllable])
    return "".join(parts) + _CODAS[coda]
