"""Of what kind a short text is, told by labelled examples: by those nearest in meaning, and by a linear model over all of them.

The model weighs words, groups of letters and the vector: words see phrases, letters see through slips and endings, the vector sees what is
meant. Its features are hashed (Weinberger et al., "Feature hashing for large scale multitask learning", ICML 2009).
"""

import json
import re
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from indexer.array_file import mapped
from indexer.embedder import Vectors
from indexer.vector_index import VectorIndex, use_one_thread

_BUCKETS = 1 << 16
_LETTERS = (2, 3, 4, 5)  # long groups of letters within a word, its edges included
_WORDS = (1, 2, 3)
_SURFACE = 2.0  # how much words and letters count for next to the vector: 1 to 2 do alike
_LOOSENESS = 10.0  # the inverse of regularisation; 3 to 30 do alike
_MOST_ROUNDS = 1000
_TOLERANCE = 0.05  # of the solver; 0.0001 takes twice as long and moves no probability by more than 0.0004
_NEAREST = 200  # examples; a label that none of them has counts as if one had the last one's similarity
_MEANING = 8.0  # how much the similarity of the nearest example counts for; 4 to 16 do alike
_LONGEST = 400  # words; of a longer text those at its ends are looked at
_LETTER, _WORD = zlib.crc32(b"l"), zlib.crc32(b"w")  # what the hash of a group of letters, or of words, begins with
_APOSTROPHE = re.compile(r"['`\u2018\u2019\u02bc]")
_NO_WORD = re.compile(r"[\W_]+")
# Of many examples the nearest are picked out by coarse codes, 4 bits for three numbers, all in registers, and compared again by their
# vectors (Andre, Kermarrec and Le Scouarnec, "Quicker ADC", IEEE TPAMI 43(5), 2021): as good as all of them compared, in a third of
# the time.
_MANY = 1_000
_CODED = 3  # dimensions
_PICKED = 5  # times as many as are wanted


def spoken_form(text: str) -> str:
    """The words of a message: lower case, without accents, apostrophes and invisible signs, every other sign a space."""
    folded = text.casefold()
    if not folded.isascii():
        folded = "".join(sign for sign in unicodedata.normalize("NFKD", folded) if unicodedata.category(sign) not in ("Mn", "Cf"))
    return _NO_WORD.sub(" ", _APOSTROPHE.sub("", folded)).strip()


@dataclass(frozen=True, slots=True)
class TextClassifier:
    """`weights` has shape (buckets + dimension, labels), `rarity` (buckets,), `bias` (labels,); `kinds` numbers each example's label."""

    labels: tuple[str, ...]
    weights: npt.NDArray[np.float16]
    rarity: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    kinds: npt.NDArray[np.int32]
    examples: VectorIndex

    @classmethod
    def fit(cls, texts: Sequence[str], labels: Sequence[str], vectors: Vectors) -> "TextClassifier":
        """One logistic regression for each label against the rest; `vectors` are the texts' own, shape (texts, dimension)."""
        from scipy.sparse import csr_matrix, hstack
        from sklearn.base import clone
        from sklearn.linear_model import LogisticRegression

        counts = [_counts(text) for text in texts]
        seen = np.zeros(_BUCKETS, dtype=np.float32)
        for buckets, _ in counts:
            seen[buckets] += 1
        rarity = (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32)
        rows = [_weighted(buckets, often, rarity) for buckets, often in counts]
        columns = np.concatenate([buckets for buckets, _ in counts])
        starts = np.concatenate([[0], np.cumsum([len(buckets) for buckets, _ in counts])])
        surface = csr_matrix((np.concatenate(rows), columns, starts), shape=(len(texts), _BUCKETS))
        features = hstack([surface, csr_matrix(vectors)]).tocsr()
        names = tuple(dict.fromkeys(labels))
        told = np.array(labels)
        # One after the other: liblinear draws from one stream of chance for the whole process.
        model = LogisticRegression(C=_LOOSENESS, solver="liblinear", dual=True, tol=_TOLERANCE, max_iter=_MOST_ROUNDS, random_state=0)
        models = [clone(model).fit(features, told == name) for name in names]
        weights = np.column_stack([model.coef_[0] for model in models]).astype(np.float16)
        bias = np.array([model.intercept_[0] for model in models], dtype=np.float32)
        kinds = np.array([names.index(label) for label in labels], dtype=np.int32)
        return cls(names, weights, rarity, bias, kinds, _examples(vectors))

    @classmethod
    def load(cls, folder: Path) -> "TextClassifier":
        """The classifier saved in a folder, its weights memory-mapped."""
        labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        weights, rarity, bias, kinds = (mapped(folder / f"{name}.npy") for name in ("weights", "rarity", "bias", "kinds"))
        return cls(tuple(labels), weights, rarity, bias, kinds, VectorIndex.load(folder / "examples.faiss"))

    def save(self, folder: Path) -> None:
        """Write it into a folder."""
        folder.mkdir(exist_ok=True)
        for name, array in (("weights", self.weights), ("rarity", self.rarity), ("bias", self.bias), ("kinds", self.kinds)):
            np.save(folder / f"{name}.npy", array)
        self.examples.save(folder / "examples.faiss")
        (folder / "labels.json").write_text(json.dumps(self.labels), encoding="utf-8")

    def probabilities(self, text: str, vector: Vectors) -> dict[str, float]:
        """How likely each label is; together they make 1."""
        buckets, often = _counts(text)
        surface = _weighted(buckets, often, self.rarity)
        scores = surface @ self.weights[buckets].astype(np.float32) + vector @ self.weights[_BUCKETS:].astype(np.float32) + self.bias
        likely = self._alike(vector) / (1 + np.exp(-scores))
        return dict(zip(self.labels, (likely / likely.sum()).tolist(), strict=True))

    def _alike(self, vector: Vectors) -> Vectors:
        """What the nearest example of each label makes of it, shape (labels,); only their relation to each other means something."""
        numbers, similarities = self.examples.nearest(vector, _NEAREST)
        nearest = np.full(len(self.labels), similarities[-1], dtype=np.float32)
        np.maximum.at(nearest, self.kinds[numbers], similarities)
        alike: Vectors = np.exp(_MEANING * (nearest - similarities[0]))
        return alike


def _examples(vectors: Vectors) -> VectorIndex:
    """The examples' vectors, to be searched, with half the bits."""
    if len(vectors) < _MANY:
        return VectorIndex.build(vectors, half=True)
    use_one_thread()  # with several, the codes are not always the same
    dimension = vectors.shape[1]
    codes = next(number for number in range(max(dimension // _CODED, 1), 0, -1) if dimension % number == 0)
    examples: Any = faiss.index_factory(dimension, f"PQ{codes}x4fs,Refine(SQfp16)", faiss.METRIC_INNER_PRODUCT)
    examples.k_factor = _PICKED
    examples.train(vectors)
    examples.add(vectors)
    return VectorIndex(examples)


def _counts(text: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """The buckets of a text's features, sorted, and how often each comes."""
    words = spoken_form(text).split()
    if len(words) > _LONGEST:
        words = words[: _LONGEST // 2] + words[-_LONGEST // 2 :]
    hashed = [zlib.crc32(letters.encode(), _LETTER) for word in words for letters in _letters(f" {word[:40]} ")]
    hashed += [zlib.crc32(said.encode(), _WORD) for said in _runs(words)]
    buckets, often = np.unique(np.array(hashed, dtype=np.int64) % _BUCKETS, return_counts=True)
    return buckets, often.astype(np.float32)


def _letters(word: str) -> list[str]:
    """The groups of letters of a word."""
    lengths = [length for length in _LETTERS if length <= len(word)]
    return [word[start : start + length] for length in lengths for start in range(len(word) - length + 1)]


def _runs(words: Sequence[str]) -> list[str]:
    """Words, pairs and triples."""
    return [" ".join(words[start : start + length]) for length in _WORDS for start in range(len(words) - length + 1)]


def _weighted(buckets: npt.NDArray[np.int64], often: npt.NDArray[np.float32], rarity: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The values of a text's features: rarer ones count for more, repeated ones for little more (log tf-idf), together of fixed length."""
    values = (1 + np.log(often)) * rarity[buckets]
    length = float(np.linalg.norm(values)) or 1.0
    weighted: npt.NDArray[np.float32] = (_SURFACE / length * values).astype(np.float32)
    return weighted
