"""Vectors that are drawn from a text's words instead of encoded: as many a second as an index can be built with, and as real ones lie.

Each word has a direction of chance, longer along some axes than others; a text's vector is the sum of its words', its great coordinates
made greater, a share of chance of its own, and what all texts have in common. So texts that share words are near, as much as their words
tell; texts of one section are nearer than those of one topic; and they lie in clusters, as what is said of one thing does. Points spread
evenly over the sphere, which no encoder gives, would be the worst case of every index. The constants are fitted to all-MiniLM-L6-v2 on
SciFact: its mean, in how many directions it spreads, how near neighbours are, and how many cells of an inverted file hold them (`realism`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from threadpoolctl import ThreadpoolController

from indexer.embedder import EncoderSettings, Vectors
from indexer.lexical_index import STOP_WORDS
from tests.benchmarks.growth.corpus import SEED, Keys, scattered

DIMENSION = 384
_ROWS = 1 << 15  # directions; words that share one differ by its sign or not at all
_OWN_ROWS = 1 << 12  # of which two make what a text has of its own
_BATCH = 4096  # texts
_COMMON, _OWN = 0.36, 0.05
_DECAY, _ENDS_AT = 0.4, 230.0  # variances of words fall as number^-0.4, and end near the 230th
_QUIET = 0.08  # what articles and the like count for
_UNLIKE = 0.4  # standard deviation of the logarithm of what words count for
_BASE = np.uint64(0x100000001B3)  # odd, so that it can be divided by
_INVERSE = np.uint64(pow(0x100000001B3, -1, 1 << 64))
_IS_SIGN = np.array([not (chr(byte).isalnum() or byte > 127) for byte in range(256)])  # those past ASCII count as letters


class DrawnEmbedder:
    """In place of an Embedder: the same vector for the same text (but for the last bit), 100,000 a second, in 60 MB."""

    def __init__(self, settings: EncoderSettings) -> None:
        self.settings = settings
        self._directions = _Directions.drawn()
        self._threads = ThreadpoolController()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        with self._threads.limit(limits=1, user_api="blas"):  # threads that wait for each other cost small batches ten times the product
            parts = [self._encode(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
        return np.concatenate(parts) if parts else np.empty((0, DIMENSION), dtype=np.float32)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        split = _Split.of(texts)
        directions = self._directions
        rows = (split.words % np.uint64(_ROWS)).astype(np.int32)
        signs = 1 - 2 * ((split.words >> np.uint64(40)) & np.uint64(1)).astype(np.float32)
        said = sparse.csr_array((signs, rows, split.first), shape=(len(texts), _ROWS)) @ directions.of_words
        own = split.texts
        vectors = _unit(said * np.abs(said)) @ directions.axes
        vectors += directions.own[(own % np.uint64(_OWN_ROWS)).astype(np.int64)]
        vectors += directions.own[((own >> np.uint64(20)) % np.uint64(_OWN_ROWS)).astype(np.int64)]
        vectors += directions.common
        return _unit(vectors)


@dataclass(frozen=True, slots=True)
class _Directions:
    """What vectors are made of: `of_words` and `own`, of shape (rows, dimension), and `common`; `of_words` are as long as a word counts.

    `axes`, of shape (dimension, dimension), turns what words say away from the axes, as no encoder's meanings lie along them.
    """

    of_words: Vectors
    axes: Vectors
    own: Vectors
    common: Vectors

    @classmethod
    def drawn(cls) -> "_Directions":
        generator = np.random.default_rng(SEED)
        axes, _ = np.linalg.qr(generator.normal(size=(DIMENSION, DIMENSION)))
        spread = np.sqrt(_variances()).astype(np.float32)
        chance = generator.normal(size=(_ROWS, DIMENSION)).astype(np.float32)
        of_words = _unit(chance * np.abs(chance) * spread)
        of_words *= np.exp(_UNLIKE * generator.normal(size=(_ROWS, 1))).astype(np.float32)
        quiet = _Split.of(sorted(STOP_WORDS)).words % np.uint64(_ROWS)
        of_words[quiet.astype(np.int64)] *= _QUIET
        own = _OWN / np.sqrt(2) * _unit(generator.normal(size=(_OWN_ROWS, DIMENSION)).astype(np.float32))
        common = _COMMON * _unit(generator.normal(size=DIMENSION).astype(np.float32))
        return cls(of_words, axes.astype(np.float32), own.astype(np.float32), common)


@dataclass(frozen=True, slots=True)
class _Split:
    """Texts as numbers: one for each word, one for each text. The words of text t are `first[t]` up to `first[t + 1]`."""

    words: Keys
    first: npt.NDArray[np.int32]
    texts: Keys

    @classmethod
    def of(cls, texts: Sequence[str]) -> "_Split":
        """All texts in one pass over their bytes: a word's number is a polynomial of them, taken from the sums up to its ends."""
        encoded = [text.lower().encode() for text in texts]
        signs = np.frombuffer(b" " + b" ".join(encoded) + b" ", dtype=np.uint8)
        powers = np.full(len(signs), _BASE)
        powers[0] = 1
        np.multiply.accumulate(powers, out=powers)
        sums = np.add.accumulate((signs + np.uint64(1)) * powers)
        is_sign = _IS_SIGN[signs]
        starts = np.flatnonzero(is_sign[:-1] & ~is_sign[1:])
        ends = np.flatnonzero(~is_sign[:-1] & is_sign[1:])
        bounds = np.concatenate([[0], np.cumsum([len(text) + 1 for text in encoded])])
        inverses = _inverses(len(signs))
        words = scattered((sums[ends] - sums[starts]) * inverses[starts])
        whole = scattered((sums[bounds[1:]] - sums[bounds[:-1]]) * inverses[bounds[:-1]])
        return cls(words, np.searchsorted(starts, bounds).astype(np.int32), whole)


def _inverses(count: int) -> Keys:
    powers = np.full(count, _INVERSE)
    powers[0] = 1
    np.multiply.accumulate(powers, out=powers)
    return powers


def _variances() -> npt.NDArray[np.float64]:
    numbers = np.arange(DIMENSION)
    variances = (1 + numbers) ** -_DECAY * np.exp(-((numbers / _ENDS_AT) ** 3))
    shares: npt.NDArray[np.float64] = variances / variances.sum()
    return shares


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))[..., None]
    unit: Vectors = vectors / np.maximum(lengths, np.float32(1e-9))
    return unit
